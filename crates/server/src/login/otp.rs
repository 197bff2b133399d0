//! The second factor's form: a one-time code (RFC 6238).

use axum::body::Body;
use axum::http::Response;
use keyward_domain::Fault;
use keyward_domain::id::{CredentialId, UserId};
use keyward_protocol::params::Params;

use super::password::{Proved, attempt, proceed, refuse};
use super::pending::{Pending, Step};
use super::verify::{self, Refused};
use super::{Said, show};
use crate::http::page::PageRequest;

/// Checks the code of a person whose password was right.
pub(super) async fn submit(
    page: &PageRequest,
    pending: &Pending,
    (user, credential): (UserId, CredentialId),
    form: &Params<'_>,
) -> Result<Response<Body>, Fault> {
    let mut tx = page.app.store().read().await?;
    let found = tx.user(page.realm.realm.id, user).await?;
    let otps = tx.otps(user).await?;
    let password = tx.password(user).await?;
    drop(tx);
    let unchanged = password.filter(|password| password.id == credential);
    // Disabled, removed or given another password while the page was open: as if the password had been wrong.
    let (Some(user), Some(credential)) = (found.filter(|user| user.enabled), unchanged) else {
        let first = pending.at(Step::Login { again: false });
        return refuse(page, &first, "", Refused::Wrong);
    };
    let code: String = form
        .get("otp")
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    match verify::code(attempt(page, pending), user.id, &otps, &code).await {
        Ok(used) => {
            let proved = Proved {
                credential,
                used: Some(used),
                password: None,
            };
            proceed(page, pending, &user, proved).await
        }
        Err(Refused::Fault(fault)) => Err(fault),
        Err(Refused::Wrong | Refused::Disabled | Refused::Busy) => {
            let said = Said {
                wrong_code: true,
                ..Said::default()
            };
            show(page, pending, said)
        }
    }
}
