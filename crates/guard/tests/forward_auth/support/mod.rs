mod api;
mod program;
mod wire;
mod world;

use std::time::Duration;

pub(crate) use api::{Api, Seen};
pub(crate) use program::{Program, free_port, program};
pub(crate) use wire::{Answer, exchange, exchange_from, get, talk};
pub(crate) use world::World;

/// Longer than anything takes that works.
pub(crate) const STUCK: Duration = Duration::from_secs(20);
