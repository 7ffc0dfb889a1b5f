//! What holds for carrying out any deal: the horizon, shocks, discount, and how closely strains go together.

use super::doubts::NEARER;
use super::order::{ROUNDING, days};
use super::reader::{Fields, Reader, head};
use super::{entry, grammar};
use crate::yaml::Node;
use detente_model::{Body, Duration, Implementation, Rate, Step, TimeUnit};

impl Reader {
    /// All of it may be left out; what can be read, and whether that is everything that stands there.
    pub(crate) fn implementation(&mut self, root: &Fields<'_>) -> (Implementation, bool) {
        let nothing = Implementation::default();
        let Some(node) = written(root) else { return (nothing, true) };
        let before = self.n_errors;
        let Some(fields) = self.fields(node, &grammar::IMPLEMENTATION) else { return (nothing, false) };
        if root.is_clean() && root.items("steps").is_empty() {
            let help = "add `steps`, or remove `implementation`";
            self.warn(head(node), "there are no steps that this could hold for", help);
        }
        let present = |key: &str| fields.get(key).filter(|node| !node.is_empty_value());
        let all = Implementation {
            horizon: present("horizon").and_then(|node| self.horizon(node)),
            shocks: present("shocks").and_then(|node| self.shocks(node)),
            discount: present("discount").and_then(|node| self.discount(node)),
            correlation: present("correlation").and_then(|node| self.correlation(node, NEARER)),
        };
        (all, self.n_errors == before)
    }

    fn horizon(&mut self, node: &Node) -> Option<Duration> {
        let horizon = self.duration(node)?;
        let part = Implementation { horizon: Some(horizon), ..Implementation::default() };
        self.fits(node, &part).then_some(horizon)
    }

    fn shocks(&mut self, node: &Node) -> Option<Rate> {
        let fields = self.fields(node, &grammar::SHOCKS)?;
        let rate = self.rate(&fields, "chance")?;
        let node = fields.get("chance").unwrap_or(node);
        if !self.fits(node, &Implementation { shocks: Some(rate.clone()), ..Implementation::default() }) {
            return None;
        }
        let (from, to) = rate.amount.spread.support();
        if (from, to) == (0.0, 0.0) {
            let help = "write a chance above 0, or remove `shocks`";
            self.warn(head(node), "a shock of chance 0 never comes", help);
        } else if from < 0.0 || to >= 1.0 {
            let help =
                format!("keep it from 0 to below 1, for example by `truncated_normal` or `beta`; {NEARER}");
            self.warn(head(node), "this lets the chance of a shock lie outside 0 to below 1", help);
        }
        Some(rate)
    }

    fn discount(&mut self, node: &Node) -> Option<Rate> {
        let fields = self.fields(node, &grammar::DISCOUNT)?;
        let rate = self.rate(&fields, "rate")?;
        self.not_negative(
            fields.get("rate"),
            Some(&rate.amount),
            "a discount rate",
            "a draw below 0 counts as 0",
        );
        Some(rate)
    }

    /// A number per unit of time. Where the unit cannot be read, which is reported, another stands in.
    fn rate(&mut self, fields: &Fields<'_>, amount: &str) -> Option<Rate> {
        let amount = fields.get(amount).filter(|node| !node.is_empty_value());
        let amount = amount.and_then(|node| self.share_of_one(node));
        let per = fields.get("per").filter(|node| !node.is_empty_value());
        let per = per.and_then(|node| self.time_unit(node)).unwrap_or(TimeUnit::Year);
        Some(Rate { amount: amount?, per })
    }

    /// Whether one part of it makes sense; reports it where it stands if not.
    fn fits(&mut self, node: &Node, part: &Implementation) -> bool {
        match part.check() {
            Ok(()) => true,
            Err(fault) => {
                self.error(head(node), fault.message, fault.help);
                false
            }
        }
    }

    /// A step that counts something, and is surely done after the horizon only.
    pub(crate) fn check_horizon(
        &mut self,
        root: &Fields<'_>,
        all: &Implementation,
        steps: &[Step],
        earliest: &[f64],
    ) {
        let node = written(root).and_then(|node| entry(node, "horizon"));
        let Some((node, horizon)) = node.zip(all.horizon) else { return };
        let late =
            |(step, least): &(&Step, &f64)| !step.counts.is_empty() && **least > horizon.days() + ROUNDING;
        if let Some((step, least)) = steps.iter().zip(earliest).find(late) {
            let message = format!(
                "what `{}` counts lies beyond the horizon: it is done after {} at the earliest",
                step.id,
                days(*least)
            );
            self.warn(head(node), message, "write a longer one, or remove the key");
        }
    }

    /// Strains go together only if there are two of them.
    pub(crate) fn check_strains(&mut self, root: &Fields<'_>, all: &Implementation, bodies: &[Body]) {
        let node = written(root).and_then(|node| entry(node, "correlation"));
        if let Some((node, correlation)) = node.zip(all.correlation.as_ref()) {
            self.check_followers(node, correlation, bodies, "strain", |body| body.strain.cost().is_some());
        }
    }
}

fn written<'n>(root: &Fields<'n>) -> Option<&'n Node> {
    root.get("implementation").filter(|node| !node.is_empty_value())
}
