//! The attributes of a client that something here acts on.
//!
//! They are kept as they came. Going out, what is set here is written over one only where the two differ in meaning, so
//! that `plain`, `""` and `S256` come back as they went in. What Keycloak has no word for begins with `keyward.`.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use keyward_domain::client::{
    AccessTokenFormat, ApplicationType, ClientAuthMethod, ClientSettings, ConsentPolicy, IdTokenContent, Pkce,
    RefreshRotation, RefreshTokens,
};
use keyward_domain::policy::grant_lifespan::ClientSessionLifespans;
use keyward_domain::policy::lifetime::{AccessTokenLifespan, LONGEST_ON_REQUEST_SECS, SecurityProfile};
use keyward_jose::Algorithm;

const PKCE: &str = "pkce.code.challenge.method";
const LIFESPAN: &str = "access.token.lifespan";
const SESSION_IDLE: &str = "client.session.idle.timeout";
const SESSION_MAX: &str = "client.session.max.lifespan";
const OFFLINE_SESSION_IDLE: &str = "client.offline.session.idle.timeout";
const OFFLINE_SESSION_MAX: &str = "client.offline.session.max.lifespan";
const ACCESS_ALGORITHM: &str = "access.token.signed.response.alg";
const ID_ALGORITHM: &str = "id.token.signed.response.alg";
const RFC_9068: &str = "access.token.header.type.rfc9068";
const LIGHTWEIGHT: &str = "client.use.lightweight.access.token.enabled";
const REFRESH_TOKENS: &str = "use.refresh.tokens";
const PINNED_METHOD: &str = "client.secret.authentication.allowed.method";
pub(super) const POST_LOGOUT: &str = "post.logout.redirect.uris";

const FORMAT: &str = "keyward.access.token.format";
const PROFILE: &str = "keyward.security.profile";
const ROTATION: &str = "keyward.refresh.rotation";
const ID_CONTENT: &str = "keyward.id.token.content";
const CONSENT: &str = "keyward.consent";
const APPLICATION: &str = "keyward.application.type";
const RAW_BASIC: &str = "keyward.raw.basic";

/// Texts by name.
pub(super) type Attributes = BTreeMap<String, String>;

/// What an authenticator of Keycloak's is here: anything but a secret is not offered, and no secret stands in for it.
pub(super) fn auth_method(authenticator: Option<&str>, attributes: &Attributes) -> ClientAuthMethod {
    match (authenticator, attributes.get(PINNED_METHOD).map(String::as_str)) {
        (None | Some("client-secret"), None) => ClientAuthMethod::ClientSecret,
        (None | Some("client-secret"), Some("client_secret_basic")) => ClientAuthMethod::ClientSecretBasic,
        (None | Some("client-secret"), Some("client_secret_post")) => ClientAuthMethod::ClientSecretPost,
        _ => ClientAuthMethod::NotOffered,
    }
}

/// Reads them into the settings. `any_port`: whether a redirect URI asks for any port of `localhost`, which only native
/// applications get.
pub(super) fn read(settings: &mut ClientSettings, attributes: &Attributes, any_port: ApplicationType) {
    let text = |name: &str| attributes.get(name).map(String::as_str);
    let is_true = |name: &str| text(name) == Some("true");
    settings.pkce = if text(PKCE).is_some() {
        Pkce::Required
    } else {
        Pkce::Optional
    };
    settings.access_token.lifespan = text(LIFESPAN).and_then(lifespan);
    settings.sessions = ClientSessionLifespans {
        idle_timeout: text(SESSION_IDLE).and_then(session_secs),
        max_lifespan: text(SESSION_MAX).and_then(session_secs),
        offline_idle_timeout: text(OFFLINE_SESSION_IDLE).and_then(session_secs),
        offline_max_lifespan: text(OFFLINE_SESSION_MAX).and_then(session_secs),
    };
    settings.access_token.signature_algorithm = text(ACCESS_ALGORITHM).and_then(Algorithm::parse);
    settings.id_token.signature_algorithm = text(ID_ALGORITHM).and_then(Algorithm::parse);
    settings.access_token.format = match (text(FORMAT), is_true(RFC_9068)) {
        (Some("opaque"), _) => AccessTokenFormat::Opaque,
        (_, true) => AccessTokenFormat::AtJwt,
        (_, false) => AccessTokenFormat::Keycloak,
    };
    settings.access_token.lightweight = is_true(LIGHTWEIGHT);
    settings.access_token.profile = match text(PROFILE) {
        Some("high") => SecurityProfile::High,
        _ => SecurityProfile::Standard,
    };
    settings.refresh_tokens = match text(REFRESH_TOKENS) {
        Some("false") => RefreshTokens::Withheld,
        _ => RefreshTokens::Issued,
    };
    settings.refresh_rotation = match text(ROTATION) {
        Some("always") => RefreshRotation::Always,
        Some("never") => RefreshRotation::Never,
        _ => RefreshRotation::ByClientType,
    };
    settings.id_token.content = match text(ID_CONTENT) {
        Some("protocol") => IdTokenContent::Protocol,
        _ => IdTokenContent::Mappers,
    };
    if settings.consent != ConsentPolicy::None && text(CONSENT) == Some("always") {
        settings.consent = ConsentPolicy::Always;
    }
    settings.application_type = match text(APPLICATION) {
        Some("native") => ApplicationType::Native,
        Some("web") => ApplicationType::Web,
        _ => any_port,
    };
    settings.raw_basic = is_true(RAW_BASIC);
}

/// Seconds; more than a day is a day. Nothing for the words that Keycloak has for "as long as the login".
fn lifespan(text: &str) -> Option<AccessTokenLifespan> {
    let secs = text.parse::<u64>().ok().filter(|secs| *secs > 0)?;
    let secs = u32::try_from(secs).unwrap_or(u32::MAX).min(LONGEST_ON_REQUEST_SECS);
    AccessTokenLifespan::long(secs).ok()
}

/// Seconds; nothing for what is no number above zero, which leaves it to the realm, as in Keycloak.
fn session_secs(text: &str) -> Option<NonZeroU32> {
    let secs = text.parse::<u64>().ok()?;
    NonZeroU32::new(u32::try_from(secs).unwrap_or(u32::MAX))
}

/// The attributes of these settings: those that came, brought in line with what is set.
pub(super) fn write(settings: &ClientSettings, authenticator: Option<&str>, any_port: ApplicationType) -> Attributes {
    let mut attributes = settings.attributes.clone();
    // What they mean alone: where that is what is set, they stay as they came.
    let mut meant = ClientSettings {
        consent: match settings.consent {
            ConsentPolicy::None => ConsentPolicy::None,
            ConsentPolicy::Remember | ConsentPolicy::Always => ConsentPolicy::Remember,
        },
        auth_method: auth_method(authenticator, &attributes),
        ..ClientSettings::default()
    };
    read(&mut meant, &attributes, any_port);
    for ((name, word), (_, meant)) in words(settings).into_iter().zip(words(&meant)) {
        if word == meant {
            continue;
        }
        match word {
            Some(word) => attributes.insert(name.to_owned(), word),
            None => attributes.remove(name),
        };
    }
    attributes
}

/// Each of the attributes in the words that are used for it here; none for what goes without saying.
fn words(settings: &ClientSettings) -> [(&'static str, Option<String>); 19] {
    let word = |is: bool, word: &str| is.then(|| word.to_owned());
    let algorithm = |algorithm: Option<Algorithm>| algorithm.map(|algorithm| algorithm.name().to_owned());
    let tokens = &settings.access_token;
    let pinned = match settings.auth_method {
        ClientAuthMethod::ClientSecretBasic => Some("client_secret_basic".to_owned()),
        ClientAuthMethod::ClientSecretPost => Some("client_secret_post".to_owned()),
        ClientAuthMethod::ClientSecret | ClientAuthMethod::NotOffered => None,
    };
    let rotation = match settings.refresh_rotation {
        RefreshRotation::ByClientType => None,
        RefreshRotation::Always => Some("always".to_owned()),
        RefreshRotation::Never => Some("never".to_owned()),
    };
    let application = match settings.application_type {
        ApplicationType::Native => "native",
        ApplicationType::Web => "web",
    };
    let secs = |secs: Option<NonZeroU32>| secs.map(|secs| secs.to_string());
    let sessions = &settings.sessions;
    [
        (SESSION_IDLE, secs(sessions.idle_timeout)),
        (SESSION_MAX, secs(sessions.max_lifespan)),
        (OFFLINE_SESSION_IDLE, secs(sessions.offline_idle_timeout)),
        (OFFLINE_SESSION_MAX, secs(sessions.offline_max_lifespan)),
        (PKCE, word(settings.pkce == Pkce::Required, "S256")),
        (LIFESPAN, tokens.lifespan.map(|lifespan| lifespan.secs().to_string())),
        (ACCESS_ALGORITHM, algorithm(tokens.signature_algorithm)),
        (ID_ALGORITHM, algorithm(settings.id_token.signature_algorithm)),
        (RFC_9068, word(tokens.format == AccessTokenFormat::AtJwt, "true")),
        (FORMAT, word(tokens.format == AccessTokenFormat::Opaque, "opaque")),
        (LIGHTWEIGHT, word(tokens.lightweight, "true")),
        (PROFILE, word(tokens.profile == SecurityProfile::High, "high")),
        (
            REFRESH_TOKENS,
            word(settings.refresh_tokens == RefreshTokens::Withheld, "false"),
        ),
        (ROTATION, rotation),
        (
            ID_CONTENT,
            word(settings.id_token.content == IdTokenContent::Protocol, "protocol"),
        ),
        (CONSENT, word(settings.consent == ConsentPolicy::Always, "always")),
        (APPLICATION, Some(application.to_owned())),
        (RAW_BASIC, word(settings.raw_basic, "true")),
        (PINNED_METHOD, pinned),
    ]
}
