//! `PUT users/{user}`.

use keyward_domain::Fault;
use keyward_domain::policy::lockout;
use keyward_domain::ports::Tx;
use keyward_domain::user::User;

use super::find::{find, find_to_change};
use super::profile::{self, Rules};
use super::sent_credentials::SentCredentials;
use super::{privilege, required_actions, sent, spec, taken};
use crate::admin::keycloak::user::UserRepresentation;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::grants;
use crate::login::failures;

/// Changes a user. What is absent stays; attributes that are sent replace all that there are.
pub(super) async fn update(call: &AdminCall) -> Result<Answer, AdminError> {
    let rep: UserRepresentation = call.representation()?;
    let realm = &call.realm()?.realm;
    let mut tx = call.read().await?;
    let before = find(call, &mut *tx).await?;
    let rules = Rules::read(&mut *tx, realm).await?;
    let seen = changed(&rules, &before, &rep)?;
    if before.username != seen.username && seen.username.starts_with(spec::SERVICE_ACCOUNT) {
        return Err(AdminError::Invalid(
            spec::UserSpecError::ServiceAccount.to_string().into(),
        ));
    }
    drop(tx);
    let credentials = rep.credentials.as_deref().unwrap_or_default();
    let person = (seen.username.as_str(), seen.profile.email.as_deref());
    let credentials = SentCredentials::prepare(call, credentials, person).await?;

    let mut tx = call.write().await?;
    let before = find_to_change(call, &mut *tx).await?;
    let mut user = changed(&rules, &before, &rep)?;
    taken::require_free(&mut *tx, realm, Some(user.id), (&user.username, &user.profile)).await?;
    if !credentials.is_empty() || opens_a_way_in(&before, &user) {
        privilege::require_not_above(call, &mut *tx, &before).await?;
    }
    if rep.enabled == Some(true) {
        forgive(call, &mut *tx, &before).await?;
    }
    let revoked = credentials.write(call, &mut *tx, &mut user).await?;
    if !tx.update_user(&user).await? {
        return Err(AdminError::not_found("User not found"));
    }
    let done = Done::new(Operation::Update, "USER", format!("users/{}", user.id));
    call.commit(tx, done.of_user(&user).with(sent::told(call))).await?;
    grants::note(&call.app, &revoked);
    Ok(Answer::no_content())
}

/// The user as the request wants them, credentials aside.
fn changed(rules: &Rules, before: &User, rep: &UserRepresentation) -> Result<User, AdminError> {
    let (username, profile) = profile::merge(rules, Some(before), rep)?;
    let mut user = User {
        username,
        profile,
        enabled: rep.enabled.unwrap_or(before.enabled),
        ..before.clone()
    };
    if let Some(wanted) = &rep.required_actions {
        required_actions::replace(&mut user.required_actions, wanted);
    }
    sent::keep(rep, &mut user);
    Ok(user)
}

/// Whether a change could let somebody else log in as this user, or keep them from it.
fn opens_a_way_in(before: &User, after: &User) -> bool {
    let ways = |user: &User| {
        (
            user.username.clone(),
            user.profile.email.clone(),
            user.profile.email_verified,
            user.required_actions.clone(),
            user.enabled,
        )
    };
    ways(before) != ways(after)
}

/// As in Keycloak, whoever enables a user forgives failed logins.
async fn forgive(call: &AdminCall, tx: &mut dyn Tx, user: &User) -> Result<(), Fault> {
    let record = failures::of_user(tx, user.realm, user.id).await?;
    if !user.enabled || lockout::is_locked(record.as_ref(), call.cx.now) {
        failures::forget(tx, user.realm, user.id).await?;
    }
    Ok(())
}
