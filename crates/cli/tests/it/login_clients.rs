//! `keyward client create` for clients that people log in to.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::{Site, run};

#[test]
fn login_clients_are_what_was_asked_for() {
    let site = Site::new();
    site.run(&["realm", "create", "demo"]);
    let create = ["client", "create", "--realm", "demo", "--json", "--id"];
    let options = [
        "shop",
        "--name",
        "The Shop",
        "--redirect-uri",
        "https://shop.example.com/cb",
        "--redirect-uri",
        "http://localhost/cb",
        "--post-logout-redirect-uri",
        "+",
        "--web-origin",
        "https://shop.example.com",
        "--consent",
        "remember",
        "--id-token",
        "mappers",
        "--native",
        "--no-pkce",
        "--direct-access-grants",
    ];
    site.run(&[&create[..], &options].concat());
    site.run(&[&create[..], &["plain"]].concat());
    let db = Connection::open(site.path("keyward.db")).unwrap();
    let settings = |client_id: &str| -> Value {
        let query = "select settings from clients where client_id = ?1";
        let text: String = db.query_row(query, [client_id], |row| row.get(0)).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let shop = settings("shop");
    for (field, value) in [
        ("name", json!("The Shop")),
        ("standard_flow", json!(true)),
        ("direct_access_grants", json!(true)),
        ("service_account", json!(true)),
        ("consent", json!("remember")),
        ("application_type", json!("native")),
        ("pkce", json!("optional")),
        (
            "redirect_uris",
            json!(["https://shop.example.com/cb", "http://localhost/cb"]),
        ),
        ("post_logout_redirect_uris", json!(["+"])),
        ("web_origins", json!(["https://shop.example.com"])),
    ] {
        assert_eq!(shop[field], value, "{field}");
    }
    assert_eq!(shop["id_token"]["content"], "mappers");
    let plain = settings("plain");
    assert_eq!(plain["standard_flow"], false);
    assert_eq!(plain["direct_access_grants"], false);
    assert_eq!(plain["pkce"], "required");

    let refused = |options: &[&str]| {
        let line = run(&mut site.command(&[&create[..], options].concat())).failed();
        line.strip_prefix("keyward: ").unwrap().to_owned()
    };
    assert_eq!(
        refused(&["a", "--redirect-uri", "http://shop.example.com/cb"]),
        "--redirect-uri: http is for loopback addresses only: \"http://shop.example.com/cb\""
    );
    assert_eq!(
        refused(&["a", "--redirect-uri", "https://shop.example.com/*"]),
        "--redirect-uri: no wildcards; give each URI in full: \"https://shop.example.com/*\""
    );
    assert_eq!(
        refused(&[
            "a",
            "--redirect-uri",
            "https://a.example.com/",
            "--post-logout-redirect-uri",
            "javascript:alert(1)"
        ]),
        "--post-logout-redirect-uri: a private-use scheme must contain a dot, as in com.example.app: \
         \"javascript:alert(1)\""
    );
    assert_eq!(
        refused(&["a", "--web-origin", "https://shop.example.com/"]),
        "--web-origin: an origin is a scheme and a host, and a port if it is not the usual one: \
         \"https://shop.example.com/\""
    );
    assert_eq!(
        refused(&["a", "--no-pkce"]),
        "--no-pkce is for clients that people log in to: give --redirect-uri too"
    );
    assert_eq!(
        refused(&["a", "--public", "--no-pkce", "--redirect-uri", "https://a.example.com/"]),
        "\"a\": a public client must use PKCE"
    );
}

#[test]
fn clients_are_listed() {
    let site = Site::new();
    site.run(&["realm", "create", "demo"]);
    let create = ["client", "create", "--realm", "demo", "--id"];
    let spa = [
        "shop",
        "--public",
        "--name",
        "The Shop",
        "--redirect-uri",
        "https://shop.example.com/",
    ];
    site.run(&[&create[..], &spa].concat());
    site.run(&[&create[..], &["billing"]].concat());
    // Beside these, a realm has the two of its own.
    let listed = site.run(&["client", "list", "--realm", "demo"]);
    for line in ["billing  (confidential)", "shop  (public)  The Shop"] {
        assert!(
            listed.lines().any(|listed| listed == line),
            "{line} is not in\n{listed}"
        );
    }
    let rows = site.run(&["client", "list", "--realm", "demo", "--json"]);
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids: Vec<&Value> = rows.iter().map(|row| &row["client_id"]).collect();
    assert_eq!(
        ids,
        [
            "account",
            "admin-cli",
            "billing",
            "keyward-cli",
            "realm-management",
            "shop"
        ]
    );
    let shop = json!({"client_id": "shop", "name": "The Shop", "type": "public", "enabled": true});
    assert_eq!(rows.last(), Some(&shop));
    assert_eq!(
        run(&mut site.command(&["client", "list", "--realm", "none"])).failed(),
        format!(
            "keyward: there is no realm \"none\". keyward realm list --config {} names them",
            site.path("keyward.toml").display()
        )
    );
}

/// Only a warning: an API that checks tokens itself needs no client.
#[test]
fn an_audience_without_a_client_is_told() {
    let site = Site::new();
    site.run(&["realm", "create", "demo"]);
    let create = ["client", "create", "--realm", "demo", "--id"];
    let told = |options: &[&str]| {
        let ended = run(&mut site.command(&[&create[..], options].concat()));
        let stderr = ended.stderr.clone();
        ended.printed();
        stderr
    };
    let warning =
        "note: there is no client \"api\" in realm demo: nobody can introspect these tokens until there is one\n";
    assert_eq!(told(&["billing", "--audience", "api"]), warning);
    assert_eq!(told(&["api"]), "");
    assert_eq!(told(&["shipping", "--audience", "api"]), "");
    // It is there when it is made, for itself too.
    assert_eq!(told(&["own", "--audience", "own"]), "");
}
