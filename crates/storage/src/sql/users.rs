//! Users and their credentials.

use std::collections::BTreeSet;

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::credential::{Credential, Otp};
use keyward_domain::id::{CredentialId, RealmId, UserId};
use keyward_domain::ports::Users;
use keyward_domain::ports::users::{Paging, UserQuery};
use keyward_domain::user::{FederatedIdentity, User};
use uuid::Uuid;

use super::{json, otps};
use crate::param::{Param, params};
use crate::row::{Row, only};
use crate::statement::Sql;
use crate::transaction::Transaction;

mod attributes;
mod federated_identities;
mod passwords;
pub(crate) mod places;
mod query;

/// The columns that [`user`] reads, of `users u`.
macro_rules! columns {
    () => {
        "u.id, u.realm_id, u.username, u.enabled, u.service_account_of, u.created_at, u.required_actions,
         u.not_before, u.profile"
    };
}
use columns;
pub(super) use query::{holders, members};

static BY_USERNAME: Sql = Sql::new(concat!(
    "select ",
    columns!(),
    " from users u where u.realm_id = $1 and u.username = $2"
));

static BY_ID: Sql = Sql::new(concat!(
    "select ",
    columns!(),
    " from users u where u.realm_id = $1 and u.id = $2"
));

/// Two are enough to know that the address is not one person's. Their names come from the index of addresses alone: asked
/// for whole rows, SQLite would rather read all of the realm, which lie together.
static BY_EMAIL: Sql = Sql::new(concat!(
    "select ",
    columns!(),
    " from (select e.username from users e where e.realm_id = $1 and e.email = $2 limit 2) p
      cross join users u where u.realm_id = $1 and u.username = p.username"
));

static EMAIL_IS_TAKEN: Sql = Sql::new("select count(*) from users where realm_id = $1 and email = $2 and id <> $3");

/// By its clients: no index of users tells a service account from a person.
static SERVICE_ACCOUNTS: Sql = Sql::new(concat!(
    "select ",
    columns!(),
    " from clients c join users u on u.service_account_of = c.id where c.realm_id = $1 order by u.username"
));

static INSERT: Sql = Sql::new(
    "insert into users
     (realm_id, id, username, enabled, created_at, required_actions, not_before, profile, email, email_verified,
     first_name, last_name, service_account_of)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
);

/// Whoever goes or is renamed is counted by a trigger.
static COUNT: Sql = Sql::new("update user_counts set people = people + 1, state = random() where realm_id = $1");

/// Locks the row until the transaction ends.
static TO_CHANGE: Sql = Sql::new(concat!(
    "select ",
    columns!(),
    " from users u where u.realm_id = $1 and u.id = $2 for no key update"
));

static UPDATE: Sql = Sql::new(
    "update users
     set username = $3, enabled = $4, created_at = $5, required_actions = $6, not_before = $7, profile = $8,
         email = $9, email_verified = $10, first_name = $11, last_name = $12
     where realm_id = $1 and id = $2",
);

static DELETE: Sql = Sql::new("delete from users where realm_id = $1 and id = $2");

const NAME_TAKEN: &str = "a user of this name";

/// Longest text in a mirror of the profile: what PostgreSQL takes into an index, whatever its characters.
const LONGEST_MIRROR: usize = 255;

#[async_trait]
impl Users for Transaction {
    async fn user_by_username(&mut self, realm: RealmId, username: &str) -> Result<Option<User>, Fault> {
        self.one(&BY_USERNAME, params![realm, username.to_lowercase()], user)
            .await
    }

    async fn user(&mut self, realm: RealmId, id: UserId) -> Result<Option<User>, Fault> {
        self.one(&BY_ID, params![realm, id], user).await
    }

    async fn user_to_change(&mut self, realm: RealmId, id: UserId) -> Result<Option<User>, Fault> {
        self.one(&TO_CHANGE, params![realm, id], user).await
    }

    async fn user_by_email(&mut self, realm: RealmId, email: &str) -> Result<Option<User>, Fault> {
        let mut found = self.all(&BY_EMAIL, params![realm, email.to_lowercase()], user).await?;
        let first = found.pop();
        Ok(first.filter(|_| found.is_empty()))
    }

    async fn email_is_taken(&mut self, realm: RealmId, email: &str, but: Option<UserId>) -> Result<bool, Fault> {
        // Nobody has the id of zeros.
        let but = but.unwrap_or(UserId(Uuid::nil()));
        let params = params![realm, email.to_lowercase(), but];
        let having_it: Option<i64> = self.one(&EMAIL_IS_TAKEN, params, only).await?;
        Ok(having_it.is_some_and(|count| count > 0))
    }

    async fn service_accounts(&mut self, realm: RealmId) -> Result<Vec<User>, Fault> {
        self.all(&SERVICE_ACCOUNTS, params![realm], user).await
    }

    async fn insert_user(&mut self, user: &User) -> Result<(), Fault> {
        let mut params = written(user)?;
        params.push(user.service_account_of.into());
        self.insert(&INSERT, &params, NAME_TAKEN).await?;
        if user.service_account_of.is_none() && self.counts_people() {
            self.execute(&COUNT, params![user.realm]).await?;
        }
        attributes::insert(self, user).await
    }

    async fn update_user(&mut self, user: &User) -> Result<bool, Fault> {
        let params = written(user)?;
        if self.change(&UPDATE, &params, NAME_TAKEN).await? == 0 {
            return Ok(false);
        }
        attributes::replace(self, user).await?;
        Ok(true)
    }

    async fn set_password(&mut self, credential: &Credential) -> Result<(), Fault> {
        passwords::set(self, credential).await
    }

    async fn password(&mut self, user: UserId) -> Result<Option<Credential>, Fault> {
        passwords::of_user(self, user).await
    }

    async fn rehash_password(&mut self, id: CredentialId, phc: &str) -> Result<bool, Fault> {
        passwords::rehash(self, id, phc).await
    }

    async fn insert_otp(&mut self, otp: &Otp) -> Result<(), Fault> {
        otps::insert(self, otp).await
    }

    async fn delete_other_otps(&mut self, user: UserId, keep: CredentialId) -> Result<u64, Fault> {
        otps::delete_others(self, user, keep).await
    }

    async fn otps(&mut self, user: UserId) -> Result<Vec<Otp>, Fault> {
        otps::of_user(self, user).await
    }

    async fn users_with_otps(&mut self, users: &[UserId]) -> Result<BTreeSet<UserId>, Fault> {
        otps::owners_among(self, users).await
    }

    async fn otps_of_realm(&mut self, realm: RealmId) -> Result<Vec<Otp>, Fault> {
        otps::of_realm(self, realm).await
    }

    async fn use_otp_step(&mut self, id: CredentialId, step: i64) -> Result<bool, Fault> {
        otps::use_step(self, id, step).await
    }

    async fn reseal_otp(&mut self, id: CredentialId, old: &[u8], new: &[u8]) -> Result<bool, Fault> {
        otps::reseal(self, id, old, new).await
    }

    async fn users(&mut self, realm: RealmId, query: &UserQuery, paging: Paging) -> Result<Vec<User>, Fault> {
        query::page(self, realm, query, paging).await
    }

    async fn count_users(&mut self, realm: RealmId, query: &UserQuery) -> Result<i64, Fault> {
        query::count(self, realm, query).await
    }

    async fn delete_user(&mut self, realm: RealmId, id: UserId) -> Result<bool, Fault> {
        Ok(self.execute(&DELETE, params![realm, id]).await? > 0)
    }

    async fn delete_password(&mut self, user: UserId, id: CredentialId) -> Result<bool, Fault> {
        passwords::delete(self, user, id).await
    }

    async fn delete_otp(&mut self, user: UserId, id: CredentialId) -> Result<bool, Fault> {
        otps::delete(self, user, id).await
    }

    async fn label_credential(&mut self, user: UserId, id: CredentialId, label: &str) -> Result<bool, Fault> {
        Ok(passwords::label(self, user, id, label).await? || otps::label(self, user, id, label).await?)
    }

    async fn federated_identities(&mut self, user: UserId) -> Result<Vec<FederatedIdentity>, Fault> {
        federated_identities::of_user(self, user).await
    }

    async fn insert_federated_identity(&mut self, identity: &FederatedIdentity) -> Result<(), Fault> {
        federated_identities::insert(self, identity).await
    }

    async fn delete_federated_identity(&mut self, user: UserId, provider: &str) -> Result<bool, Fault> {
        federated_identities::delete(self, user, provider).await
    }
}

/// What [`INSERT`] and [`UPDATE`] write, in their order.
fn written(user: &User) -> Result<Vec<Param<'_>>, Fault> {
    let profile = &user.profile;
    Ok(vec![
        user.realm.into(),
        user.id.into(),
        Param::from(&user.username),
        user.enabled.into(),
        user.created_at.into(),
        json(&user.required_actions)?.into(),
        user.not_before.into(),
        json(profile)?.into(),
        profile.email.as_deref().map(str::to_lowercase).into(),
        profile.email_verified.into(),
        profile.first_name.as_deref().map(mirror).into(),
        profile.last_name.as_deref().map(mirror).into(),
    ])
}

/// A name as a search looks at it.
fn mirror(text: &str) -> String {
    text.to_lowercase().chars().take(LONGEST_MIRROR).collect()
}

fn fits_an_index(text: &str) -> bool {
    text.chars().nth(LONGEST_MIRROR).is_none()
}

fn user(row: &mut Row<'_>) -> Result<User, Fault> {
    Ok(User {
        id: row.get()?,
        realm: row.get()?,
        username: row.get()?,
        enabled: row.get()?,
        service_account_of: row.get()?,
        created_at: row.get()?,
        required_actions: row.json()?,
        not_before: row.get()?,
        profile: row.json()?,
    })
}
