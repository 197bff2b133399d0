//! Which programs run, and how.

use std::path::Path;
use std::process::Command;

use super::rust_cargo;
use crate::install::{CLASSES, GO_ENV, Tools, interop_command};
use crate::tally::Runner;

/// A program of somebody else's client.
pub(super) struct Client {
    pub(super) name: &'static str,
    pub(super) runner: Runner,
    pub(super) command: Command,
}

/// Everything, for a `keyward dev`.
pub(super) fn all(tools: &Tools) -> Vec<Client> {
    let mut clients = vec![
        client(
            "What the differential test sees",
            Runner::Pytest,
            pytest(tools, "interop/differential"),
        ),
        differential(tools),
        client(
            "Python: requests, PyJWT, Authlib, requests-oauthlib, python-keycloak, the article's code",
            Runner::Pytest,
            pytest(tools, "interop/python"),
        ),
        client(
            "Node: openid-client, oauth4webapi, jose, keycloak-admin-client",
            Runner::Node,
            node(tools, &tools.node_home),
        ),
        client("Go: go-oidc, x/oauth2, gocloak", Runner::Go, go(tools, "./...")),
        client(
            "Rust: oauth2, openidconnect, jsonwebtoken, keycloak",
            Runner::Cargo,
            rust(&[]),
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
            clients.push(client(name, Runner::Plain, java));
        }
        clients.push(java_admin(jars));
    }
    if let Some(browser) = &tools.browser {
        let mut tests = node(tools, &browser.home);
        tests.envs(browser.env());
        clients.push(client(
            "Chromium: keycloak-js, oidc-client-ts, the article's app, mod_auth_openidc, our own pages",
            Runner::Node,
            tests,
        ));
    }
    clients.push(schemathesis(tools));
    clients
}

/// What needs no more than an administrator.
pub(super) fn admin(tools: &Tools) -> Vec<Client> {
    let mut python = pytest(tools, "interop/python");
    python.args(["-k", "test_admin_ and not test_python_keycloak"]);
    let mut node_admin = node(tools, &tools.node_home);
    // The file: younger versions of node take no folder.
    node_admin.arg("admin/keycloak-admin-client.test.js");
    let mut clients = vec![
        differential(tools),
        client("Python: python-keycloak's admin client", Runner::Pytest, python),
        client("Node: keycloak-admin-client", Runner::Node, node_admin),
        client("Go: gocloak", Runner::Go, go(tools, "./admin/...")),
        client(
            "Rust: keycloak",
            Runner::Cargo,
            rust(&["--test", "admin", "--test", "admin_logins"]),
        ),
    ];
    clients.extend(tools.java.as_deref().map(java_admin));
    clients.push(schemathesis(tools));
    clients
}

fn client(name: &'static str, runner: Runner, command: Command) -> Client {
    Client { name, runner, command }
}

fn pytest(tools: &Tools, folder: &str) -> Command {
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
}

fn differential(tools: &Tools) -> Client {
    let mut python = interop_command(&tools.python, "interop/differential");
    python.args(["-B", "differential.py"]);
    client("Recorded answers of Keycloak beside ours", Runner::Plain, python)
}

fn schemathesis(tools: &Tools) -> Client {
    let mut python = interop_command(&tools.python, "interop/openapi");
    python.args(["-B", "fuzz.py"]);
    client("schemathesis: docs/openapi.json", Runner::Plain, python)
}

fn node(tools: &Tools, home: &Path) -> Command {
    let mut node = Command::new(&tools.node);
    node.args(["--test", "--test-reporter=spec"]).current_dir(home);
    node
}

fn go(tools: &Tools, packages: &str) -> Command {
    let mut go = interop_command(&tools.go, "interop/go");
    go.args(["test", "-count=1", "-v", packages]).envs(GO_ENV);
    go
}

fn rust(tests: &[&str]) -> Command {
    let mut rust = rust_cargo("test");
    rust.args(["--locked", "--offline", "--quiet"]).args(tests);
    rust
}

fn java_admin(jars: &Path) -> Client {
    let mut admin = Command::new("java");
    admin
        .arg("-cp")
        .arg(format!("{}:{}", jars.join("*").display(), jars.join(CLASSES).display()));
    admin.arg("admin.Main");
    client("Java: Keycloak's admin client", Runner::Plain, admin)
}
