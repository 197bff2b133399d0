//! `at_hash` and `c_hash`. OIDC Core §3.1.3.6

use aws_lc_rs::digest;

use crate::alg::Algorithm;
use crate::digest::b64url_encode;

/// The left half of the digest of `text`, an access token or a code, as base64url. The digest is that of the algorithm
/// which signs the ID token; for Ed25519 it is SHA-512, the hash inside it. OIDC Core §3.1.3.6
pub fn half_hash(algorithm: Algorithm, text: &str) -> String {
    let hash = match algorithm {
        Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => &digest::SHA256,
        Algorithm::EdDsa => &digest::SHA512,
    };
    let digest = digest::digest(hash, text.as_bytes());
    let (left, _) = digest.as_ref().split_at(digest.as_ref().len() / 2);
    b64url_encode(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OIDC Core §A.4 and §A.6
    #[test]
    fn vectors_of_openid_connect() {
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        let code = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk";
        for algorithm in [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256] {
            assert_eq!(half_hash(algorithm, token), "77QmUPtjPfzWtF2AnpK9RQ");
            assert_eq!(half_hash(algorithm, code), "LDktKdoQak3Pk0cnXxCltA");
        }
    }

    /// SHA-512 of `abc` begins with these 32 bytes.
    #[test]
    fn ed25519_takes_half_of_sha512() {
        assert_eq!(
            half_hash(Algorithm::EdDsa, "abc"),
            "3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05o"
        );
    }
}
