//! Runs the clients that others wrote, unmodified, against a running server.

use std::path::Path;
use std::process::Command;

use crate::install::{CLASSES, GO_ENV, Tools, interop_command};
use crate::server::Server;
use crate::shell::{Outcome, cargo, heading, target, tee};
use crate::tally::{Runner, Tally};

/// Every client in turn, even after one has failed.
pub(crate) fn run(tools: &Tools) -> Outcome<Tally> {
    let server = Server::start()?;
    let mut sum = Tally::default();
    for (name, runner, mut command) in clients(tools) {
        heading(name);
        let (output, succeeded) = tee(command.envs(server.env().iter().map(|(name, value)| (name, value))))?;
        sum += Tally::read(runner, &output, succeeded);
    }
    sum += server.finish();
    Ok(sum)
}

/// Cargo in `interop/rust`, a workspace of its own, so that its TLS stacks stay out of the product's lock file.
pub(crate) fn rust_cargo(verb: &str) -> Command {
    let mut command = cargo();
    command.args([verb, "--manifest-path", "interop/rust/Cargo.toml"]);
    command.env("CARGO_TARGET_DIR", target().join("interop/rust"));
    command
}

fn clients(tools: &Tools) -> Vec<(&'static str, Runner, Command)> {
    let python_tests = |folder| {
        let mut python = interop_command(&tools.python, folder);
        python.args([
            "-B",
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "--color=no",
            "--quiet",
            "-rfE",
        ]);
        python
    };
    let python = python_tests("interop/python");
    let comparison = python_tests("interop/differential");
    let mut differential = interop_command(&tools.python, "interop/differential");
    differential.args(["-B", "differential.py"]);

    let node_tests = |home: &Path| {
        let mut node = Command::new(&tools.node);
        node.args(["--test", "--test-reporter=spec"]).current_dir(home);
        node
    };
    let node = node_tests(&tools.node_home);

    let mut go = interop_command(&tools.go, "interop/go");
    go.args(["test", "-count=1", "-v", "./..."]).envs(GO_ENV);

    let mut rust = rust_cargo("test");
    rust.args(["--locked", "--offline", "--quiet"]);

    let mut clients = vec![
        ("What the differential test sees", Runner::Pytest, comparison),
        ("Recorded answers of Keycloak beside ours", Runner::Plain, differential),
        (
            "Python: requests, PyJWT, Authlib, requests-oauthlib, python-keycloak, the article's code",
            Runner::Pytest,
            python,
        ),
        (
            "Node: openid-client, oauth4webapi, jose, keycloak-admin-client",
            Runner::Node,
            node,
        ),
        ("Go: go-oidc, x/oauth2, gocloak", Runner::Go, go),
        (
            "Rust: oauth2, openidconnect, jsonwebtoken, keycloak",
            Runner::Cargo,
            rust,
        ),
    ];
    if let Some(jars) = &tools.java {
        let programs = [
            ("Java: Nimbus OAuth 2.0 SDK and JOSE+JWT", "Client.java"),
            ("Java: Nimbus OpenID Connect SDK", "Login.java"),
        ];
        for (name, program) in programs {
            let mut java = interop_command("java".as_ref(), "interop/java");
            java.arg("-cp").arg(jars.join("*")).arg(program);
            clients.push((name, Runner::Plain, java));
        }
        let mut admin = Command::new("java");
        admin
            .arg("-cp")
            .arg(format!("{}:{}", jars.join("*").display(), jars.join(CLASSES).display()));
        admin.arg("admin.Main");
        clients.push(("Java: Keycloak's admin client", Runner::Plain, admin));
    }
    if let Some(browser) = &tools.browser {
        let mut tests = node_tests(&browser.home);
        tests.envs(browser.env());
        clients.push((
            "Chromium: keycloak-js, oidc-client-ts, the article's app, mod_auth_openidc, our own pages",
            Runner::Node,
            tests,
        ));
    }
    clients
}
