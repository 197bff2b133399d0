//! Users and their credentials.

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::credential::Credential;
use keyward_domain::id::{RealmId, UserId};
use keyward_domain::ports::Users;
use keyward_domain::user::User;

use super::json;
use crate::param::params;
use crate::row::Row;
use crate::statement::Sql;
use crate::transaction::Transaction;

static BY_USERNAME: Sql = Sql::new(
    "select id, realm_id, username, enabled, service_account_of, created_at, profile from users
     where realm_id = $1 and username = $2",
);

static SERVICE_ACCOUNTS: Sql = Sql::new(
    "select id, realm_id, username, enabled, service_account_of, created_at, profile from users
     where realm_id = $1 and service_account_of is not null order by username",
);

static INSERT: Sql = Sql::new(
    "insert into users (id, realm_id, username, enabled, service_account_of, created_at, profile)
     values ($1, $2, $3, $4, $5, $6, $7)",
);

static SET_PASSWORD: Sql = Sql::new(
    "insert into passwords (user_id, id, phc, created_at) values ($1, $2, $3, $4)
     on conflict (user_id) do update
     set id = excluded.id, phc = excluded.phc, created_at = excluded.created_at",
);

static PASSWORD: Sql = Sql::new("select id, user_id, phc, created_at from passwords where user_id = $1");

#[async_trait]
impl Users for Transaction {
    async fn user_by_username(&mut self, realm: RealmId, username: &str) -> Result<Option<User>, Fault> {
        self.one(&BY_USERNAME, params![realm, username.to_lowercase()], user)
            .await
    }

    async fn service_accounts(&mut self, realm: RealmId) -> Result<Vec<User>, Fault> {
        self.all(&SERVICE_ACCOUNTS, params![realm], user).await
    }

    async fn insert_user(&mut self, user: &User) -> Result<(), Fault> {
        let profile = json(&user.profile)?;
        let params = params![
            user.id,
            user.realm,
            &user.username,
            user.enabled,
            user.service_account_of,
            user.created_at,
            profile
        ];
        self.insert(&INSERT, params, "a user of this name").await
    }

    async fn set_password(&mut self, credential: &Credential) -> Result<(), Fault> {
        let params = params![credential.user, credential.id, &credential.phc, credential.created_at];
        self.execute(&SET_PASSWORD, params).await?;
        Ok(())
    }

    async fn password(&mut self, user: UserId) -> Result<Option<Credential>, Fault> {
        self.one(&PASSWORD, params![user], credential).await
    }
}

fn user(row: &mut Row) -> Result<User, Fault> {
    Ok(User {
        id: row.get()?,
        realm: row.get()?,
        username: row.get()?,
        enabled: row.get()?,
        service_account_of: row.get()?,
        created_at: row.get()?,
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
