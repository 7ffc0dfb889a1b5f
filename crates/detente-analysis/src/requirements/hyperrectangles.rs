//! Falls between two bounds, where nothing is known of the probability of agreement but that it rises
//! with that of each body.

use super::evaluator::Evaluator;

/// By body, the fewest and the most steps its cost falls by.
#[derive(Clone, Debug)]
pub(super) struct Falls {
    low: Vec<i64>,
    high: Vec<i64>,
}

/// Probabilities that are asked for to find how much one body needs.
const HALVINGS: u64 = 64;

impl Falls {
    /// All falls that can matter for the deal taken up.
    pub(super) fn all(evaluator: &Evaluator<'_>) -> Falls {
        let high: Vec<i64> = (0..evaluator.body_scales.len()).map(|body| evaluator.most_fall(body)).collect();
        Falls { low: vec![0; high.len()], high }
    }

    pub(super) fn highest(&self) -> &[i64] {
        &self.high
    }

    /// The sum that none of them is below.
    pub(super) fn least(&self, evaluator: &Evaluator<'_>) -> f64 {
        evaluator.sum(&self.low)
    }

    /// Closer bounds of those that reach the target below a sum, and how much work that was; nothing if
    /// there are none.
    pub(super) fn closer(mut self, evaluator: &mut Evaluator<'_>, limit: f64) -> Option<(Falls, u64)> {
        let n = self.high.len();
        for body in 0..n {
            let others =
                self.least(evaluator) - evaluator.body_scales[body].share(self.low[body]).unwrap_or(0.0);
            let most = evaluator.body_scales[body].steps(limit - others);
            if most < self.low[body] {
                return None;
            }
            self.high[body] = self.high[body].min(most);
        }
        evaluator.fall(&self.high);
        let found = (0..n).try_for_each(|body| {
            evaluator.bodies[body] = evaluator.accepts(body, 0);
            let need = evaluator.need(body, self.high[body]);
            evaluator.bodies[body] = evaluator.accepts(body, self.high[body]);
            self.low[body] = self.low[body].max(need?.0);
            Some(())
        });
        evaluator.fall(&vec![0; n]);
        found.map(|()| (self, HALVINGS * n as u64 * evaluator.work()))
    }

    /// The same in two parts, divided where they are widest.
    pub(super) fn halves(self, evaluator: &Evaluator<'_>) -> Vec<Falls> {
        let width =
            |body: usize| evaluator.body_scales[body].share(self.high[body] - self.low[body]).unwrap_or(0.0);
        let widest = (0..self.high.len()).max_by(|a, b| width(*a).total_cmp(&width(*b)).then(b.cmp(a)));
        let Some(body) = widest.filter(|body| self.high[*body] > self.low[*body]) else { return Vec::new() };
        let middle = self.low[body] + (self.high[body] - self.low[body]) / 2;
        let (mut lower, mut upper) = (self.clone(), self);
        lower.high[body] = middle;
        upper.low[body] = middle + 1;
        vec![lower, upper]
    }
}
