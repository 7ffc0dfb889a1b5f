//! Talks of any size.

use super::hunt::Hunt;
use super::{LeverLimit, LeverOptions, Levers};
use crate::ticker::Watch;

pub(super) fn by_parts(
    _hunt: &mut Hunt<'_>,
    _options: &LeverOptions,
    _watch: Watch<'_>,
) -> Result<Levers, LeverLimit> {
    Err(LeverLimit::NothingFeasible)
}
