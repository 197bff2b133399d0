//! The key that seals secrets at rest. It lives outside the database: a file, or the environment.

use std::path::Path;
use std::sync::Arc;

use keyward_domain::ports::{Store, Tx};
use keyward_domain::{Entropy as _, Fault};
use keyward_jose::{SealError, Sealer, SealingKey};
use keyward_server::SystemEntropy;

use crate::failure::Failure;
use crate::private_file;

/// The environment variable that may hold the key instead of a file.
pub(crate) const VARIABLE: &str = "KEYWARD_SEALING_KEY";

/// Under this name the database keeps a text sealed under its key, so that a wrong key is noticed at start.
const CHECK: &str = "sealing_check";

/// A new key in base64url.
pub(crate) fn generate() -> (SealingKey, String) {
    let mut bytes = [0; 32];
    SystemEntropy.fill(&mut bytes);
    let key = SealingKey::new(bytes.into());
    let text = key.to_text().to_string();
    (key, text)
}

/// Reads a key file.
pub(crate) fn read(path: &Path) -> Result<SealingKey, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::path("read the sealing key", path, &error))?;
    parse(&text, &path.display().to_string())
}

/// Reads a key file, or makes it.
pub(crate) fn read_or_make(path: &Path) -> Result<SealingKey, Failure> {
    if path.exists() {
        return read(path);
    }
    let (key, text) = generate();
    private_file::replace(path, format!("{text}\n").as_bytes())
        .map_err(|error| Failure::path("write the sealing key", path, &error))?;
    Ok(key)
}

/// Reads a key from a text.
pub(crate) fn parse(text: &str, place: &str) -> Result<SealingKey, Failure> {
    SealingKey::parse(text.trim()).map_err(|_| {
        Failure::new(format!(
            "{place} is not a sealing key: expected 32 bytes in base64url, 43 characters"
        ))
    })
}

/// Makes sure that the key opens what the database holds. At the first start it is noted under which key that is;
/// of several nodes that start together the first one decides.
pub(crate) async fn check(store: &dyn Store, sealer: &Sealer) -> Result<(), Failure> {
    let mut kept = store.read().await?.fact(CHECK).await?;
    if kept.is_none() {
        let mut tx = store.write().await?;
        tx.add_fact(CHECK, &sealed_check(sealer)?).await?;
        kept = tx.fact(CHECK).await?;
        tx.commit().await?;
    }
    match sealer.open(CHECK.as_bytes(), &kept.unwrap_or_default()) {
        Ok(_) => Ok(()),
        Err(SealError::UnknownKey { id }) => Err(Failure::new(format!(
            "the database is sealed under key {id}, but the sealing key given is {}. Give the right one, or name the \
             old one in sealing.older_key_files and run keyward key reseal",
            sealer.current_id()
        ))),
        Err(error) => Err(Failure::new(format!(
            "the sealing key does not open the database: {error}"
        ))),
    }
}

/// Notes under which key the database is sealed from now on.
pub(crate) async fn set_check(tx: &mut dyn Tx, sealer: &Sealer) -> Result<(), Fault> {
    tx.set_fact(CHECK, &sealed_check(sealer)?).await
}

fn sealed_check(sealer: &Sealer) -> Result<Vec<u8>, Fault> {
    let mut nonce = [0; 12];
    SystemEntropy.fill(&mut nonce);
    sealer
        .seal(CHECK.as_bytes(), b"keyward", nonce)
        .map_err(|error| Fault::Crypto(error.to_string()))
}

/// A sealer that writes under `current` and reads what older keys wrote.
pub(crate) fn sealer(current: SealingKey, older: Vec<SealingKey>) -> Arc<Sealer> {
    Arc::new(Sealer::new(current, older))
}
