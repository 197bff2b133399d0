//! `keyward key`: the key that seals secrets at rest, and the keys of realms.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use keyward_domain::{Entropy as _, Fault, client, credential, key};
use keyward_server::SystemEntropy;
use keyward_server::admin::realms::reseal;

use crate::failure::Failure;
use crate::output;
use crate::place::{Opened, Place};
use crate::{private_file, sealing};

mod list;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Make a new sealing key, for sealing.key_file
    Generate {
        /// Write it into a new file that only its owner may read; print it when absent
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Seal everything under the current key that an older one sealed
    Reseal {
        #[command(flatten)]
        place: Place,
    },
    /// List the keys that a realm signs its tokens with, over the admin API
    List(list::List),
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb {
        Verb::Generate { out: None } => output::line(&sealing::generate().1),
        Verb::Generate { out: Some(path) } => {
            private_file::create(&path, format!("{}\n", sealing::generate().1).as_bytes())
                .map_err(|error| Failure::path("write the sealing key", &path, &error))
        }
        Verb::Reseal { place } => {
            let count = reseal(&place.open().await?).await?;
            output::line(&format!("{count} secrets and keys sealed anew"))
        }
        Verb::List(arguments) => list::run(arguments).await,
    }
}

/// One transaction: either everything is under the current key, or nothing changed.
async fn reseal(opened: &Opened) -> Result<usize, Failure> {
    let sealer = &opened.sealer;
    let again = |binding: &[u8], sealed: &[u8]| -> Result<Option<Vec<u8>>, Fault> {
        if !sealer
            .is_outdated(sealed)
            .map_err(|error| Fault::Crypto(error.to_string()))?
        {
            return Ok(None);
        }
        let mut nonce = [0; 12];
        SystemEntropy.fill(&mut nonce);
        sealer
            .reseal(binding, sealed, nonce)
            .map(Some)
            .map_err(|error| Fault::Crypto(error.to_string()))
    };
    let mut tx = opened.store.write().await?;
    let mut count = 0;
    for realm in tx.realms().await? {
        for secret in tx.client_secrets(realm.id).await? {
            if let Some(fresh) = again(&client::secret_binding(realm.id, secret.id), &secret.sealed)? {
                count += usize::from(tx.reseal_client_secret(secret.id, &secret.sealed, &fresh).await?);
            }
        }
        for record in tx.keys(realm.id).await? {
            if let Some(fresh) = again(&key::binding(realm.id, &record.kid), &record.sealed)? {
                count += usize::from(tx.reseal_key(realm.id, &record.kid, &record.sealed, &fresh).await?);
            }
        }
        for record in tx.hmac_keys(realm.id).await? {
            if let Some(fresh) = again(&key::hmac_binding(realm.id, &record.kid), &record.sealed)? {
                let resealed = tx.reseal_hmac_key(realm.id, &record.kid, &record.sealed, &fresh);
                count += usize::from(resealed.await?);
            }
        }
        for otp in tx.otps_of_realm(realm.id).await? {
            if let Some(fresh) = again(&credential::otp_binding(realm.id, otp.id), &otp.sealed)? {
                count += usize::from(tx.reseal_otp(otp.id, &otp.sealed, &fresh).await?);
            }
        }
        count += reseal::reseal(&mut *tx, &realm, sealer).await?;
    }
    sealing::set_check(&mut *tx, sealer).await?;
    tx.commit().await?;
    Ok(count)
}
