//! The service account of a client: the user in whose name it gets tokens for itself.

use keyward_domain::client::{Client, ClientSettings};
use keyward_domain::id::UserId;
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use keyward_domain::user::{Profile, User};
use keyward_domain::{Fault, Timestamp, entropy};

use super::find;
use crate::admin::keycloak::user::UserView;
use crate::admin::rest::{AdminCall, AdminError, Answer};
use crate::http::entropy::SystemEntropy;
use crate::snapshot::{Account, Given};

/// The scope that a client with a service account gets without asking, if its realm has it.
const SCOPE: &str = "service_account";

/// `GET …/clients/{client}/service-account-user`.
pub(super) async fn user(call: &AdminCall) -> Result<Answer, AdminError> {
    let entry = find::entry(call)?;
    if !entry.client.settings.service_account {
        let text = format!(
            "Service account not enabled for the client '{}'",
            entry.client.client_id
        );
        return Err(AdminError::BadRequest(text));
    }
    let account = entry.service_account.as_ref();
    let account = account.ok_or(AdminError::not_found("User not found"))?;
    Ok(Answer::json(&UserView::of(account.user.clone(), false)))
}

/// The service account of a client.
async fn of_client(tx: &mut dyn Tx, client: &Client) -> Result<Option<User>, Fault> {
    let accounts = tx.service_accounts(client.realm).await?;
    Ok(accounts
        .into_iter()
        .find(|user| user.service_account_of == Some(client.id)))
}

/// Makes one, with what every new user of the realm has.
pub(crate) async fn make(tx: &mut dyn Tx, realm: &Realm, client: &Client, now: Timestamp) -> Result<Account, Fault> {
    let user = User {
        id: UserId(entropy::uuid(&mut SystemEntropy)),
        realm: realm.id,
        username: User::service_account_username(&client.client_id),
        enabled: true,
        service_account_of: Some(client.id),
        required_actions: Vec::new(),
        created_at: now,
        not_before: Timestamp::from_secs(0),
        profile: Profile::default(),
    };
    tx.insert_user(&user).await?;
    if let Some(role) = realm.settings.default_role {
        tx.assign_role(user.id, role).await?;
    }
    let given = Given {
        roles: realm.settings.default_role.into_iter().collect(),
        groups: realm.settings.default_groups.clone(),
    };
    for &group in &given.groups {
        tx.join_group(user.id, group).await?;
    }
    Ok(Account { user, given })
}

/// Brings the account in line with a client that was changed: made, removed, or renamed with it.
pub(super) async fn follow(tx: &mut dyn Tx, realm: &Realm, client: &Client, now: Timestamp) -> Result<(), Fault> {
    let account = of_client(tx, client).await?;
    match (account, client.settings.service_account) {
        (None, true) => {
            make(tx, realm, client, now).await?;
        }
        (Some(user), false) => {
            tx.delete_user(realm.id, user.id).await?;
        }
        (Some(mut user), true) => {
            let username = User::service_account_username(&client.client_id);
            if user.username != username {
                user.username = username;
                tx.update_user(&user).await?;
            }
        }
        (None, false) => {}
    }
    Ok(())
}

/// Gives the client the scope of service accounts, or takes it, as it has one or not. `known`: whether the realm has
/// that scope.
pub(crate) fn follow_with_scope(settings: &mut ClientSettings, known: impl Fn(&str) -> bool) {
    let has = |names: &[String]| names.iter().any(|name| name == SCOPE);
    if !settings.service_account {
        settings.default_scopes.retain(|name| name != SCOPE);
    } else if known(SCOPE) && !has(&settings.default_scopes) && !has(&settings.optional_scopes) {
        settings.default_scopes.push(SCOPE.to_owned());
    }
}
