//! Opaque access tokens: a reference that only the server can read.
//!
//! `kwt_` (so that scanners for leaked secrets find it), then base64url of 16 bytes of row id and 32 of secret. The
//! row holds the SHA-256 of the secret: what is in the database cannot be used.

use keyward_domain::grant::TokenHash;
use keyward_domain::id::AccessTokenId;
use keyward_domain::{Entropy, Timestamp, entropy};
use keyward_jose::digest;
use uuid::Uuid;

const PREFIX: &str = "kwt_";

/// A new token.
pub(crate) struct Fresh {
    pub(crate) token: String,
    pub(crate) id: AccessTokenId,
    pub(crate) hash: TokenHash,
}

/// Makes a token.
pub(crate) fn mint(now: Timestamp, entropy: &mut dyn Entropy) -> Fresh {
    let id = entropy::growing_uuid(now, entropy);
    let mut secret = [0; 32];
    entropy.fill(&mut secret);
    let bytes = [id.as_bytes().as_slice(), &secret].concat();
    Fresh {
        token: format!("{PREFIX}{}", digest::b64url_encode(&bytes)),
        id: AccessTokenId(id),
        hash: TokenHash::of(&secret),
    }
}

/// Takes a token apart; `None` when it is not of this kind.
pub(crate) fn parse(token: &str) -> Option<(AccessTokenId, TokenHash)> {
    let bytes = digest::b64url_decode(token.strip_prefix(PREFIX).filter(|rest| rest.len() == 64)?).ok()?;
    let (id, secret) = bytes.split_at_checked(16)?;
    Some((AccessTokenId(Uuid::from_slice(id).ok()?), TokenHash::of(secret)))
}

#[cfg(test)]
mod tests {
    use super::{Entropy, Timestamp, mint, parse};

    struct Zeros;

    impl Entropy for Zeros {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn what_is_minted_parses_and_nothing_else_does() {
        let fresh = mint(Timestamp::from_secs(1), &mut Zeros);
        let (id, hash) = parse(&fresh.token).unwrap();
        assert!(id == fresh.id && hash == fresh.hash);
        for bad in [
            "",
            "kwt_",
            "kwt_AAAA",
            "eyJ.a.b",
            &fresh.token[..fresh.token.len() - 1],
            &format!("{}A", fresh.token),
        ] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }
}
