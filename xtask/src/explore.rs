//! `cargo xtask explore`: the nightly form of the exploration that `cargo test` runs in small.

use crate::install;
use crate::postgres::Postgres;
use crate::shell::{Failure, Outcome, cargo, run};

/// Explores on SQLite and on a real PostgreSQL, optimised: the seed of a failure is printed with it.
pub(crate) fn explore(steps: &str) -> Outcome {
    if steps.parse::<u64>().is_err() {
        return Err(Failure::new(format!("{steps:?} is no number of steps")));
    }
    let bin = install::postgres()?;
    let database = Postgres::start(&bin)?;
    run(cargo()
        .args(["test", "--release", "-p", "keyward-storage", "breaks_a_grant"])
        .env("KEYWARD_EXPLORE_STEPS", steps)
        .env("KEYWARD_TEST_POSTGRES", database.url())
        .env("KEYWARD_TEST_POSTGRES_BIN", &bin))
}
