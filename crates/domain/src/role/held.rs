//! Roles that somebody holds.

use std::collections::BTreeSet;

use super::RoleNames;
use crate::id::RoleId;

/// Roles that hold together, composites resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldRoles {
    /// Their rows.
    pub ids: BTreeSet<RoleId>,
    /// Their names.
    pub names: RoleNames,
}
