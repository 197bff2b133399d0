//! What the tests share: a process, a client that shows every byte, and places to work in.

mod authenticator;
mod browser;
mod deadline;
mod forwarder;
mod guarded;
mod http;
mod postgres;
mod process;
mod realm;
mod site;
mod terminal;
mod upstream;

pub(crate) use authenticator::{code_now, secret_of};
pub(crate) use browser::{Application, Browser, VERIFIER, code, form, redeem};
pub(crate) use deadline::{eventually, within};
pub(crate) use forwarder::Forwarder;
pub(crate) use guarded::{Guarded, guard_address};
pub(crate) use http::{Answer, base64, basic, exchange, get, post, request, try_post};
pub(crate) use postgres::Postgres;
pub(crate) use process::{Ended, Keyward, keyward, run, run_with};
pub(crate) use realm::{Client, Realm, Tokens};
pub(crate) use site::{APPLICATION, PASSWORD, Site, ready_address};
pub(crate) use terminal::{Terminal, new_server};
pub(crate) use upstream::Upstream;
