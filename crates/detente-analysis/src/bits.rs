//! Sets as the bits of a whole number.

use std::ops::{BitAnd, Sub};

/// A whole number whose bits are the members of a set.
pub(crate) trait Bits: Copy + PartialEq + BitAnd<Output = Self> + Sub<Output = Self> {
    const NONE: Self;
    const FIRST: Self;

    /// The smallest member, of a set that has one.
    fn lowest(self) -> usize;
}

impl Bits for u64 {
    const NONE: u64 = 0;
    const FIRST: u64 = 1;

    #[inline]
    fn lowest(self) -> usize {
        self.trailing_zeros() as usize
    }
}

impl Bits for u128 {
    const NONE: u128 = 0;
    const FIRST: u128 = 1;

    #[inline]
    fn lowest(self) -> usize {
        self.trailing_zeros() as usize
    }
}

/// The members of a set, rising.
#[inline]
pub(crate) fn members<S: Bits>(set: S) -> impl Iterator<Item = usize> {
    let mut left = set;
    std::iter::from_fn(move || {
        let next = (left != S::NONE).then(|| left.lowest())?;
        left = left & (left - S::FIRST);
        Some(next)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_rise() {
        assert_eq!(members(0u64).count(), 0);
        assert_eq!(members(1u64 << 63 | 0b101).collect::<Vec<_>>(), [0, 2, 63]);
        assert_eq!(members(1u128 << 127 | 1u128 << 64 | 2).collect::<Vec<_>>(), [1, 64, 127]);
        assert_eq!(members(u128::MAX).count(), 128);
    }
}
