//! The ports of `keyward-domain` on SQLite and PostgreSQL.
//!
//! One text per statement serves both engines (`sql/`, one file per port); one suite in `keyward-testkit` holds them
//! to the same behaviour. SQLite is for one node: one writing connection whose commits are gathered, readers beside
//! it. PostgreSQL is for many.
#![warn(missing_docs)]

mod building;
mod conn;
mod database;
pub mod migrate;
mod param;
mod postgres;
mod row;
mod sql;
mod sqlite;
mod statement;
mod transaction;

pub use database::{Database, Location, OpenError, open};
