//! Clients beyond those of the demo realm.

use std::path::Path;
use std::process::Command;

use super::{keyward, text};
use crate::shell::{Outcome, While, capture};

/// `client_id`, and the flags that make it.
const CLIENTS: [(&str, &[&str]); 8] = [
    ("at-jwt-service", &["--format", "at+jwt", "--alg", "RS256"]),
    ("ps256-service", &["--format", "keycloak", "--alg", "PS256"]),
    ("es256-service", &["--format", "at+jwt", "--alg", "ES256"]),
    ("eddsa-service", &["--format", "at+jwt", "--alg", "EdDSA"]),
    ("opaque-service", &["--format", "opaque"]),
    ("web-app", &["--redirect-uri", CALLBACK, AFTER_LOGOUT, "+"]),
    (
        "consent-app",
        &[
            "--public",
            "--redirect-uri",
            CALLBACK,
            AFTER_LOGOUT,
            "+",
            "--consent",
            "always",
        ],
    ),
    ("password-app", &["--direct-access-grants"]),
];

/// On any port (RFC 8252 §7.3).
const CALLBACK: &str = "http://127.0.0.1/callback";

const AFTER_LOGOUT: &str = "--post-logout-redirect-uri";

/// Makes them in the data folder of a server that does not run; the variables of their secrets.
pub(super) fn create(data: &Path) -> Outcome<Vec<(String, String)>> {
    let mut env = Vec::new();
    for (id, flags) in CLIENTS {
        let mut create = Command::new(keyward());
        create.args(["client", "create", "--realm", "demo", "--json", "--data"]);
        create.arg(data);
        create.args(["--id", id, "--audience", "backend-api"]);
        let answer = capture(create.args(flags))?;
        if !flags.contains(&"--public") {
            let answer = serde_json::from_str(&answer).during(format!("the answer about {id}"))?;
            env.push((variable(id, "SECRET"), text(&answer, "/client_secret")?));
        }
    }
    Ok(env)
}

/// `KEYWARD_BACKEND_API_SECRET`.
pub(super) fn variable(name: &str, what: &str) -> String {
    format!("KEYWARD_{}_{what}", name.to_uppercase().replace('-', "_"))
}
