//! The credentials that come with a user: passwords in clear are checked by the realm's policy and hashed, everything
//! else is taken as it is.

use keyward_domain::Entropy as _;
use keyward_domain::credential::{Otp, otp_binding};
use keyward_domain::id::CredentialId;
use keyward_domain::ports::Tx;
use keyward_domain::ports::grants::Revoked;
use keyward_domain::secret::Secret;
use keyward_domain::user::User;
use keyward_domain::{Fault, entropy};
use keyward_jose::totp::TotpParams;
use zeroize::Zeroizing;

use super::new_password::{NewPassword, PasswordKind};
use super::set_password;
use crate::admin::keycloak::credential::{CredentialRepresentation, Imported};
use crate::admin::rest::{AdminCall, AdminError};
use crate::http::entropy::SystemEntropy;
use crate::login::hashing::HashingError;
use crate::login::verify;

/// Most credentials that one request brings.
const MOST: usize = 20;

/// Credentials ready to be written. Hashing takes a while and happens outside a transaction.
#[derive(Default)]
pub(super) struct SentCredentials {
    password: Option<NewPassword>,
    otps: Vec<SentOtp>,
}

struct SentOtp {
    label: String,
    params: TotpParams,
    secret: Zeroizing<Vec<u8>>,
}

impl SentCredentials {
    /// Prepares those of a user with this name and mail address.
    pub(super) async fn prepare(
        call: &AdminCall,
        sent: &[CredentialRepresentation],
        person: (&str, Option<&str>),
    ) -> Result<Self, AdminError> {
        if sent.len() > MOST {
            return Err(AdminError::invalid("Too many credentials"));
        }
        let mut prepared = Self::default();
        for credential in sent.iter().filter(|sent| !is_nothing(sent)) {
            let kind = match credential.temporary {
                Some(true) => PasswordKind::Temporary,
                _ => PasswordKind::Permanent,
            };
            let imported = credential
                .import()
                .map_err(|error| AdminError::Invalid(format!("Credential not accepted: {error}").into()))?;
            match imported {
                Imported::Clear(password) => prepared.password = Some(hash(call, password, kind, person).await?),
                Imported::Password { phc } => prepared.password = Some(NewPassword { phc, kind }),
                Imported::Otp { params, secret } => prepared.otps.push(SentOtp {
                    label: credential.user_label.clone().unwrap_or_default(),
                    params,
                    secret,
                }),
            }
        }
        Ok(prepared)
    }

    /// Whether there is nothing to write.
    pub(super) fn is_empty(&self) -> bool {
        self.password.is_none() && self.otps.is_empty()
    }

    /// Writes them; what that means for the user's required actions, into `user`. Returns the grants that ended.
    pub(super) async fn write(
        &self,
        call: &AdminCall,
        tx: &mut dyn Tx,
        user: &mut User,
    ) -> Result<Vec<Revoked>, AdminError> {
        for sent in &self.otps {
            tx.insert_otp(&sealed(call, sent, user)?).await?;
        }
        let Some(password) = &self.password else {
            return Ok(Vec::new());
        };
        let before = user.required_actions.clone();
        let (_, revoked) = set_password::replace(tx, user, password, call.cx.now).await?;
        // As in Keycloak, a password that comes with a user ends no duty.
        if password.kind == PasswordKind::Permanent {
            user.required_actions = before;
        }
        Ok(revoked)
    }
}

/// A password of no letter, as forms send it, is none: Keycloak passes over it.
fn is_nothing(sent: &CredentialRepresentation) -> bool {
    sent.value.as_deref() == Some("") && sent.credential_data.is_none() && sent.hashed_salted_value.is_none()
}

/// Checks a password by the realm's policy and hashes it on the threads for that.
pub(super) async fn hash(
    call: &AdminCall,
    password: Secret,
    kind: PasswordKind,
    (username, email): (&str, Option<&str>),
) -> Result<NewPassword, AdminError> {
    let policy = &call.realm()?.realm.settings.password_policy;
    if let Err(broken) = policy.check(password.expose(), username, email)
        && let Some(first) = broken.first()
    {
        return Err(AdminError::InvalidInput(first.message_key(), first.to_string().into()));
    }
    let hashed = call.app.passwords.hash(password, verify::salt(), call.cx.now).await;
    let phc = hashed.map_err(|error| match error {
        HashingError::Busy => Fault::Unavailable(error.to_string()),
        HashingError::Password(_) | HashingError::Panicked => Fault::Crypto(error.to_string()),
    })?;
    Ok(NewPassword { phc, kind })
}

fn sealed(call: &AdminCall, sent: &SentOtp, user: &User) -> Result<Otp, Fault> {
    let id = CredentialId(entropy::uuid(&mut SystemEntropy));
    let mut nonce = [0; 12];
    SystemEntropy.fill(&mut nonce);
    let sealed = call
        .app
        .sealer
        .seal(&otp_binding(user.realm, id), &sent.secret, nonce)
        .map_err(|error| Fault::Crypto(error.to_string()))?;
    Ok(Otp {
        id,
        user: user.id,
        label: sent.label.clone(),
        params: sent.params,
        sealed,
        last_step: 0,
        created_at: call.cx.now,
    })
}
