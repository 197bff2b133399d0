//! `cargo xtask bench`: the load program against the server as it runs for real.

use std::process::Command;

use crate::install::Proxies;
use crate::shell::{Failure, Outcome, cargo, run, target};

/// `bench token [--json FILE]`, `bench guard` or `bench admin`; whatever follows is handed to the load program as it is.
pub(crate) fn bench(what: &str, rest: &[&str]) -> Outcome {
    let proxies = match what {
        "token" | "admin" => None,
        "guard" => Some(Proxies::install()?),
        _ => {
            return Err(Failure::new(format!(
                "no bench named {what}; there are: token, guard, admin"
            )));
        }
    };
    run(cargo().args(["build", "--profile", "dist", "-p", "keyward", "-p", "keyward-bench"]))?;
    let built = target().join("dist");
    let mut command = Command::new(built.join("keyward-bench"));
    command.arg(what).arg("--server").arg(built.join("keyward"));
    if let Some(proxies) = proxies {
        let programs = [
            ("--nginx", proxies.nginx),
            ("--haproxy", proxies.haproxy),
            ("--envoy", proxies.envoy),
        ];
        for (option, program) in programs {
            if let Some(program) = program {
                command.arg(option).arg(program);
            }
        }
    }
    // Not the workspace's root: FILE is relative to where the person stands.
    run(command.args(rest))
}
