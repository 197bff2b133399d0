//! One condition of a query, as the index to begin with or as a filter.

use keyward_domain::Timestamp;
use keyward_domain::id::{GroupId, RealmId, RoleId, UserId};
use keyward_domain::ports::users::{Pattern, UserQuery};

use super::super::attributes::mirrored;
use super::pattern::{Column, after, like, text};
use crate::building::Building;

/// Bytes of the longest name: an index of PostgreSQL takes less, and so does LIKE of SQLite.
const LONGEST: usize = 4096;

/// A condition.
pub(super) enum Condition<'q> {
    /// One of these rows.
    Ids(&'q [UserId]),
    /// A column.
    Column(Column, &'q Pattern),
    /// Any of the columns.
    Any(&'q Pattern),
    /// A login at an identity provider: its provider, its id there.
    Identity(Option<&'q str>, Option<&'q str>),
    /// An attribute: its name, its value.
    Attribute(&'q str, &'q str),
    /// A group that it is directly in.
    Group(GroupId),
    /// A role that was given to it.
    Role(RoleId),
    /// When it was made.
    Created(Option<Timestamp>, Option<Timestamp>),
    EmailVerified(bool),
    Enabled(bool),
}

/// Among whom an index looks, and how what several indexes find is put together.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    pub(super) realm: RealmId,
    pub(super) with_service_accounts: bool,
    /// With ` union ` each user is found once.
    pub(super) union: &'static str,
}

/// How good a condition is to begin with, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// It finds no more users than it names.
    Named,
    /// An index of equal texts.
    Equal,
    /// An index of a range.
    Range,
    /// It has no index, or that of user names, which is walked along.
    Filter,
}

impl Rank {
    /// Whether a statement can begin with it.
    pub(super) fn drives(self) -> bool {
        self != Self::Filter
    }

    /// Whether what it finds is few without a look.
    pub(super) fn finds_few(self) -> bool {
        self == Self::Named
    }
}

impl<'q> Condition<'q> {
    /// All of a query; none when no user can match.
    pub(super) fn all(query: &'q UserQuery) -> Option<Vec<Self>> {
        let columns = [
            (Column::Username, &query.username),
            (Column::Email, &query.email),
            (Column::FirstName, &query.first_name),
            (Column::LastName, &query.last_name),
        ];
        let (provider, external_id) = (query.provider.as_deref(), query.external_id.as_deref());
        let mut all = Vec::new();
        if !query.ids.is_empty() {
            all.push(Self::Ids(&query.ids));
        }
        for (column, pattern) in columns {
            all.extend(pattern.as_ref().map(|pattern| Self::Column(column, pattern)));
        }
        // Everybody has a user name that begins with nothing.
        let search = query.search.iter().filter(|pattern| is_said(pattern));
        all.extend(search.map(Self::Any));
        if provider.is_some() || external_id.is_some() {
            all.push(Self::Identity(provider, external_id));
        }
        all.extend(
            query
                .attributes
                .iter()
                .map(|(name, value)| Self::Attribute(name, value)),
        );
        if query.created_from.is_some() || query.created_to.is_some() {
            all.push(Self::Created(query.created_from, query.created_to));
        }
        all.extend(query.email_verified.map(Self::EmailVerified));
        all.extend(query.enabled.map(Self::Enabled));
        all.iter().all(Self::is_possible).then_some(all)
    }

    /// How good it is to begin with.
    pub(super) fn rank(&self) -> Rank {
        match self {
            Self::Ids(_) | Self::Column(Column::Username, Pattern::Exact(_)) => Rank::Named,
            Self::Identity(..)
            | Self::Attribute(..)
            | Self::Group(_)
            | Self::Role(_)
            | Self::Column(_, Pattern::Exact(_))
            | Self::Any(Pattern::Exact(_)) => Rank::Equal,
            Self::Column(Column::Username, _) => Rank::Filter,
            Self::Column(_, pattern @ Pattern::Prefix(_)) if is_said(pattern) => Rank::Range,
            Self::Any(Pattern::Prefix(_)) | Self::Created(..) => Rank::Range,
            Self::Column(..) | Self::Any(_) | Self::EmailVerified(_) | Self::Enabled(_) => Rank::Filter,
        }
    }

    /// Whether [`Self::drive`] finds user names too, and nobody outside of the scope.
    pub(super) const fn names_users(&self) -> bool {
        !matches!(
            self,
            Self::Identity(..) | Self::Attribute(..) | Self::Group(_) | Self::Role(_)
        )
    }

    /// Writes a statement that finds identifiers, and names where it knows them, by an index.
    pub(super) fn drive(&self, scope: Scope, building: &mut Building<'q>) {
        let people = |building: &mut Building<'q>| {
            building.text("select id, username from users where realm_id = ");
            building.bind(scope.realm);
            if !scope.with_service_accounts {
                building.text(" and service_account_of is null");
            }
            building.text(" and ");
        };
        match *self {
            Self::Ids(ids) => {
                // No index begins with this: without it SQLite would walk along the names of the realm, to sort nothing.
                building.text("select id, username from users where realm_id || '' = ");
                building.bind(scope.realm);
                if !scope.with_service_accounts {
                    building.text(" and service_account_of is null");
                }
                building.text(" and id in ").bind_list(ids.iter().copied());
            }
            Self::Column(column, pattern) => {
                people(building);
                within(column.name(), pattern, building);
            }
            Self::Any(pattern) => {
                for (place, column) in Column::ALL.into_iter().enumerate() {
                    if place > 0 {
                        building.text(scope.union);
                    }
                    people(building);
                    within(column.name(), pattern, building);
                }
            }
            Self::Identity(provider, external_id) => {
                building.text("select distinct i.user_id as id from federated_identities i where ");
                identity(provider, external_id, building);
            }
            Self::Attribute(name, value) => {
                building.text("select a.user_id as id from user_attributes a where a.realm_id = ");
                building.bind(scope.realm).text(" and ");
                attribute(name, value, building);
            }
            Self::Group(group) => {
                building.text("select m.user_id as id from group_members m where m.group_id = ");
                building.bind(group);
            }
            Self::Role(role) => {
                building.text("select a.user_id as id from role_assignments a where a.role_id = ");
                building.bind(role);
            }
            Self::Created(from, to) => {
                people(building);
                created("created_at", from, to, building);
            }
            Self::EmailVerified(_) | Self::Enabled(_) => {
                people(building);
                building.text("true");
            }
        }
    }

    /// Writes the condition on a row of `users u`. It does not ask for an index, but for that of user names. What other
    /// tables say is a value, not a join: PostgreSQL would think long about many joins.
    pub(super) fn filter(&self, building: &mut Building<'q>) {
        match *self {
            Self::Ids(ids) => {
                building.text("u.id in ").bind_list(ids.iter().copied());
            }
            Self::Column(Column::Username, pattern) => within(Column::Username.of_u(), pattern, building),
            Self::Column(column, pattern) => matches(column, pattern, building),
            Self::Any(pattern) => {
                for (place, column) in Column::ALL.into_iter().enumerate() {
                    building.text(if place == 0 { "(" } else { " or " });
                    matches(column, pattern, building);
                }
                building.text(")");
            }
            Self::Identity(provider, external_id) => {
                building.text("(select true from federated_identities i where i.user_id = u.id and ");
                identity(provider, external_id, building);
                building.text(" limit 1)");
            }
            Self::Attribute(name, value) => {
                building.text("(select true from user_attributes a where a.user_id = u.id and ");
                attribute(name, value, building);
                building.text(")");
            }
            Self::Group(group) => {
                building.text("(select true from group_members m where m.user_id = u.id and m.group_id = ");
                building.bind(group).text(")");
            }
            Self::Role(role) => {
                building.text("(select true from role_assignments a where a.user_id = u.id and a.role_id = ");
                building.bind(role).text(")");
            }
            Self::Created(from, to) => created("u.created_at + 0", from, to, building),
            Self::EmailVerified(verified) => {
                building.text("u.email_verified = ").bind(verified);
            }
            Self::Enabled(enabled) => {
                building.text("u.enabled = ").bind(enabled);
            }
        }
    }

    /// No text that is kept has a NUL in it, and no name is longer than [`LONGEST`].
    fn is_possible(&self) -> bool {
        let texts = match *self {
            Self::Column(_, pattern) | Self::Any(pattern) if text(pattern).len() > LONGEST => return false,
            Self::Column(_, pattern) | Self::Any(pattern) => [Some(text(pattern)), None],
            Self::Identity(provider, external_id) => [provider, external_id],
            Self::Attribute(name, value) => [Some(name), Some(value)],
            Self::Ids(_)
            | Self::Group(_)
            | Self::Role(_)
            | Self::Created(..)
            | Self::EmailVerified(_)
            | Self::Enabled(_) => [None, None],
        };
        !texts.into_iter().flatten().any(|text| text.contains('\0'))
    }
}

/// Whether a pattern is not met by every text.
fn is_said(pattern: &Pattern) -> bool {
    matches!(pattern, Pattern::Exact(_)) || !text(pattern).is_empty()
}

/// By a range of an index, where the pattern is one.
fn within<'q>(column: &'static str, pattern: &'q Pattern, building: &mut Building<'q>) {
    building.text(column);
    match pattern {
        Pattern::Exact(text) => {
            building.text(" = ").bind(text.to_lowercase());
        }
        Pattern::Prefix(text) => {
            let text = text.to_lowercase();
            let end = after(&text);
            building.text(" >= ").bind(text);
            if let Some(end) = end {
                building.text(" and ").text(column).text(" < ").bind(end);
            }
        }
        Pattern::Infix(_) => {
            building.text(" like ").bind(like(pattern)).text(" escape '!'");
        }
    }
}

/// Without an index.
fn matches<'q>(column: Column, pattern: &'q Pattern, building: &mut Building<'q>) {
    building
        .text(column.of_u())
        .text(" like ")
        .bind(like(pattern))
        .text(" escape '!'");
}

fn identity<'q>(provider: Option<&'q str>, external_id: Option<&'q str>, building: &mut Building<'q>) {
    building.text("true");
    if let Some(provider) = provider {
        building.text(" and i.provider = ").bind(provider);
    }
    if let Some(external_id) = external_id {
        building.text(" and i.external_id = ").bind(external_id);
    }
}

fn attribute<'q>(name: &'q str, value: &'q str, building: &mut Building<'q>) {
    building.text("a.name = ").bind(mirrored(name));
    building.text(" and a.value = ").bind(mirrored(value));
}

fn created(at: &'static str, from: Option<Timestamp>, to: Option<Timestamp>, building: &mut Building<'_>) {
    building.text("true");
    if let Some(from) = from {
        building.text(" and ").text(at).text(" >= ").bind(from);
    }
    if let Some(to) = to {
        building.text(" and ").text(at).text(" <= ").bind(to);
    }
}
