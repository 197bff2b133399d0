//! Users and their credentials.

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::credential::{Credential, Otp};
use keyward_domain::id::{CredentialId, RealmId, UserId};
use keyward_domain::ports::Users;
use keyward_domain::user::User;

use super::{json, otps};
use crate::param::params;
use crate::row::Row;
use crate::statement::Sql;
use crate::transaction::Transaction;

static BY_USERNAME: Sql = Sql::new(
    "select id, realm_id, username, enabled, service_account_of, created_at, required_actions, profile
     from users
     where realm_id = $1 and username = $2",
);

static BY_ID: Sql = Sql::new(
    "select id, realm_id, username, enabled, service_account_of, created_at, required_actions, profile
     from users
     where realm_id = $1 and id = $2",
);

/// Two are enough to know that the address is not one person's.
static BY_EMAIL: Sql = Sql::new(
    "select id, realm_id, username, enabled, service_account_of, created_at, required_actions, profile
     from users
     where realm_id = $1 and email = $2 limit 2",
);

static SERVICE_ACCOUNTS: Sql = Sql::new(
    "select id, realm_id, username, enabled, service_account_of, created_at, required_actions, profile
     from users
     where realm_id = $1 and service_account_of is not null order by username",
);

static INSERT: Sql = Sql::new(
    "insert into users
     (id, realm_id, username, enabled, service_account_of, created_at, required_actions, profile, email)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);

static UPDATE: Sql = Sql::new(
    "update users set username = $3, enabled = $4, created_at = $5, required_actions = $6, profile = $7, email = $8
     where realm_id = $1 and id = $2",
);

static SET_PASSWORD: Sql = Sql::new(
    "insert into passwords (user_id, id, phc, created_at) values ($1, $2, $3, $4)
     on conflict (user_id) do update
     set id = excluded.id, phc = excluded.phc, created_at = excluded.created_at",
);

static PASSWORD: Sql = Sql::new("select id, user_id, phc, created_at from passwords where user_id = $1");

static REHASH: Sql = Sql::new("update passwords set phc = $2 where id = $1");

const NAME_TAKEN: &str = "a user of this name";

#[async_trait]
impl Users for Transaction {
    async fn user_by_username(&mut self, realm: RealmId, username: &str) -> Result<Option<User>, Fault> {
        self.one(&BY_USERNAME, params![realm, username.to_lowercase()], user)
            .await
    }

    async fn user(&mut self, realm: RealmId, id: UserId) -> Result<Option<User>, Fault> {
        self.one(&BY_ID, params![realm, id], user).await
    }

    async fn user_by_email(&mut self, realm: RealmId, email: &str) -> Result<Option<User>, Fault> {
        let mut found = self.all(&BY_EMAIL, params![realm, email.to_lowercase()], user).await?;
        let first = found.pop();
        Ok(first.filter(|_| found.is_empty()))
    }

    async fn service_accounts(&mut self, realm: RealmId) -> Result<Vec<User>, Fault> {
        self.all(&SERVICE_ACCOUNTS, params![realm], user).await
    }

    async fn insert_user(&mut self, user: &User) -> Result<(), Fault> {
        let params = params![
            user.id,
            user.realm,
            &user.username,
            user.enabled,
            user.service_account_of,
            user.created_at,
            json(&user.required_actions)?,
            json(&user.profile)?,
            email(user)
        ];
        self.insert(&INSERT, params, NAME_TAKEN).await
    }

    async fn update_user(&mut self, user: &User) -> Result<bool, Fault> {
        let params = params![
            user.realm,
            user.id,
            &user.username,
            user.enabled,
            user.created_at,
            json(&user.required_actions)?,
            json(&user.profile)?,
            email(user)
        ];
        match self.execute(&UPDATE, params).await {
            Ok(count) => Ok(count > 0),
            Err(Fault::Exists(_)) => Err(Fault::Exists(NAME_TAKEN.into())),
            Err(fault) => Err(fault),
        }
    }

    async fn set_password(&mut self, credential: &Credential) -> Result<(), Fault> {
        let params = params![credential.user, credential.id, &credential.phc, credential.created_at];
        self.execute(&SET_PASSWORD, params).await?;
        Ok(())
    }

    async fn password(&mut self, user: UserId) -> Result<Option<Credential>, Fault> {
        self.one(&PASSWORD, params![user], credential).await
    }

    async fn rehash_password(&mut self, id: CredentialId, phc: &str) -> Result<bool, Fault> {
        Ok(self.execute(&REHASH, params![id, phc]).await? > 0)
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

    async fn otps_of_realm(&mut self, realm: RealmId) -> Result<Vec<Otp>, Fault> {
        otps::of_realm(self, realm).await
    }

    async fn use_otp_step(&mut self, id: CredentialId, step: i64) -> Result<bool, Fault> {
        otps::use_step(self, id, step).await
    }

    async fn reseal_otp(&mut self, id: CredentialId, old: &[u8], new: &[u8]) -> Result<bool, Fault> {
        otps::reseal(self, id, old, new).await
    }
}

/// What `user_by_email` looks for.
fn email(user: &User) -> Option<String> {
    user.profile.email.as_deref().map(str::to_lowercase)
}

fn user(row: &mut Row) -> Result<User, Fault> {
    Ok(User {
        id: row.get()?,
        realm: row.get()?,
        username: row.get()?,
        enabled: row.get()?,
        service_account_of: row.get()?,
        created_at: row.get()?,
        required_actions: row.json()?,
        profile: row.json()?,
    })
}

fn credential(row: &mut Row) -> Result<Credential, Fault> {
    Ok(Credential {
        id: row.get()?,
        user: row.get()?,
        phc: row.get()?,
        created_at: row.get()?,
    })
}
