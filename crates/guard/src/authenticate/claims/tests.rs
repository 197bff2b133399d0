use keyward_client::jwks::{JwksCache, KeySet};
use serde_json::json;

use super::*;
use crate::sender;

const NOW: UnixMillis = UnixMillis(1_000_000_000);

fn issuer(preset: Preset) -> Issuer {
    Issuer {
        id: "main".into(),
        url: "https://id.example.com".into(),
        preset,
        token_types: Vec::new(),
        algorithms: Vec::new(),
        clock_skew: 30,
        max_lifetime: 3_600,
        required: true,
        keys: JwksCache::fixed(KeySet::default()),
        written: None,
        introspection: None,
    }
}

/// The claims of a good token, with others in place of some of them.
fn claims(others: &Value) -> Map<String, Value> {
    let mut claims = json!({
        "iss": "https://id.example.com", "sub": "alice", "client_id": "shop", "iat": 1_000_000, "exp": 1_000_300,
        "aud": "api", "scope": "a b", "typ": "Bearer", "sid": "s-1",
    });
    let members = claims.as_object_mut().unwrap();
    for (name, value) in others.as_object().unwrap() {
        members.insert(name.clone(), value.clone());
    }
    members.retain(|_, value| *value != json!("-"));
    members.clone()
}

fn read(preset: Preset, others: &Value) -> Result<Caller, Reason> {
    caller(&issuer(preset), claims(others), Source::SignedToken)
}

fn told(others: &Value) -> Result<Caller, Reason> {
    caller(&issuer(Preset::Rfc9068), claims(others), Source::Introspection)
}

fn kind_of(preset: Preset, others: &Value) -> Credential {
    read(preset, others).unwrap().kind()
}

fn now(others: &Value) -> Result<(), Reason> {
    let issuer = issuer(Preset::Rfc9068);
    check_times(&issuer, &read(Preset::Rfc9068, others).unwrap(), NOW)
}

#[test]
fn everything_is_read() {
    let others = json!({
        "jti": "t-1", "acr": "gold", "auth_time": 999_000, "realm_access": {"roles": ["payer"]},
        "resource_access": {"shop": {"roles": ["clerk"]}, "empty": {}},
    });
    let caller = read(Preset::Rfc9068, &others).unwrap();
    assert_eq!(
        (caller.issuer(), caller.subject(), caller.client_id()),
        ("https://id.example.com", Some("alice"), Some("shop"))
    );
    assert_eq!(
        (caller.acr(), caller.auth_time(), caller.token_id()),
        (Some("gold"), Some(999_000), Some("t-1"))
    );
    assert_eq!(
        (caller.issued_at(), caller.expires_at(), caller.session()),
        (1_000_000, 1_000_300, Some("s-1"))
    );
    assert!(caller.has_scope("a") && caller.has_scope("b") && !caller.has_scope("a b"));
    assert!(caller.has_realm_role("payer") && caller.has_client_role("shop", "clerk"));
    assert!(!caller.has_client_role("empty", "clerk") && !caller.has_client_role("clerk", "shop"));
    assert_eq!(caller.audience(), ["api"]);
}

#[test]
fn a_claim_of_the_wrong_type_is_wrong_and_not_absent() {
    for wrong in [
        json!({"sub": 1}),
        json!({"sub": null}),
        json!({"sub": ""}),
        json!({"client_id": ["shop"]}),
        json!({"scope": ["a"]}),
        json!({"scope": "a  b"}),
        json!({"aud": null}),
        json!({"aud": {"api": true}}),
        json!({"aud": ["api", 1]}),
        json!({"exp": "1000300"}),
        json!({"exp": 1_000_300.5}),
        json!({"exp": -1}),
        json!({"exp": 1_u64 << 48}),
        json!({"iat": null}),
        json!({"nbf": "1"}),
        json!({"acr": 1}),
        json!({"auth_time": "1"}),
        json!({"jti": 1}),
        json!({"sid": {}}),
        json!({"realm_access": []}),
        json!({"realm_access": {"roles": "payer"}}),
        json!({"realm_access": {"roles": [1]}}),
        json!({"resource_access": {"shop": ["payer"]}}),
    ] {
        for source in [Source::SignedToken, Source::Introspection] {
            let found = caller(&issuer(Preset::Rfc9068), claims(&wrong), source);
            assert_eq!(found.err(), Some(Reason::Claims), "{wrong} {source:?}");
        }
    }
    assert_eq!(read(Preset::Rfc9068, &json!({"typ": 1})).err(), Some(Reason::Claims));
}

#[test]
fn the_issuer_is_the_very_one() {
    for other in ["https://id.example.com/", "https://ID.example.com", ""] {
        assert_eq!(
            read(Preset::Rfc9068, &json!({"iss": other})).err(),
            Some(Reason::UnknownIssuer),
            "{other}"
        );
        assert_eq!(
            told(&json!({"iss": other})).err(),
            Some(Reason::UnknownIssuer),
            "{other}"
        );
    }
    assert_eq!(
        read(Preset::Rfc9068, &json!({"iss": "-"})).err(),
        Some(Reason::UnknownIssuer)
    );
    assert!(told(&json!({"iss": "-"})).is_ok());
}

#[test]
fn a_bound_token_is_no_bearer_token_whatever_it_is_bound_to() {
    for cnf in [
        json!({"jkt": "x"}),
        json!({"x5t#S256": "x"}),
        json!({}),
        json!(null),
        json!("x"),
    ] {
        for preset in [Preset::Rfc9068, Preset::Keycloak, Preset::Keyward, Preset::Auth0] {
            assert_eq!(
                read(preset, &json!({"cnf": cnf})).map(|caller| sender::check(&caller)),
                Ok(Err(Reason::SenderConstrained)),
                "{cnf}"
            );
        }
        assert_eq!(
            told(&json!({"cnf": cnf})).map(|caller| sender::check(&caller)),
            Ok(Err(Reason::SenderConstrained)),
            "{cnf}"
        );
    }
}

#[test]
fn what_must_be_there_by_preset() {
    for (preset, missing, wrong) in [
        (Preset::Rfc9068, "sub", true),
        (Preset::Rfc9068, "client_id", true),
        (Preset::Rfc9068, "exp", true),
        (Preset::Rfc9068, "iat", true),
        (Preset::Keycloak, "sub", false),
        (Preset::Keycloak, "exp", true),
        (Preset::Auth0, "client_id", false),
        (Preset::Auth0, "iat", true),
    ] {
        let found = read(preset, &json!({ missing: "-" }));
        assert_eq!(found.is_err(), wrong, "{preset:?} {missing}");
    }
    // An issuer that is asked need not repeat what the token says.
    assert!(told(&json!({"sub": "-", "client_id": "-", "exp": "-", "iat": "-", "scope": "-", "aud": "-"})).is_ok());
}

#[test]
fn tokens_of_other_kinds() {
    for name in OF_OTHER_TOKENS {
        let found = |preset| read(preset, &json!({ name: "x" })).err();
        for preset in [Preset::Rfc9068, Preset::Auth0] {
            assert_eq!(found(preset), Some(Reason::NotAnAccessToken), "{name}");
        }
        // There the payload says in so many words what it is.
        assert_eq!(found(Preset::Keycloak), None, "{name}");
        assert_eq!(
            told(&json!({ name: "x" })).err(),
            Some(Reason::NotAnAccessToken),
            "{name}"
        );
    }
    for typ in ["ID", "Refresh", "Offline", "Logout", "DPoP", "bearer", "-"] {
        let others = json!({"typ": typ});
        assert_eq!(
            read(Preset::Keycloak, &others).err(),
            Some(Reason::NotAnAccessToken),
            "{typ}"
        );
        assert_eq!(
            read(Preset::Keyward, &others).err(),
            Some(Reason::NotAnAccessToken),
            "{typ}"
        );
        let says_nothing = matches!(typ, "bearer" | "-");
        assert_eq!(read(Preset::Rfc9068, &others).is_ok(), says_nothing, "{typ}");
    }
    let asked = |others: &Value| caller(&issuer(Preset::Keycloak), claims(others), Source::Introspection).err();
    assert_eq!(asked(&json!({"typ": "-"})), None);
    assert_eq!(asked(&json!({"typ": "Refresh"})), Some(Reason::NotAnAccessToken));
    assert_eq!(
        asked(&json!({"typ": "-", "nonce": "x"})),
        Some(Reason::NotAnAccessToken)
    );
}

#[test]
fn a_person_or_a_service() {
    let (user, client) = (Credential::User, Credential::Client);
    for (preset, others, kind) in [
        (Preset::Rfc9068, json!({}), user),
        (Preset::Rfc9068, json!({"sub": "shop"}), client),
        (Preset::Rfc9068, json!({"gty": "client-credentials"}), user),
        (Preset::Auth0, json!({"sub": "shop@clients"}), client),
        (Preset::Auth0, json!({"gty": "client-credentials"}), client),
        (
            Preset::Auth0,
            json!({"sub": "shop@clients", "client_id": "other"}),
            user,
        ),
        (Preset::Keycloak, json!({}), user),
        (Preset::Keycloak, json!({"sid": "-"}), client),
        (Preset::Keycloak, json!({"sub": "-"}), user),
        (Preset::Keycloak, json!({"sub": "shop"}), user),
        (Preset::Keycloak, json!({"gty": "client-credentials"}), user),
        (Preset::Keyward, json!({"sid": "-"}), client),
    ] {
        assert_eq!(kind_of(preset, &others), kind, "{preset:?} {others}");
    }
}

#[test]
fn azp_where_there_is_no_client_id() {
    let read = |others: &Value| read(Preset::Rfc9068, others).unwrap().client_id().map(str::to_owned);
    assert_eq!(
        read(&json!({"client_id": "-", "azp": "other"})).as_deref(),
        Some("other")
    );
    assert_eq!(read(&json!({"azp": "other"})).as_deref(), Some("shop"));
}

#[test]
fn audiences_are_bounded() {
    let many = |count: usize| json!({"aud": vec!["api"; count]});
    assert!(read(Preset::Rfc9068, &many(MAX_AUDIENCE)).is_ok());
    assert_eq!(
        read(Preset::Rfc9068, &many(MAX_AUDIENCE + 1)).err(),
        Some(Reason::Claims)
    );
}

#[test]
fn time() {
    for (others, verdict) in [
        (json!({}), Ok(())),
        (json!({"iat": 999_700, "exp": 999_971}), Ok(())),
        (json!({"iat": 999_700, "exp": 999_970}), Err(Reason::Expired)),
        (json!({"iat": 0, "exp": 0}), Err(Reason::Expired)),
        (json!({"iat": 1_000_030}), Ok(())),
        (json!({"iat": 1_000_031}), Err(Reason::NotYetValid)),
        (json!({"nbf": 1_000_030}), Ok(())),
        (json!({"nbf": 1_000_031}), Err(Reason::NotYetValid)),
        (json!({"auth_time": 1_000_030}), Ok(())),
        (json!({"auth_time": 1_000_031}), Err(Reason::NotYetValid)),
        (json!({"exp": 1_003_600}), Ok(())),
        (json!({"exp": 1_003_601}), Err(Reason::LivesTooLong)),
        (json!({"iat": 996_401, "exp": 1_000_002}), Err(Reason::LivesTooLong)),
        (json!({"exp": (1_u64 << 48) - 1}), Err(Reason::LivesTooLong)),
    ] {
        assert_eq!(now(&others), verdict, "{others}");
    }
    // What the issuer says without an end has none.
    let endless = told(&json!({"exp": "-", "iat": "-"})).unwrap();
    assert_eq!(check_now(&issuer(Preset::Rfc9068), &endless, NOW), Ok(()));
}

#[test]
fn an_answer_about_another_token_is_none_about_an_access_token() {
    for others in [
        json!({"token_use": "refresh_token"}),
        json!({"token_use": "id"}),
        json!({"token_type": "DPoP"}),
        json!({"token_type": "N_A"}),
        json!({"typ": "Refresh"}),
        json!({"typ": "ID"}),
    ] {
        assert_eq!(told(&others).map(|_| ()), Err(Reason::NotAnAccessToken), "{others}");
    }
    for others in [
        json!({"token_use": "access_token", "token_type": "bearer"}),
        json!({"token_use": "access", "typ": "at+jwt"}),
        json!({"typ": "-"}),
    ] {
        assert!(told(&others).is_ok(), "{others}");
    }
}
