//! The admin API of a running server, as the commands use it.
//!
//! [`Target`] alone decides where a command works: on a database that `--config` or `--data` names, else through the
//! admin API, as whoever `keyward login` logged in.

mod api;
mod change;
mod confirm;
mod find;
mod members;
mod path;
mod refusal;
mod show;
mod target;
mod wrong_value;

pub(crate) use api::Api;
pub(crate) use change::Change;
pub(crate) use confirm::Destructive;
pub(crate) use find::{id, text};
pub(crate) use members::Members;
pub(crate) use path::Path;
pub(crate) use refusal::{ended, realm_exists_in, unreachable};
pub(crate) use show::{details, plain, table};
pub(crate) use target::{Reached, Server, Target};
