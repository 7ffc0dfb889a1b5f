//! Solutions by rules of fairness: how good one can be in a zone at most, and where to look for it.
//!
//! What a zone can hold lies below its corner of bests and below every cut, a direction in which no outcome has more than
//! so much. By each rule the best of all such numbers, whole or not, is a bound.

/// A rule by which gains are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// The product of gains.
    Product,
    /// The smallest gain.
    Least,
    /// The sum of gains.
    Sum,
}

pub(crate) const RULES: [Rule; 3] = [Rule::Product, Rule::Least, Rule::Sum];

/// From which steps each party gains, and what a step is worth.
#[derive(Clone, Debug)]
pub(crate) struct Gains {
    pub(crate) from: Vec<f64>,
    pub(crate) unit: Vec<f64>,
}

/// What lies below a corner and a cut, in gains.
#[derive(Clone, Debug)]
pub(super) struct Room {
    /// The most that each party can gain.
    pub(super) most: Vec<f64>,
    /// Weights, and what the weighted sum of gains cannot exceed.
    pub(super) cut: Option<(Vec<f64>, f64)>,
}

impl Gains {
    pub(super) fn of(&self, steps: &[i64]) -> Vec<f64> {
        let gain = |((steps, from), unit): ((&i64, &f64), &f64)| {
            let over = *steps as f64 - from;
            // What rounding alone may make of nothing.
            if over.abs() <= 4.0 * f64::EPSILON * from.abs() { 0.0 } else { over * unit }
        };
        steps.iter().zip(&self.from).zip(&self.unit).map(gain).collect()
    }

    /// A cut in gains instead of steps.
    pub(super) fn cut(&self, direction: &[i64], at_most: i64) -> (Vec<f64>, f64) {
        let weights = direction.iter().zip(&self.unit).map(|(w, unit)| *w as f64 / unit).collect();
        let parts = direction.iter().zip(&self.from).map(|(w, from)| *w as f64 * from);
        let (taken, size) = parts.fold((0.0, 0.0), |(sum, size): (f64, f64), x| (sum + x, size + x.abs()));
        // Room for rounding: large numbers that nearly cancel.
        let room = (direction.len() + 2) as f64 * f64::EPSILON * (at_most.unsigned_abs() as f64 + size);
        (weights, at_most as f64 - taken + room)
    }

    /// The fewest steps at which a party gains so much.
    pub(super) fn steps(&self, party: usize, gain: f64) -> i64 {
        let over = gain / self.unit[party];
        let room = 4.0 * f64::EPSILON * (self.from[party].abs() + over.abs()) + 1e-9;
        (self.from[party] + over - room).ceil() as i64
    }
}

impl Rule {
    /// Whether a worth says how good something is: a product of many gains can be too large or too small.
    pub(super) fn is_told(self, worth: f64) -> bool {
        self != Rule::Product || worth == 0.0 || worth.is_finite() && worth > 1e-250
    }

    /// How good gains are; nothing where somebody loses.
    pub(super) fn worth(self, gains: &[f64]) -> Option<f64> {
        if gains.iter().any(|gain| *gain < 0.0) {
            return None;
        }
        Some(match self {
            // Never 0 where everybody gains.
            Rule::Product if gains.iter().all(|gain| *gain > 0.0) => {
                gains.iter().product::<f64>().max(f64::MIN_POSITIVE)
            }
            Rule::Product => 0.0,
            Rule::Least => gains.iter().copied().fold(f64::INFINITY, f64::min),
            Rule::Sum => gains.iter().sum(),
        })
    }

    /// The best gains that there is room for, whole or not; nothing where there is none.
    pub(super) fn best(self, room: &Room) -> Option<Vec<f64>> {
        let least = room.most.iter().copied().fold(f64::INFINITY, f64::min);
        if least < 0.0 || room.cut.as_ref().is_some_and(|(_, most)| *most < 0.0) {
            return None;
        }
        let Some((weights, most)) = &room.cut else { return Some(room.most.clone()) };
        Some(match self {
            Rule::Least => {
                let total: f64 = weights.iter().sum();
                vec![if total > 0.0 { least.min(most / total) } else { least }; room.most.len()]
            }
            Rule::Sum => {
                let mut order: Vec<usize> = (0..weights.len()).collect();
                order.sort_by(|a, b| weights[*a].total_cmp(&weights[*b]));
                let mut left = *most;
                let mut gains = vec![0.0; weights.len()];
                for p in order {
                    gains[p] =
                        if weights[p] > 0.0 { room.most[p].min(left / weights[p]) } else { room.most[p] };
                    left = (left - gains[p] * weights[p]).max(0.0);
                }
                gains
            }
            Rule::Product => {
                // Everybody spends as much of the cut, but for those who cannot gain that much.
                let mut capped: Vec<bool> = weights.iter().map(|w| *w <= 0.0).collect();
                loop {
                    let spent: f64 =
                        (0..weights.len()).filter(|p| capped[*p]).map(|p| weights[p] * room.most[p]).sum();
                    let free = capped.iter().filter(|capped| !**capped).count();
                    let each = (most - spent).max(0.0) / free.max(1) as f64;
                    let over = (0..weights.len()).find(|p| !capped[*p] && each / weights[*p] > room.most[*p]);
                    let Some(p) = over else {
                        let gain = |p: usize| if capped[p] { room.most[p] } else { each / weights[p] };
                        return Some((0..weights.len()).map(gain).collect());
                    };
                    capped[p] = true;
                }
            }
        })
    }

    /// What each party has to gain at least for the whole to be better than so much.
    pub(super) fn needs(self, worth: f64, room: &Room) -> Vec<f64> {
        let others = |p: usize| (0..room.most.len()).filter(move |q| *q != p).map(|q| room.most[q]);
        let need = |p: usize| match self {
            Rule::Product => {
                let product: f64 = others(p).product();
                if product > 0.0 { worth / product } else { 0.0 }
            }
            Rule::Least => worth,
            Rule::Sum => worth - others(p).sum::<f64>(),
        };
        (0..room.most.len()).map(|p| need(p).max(0.0) * (1.0 - 1e-9)).collect()
    }

    /// In which direction the whole rises at some gains, in gains.
    pub(super) fn rises(self, gains: &[f64]) -> Vec<f64> {
        match self {
            Rule::Product => {
                let most = gains.iter().copied().fold(0.0, f64::max);
                gains.iter().map(|gain| 1.0 / gain.max(1e-6 * most).max(f64::MIN_POSITIVE)).collect()
            }
            Rule::Least | Rule::Sum => vec![1.0; gains.len()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The best on a grid that the room allows.
    fn tried(rule: Rule, room: &Room) -> Option<f64> {
        const STEPS: i32 = 60;
        let at = |p: usize, k: i32| room.most[p] * f64::from(k) / f64::from(STEPS);
        let mut best: Option<f64> = None;
        for i in 0..=STEPS {
            for j in 0..=STEPS {
                let gains = [at(0, i), at(1, j)];
                let fits =
                    room.cut.as_ref().is_none_or(|(w, most)| w[0] * gains[0] + w[1] * gains[1] <= *most);
                if let Some(worth) = rule.worth(&gains).filter(|_| fits) {
                    best = Some(best.map_or(worth, |best| best.max(worth)));
                }
            }
        }
        best
    }

    #[test]
    fn nothing_on_a_grid_is_better_than_the_bound_and_something_comes_close() {
        let mut seen = 0;
        for k in 0..400u32 {
            let number = |salt: u32| {
                f64::from((k + 1).wrapping_mul(2_654_435_761u32.wrapping_mul(salt)) >> 20) / 512.0
            };
            let most = vec![number(3), number(5)];
            let cut = (!k.is_multiple_of(5)).then(|| (vec![number(7), number(11)], number(13) * 3.0));
            let room = Room { most, cut };
            for rule in RULES {
                let bound = rule.best(&room).and_then(|gains| rule.worth(&gains));
                let best = tried(rule, &room);
                assert_eq!(bound.is_some(), best.is_some(), "{room:?}");
                let (Some(bound), Some(best)) = (bound, best) else { continue };
                assert!(best <= bound + 1e-9, "{rule:?} {room:?}: {best} and {bound}");
                assert!(best >= bound * 0.9 - 0.3, "{rule:?} {room:?}: {best} and {bound}");
                seen += 1;
            }
        }
        assert!(seen > 1000, "{seen}");
    }
}
