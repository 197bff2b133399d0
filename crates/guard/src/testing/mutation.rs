//! What attackers do to tokens.

use keyward_jose::{HmacKey, SigningKey, digest};
use serde::Deserialize;
use serde_json::json;

/// The order of P-256, big endian. SEC 2 §2.4.2
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7,
    0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// A change of a token: of how it is signed, or of the text afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mutation {
    /// HMAC with the public key's PEM as the secret. RFC 8725 §2.1
    HmacWithPem,
    /// The same with the DER.
    HmacWithDer,
    /// The same with the JWK's text.
    HmacWithJwk,
    /// The signature goes, its full stop stays.
    EmptySignature,
    /// The signature goes with its full stop.
    NoSignature,
    /// One bit of the signature is another.
    FlipSignatureBit,
    /// The signature's second half goes.
    HalfSignature,
    /// Every byte of the signature is zero: r = s = 0. CVE-2022-21449
    ZeroSignature,
    /// The ECDSA signature as DER in place of the two numbers. RFC 7518 §3.4
    DerSignature,
    /// The two numbers of the ECDSA signature change places.
    SwappedSignature,
    /// The ECDSA signature's other spelling, s and the order less s: as good as the first.
    MirroredSignature,
    /// `=` at the end.
    Pad,
    /// The alphabet with `+` and `/`. RFC 4648 §4
    StandardAlphabet,
    /// Bits that belong to no byte are set in the signature's last character. RFC 4648 §3.5
    TrailingBits,
    /// A space within the payload.
    Space,
    /// A fourth part.
    ExtraPart,
    /// `sub` is `admin`, under the old signature.
    ForgedSubject,
    /// A member more in the header, under the old signature.
    ForgedHeader,
    /// The payload goes elsewhere. RFC 7515 §F
    Detached,
    /// As a JSON object. RFC 7515 §7.2.2
    JsonSerialization,
    /// In capitals.
    UpperCase,
    /// Full stops as `%2E`.
    EscapedStops,
}

impl Mutation {
    /// The secret that it signs with, if it does.
    pub(super) fn secret(self, key: &SigningKey) -> Option<HmacKey> {
        let secret = match self {
            Self::HmacWithPem => pem(key.public_der()).into_bytes(),
            Self::HmacWithDer => key.public_der().to_vec(),
            Self::HmacWithJwk => json!(key.public_jwk()).to_string().into_bytes(),
            _ => return None,
        };
        HmacKey::new(&secret).ok()
    }

    /// Changes the text. What is no token any more stays as it is.
    pub(super) fn apply(self, token: String) -> String {
        let Some((input, signature)) = token.rsplit_once('.') else {
            return token;
        };
        let Some((header, payload)) = input.split_once('.') else {
            return token;
        };
        match self {
            Self::HmacWithPem | Self::HmacWithDer | Self::HmacWithJwk => token,
            Self::EmptySignature => format!("{input}."),
            Self::NoSignature => input.to_owned(),
            Self::Pad => format!("{token}="),
            Self::StandardAlphabet => token.replace('-', "+").replace('_', "/"),
            Self::TrailingBits => format!("{input}.{}", trailing(signature)),
            Self::Space => format!("{header}. {payload}.{signature}"),
            Self::ExtraPart => format!("{token}.e30"),
            Self::ForgedSubject => format!("{header}.{}.{signature}", forged(payload, "sub", "admin")),
            Self::ForgedHeader => format!("{}.{payload}.{signature}", forged(header, "x", "y")),
            Self::Detached => format!("{header}..{signature}"),
            Self::JsonSerialization => {
                json!({"protected": header, "payload": payload, "signature": signature}).to_string()
            }
            Self::UpperCase => token.to_uppercase(),
            Self::EscapedStops => token.replace('.', "%2E"),
            Self::FlipSignatureBit
            | Self::HalfSignature
            | Self::ZeroSignature
            | Self::DerSignature
            | Self::SwappedSignature
            | Self::MirroredSignature => {
                let bytes = digest::b64url_decode(signature).unwrap_or_default();
                format!("{input}.{}", digest::b64url_encode(&self.other(bytes)))
            }
        }
    }

    fn other(self, mut bytes: Vec<u8>) -> Vec<u8> {
        let half = bytes.len() / 2;
        let (r, s) = bytes.split_at(half);
        match self {
            Self::HalfSignature => r.to_vec(),
            Self::ZeroSignature => vec![0; bytes.len()],
            Self::DerSignature => sequence(&[integer(r), integer(s)].concat()),
            Self::SwappedSignature => [s, r].concat(),
            Self::MirroredSignature => [r.to_vec(), less(&ORDER, s)].concat(),
            _ => {
                if let Some(last) = bytes.last_mut() {
                    *last ^= 1;
                }
                bytes
            }
        }
    }
}

fn pem(der: &[u8]) -> String {
    let text = digest::b64_encode(der);
    let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
    let mut rest = text.as_str();
    while let Some((line, after)) = rest.split_at_checked(64) {
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    if !rest.is_empty() {
        pem.push_str(rest);
        pem.push('\n');
    }
    pem + "-----END PUBLIC KEY-----\n"
}

/// The last character with its lowest bit set, which belongs to no byte.
fn trailing(signature: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = signature.to_owned();
    let place = text.pop().and_then(|last| ALPHABET.find(last)).unwrap_or_default();
    text.extend(ALPHABET.chars().nth(place | 1));
    text
}

fn forged(part: &str, name: &str, value: &str) -> String {
    let bytes = digest::b64url_decode(part).unwrap_or_default();
    let mut members: serde_json::Map<_, _> = serde_json::from_slice(&bytes).unwrap_or_default();
    members.insert(name.to_owned(), value.into());
    digest::b64url_encode(serde_json::Value::from(members).to_string().as_bytes())
}

/// The shortest encoding, and positive. (X.690, on integers)
fn integer(number: &[u8]) -> Vec<u8> {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    let mut bytes = number.get(start..).unwrap_or_default().to_vec();
    if bytes.first().is_none_or(|first| *first >= 0x80) {
        bytes.insert(0, 0);
    }
    tagged(2, &bytes)
}

fn sequence(content: &[u8]) -> Vec<u8> {
    tagged(0x30, content)
}

/// For contents of fewer than 128 bytes. (X.690, the short form of lengths)
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
    [&[tag, length], content].concat()
}

/// `a` less `b`, of the same length, where `a` is the greater.
fn less(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut borrow = 0_u16;
    let mut difference: Vec<u8> = a
        .iter()
        .zip(b)
        .rev()
        .map(|(a, b)| {
            let digit = 256 + u16::from(*a) - u16::from(*b) - borrow;
            borrow = u16::from(digit < 256);
            digit.to_le_bytes()[0]
        })
        .collect();
    difference.reverse();
    difference
}

#[cfg(test)]
mod tests {
    use keyward_jose::{JwsError, Unverified, VerifyingKey};

    use super::*;
    use crate::testing::Issuer;

    fn verdict(mutation: Mutation) -> Result<(), JwsError> {
        let issuer = Issuer::new();
        let token = issuer.token().mutate(mutation).sign();
        let key = VerifyingKey::from_jwk(&issuer.jwk()).unwrap();
        Unverified::parse(&token)?.verify(&key).map(drop)
    }

    #[test]
    fn each_breaks_what_it_is_meant_to_break() {
        for (mutation, broken) in [
            (Mutation::HmacWithPem, JwsError::Algorithm),
            (Mutation::HmacWithDer, JwsError::Algorithm),
            (Mutation::HmacWithJwk, JwsError::Algorithm),
            (Mutation::EmptySignature, JwsError::Parts),
            (Mutation::NoSignature, JwsError::Parts),
            (Mutation::FlipSignatureBit, JwsError::Signature),
            (Mutation::HalfSignature, JwsError::Signature),
            (Mutation::ZeroSignature, JwsError::Signature),
            (Mutation::DerSignature, JwsError::Signature),
            (Mutation::SwappedSignature, JwsError::Signature),
            (Mutation::Pad, JwsError::Base64),
            (Mutation::TrailingBits, JwsError::Base64),
            (Mutation::Space, JwsError::Base64),
            (Mutation::ExtraPart, JwsError::Parts),
            (Mutation::ForgedSubject, JwsError::Signature),
            (Mutation::ForgedHeader, JwsError::Signature),
            (Mutation::Detached, JwsError::Signature),
            (Mutation::JsonSerialization, JwsError::Parts),
            (Mutation::EscapedStops, JwsError::Parts),
        ] {
            assert_eq!(verdict(mutation), Err(broken), "{mutation:?}");
        }
        assert_eq!(verdict(Mutation::MirroredSignature), Ok(()));
    }

    #[test]
    fn a_number_in_der_is_positive_and_short() {
        assert_eq!(integer(&[0, 0, 1]), [2, 1, 1]);
        assert_eq!(integer(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(integer(&[0]), [2, 1, 0]);
        assert_eq!(less(&[1, 0, 0], &[0, 0, 1]), [0, 0xff, 0xff]);
    }

    #[test]
    fn a_pem_has_lines_of_64() {
        let text = pem(&[0; 91]);
        assert!(text.lines().all(|line| line.len() <= 64));
        assert_eq!(text.lines().count(), 4);
    }
}
