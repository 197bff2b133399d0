//! The credentials of a user: hashes as they are, passwords in the clear to be hashed, the secrets of devices sealed.

use keyward_domain::credential::{Credential, Otp, otp_binding};
use keyward_domain::id::CredentialId;
use keyward_domain::{Entropy as _, Timestamp};

use super::placeholder::unfilled;
use super::{Draft, NoteKind};
use crate::admin::keycloak::credential::{CredentialRepresentation, Imported};
use crate::admin::realms::rows::UserRows;
use crate::http::entropy::SystemEntropy;
use crate::login::complete::UPDATE_PASSWORD;

/// Reads them.
pub(super) fn read(draft: &mut Draft<'_>, path: &str, sent: Vec<CredentialRepresentation>, rows: &mut UserRows) {
    for (place, credential) in sent.into_iter().enumerate() {
        let path = format!("{path}.credentials[{place}]");
        match credential.import() {
            Ok(imported) => one(draft, &path, (&credential, imported), rows),
            Err(error) if error.is_left_out() => draft.note(NoteKind::NotCarried, path, error.to_string()),
            Err(error) => draft.problem(path, error.to_string()),
        }
    }
}

fn one(
    draft: &mut Draft<'_>,
    path: &str,
    (sent, imported): (&CredentialRepresentation, Imported),
    rows: &mut UserRows,
) {
    let id = CredentialId(draft.id(("credential", path), sent.id.as_deref()));
    let created_at = sent.created_date.map_or(draft.ground.now, Timestamp::from_millis);
    let label = sent.user_label.clone().unwrap_or_default();
    let password = |phc: String| Credential {
        id,
        user: rows.user.id,
        phc,
        created_at,
        label: label.clone(),
    };
    match imported {
        Imported::Otp { params, secret } => {
            let mut nonce = [0; 12];
            SystemEntropy.fill(&mut nonce);
            let binding = otp_binding(draft.rows.realm.id, id);
            let Ok(sealed) = draft.ground.sealer.seal(&binding, &secret, nonce) else {
                return draft.problem(path, "its secret cannot be sealed");
            };
            rows.otps.push(Otp {
                id,
                user: rows.user.id,
                label,
                params,
                sealed,
                last_step: 0,
                created_at,
            });
        }
        Imported::Password { .. } | Imported::Clear(_) if rows.password.is_some() => {
            draft.problem(path, "is a second password");
        }
        Imported::Password { phc } => rows.password = Some(password(phc)),
        Imported::Clear(clear) => {
            if let Some(wrong) = unfilled(clear.expose()) {
                return draft.problem(path, wrong);
            }
            rows.password = Some(password(String::new()));
            draft.clear.push((draft.rows.users.len(), clear));
        }
    }
    let is_password = sent.kind.as_deref() != Some("otp");
    let actions = &mut rows.user.required_actions;
    if is_password && sent.temporary == Some(true) && !actions.iter().any(|action| action == UPDATE_PASSWORD) {
        actions.push(UPDATE_PASSWORD.into());
    }
}
