//! How much can be had at most: every box shares out its amount among its issues, and each issue then takes the option
//! with most.
//!
//! However amounts are shared out, no outcome has more. This is the dual of the linear program in which a box counts no
//! more than any of its clauses holds (Wainwright, Jaakkola and Willsky 2005, "MAP estimation via agreement on trees");
//! shares are improved box by box, each as far as it can be alone (block coordinate descent; Werner 2007).

use super::model::{Bunch, Mask, Model};

const NOTHING: i64 = i64::MIN / 4;

/// Shares for one direction.
#[derive(Clone, Debug)]
pub(super) struct Dual {
    /// By box, in the direction.
    amounts: Vec<i64>,
    /// By box and clause: what is added where the clause holds (or taken, of amounts below 0).
    shares: Vec<Vec<i64>>,
    /// By issue and option.
    scores: Vec<Vec<i64>>,
    bunches: Vec<Shared>,
}

/// What a bunch is worth by combination, and what of it its issues have, by issue and option.
#[derive(Clone, Debug)]
struct Shared {
    worth: Vec<i64>,
    shares: Vec<Vec<i64>>,
}

impl Dual {
    pub(super) fn new(model: &Model, direction: &[i64]) -> Dual {
        let dot = |values: &[i64]| values.iter().zip(direction).map(|(x, w)| x * w).sum::<i64>();
        let scores = model.issues.iter().map(|issue| issue.leaves.chunks(model.d).map(dot).collect());
        let amounts: Vec<i64> = model.boxes.iter().map(|own| own.amount * direction[own.party]).collect();
        let mut dual = Dual {
            shares: model.boxes.iter().map(|own| vec![0; own.clauses.len()]).collect(),
            scores: scores.collect(),
            bunches: model.bunches.iter().map(|bunch| Shared::new(model, bunch, &amounts)).collect(),
            amounts,
        };
        for (k, own) in model.loose.iter().map(|k| (*k, &model.boxes[*k])) {
            if dual.amounts[k] > 0 {
                let n = own.clauses.len() as i64;
                let mut left = dual.amounts[k];
                for c in 0..own.clauses.len() {
                    let share = left / (n - c as i64);
                    dual.give(model, k, c, share);
                    left -= share;
                }
            }
        }
        dual
    }

    fn give(&mut self, model: &Model, k: usize, c: usize, share: i64) {
        if share == 0 {
            return;
        }
        let (issue, mask) = model.boxes[k].clauses[c];
        self.shares[k][c] += share;
        let mut left = mask;
        while left != 0 {
            self.scores[issue][left.trailing_zeros() as usize] += share;
            left &= left - 1;
        }
    }

    /// The best score of an issue among some options.
    fn best(&self, issue: usize, among: Mask) -> i64 {
        let mut best = NOTHING;
        let mut left = among;
        while left != 0 {
            best = best.max(self.scores[issue][left.trailing_zeros() as usize]);
            left &= left - 1;
        }
        best
    }

    /// What the box adds on top of its shares: of amounts below 0, what they are taken for too often.
    fn rest(&self, k: usize) -> i64 {
        if self.amounts[k] >= 0 {
            return 0;
        }
        // Shares are below 0 here. All clauses hold, or all but the one that takes least.
        let sum: i64 = self.shares[k].iter().sum();
        let least = self.shares[k].iter().copied().max().unwrap_or(0);
        (self.amounts[k] - sum).max(least - sum)
    }

    /// No outcome within these options has more.
    pub(super) fn bound(&self, model: &Model, options: &[Mask]) -> i64 {
        let issues: i64 = options.iter().enumerate().map(|(issue, mask)| self.best(issue, *mask)).sum();
        let rests: i64 = model.loose.iter().map(|k| self.rest(*k)).sum();
        let bunches = model.bunches.iter().zip(&self.bunches);
        issues + rests + bunches.map(|(bunch, shared)| shared.rest(bunch, options).0).sum::<i64>()
    }

    /// Shares every amount out anew, once, each as well as it can be alone.
    pub(super) fn improve(&mut self, model: &Model, options: &[Mask]) {
        for (bunch, shared) in model.bunches.iter().zip(&mut self.bunches) {
            shared.improve(bunch, options, &mut self.scores);
        }
        let mut room = Vec::new();
        for k in model.loose.iter().copied() {
            let clauses = &model.boxes[k].clauses;
            for c in 0..clauses.len() {
                self.give(model, k, c, -self.shares[k][c]);
            }
            room.clear();
            for (issue, mask) in clauses {
                let inside = self.best(*issue, options[*issue] & mask);
                let outside = self.best(*issue, options[*issue] & !mask);
                room.push(match (inside, outside) {
                    (NOTHING, _) => i64::MAX,
                    (_, NOTHING) => i64::MIN,
                    (inside, outside) => outside - inside,
                });
            }
            if self.amounts[k] >= 0 {
                self.share_out(model, k, &room);
            } else {
                // Each clause takes as much as it can before another option is better than all inside.
                let most = room.iter().map(|room| room.saturating_neg().max(0)).min().unwrap_or(0);
                let take = most.min(-self.amounts[k]);
                (0..clauses.len()).for_each(|c| self.give(model, k, c, -take));
            }
        }
    }

    /// First what costs nothing, because another option stays better; the rest in even parts.
    fn share_out(&mut self, model: &Model, k: usize, room: &[i64]) {
        let mut left = self.amounts[k];
        for (c, room) in room.iter().enumerate() {
            let share = (*room).clamp(0, left);
            self.give(model, k, c, share);
            left -= share;
        }
        let n = room.len() as i64;
        for c in 0..room.len() {
            let share = left / (n - c as i64);
            self.give(model, k, c, share);
            left -= share;
        }
    }

    /// The option with most of each issue, the first of equals.
    pub(super) fn choose(&self, options: &[Mask], chosen: &mut Vec<usize>) {
        chosen.clear();
        for (issue, mask) in options.iter().enumerate() {
            let (mut best, mut at) = (i64::MIN, 0);
            let mut left = *mask;
            while left != 0 {
                let option = left.trailing_zeros() as usize;
                if self.scores[issue][option] > best {
                    (best, at) = (self.scores[issue][option], option);
                }
                left &= left - 1;
            }
            chosen.push(at);
        }
    }

    /// How much more a bunch is counted for at the chosen options than it is worth there, and an issue by which to tell.
    pub(super) fn excess_of_bunch(
        &self,
        model: &Model,
        k: usize,
        options: &[Mask],
        chosen: &[usize],
    ) -> (i64, Option<usize>) {
        let (bunch, shared) = (&model.bunches[k], &self.bunches[k]);
        let (rest, at) = shared.rest(bunch, options);
        let own = bunch.combinations.iter().position(|combination| {
            combination.iter().zip(&bunch.issues).all(|(option, issue)| chosen[*issue] == *option)
        });
        let Some(own) = own else { return (0, None) };
        let open = |issue: &usize| options[*issue].count_ones() > 1;
        let differs = bunch
            .issues
            .iter()
            .zip(&bunch.combinations[at])
            .find(|(issue, option)| chosen[**issue] != **option && open(issue));
        let issue = differs.map(|(issue, _)| *issue).or_else(|| bunch.issues.iter().copied().find(open));
        (rest - shared.left(bunch, own), issue)
    }

    /// How much more a box is counted for at the chosen options than it is.
    pub(super) fn excess(&self, model: &Model, k: usize, chosen: &[usize]) -> i64 {
        let clauses = &model.boxes[k].clauses;
        let inside = |(issue, mask): &(usize, Mask)| mask >> chosen[*issue] & 1 == 1;
        let counted: i64 = clauses
            .iter()
            .zip(&self.shares[k])
            .filter(|(clause, _)| inside(clause))
            .map(|(_, share)| share)
            .sum();
        let is = if clauses.iter().all(inside) { self.amounts[k] } else { 0 };
        counted + self.rest(k) - is
    }
}

impl Shared {
    fn new(model: &Model, bunch: &Bunch, amounts: &[i64]) -> Shared {
        let holds = |k: usize, combination: &[usize]| {
            let clauses = &model.boxes[k].clauses;
            clauses.iter().zip(combination).all(|((_, mask), option)| mask >> option & 1 == 1)
        };
        let worth = |combination: &Vec<usize>| {
            bunch.boxes.iter().filter(|k| holds(**k, combination)).map(|k| amounts[*k]).sum()
        };
        Shared {
            worth: bunch.combinations.iter().map(worth).collect(),
            shares: bunch.issues.iter().map(|issue| vec![0; model.issues[*issue].len()]).collect(),
        }
    }

    /// What a combination is worth beyond what its issues have of it.
    fn left(&self, bunch: &Bunch, k: usize) -> i64 {
        let shares = self.shares.iter().zip(&bunch.combinations[k]).map(|(shares, option)| shares[*option]);
        self.worth[k] - shares.sum::<i64>()
    }

    /// The most that any combination within these options is worth beyond its shares, and which.
    fn rest(&self, bunch: &Bunch, options: &[Mask]) -> (i64, usize) {
        let mut best = (NOTHING, 0);
        for (k, combination) in bunch.combinations.iter().enumerate() {
            if within(bunch, combination, options) {
                let left = self.left(bunch, k);
                if left > best.0 {
                    best = (left, k);
                }
            }
        }
        best
    }

    /// Gives every issue an even part of what its options can be had with (Globerson and Jaakkola 2007, "Fixing
    /// max-product").
    fn improve(&mut self, bunch: &Bunch, options: &[Mask], scores: &mut [Vec<i64>]) {
        let others: Vec<Vec<i64>> = bunch
            .issues
            .iter()
            .zip(&self.shares)
            .map(|(issue, shares)| {
                scores[*issue].iter().zip(shares).map(|(score, share)| score - share).collect()
            })
            .collect();
        let mut most: Vec<Vec<i64>> = others.iter().map(|own| vec![NOTHING; own.len()]).collect();
        for (k, combination) in bunch.combinations.iter().enumerate() {
            if !within(bunch, combination, options) {
                continue;
            }
            let with: i64 = others.iter().zip(combination).map(|(own, option)| own[*option]).sum();
            for (most, option) in most.iter_mut().zip(combination) {
                most[*option] = most[*option].max(self.worth[k] + with);
            }
        }
        let n = bunch.issues.len() as i64;
        for (c, issue) in bunch.issues.iter().enumerate() {
            for (option, most) in most[c].iter().enumerate().filter(|(_, most)| **most > NOTHING) {
                let share = most.div_euclid(n) - others[c][option];
                scores[*issue][option] = others[c][option] + share;
                self.shares[c][option] = share;
            }
        }
    }
}

fn within(bunch: &Bunch, combination: &[usize], options: &[Mask]) -> bool {
    combination.iter().zip(&bunch.issues).all(|(option, issue)| options[*issue] >> option & 1 == 1)
}
