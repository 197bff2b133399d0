//! The load bench: what one core of a Keyward server answers, against what the same core could answer at best.
//!
//! The server runs on core 0 and the load generator on core 1. The ceilings (a bare HTTP answer of the same stack, a
//! bare signature) are measured in the same run, before and after each scenario, because the speed of a virtual
//! machine drifts by more than what the server itself adds. With `--rounds` each scenario is measured several times in
//! turn with its ceiling, and the round whose ratio is the median counts: many short rounds tell more than a long one.

mod admin;
mod application;
mod args;
mod caller;
mod ceiling;
mod clock;
mod connection;
mod flow;
mod guard;
mod hello;
mod load;
mod machine;
mod paced;
mod people;
mod pin;
mod report;
mod request;
mod row;
mod run;
mod scenario;
mod server;
mod storm;
mod subject;
mod undisturbed;
mod work;

use std::process::ExitCode;

use args::Options;
use work::Work;

/// What goes wrong in a bench ends it: the text is for the person who started it.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

const USAGE: &str = "\
keyward-bench token --server PATH [--seconds 4] [--rounds 1] [--connections 16] [--data DIR] [--json FILE] [--date DATE] [--profile NAME] [--only PART]
    the whole bench: throughput of the endpoints of machines and of people, start-up time, memory (Linux, two cores);
    with --only the rows whose names contain PART
keyward-bench guard --server PATH [--nginx PATH] [--haproxy PATH] [--envoy PATH] [--seconds 4] [--rounds 3]
    what the guard costs as a library, as a gateway and behind nginx, beside HAProxy and Envoy
keyward-bench admin --server PATH [--seconds 3] [--rounds 3] [--pairs 5] [--connections 16] [--beside 1] [--users 100000] [--realms 1000] [--data DIR] [--only PART]
    what the admin API costs, alone and beside tokens, and what many realms cost (Linux, two cores)
keyward-bench guard-library
    the library alone, on this core, printed as JSON
keyward-bench hello [--listen 127.0.0.1:0]
    the bare HTTP server of the ceilings; prints its address, ends with its standard input
keyward-bench sign|verify --alg RS256|PS256|ES256|EdDSA [--seconds 1]
    the bare signature or its check in a loop, printed as JSON
keyward-bench hash [--seconds 1]
    the bare hash of a password in a loop, printed as JSON";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let verb = args.next().unwrap_or_default();
    let result = match verb.as_str() {
        "token" => token(args),
        "hello" => Options::parse(args, &["listen"])
            .and_then(|options| hello::serve(options.text("listen").unwrap_or("127.0.0.1:0"))),
        "guard" => Options::parse(args, &guard::OPTIONS).and_then(|options| {
            pin::itself(pin::LOAD_CORE)?;
            guard::run(&options)
        }),
        "admin" => Options::parse(args, &admin::OPTIONS).and_then(|options| {
            pin::itself(pin::LOAD_CORE)?;
            admin::run(&options)
        }),
        "guard-library" => guard::library::measure(),
        "sign" => signature(Work::Sign, args),
        "verify" => signature(Work::Verify, args),
        "hash" => Options::parse(args, &["seconds"]).and_then(|options| alone(Work::Hash, &options)),
        "" | "help" | "--help" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(format!("unknown verb {other}\n{USAGE}").into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("keyward-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn token(args: impl Iterator<Item = String>) -> Result<(), Failure> {
    let known = [
        "server",
        "seconds",
        "connections",
        "rounds",
        "data",
        "json",
        "date",
        "profile",
        "only",
    ];
    let options = Options::parse(args, &known)?;
    let plan = run::Plan::from_options(&options)?;
    pin::itself(pin::LOAD_CORE)?;
    let report = run::run(&plan)?;
    print!("{}", report.table());
    if let Some(file) = options.text("json") {
        std::fs::write(file, report.json()?).map_err(|error| format!("cannot write {file}: {error}"))?;
    }
    Ok(())
}

fn signature(work: fn(keyward_jose::Algorithm) -> Work, args: impl Iterator<Item = String>) -> Result<(), Failure> {
    let options = Options::parse(args, &["alg", "seconds"])?;
    let name = options.required("alg")?;
    let algorithm = keyward_jose::Algorithm::parse(name).ok_or_else(|| format!("unknown algorithm {name}"))?;
    alone(work(algorithm), &options)
}

fn alone(work: Work, options: &Options) -> Result<(), Failure> {
    let rate = work::rate(work, options.seconds("seconds", 1.0)?)?;
    println!("{}", serde_json::to_string(&rate)?);
    Ok(())
}
