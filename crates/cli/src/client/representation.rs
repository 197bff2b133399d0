//! The settings of a new client as the admin API takes them.

use keyward_domain::client::{
    AccessTokenFormat, ApplicationType, ClientSettings, ClientType, ConsentPolicy, IdTokenContent, Pkce,
};
use keyward_domain::policy::lifetime::SecurityProfile;
use serde_json::{Map, Value, json};

/// A `ClientRepresentation`. Scopes are left out: those of the realm come with it.
pub(super) fn of(client_id: &str, settings: &ClientSettings) -> Value {
    let mappers: Vec<Value> = settings
        .mappers
        .iter()
        .map(|mapper| {
            json!({
                "name": mapper.name,
                "protocol": mapper.protocol,
                "protocolMapper": mapper.protocol_mapper,
                "config": mapper.config,
            })
        })
        .collect();
    json!({
        "clientId": client_id,
        "name": settings.name,
        "protocol": "openid-connect",
        "publicClient": settings.client_type == ClientType::Public,
        "serviceAccountsEnabled": settings.service_account,
        "standardFlowEnabled": settings.standard_flow,
        "directAccessGrantsEnabled": settings.direct_access_grants,
        "redirectUris": settings.redirect_uris,
        "webOrigins": settings.web_origins,
        "consentRequired": settings.consent != ConsentPolicy::None,
        "protocolMappers": mappers,
        "attributes": attributes(settings),
    })
}

/// What Keycloak has no word for begins with `keyward.`; a server that does not know it keeps it as it is.
fn attributes(settings: &ClientSettings) -> Value {
    let tokens = &settings.access_token;
    let is = |is: bool, word: &str| is.then(|| word.to_owned());
    let format = |format: AccessTokenFormat, word: &str| is(tokens.format == format, word);
    let lifespan = tokens.lifespan.map(|lifespan| lifespan.secs().to_string());
    let algorithm = tokens.signature_algorithm.map(|algorithm| algorithm.name().to_owned());
    let after_logout = &settings.post_logout_redirect_uris;
    let all = [
        (
            "pkce.code.challenge.method",
            is(settings.standard_flow && settings.pkce == Pkce::Required, "S256"),
        ),
        (
            "post.logout.redirect.uris",
            is(!after_logout.is_empty(), &after_logout.join("##")),
        ),
        ("access.token.lifespan", lifespan),
        ("access.token.signed.response.alg", algorithm),
        (
            "access.token.header.type.rfc9068",
            format(AccessTokenFormat::AtJwt, "true"),
        ),
        (
            "keyward.access.token.format",
            format(AccessTokenFormat::Opaque, "opaque"),
        ),
        (
            "keyward.security.profile",
            is(tokens.profile == SecurityProfile::High, "high"),
        ),
        (
            "keyward.id.token.content",
            is(settings.id_token.content == IdTokenContent::Protocol, "protocol"),
        ),
        (
            "keyward.consent",
            is(settings.consent == ConsentPolicy::Always, "always"),
        ),
        (
            "keyward.application.type",
            is(settings.application_type == ApplicationType::Native, "native"),
        ),
    ];
    let told = all
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
    Value::Object(told.collect::<Map<_, _>>())
}
