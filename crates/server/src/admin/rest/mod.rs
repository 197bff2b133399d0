//! The admin REST API, under Keycloak's paths `/admin/realms/…`.
//!
//! A request goes one way: `dispatch` finds who calls (`caller`) and what they may do (`rights`), asks the route
//! whether that is enough, and runs its handler with an `AdminCall`. Handlers live by noun and verb beside this
//! folder; each noun lists its routes in `ROUTES`, and [`table`] is the sum of them.

pub(crate) mod answer;
pub(crate) mod body;
pub(crate) mod call;
pub(crate) mod caller;
pub(crate) mod commit;
pub(crate) mod dispatch;
pub(crate) mod error;
pub(crate) mod instant;
pub(crate) mod kinds;
pub(crate) mod mistake;
pub(crate) mod multipart;
pub(crate) mod query;
pub(crate) mod rights;
pub(crate) mod route;
pub mod table;

pub(crate) use answer::Answer;
pub(crate) use call::AdminCall;
pub(crate) use commit::{Done, Operation, Touched};
pub(crate) use error::AdminError;
pub(crate) use rights::Need;
pub(crate) use route::{Offered, Route, route};
