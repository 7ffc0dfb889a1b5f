use crate::{Fault, Grid, Number};

/// Who has to say yes: a monotone rule over bodies or parties.
///
/// No member stands twice in a rule, so that independent members give independent branches.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule<T> {
    /// This one says yes.
    One(T),
    /// Every branch holds.
    All(Vec<Rule<T>>),
    /// At least one branch holds.
    Any(Vec<Rule<T>>),
    /// At least `needed` branches hold.
    AtLeast {
        /// From 1 to the number of branches.
        needed: usize,
        /// The branches.
        of: Vec<Rule<T>>,
    },
    /// The weights of the branches that hold reach a quota.
    Quota {
        /// The sum that carries, above 0.
        needed: Number,
        /// Each branch with its weight, 0 or more.
        of: Vec<(Number, Rule<T>)>,
    },
}

impl<T> Rule<T> {
    /// Most steps of the weights' common unit below a quota, where it has more than 14 members.
    pub const MAX_SUMS: i128 = 20_000;

    /// Whether the rule holds when exactly the members for which `yes` is true say yes.
    pub fn holds(&self, yes: &impl Fn(&T) -> bool) -> bool {
        match self {
            Rule::One(member) => yes(member),
            Rule::All(of) => of.iter().all(|rule| rule.holds(yes)),
            Rule::Any(of) => of.iter().any(|rule| rule.holds(yes)),
            Rule::AtLeast { needed, of } => of.iter().filter(|rule| rule.holds(yes)).count() >= *needed,
            Rule::Quota { needed, of } => {
                let reached: i128 =
                    of.iter().filter(|(_, rule)| rule.holds(yes)).map(|(weight, _)| rule_steps(weight)).sum();
                reached >= rule_steps(needed)
            }
        }
    }

    /// Every member, in the order written.
    pub fn members(&self) -> Vec<&T> {
        match self {
            Rule::One(member) => vec![member],
            Rule::All(of) | Rule::Any(of) | Rule::AtLeast { of, .. } => {
                of.iter().flat_map(Rule::members).collect()
            }
            Rule::Quota { of, .. } => of.iter().flat_map(|(_, rule)| rule.members()).collect(),
        }
    }

    /// The numbers written in the rule: quotas and weights.
    pub fn numbers(&self) -> Vec<&Number> {
        match self {
            Rule::One(_) => Vec::new(),
            Rule::All(of) | Rule::Any(of) | Rule::AtLeast { of, .. } => {
                of.iter().flat_map(Rule::numbers).collect()
            }
            Rule::Quota { needed, of } => std::iter::once(needed)
                .chain(of.iter().flat_map(|(weight, rule)| std::iter::once(weight).chain(rule.numbers())))
                .collect(),
        }
    }

    /// Whether this node of the rule, its branches aside, makes sense.
    ///
    /// # Errors
    /// No branches, a count outside 1 to the number of branches, a weight or quota that is negative,
    /// not finite or not a plain number, a quota that all weights together do not reach.
    pub fn check_node(&self) -> Result<(), Fault> {
        match self {
            Rule::One(_) => Ok(()),
            Rule::All(of) | Rule::Any(of) => check_not_empty(of.len()),
            Rule::AtLeast { needed, of } => {
                check_not_empty(of.len())?;
                if (1..=of.len()).contains(needed) {
                    return Ok(());
                }
                Err(Fault::new(
                    format!("`at_least: {needed}` cannot be asked of {} members", of.len()),
                    format!("write a whole number from 1 to {}", of.len()),
                ))
            }
            Rule::Quota { needed, of } => check_quota(needed, of.iter().map(|(weight, _)| weight).collect()),
        }
    }

    /// Every node of the rule, itself first.
    pub fn nodes(&self) -> Vec<&Rule<T>> {
        let branches: Vec<&Rule<T>> = match self {
            Rule::One(_) => Vec::new(),
            Rule::All(of) | Rule::Any(of) | Rule::AtLeast { of, .. } => of.iter().collect(),
            Rule::Quota { of, .. } => of.iter().map(|(_, rule)| rule).collect(),
        };
        std::iter::once(self).chain(branches.into_iter().flat_map(Rule::nodes)).collect()
    }
}

/// A weight or quota on the decimal grid, so that `0.1 + 0.2` reaches `0.3`.
fn rule_steps(number: &Number) -> i128 {
    i128::from(Grid::decimal(9).round(number.mean()))
}

fn check_not_empty(n: usize) -> Result<(), Fault> {
    if n > 0 { Ok(()) } else { Err(Fault::new("this rule names nobody", "name at least one member")) }
}

fn check_quota(needed: &Number, weights: Vec<&Number>) -> Result<(), Fault> {
    check_not_empty(weights.len())?;
    for number in weights.iter().copied().chain([needed]) {
        if !number.is_certain() {
            return Err(Fault::new(
                "a rule needs a plain number here, not a distribution",
                "write the number the rule itself states",
            ));
        }
        if !number.mean().is_finite() || number.mean().abs() > 1e9 {
            return Err(Fault::new(
                "this number is too large for a rule",
                "write weights and quota below 10^9",
            ));
        }
    }
    if weights.iter().any(|weight| weight.mean() < 0.0) {
        return Err(Fault::new("a weight in a rule cannot be negative", "write 0 or more"));
    }
    if rule_steps(needed) <= 0 {
        return Err(Fault::new("a quota must be above 0", "write the sum of weights that carries"));
    }
    check_fineness(rule_steps(needed), &weights)?;
    let total: i128 = weights.iter().map(|weight| rule_steps(weight)).sum();
    if total < rule_steps(needed) {
        return Err(Fault::new(
            format!(
                "nobody can reach a quota of {}: all weights sum to {}",
                needed.mean(),
                total as f64 / 1e9
            ),
            "lower the quota or add weight",
        ));
    }
    Ok(())
}

/// The probability of a quota is exact by going through all sums below it; there must not be too many.
fn check_fineness(needed: i128, weights: &[&Number]) -> Result<(), Fault> {
    let gcd = |mut a: i128, mut b: i128| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    let unit = weights.iter().fold(0, |unit, weight| gcd(unit, rule_steps(weight))).max(1);
    let n_sums = needed / unit;
    if weights.len() <= 14 || n_sums <= Rule::<()>::MAX_SUMS {
        return Ok(());
    }
    Err(Fault::new(
        format!("these weights are too fine: {n_sums} different sums lie below the quota"),
        format!(
            "round the weights, so that at most {} steps of their common unit make the quota",
            Rule::<()>::MAX_SUMS
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: f64) -> Number {
        Number::fixed(value)
    }

    #[track_caller]
    fn check(rule: &Rule<usize>, yes: &[usize], holds: bool) {
        assert_eq!(rule.holds(&|member| yes.contains(member)), holds, "{rule:?} with {yes:?}");
    }

    #[test]
    fn rules_hold_as_their_words_say() {
        use Rule::{All, Any, One};
        let nested = All(vec![One(0), Any(vec![One(1), One(2)])]);
        check(&nested, &[0, 2], true);
        check(&nested, &[1, 2], false);
        let two = Rule::AtLeast { needed: 2, of: vec![One(0), One(1), One(2)] };
        check(&two, &[2], false);
        check(&two, &[0, 2], true);
    }

    #[test]
    fn a_quota_is_reached_exactly() {
        let of = vec![(number(0.1), Rule::One(0)), (number(0.2), Rule::One(1)), (number(0.7), Rule::One(2))];
        let rule = Rule::Quota { needed: number(0.3), of };
        check(&rule, &[0, 1], true);
        check(&rule, &[0], false);
        check(&rule, &[2], true);
        assert_eq!(rule.check_node(), Ok(()));
    }

    #[test]
    fn rules_nobody_can_meet_are_refused() {
        let quota = |needed: f64, weights: &[f64]| Rule::Quota {
            needed: number(needed),
            of: weights.iter().enumerate().map(|(i, &w)| (number(w), Rule::One(i))).collect(),
        };
        for bad in [
            Rule::All(vec![]),
            Rule::AtLeast { needed: 3, of: vec![Rule::One(0), Rule::One(1)] },
            Rule::AtLeast { needed: 0, of: vec![Rule::One(0)] },
            quota(4.0, &[1.0, 2.0]),
            quota(0.0, &[1.0]),
            quota(1.0, &[2.0, -1.0]),
            quota(f64::NAN, &[2.0]),
            quota(20.0, &(0..20).map(|k| 1.0 + 1e-6 * f64::from(k)).collect::<Vec<_>>()),
        ] {
            assert!(bad.check_node().is_err(), "{bad:?}");
        }
    }
}
