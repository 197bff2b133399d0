//! Prints what the documents of the admin API are written from, as JSON: `cargo xtask docs` reads it.

use std::io::Write as _;

use keyward_server::admin::keycloak::not_enforced;
use keyward_server::admin::openapi;
use keyward_server::admin::rest::table::{self, Offered};
use serde_json::json;

fn main() -> std::io::Result<()> {
    let routes = table::lines().into_iter().map(|(method, path, offered)| {
        let offered = match offered {
            Offered::Full => "full",
            Offered::DataOnly => "data only",
            Offered::NotOffered => "not offered",
        };
        json!({ "method": method, "path": path, "offered": offered })
    });
    let settings = not_enforced::all().map(|setting| {
        json!({
            "representation": setting.representation,
            "member": setting.member,
            "keycloak": setting.keycloak,
            "effect": setting.effect,
        })
    });
    let whole = json!({
        "routes": routes.collect::<Vec<_>>(),
        "notEnforced": settings.collect::<Vec<_>>(),
        "openapi": openapi::document(),
    });
    writeln!(std::io::stdout(), "{whole}")
}
