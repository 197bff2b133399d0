use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use serde_json::Value;

use super::administrator::Administrator;
use super::crowd;
use super::writes::{Create, MapRole};
use crate::Failure;
use crate::caller::{Caller, Callers, Repeat};

/// A row: what the administrator asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scenario {
    /// One of the first ten pages of the users, twenty on each.
    FirstPages,
    /// A page anywhere among all of them.
    AnyPage,
    /// A search by the beginning of a user name that few have.
    SearchRare,
    /// A search by one that thousands have.
    SearchCommon,
    /// Users whose name contains a text.
    Username,
    /// A new user with names and a mail address.
    CreateUser,
    /// A new confidential client with a service account.
    CreateClient,
    /// A role given to a user and taken again: two requests.
    MapRole,
}

/// Every row, in the order of the table.
pub(super) const ALL: [Scenario; 8] = [
    Scenario::FirstPages,
    Scenario::AnyPage,
    Scenario::SearchRare,
    Scenario::SearchCommon,
    Scenario::Username,
    Scenario::CreateUser,
    Scenario::CreateClient,
    Scenario::MapRole,
];

/// What the requests of a row are made of.
pub(super) struct Ground {
    /// How many people there are.
    pub(super) users: usize,
    /// Rows of some of them, one for each connection.
    pub(super) rows: Vec<String>,
    /// The role that is given and taken, as the server shows it.
    pub(super) role: Value,
    /// Counts what was made, so that no name comes twice.
    pub(super) made: Arc<AtomicUsize>,
}

/// Different requests of a row that reads.
const DIFFERENT: usize = 512;
/// People on a page.
const PAGE: usize = 20;

impl Scenario {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::FirstPages => "users, one of the first pages",
            Self::AnyPage => "users, any page",
            Self::SearchRare => "search=, few match",
            Self::SearchCommon => "search=, thousands match",
            Self::Username => "username=, inside a name",
            Self::CreateUser => "user create",
            Self::CreateClient => "client create",
            Self::MapRole => "role mapping, add and remove",
        }
    }

    /// The least number a second, where one is set.
    pub(super) const fn target(self) -> Option<f64> {
        match self {
            Self::FirstPages | Self::AnyPage => Some(10_000.0),
            _ => None,
        }
    }

    /// A caller for each of `connections`.
    pub(super) fn callers(
        self,
        ground: &Ground,
        administrator: &Administrator,
        connections: u16,
    ) -> Result<Callers, Failure> {
        let users = |query: String| administrator.get(&format!("/realms/demo/users?{query}"));
        let pages = |last: usize| {
            // Numbers that a stride makes are spread evenly and come in no order.
            let at = move |number: usize| number * 7_919 % (last / PAGE) * PAGE;
            let pages = (0..DIFFERENT).map(move |number| users(format!("first={}&max={PAGE}", at(number))));
            pages.collect::<Arc<[_]>>()
        };
        let searched = |name: &str, length: usize| {
            let text = |number: usize| {
                crowd::username(number * 7_919 % ground.users)
                    .chars()
                    .take(length)
                    .collect()
            };
            let requests = (0..DIFFERENT).map(|number| {
                let text: String = text(number);
                users(format!("{name}={text}&max={PAGE}"))
            });
            requests.collect::<Arc<[_]>>()
        };
        let read = |requests| Ok(Repeat::callers(&requests, "\"username\":", connections));
        match self {
            Self::FirstPages => read(pages(200)),
            Self::AnyPage => read(pages(ground.users)),
            Self::SearchRare => read(searched("search", 9)),
            Self::SearchCommon => read(searched("search", 3)),
            Self::Username => read(searched("username", 9)),
            Self::CreateUser => Ok(of(connections, || Create::user(administrator, &ground.made))),
            Self::CreateClient => Ok(of(connections, || Create::client(administrator, &ground.made))),
            Self::MapRole => {
                let one = |user: &String| MapRole::new(administrator, user, &ground.role);
                let callers = ground.rows.iter().take(usize::from(connections)).map(one);
                Ok(callers.map(|caller| Box::new(caller) as Box<dyn Caller>).collect())
            }
        }
    }
}

fn of<C: Caller + 'static>(connections: u16, one: impl Fn() -> C) -> Callers {
    (0..connections).map(|_| Box::new(one()) as Box<dyn Caller>).collect()
}
