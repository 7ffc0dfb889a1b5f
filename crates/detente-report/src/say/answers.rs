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
    let second = |i: usize| {
        let mut chances: Vec<f64> = will.issues[i].iter().copied().map(place).collect();
        chances.sort_by(|a, b| b.total_cmp(a));
        chances.get(1).copied().unwrap_or(0.0)
    };
    shown.sort_by(|a, b| second(*a).total_cmp(&second(*b)));
    (shown, level)
}

/// Where a chance stands among others: what is not known comes last.
pub(crate) fn place(chance: Option<f64>) -> f64 {
    chance.unwrap_or(-1.0)
}

/// A chance as it is told.
pub(crate) fn told(chance: Option<f64>) -> String {
    chance.map_or_else(|| "not known".to_owned(), percent)
}
