//! What holds for each route of the table, whatever it does.

use keyward_server::admin::rest::table::{self, Offered};
use serde_json::json;

use super::support::{Admin, Reply};

/// A row that no realm has.
const NOBODY: &str = "7b0f3a52-6f0e-4c5e-9d1c-0a4f5f0c1d2e";

/// Every name in braces, with the same value.
fn filled<'a>(path: &'a str, realm: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    names
        .map(|name| {
            let name = name.trim_start_matches('*');
            (name, if name == "realm" { realm } else { value })
        })
        .collect()
}

async fn ask(admin: &Admin, method: &str, path: &str, parameters: &[(&str, &str)]) -> Reply {
    let body = matches!(method, "POST" | "PUT").then(|| json!({}));
    admin.send(&format!("{method} {path}"), parameters, body).await
}

/// Neither without a token, nor with one that is garbage, nor with one of a caller who holds no role.
#[tokio::test]
async fn no_route_answers_whoever_has_no_right() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let nobody = admin.as_user(&realm, &[]).await;
    for (method, path, _) in table::lines() {
        let parameters = filled(path, &realm, NOBODY);
        let reply = ask(&admin.anonymous(), method, path, &parameters).await;
        assert_eq!(
            (reply.status, &reply.body),
            (401, &json!({ "error": "HTTP 401 Unauthorized" })),
            "{method} {path}"
        );
        // What anybody may ask who has a token of the realm: who they are, and which realms they see.
        if matches!(
            path,
            "/admin/realms" | "/admin/serverinfo" | "/admin/{realm}/console/whoami"
        ) && method == "GET"
        {
            continue;
        }
        let reply = ask(&nobody, method, path, &parameters).await;
        assert_eq!(
            (reply.status, &reply.body),
            (403, &json!({ "error": "HTTP 403 Forbidden" })),
            "{method} {path}"
        );
    }
}

/// An administrator of one realm is nobody in another.
#[tokio::test]
async fn no_route_answers_the_administrator_of_another_realm() {
    let admin = Admin::start().await;
    let (mine, other) = (admin.realm().await, admin.realm().await);
    let realm_admin = admin.as_user(&mine, &["realm-admin"]).await;
    for (method, path, _) in table::lines() {
        if !path.contains("/admin/realms/{realm}") {
            continue;
        }
        let reply = ask(&realm_admin, method, path, &filled(path, &other, NOBODY)).await;
        assert_eq!(reply.status, 403, "{method} {path}: {reply:?}");
    }
}

/// What is not offered says so, and nothing else does.
#[tokio::test]
async fn what_is_not_offered_answers_501() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    for (method, path, offered) in table::lines() {
        if offered != Offered::NotOffered {
            continue;
        }
        let reply = ask(&admin, method, path, &filled(path, &realm, NOBODY)).await;
        assert_eq!(reply.status, 501, "{method} {path}: {reply:?}");
        assert_eq!(reply.body["error"], "not_implemented", "{method} {path}");
    }
}

/// A route that looks for something by an id answers 404 when there is none, and never 5xx.
#[tokio::test]
async fn unknown_ids_are_not_found_and_never_a_fault() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    for value in [NOBODY, "no uuid", "ü/%00", "00000000-0000-0000-0000-000000000000"] {
        for (method, path, offered) in table::lines() {
            let names = filled(path, &realm, value);
            if offered == Offered::NotOffered || names.iter().all(|(name, _)| *name == "realm") {
                continue;
            }
            let reply = ask(&admin, method, path, &names).await;
            assert!(reply.status < 500, "{method} {path} {value}: {reply:?}");
        }
    }
}
