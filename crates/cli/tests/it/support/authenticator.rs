//! A person's authenticator app.

/// The secret of an `otpauth` URI.
pub(crate) fn secret_of(uri: &str) -> Vec<u8> {
    assert!(uri.starts_with("otpauth://totp/demo:alice?secret="), "{uri}");
    let text = uri.split("secret=").nth(1).unwrap().split('&').next().unwrap();
    let bits: Vec<bool> = text
        .bytes()
        .flat_map(|sign| {
            let value = match sign {
                b'A'..=b'Z' => sign - b'A',
                _ => sign - b'2' + 26,
            };
            (0..5).rev().map(move |bit| value >> bit & 1 == 1)
        })
        .collect();
    let bytes = bits.chunks_exact(8);
    bytes
        .map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit)))
        .collect()
}

/// The code that an authenticator shows now.
pub(crate) fn code_now(secret: &[u8]) -> String {
    totp_rs::Builder::new()
        .with_secret(secret)
        .build_noncompliant()
        .generate(unix_time())
        .to_string()
}

/// Seconds of Unix time.
#[expect(clippy::disallowed_methods, reason = "an authenticator has the real clock")]
fn unix_time() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_secs()
}
