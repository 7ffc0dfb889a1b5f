//! Issues, conditions and constraints.

use super::numbers::{decimal, number_text};
use super::{Fields, Writer, grammar, one_or_more};
use crate::emit::Yaml;
use detente_model::{
    Clause, Condition, Constraint, Issue, Law, NamedOption, OptionId, OptionSet, Options, Range,
};

/// Contiguous options of an issue of words are listed up to so many, and bounded beyond.
const MAX_LISTED: usize = 2;

impl Writer<'_> {
    pub(super) fn issue(&self, issue: &Issue) -> Yaml {
        let fields = Fields::new(&grammar::ISSUE).named(&issue.id, &issue.name);
        let fields = match &issue.options {
            Options::Named { ordered, options } => fields
                .put("options", named_options(options))
                .put("ordered", ordered.then(|| Yaml::plain("true"))),
            Options::Range(range) => fields.put("range", range_fields(range)),
        };
        fields
            .put("status_quo", issue.status_quo.map(|option| option_of(issue, option)))
            .put("because", self.because(&issue.because))
            .done()
    }

    pub(super) fn constraint(&self, constraint: &Constraint) -> Yaml {
        let fields = Fields::new(&grammar::CONSTRAINT);
        let fields = match &constraint.law {
            Law::Forbid(condition) => fields.put("forbid", self.condition(condition)),
            Law::Implies { when, then } => {
                fields.put("if", self.condition(when)).put("then", self.condition(then))
            }
        };
        fields.put("because", self.because(&constraint.because)).done()
    }

    pub(super) fn condition(&self, condition: &Condition) -> Yaml {
        Yaml::map(condition.0.iter().map(|clause| self.clause(clause)))
    }

    fn clause(&self, clause: &Clause) -> (Yaml, Yaml) {
        let issue = &self.draft.issues[clause.issue.0];
        (Yaml::text(&issue.id), option_set(issue, &clause.options))
    }
}

/// An option by its text or number.
pub(super) fn option_of(issue: &Issue, option: OptionId) -> Yaml {
    match issue.option_value(option) {
        Some(value) => decimal(value),
        None => Yaml::text(issue.option_id(option)),
    }
}

fn named_options(options: &[NamedOption]) -> Yaml {
    let option = |option: &NamedOption| match option.id == option.name {
        true => Yaml::text(&option.id),
        false => Fields::new(&grammar::NAMED_OPTION).named(&option.id, &option.name).done(),
    };
    let list = Yaml::list(options.iter().map(option));
    if options.iter().all(|option| option.id == option.name) { list } else { list.tall() }
}

fn range_fields(range: &Range) -> Yaml {
    let by = Some(number_text(range.step())).filter(|by| by != "1");
    Fields::new(&grammar::RANGE)
        .put("from", decimal(range.value(0)))
        .put("to", decimal(range.value(range.count() - 1)))
        .put("by", by.map(Yaml::plain))
        .text("unit", range.unit.as_ref())
        .done()
}

/// The shortest way to say which options: one, bounds, all but a few, or each.
fn option_set(issue: &Issue, set: &OptionSet) -> Yaml {
    let n = issue.n_options();
    if let Some(bounds) = bounds(issue, set) {
        return bounds;
    }
    // Going through all others is worth it only where there are few.
    if 2 * (n - set.len()) < set.len() {
        let others = set.complement(n);
        if !others.is_empty() {
            return Yaml::one("not", option_set(issue, &others));
        }
    }
    one_or_more(set.iter().map(|option| option_of(issue, option))).unwrap_or(Yaml::list([]))
}

/// `{from, to}` for contiguous options that have an order, where that is shorter than a list.
fn bounds(issue: &Issue, set: &OptionSet) -> Option<Yaml> {
    let listed = match &issue.options {
        Options::Named { ordered: false, .. } => return None,
        Options::Named { ordered: true, .. } => MAX_LISTED,
        Options::Range(_) => 1,
    };
    let (first, last) = (set.iter().next()?, set.last()?);
    if set.len() <= listed || set.len() != last.0 - first.0 + 1 {
        return None;
    }
    let is_all = set.len() == issue.n_options();
    let from = (first.0 > 0 || is_all).then(|| option_of(issue, first));
    let to = (last.0 + 1 < issue.n_options() || is_all).then(|| option_of(issue, last));
    let pairs = [("from", from), ("to", to)];
    Some(Yaml::map(pairs.into_iter().filter_map(|(key, value)| Some((Yaml::plain(key), value?)))))
}
