//! Talks whose issues are tied together, from fixed seeds: influences of every pair of issues, and overlapping groups.

use crate::dice::Dice;
use detente_model::{
    Alternative, Body, BodyId, Clause, Condition, Draft, Interaction, Issue, IssueId, IssuePreference,
    NamedOption, Number, OptionId, OptionSet, Options, Party, PartyId, Preferences, Rule, Shape, StatedCost,
    Table, Talks,
};

/// Answers are no and yes; for each party every issue, and every pair of issues, is worth a whole number from -50 to 50
/// if the answers are yes.
pub(crate) fn pairs(n_issues: usize, seed: u64) -> Talks {
    let dice = &mut Dice::new(seed);
    let mut preferences = || {
        let mut own = Preferences { issues: singles(n_issues, 50, dice), ..Preferences::default() };
        for i in 0..n_issues {
            for j in i + 1..n_issues {
                let yes = |k| Clause { issue: IssueId(k), options: OptionSet::from_options([OptionId(1)]) };
                let adds = Number::fixed(dice.whole(50));
                let when = Condition(vec![yes(i), yes(j)]);
                own.interactions.push(Interaction { when, unless: false, adds });
            }
        }
        own
    };
    let both = [preferences(), preferences()];
    talks("pairs", n_issues, both)
}

/// Answers are no and yes; issues belong together in groups of three or four, each issue to two or three of them. Every
/// combination of answers within a group is worth a whole number from -20 to 20 to each party.
pub(crate) fn groups(n_issues: usize, seed: u64) -> Talks {
    let dice = &mut Dice::new(seed);
    let mut groups: Vec<Vec<IssueId>> = Vec::new();
    for round in 0..3 {
        let mut order: Vec<IssueId> = (0..n_issues).map(IssueId).collect();
        dice.shuffle(&mut order);
        // Every issue twice, half of them once more.
        let mut rest = &order[..if round < 2 { n_issues } else { n_issues / 2 }];
        while !rest.is_empty() {
            let size = if rest.len() > 6 { 3 + dice.below(2) } else { rest.len().div_ceil(rest.len() / 3) };
            let (group, after) = rest.split_at(size.min(rest.len()));
            groups.push(group.to_vec());
            rest = after;
        }
    }
    let mut preferences = || {
        let mut own = Preferences { issues: singles(n_issues, 5, dice), ..Preferences::default() };
        for group in &groups {
            let answers = |bits: usize| (0..group.len()).map(|k| OptionId(bits >> k & 1)).collect();
            let rows = (0..1 << group.len()).map(|bits| (answers(bits), Number::fixed(dice.whole(20))));
            own.tables.push(Table { issues: group.clone(), rows: rows.collect(), otherwise: None });
        }
        own
    };
    let both = [preferences(), preferences()];
    talks("groups", n_issues, both)
}

fn singles(n_issues: usize, most: usize, dice: &mut Dice) -> Vec<Option<IssuePreference>> {
    let mut own = || {
        let values = vec![Number::fixed(0.0), Number::fixed(dice.whole(most))];
        Some(IssuePreference { weight: None, shape: Shape::Values(values) })
    };
    (0..n_issues).map(|_| own()).collect()
}

fn talks(title: &str, n_issues: usize, both: [Preferences; 2]) -> Talks {
    let option = |id: &str| NamedOption { id: id.to_owned(), name: id.to_owned() };
    let issue = |k: usize| Issue {
        id: format!("i{k}"),
        name: format!("i{k}"),
        options: Options::Named { ordered: false, options: vec![option("no"), option("yes")] },
        status_quo: None,
        because: vec![],
    };
    let party = |p: usize| Party {
        id: format!("p{p}"),
        name: format!("p{p}"),
        bodies: vec![BodyId(p)],
        ratifies: Rule::One(BodyId(p)),
        because: vec![],
    };
    let body = |(p, preferences): (usize, Preferences)| Body {
        id: format!("b{p}"),
        name: format!("b{p}"),
        party: PartyId(p),
        influence: None,
        alternative: Alternative::RefusesNothing,
        will: StatedCost::Unstated,
        strain: StatedCost::Unstated,
        reaction: None,
        discount: None,
        preferences,
        because: vec![],
    };
    let bodies = both.into_iter().enumerate().map(body).collect();
    let draft = Draft::new(title, (0..n_issues).map(issue).collect(), (0..2).map(party).collect(), bodies);
    Talks::new(draft).unwrap_or_else(|problems| panic!("{problems:?}"))
}
