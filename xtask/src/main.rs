//! The one door: `cargo xtask check | test | explore | bench | docs`.

mod bench;
mod check;
mod docs;
mod explore;
mod install;
mod interop;
mod postgres;
mod redis;
mod server;
mod service;
mod shell;
mod tally;
mod test;

use std::process::ExitCode;

use shell::{Failure, Outcome};

const USAGE: &str = "\
cargo xtask check                        format, clippy, deny, docs, generated files fresh
cargo xtask test [--only rust|interop]   every test: on a real PostgreSQL and with the clients that others wrote
cargo xtask explore [STEPS]              random interleavings of refresh tokens on both engines, a million each by default
cargo xtask bench token [--json FILE]    requests a second against the ceilings of the same run
cargo xtask bench admin                  the admin API alone and beside tokens, and a thousand realms
cargo xtask bench guard                  the guard beside HAProxy and Envoy, microseconds for each request
cargo xtask docs                         writes the generated files";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match verb(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn verb(args: &[&str]) -> Outcome {
    match args {
        ["check"] => check::check(),
        ["test"] => test::test(test::Part::All),
        ["test", "--only", "rust"] => test::test(test::Part::Rust),
        ["test", "--only", "interop"] => test::test(test::Part::Interop),
        ["explore"] => explore::explore("1000000"),
        ["explore", steps] => explore::explore(steps),
        ["bench", what, rest @ ..] => bench::bench(what, rest),
        ["docs"] => docs::write(),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(Failure::new(format!("not a verb I know\n\n{USAGE}"))),
    }
}
