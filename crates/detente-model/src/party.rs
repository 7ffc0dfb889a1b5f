use crate::{
    Alternative, BodyId, ClaimId, Fault, Grid, Issue, IssuePreference, Number, OptionId, Options, PartyId,
    Preferences, Rule, StatedCost, Table, Unsaid,
};

/// A side that signs.
#[derive(Clone, Debug, PartialEq)]
pub struct Party {
    /// Unique among parties.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its bodies, in the order written, at least one.
    pub bodies: Vec<BodyId>,
    /// Whose yes makes its yes.
    pub ratifies: Rule<BodyId>,
    /// Claims on which its structure rests.
    pub because: Vec<ClaimId>,
}

/// Someone whose yes matters inside a party.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// Unique within its party.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The party it belongs to.
    pub party: PartyId,
    /// Its weight where one number per party is needed, 0 or more; absent for 1.
    pub influence: Option<Number>,
    /// What no agreement is worth to it, or what is known instead.
    pub alternative: Alternative,
    /// Its political cost of a yes.
    pub will: StatedCost,
    /// How much it is tempted to walk away during implementation: it stays while it has as much to lose by
    /// that.
    pub strain: StatedCost,
    /// What the others' answer would cost it if it walked away; absent for 0.
    pub reaction: Option<Number>,
    /// What is left, at the end of talks of full length, of the worth of a deal and of no deal: both count
    /// `discount^t` times at the share `t` of that length. Above 0, at most 1; absent for 1. Simulated talks
    /// use it; an analysis is of deals reached at once.
    pub discount: Option<f64>,
    /// What it values.
    pub preferences: Preferences,
    /// Claims on which its description rests.
    pub because: Vec<ClaimId>,
}

impl Body {
    /// What is missing to know what it would say to a deal. A body that refuses nothing, or everything, has said it.
    pub fn unsaid(&self) -> Vec<Unsaid> {
        let no_preferences = || self.preferences.is_empty().then_some(Unsaid::Preferences);
        match self.alternative {
            Alternative::RefusesNothing | Alternative::RefusesAll => Vec::new(),
            Alternative::Worth(_) => no_preferences().into_iter().collect(),
            Alternative::Unknown => {
                [Some(Unsaid::Alternative), no_preferences()].into_iter().flatten().collect()
            }
        }
    }

    /// Whether it says no to every deal, as far as is known: that nothing is said of it is no consent.
    pub fn refuses_all(&self) -> bool {
        self.alternative == Alternative::RefusesAll || !self.unsaid().is_empty()
    }

    /// Its weight among the bodies of its party.
    pub fn influence(&self) -> f64 {
        self.influence.as_ref().map_or(1.0, Number::mean)
    }

    /// The grid on which its utilities are added: the finest on which sums of leaves, and the alternative, fit.
    pub fn grid(&self, issues: &[Issue]) -> Grid {
        let alternative = self.alternative.number().map_or(0.0, Number::mean);
        Grid::for_bound(self.preferences.bound(issues) + alternative.abs())
    }

    /// How many of its amounts are not 0 and yet so small that they are 0 on its grid.
    pub fn n_vanishing(&self, issues: &[Issue]) -> usize {
        let grid = self.grid(issues);
        let vanishes = |amount: &f64| *amount != 0.0 && grid.round(*amount) == 0;
        let preferences = &self.preferences;
        let of_issue =
            |(issue, preference): (&Issue, &Option<IssuePreference>)| match (preference, &issue.options) {
                (Some(preference), Options::Named { options, .. }) => {
                    let amount = |option: usize| preference.contribution(issue, OptionId(option));
                    (0..options.len()).map(amount).filter(vanishes).count()
                }
                (Some(preference), Options::Range(_)) => usize::from(vanishes(&preference.largest(issue))),
                (None, _) => 0,
            };
        let own: usize = issues.iter().zip(&preferences.issues).map(of_issue).sum();
        let terms = preferences.interactions.iter().map(|term| term.adds.mean());
        let rows =
            |table: &Table| table.rows.values().chain(&table.otherwise).map(Number::mean).collect::<Vec<_>>();
        let others = terms.chain(preferences.tables.iter().flat_map(rows));
        let alternative = self.alternative.number().map(Number::mean);
        own + others.chain(alternative).filter(vanishes).count()
    }

    /// Whether its discount is one.
    ///
    /// # Errors
    /// A discount that is not above 0, or above 1.
    pub fn check_discount(&self) -> Result<(), Fault> {
        match self.discount {
            Some(discount) if !(discount > 0.0 && discount <= 1.0) => {
                let help = "write a number above 0 and up to 1; 1, or nothing, is for no loss by waiting";
                Err(Fault::new(format!("a discount of {discount} makes no sense"), help))
            }
            _ => Ok(()),
        }
    }

    /// Whether its influence can be weighed against others.
    ///
    /// # Errors
    /// A negative influence, or one outside a millionth to a million that is not 0.
    pub fn check_influence(&self) -> Result<(), Fault> {
        let influence = self.influence();
        if influence < 0.0 {
            Err(Fault::new("an influence cannot be negative", "write 0 or more"))
        } else if influence != 0.0 && !(1e-6..=1e6).contains(&influence) {
            let message = format!("an influence of {influence} cannot be weighed against others");
            Err(Fault::new(message, "write 0, or a number from 0.000001 to 1000000; only the ratio matters"))
        } else {
            Ok(())
        }
    }
}
