//! Whose token it is, and whether it is good: by the issuer's keys, by asking the issuer, or both.

use std::sync::Arc;

use keyward_client::UnixMillis;
use keyward_jose::{Unverified, digest};

use crate::caller::Caller;
use crate::denial::Reason;
use crate::policy::Policy;
use crate::settings::Validation;

mod both;
pub(crate) mod claims;
mod introspect;
mod issuer;
pub(crate) mod jwt;
mod verified;

use claims::Source;
pub(crate) use introspect::Introspected;
pub use introspect::IntrospectionState;
pub(crate) use issuer::{Issuer, Issuers};
use verified::Good;
pub use verified::Lookups;
pub(crate) use verified::VerifiedTokens;

/// What is known of a token before it is believed.
pub(crate) struct Token<'r> {
    pub(crate) text: &'r str,
    /// SHA-256 of the text: what caches and records know it by.
    pub(crate) digest: [u8; 32],
}

impl<'r> Token<'r> {
    /// Of a token as it came.
    pub(crate) fn of(text: &'r str) -> Self {
        Self {
            text,
            digest: digest::sha256(text.as_bytes()),
        }
    }

    /// Whether it has the form of a signed token. RFC 7515 §7.1
    fn is_signed(&self) -> bool {
        self.text.bytes().filter(|byte| *byte == b'.').count() == 2
    }
}

/// Finds the caller behind a token.
pub(crate) async fn authenticate(
    policy: &Policy,
    verified: &VerifiedTokens,
    token: &Token<'_>,
    now: UnixMillis,
) -> Result<Arc<Caller>, Reason> {
    match policy.validation {
        Validation::Local => local(policy, verified, token, now).await.map(|good| good.caller),
        Validation::Introspect => {
            let issuer = asked(policy, token)?;
            // In a box: the future of a request that asks nobody stays small.
            Box::pin(issuer.introspected()?.remembered(issuer, token, now)).await
        }
        Validation::LocalAndIntrospect => {
            let Good { issuer, caller } = local(policy, verified, token, now).await?;
            let told = Box::pin(issuer.introspected()?.asked(&issuer, token, now)).await?;
            both::narrowed(policy, &caller, &told)
        }
    }
}

async fn local(policy: &Policy, verified: &VerifiedTokens, token: &Token<'_>, now: UnixMillis) -> Result<Good, Reason> {
    if let Some(good) = verified.find(token, now)? {
        return if policy.issuers.contains(&good.issuer) {
            Ok(good)
        } else {
            Err(Reason::UnknownIssuer)
        };
    }
    if !token.is_signed() {
        return Err(Reason::NotSigned);
    }
    let (issuer, generation, caller) = jwt::verify(&policy.issuers, token.text, Source::SignedToken, now).await?;
    claims::check_times(&issuer, &caller, now)?;
    let caller = Arc::new(caller);
    verified.remember(token, &issuer, generation, &caller);
    Ok(Good { issuer, caller })
}

/// Which issuer is asked about a token: the one that it names, or the only one that can be asked. Of several, the wrong
/// one would learn another's token.
fn asked<'p>(policy: &'p Policy, token: &Token<'_>) -> Result<&'p Arc<Issuer>, Reason> {
    if token.is_signed()
        && let Ok(unverified) = Unverified::parse(token.text)
    {
        let name = unverified.unverified_issuer().ok_or(Reason::Claims)?;
        return policy.issuers.named(&name).ok_or(Reason::UnknownIssuer);
    }
    let mut able = policy.issuers.iter().filter(|issuer| issuer.introspection.is_some());
    match (able.next(), able.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(Reason::NotSigned),
    }
}
