//! Whether a deal lasts once it is signed, on one screen.

use super::{BOLD, Page};
use crate::CarriedDeal;
use crate::say::kept as kept_words;
use crate::say::lasting as say;
use crate::words::percent;
use detente_model::Talks;

impl Page {
    /// What happens once a deal is signed; nothing where that was not worked out.
    pub(super) fn lasting(&mut self, talks: &Talks, deal: &CarriedDeal) {
        let lines = say::lines(talks, deal);
        if lines.is_empty() {
            return;
        }
        self.styled(BOLD, "Once it is signed: whether it lasts, and what it secures");
        for line in lines {
            self.wrapped("  - ", "    ", &line);
        }
        self.line("");
    }

    /// The deals by the chance that they are signed and kept.
    pub(super) fn signed_and_kept(&mut self, talks: &Talks, deals: &[CarriedDeal]) {
        let lines = kept_words::signed_and_kept(talks, deals);
        if lines.is_empty() {
            return;
        }
        self.styled(BOLD, "Deals by the chance that they are signed and kept");
        for (rank, kept, both) in
            kept_words::ranked(deals).into_iter().filter(|_| kept_words::any_kept(deals))
        {
            let how = kept.best.as_ref().map_or(0.0, |best| best.value);
            let what = kept_words::what_it_is(talks, deals, rank);
            let words = format!("{what}: signed {}, then kept {}", percent(kept.signed), percent(how));
            self.wrapped(&format!("  {:>2} {:>9}  ", rank + 1, percent(both)), "                ", &words);
        }
        for line in lines {
            self.wrapped("  - ", "    ", &line);
        }
        self.line("");
    }
}
