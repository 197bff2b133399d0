//! Tokens that an issuer gave, and where they are asked for. RFC 6749 §5

use std::fmt;
use std::time::Duration;

use http::HeaderValue;
use keyward_jose::digest::constant_time_eq;
use zeroize::Zeroizing;

pub use self::endpoint::TokenEndpoint;
pub use self::error::{Refusal, TokenError};
use crate::secret::Secret;
use crate::time::UnixMillis;

mod endpoint;
mod error;
mod response;

/// An access token. RFC 6750 §2.1
#[derive(Clone, Debug)]
pub struct AccessToken {
    text: Secret,
    authorization: HeaderValue,
    issued_at: UnixMillis,
    expires_at: UnixMillis,
    scope: Option<String>,
}

impl AccessToken {
    /// Takes a token over, unless it could not stand in an `Authorization` header. RFC 6750 §2.1
    fn parse(text: Secret, lifetime: Lifetime, scope: Option<String>) -> Result<Self, TokenError> {
        if text.reveal().is_empty() || !text.reveal().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TokenError::Malformed);
        }
        let value = Zeroizing::new(format!("Bearer {}", text.reveal()));
        let mut authorization = HeaderValue::from_str(&value).map_err(|_| TokenError::Malformed)?;
        authorization.set_sensitive(true);
        Ok(Self {
            text,
            authorization,
            issued_at: lifetime.from,
            expires_at: lifetime.until,
            scope,
        })
    }

    /// The token itself, to be sent to the API that it is for and to nobody else.
    pub fn reveal(&self) -> &str {
        self.text.reveal()
    }

    /// The value of `Authorization` with it, marked as sensitive. RFC 6750 §2.1
    pub fn authorization(&self) -> HeaderValue {
        self.authorization.clone()
    }

    /// When it ends, by the clock of this machine.
    pub const fn expires_at(&self) -> UnixMillis {
        self.expires_at
    }

    /// What it is good for, if the issuer says so; else, what was asked for. RFC 6749 §5.1
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }

    /// Whether it still holds.
    pub fn is_valid(&self, now: UnixMillis) -> bool {
        now < self.expires_at
    }

    /// Whether it still holds `early` from now. A token that lives shorter than twice as long is due at half its life.
    pub(crate) fn is_fresh(&self, early: Duration, now: UnixMillis) -> bool {
        let early = early.min(self.expires_at.since(self.issued_at) / 2);
        now.plus(early) < self.expires_at
    }

    /// Whether it is the same token.
    pub(crate) fn is(&self, other: &Self) -> bool {
        constant_time_eq(self.reveal().as_bytes(), other.reveal().as_bytes())
    }
}

/// From when until when a token holds.
#[derive(Clone, Copy)]
struct Lifetime {
    from: UnixMillis,
    until: UnixMillis,
}

/// What a token endpoint gave. RFC 6749 §5.1
#[derive(Clone)]
pub struct TokenSet {
    /// For the API.
    pub access_token: AccessToken,
    /// For the next access token. RFC 6749 §1.5
    pub refresh_token: Option<Secret>,
    /// Who logged in, to be verified before it is believed. OIDC Core §3.1.3.3
    pub id_token: Option<Secret>,
}

impl TokenSet {
    /// Tokens that this program has kept since it got them; `expires_at` is when the access token ends.
    ///
    /// # Errors
    /// [`TokenError::Malformed`] for what is no token.
    pub fn kept(
        access_token: Secret,
        expires_at: UnixMillis,
        refresh_token: Option<Secret>,
        now: UnixMillis,
    ) -> Result<Self, TokenError> {
        let lifetime = Lifetime {
            from: now,
            until: expires_at,
        };
        Ok(Self {
            access_token: AccessToken::parse(access_token, lifetime, None)?,
            refresh_token,
            id_token: None,
        })
    }
}

impl fmt::Debug for TokenSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSet")
            .field("expires_at", &self.access_token.expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(lifetime: u64) -> AccessToken {
        let issued_at = UnixMillis(1_000_000);
        let expires_at = issued_at.plus(Duration::from_secs(lifetime));
        TokenSet::kept(Secret::new("t"), expires_at, None, issued_at)
            .unwrap()
            .access_token
    }

    #[test]
    fn a_token_is_due_early_and_a_short_one_at_half_its_life() {
        let early = Duration::from_secs(30);
        let after = |secs| UnixMillis(1_000_000).plus(Duration::from_secs(secs));
        let long = token(300);
        assert!(long.is_fresh(early, after(269)) && !long.is_fresh(early, after(270)));
        assert!(long.is_valid(after(299)) && !long.is_valid(after(300)));
        let short = token(20);
        assert!(short.is_fresh(early, after(9)) && !short.is_fresh(early, after(10)));
        assert!(!token(0).is_fresh(early, after(0)));
    }

    #[test]
    fn what_cannot_stand_in_a_header_is_no_token() {
        for text in ["", "a b", "a\r\nX: y", "\u{fc}"] {
            let kept = TokenSet::kept(Secret::new(text), UnixMillis(9), None, UnixMillis(0));
            assert!(matches!(kept, Err(TokenError::Malformed)), "{text:?}");
        }
        let value = token(9).authorization();
        assert!(value == "Bearer t" && value.is_sensitive());
    }

    #[test]
    fn debug_shows_no_token() {
        let canary = || Secret::new("canary");
        let set = TokenSet::kept(canary(), UnixMillis(0), Some(canary()), UnixMillis(0)).unwrap();
        let printed = format!("{set:?} {:?}", set.access_token);
        assert!(!printed.contains("canary"), "{printed}");
    }
}
