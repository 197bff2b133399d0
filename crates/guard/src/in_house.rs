//! The guard in its issuer's own house: at userinfo, the account, the administration, and wherever else a token comes
//! back to the server that issued it.
//!
//! A policy of [`Settings`](crate::Settings) names its API, and takes no token that is for another (RFC 9068 §4). The
//! issuer's own endpoints have no such name: any access token of the issuer may ask who it is about (OIDC Core §5.3),
//! whatever API it is for. So no audience is compared here, and that is why this guard is made in code alone, by a
//! program that has the issuer's keys in its memory: no configuration can ask for it.
//!
//! It takes the text of a token, since these endpoints take tokens from forms too and answer in their own words. The
//! steps are those of [`Guard::check`](crate::Guard::check), in the same order, but in two halves: [`Guard::recognize`]
//! tells whose token it is even when it has ended, which an endpoint may need for its refusal, and
//! [`Recognized::check`] alone gives the [`Caller`].

use std::fmt;
use std::sync::Arc;

use keyward_client::UnixMillis;
use keyward_client::jwks::JwksCache;
use keyward_jose::Algorithm;
use serde_json::{Map, Value};

use crate::authenticate::claims::{self, Source};
use crate::authenticate::{Issuer, Issuers, Token, VerifiedTokens, jwt};
use crate::caller::Caller;
use crate::denial::Reason;
use crate::revocation::{self, Revocations};
use crate::sender;
use crate::settings::Preset;

/// Guards an issuer's own endpoints.
pub struct Guard {
    issuer: Arc<Issuer>,
    issuers: Issuers,
    memory: TokenMemory,
}

/// Tokens that were verified a moment ago. A clone shares them, so that many guards of one process have one bound.
#[derive(Clone)]
pub struct TokenMemory(Arc<VerifiedTokens>);

impl TokenMemory {
    /// Room for so many tokens of usual length; the least used make room.
    pub fn new(tokens: usize) -> Self {
        Self(Arc::new(VerifiedTokens::new(tokens)))
    }
}

/// A token of this issuer. Whether it is still good, [`Recognized::check`] tells.
pub struct Recognized {
    caller: Arc<Caller>,
}

impl Guard {
    /// For the issuer of that name (`iss`), by its keys. What `memory` holds of another guard counts for nothing here,
    /// even if that was for the same issuer: with a new guard, keys that are gone take their tokens with them.
    pub fn new(issuer: &str, keys: JwksCache, memory: &TokenMemory) -> Self {
        let issuer = Arc::new(Issuer {
            id: issuer.to_owned(),
            url: issuer.into(),
            preset: Preset::Keyward,
            token_types: ["JWT", "at+jwt"].map(str::to_owned).into(),
            algorithms: Algorithm::ALL.to_vec(),
            clock_skew: 0,
            // How long its tokens live the issuer itself has decided.
            max_lifetime: u64::MAX,
            required: true,
            keys,
            written: None,
            introspection: None,
        });
        let mut issuers = Issuers::default();
        issuers.add(Arc::clone(&issuer));
        Self {
            issuer,
            issuers,
            memory: memory.clone(),
        }
    }

    /// Whose token it is, by its signature.
    ///
    /// # Errors
    /// [`Reason`], one of those that [`Reason::outward`] answers alike; the issuer's endpoints should too.
    pub async fn recognize(&self, token: &str, now: UnixMillis) -> Result<Recognized, Reason> {
        let token = Token::of(token);
        if let Some(good) = self.memory.0.find_of_any_time(&token)
            && Arc::ptr_eq(&good.issuer, &self.issuer)
        {
            return Ok(Recognized { caller: good.caller });
        }
        let (_, generation, caller) = jwt::verify(&self.issuers, token.text, Source::InHouse, now).await?;
        let caller = Arc::new(caller);
        // One that has ended would only take the place of another.
        if caller.expires_at > now.secs() {
            self.memory.0.remember(&token, &self.issuer, generation, &caller);
        }
        Ok(Recognized { caller })
    }

    /// Whose token it is, by the claims that the issuer kept of an opaque one. They are read as those of a signed token.
    ///
    /// # Errors
    /// [`Reason`], as of [`Guard::recognize`].
    pub fn recognize_claims(&self, claims: Map<String, Value>) -> Result<Recognized, Reason> {
        let caller = claims::caller(&self.issuer, claims, Source::InHouse)?;
        Ok(Recognized {
            caller: Arc::new(caller),
        })
    }
}

impl Recognized {
    /// The client that got the token, as in `client_id`.
    pub fn client_id(&self) -> Option<&str> {
        self.caller.client_id()
    }

    /// Whom the token is for. RFC 7519 §4.1.3
    pub fn audience(&self) -> &[String] {
        self.caller.audience()
    }

    /// Whom the token is about, as in `sub`. RFC 9068 §2.2
    pub fn subject(&self) -> Option<&str> {
        self.caller.subject()
    }

    /// The login that the token came of, as in `sid`.
    pub fn session(&self) -> Option<&str> {
        self.caller.session()
    }

    /// The token's identifier. RFC 7519 §4.1.7
    pub fn token_id(&self) -> Option<&str> {
        self.caller.token_id()
    }

    /// When the token ends, in seconds of Unix time. RFC 7519 §4.1.4
    pub fn expires_at(&self) -> u64 {
        self.caller.expires_at()
    }

    /// Who calls, if the token is good at `now`: not over, not bound to a key that nobody has proved, not revoked. Asks
    /// `revocations` each time, however often the token has passed before.
    ///
    /// Its end counts to the second, as the issuer tells it to everybody. When it was issued is not compared with the
    /// clock: that may have been another node, whose clock is ahead of this one.
    ///
    /// # Errors
    /// [`Reason`]; [`Reason::RevocationUnknown`] is the only one that is not the token's fault.
    pub async fn check(&self, revocations: &dyn Revocations, now: UnixMillis) -> Result<Arc<Caller>, Reason> {
        let caller = &self.caller;
        if caller.expires_at <= now.secs() {
            return Err(Reason::Expired);
        }
        sender::check(caller)?;
        revocation::check(Some(revocations), caller, now).await?;
        Ok(Arc::clone(caller))
    }
}

impl fmt::Debug for Recognized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Recognized").field(&self.caller).finish()
    }
}

#[cfg(test)]
mod tests;
