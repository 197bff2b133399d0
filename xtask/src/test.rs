//! `cargo xtask test`: installs the real components, starts them, and runs everything.

use crate::install::{self, Tools};
use crate::interop;
use crate::postgres::Postgres;
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
    let postgres = if part == Part::Interop {
        None
    } else {
        Some(install::postgres()?)
    };
    let tools = if part == Part::Rust {
        None
    } else {
        Some(Tools::install()?)
    };

    if let Some(bin) = postgres {
        let database = Postgres::start(&bin)?;
        run(cargo()
            .args(["test", "--workspace"])
            .env("KEYWARD_TEST_POSTGRES", database.url())
            .env("KEYWARD_TEST_POSTGRES_BIN", &bin))?;
    }
    if let Some(tools) = tools {
        run(cargo().args(["build", "--bin", "keyward"]))?;
        let tally = interop::run(&tools)?;
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
