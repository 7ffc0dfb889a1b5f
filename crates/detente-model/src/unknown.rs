use crate::{BodyId, ClaimId, Distribution, Fault, Number};
use std::collections::BTreeSet;

/// Something nobody knows that decides several numbers at once: exactly one of its cases is true.
#[derive(Clone, Debug, PartialEq)]
pub struct Unknown {
    /// Unique among unknowns.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What can be the case, at least one; the probabilities sum to 1.
    pub cases: Vec<Case>,
    /// Claims on which it rests.
    pub because: Vec<ClaimId>,
}

/// One of the cases of an unknown.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Unique within its unknown.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// How likely it is, a certain number from 0 to 1.
    pub probability: Number,
}

/// How closely the political costs, or the strains, of different bodies go together (one-factor Gaussian
/// copula).
///
/// Every body's cost or strain follows a mood of its own and a common one. A body's *loading* is the correlation
/// of its mood, on the scale of a normal variable, with the common one; two bodies' correlation is
/// the product of their loadings. What each is distributed like stays as it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Correlation {
    /// Every two bodies have this correlation, 0 to 1.
    Pairwise(Number),
    /// The loading of each of these bodies, -1 to 1; the others have 0.
    Loadings(Vec<(BodyId, Number)>),
}

impl Unknown {
    /// The probability of each case.
    pub fn probabilities(&self) -> Vec<f64> {
        self.cases.iter().map(|case| case.probability.mean()).collect()
    }

    /// Whether its cases make sense.
    ///
    /// # Errors
    /// No case, a probability that is not certain or lies outside 0 to 1, or a sum other than 1
    /// (within 10^-9).
    pub fn check(&self) -> Result<(), Fault> {
        if self.cases.is_empty() {
            return Err(Fault::new("there is no case", "add at least one case with its probability"));
        }
        if self.cases.iter().any(|case| !case.probability.is_certain()) {
            let help = "write a number from 0 to 1; the cases themselves are what is unknown";
            return Err(Fault::new("the probability of a case is itself a distribution", help));
        }
        let points = self.probabilities().into_iter().enumerate().map(|(k, p)| (k as f64, p));
        Distribution::Discrete(points.collect()).check()
    }

    /// Whether a spread gives one value to each case.
    ///
    /// # Errors
    /// It is not discrete, or has other probabilities than the cases.
    pub fn check_values(&self, spread: &Distribution) -> Result<(), Fault> {
        let fits = match spread {
            Distribution::Discrete(points) => {
                points.iter().map(|(_, probability)| *probability).eq(self.probabilities())
            }
            _ => false,
        };
        if fits {
            return Ok(());
        }
        Err(Fault::new(
            format!("the values do not match the cases of `{}`", self.id),
            "give one value for each case",
        ))
    }
}

impl Correlation {
    /// Every number in the order written.
    pub fn numbers(&self) -> Vec<&Number> {
        match self {
            Correlation::Pairwise(number) => vec![number],
            Correlation::Loadings(of) => of.iter().map(|(_, loading)| loading).collect(),
        }
    }

    /// The k-th of [`Correlation::numbers`].
    pub fn number_mut(&mut self, k: usize) -> Option<&mut Number> {
        match self {
            Correlation::Pairwise(number) => [number].into_iter().nth(k),
            Correlation::Loadings(of) => of.get_mut(k).map(|(_, loading)| loading),
        }
    }

    /// The bodies it names.
    pub fn bodies(&self) -> Vec<BodyId> {
        match self {
            Correlation::Pairwise(_) => Vec::new(),
            Correlation::Loadings(of) => of.iter().map(|(body, _)| *body).collect(),
        }
    }

    /// The loading of a body, with every number at its mean; within its bounds, as a draw need not be.
    pub fn loading(&self, body: BodyId) -> f64 {
        match self {
            Correlation::Pairwise(number) => number.mean().clamp(0.0, 1.0).sqrt(),
            Correlation::Loadings(of) => of
                .iter()
                .find(|(other, _)| *other == body)
                .map_or(0.0, |(_, loading)| loading.mean().clamp(-1.0, 1.0)),
        }
    }

    /// Whether it is one.
    ///
    /// # Errors
    /// A number outside its bounds, or a body named twice.
    pub fn check(&self) -> Result<(), Fault> {
        let (message, help, low) = match self {
            Correlation::Pairwise(_) => (
                "the correlation lies outside 0 to 1",
                "write 0 for none, up to 1 where all move as one",
                0.0,
            ),
            Correlation::Loadings(_) => {
                ("a loading lies outside -1 to 1", "write a number from -1 to 1", -1.0)
            }
        };
        if self.numbers().iter().any(|number| !(low..=1.0).contains(&number.mean())) {
            return Err(Fault::new(message, help));
        }
        if self.bodies().iter().collect::<BTreeSet<_>>().len() < self.bodies().len() {
            return Err(Fault::new("a body is named twice", "name each body once"));
        }
        Ok(())
    }
}
