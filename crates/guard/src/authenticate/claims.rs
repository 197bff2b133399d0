//! The claims of an access token, read into a caller. RFC 9068 §2.2, RFC 7662 §2.2
//!
//! Every claim must have its type: one of the wrong type counts as wrong, never as absent.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use keyward_client::UnixMillis;
use keyward_protocol::scope::Scope;
use serde_json::{Map, Value};

use super::Issuer;
use crate::caller::{Caller, Credential};
use crate::denial::Reason;
use crate::settings::Preset;

/// The most names in `aud`: as many as `resource_access` may have members, since Keycloak names every client there whose
/// roles the caller has.
const MAX_AUDIENCE: usize = 256;

/// Claims that ID tokens, logout tokens and security events have, and access tokens have not.
const OF_OTHER_TOKENS: [&str; 5] = ["nonce", "at_hash", "c_hash", "s_hash", "events"];

/// Where claims come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A token whose signature was verified.
    SignedToken,
    /// The issuer's answer about a token. It need not repeat what is obvious.
    Introspection,
    /// This program's own token, back at the issuer itself: verified, or read from where it is kept. What it says of
    /// its kind is the issuer's own word, and a claim that somebody has mapped into it says nothing against that.
    InHouse,
}

/// Reads claims. Says nothing about time and audience.
pub(crate) fn caller(issuer: &Issuer, claims: Map<String, Value>, source: Source) -> Result<Caller, Reason> {
    let read = Claims(&claims);
    match read.text("iss")? {
        Some(name) if name == &*issuer.url => {}
        None if source == Source::Introspection => {}
        Some(_) | None => return Err(Reason::UnknownIssuer),
    }
    check_kind(issuer, read, source)?;
    let subject = read.text("sub")?;
    let client_id = read.text("client_id")?.or(read.text("azp")?);
    let (issued_at, expires_at) = (read.instant("iat")?, read.instant("exp")?);
    let signed = source != Source::Introspection;
    if signed && (issued_at.is_none() || expires_at.is_none()) || subject == Some("") {
        return Err(Reason::Claims);
    }
    if signed && issuer.preset == Preset::Rfc9068 && (subject.is_none() || client_id.is_none()) {
        return Err(Reason::Claims);
    }
    // The issuer's own always say which they are and whose.
    if source == Source::InHouse && (read.text("client_id")?.is_none() || read.text("jti")?.is_none()) {
        return Err(Reason::Claims);
    }
    let not_before = read.instant("nbf")?.unwrap_or(0);
    let is_bound = claims.contains_key("cnf");
    Ok(Caller {
        issuer: Arc::clone(&issuer.url),
        kind: kind(issuer, read, subject, client_id)?,
        subject: subject.map(str::to_owned),
        client_id: client_id.map(str::to_owned),
        scope: Scope::parse(read.text("scope")?.unwrap_or_default()).map_err(|_| Reason::Claims)?,
        realm_roles: roles(claims.get("realm_access"))?,
        client_roles: client_roles(claims.get("resource_access"))?,
        audience: read.audience()?,
        acr: read.text("acr")?.map(str::to_owned),
        auth_time: read.instant("auth_time")?,
        token_id: read.text("jti")?.map(str::to_owned),
        session: read.text("sid")?.map(str::to_owned),
        issued_at: issued_at.unwrap_or(0),
        expires_at: expires_at.unwrap_or(u64::MAX),
        not_before,
        is_bound,
        claims,
        identity: OnceLock::new(),
    })
}

/// Whether the token is good at `now`: begun, not ended, and not made to live longer than this issuer's may.
/// RFC 7519 §4.1.4
pub(super) fn check_times(issuer: &Issuer, caller: &Caller, now: UnixMillis) -> Result<(), Reason> {
    if caller.expires_at.saturating_sub(caller.issued_at) > issuer.max_lifetime {
        return Err(Reason::LivesTooLong);
    }
    check_now(issuer, caller, now)
}

/// The part of it that changes with time.
pub(super) fn check_now(issuer: &Issuer, caller: &Caller, now: UnixMillis) -> Result<(), Reason> {
    let latest = now.secs().saturating_add(issuer.clock_skew);
    if caller.expires_at.saturating_add(issuer.clock_skew) <= now.secs() {
        return Err(Reason::Expired);
    }
    // A login that is still to come would be a recent one for as long as that takes.
    let logged_in = caller.auth_time.unwrap_or(0);
    if [caller.not_before, caller.issued_at, logged_in]
        .into_iter()
        .any(|begin| begin > latest)
    {
        return Err(Reason::NotYetValid);
    }
    Ok(())
}

/// Whether the claims themselves say that this is no access token. RFC 8725 §3.12
fn check_kind(issuer: &Issuer, read: Claims<'_>, source: Source) -> Result<(), Reason> {
    // Amazon's and Hydra's word for the kind, and RFC 7662's for how a token is used: an answer may be about a refresh token.
    let is_other = |name, taken: &[&str]| {
        let says = read.text(name)?;
        Ok::<_, Reason>(says.is_some_and(|says| !taken.iter().any(|word| word.eq_ignore_ascii_case(says))))
    };
    if is_other("token_use", &["access", "access_token"])? || is_other("token_type", &["Bearer"])? {
        return Err(Reason::NotAnAccessToken);
    }
    let says = read.text("typ")?;
    let fits = match (issuer.preset, says) {
        // The issuer's own word for the kind. A claim that somebody has mapped into it says nothing against that:
        // Keycloak before 24 wrote the `nonce` into access tokens too.
        (Preset::Keycloak | Preset::Keyward, Some("Bearer")) => return Ok(()),
        // An access token too, whose proof the sender step asks for. Without `cnf` there is nothing to prove.
        (Preset::Keycloak | Preset::Keyward, Some("DPoP")) if read.0.contains_key("cnf") => return Ok(()),
        (Preset::Keycloak | Preset::Keyward, says) => says.is_none() && source == Source::Introspection,
        (Preset::Rfc9068 | Preset::Auth0, says) => says.is_none_or(|says| {
            ["Bearer", "JWT", "at+jwt"]
                .iter()
                .any(|word| word.eq_ignore_ascii_case(says))
        }),
    };
    let foreign = OF_OTHER_TOKENS.iter().any(|name| read.0.contains_key(*name));
    if fits && !foreign {
        Ok(())
    } else {
        Err(Reason::NotAnAccessToken)
    }
}

/// A person or a service.
fn kind(
    issuer: &Issuer,
    read: Claims<'_>,
    subject: Option<&str>,
    client_id: Option<&str>,
) -> Result<Credential, Reason> {
    let by_subject = match (subject, client_id) {
        (Some(subject), Some(client)) => subject == client || subject.strip_suffix("@clients") == Some(client),
        (None, _) => true,
        (Some(_), None) => false,
    };
    let is_service = match issuer.preset {
        // A person's token names their session; a service has none. Nothing else counts: a lightweight token of a
        // person has no `sub`, and mappers can write all other claims.
        Preset::Keycloak | Preset::Keyward => read.text("sid")?.is_none(),
        Preset::Rfc9068 => by_subject,
        Preset::Auth0 => by_subject || read.text("gty")? == Some("client-credentials"),
    };
    Ok(if is_service {
        Credential::Client
    } else {
        Credential::User
    })
}

/// Keycloak's `realm_access`.
fn roles(access: Option<&Value>) -> Result<Vec<String>, Reason> {
    let Some(access) = access else { return Ok(Vec::new()) };
    let roles = access.as_object().ok_or(Reason::Claims)?.get("roles");
    roles.map_or(Ok(Vec::new()), texts)
}

/// Keycloak's `resource_access`.
fn client_roles(access: Option<&Value>) -> Result<BTreeMap<String, Vec<String>>, Reason> {
    let Some(access) = access else {
        return Ok(BTreeMap::new());
    };
    let clients = access.as_object().ok_or(Reason::Claims)?;
    clients
        .iter()
        .map(|(client, access)| Ok((client.clone(), roles(Some(access))?)))
        .collect()
}

fn texts(value: &Value) -> Result<Vec<String>, Reason> {
    let elements = value.as_array().ok_or(Reason::Claims)?;
    elements
        .iter()
        .map(|element| element.as_str().map(str::to_owned).ok_or(Reason::Claims))
        .collect()
}

#[derive(Clone, Copy)]
struct Claims<'c>(&'c Map<String, Value>);

impl<'c> Claims<'c> {
    fn text(self, name: &str) -> Result<Option<&'c str>, Reason> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Reason::Claims),
        }
    }

    /// Whole seconds of Unix time. RFC 7519 §2
    fn instant(self, name: &str) -> Result<Option<u64>, Reason> {
        match self.0.get(name) {
            None => Ok(None),
            // Years that no clock shows would make sums of them meaningless.
            Some(value) => match value.as_u64() {
                Some(secs) if secs < 1 << 48 => Ok(Some(secs)),
                _ => Err(Reason::Claims),
            },
        }
    }

    /// One name or several. RFC 7519 §4.1.3
    fn audience(self) -> Result<Vec<String>, Reason> {
        match self.0.get("aud") {
            None => Ok(Vec::new()),
            Some(Value::String(name)) => Ok(vec![name.clone()]),
            Some(value) => texts(value).and_then(|names| {
                if names.len() > MAX_AUDIENCE {
                    return Err(Reason::Claims);
                }
                Ok(names)
            }),
        }
    }
}

#[cfg(test)]
mod tests;
