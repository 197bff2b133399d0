//! `POST users/{user}/impersonation`: the administrator's browser becomes the user's.

use keyward_domain::event::What;
use keyward_domain::user_event::UserEventType;
use serde_json::json;

use super::find::find;
use super::privilege;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::user_events::EventDraft;
use crate::{grants, session};

/// Opens a session for the user and gives its cookies to who calls. A session of the same realm that the browser had
/// ends. Nobody becomes somebody who may do more than they.
pub(super) async fn impersonate(call: &AdminCall) -> Result<Answer, AdminError> {
    let realm = call.realm()?;
    let mut tx = call.write().await?;
    let user = find(call, &mut *tx).await?;
    privilege::require_not_above(call, &mut *tx, &user).await?;
    if !user.enabled {
        return Err(AdminError::invalid("User is disabled"));
    }
    if user.service_account_of.is_some() {
        return Err(AdminError::invalid("Service accounts cannot be impersonated"));
    }
    let presented = session::presented(&call.app, realm, call.headers());
    let before = session::find(&mut *tx, realm, presented.as_ref(), call.cx.now).await?;
    // Always a new one: the event of the old one says that the user themselves came.
    let opened = session::open(realm, user.id, None, call.headers(), &call.cx);
    let mut revoked = match before {
        Some(before) => session::end(&mut *tx, realm.realm.id, before.id, call.cx.now).await?,
        None => Vec::new(),
    };
    let (opened_session, replaced) = opened.save(&mut *tx, realm).await?;
    revoked.extend(replaced);
    let what = What::Impersonated {
        user_id: user.id,
        session: opened_session.id,
        by_realm: call.caller.realm.realm.name.to_string(),
        by_user: call.caller.user(),
    };
    tx.append_event(&call.cx.event(realm.realm.name.as_str(), what)).await?;
    let path = format!("users/{}/impersonation", user.id);
    call.commit(tx, Done::new(Operation::Action, "USER", path).of_nothing())
        .await?;
    grants::note(&call.app, &revoked);
    let mut draft = EventDraft::begin(realm, &call.cx, UserEventType::Impersonate);
    draft
        .user(user.id)
        .session(opened_session.id)
        .detail("impersonator_realm", &call.caller.realm.realm.name)
        .detail("impersonator", &call.caller.subject.user.username);
    draft.done(&call.app);
    let answer = Answer::json(&json!({
        "sameRealm": call.caller.realm.realm.id == realm.realm.id,
        "redirect": format!("{}/account", realm.issuer),
    }));
    Ok(answer.edited(|response| opened.give(&call.app, realm, opened_session.id, response)))
}
