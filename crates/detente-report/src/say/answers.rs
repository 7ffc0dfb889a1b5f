//! Answers settled in advance: which issues they matter on, and in which order they are told.

use crate::words::percent;
use detente_analysis::Will;

/// The issues whose answers lead to chances that read differently, those first where the second-best answer costs most;
/// and the others.
pub(crate) fn by_weight(will: &Will) -> (Vec<usize>, Vec<usize>) {
    let best = will.best_probability;
    let reads_alike = |p: f64| p == best || percent(p) == percent(best);
    let differs = |i: &usize| !will.issues[*i].iter().all(|chance| chance.is_some_and(reads_alike));
    let (mut shown, level): (Vec<usize>, Vec<usize>) = (0..will.issues.len()).partition(differs);
    // An issue may have a million answers: each is looked at once.
    let seconds: Vec<f64> = will.issues.iter().map(|chances| second(chances)).collect();
    shown.sort_by(|a, b| seconds[*a].total_cmp(&seconds[*b]));
    (shown, level)
}

/// The second-highest chance, which may equal the highest; 0 of a single answer.
fn second(chances: &[Option<f64>]) -> f64 {
    let (mut first, mut second) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for chance in chances.iter().copied().map(place) {
        if chance > first {
            (first, second) = (chance, first);
        } else if chance > second {
            second = chance;
        }
    }
    if second.is_finite() { second } else { 0.0 }
}

/// Where a chance stands among others: what is not known comes last.
pub(crate) fn place(chance: Option<f64>) -> f64 {
    chance.unwrap_or(-1.0)
}

/// A chance as it is told.
pub(crate) fn told(chance: Option<f64>) -> String {
    chance.map_or_else(|| "not known".to_owned(), percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_best_answer_may_be_as_good_as_the_best() {
        assert_eq!(second(&[]), 0.0);
        assert_eq!(second(&[Some(0.5)]), 0.0);
        assert_eq!(second(&[Some(0.5), Some(0.7), Some(0.7)]), 0.7);
        assert_eq!(second(&[Some(0.2), Some(0.9), Some(0.4)]), 0.4);
        assert_eq!(second(&[None, Some(0.9)]), -1.0);
    }
}
