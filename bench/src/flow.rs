//! What an application and a browser do in turn, as callers of a load.

mod code_flow;
mod password_login;
mod refresh;

pub(crate) use code_flow::{CodeFlow, Given};
pub(crate) use password_login::{PasswordLogin, Person};
pub(crate) use refresh::Refresh;
