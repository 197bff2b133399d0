//! Giving a user a second factor: the secret of an authenticator app (RFC 6238).

use std::fmt::Write as _;

use keyward_domain::credential::{Otp, otp_binding};
use keyward_domain::event::What;
use keyward_domain::id::CredentialId;
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use keyward_domain::secret::Secret;
use keyward_domain::user::User;
use keyward_domain::{Entropy as _, Fault, Timestamp, entropy};
use keyward_jose::Sealer;
use keyward_jose::totp::TotpParams;

use super::{note, tell};
use crate::http::entropy::SystemEntropy;

/// Bytes of a secret: as long as the hash under a code (RFC 4226 §4).
const LENGTH: usize = 20;

/// A device that was added, and what the person's app has to learn.
pub struct Added {
    /// Its row.
    pub otp: Otp,
    /// The `otpauth` URI, for a QR code or to be typed: it holds the secret and is shown once.
    pub uri: Secret,
}

/// What becomes of the devices that a person has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// They go on working.
    Keep,
    /// They stop at once: one was lost, or given away.
    Remove,
}

/// Makes a secret and writes it sealed; from now on the user's logins ask for a code. `label` is what the person calls
/// the device.
pub async fn add_otp(
    tx: &mut dyn Tx,
    (realm, user): (&Realm, &User),
    label: &str,
    earlier: Earlier,
    sealer: &Sealer,
    now: Timestamp,
) -> Result<Added, Fault> {
    let (mut secret, mut nonce) = ([0; LENGTH], [0; 12]);
    SystemEntropy.fill(&mut secret);
    SystemEntropy.fill(&mut nonce);
    let id = CredentialId(entropy::uuid(&mut SystemEntropy));
    let sealed = sealer
        .seal(&otp_binding(realm.id, id), &secret, nonce)
        .map_err(|error| Fault::Crypto(error.to_string()))?;
    let otp = Otp {
        id,
        user: user.id,
        label: label.to_owned(),
        params: TotpParams::default(),
        sealed,
        last_step: 0,
        created_at: now,
    };
    tx.insert_otp(&otp).await?;
    let replaced = match earlier {
        Earlier::Keep => 0,
        Earlier::Remove => tx.delete_other_otps(user.id, id).await?,
    };
    let what = What::SecondFactorAdded {
        user_id: user.id,
        replaced,
    };
    note(tx, realm, what, now).await?;
    tell(tx, realm, user.id, now).await?;
    let issuer = match realm.settings.display_name.as_str() {
        "" => realm.name.as_str(),
        name => name,
    };
    let uri = uri(issuer, &user.username, &secret, otp.params);
    Ok(Added { otp, uri })
}

/// The form that authenticator apps read: the issuer stands before the account and as a parameter.
fn uri(issuer: &str, account: &str, secret: &[u8], params: TotpParams) -> Secret {
    let (issuer, account) = (encode(issuer), encode(account));
    let period = params.period;
    let secret = base32(secret);
    Secret::new(format!(
        "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period={period}"
    ))
}

/// Percent-encodes everything but unreserved characters (RFC 3986 §2.3).
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _infallible = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// RFC 4648 §6, without padding, as apps expect.
fn base32(bytes: &[u8]) -> String {
    let sign = |value: u8| match value {
        0..26 => char::from(b'A' + value),
        value => char::from(b'2' + value - 26),
    };
    let mut out = String::new();
    let (mut held, mut bits) = (0_u16, 0);
    for byte in bytes {
        held = held << 8 | u16::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(sign((held >> bits & 31) as u8));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        out.push(sign((held << (5 - bits) & 31) as u8));
    }
    out
}

#[cfg(test)]
mod tests {
    use keyward_jose::totp::TotpParams;

    use super::{base32, uri};

    /// RFC 4648 §10
    #[test]
    fn vectors() {
        for (text, encoded) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(text.as_bytes()), encoded, "{text}");
        }
    }

    #[test]
    fn names_are_encoded() {
        let uri = uri("Müller & Co", "a:b", b"12345678901234567890", TotpParams::default());
        assert_eq!(
            uri.expose(),
            "otpauth://totp/M%C3%BCller%20%26%20Co:a%3Ab?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&\
             issuer=M%C3%BCller%20%26%20Co&algorithm=SHA1&digits=6&period=30"
        );
    }
}
