//! Random cases: which of them a test tries, and, in [`random`], talks with every construct.
//!
//! Without being asked, the same ones at every run and on every machine, so that a
//! change is never stopped by a case that has nothing to do with it. `DETENTE_SEED=N` draws others, and `DETENTE_CASES=N`
//! sets how many; `cargo xtask explore` draws fresh ones again and again. A test that fails says how to repeat it.
//!
//! Only tests use this crate. It is the one place in the project that may set up a source of random cases:
//! `cargo xtask tidy` fails on any other.

pub mod random;

use std::{env, fmt, thread};

use proptest::test_runner::{Config, RngAlgorithm, RngSeed};

#[doc(hidden)]
pub use proptest;

/// Which cases are drawn where nobody asked for others.
const SEED: u64 = 0;

/// How far the numbered cases of one seed lie from those of the next.
const STRIDE: u64 = 1_000_000;

/// How many cases a test tries: `DETENTE_CASES`, or a number small enough for every day.
///
/// # Panics
///
/// Where `DETENTE_CASES` is not a number.
pub fn cases(every_day: u64) -> u64 {
    asked("DETENTE_CASES").unwrap_or(every_day)
}

/// So many numbers, each of which names a case: 0, 1, 2, ... unless `DETENTE_SEED` asks for others.
///
/// # Panics
///
/// Where `DETENTE_SEED` is not a number from 0 to 4,294,967,295.
pub fn seeds(n: u64) -> Seeds {
    let first = seed() * STRIDE;
    Seeds { first, next: first, end: first + n }
}

/// Numbers that name cases. Dropped by a panic, they say which case was tried last and how to repeat it.
#[derive(Clone, Debug)]
pub struct Seeds {
    first: u64,
    next: u64,
    end: u64,
}

impl Iterator for Seeds {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let seed = self.next;
        self.next += 1;
        (seed < self.end).then_some(seed)
    }
}

impl Drop for Seeds {
    fn drop(&mut self) {
        if thread::panicking() && self.next > self.first {
            eprintln!("case {} of {}", self.next - 1, again(self.first / STRIDE, self.end - self.first));
        }
    }
}

/// Asserts that the cases that are tried every day raise what a test is about often enough. Of fresh ones, few may.
///
/// # Panics
///
/// Where they do not, and nobody asked for other cases.
#[track_caller]
pub fn covers(enough: bool, counts: fmt::Arguments<'_>) {
    assert!(enough || seed() != SEED, "too few of the cases raise what the test is about: {counts}");
}

/// Tests on random values, each with an everyday number of cases:
///
/// ```
/// use detente_cases::drawn;
/// use proptest::prelude::*;
///
/// drawn! { 50;
///     #[test]
///     fn a_sum_does_not_depend_on_the_order(a in any::<u32>(), b in any::<u32>()) {
///         prop_assert_eq!(u64::from(a) + u64::from(b), u64::from(b) + u64::from(a));
///     }
/// }
/// ```
#[expect(
    clippy::test_attr_in_doctest,
    reason = "a test is what the macro makes; the example shows how one reads"
)]
#[macro_export]
macro_rules! drawn {
    ($cases:expr; $($(#[$meta:meta])* fn $name:ident($($values:tt)*) $body:block)*) => {$(
        $(#[$meta])*
        fn $name() {
            let again = $crate::Again::of($cases);
            let name = concat!(module_path!(), "::", stringify!($name));
            $crate::proptest::proptest!(again.config(name), |($($values)*)| $body);
        }
    )*};
}

/// What it takes to draw the same cases again. Dropped by a panic, it says so.
#[derive(Debug)]
pub struct Again {
    seed: u64,
    cases: u64,
}

impl Again {
    /// What was asked for, or so many of the cases that are tried every day.
    ///
    /// # Panics
    ///
    /// Where a variable of the environment is not a number.
    pub fn of(every_day: u64) -> Again {
        Again { seed: seed(), cases: cases(every_day) }
    }

    /// What a test of this name draws: other values than its neighbours, and the same at every run.
    pub fn config(&self, test: &str) -> Config {
        Config {
            cases: u32::try_from(self.cases).unwrap_or(u32::MAX),
            rng_seed: RngSeed::Fixed(self.seed ^ mixed(test)),
            rng_algorithm: RngAlgorithm::ChaCha,
            // What is found becomes a test of its own; a file of seeds would be forgotten.
            failure_persistence: None,
            ..Config::default()
        }
    }
}

impl Drop for Again {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("one of {}", again(self.seed, self.cases));
        }
    }
}

/// How to repeat what was drawn.
fn again(seed: u64, cases: u64) -> String {
    format!("the cases drawn by `DETENTE_SEED={seed} DETENTE_CASES={cases}`")
}

fn seed() -> u64 {
    let seed = asked("DETENTE_SEED").unwrap_or(SEED);
    assert!(u32::try_from(seed).is_ok(), "`DETENTE_SEED` is a number from 0 to {}", u32::MAX);
    seed
}

/// A number from the environment. One that cannot be read is not passed over: its cases would not be those asked for.
fn asked(variable: &str) -> Option<u64> {
    let text = env::var_os(variable)?;
    let number = text.to_str().and_then(|text| text.parse().ok());
    Some(number.unwrap_or_else(|| panic!("`{variable}` is {text:?}, which is not a whole number")))
}

/// A number of a name, the same on every machine (FNV-1a).
fn mixed(name: &str) -> u64 {
    name.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    /// The values that a test draws.
    fn values(seed: u64, name: &str) -> Vec<u64> {
        let mut runner = TestRunner::new(Again { seed, cases: 20 }.config(name));
        let mut value = || any::<u64>().new_tree(&mut runner).expect("any number").current();
        (0..20).map(|_| value()).collect()
    }

    #[test]
    fn a_test_draws_the_same_at_every_run() {
        assert_eq!(values(0, "a"), values(0, "a"));
        // Written down, so that a change of what is drawn everywhere is noticed.
        assert_eq!(values(0, "a")[..2], [12_079_384_626_743_157_206, 17_161_289_947_015_484_711]);
    }

    #[test]
    fn another_seed_or_another_test_draws_other_values() {
        assert_ne!(values(0, "a"), values(1, "a"));
        assert_ne!(values(0, "a"), values(0, "b"));
    }

    #[test]
    fn the_cases_of_two_seeds_have_no_number_in_common() {
        let of = |seed: u64| Seeds { first: seed * STRIDE, next: seed * STRIDE, end: seed * STRIDE + 1000 };
        assert_eq!(of(0).count(), 1000);
        assert!(of(1).all(|case| of(0).all(|other| case != other)));
        let last = of(u64::from(u32::MAX)).last().expect("a thousand cases");
        assert!(last < 1 << 53, "{last} is no longer a short number");
    }

    drawn! { 20;
        #[test]
        fn values_are_drawn_and_may_be_changed(mut a in 0u32..10, b in 1usize..=3) {
            a += 1;
            prop_assert!((1..=10).contains(&a) && (1..=3).contains(&b));
        }

        #[test]
        #[should_panic(expected = "minimal failing input: a = 6")]
        fn a_case_that_fails_is_made_small(a in 0u32..1000) {
            prop_assert!(a < 6);
        }
    }
}
