//! The crate `keycloak`: realms, clients, roles, groups, users.

use keycloak::types::{
    ClientRepresentation, ClientScopeRepresentation, ComponentRepresentation, CredentialRepresentation,
    GroupRepresentation, RealmRepresentation, RoleRepresentation, UserRepresentation,
};
use keyward_interop::{PASSWORD, claims, hardcoded_claim, in_realm, refused, strings};

fn client(id: &str) -> ClientRepresentation {
    ClientRepresentation {
        client_id: Some(id.into()),
        ..ClientRepresentation::default()
    }
}

fn name(role: &RoleRepresentation) -> Option<&String> {
    role.name.as_ref()
}

fn username(user: &UserRepresentation) -> Option<&String> {
    user.username.as_ref()
}

#[tokio::test]
async fn a_realm_is_created_once_read_and_changed() {
    in_realm(async |realm| {
        let twin = RealmRepresentation {
            realm: Some(realm.name.clone()),
            ..RealmRepresentation::default()
        };
        refused(realm.admin.post(twin).await.map(|_| ()), 409, "already exists");
        let mut found = realm.at().get().await.unwrap();
        assert_eq!(found.enabled, Some(true));
        found.display_name = Some("Näme".into());
        found.access_token_lifespan = Some(77);
        realm.at().put(found).await.unwrap();
        let found = realm.at().get().await.unwrap();
        assert_eq!(found.display_name.as_deref(), Some("Näme"));
        assert_eq!(found.access_token_lifespan, Some(77));
        refused(realm.admin.realm_get("no-such-realm").await, 404, "Realm not found.");
    })
    .await;
}

#[tokio::test]
async fn a_key_provider_more() {
    in_realm(async |realm| {
        let active = async || realm.at().keys_get().await.unwrap().active.unwrap()["RS256"].clone();
        let before = active().await;
        let config = [("priority", "200"), ("keySize", "2048")];
        let provider = ComponentRepresentation {
            name: Some("newer".into()),
            provider_id: Some("rsa-generated".into()),
            provider_type: Some("org.keycloak.keys.KeyProvider".into()),
            config: Some(config.map(|(name, value)| (name.into(), vec![value.into()])).into()),
            ..ComponentRepresentation::default()
        };
        let made = realm.at().components_post(provider).await.unwrap();
        let id = made.to_id().unwrap();
        assert_ne!(active().await, before);
        realm.at().components_with_id_delete(id).await.unwrap();
        assert_eq!(active().await, before);
        refused(
            realm.at().components_with_id_get(id).await,
            404,
            "Could not find component",
        );
    })
    .await;
}

#[tokio::test]
async fn texts_by_locale() {
    in_realm(async |realm| {
        let texts = [("hello".to_owned(), "Hallo".to_owned())];
        realm
            .at()
            .localization_with_locale_post("de", texts.into())
            .await
            .unwrap();
        assert_eq!(realm.at().localization_get().await.unwrap(), ["de"]);
        assert_eq!(
            realm.at().localization_with_locale_get("de").await.unwrap()["hello"],
            "Hallo"
        );
        realm.at().localization_with_locale_delete("de").await.unwrap();
        assert!(realm.at().localization_get().await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_client_is_created_once_found_and_removed() {
    in_realm(async |realm| {
        let id = realm.client(client("shop")).await;
        let twin = realm.at().clients_post(client("shop")).await.map(|_| ());
        refused(twin, 409, "Client shop already exists");
        let mut found = realm.at().clients_with_client_uuid_get(&id).await.unwrap();
        assert_eq!(found.protocol.as_deref(), Some("openid-connect"));
        found.name = Some("The shop".into());
        realm.at().clients_with_client_uuid_put(&id, found).await.unwrap();
        let found = realm.at().clients_get().client_id("shop".to_owned()).await.unwrap();
        assert_eq!(strings(&found, |client| client.name.as_ref()), ["The shop"]);
        realm.at().clients_with_client_uuid_delete(&id).await.unwrap();
        refused(
            realm.at().clients_with_client_uuid_get(&id).await,
            404,
            "Could not find client",
        );
    })
    .await;
}

#[tokio::test]
async fn a_secret_and_a_service_account() {
    in_realm(async |realm| {
        let id = realm
            .client(ClientRepresentation {
                secret: Some("first-secret".into()),
                service_accounts_enabled: Some(true),
                ..client("machine")
            })
            .await;
        let login = async |secret: &str| {
            let retriever = keycloak::KeycloakServiceAccountAdminTokenRetriever::create_with_custom_realm(
                "machine",
                secret,
                &realm.name,
                realm.http.clone(),
            );
            retriever.acquire(&realm.url).await
        };
        let account = realm
            .at()
            .clients_with_client_uuid_service_account_user_get(&id)
            .await
            .unwrap();
        assert_eq!(account.username.as_deref(), Some("service-account-machine"));
        let token = login("first-secret").await.unwrap();
        assert_eq!(claims(token.access_token())["sub"].as_str(), account.id.as_deref());
        let fresh = realm
            .at()
            .clients_with_client_uuid_client_secret_post(&id)
            .await
            .unwrap()
            .value
            .unwrap();
        let kept = realm
            .at()
            .clients_with_client_uuid_client_secret_get(&id)
            .await
            .unwrap()
            .value
            .unwrap();
        assert_eq!(fresh, kept);
        refused(
            login("first-secret").await,
            401,
            "Invalid client or Invalid client credentials",
        );
        login(&fresh).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn client_scopes_with_mappers() {
    in_realm(async |realm| {
        let app = realm.app().await;
        realm.user("alice").await;
        let wanted = || ClientScopeRepresentation {
            name: Some("orders".into()),
            protocol: Some("openid-connect".into()),
            ..ClientScopeRepresentation::default()
        };
        let made = realm.at().client_scopes_post(wanted()).await.unwrap();
        let scope = made.to_id().unwrap();
        let twin = realm.at().client_scopes_post(wanted()).await.map(|_| ());
        refused(twin, 409, "Client Scope orders already exists");
        let at = realm.at();
        at.client_scopes_with_client_scope_id_protocol_mappers_models_post(scope, hardcoded_claim("tier", "gold"))
            .await
            .unwrap();
        at.clients_with_client_uuid_optional_client_scopes_with_client_scope_id_put(&app, scope)
            .await
            .unwrap();
        let optional = at
            .clients_with_client_uuid_optional_client_scopes_get(&app)
            .await
            .unwrap();
        assert!(strings(&optional, |scope| scope.name.as_ref()).contains(&"orders"));
        assert!(realm.claims_with("alice", "openid").await.get("tier").is_none());
        assert_eq!(realm.claims_with("alice", "openid orders").await["tier"], "gold");
        at.client_scopes_with_client_scope_id_delete(scope).await.unwrap();
        refused(
            at.client_scopes_with_client_scope_id_get(scope).await,
            404,
            "Could not find client scope",
        );
    })
    .await;
}

#[tokio::test]
async fn roles_with_composites() {
    in_realm(async |realm| {
        let reader = realm.role("reader").await;
        let boss = realm.role("boss").await;
        let twin = RoleRepresentation {
            name: Some("boss".into()),
            ..RoleRepresentation::default()
        };
        let twin = realm.at().roles_post(twin).await.map(|_| ());
        refused(twin, 409, "Role with name boss already exists");
        let api = realm.client(client("api")).await;
        let write = realm.client_role(&api, "write").await;
        let at = realm.at();
        at.roles_with_role_name_composites_post("boss", vec![reader.clone(), write])
            .await
            .unwrap();
        let all = at.roles_with_role_name_composites_get("boss").await.unwrap();
        assert_eq!(strings(&all, name), ["reader", "write"]);
        let of_realm = at.roles_with_role_name_composites_realm_get("boss").await.unwrap();
        assert_eq!(strings(&of_realm, name), ["reader"]);
        let of_client = at
            .roles_with_role_name_composites_clients_with_target_client_uuid_get("boss", &api)
            .await;
        assert_eq!(strings(&of_client.unwrap(), name), ["write"]);

        let alice = realm.user("alice").await;
        at.users_with_user_id_role_mappings_realm_post(&alice, vec![boss])
            .await
            .unwrap();
        let users = at.roles_with_role_name_users_get("boss").await.unwrap();
        assert_eq!(strings(&users, username), ["alice"]);
        let effective = at
            .users_with_user_id_role_mappings_realm_composite_get(&alice)
            .await
            .unwrap();
        assert!(strings(&effective, name).contains(&"reader"));
        let effective = at
            .users_with_user_id_role_mappings_clients_with_client_id_composite_get(&alice, &api)
            .await;
        assert_eq!(strings(&effective.unwrap(), name), ["write"]);
        let mapped = at.users_with_user_id_role_mappings_get(&alice).await.unwrap();
        assert!(mapped.client_mappings.is_none());
        at.roles_by_id_with_role_id_delete(reader.id.as_ref().unwrap())
            .await
            .unwrap();
        refused(at.roles_with_role_name_get("reader").await, 404, "Could not find role");
    })
    .await;
}

#[tokio::test]
async fn groups_with_children_and_members() {
    in_realm(async |realm| {
        let staff = realm.group("staff").await;
        let named = |name: &str| GroupRepresentation {
            name: Some(name.into()),
            ..GroupRepresentation::default()
        };
        let at = realm.at();
        let twin = at.groups_post(named("staff")).await.map(|_| ());
        refused(twin, 409, "Top level group named 'staff' already exists.");
        let made = at
            .groups_with_group_id_children_post(&staff, named("night"))
            .await
            .unwrap();
        let night = made.to_id().unwrap();
        assert_eq!(
            at.group_by_path_with_path_get("staff/night")
                .await
                .unwrap()
                .id
                .as_deref(),
            Some(night)
        );
        let children = at.groups_with_group_id_children_get(&staff).await.unwrap();
        assert_eq!(strings(&children, |group| group.path.as_ref()), ["/staff/night"]);
        assert_eq!(at.groups_count_get().await.unwrap()["count"], 2);
        let alice = realm.user("alice").await;
        at.users_with_user_id_groups_with_group_id_put(&alice, night)
            .await
            .unwrap();
        let members = at.groups_with_group_id_members_get(night).await.unwrap();
        assert_eq!(strings(&members, username), ["alice"]);
        at.groups_with_group_id_delete(&staff).await.unwrap();
        refused(
            at.groups_with_group_id_get(night).await,
            404,
            "Could not find group by id",
        );
    })
    .await;
}

#[tokio::test]
async fn users_are_found_changed_and_removed() {
    in_realm(async |realm| {
        let alice = realm.user("alice").await;
        realm.user("alina").await;
        realm.user("bob").await;
        let at = realm.at();
        let twin = UserRepresentation {
            username: Some("alice".into()),
            ..UserRepresentation::default()
        };
        refused(
            at.users_post(twin).await.map(|_| ()),
            409,
            "User exists with same username",
        );
        let found = at.users_get().search("ali".to_owned()).await.unwrap();
        assert_eq!(strings(&found, username), ["alice", "alina"]);
        let found = at.users_get().username("ali".to_owned()).exact(true).await.unwrap();
        assert!(found.is_empty());
        let found = at.users_get().first(1).max(1).await.unwrap();
        assert_eq!(strings(&found, username), ["alina"]);
        assert_eq!(at.users_count_get().await.unwrap(), 3);
        let mut user = at.users_with_user_id_get(&alice).await.unwrap();
        user.first_name = Some("Älice".into());
        at.users_with_user_id_put(&alice, user).await.unwrap();
        let user = at.users_with_user_id_get(&alice).await.unwrap();
        assert_eq!(user.first_name.as_deref(), Some("Älice"));
        at.users_with_user_id_delete(&alice).await.unwrap();
        refused(at.users_with_user_id_get(&alice).await, 404, "User not found");
        refused(
            at.users_with_user_id_delete(&alice).await.map(|_| ()),
            404,
            "User not found",
        );
    })
    .await;
}

#[tokio::test]
async fn a_password_is_reset_by_the_rules() {
    in_realm(async |realm| {
        realm.app().await;
        let alice = realm.user("alice").await;
        let at = realm.at();
        let mut rules = at.get().await.unwrap();
        rules.password_policy = Some("length(12)".into());
        at.put(rules).await.unwrap();
        let password = |value: &str| CredentialRepresentation {
            type_: Some("password".into()),
            value: Some(value.into()),
            temporary: Some(false),
            ..CredentialRepresentation::default()
        };
        let weak = at
            .users_with_user_id_reset_password_put(&alice, password("short"))
            .await;
        refused(weak.map(|_| ()), 400, "Invalid password: minimum length 12.");
        at.users_with_user_id_reset_password_put(&alice, password("another horse 2"))
            .await
            .unwrap();
        refused(realm.login("alice", PASSWORD).await, 400, "Invalid user credentials");
        realm.login("alice", "another horse 2").await.unwrap();
        let credentials = at.users_with_user_id_credentials_get(&alice).await.unwrap();
        assert_eq!(
            strings(&credentials, |credential| credential.type_.as_ref()),
            ["password"]
        );
        let id = credentials[0].id.as_ref().unwrap();
        at.users_with_user_id_credentials_with_credential_id_delete(&alice, id)
            .await
            .unwrap();
        assert!(at.users_with_user_id_credentials_get(&alice).await.unwrap().is_empty());
    })
    .await;
}
