//! A certificate that a key makes for itself.

use aws_lc_rs::signature::KeyPair as _;
use rcgen::{CertificateParams, DistinguishedName, DnType, PublicKeyData, SignatureAlgorithm};
use time::{Duration, OffsetDateTime};

use super::signing::Pair;
use super::{KeyError, SigningKey};
use crate::alg::Algorithm;

/// How long a certificate is valid.
const YEARS: i32 = 10;

/// A self-signed X.509 certificate. It vouches for nothing: some libraries read a public key from no other place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate in DER. RFC 5280 §4.1
    pub der: Vec<u8>,
    /// Its end, in seconds of Unix time.
    pub not_after_secs: i64,
}

impl SigningKey {
    /// A certificate of an RSA key by itself, as Keycloak shows one beside each of its RSA keys: subject and issuer are
    /// `common_name`, the realm's name there, and it is valid for ten years from `not_before_secs`, in seconds of Unix
    /// time. The same arguments give the same bytes. RFC 5280 §4.1
    ///
    /// [`KeyError::Unsupported`] for the other sorts of keys, [`KeyError::Malformed`] for an instant before 1970 or
    /// after 2106.
    pub fn self_signed_certificate(&self, common_name: &str, not_before_secs: i64) -> Result<Certificate, KeyError> {
        let Pair::Rsa(pair) = &self.pair else {
            return Err(KeyError::Unsupported);
        };
        let instants = u32::try_from(not_before_secs).ok().and_then(|secs| {
            let not_before = OffsetDateTime::from_unix_timestamp(secs.into()).ok()?;
            Some((not_before, ten_years_after(not_before)?))
        });
        let (not_before, not_after) = instants.ok_or(KeyError::Malformed)?;
        let mut params = CertificateParams::default();
        params.not_before = not_before;
        params.not_after = not_after;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, common_name);
        let signer = Signer {
            key: self,
            public: pair.public_key().as_ref(),
        };
        let certificate = params.self_signed(&signer).map_err(|_| KeyError::Library)?;
        Ok(Certificate {
            der: certificate.der().to_vec(),
            not_after_secs: not_after.unix_timestamp(),
        })
    }
}

/// From a 29th of February it is the 28th.
fn ten_years_after(instant: OffsetDateTime) -> Option<OffsetDateTime> {
    let year = instant.year() + YEARS;
    let day_before = || instant.checked_sub(Duration::days(1))?.replace_year(year).ok();
    instant.replace_year(year).ok().or_else(day_before)
}

struct Signer<'a> {
    key: &'a SigningKey,
    /// The `RSAPublicKey`, without the `SubjectPublicKeyInfo` around it.
    public: &'a [u8],
}

impl PublicKeyData for Signer<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

impl rcgen::SigningKey for Signer<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signed = self.key.sign(Algorithm::Rs256, message);
        signed.map_err(|_| rcgen::Error::RemoteKeyError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alg::KeyType;

    /// The contents of the DER sequence that `der` begins with, and what follows it.
    fn sequence(der: &[u8]) -> (&[u8], &[u8]) {
        assert_eq!(der[..2], [0x30, 0x82]);
        let length = usize::from(u16::from_be_bytes([der[2], der[3]]));
        der[4..].split_at(length)
    }

    fn holds(der: &[u8], part: &[u8]) -> bool {
        der.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn a_certificate_is_signed_by_the_key_in_it() {
        let key = SigningKey::generate(KeyType::Rsa2048).unwrap();
        let certificate = key.self_signed_certificate("Käse & Co", 1_795_477_655).unwrap();
        assert_eq!(certificate.not_after_secs, 2_111_096_855);
        let (content, rest) = sequence(&certificate.der);
        assert!(rest.is_empty());
        let (signed, signature) = sequence(content);
        let signed_whole = &content[..signed.len() + 4];
        // The algorithm, then a bit string of 256 bytes without unused bits.
        let signature = &signature[signature.len() - 256..];
        let verifies = key.verifying_key().verify(Algorithm::Rs256, signed_whole, signature);
        assert_eq!(verifies, Ok(()));
        assert!(holds(signed, key.public_der()));
        assert!(holds(signed, b"261123234735Z") && holds(signed, b"361123234735Z"));
        assert_eq!(
            signed
                .windows(10)
                .filter(|part| *part == "Käse & Co".as_bytes())
                .count(),
            2
        );
        assert_eq!(
            key.self_signed_certificate("Käse & Co", 1_795_477_655).unwrap(),
            certificate
        );
    }

    #[test]
    fn other_keys_and_odd_instants_have_none() {
        for key_type in [KeyType::P256, KeyType::Ed25519] {
            let key = SigningKey::generate(key_type).unwrap();
            assert_eq!(key.self_signed_certificate("x", 0), Err(KeyError::Unsupported));
        }
        let key = SigningKey::generate(KeyType::Rsa2048).unwrap();
        for secs in [-1, i64::MIN, i64::MAX, 1 << 32] {
            assert_eq!(
                key.self_signed_certificate("x", secs),
                Err(KeyError::Malformed),
                "{secs}"
            );
        }
        assert!(key.self_signed_certificate("", (1 << 32) - 1).is_ok());
        // 2028-02-29 and 2038-02-28, noon.
        let leap = key.self_signed_certificate("x", 1_835_438_400).unwrap();
        assert_eq!(leap.not_after_secs, 2_150_971_200);
    }
}
