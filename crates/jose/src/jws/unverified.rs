//! Reading and verifying. RFC 7515 §5.2

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::header::Header;
use super::{JwsError, MAX_TOKEN_BYTES};
use crate::alg::Algorithm;
use crate::digest::b64url_decode;
use crate::key::{SignatureError, VerifyingKey};
use crate::strict;

/// A well-formed token whose signature nobody has checked: everything in it is a stranger's claim.
#[derive(Debug)]
pub struct Unverified<'a> {
    header: Header,
    signing_input: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Unverified<'a> {
    /// Reads a compact JWS of at most [`MAX_TOKEN_BYTES`]: three parts of strict base64url, a header without duplicate
    /// members, extensions, or an algorithm outside [`Algorithm`]. RFC 7515 §5.2
    pub fn parse(token: &'a str) -> Result<Self, JwsError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(JwsError::TooLarge);
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or(JwsError::Parts)?;
        let (header, payload) = signing_input.split_once('.').ok_or(JwsError::Parts)?;
        if header.is_empty() || signature.is_empty() || payload.contains('.') {
            return Err(JwsError::Parts);
        }
        let decode = |part| b64url_decode(part).map_err(|_| JwsError::Base64);
        let header = Header::parse(&decode(header)?)?;
        Ok(Self {
            header,
            signing_input,
            payload: decode(payload)?,
            signature: decode(signature)?,
        })
    }

    /// `alg`. RFC 7515 §4.1.1
    pub fn alg(&self) -> Algorithm {
        self.header.algorithm
    }

    /// `kid`. RFC 7515 §4.1.4
    pub fn kid(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// `typ`. RFC 7515 §4.1.9
    pub fn typ(&self) -> Option<&str> {
        self.header.typ.as_deref()
    }

    /// The claims before the signature was checked: to find out whose key to verify with, for nothing else.
    pub fn unverified_claims<T: DeserializeOwned>(&self) -> Result<T, JwsError> {
        claims(&self.payload)
    }

    /// The payload's `iss`, not verified: good for choosing whose key to try, and for nothing else. RFC 7519 §4.1.1
    pub fn unverified_issuer(&self) -> Option<Cow<'_, str>> {
        #[derive(Deserialize)]
        struct Peek<'a> {
            #[serde(borrow)]
            iss: Cow<'a, str>,
        }
        serde_json::from_slice::<Peek<'_>>(&self.payload)
            .ok()
            .map(|peek| peek.iss)
    }

    /// Checks the signature. The header's algorithm must fit the key's own. RFC 7515 §5.2, RFC 8725 §3.1
    pub fn verify(self, key: &VerifyingKey) -> Result<Verified, JwsError> {
        key.verify(self.header.algorithm, self.signing_input.as_bytes(), &self.signature)
            .map_err(|error| match error {
                SignatureError::AlgorithmMismatch => JwsError::AlgorithmMismatch,
                SignatureError::Invalid => JwsError::Signature,
            })?;
        Ok(Verified {
            header: self.header,
            payload: self.payload,
        })
    }
}

/// The header and payload of a token with a valid signature. Issuer, audience and times are still to be judged.
#[derive(Debug)]
pub struct Verified {
    header: Header,
    payload: Vec<u8>,
}

impl Verified {
    /// `alg`, the algorithm of the signature. RFC 7515 §4.1.1
    pub fn alg(&self) -> Algorithm {
        self.header.algorithm
    }

    /// `kid`. RFC 7515 §4.1.4
    pub fn kid(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// `typ`. RFC 7515 §4.1.9
    pub fn typ(&self) -> Option<&str> {
        self.header.typ.as_deref()
    }

    /// The decoded payload.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The payload as claims: a JSON object that repeats no member and nests at most 32 deep. RFC 7519 §7.2
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, JwsError> {
        claims(&self.payload)
    }

    /// Every claim. No name is twice in one object, nothing is nested deeper than 16, no object has more than 256
    /// members. RFC 7519 §4
    pub fn object(&self) -> Result<Map<String, Value>, JwsError> {
        strict::object(&self.payload).map_err(|_| JwsError::Claims)
    }
}

pub(super) fn claims<T: DeserializeOwned>(payload: &[u8]) -> Result<T, JwsError> {
    strict::members(payload).map_err(|_| JwsError::Claims)?;
    serde_json::from_slice(payload).map_err(|_| JwsError::Claims)
}

#[cfg(test)]
mod tests;
