//! Runs the clients that others wrote, unmodified, against running servers: all of them on SQLite, and beside those, on
//! PostgreSQL, the ones of the admin API.

use std::process::Command;
use std::thread;
use std::time::Instant;

use crate::install::Tools;
use crate::postgres::Postgres;
use crate::server::Server;
use crate::shell::{Failure, Outcome, cargo, heading, keep, target};
use crate::tally::Tally;

mod clients;

use clients::Client;

/// Every client, even after one has failed. Without a database the half on PostgreSQL is left out, and said so.
pub(crate) fn run(tools: &Tools, database: Option<&Postgres>) -> Outcome<Tally> {
    let server = Server::dev()?;
    let Some(database) = database else {
        heading("PostgreSQL skipped: the clients of the admin API run on SQLite alone");
        return one_by_one(server, clients::all(tools));
    };
    let other = Server::serve(database)?;
    // A client waits for its server half of the time, so two keep two processors busy.
    thread::scope(|scope| {
        let beside = scope.spawn(|| one_by_one(other, clients::admin(tools)));
        let mut sum = one_by_one(server, clients::all(tools))?;
        sum += beside.join().map_err(|_| Failure::new("a thread panicked"))??;
        Ok(sum)
    })
}

/// Shows what each client prints when it has ended, as two run at a time.
fn one_by_one(server: Server, clients: Vec<Client>) -> Outcome<Tally> {
    let mut sum = Tally::default();
    for Client {
        name,
        runner,
        mut command,
    } in clients
    {
        command.envs(server.env().iter().map(|(name, value)| (name, value)));
        let began = stopwatch();
        let (output, succeeded) = keep(command)?;
        let took = began.elapsed().as_secs();
        println!("\n==> {name}, {} ({took} s)\n{}", server.name(), output.trim_end());
        sum += Tally::read(runner, &output, succeeded);
    }
    sum += server.finish();
    Ok(sum)
}

#[expect(
    clippy::disallowed_methods,
    reason = "tells people how long a program took; nothing is decided by it"
)]
fn stopwatch() -> Instant {
    Instant::now()
}

/// Cargo in `interop/rust`, a workspace of its own, so that its TLS stacks stay out of the product's lock file.
pub(crate) fn rust_cargo(verb: &str) -> Command {
    let mut command = cargo();
    command.args([verb, "--manifest-path", "interop/rust/Cargo.toml"]);
    command.env("CARGO_TARGET_DIR", target().join("interop/rust"));
    command
}
