use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Mapper, ProtocolMapper, Target};
use crate::id::MapperId;

fn mapper(kind: &str, config: &[(&str, &str)]) -> Option<Mapper> {
    Mapper::parse(&ProtocolMapper::new(MapperId(Uuid::nil()), "m", kind, config))
}

fn targets(mapper: &Mapper) -> Vec<Target> {
    use Target::{AccessToken, IdToken, Introspection, LightweightAccessToken, Response, UserInfo};
    let all = [
        AccessToken,
        LightweightAccessToken,
        IdToken,
        UserInfo,
        Introspection,
        Response,
    ];
    all.into_iter().filter(|&target| mapper.is_for(target)).collect()
}

#[test]
fn a_row_is_stored_in_keycloaks_form() {
    let text = concat!(
        r#"{"id":"ce9285b2-6fc4-4e4f-83be-d10dcd8a6665","name":"hard tier","protocol":"openid-connect","#,
        r#""protocolMapper":"oidc-hardcoded-claim-mapper","consentRequired":false,"#,
        r#""config":{"claim.name":"tier","claim.value":"gold"}}"#
    );
    let row: ProtocolMapper = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&row).unwrap(), text);
    let short = r#"{"id":"ce9285b2-6fc4-4e4f-83be-d10dcd8a6665","name":"x","protocol":"p","protocolMapper":"k"}"#;
    let row: ProtocolMapper = serde_json::from_str(short).unwrap();
    assert_eq!((row.consent_required, row.config), (false, BTreeMap::new()));
}

#[test]
fn a_mapper_that_says_nothing_of_an_answer_follows_the_token() {
    use Target::{AccessToken, IdToken, Introspection, UserInfo};
    let said = |config: &[(&str, &str)]| {
        let claim = [("claim.name", "x"), ("user.attribute", "x")];
        targets(&mapper("oidc-usermodel-attribute-mapper", &[&claim, config].concat()).unwrap())
    };
    assert_eq!(said(&[]), []);
    assert_eq!(said(&[("access.token.claim", "true")]), [AccessToken, Introspection]);
    assert_eq!(said(&[("id.token.claim", "true")]), [IdToken, UserInfo]);
    assert_eq!(
        said(&[
            ("access.token.claim", "true"),
            ("introspection.token.claim", "false"),
            ("id.token.claim", "TRUE"),
            ("access.tokenResponse.claim", "true"),
        ]),
        [AccessToken],
        "as written, and an attribute never goes into the answer"
    );
}

#[test]
fn kinds_go_only_where_keycloaks_do() {
    use Target::{AccessToken, IdToken, Introspection, LightweightAccessToken, UserInfo};
    let everything = [
        ("access.token.claim", "true"),
        ("id.token.claim", "true"),
        ("userinfo.token.claim", "true"),
        ("introspection.token.claim", "true"),
        ("lightweight.claim", "true"),
        ("access.tokenResponse.claim", "true"),
    ];
    for (kind, config, expected) in [
        (
            "oidc-acr-mapper",
            ("", ""),
            vec![AccessToken, LightweightAccessToken, IdToken, Introspection],
        ),
        (
            "oidc-amr-mapper",
            ("", ""),
            vec![AccessToken, LightweightAccessToken, IdToken],
        ),
        (
            "oidc-audience-mapper",
            ("included.client.audience", "a"),
            vec![AccessToken, LightweightAccessToken, IdToken, Introspection],
        ),
        ("oidc-claims-param-token-mapper", ("", ""), vec![IdToken, UserInfo]),
        (
            "oidc-claims-param-value-idtoken-mapper",
            ("claim.name", "x"),
            vec![IdToken],
        ),
        (
            "oidc-nonce-backwards-compatible-mapper",
            ("", ""),
            vec![AccessToken, LightweightAccessToken],
        ),
    ] {
        let mapper = mapper(kind, &[&everything[..], &[config]].concat()).unwrap();
        assert_eq!(targets(&mapper), expected, "{kind}");
    }
    // What nothing is said of.
    for kind in ["oidc-audience-resolve-mapper", "oidc-allowed-origins-mapper"] {
        assert_eq!(
            targets(&mapper(kind, &[]).unwrap()),
            [AccessToken, Introspection],
            "{kind}"
        );
    }
}

#[test]
fn a_mapper_that_lacks_what_it_needs_does_nothing() {
    for kind in [
        "oidc-audience-mapper",
        "oidc-claims-param-value-idtoken-mapper",
        "oidc-group-membership-mapper",
        "oidc-hardcoded-claim-mapper",
        "oidc-hardcoded-role-mapper",
        "oidc-role-name-mapper",
        "oidc-sha256-pairwise-sub-mapper",
        "oidc-usermodel-attribute-mapper",
        "oidc-usermodel-client-role-mapper",
        "oidc-usermodel-property-mapper",
        "oidc-usermodel-realm-role-mapper",
        "oidc-usersessionmodel-note-mapper",
        "oidc-script-based-protocol-mapper",
        "oidc-organization-membership-mapper",
        "",
    ] {
        assert_eq!(mapper(kind, &[]), None, "{kind}");
        assert_eq!(
            mapper(kind, &[("claim.name", ""), ("user.attribute", "")]),
            None,
            "{kind}"
        );
    }
}

#[test]
fn a_client_goes_before_a_text_as_an_audience() {
    let both = [
        ("included.client.audience", "api"),
        ("included.custom.audience", "text"),
    ];
    let text = [("included.client.audience", ""), ("included.custom.audience", "text")];
    let named = |config: &[(&str, &str)]| match mapper("oidc-audience-mapper", config).unwrap().action() {
        super::Action::Audience(audience) => audience.0.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(named(&both), "api");
    assert_eq!(named(&text), "text");
}
