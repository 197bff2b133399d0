//! `cargo xtask test`: installs the real components, starts them, and runs everything.

use crate::install::{self, Proxies, Tools};
use crate::interop;
use crate::postgres::Postgres;
use crate::redis::Redis;
use crate::shell::{Failure, Outcome, cargo, heading, run};

/// Which tests run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    All,
    /// The workspace's own tests, on SQLite and PostgreSQL.
    Rust,
    /// The clients that others wrote, against a running server.
    Interop,
}

/// Fails when a test or a check does, or when none ran.
pub(crate) fn test(part: Part) -> Outcome {
    // Installed first: from here on nothing needs the network.
    let bin = match install::postgres() {
        Ok(bin) => Some(bin),
        Err(missing) if part == Part::Interop => {
            heading(format!("PostgreSQL skipped: {missing}"));
            None
        }
        Err(missing) => return Err(missing),
    };
    let tools = if part == Part::Rust {
        None
    } else {
        Some(Tools::install()?)
    };
    let proxies = if part == Part::Interop {
        None
    } else {
        Some(Proxies::install()?)
    };

    let database = bin.as_deref().map(Postgres::start).transpose()?;
    if let (Some(bin), Some(database), Some(proxies)) = (bin, &database, proxies) {
        let redis = proxies.redis.as_deref().map(Redis::start).transpose()?;
        let mut tests = cargo();
        tests
            .args(["test", "--workspace", "--all-features"])
            .env("KEYWARD_TEST_POSTGRES", database.url())
            .env("KEYWARD_TEST_POSTGRES_BIN", &bin)
            .envs(proxies.env());
        if let Some(redis) = &redis {
            tests.env("KEYWARD_TEST_REDIS", redis.url());
        }
        run(&mut tests)?;
    }
    if let Some(tools) = tools {
        run(cargo().args(["build", "--bin", "keyward"]))?;
        let tally = interop::run(&tools, database.as_ref())?;
        heading("clients that others wrote");
        println!("{tally}");
        if tally.failed > 0 || tally.passed == 0 {
            return Err(Failure::new(
                "a client that others wrote does not get what it expects (see above)",
            ));
        }
    }
    Ok(())
}
