//! A realm from a file of Keycloak's: what its export writes, what scripts send to the admin API, and what our own
//! export writes.
//!
//! Three stages: [`file`] takes the JSON apart, `plan` reads every part into rows and finds all that is wrong, and the
//! rows are written in one transaction. Nothing is written unless everything was read.

mod file;
mod ids;
mod make;
mod plan;
mod problem;
mod report;

pub use file::{RealmFile, realms};
pub use make::{ImportError, Imported, Source, import};
pub use problem::{Problem, Problems};
pub use report::{Note, NoteKind, Report};

pub(crate) use ids::derived;
pub(crate) use make::{hash, insert, prepare};
pub(crate) use plan::Ground;
pub(crate) use plan::partial::{Known, Partial, PartialPlan, Refused};
pub(crate) use plan::{ACTIVE_FROM, LISTS, PUBLISHED_AT, USER_PROFILE_CONFIG, USER_PROFILE_PROVIDER};

use crate::admin::rest::AdminError;

/// What is wrong, without what it would be answered with.
fn in_words(error: &AdminError) -> String {
    match error {
        AdminError::Invalid(text) | AdminError::InvalidInput(_, text) | AdminError::NotFound(text) => text.to_string(),
        AdminError::Conflict(text) | AdminError::BadRequest(text) => text.clone(),
        _ => "cannot be".to_owned(),
    }
}
