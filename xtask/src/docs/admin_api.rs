//! `docs/admin-api.md`: every endpoint of the admin API with how much of it is offered, and every setting that is kept
//! and enforces nothing. `docs/openapi.json`: the same endpoints for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::shell::{Failure, Outcome, While, root};

/// Where tests name the endpoints that they try.
const TESTS: &str = "crates/server/tests/it/admin";

/// The document up to its first table.
const INTRODUCTION: &str = include_str!("admin_api.md");

/// The document.
pub(super) fn text() -> Outcome<String> {
    let facts = facts()?;
    let routes = list(facts, "routes")?;
    let tests = tests(&root().join(TESTS))?;
    let unnamed = unnamed(routes, &tests);
    if !unnamed.is_empty() {
        let text = unnamed.join("\n  ");
        return Err(Failure::new(format!(
            "an endpoint counts as full only if a test in {TESTS} names it as \"METHOD path\":\n  {text}"
        )));
    }
    let mut document = format!("{}\n{INTRODUCTION}\n", super::NOTICE);
    document += &counts(routes);
    for (noun, rows) in by_noun(routes) {
        let _ = writeln!(document, "\n### {noun}\n\n| Endpoint | Offered |\n|---|---|");
        for (endpoint, offered) in rows {
            let _ = writeln!(document, "| `{endpoint}` | {offered} |");
        }
    }
    document += &not_enforced(list(facts, "notEnforced")?);
    Ok(document)
}

/// The description for programs (`OpenAPI` 3.1).
pub(super) fn openapi() -> Outcome<String> {
    let whole = facts()?
        .get("openapi")
        .ok_or_else(|| Failure::new("there is no openapi"))?;
    let text = serde_json::to_string_pretty(whole).during("docs/openapi.json")?;
    Ok(format!("{text}\n"))
}

/// What the server says of itself. Asked once.
fn facts() -> Outcome<&'static Value> {
    static FACTS: OnceLock<Value> = OnceLock::new();
    if let Some(facts) = FACTS.get() {
        return Ok(facts);
    }
    let what = "cargo run -p keyward-server --example admin_api";
    let output = Command::new("cargo")
        .args(["run", "--quiet", "-p", "keyward-server", "--example", "admin_api"])
        .current_dir(root())
        .stderr(std::process::Stdio::inherit())
        .output()
        .during(what)?;
    if !output.status.success() {
        return Err(Failure::new(format!("{what} failed")));
    }
    let facts: Value = serde_json::from_slice(&output.stdout).during(what)?;
    Ok(FACTS.get_or_init(|| facts))
}

fn list<'f>(facts: &'f Value, name: &str) -> Outcome<&'f [Value]> {
    let list = facts.get(name).and_then(Value::as_array);
    list.map(Vec::as_slice)
        .ok_or_else(|| Failure::new(format!("there is no {name}")))
}

fn member<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The text of every test.
fn tests(folder: &Path) -> Outcome<String> {
    let mut whole = String::new();
    for entry in fs::read_dir(folder).during(TESTS)? {
        let path = entry.during(TESTS)?.path();
        if path.is_dir() {
            whole += &tests(&path)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            whole += &fs::read_to_string(&path).during(TESTS)?;
        }
    }
    Ok(whole)
}

/// The endpoints that are said to be full and that no test names.
fn unnamed(routes: &[Value], tests: &str) -> Vec<String> {
    let full = routes.iter().filter(|route| member(route, "offered") == "full");
    let endpoints = full.map(|route| format!("{} {}", member(route, "method"), member(route, "path")));
    endpoints
        .filter(|endpoint| !tests.contains(&format!("\"{endpoint}\"")))
        .collect()
}

fn counts(routes: &[Value]) -> String {
    let count = |offered: &str| {
        routes
            .iter()
            .filter(|route| member(route, "offered") == offered)
            .count()
    };
    format!(
        "Of {} endpoints {} are full, {} are data only, {} are not offered.\n",
        routes.len(),
        count("full"),
        count("data only"),
        count("not offered")
    )
}

/// Endpoint and how much of it, by the noun below the realm.
fn by_noun(routes: &[Value]) -> BTreeMap<String, Vec<(String, &str)>> {
    let mut nouns: BTreeMap<String, Vec<(String, &str)>> = BTreeMap::new();
    for route in routes {
        let path = member(route, "path");
        let below = path.strip_prefix("/admin/realms/{realm}/");
        let noun = match below {
            Some(below) => below.split('/').next().unwrap_or_default(),
            None if path.starts_with("/admin/realms") => "realms",
            None => "server",
        };
        let row = (format!("{} {path}", member(route, "method")), member(route, "offered"));
        nouns.entry(noun.to_owned()).or_default().push(row);
    }
    for rows in nouns.values_mut() {
        rows.sort_by_key(|(endpoint, _)| {
            let (method, path) = endpoint.split_once(' ').unwrap_or_default();
            (path.to_owned(), method.to_owned())
        });
    }
    nouns
}

fn not_enforced(settings: &[Value]) -> String {
    let mut text = String::from(
        "\n## Settings that are kept and enforce nothing\n\nThey come back as they were sent. *Effect* says what that \
         means for security here: stricter than Keycloak, weaker, or none.\n",
    );
    let mut representations: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for setting in settings {
        representations
            .entry(member(setting, "representation"))
            .or_default()
            .push(setting);
    }
    for (representation, settings) in representations {
        let _ = writeln!(
            text,
            "\n### {representation}\n\n| Setting | In Keycloak | Effect here |\n|---|---|---|"
        );
        for setting in settings {
            let [name, keycloak, effect] = ["member", "keycloak", "effect"].map(|name| cell(member(setting, name)));
            let _ = writeln!(text, "| {name} | {keycloak} | {effect} |");
        }
    }
    text
}

/// A text that does not end its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ").replace('*', "\\*")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{by_noun, counts, not_enforced, unnamed};

    fn routes() -> Vec<serde_json::Value> {
        vec![
            json!({ "method": "PUT", "path": "/admin/realms/{realm}/users/{user}", "offered": "full" }),
            json!({ "method": "GET", "path": "/admin/realms/{realm}/users/{user}", "offered": "full" }),
            json!({ "method": "GET", "path": "/admin/realms", "offered": "data only" }),
            json!({ "method": "GET", "path": "/admin/serverinfo", "offered": "not offered" }),
        ]
    }

    #[test]
    fn a_full_endpoint_that_no_test_names_is_told() {
        let tests = "send(\"GET /admin/realms/{realm}/users/{user}\") \"PUT /admin/realms/{realm}/users/{user}/x\"";
        assert_eq!(unnamed(&routes(), tests), ["PUT /admin/realms/{realm}/users/{user}"]);
    }

    #[test]
    fn endpoints_stand_by_their_noun() {
        let routes = routes();
        let nouns = by_noun(&routes);
        assert_eq!(nouns.keys().collect::<Vec<_>>(), ["realms", "server", "users"]);
        assert_eq!(nouns["users"][0].0, "GET /admin/realms/{realm}/users/{user}");
        assert_eq!(
            counts(&routes),
            "Of 4 endpoints 2 are full, 1 are data only, 1 are not offered.\n"
        );
    }

    #[test]
    fn settings_are_rows_of_their_representation() {
        let settings = [json!({
            "representation": "ClientRepresentation", "member": "attributes.x.*", "keycloak": "a|b", "effect": "none"
        })];
        let text = not_enforced(&settings);
        assert!(text.ends_with("### ClientRepresentation\n\n| Setting | In Keycloak | Effect here |\n|---|---|---|\n| attributes.x.\\* | a\\|b | none |\n"), "{text}");
    }
}
