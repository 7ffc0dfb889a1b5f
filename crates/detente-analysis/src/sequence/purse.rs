//! What may still be done for all that is told of how a deal is carried out.

use std::cell::Cell;

/// Work that several searches share, one after another: what one of them needs is gone for those that follow, and so a
/// deal with many things to count takes no longer than one with few. A step that is tried on a way counts once.
pub(super) struct Purse {
    left: Cell<u64>,
}

impl Purse {
    pub(super) fn new(work: u64) -> Purse {
        Purse { left: Cell::new(work) }
    }

    pub(super) fn spend(&self, work: u64) {
        self.left.set(self.left.get().saturating_sub(work));
    }

    pub(super) fn left(&self) -> u64 {
        self.left.get()
    }

    pub(super) fn is_spent(&self) -> bool {
        self.left.get() == 0
    }
}
