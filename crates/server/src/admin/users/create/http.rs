//! `POST users`.

use keyward_domain::event::What;
use keyward_domain::id::UserId;
use keyward_domain::ports::Tx;
use keyward_domain::user::{FederatedIdentity, User};
use keyward_domain::{Timestamp, entropy};

use super::super::profile::{self, Rules};
use super::super::sent_credentials::SentCredentials;
use super::super::{groups_of_new, required_actions, sent, spec, taken};
use crate::admin::keycloak::user::{FederatedIdentityRepresentation, UserRepresentation};
use crate::admin::names;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::http::entropy::SystemEntropy;

/// Makes a user. As in Keycloak, `realmRoles` and `clientRoles` are passed over here: roles are given by requests of
/// their own, which ask whether the caller may.
pub(in crate::admin::users) async fn http(call: &AdminCall) -> Result<Answer, AdminError> {
    let rep: UserRepresentation = call.representation()?;
    let realm = &call.realm()?.realm;
    let mut tx = call.read().await?;
    let rules = Rules::read(&mut *tx, realm).await?;
    let (username, profile) = profile::merge(&rules, None, &rep)?;
    if username.starts_with(spec::SERVICE_ACCOUNT) {
        return Err(AdminError::Invalid(
            spec::UserSpecError::ServiceAccount.to_string().into(),
        ));
    }
    let credentials = rep.credentials.as_deref().unwrap_or_default();
    if !credentials.is_empty() {
        // No password is hashed for a name that is taken.
        taken::require_free(&mut *tx, realm, None, (&username, &profile)).await?;
    }
    drop(tx);
    let groups = groups_of_new::of_new_user(call, rep.groups.as_deref().unwrap_or_default())?;
    let credentials = SentCredentials::prepare(call, credentials, (&username, profile.email.as_deref())).await?;

    let mut tx = call.write().await?;
    taken::require_free(&mut *tx, realm, None, (&username, &profile)).await?;
    let mut user = User {
        id: UserId(entropy::uuid(&mut SystemEntropy)),
        realm: realm.id,
        username,
        enabled: rep.enabled.unwrap_or(false),
        service_account_of: None,
        created_at: rep.created_timestamp.map_or(call.cx.now, Timestamp::from_millis),
        required_actions: required_actions::of_new_users(&mut *tx, realm).await?,
        not_before: Timestamp::from_secs(0),
        profile,
    };
    if let Some(wanted) = &rep.required_actions {
        let given = std::mem::take(&mut user.required_actions);
        let all: Vec<String> = given.into_iter().chain(wanted.iter().cloned()).collect();
        required_actions::replace(&mut user.required_actions, &all);
    }
    sent::keep(&rep, &mut user);
    tx.insert_user(&user).await?;
    if !credentials.is_empty() {
        credentials.write(call, &mut *tx, &mut user).await?;
        tx.update_user(&user).await?;
    }
    if let Some(role) = realm.settings.default_role {
        tx.assign_role(user.id, role).await?;
    }
    for group in groups {
        tx.join_group(user.id, group).await?;
    }
    add_identities(&mut *tx, &user, rep.federated_identities.as_deref().unwrap_or_default()).await?;
    let created = What::UserCreated {
        username: user.username.clone(),
        id: user.id,
    };
    tx.append_event(&call.cx.event(realm.name.as_str(), created)).await?;
    // Nobody holds a copy of who was not there.
    let done = Done::new(Operation::Create, "USER", format!("users/{}", user.id)).of_nothing();
    call.commit(tx, done.with(sent::told(call))).await?;
    Ok(Answer::created(&call.url(&user.id.to_string())))
}

async fn add_identities(
    tx: &mut dyn Tx,
    user: &User,
    sent: &[FederatedIdentityRepresentation],
) -> Result<(), AdminError> {
    for identity in sent {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        names::check("Identity provider alias", &text(&identity.identity_provider))?;
        names::check("User id", &text(&identity.user_id))?;
        tx.insert_federated_identity(&FederatedIdentity {
            user: user.id,
            provider: text(&identity.identity_provider),
            external_id: text(&identity.user_id),
            external_name: text(&identity.user_name),
        })
        .await?;
    }
    Ok(())
}
