use std::collections::BTreeMap;

use keyward_domain::Timestamp;
use keyward_domain::client::{
    AccessTokenFormat, ApplicationType, Client, ClientAuthMethod, ClientSettings, ClientType, ConsentPolicy,
    IdTokenContent, Pkce, RefreshRotation, RefreshTokens, RoleScope,
};
use keyward_domain::id::{ClientUuid, RealmId};
use keyward_domain::policy::lifetime::{AccessTokenLifespan, SecurityProfile};
use keyward_domain::realm::RealmSettings;
use keyward_jose::Algorithm;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ClientRepresentation, Ground};
use crate::admin::rest::body::representation;

const EXPORT: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../interop/differential/recorded/realm-export.json"
));

fn sent(value: &Value) -> ClientRepresentation {
    representation(value.to_string().as_bytes()).unwrap()
}

fn ground<'a>(scopes: &[(&'a str, &'a str)]) -> Ground<'a> {
    Ground {
        server: "https://id.example.com",
        scopes: scopes.iter().copied().collect(),
    }
}

fn plain() -> Ground<'static> {
    ground(&[("email", "openid-connect"), ("role_list", "saml")])
}

/// What a new client is by a description.
fn settings(value: &Value) -> ClientSettings {
    read(value).unwrap()
}

fn read(value: &Value) -> Result<ClientSettings, String> {
    let mut value = value.clone();
    value["clientId"] = json!("app");
    let whole = sent(&value).with_defaults(&RealmSettings::default());
    let described = whole.read(&plain()).map_err(|invalid| invalid.to_string())?;
    Ok(described.spec.into_parts().1)
}

fn client(settings: ClientSettings) -> Client {
    Client {
        id: ClientUuid(Uuid::nil()),
        realm: RealmId(Uuid::nil()),
        client_id: "app".into(),
        enabled: true,
        not_before: Timestamp::from_secs(0),
        settings,
    }
}

fn shown(settings: ClientSettings) -> Value {
    serde_json::to_value(ClientRepresentation::of(&client(settings), &plain())).unwrap()
}

#[test]
fn the_recorded_clients_come_back_as_they_were() {
    let export: Value = serde_json::from_str(EXPORT).unwrap();
    let scopes: Vec<(&str, &str)> = export["clientScopes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|scope| (scope["name"].as_str().unwrap(), scope["protocol"].as_str().unwrap()))
        .collect();
    let ground = ground(&scopes);
    let clients = export["clients"].as_array().unwrap();
    assert_eq!(clients.len(), 27);
    for recorded in clients {
        let described = sent(recorded).read(&ground).unwrap();
        let (client_id, settings) = described.spec.into_parts();
        let client = Client {
            id: recorded["id"].as_str().unwrap().parse().unwrap(),
            client_id,
            enabled: described.enabled,
            not_before: described.not_before,
            ..client(settings)
        };
        let mut shown = serde_json::to_value(ClientRepresentation::of(&client, &ground)).unwrap();
        let mut wanted = recorded.clone();
        wanted.as_object_mut().unwrap().remove("secret");
        assert_eq!(shown, wanted, "{}", client.client_id);
        // And again, from what goes out.
        shown["clientId"] = json!(client.client_id);
        let again = sent(&shown).read(&ground).unwrap();
        assert_eq!(again.spec.settings(), &client.settings, "{}", client.client_id);
    }
}

#[test]
fn what_our_commands_set_goes_out_and_comes_back() {
    let ours = ClientSettings {
        name: "Shop".into(),
        client_type: ClientType::Public,
        auth_method: ClientAuthMethod::ClientSecretPost,
        raw_basic: true,
        standard_flow: true,
        direct_access_grants: true,
        redirect_uris: vec!["https://app.example.com/cb".into(), "http://localhost/cb".into()],
        post_logout_redirect_uris: vec!["+".into(), "https://app.example.com/bye".into()],
        application_type: ApplicationType::Web,
        home_url: Some("https://app.example.com/".into()),
        pkce: Pkce::Required,
        consent: ConsentPolicy::Always,
        refresh_rotation: RefreshRotation::Never,
        refresh_tokens: RefreshTokens::Withheld,
        default_scopes: vec!["email".into()],
        role_scope: RoleScope::Mapped,
        ..ClientSettings::default()
    };
    let mut ours = ours;
    ours.access_token.format = AccessTokenFormat::Opaque;
    ours.access_token.signature_algorithm = Some(Algorithm::Es256);
    ours.access_token.lifespan = Some(AccessTokenLifespan::long(3600).unwrap());
    ours.access_token.profile = SecurityProfile::High;
    ours.access_token.lightweight = true;
    ours.id_token.content = IdTokenContent::Protocol;
    ours.id_token.signature_algorithm = Some(Algorithm::EdDsa);
    let shown = shown(ours.clone());
    let attributes: BTreeMap<String, String> = serde_json::from_value(shown["attributes"].clone()).unwrap();
    assert_eq!(attributes["pkce.code.challenge.method"], "S256");
    assert_eq!(attributes["keyward.consent"], "always");
    let back = sent(&shown).read(&plain()).unwrap();
    let (_, mut back) = back.spec.into_parts();
    // How they were written is kept beside; what they are is the same.
    back.attributes.clear();
    back.kept.clear();
    assert_eq!(back, ours);
}

#[test]
fn a_new_client_has_keycloaks_defaults() {
    let made = settings(&json!({}));
    assert_eq!(made.client_type, ClientType::Confidential);
    assert!(made.standard_flow && !made.direct_access_grants && !made.service_account && !made.bearer_only);
    assert_eq!((made.pkce, made.consent), (Pkce::Optional, ConsentPolicy::None));
    assert_eq!(
        (made.role_scope, made.id_token.content),
        (RoleScope::Full, IdTokenContent::Mappers)
    );
    let shown = shown(made);
    assert_eq!(
        shown,
        json!({
            "id": "00000000-0000-0000-0000-000000000000",
            "clientId": "app",
            "surrogateAuthRequired": false,
            "enabled": true,
            "alwaysDisplayInConsole": false,
            "clientAuthenticatorType": "client-secret",
            "redirectUris": [],
            "webOrigins": [],
            "notBefore": 0,
            "bearerOnly": false,
            "consentRequired": false,
            "standardFlowEnabled": true,
            "implicitFlowEnabled": false,
            "directAccessGrantsEnabled": false,
            "serviceAccountsEnabled": false,
            "publicClient": false,
            "frontchannelLogout": false,
            "protocol": "openid-connect",
            "attributes": { "realm_client": "false" },
            "authenticationFlowBindingOverrides": {},
            "fullScopeAllowed": true,
            "nodeReRegistrationTimeout": -1,
            "defaultClientScopes": [],
            "optionalClientScopes": [],
        })
    );
}

#[test]
fn a_client_that_asks_people_has_not_the_full_scope_without_a_word() {
    assert_eq!(
        settings(&json!({ "consentRequired": true })).role_scope,
        RoleScope::Mapped
    );
    let both = json!({ "consentRequired": true, "fullScopeAllowed": true });
    assert_eq!(settings(&both).role_scope, RoleScope::Full);
}

#[test]
fn redirect_uris_are_compared_in_full_and_come_back_as_written() {
    let written = json!({
        "rootUrl": "https://app.example/root",
        "redirectUris": ["/cb", "/*", "https://other.example*", "https://u@bad.example/cb", "", "/cb"],
    });
    let made = settings(&written);
    assert_eq!(
        made.redirect_uris,
        [
            "https://app.example/root/cb",
            "https://app.example/root/*",
            "https://other.example/*"
        ]
    );
    assert!(made.legacy_wildcard);
    assert_eq!(
        shown(made)["redirectUris"],
        json!(["/cb", "/*", "https://other.example*", "https://u@bad.example/cb"])
    );
    let server = settings(&json!({ "rootUrl": "${authBaseUrl}", "baseUrl": "/x", "redirectUris": ["/x/*"] }));
    assert_eq!(server.redirect_uris, ["https://id.example.com/x/*"]);
    assert_eq!(server.home_url.as_deref(), Some("https://id.example.com/x"));
    assert!(!settings(&json!({ "redirectUris": ["https://a.example/cb?x=*"] })).legacy_wildcard);
}

#[test]
fn web_origins_that_nobody_names_are_those_of_the_redirect_uris() {
    let uris = json!([
        "https://a.example/*",
        "https://a.example/b",
        "https://c.example:8443/*",
        "/rel",
        "app:/cb",
        "*"
    ]);
    let made = settings(&json!({ "redirectUris": uris }));
    assert_eq!(made.web_origins, ["https://a.example", "https://c.example:8443"]);
    assert!(
        settings(&json!({ "redirectUris": uris, "webOrigins": [] }))
            .web_origins
            .is_empty()
    );
    let change = |before: Value, change: Value| {
        let before = ClientRepresentation::of(&client(settings(&before)), &plain());
        let whole = before.changed(sent(&change), &RealmSettings::default());
        whole.read(&plain()).unwrap().spec.into_parts().1.web_origins
    };
    let other = json!({ "redirectUris": ["https://z.example/b"] });
    assert_eq!(change(json!({}), other.clone()), ["https://z.example"]);
    assert_eq!(
        change(json!({ "webOrigins": ["https://keep.example"] }), other),
        ["https://keep.example"]
    );
}

#[test]
fn where_to_go_after_logout_is_one_attribute() {
    let made = |text: &str| settings(&json!({ "attributes": { "post.logout.redirect.uris": text } }));
    assert_eq!(made("+").post_logout_redirect_uris, ["+"]);
    assert_eq!(
        made("https://a.example/x##+").post_logout_redirect_uris,
        ["+", "https://a.example/x"]
    );
    assert!(made("-").post_logout_redirect_uris.is_empty());
    assert!(made("https://a.example/*").legacy_wildcard);
}

#[test]
fn no_secret_stands_in_for_another_way_to_authenticate() {
    for authenticator in [
        "client-jwt",
        "client-secret-jwt",
        "client-x509",
        "federated-jwt",
        "nonsense",
    ] {
        let made = settings(&json!({ "clientAuthenticatorType": authenticator }));
        assert_eq!(made.auth_method, ClientAuthMethod::NotOffered, "{authenticator}");
        assert_eq!(shown(made)["clientAuthenticatorType"], authenticator);
    }
    let pinned = |method: &str| {
        settings(&json!({ "attributes": { "client.secret.authentication.allowed.method": method } })).auth_method
    };
    assert_eq!(pinned("client_secret_basic"), ClientAuthMethod::ClientSecretBasic);
    assert_eq!(pinned("client_secret_post"), ClientAuthMethod::ClientSecretPost);
    assert_eq!(
        pinned("client_secret_basic##client_secret_post"),
        ClientAuthMethod::NotOffered
    );
    assert_eq!(pinned(""), ClientAuthMethod::ClientSecret);
}

#[test]
fn a_client_of_another_protocol_gets_nothing_and_is_kept() {
    let saml = json!({ "protocol": "saml", "publicClient": true, "defaultClientScopes": ["role_list", "email"] });
    let made = settings(&saml);
    assert!(made.bearer_only);
    assert_eq!(made.auth_method, ClientAuthMethod::NotOffered);
    let shown = shown(made);
    assert_eq!(
        (&shown["bearerOnly"], &shown["protocol"]),
        (&json!(false), &json!("saml"))
    );
    assert_eq!(shown["defaultClientScopes"], json!(["role_list"]));
    assert_eq!(
        read(&json!({ "protocol": "nonsense" })).unwrap_err(),
        "Invalid protocol: nonsense"
    );
}

#[test]
fn lifespans_and_algorithms_that_are_not_offered_are_kept_as_data() {
    let made = settings(&json!({ "attributes": {
        "access.token.lifespan": 360_000,
        "access.token.signed.response.alg": "RS512",
        "id.token.signed.response.alg": "ES256",
    } }));
    assert_eq!(made.access_token.lifespan.map(AccessTokenLifespan::secs), Some(86_400));
    assert_eq!(made.access_token.signature_algorithm, None);
    assert_eq!(made.id_token.signature_algorithm, Some(Algorithm::Es256));
    let shown = shown(made);
    assert_eq!(shown["attributes"]["access.token.lifespan"], "360000");
    assert_eq!(shown["attributes"]["access.token.signed.response.alg"], "RS512");
    for inherited in ["-1", "0", "abc", ""] {
        let made = settings(&json!({ "attributes": { "access.token.lifespan": inherited } }));
        assert_eq!(made.access_token.lifespan, None, "{inherited}");
    }
}

#[test]
fn a_change_leaves_alone_what_it_does_not_name() {
    let before = settings(&json!({
        "name": "N",
        "description": "D",
        "attributes": { "x": "1", "y": "2", "jwt.credential.private.key": "key", "pkce.code.challenge.method": "plain" },
        "redirectUris": ["https://a.example/cb"],
    }));
    let change = sent(&json!({
        "name": "",
        "redirectUris": [],
        "attributes": { "x": "", "y": null, "z": 3, "realm_client": "true", "jwt.credential.private.key": "**********" },
        "defaultClientScopes": ["email"],
    }));
    let whole = ClientRepresentation::of(&client(before), &plain()).changed(change, &RealmSettings::default());
    let after = whole.read(&plain()).unwrap();
    let (_, after) = after.spec.into_parts();
    assert_eq!((after.name.as_str(), after.description.as_str()), ("", "D"));
    assert_eq!(after.pkce, Pkce::Required);
    assert!(after.redirect_uris.is_empty() && after.default_scopes.is_empty());
    assert_eq!(
        json!(after.attributes),
        json!({
            "realm_client": "false",
            "z": "3",
            "jwt.credential.private.key": "key",
            "pkce.code.challenge.method": "plain",
        })
    );
    assert_eq!(shown(after)["name"], "");
}

#[test]
fn flows_and_nodes_are_changed_one_by_one() {
    let before = settings(&json!({
        "authenticationFlowBindingOverrides": { "browser": "b", "direct_grant": "" },
        "registeredNodes": { "a": 1 },
    }));
    let change = sent(&json!({
        "authenticationFlowBindingOverrides": { "direct_grant": "d", "browser": "" },
        "registeredNodes": { "b": 2 },
    }));
    let whole = ClientRepresentation::of(&client(before.clone()), &plain()).changed(change, &RealmSettings::default());
    assert_eq!(
        shown(before)["authenticationFlowBindingOverrides"],
        json!({ "browser": "b" })
    );
    let after = shown(whole.read(&plain()).unwrap().spec.into_parts().1);
    assert_eq!(
        after["authenticationFlowBindingOverrides"],
        json!({ "direct_grant": "d" })
    );
    assert_eq!(after["registeredNodes"], json!({ "a": 1, "b": 2 }));
}

#[test]
fn problems_are_named_in_keycloaks_words() {
    let cases = [
        (
            json!({ "redirectUris": ["javascript:alert(1)"] }),
            "A redirect URI uses an illegal scheme",
        ),
        (
            json!({ "redirectUris": ["https://a/cb#x"] }),
            "A redirect URI must not contain an URL fragment",
        ),
        (
            json!({ "redirectUris": ["not a uri"] }),
            "A redirect URI is not a valid URI",
        ),
        (
            json!({ "rootUrl": "not a url", "adminUrl": "not a url" }),
            "Root URL is not a valid URL; Admin URL is not a valid URL",
        ),
        (
            json!({ "rootUrl": "javascript:x", "redirectUris": ["javascript:a"] }),
            "Root URL uses an illegal scheme; A redirect URI uses an illegal scheme",
        ),
        (
            json!({ "rootUrl": "https://a#x" }),
            "Root URL must not contain an URL fragment",
        ),
        (json!({ "rootUrl": "/x" }), "Root URL is not a valid URL"),
        (json!({ "rootUrl": "${other}" }), "Root URL is not a valid URL"),
        (
            json!({ "baseUrl": "javascript:alert(1)" }),
            "Base URL uses an illegal scheme",
        ),
        (json!({ "baseUrl": "#frag" }), "Base URL is not a valid URL"),
        (
            json!({ "attributes": { "policyUri": "x" } }),
            "Policy URL is not a valid URL",
        ),
        (
            json!({ "attributes": { "jwks.url": "javascript:x" } }),
            "JWKS URL uses an illegal scheme",
        ),
        (
            json!({ "attributes": { "backchannel.logout.url": "nope" } }),
            "Backchannel logout URL is not a valid URL",
        ),
        (
            json!({ "attributes": { "post.logout.redirect.uris": "javascript:alert(1)" } }),
            "A post-logout redirect URI uses an illegal scheme",
        ),
        (
            json!({ "attributes": { "request.uris": "javascript:x" } }),
            "Valid request URIs has a value with illegal scheme",
        ),
        (
            json!({ "protocolMappers": [{ "name": "x" }] }),
            "A protocol mapper has a name and a protocolMapper",
        ),
    ];
    for (value, problem) in cases {
        assert_eq!(read(&value).unwrap_err(), problem, "{value}");
    }
    assert!(read(&json!({ "adminUrl": "/rel", "baseUrl": "", "rootUrl": "" })).is_ok());
    assert!(read(&json!({ "attributes": { "logoUri": "data:image/png;base64,AA==" } })).is_ok());
    assert!(read(&json!({ "attributes": { "acr.loa.map": "{\"gold\": 2}" } })).is_ok());
    let levels = read(&json!({ "attributes": { "acr.loa.map": "{bad" } })).unwrap_err();
    assert_eq!(levels, "Invalid client configuration (ACR-LOA map) for client");
}

#[test]
fn keys_are_masked_for_those_who_only_look() {
    let made =
        settings(&json!({ "attributes": { "saml.signing.private.key": "MII", "client.secret.rotated": "old" } }));
    assert!(!made.attributes.contains_key("client.secret.rotated"));
    let masked = ClientRepresentation::of(&client(made), &plain()).masked();
    let shown = serde_json::to_value(masked).unwrap();
    assert_eq!(shown["attributes"]["saml.signing.private.key"], "**********");
}

#[test]
fn no_secret_is_printed() {
    let client = sent(&json!({ "secret": "hunter2", "registrationAccessToken": "hunter3" }));
    let printed = format!("{client:?}");
    assert!(!printed.contains("hunter"), "{printed}");
}
