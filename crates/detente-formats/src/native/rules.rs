//! Rules: who has to say yes.

use super::grammar;
use super::reader::{Reader, head, way_out};
use super::spelling::{Spelling, spelling};
use crate::yaml::{Node, Value};
use detente_model::{Number, Rule};
use std::collections::BTreeSet;

impl Reader {
    /// A rule over members that `member` resolves; nobody may stand in it twice.
    pub(crate) fn rule<T: Copy + Ord>(
        &mut self,
        node: &Node,
        member: &dyn Fn(&mut Reader, &Node) -> Option<T>,
    ) -> Option<Rule<T>> {
        let mut seen = BTreeSet::new();
        self.rule_part(node, member, &mut seen)
    }

    fn rule_part<T: Copy + Ord>(
        &mut self,
        node: &Node,
        member: &dyn Fn(&mut Reader, &Node) -> Option<T>,
        seen: &mut BTreeSet<T>,
    ) -> Option<Rule<T>> {
        let Value::Map(pairs) = &node.value else {
            if let Value::List(_) = node.value {
                self.error(head(node), "a list is not a rule", "write `{all: [...]}` or `{any: [...]}`");
                return None;
            }
            let found = member(self, node)?;
            if !seen.insert(found) {
                let message = format!("`{}` stands in this rule twice", node.text().unwrap_or_default());
                self.error(node.span, message, "name each member once");
            }
            return Some(Rule::One(found));
        };
        let named = |name: &str| pairs.iter().any(|(key, _)| key.text() == Some(name));
        let rule = if named("quota") {
            self.quota(node, member, seen)
        } else if named("at_least") {
            self.at_least(node, member, seen)
        } else if let [(key, list)] = &pairs[..]
            && (key.text() == Some("all") || key.text() == Some("any"))
        {
            let of = self.branches(list, member, seen)?;
            Some(if key.text() == Some("all") { Rule::All(of) } else { Rule::Any(of) })
        } else {
            let key = pairs.first().and_then(|(key, _)| key.text()).unwrap_or_default();
            let help = way_out(key, ["all", "any", "at_least", "quota"].into_iter(), "rules");
            self.error(head(node), format!("`{key}` is not a rule"), help);
            None
        }?;
        if let Rule::Quota { needed, of } = &rule
            && of.len() > 1
            && of.iter().all(|(weight, _)| weight.mean() >= needed.mean())
        {
            let message = "each weight is cast as one bloc, so that any one of these alone reaches the quota";
            let help =
                "keep it if that is the rule; a group that can split its vote is written as several bodies";
            self.warn(head(node), message, help);
        }
        if let Err(fault) = rule.check_node() {
            self.error(head(node), fault.message, fault.help);
            return None;
        }
        Some(rule)
    }

    fn branches<T: Copy + Ord>(
        &mut self,
        node: &Node,
        member: &dyn Fn(&mut Reader, &Node) -> Option<T>,
        seen: &mut BTreeSet<T>,
    ) -> Option<Vec<Rule<T>>> {
        let Value::List(items) = &node.value else {
            self.error(head(node), format!("{} stands here", node.kind()), "write a list of members");
            return None;
        };
        let of: Vec<Rule<T>> = items.iter().filter_map(|item| self.rule_part(item, member, seen)).collect();
        (of.len() == items.len()).then_some(of)
    }

    fn at_least<T: Copy + Ord>(
        &mut self,
        node: &Node,
        member: &dyn Fn(&mut Reader, &Node) -> Option<T>,
        seen: &mut BTreeSet<T>,
    ) -> Option<Rule<T>> {
        let fields = self.fields(node, &grammar::AT_LEAST)?;
        let of = fields.get("of").and_then(|list| self.branches(list, member, seen));
        let count = fields.get("at_least")?;
        let Some(needed) = count.text().and_then(whole_number) else {
            self.error(head(count), "this is not a whole number", "write how many of them must say yes");
            return None;
        };
        Some(Rule::AtLeast { needed, of: of? })
    }

    fn quota<T: Copy + Ord>(
        &mut self,
        node: &Node,
        member: &dyn Fn(&mut Reader, &Node) -> Option<T>,
        seen: &mut BTreeSet<T>,
    ) -> Option<Rule<T>> {
        let fields = self.fields(node, &grammar::QUOTA)?;
        let before = self.n_errors;
        let needed = fields.get("quota").and_then(|node| self.quota_needed(node));
        let (mut of, mut members) = (Vec::new(), 0);
        if let Some(weights) = fields.get("weights") {
            for (key, weight) in self.pairs(weights, "members to weights") {
                let rule = self.rule_part(key, member, seen);
                members += 1;
                of.extend(self.rule_number(weight).zip(rule));
            }
        }
        for item in fields.items("of") {
            members += 1;
            let Some(fields) = self.fields(item, &grammar::WEIGHED) else { continue };
            let rule = fields.get("rule").and_then(|node| self.rule_part(node, member, seen));
            let weight = fields.get("weight").and_then(|node| self.rule_number(node));
            of.extend(weight.zip(rule));
        }
        (self.n_errors == before && of.len() == members).then_some(())?;
        Some(Rule::Quota { needed: needed?, of })
    }

    /// The weight that is needed. Its members stand beside it, not inside.
    fn quota_needed(&mut self, node: &Node) -> Option<Number> {
        if let Value::Map(pairs) = &node.value
            && pairs
                .iter()
                .any(|(key, _)| ["of", "weights", "needed"].contains(&key.text().unwrap_or_default()))
        {
            let help = "write `{quota: 6, weights: {council: 4, traders: 3}}`, members beside the quota";
            self.error(head(node), "a quota is a number, and its members stand beside it", help);
            return None;
        }
        self.rule_number(node)
    }

    /// A quota or a weight; what is not certain is said where it stands.
    fn rule_number(&mut self, node: &Node) -> Option<Number> {
        let number = self.number(node)?;
        if number.is_certain() {
            return Some(number);
        }
        let what = if number.by_case.is_some() { "one by case" } else { "a distribution" };
        let help = "write the number the rule itself states";
        self.error(head(node), format!("a rule needs a plain number here, not {what}"), help);
        None
    }
}

/// How many, as people write it.
fn whole_number(text: &str) -> Option<usize> {
    match spelling(text) {
        Spelling::One(value) => format!("{value}").parse().ok(),
        _ => None,
    }
}

/// The rule that asks every member.
pub(crate) fn everyone<T: Copy>(members: &[T]) -> Rule<T> {
    Rule::All(members.iter().map(|member| Rule::One(*member)).collect())
}
