//! The crate `keycloak`: what logins with the things it made leave behind.

use std::time::Duration;

use keycloak::types::{ClientRepresentation, RealmRepresentation, UserRepresentation};
use keyward_interop::{PASSWORD, Realm, claims, in_realm, refused, strings};
use serde_json::json;

/// Looks again and again, as what is told after an answer went out comes within five seconds.
async fn eventually(mut told: impl AsyncFnMut() -> bool) {
    let looking = async {
        while !told().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), looking)
        .await
        .expect("within five seconds");
}

async fn change(realm: &Realm, change: impl FnOnce(&mut RealmRepresentation)) {
    let mut settings = realm.at().get().await.unwrap();
    change(&mut settings);
    realm.at().put(settings).await.unwrap();
}

#[tokio::test]
async fn scope_mappings_decide_what_a_token_carries() {
    in_realm(async |realm| {
        let app = realm.app().await;
        let alice = realm.user("alice").await;
        let reader = realm.role("reader").await;
        let at = realm.at();
        at.users_with_user_id_role_mappings_realm_post(&alice, vec![reader.clone()])
            .await
            .unwrap();
        let token = realm.login("alice", PASSWORD).await.unwrap();
        let carried = claims(token.access_token());
        assert_eq!(carried["sub"], json!(alice));
        assert_eq!(carried["iss"], json!(format!("{}/realms/{}", realm.url, realm.name)));
        assert!(
            carried["realm_access"]["roles"]
                .as_array()
                .unwrap()
                .contains(&json!("reader"))
        );

        let narrow = ClientRepresentation {
            full_scope_allowed: Some(false),
            ..at.clients_with_client_uuid_get(&app).await.unwrap()
        };
        at.clients_with_client_uuid_put(&app, narrow).await.unwrap();
        assert!(realm.claims_with("alice", "openid").await.get("realm_access").is_none());
        at.clients_with_client_uuid_scope_mappings_realm_post(&app, vec![reader])
            .await
            .unwrap();
        let mapped = at
            .clients_with_client_uuid_scope_mappings_realm_get(&app)
            .await
            .unwrap();
        assert_eq!(strings(&mapped, |role| role.name.as_ref()), ["reader"]);
        let carried = realm.claims_with("alice", "openid").await;
        assert_eq!(carried["realm_access"]["roles"], json!(["reader"]));

        let example = at.clients_with_client_uuid_evaluate_scopes_generate_example_access_token_get(&app);
        let example = example.scope("openid".to_owned()).user_id(alice.clone()).await.unwrap();
        assert_eq!(example.realm_access.unwrap().roles.unwrap(), ["reader"]);
        assert_eq!(example.preferred_username.as_deref(), Some("alice"));
        let userinfo = at.clients_with_client_uuid_evaluate_scopes_generate_example_userinfo_get(&app);
        let userinfo = userinfo.scope("openid".to_owned()).user_id(alice).await.unwrap();
        assert_eq!(userinfo["email"], "alice@example.com");
    })
    .await;
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    in_realm(async |realm| {
        let app = realm.app().await;
        let alice = realm.user("alice").await;
        let first = realm.login("alice", PASSWORD).await.unwrap();
        realm.login("alice", PASSWORD).await.unwrap();
        let at = realm.at();
        let sessions = at.users_with_user_id_sessions_get(&alice).await.unwrap();
        assert_eq!(sessions.len(), 2);
        assert_eq!(sessions[0].clients.as_ref().unwrap()[&app], "app");
        assert_eq!(
            at.clients_with_client_uuid_session_count_get(&app).await.unwrap()["count"],
            2
        );
        at.sessions_with_session_delete(first.session_state().unwrap())
            .await
            .unwrap();
        assert_eq!(
            at.clients_with_client_uuid_user_sessions_get(&app).await.unwrap().len(),
            1
        );
        at.users_with_user_id_logout_post(&alice).await.unwrap();
        assert!(at.users_with_user_id_sessions_get(&alice).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn events_are_told() {
    in_realm(async |realm| {
        let at = realm.at();
        let mut config = at.events_config_get().await.unwrap();
        config.events_enabled = Some(true);
        config.admin_events_enabled = Some(true);
        at.events_config_put(config).await.unwrap();
        realm.app().await;
        let alice = realm.user("alice").await;
        realm.login("alice", PASSWORD).await.unwrap();
        refused(realm.login("alice", "wrong").await, 400, "Invalid user credentials");
        for kind in ["LOGIN", "LOGIN_ERROR"] {
            eventually(async || {
                let events = at.events_get().type_(vec![kind.to_owned()]).await.unwrap();
                events.iter().any(|event| event.user_id.as_deref() == Some(&alice))
            })
            .await;
        }
        eventually(async || {
            let events = at
                .admin_events_get()
                .resource_types(vec!["USER".to_owned()])
                .await
                .unwrap();
            let path = format!("users/{alice}");
            events.iter().any(|event| event.resource_path.as_deref() == Some(&path))
        })
        .await;
        at.events_delete().await.unwrap();
        assert!(at.events_get().await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn wrong_passwords_lock_until_an_admin_clears_them() {
    in_realm(async |realm| {
        realm.app().await;
        let alice = realm.user("alice").await;
        change(realm, |settings| {
            settings.brute_force_protected = Some(true);
            settings.failure_factor = Some(2);
        })
        .await;
        for _ in 0..3 {
            refused(realm.login("alice", "wrong").await, 400, "Invalid user credentials");
        }
        let at = realm.at();
        eventually(async || {
            let status = at
                .attack_detection_brute_force_users_with_user_id_get(&alice)
                .await
                .unwrap();
            status["disabled"] == json!(true)
        })
        .await;
        refused(realm.login("alice", PASSWORD).await, 400, "Invalid user credentials");
        at.attack_detection_brute_force_users_with_user_id_delete(&alice)
            .await
            .unwrap();
        realm.login("alice", PASSWORD).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_partial_export_and_a_partial_import() {
    in_realm(async |realm| {
        realm.group("carried").await;
        let at = realm.at();
        let export = at
            .partial_export_post()
            .export_groups_and_roles(true)
            .export_clients(true);
        let export = export.await.unwrap();
        assert_eq!(
            strings(&export.groups.unwrap(), |group| group.name.as_ref()),
            ["carried"]
        );
        assert!(strings(&export.clients.unwrap(), |client| client.client_id.as_ref()).contains(&"admin-cli"));
        let more = RealmRepresentation {
            users: Some(vec![UserRepresentation {
                username: Some("imported".into()),
                enabled: Some(true),
                ..UserRepresentation::default()
            }]),
            ..RealmRepresentation::default()
        };
        let result = realm.at().partial_import_post(more.clone()).await.unwrap();
        assert_eq!(result["added"], 1);
        refused(realm.at().partial_import_post(more).await, 409, "imported");
        assert_eq!(realm.at().users_count_get().await.unwrap(), 1);
    })
    .await;
}
