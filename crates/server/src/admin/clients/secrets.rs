//! A client's secrets, opened.

use std::collections::{HashMap, HashSet};

use keyward_domain::client::{self, ClientSecret};
use keyward_domain::id::ClientUuid;
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use keyward_domain::secret::Secret;
use keyward_domain::{Entropy as _, Fault, Timestamp};
use keyward_jose::Sealer;
use zeroize::Zeroize as _;

use crate::http::entropy::SystemEntropy;

/// The secrets of one client.
#[derive(Default)]
pub(crate) struct Secrets {
    /// The youngest, whether it still works or not.
    pub(crate) current: Option<Secret>,
    /// The one before, while it still works.
    pub(crate) rotated: Option<Rotated>,
}

/// A secret that ends.
pub(crate) struct Rotated {
    pub(crate) row: ClientSecret,
    pub(crate) secret: Secret,
}

/// Letters and digits of a new secret: more than 256 bits.
const LENGTH: usize = 48;

/// A new secret for a client that Keycloak's tools made. They put it into shells, URLs and YAML: it is letters and
/// digits alone.
pub(crate) fn generate() -> Secret {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(LENGTH);
    while text.len() < LENGTH {
        let mut bytes = [0; LENGTH];
        SystemEntropy.fill(&mut bytes);
        // What is past the letters is thrown away, so that each is as likely as any other.
        let letters = bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte & 63)));
        text.extend(letters.map(|letter| char::from(*letter)).take(LENGTH - text.len()));
        bytes.zeroize();
    }
    Secret::new(text)
}

/// The secrets of all clients of a realm.
pub(crate) async fn of_realm(
    tx: &mut dyn Tx,
    realm: &Realm,
    sealer: &Sealer,
    now: Timestamp,
) -> Result<HashMap<ClientUuid, Secrets>, Fault> {
    let rows = tx.client_secrets(realm.id).await?;
    by_client(rows.into_iter(), realm, sealer, now)
}

/// The secrets of some clients of a realm.
pub(super) async fn of_clients(
    tx: &mut dyn Tx,
    realm: &Realm,
    wanted: &HashSet<ClientUuid>,
    sealer: &Sealer,
    now: Timestamp,
) -> Result<HashMap<ClientUuid, Secrets>, Fault> {
    let rows = tx.client_secrets(realm.id).await?;
    by_client(
        rows.into_iter().filter(|row| wanted.contains(&row.client)),
        realm,
        sealer,
        now,
    )
}

fn by_client(
    rows: impl Iterator<Item = ClientSecret>,
    realm: &Realm,
    sealer: &Sealer,
    now: Timestamp,
) -> Result<HashMap<ClientUuid, Secrets>, Fault> {
    let mut found: HashMap<ClientUuid, Vec<ClientSecret>> = HashMap::new();
    for row in rows {
        found.entry(row.client).or_default().push(row);
    }
    let opened = found
        .into_iter()
        .map(|(client, rows)| Ok((client, opened(rows, realm, sealer, now)?)));
    opened.collect()
}

fn opened(mut rows: Vec<ClientSecret>, realm: &Realm, sealer: &Sealer, now: Timestamp) -> Result<Secrets, Fault> {
    // The youngest first; of two of one instant, the one that goes on for longer.
    let end = |row: &ClientSecret| row.expires_at.map_or(i64::MAX, Timestamp::millis);
    rows.sort_by_key(|row| std::cmp::Reverse((row.created_at, end(row))));
    let mut rows = rows.into_iter();
    let current = rows.next().map(|row| open(realm, &row, sealer)).transpose()?;
    let rotated = rows.find(|row| row.expires_at.is_none_or(|until| now < until));
    let rotated = rotated
        .map(|row| {
            Ok::<_, Fault>(Rotated {
                secret: open(realm, &row, sealer)?,
                row,
            })
        })
        .transpose()?;
    Ok(Secrets { current, rotated })
}

/// The secrets of one client.
pub(crate) async fn of_client(
    tx: &mut dyn Tx,
    realm: &Realm,
    client: ClientUuid,
    sealer: &Sealer,
    now: Timestamp,
) -> Result<Secrets, Fault> {
    let mut all = of_clients(tx, realm, &HashSet::from([client]), sealer, now).await?;
    Ok(all.remove(&client).unwrap_or_default())
}

fn open(realm: &Realm, row: &ClientSecret, sealer: &Sealer) -> Result<Secret, Fault> {
    let failed = |error: &dyn std::fmt::Display| Fault::Crypto(format!("client secret {}: {error}", row.id));
    let plain = sealer
        .open(&client::secret_binding(realm.id, row.id), &row.sealed)
        .map_err(|error| failed(&error))?;
    let text = std::str::from_utf8(&plain).map_err(|error| failed(&error))?;
    Ok(Secret::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{LENGTH, generate};

    #[test]
    fn a_secret_is_letters_and_digits() {
        let secrets: Vec<_> = (0..50).map(|_| generate()).collect();
        for secret in &secrets {
            let text = secret.expose();
            assert!(
                text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric()),
                "{text}"
            );
        }
        assert!(
            secrets
                .iter()
                .any(|secret| secret.expose().contains(|letter: char| letter.is_ascii_digit()))
        );
        assert_ne!(secrets[0], secrets[1]);
    }
}
