//! Whom a token is about.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::group::{self, Group};
use crate::id::GroupId;
use crate::role::HeldRoles;
use crate::user::{Attributes, User};

/// Whom a token is about, with everything that mappers can ask for.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The user or the service account.
    pub user: User,
    /// All roles that hold: given, of groups and what is above them, composites resolved. Most people hold the same
    /// as many others, so they can be shared.
    pub held: Arc<HeldRoles>,
    /// The groups that they are directly in, by path.
    pub groups: Vec<Arc<Membership>>,
}

/// A group that a subject is in.
#[derive(Debug)]
pub struct Membership {
    /// Its name.
    pub name: String,
    /// Its path: `/customers/vip`.
    pub path: String,
    attributes: Attributes,
    above: Option<Arc<Membership>>,
    /// How many are above.
    depth: usize,
}

impl Subject {
    /// An attribute of the user; the fields that stand beside the attributes count as such.
    pub(crate) fn attribute(&self, name: &str) -> Vec<&str> {
        let profile = &self.user.profile;
        match name {
            "username" => vec![&self.user.username],
            "email" => profile.email.as_deref().into_iter().collect(),
            "firstName" => profile.first_name.as_deref().into_iter().collect(),
            "lastName" => profile.last_name.as_deref().into_iter().collect(),
            _ => {
                let values = profile.attributes.get(name);
                values.into_iter().flatten().map(String::as_str).collect()
            }
        }
    }
}

impl Membership {
    /// A group of `all`, below `above`. The tree ends at [`group::DEEPEST`].
    pub(crate) fn new(group: &Group, all: &BTreeMap<GroupId, Group>, above: Option<Arc<Self>>) -> Self {
        let above = above.filter(|above| above.depth + 1 < group::DEEPEST);
        Self {
            name: group.name.clone(),
            path: group::path(group.id, all),
            attributes: group.attributes.clone(),
            depth: above.as_ref().map_or(0, |above| above.depth + 1),
            above,
        }
    }

    /// The group and all above it.
    pub(crate) fn and_above(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |group| group.above.as_deref())
    }

    pub(crate) fn attribute(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.attributes.get(name);
        values.into_iter().flatten().map(String::as_str)
    }
}
