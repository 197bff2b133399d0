//! A realm as a file, for whoever administers it: secrets masked, and no people but service accounts.

use super::current;
use super::export::{Extent, Part, Secrets, Source, export};
use crate::admin::rest::{AdminCall, AdminError, Answer, Need};

/// `POST …/partial-export`, with `exportClients` and `exportGroupsAndRoles`.
pub(super) async fn post(call: &AdminCall) -> Result<Answer, AdminError> {
    let part = |name: &str| match call.query.flag(name) {
        Some(true) => Part::Whole,
        Some(false) | None => Part::Skip,
    };
    let (clients, groups_and_roles) = (part("exportClients"), part("exportGroupsAndRoles"));
    if clients == Part::Whole {
        call.require(Need::ViewClients)?;
    }
    if groups_and_roles == Part::Whole {
        call.require(Need::QueryGroups)?;
    }
    let mut tx = call.read().await?;
    let realm = current(call, &mut *tx).await?;
    let source = Source {
        public_url: &call.app.settings.public_url,
        sealer: &call.app.sealer,
        now: call.cx.now,
    };
    let extent = Extent {
        users: if clients == Part::Whole {
            Part::ServiceAccounts
        } else {
            Part::Skip
        },
        clients,
        groups_and_roles,
        secrets: Secrets::Masked,
    };
    Ok(Answer::json(&export(&mut *tx, &realm, source, extent).await?))
}
