//! What an issue's answers would bring about, each settled in advance.

use super::Figure;
use crate::deal::{answer, isolated};
use crate::say;
use detente_analysis::Will;
use detente_model::{Issue, IssueId, OptionId, Talks};

/// Answers shown of an issue with many.
const ANSWERS: usize = 8;

pub(super) struct Answers {
    pub(super) now: Figure,
    pub(super) issues: Vec<IssueView>,
    pub(super) lines: Vec<String>,
}

pub(super) struct IssueView {
    pub(super) name: String,
    pub(super) options: Vec<OptionView>,
    pub(super) more: Option<String>,
}

pub(super) struct OptionView {
    pub(super) name: String,
    pub(super) chance: Figure,
    /// Of a bar of 100.
    pub(super) length: u32,
}

pub(super) fn answers(talks: &Talks, will: &Will) -> Answers {
    let (shown, level) = say::answers::by_weight(will);
    let first = will.best.first().map(|deal| &deal.outcome);
    let view = |i: &usize| {
        let named = first.map(|outcome| outcome[IssueId(*i)].0);
        issue_view(&talks.issues[*i], &will.issues[*i], named)
    };
    let level: Vec<String> = level.iter().map(|i| isolated(&talks.issues[*i].name)).collect();
    Answers {
        now: Figure::chance(will.best_probability),
        issues: shown.iter().map(view).collect(),
        lines: say::level_issues(&level, will.best_probability).into_iter().collect(),
    }
}

/// The answers in the order of the file; of very many, the likeliest, and of those alike some that are far apart, that
/// of the likeliest deal among them.
fn likeliest(chances: &[f64], named: Option<usize>) -> Vec<usize> {
    let mut all: Vec<usize> = (0..chances.len()).collect();
    if all.len() <= ANSWERS {
        return all;
    }
    all.sort_by(|a, b| chances[*b].total_cmp(&chances[*a]));
    let last = chances[all[ANSWERS - 1]];
    let above = all.partition_point(|k| chances[*k] > last);
    let alike: Vec<usize> = all[above..].iter().copied().take_while(|k| chances[*k] >= last).collect();
    let wanted = ANSWERS - above;
    let spread = (0..wanted).map(|k| alike[k * (alike.len() - 1) / (wanted - 1).max(1)]);
    let mut spread: Vec<usize> = spread.collect();
    // That answer takes the place of the nearest that is alike.
    if let Some(named) = named.filter(|named| alike.contains(named) && !spread.contains(named))
        && let Some(nearest) = spread.iter_mut().min_by_key(|k| k.abs_diff(named))
    {
        *nearest = named;
    }
    let mut shown: Vec<usize> = all[..above].iter().copied().chain(spread).collect();
    shown.sort_unstable();
    shown
}

fn issue_view(issue: &Issue, chances: &[Option<f64>], named: Option<usize>) -> IssueView {
    let places: Vec<f64> = chances.iter().copied().map(say::answers::place).collect();
    let shown = likeliest(&places, named);
    let least = shown.iter().map(|k| places[*k]).fold(f64::INFINITY, f64::min);
    let left_out = (0..chances.len()).filter(|k| !shown.contains(k));
    let (known, unknown): (Vec<usize>, Vec<usize>) = left_out.partition(|k| chances[*k].is_some());
    let alike = known.iter().filter(|k| places[**k] >= least).count();
    let option = |k: &usize| OptionView {
        name: answer(issue, OptionId(*k)),
        chance: Figure {
            said: say::answers::told(chances[*k]),
            exact: chances[*k].map_or_else(|| "not known".to_owned(), |p| format!("{p}")),
        },
        length: (chances[*k].unwrap_or(0.0) * 100.0).round() as u32,
    };
    IssueView {
        name: issue.name.clone(),
        options: shown.iter().map(option).collect(),
        more: say::more_answers(alike, known.len() - alike, unknown.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_very_many_answers_those_alike_are_shown_far_apart() {
        let mut chances = vec![1.0; 100];
        assert_eq!(likeliest(&chances, None), [0, 14, 28, 42, 56, 70, 84, 99]);
        assert_eq!(likeliest(&chances, Some(43)), [0, 14, 28, 43, 56, 70, 84, 99]);
        assert_eq!(likeliest(&chances, Some(56)), likeliest(&chances, None));
        chances[40] = 0.5;
        chances[..40].fill(0.25);
        assert!(likeliest(&chances, None).iter().all(|k| *k > 40));
        let few: Vec<f64> = (0..10).map(f64::from).collect();
        assert_eq!(likeliest(&few, None), [2, 3, 4, 5, 6, 7, 8, 9]);
    }
}
