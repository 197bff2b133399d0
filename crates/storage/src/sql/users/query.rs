//! Searching for users.
//!
//! A list is in the order of user names. Where a condition finds few users by an index of its own, the statement
//! begins with that index and sorts what is left; where it finds many, it walks along the index of user names until
//! the page is full. Which of the two is a matter of at most [`FEW`] entries of an index, looked at first. Either way
//! the page is cut out of user names, and only its own rows are read.

use keyward_domain::Fault;
use keyward_domain::id::{GroupId, RealmId, RoleId};
use keyward_domain::ports::users::{Paging, UserQuery};
use keyward_domain::user::User;

use super::{columns, user};
use crate::building::Building;
use crate::param::params;
use crate::row::only;
use crate::statement::Sql;
use crate::transaction::Transaction;

mod condition;
mod everybody;
mod pattern;
#[cfg(test)]
mod tests;

use condition::{Condition, Scope};

static REALM_OF_GROUP: Sql = Sql::new("select realm_id from groups where id = $1");

static REALM_OF_ROLE: Sql = Sql::new("select realm_id from roles where id = $1");

/// Up to so many users are sorted; more are walked along.
const FEW: i64 = 1000;

/// At most so many conditions are looked at for one that finds few.
const LOOKS: usize = 4;

/// So many conditions stand in one pair of parentheses: SQLite refuses a chain that is too long.
const GROUPED: usize = 50;

/// The users that a query finds.
pub(super) async fn page(
    tx: &mut Transaction,
    realm: RealmId,
    query: &UserQuery,
    paging: Paging,
) -> Result<Vec<User>, Fault> {
    match Search::of(realm, query) {
        None => Ok(Vec::new()),
        Some(search) => search.page(tx, paging).await,
    }
}

/// How many users a query finds.
pub(super) async fn count(tx: &mut Transaction, realm: RealmId, query: &UserQuery) -> Result<i64, Fault> {
    match Search::of(realm, query) {
        None => Ok(0),
        Some(search) => search.count(tx).await,
    }
}

/// The members of a group.
pub(in crate::sql) async fn members(tx: &mut Transaction, group: GroupId, paging: Paging) -> Result<Vec<User>, Fault> {
    match tx.one(&REALM_OF_GROUP, params![group], only).await? {
        None => Ok(Vec::new()),
        Some(realm) => Search::by(realm, Condition::Group(group)).page(tx, paging).await,
    }
}

/// Those that a role was given to.
pub(in crate::sql) async fn holders(tx: &mut Transaction, role: RoleId, paging: Paging) -> Result<Vec<User>, Fault> {
    match tx.one(&REALM_OF_ROLE, params![role], only).await? {
        None => Ok(Vec::new()),
        Some(realm) => Search::by(realm, Condition::Role(role)).page(tx, paging).await,
    }
}

/// A page by user names, as both engines compare them. An engine that was asked to would copy each row once more, to
/// sort what it mostly has in order.
fn in_order(mut page: Vec<User>) -> Vec<User> {
    page.sort_by(|one, other| one.username.cmp(&other.username));
    page
}

/// A query taken apart.
struct Search<'q> {
    realm: RealmId,
    with_service_accounts: bool,
    /// The one that finds the fewest users comes first.
    conditions: Vec<Condition<'q>>,
}

impl<'q> Search<'q> {
    /// None when no user can match.
    fn of(realm: RealmId, query: &'q UserQuery) -> Option<Self> {
        let mut conditions = Condition::all(query)?;
        conditions.sort_by_key(Condition::rank);
        Some(Self {
            realm,
            with_service_accounts: query.with_service_accounts,
            conditions,
        })
    }

    /// By one condition, service accounts too.
    fn by(realm: RealmId, condition: Condition<'q>) -> Self {
        Self {
            realm,
            with_service_accounts: true,
            conditions: vec![condition],
        }
    }

    async fn page(&self, tx: &mut Transaction, paging: Paging) -> Result<Vec<User>, Fault> {
        if self.is_everybody() {
            return everybody::page(tx, self.realm, paging).await;
        }
        let Paging { first, max } = paging;
        let driver = self.driver(tx).await?;
        let mut building = Building::new(concat!("select ", columns!(), " from ("));
        let order = self.find(driver, &mut building);
        building
            .text(order)
            .text(" limit ")
            .bind(max)
            .text(" offset ")
            .bind(first);
        building
            .text(") p cross join users u where u.realm_id = ")
            .bind(self.realm);
        building.text(" and u.username = p.username");
        let (sql, params) = building.finish();
        Ok(in_order(tx.all(&sql, &params, user).await?))
    }

    /// Whether it finds all people of the realm.
    const fn is_everybody(&self) -> bool {
        self.conditions.is_empty() && !self.with_service_accounts
    }

    async fn count(&self, tx: &mut Transaction) -> Result<i64, Fault> {
        if self.is_everybody()
            && let Some(people) = everybody::count(tx, self.realm).await?
        {
            return Ok(people);
        }
        let mut building = Building::new("select count(*) from (");
        self.find(self.candidates().next(), &mut building);
        building.text(") c");
        let (sql, params) = building.finish();
        Ok(tx.one(&sql, &params, only).await?.unwrap_or_default())
    }

    /// The conditions that have an index, the best first.
    fn candidates(&self) -> impl Iterator<Item = usize> {
        let driving = self.conditions.iter().take_while(|condition| condition.rank().drives());
        driving.enumerate().map(|(place, _)| place)
    }

    /// The condition to begin with; none to walk along the user names.
    async fn driver(&self, tx: &mut Transaction) -> Result<Option<usize>, Fault> {
        for place in self.candidates().take(LOOKS) {
            let Some(condition) = self.conditions.get(place) else {
                break;
            };
            if condition.rank().finds_few() {
                return Ok(Some(place));
            }
            let mut building = Building::new("select count(*) from (select d.id from (");
            condition.drive(self.scope(" union all "), &mut building);
            building.text(") d limit ").bind(FEW + 1).text(") c");
            let (sql, params) = building.finish();
            let found: Option<i64> = tx.one(&sql, &params, only).await?;
            if found.is_some_and(|found| found <= FEW) {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    /// Writes a statement that finds user names. Returns its order.
    fn find(&self, driver: Option<usize>, building: &mut Building<'q>) -> &'static str {
        let driving = driver.and_then(|place| self.conditions.get(place));
        if let Some(condition) = driving {
            let is_all = self.conditions.len() == 1 && condition.names_users();
            building.text(if is_all {
                "select d.username from ("
            } else {
                "select u.username from ("
            });
            condition.drive(self.scope(" union "), building);
            if is_all {
                building.text(") d");
                return " order by d.username";
            }
            building.text(") d cross join users u where u.id = d.id and u.realm_id = ");
        } else {
            building.text("select u.username from users u where u.realm_id = ");
        }
        building.bind(self.realm);
        if !self.with_service_accounts {
            building.text(" and u.service_account_of is null");
        }
        let others = self
            .conditions
            .iter()
            .enumerate()
            .filter(|(place, _)| Some(*place) != driver);
        for (number, (_, condition)) in others.enumerate() {
            building.text(match number {
                0 => " and (",
                _ if number % GROUPED == 0 => ") and (",
                _ => " and ",
            });
            condition.filter(building);
        }
        if self.conditions.len() > usize::from(driver.is_some()) {
            building.text(")");
        }
        " order by u.username"
    }

    const fn scope(&self, union: &'static str) -> Scope {
        Scope {
            realm: self.realm,
            with_service_accounts: self.with_service_accounts,
            union,
        }
    }
}
