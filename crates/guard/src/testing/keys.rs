//! The keys of the tests. They stand in public source code: whoever trusts them trusts everybody.

use std::sync::{Arc, LazyLock};

use keyward_jose::{Algorithm, KeyType, SigningKey, digest};
use serde::Deserialize;

/// A key of the tests, always the same, so that a recorded token stays good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestKey {
    /// RSA with 2048 bits.
    Rsa,
    /// The curve P-256.
    P256,
    /// Ed25519.
    Ed25519,
    /// The curve P-256: for a second issuer.
    P256Other,
    /// The curve P-256: for somebody whom nobody trusts.
    P256Stranger,
}

impl TestKey {
    /// The key, parsed once.
    pub fn signing_key(self) -> Arc<SigningKey> {
        let key = match self {
            Self::Rsa => &RSA,
            Self::P256 => &P256,
            Self::Ed25519 => &ED25519,
            Self::P256Other => &P256_OTHER,
            Self::P256Stranger => &P256_STRANGER,
        };
        Arc::clone(key)
    }

    /// The first key for an algorithm.
    pub const fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => Self::Rsa,
            Algorithm::Es256 => Self::P256,
            Algorithm::EdDsa => Self::Ed25519,
        }
    }

    /// The first algorithm for the key.
    pub const fn algorithm(self) -> Algorithm {
        match self {
            Self::Rsa => Algorithm::Rs256,
            Self::P256 | Self::P256Other | Self::P256Stranger => Algorithm::Es256,
            Self::Ed25519 => Algorithm::EdDsa,
        }
    }
}

static RSA: LazyLock<Arc<SigningKey>> = LazyLock::new(|| parsed(KeyType::Rsa2048, RSA_PKCS8));
static P256: LazyLock<Arc<SigningKey>> = LazyLock::new(|| parsed(KeyType::P256, P256_PKCS8));
static ED25519: LazyLock<Arc<SigningKey>> = LazyLock::new(|| parsed(KeyType::Ed25519, ED25519_PKCS8));
static P256_OTHER: LazyLock<Arc<SigningKey>> = LazyLock::new(|| parsed(KeyType::P256, P256_OTHER_PKCS8));
static P256_STRANGER: LazyLock<Arc<SigningKey>> = LazyLock::new(|| parsed(KeyType::P256, P256_STRANGER_PKCS8));

#[expect(clippy::expect_used, reason = "the keys stand below, and a test parses each")]
fn parsed(key_type: KeyType, text: &str) -> Arc<SigningKey> {
    let pkcs8 = digest::b64url_decode(text).expect("base64url");
    Arc::new(SigningKey::from_pkcs8(key_type, &pkcs8).expect("a key in PKCS#8"))
}

const RSA_PKCS8: &str = "\
    MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDMOTgkgonVPPeYpnuuyKK14wj-QEObbR8dJnFu5P5u1LUNt5SjeBLVBpr4H4\
    zLmdRlMG-J71NvtkuNGfHzLjJjEbaWgT1cNX4OjRbbWdic0RQdsp8uiRlHAYrotIywaC9tXf5i55QEzjRpAHQQC1MP_5x9kPZOPs2zGy7Nqgj3\
    YIGF8NSRsjfRPZ2U3rhUQaRqIm1MpclE8mVdSgW45nU15RGA9dHNcb6oSd6ZMiEO_XMnv25u1YpNj0N5YYPQCX46eaNiI7KeYvJsvu5cQf0cgp\
    3bOVcTQPoempzPajLN7-wyH3pYLvd1LGq7d8uvsD-uF5Ywc5L7jB6hVuItX4iZAgMBAAECggEACNNjN_61NrQxDhWJzFKq53nlkllUIqQrX07h\
    QZXfYgpKvcpEf_EJPVARA-6XHthpy6q1c0xWuoHyD2nC4UvKjSn_jk8NCA5ewYG67mVaXWKSwDrPMstlfoJUTry4xMnn3M3eV8dix_diX_RPT7\
    8xioQ1Lt8EKfsAWEBxPB2gUBJ1gOZ1CS-xmaKpdxXQ7TAvVwEgmqi2Y4mey8CRxJ5CiLYAAORF1QDpjZ9j5Ve_7FvjYN0e1bQJ7PQZiCUVd0S6\
    IQHlo4nZDrRbDnrXB__jXUftIrotoCp73CBU_6Hg9L-TlSLXVay-LyQF1KVrkOMTPrfGjmzRV1KBS9xS9O4-YQKBgQD9K2JLb3hi415ux-ZtTB\
    M16r3tEwYEhJ5bPYltp0bFWUjX8rQIHz3yvLekcTbcVYhiO3HBVBqV9S6R-hhqrhCu1_ZvNb14UCz2I6fZkAfIGdIJHY-xgzsgHOKpg_E-dkVH\
    O6vdiAP_DwjKN0GZ-h4RnIJpTjM5b3RRqoEYKc0kqQKBgQDOgb5J5QkQfMX6a95IdJ0bzG2kjr2Ry5pxoRYfEXaMAM6v1mgL9GlNA1NcaiHLb-\
    vneu9cijZMljNR9Ualz8UG_0PC2x6cDgsp1USXIOHu8eWIdPZ3gGvObVpMMbNWOHreBe_3PpG1XVSNRXAAGpyKPMk8gLB_IsKfTtyVrd3KcQKB\
    gE3sqJinetqVOV_Hz7kcjV0vH750-IkzeLqEumQx9KqRzMYLQjatxxeL1sqavlQbT5tMyLrE9Fnr2aW84P8VDLWEa6nXVLZPl0c7ulJQ7tQ8fl\
    Wn766nwe8kdO_QWNTs-m3ug_vv_aroKcB0OZD3V4H8NnfLRiELmTX50Tpqw2XhAoGABk7sUzGN71UAbz_wUGJPklPSXZ6Gp_eCRkpXdKeB6ZD0\
    v2ZbU1IqDVI2r7IGSkKnADE_MqJ-OiS0eKJ3gAUyzZ3qof8zlizPpn1_VOaKQFRfYKXCCbCAmpO4mG9EPTQIfNPNms3sgY_ST2Z5n2cwtQBaXW\
    DJA3k6XMd58ZCYH-ECgYEA7K1gKkov2gpBy11HUxRVMHZxWb4DVAAdiHrVWvVgf582u221oPPE4vRbDObX6hu1I-pJ0Lx-NinJtIVQXvubQreG\
    u8KJELuDW17B4Prz3UspwEqkfAr_dsgEyEJRkddHG5J_j6RrVNMDJ4SJgtr4SPp2x4wsU7uzVCX2p_NmJ5s";

const P256_PKCS8: &str = "\
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgGGNtZKZINyzZ4rVfbCF-f9wFFiFAIVjnuwKZ80FL9eyhRANCAAQTsKmTFCEOk_\
    Lwy7SF5pXlyBuCzttL2k8Knqse7D7UwjLsf8tYeHzTd6C1XO9ZIJvwYalN5UwDYYbtLeEJfwH1";

const ED25519_PKCS8: &str = "\
    MC4CAQAwBQYDK2VwBCIEIFoi1FCHfeI5nWBYsvy6Q4H9kBwIZsxoi1G3dIervH0F";

const P256_OTHER_PKCS8: &str = "\
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgSjbif3NLlTBFjToDClegE-7ZSWGUGwsq0Q-bXpDhENOhRANCAAR7L9QkdMiNSu\
    B1hy9QmjHoG-mQ80EZQGAnnw_bFEq9bjLocxknkbFn3IrQXLeo-_m8Ad1xSVDmUT_CiS2aOUmW";

const P256_STRANGER_PKCS8: &str = "\
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgcxRGAWlbmZ-XAu5AUazzx-7ngi3HIXl7gnAwKAicY4GhRANCAARM84A-Cia3Ng\
    zn1MH5tvxgLI0ckYOVgvbOzzXrcP318fraQdAt00-vyJDzgbryc3muhT8G_Zm4B74UVppvwL0g";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_one_of_its_own() {
        let all = [
            TestKey::Rsa,
            TestKey::P256,
            TestKey::Ed25519,
            TestKey::P256Other,
            TestKey::P256Stranger,
        ];
        let mut kids: Vec<String> = all.iter().map(|key| key.signing_key().kid().to_owned()).collect();
        kids.sort();
        kids.dedup();
        assert_eq!(kids.len(), all.len());
    }
}
