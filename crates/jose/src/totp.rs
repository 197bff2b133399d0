//! One-time codes of authenticator apps. RFC 6238

use totp_rs::{Builder, Secret};
use zeroize::Zeroizing;

/// The hash under a code's HMAC. RFC 6238 §1.2
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TotpAlgorithm {
    /// What every app can do.
    #[default]
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

/// How many decimal digits a code has. RFC 4226 §5.3
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TotpDigits {
    /// Six.
    #[default]
    Six,
    /// Eight.
    Eight,
}

/// What the server and the app agreed on. The default is what apps assume: SHA-1, six digits, 30 seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TotpParams {
    /// The hash.
    pub algorithm: TotpAlgorithm,
    /// The length of a code.
    pub digits: TotpDigits,
    /// How long a step lasts, in seconds; with 0 no code is ever valid. RFC 6238 §4.1
    pub period: u64,
}

impl Default for TotpParams {
    fn default() -> Self {
        Self {
            algorithm: TotpAlgorithm::default(),
            digits: TotpDigits::default(),
            period: 30,
        }
    }
}

/// The step that `code` belongs to, if it is one of the steps from `skew_steps` before `now_secs` to as many after, in
/// seconds of Unix time. Codes are compared in constant time.
///
/// A code is good once: the caller must refuse a step that is not after the last one it accepted. RFC 6238 §5.2
#[must_use]
pub fn verify(secret: &[u8], params: TotpParams, code: &str, now_secs: u64, skew_steps: u8) -> Option<u64> {
    // An empty secret is one that everybody knows; so far in the future the library's sums would overflow.
    if secret.is_empty() || params.period == 0 {
        return None;
    }
    params
        .period
        .checked_mul(u64::from(skew_steps) + 1)?
        .checked_add(now_secs)?;
    Builder::new()
        .with_algorithm(match params.algorithm {
            TotpAlgorithm::Sha1 => totp_rs::Algorithm::SHA1,
            TotpAlgorithm::Sha256 => totp_rs::Algorithm::SHA256,
            TotpAlgorithm::Sha512 => totp_rs::Algorithm::SHA512,
        })
        .with_digits(match params.digits {
            TotpDigits::Six => 6,
            TotpDigits::Eight => 8,
        })
        .with_secret(secret)
        .with_skew(u16::from(skew_steps))
        .with_step_duration(params.period)
        // Apps and imports bring secrets that are shorter than RFC 4226 §4 asks for; the rest is bounded above.
        .build_noncompliant()
        .check(code, now_secs)
}

/// Reads a shared secret as apps show it and other servers export it: base32, in upper or lower case, with or without
/// its padding, in groups or not. `None` if it is none. RFC 4648 §6
pub fn secret_from_base32(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let shown: Zeroizing<String> = text
        .trim_end_matches('=')
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect::<String>()
        .into();
    // Of eight characters make five bytes; 1, 3 or 6 left over are no whole byte more.
    if matches!(shown.len() % 8, 1 | 3 | 6) {
        return None;
    }
    let secret = Secret::try_from_base32(shown.as_str()).ok()?;
    Some(Zeroizing::new(secret.as_bytes().to_vec()))
}

/// A shared secret in base32 without padding, as apps read it. RFC 4648 §6
pub fn secret_to_base32(secret: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(Secret::from(secret).to_base32())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SHA1: &[u8] = b"12345678901234567890";
    const EIGHT: TotpParams = TotpParams {
        algorithm: TotpAlgorithm::Sha1,
        digits: TotpDigits::Eight,
        period: 30,
    };

    /// RFC 6238 §B
    #[test]
    fn vectors() {
        let seed = |length| SHA1.iter().copied().cycle().take(length).collect::<Vec<u8>>();
        for (algorithm, length, codes) in [
            (
                TotpAlgorithm::Sha1,
                20,
                ["94287082", "07081804", "14050471", "89005924", "69279037", "65353130"],
            ),
            (
                TotpAlgorithm::Sha256,
                32,
                ["46119246", "68084774", "67062674", "91819424", "90698825", "77737706"],
            ),
            (
                TotpAlgorithm::Sha512,
                64,
                ["90693936", "25091201", "99943326", "93441116", "38618901", "47863826"],
            ),
        ] {
            let times = [
                59,
                1_111_111_109,
                1_111_111_111,
                1_234_567_890,
                2_000_000_000,
                20_000_000_000,
            ];
            let params = TotpParams { algorithm, ..EIGHT };
            for (time, code) in times.into_iter().zip(codes) {
                assert_eq!(verify(&seed(length), params, code, time, 0), Some(time / 30), "{code}");
            }
        }
    }

    #[test]
    fn six_digits_are_the_default() {
        assert_eq!(verify(SHA1, TotpParams::default(), "287082", 59, 0), Some(1));
        assert_eq!(verify(SHA1, TotpParams::default(), "94287082", 59, 0), None);
    }

    #[test]
    fn skew_gives_the_step_of_the_code() {
        // 07081804 belongs to step 37037036.
        let at = |step: u64, skew| verify(SHA1, EIGHT, "07081804", step * 30, skew);
        assert_eq!(at(37_037_037, 0), None);
        assert_eq!(at(37_037_037, 1), Some(37_037_036));
        assert_eq!(at(37_037_035, 1), Some(37_037_036));
        assert_eq!(at(37_037_038, 1), None);
    }

    #[test]
    fn only_plain_digits_of_the_right_number_are_a_code() {
        for code in [
            "",
            "9428708",
            "942870822",
            "+4287082",
            "94287 82",
            " 94287082",
            "94287082 ",
            "٩٤٢٨٧٠٨٢",
            "94287083",
        ] {
            assert_eq!(verify(SHA1, EIGHT, code, 59, 0), None, "{code:?}");
        }
    }

    #[test]
    fn impossible_parameters_verify_nothing() {
        assert_eq!(verify(b"", TotpParams::default(), "328482", 0, 1), None);
        assert_eq!(verify(SHA1, TotpParams { period: 0, ..EIGHT }, "94287082", 59, 1), None);
        assert_eq!(verify(SHA1, EIGHT, "94287082", u64::MAX, 1), None);
        assert_eq!(
            verify(
                SHA1,
                TotpParams {
                    period: u64::MAX,
                    ..EIGHT
                },
                "94287082",
                59,
                255
            ),
            None
        );
        assert_eq!(verify(b"short", TotpParams::default(), "000000x", 59, 1), None);
    }

    /// RFC 4648 §10
    #[test]
    fn base32_vectors() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY======"),
            ("fo", "MZXQ===="),
            ("foo", "MZXW6==="),
            ("foob", "MZXW6YQ="),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI======"),
        ] {
            let short = text.trim_end_matches('=');
            assert_eq!(*secret_to_base32(bytes.as_bytes()), short);
            for text in [text, short, &short.to_lowercase()] {
                let secret = secret_from_base32(text);
                assert_eq!(secret.as_deref().map(Vec::as_slice), Some(bytes.as_bytes()), "{text}");
            }
        }
        let grouped = secret_from_base32("mzxw 6ytb oi");
        assert_eq!(grouped.as_deref().map(Vec::as_slice), Some(&b"foobar"[..]));
        for text in [
            "M",
            "MZX",
            "MZXW6Y",
            "MZXW61",
            "MZ=XW",
            "MZX\u{17f}W6YT",
            "MZXW-6YT",
            "0000",
        ] {
            assert_eq!(secret_from_base32(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn base32_is_read_back(secret in proptest::collection::vec(any::<u8>(), 0..100), text in any::<String>()) {
            let read = secret_from_base32(&secret_to_base32(&secret));
            prop_assert_eq!(read.as_deref(), Some(&secret));
            let _ = secret_from_base32(&text);
        }

        #[test]
        fn verify_never_panics(code in any::<String>(), now in any::<u64>(), period in any::<u64>(), skew in any::<u8>()) {
            let _ = verify(SHA1, TotpParams { period, ..TotpParams::default() }, &code, now, skew % 3);
        }
    }
}
