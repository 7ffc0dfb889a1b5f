//! What is in force leaves the outcomes that the constraints leave, and ties no more than they do.

use super::*;
use crate::space::group;
use detente_cases::random::{Case, Dice};
use detente_model::{
    Condition, Constraint, Draft, Issue, IssueId, NamedOption, OptionId, Options, Preferences,
};

fn condition(dice: &mut Dice, sizes: &[usize]) -> Condition {
    let mut issues: Vec<usize> = (0..1 + dice.below(3)).map(|_| dice.below(sizes.len())).collect();
    issues.sort_unstable();
    issues.dedup();
    let clause = |issue: usize| {
        let options: Vec<OptionId> =
            (0..1 + dice.below(2)).map(|_| OptionId(dice.below(sizes[issue]))).collect();
        Clause { issue: IssueId(issue), options: OptionSet::from_options(options) }
    };
    Condition(issues.into_iter().map(clause).collect())
}

fn talks(seed: u64) -> Talks {
    let mut dice = Dice::new(seed);
    let sizes: Vec<usize> = (0..2 + dice.below(4)).map(|_| 1 + dice.below(4)).collect();
    let mut draft: Draft = (*Case::new(2, 2, seed).talks()).clone();
    let issue = |(k, n): (usize, &usize)| {
        let option = |o: usize| NamedOption { id: format!("o{o}"), name: format!("o{o}") };
        Issue {
            id: format!("i{k}"),
            name: format!("i{k}"),
            options: Options::Named { options: (0..*n).map(option).collect(), ordered: false },
            status_quo: None,
            because: Vec::new(),
        }
    };
    draft.issues = sizes.iter().enumerate().map(issue).collect();
    draft.constraints = (0..dice.below(7))
        .map(|_| {
            let when = condition(&mut dice, &sizes);
            let law = match dice.below(2) {
                0 => Written::Forbid(when),
                _ => Written::Implies { when, then: condition(&mut dice, &sizes) },
            };
            Constraint { law, because: Vec::new() }
        })
        .collect();
    for body in &mut draft.bodies {
        body.preferences = Preferences { issues: vec![None; sizes.len()], ..Preferences::default() };
    }
    Talks::new(draft).expect("issues and constraints are all there is")
}

#[test]
fn it_leaves_the_same_outcomes_and_ties_no_more() {
    let (mut looser, mut nothing) = (0, 0);
    for seed in 1..2000 {
        let talks = talks(seed);
        let (written, found) = (laws(&talks), in_force(&talks));
        let sizes: Vec<usize> = talks.issues.iter().map(Issue::n_options).collect();
        let mut left = 0;
        for rank in 0..sizes.iter().product::<usize>() {
            let mut rest = rank;
            let options: Vec<usize> = sizes
                .iter()
                .map(|n| {
                    let option = rest % n;
                    rest /= n;
                    option
                })
                .collect();
            let breaks = |laws: &[(Vec<usize>, Law)]| laws.iter().any(|(_, law)| law.broken(&options));
            assert_eq!(breaks(&found), breaks(&written), "seed {seed}: {options:?}");
            left += usize::from(!breaks(&written));
        }
        let groups =
            |laws: &[(Vec<usize>, Law)]| group(sizes.len(), laws.iter().map(|(tied, _)| tied.clone())).len();
        assert!(groups(&found) >= groups(&written), "seed {seed}");
        looser += usize::from(groups(&found) > groups(&written));
        nothing += usize::from(left == 0);
    }
    assert!(looser > 100 && nothing > 20, "{looser} {nothing}");
}
