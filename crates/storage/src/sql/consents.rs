//! What people let clients have.

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::id::{ClientUuid, UserId};
use keyward_domain::ports::Consents;
use keyward_domain::session::Consent;

use super::json;
use crate::param::params;
use crate::row::Row;
use crate::statement::Sql;
use crate::transaction::Transaction;

static ONE: Sql =
    Sql::new("select user_id, client_uuid, scope, given_at from consents where user_id = $1 and client_uuid = $2");

static OF_USER: Sql = Sql::new(
    "select user_id, client_uuid, scope, given_at from consents
     where user_id = $1 order by given_at desc, client_uuid",
);

static SAVE: Sql = Sql::new(
    "insert into consents (user_id, client_uuid, scope, given_at) values ($1, $2, $3, $4)
     on conflict (user_id, client_uuid) do update set scope = excluded.scope, given_at = excluded.given_at",
);

static DELETE: Sql = Sql::new("delete from consents where user_id = $1 and client_uuid = $2");

#[async_trait]
impl Consents for Transaction {
    async fn consent(&mut self, user: UserId, client: ClientUuid) -> Result<Option<Consent>, Fault> {
        self.one(&ONE, params![user, client], consent).await
    }

    async fn consents(&mut self, user: UserId) -> Result<Vec<Consent>, Fault> {
        self.all(&OF_USER, params![user], consent).await
    }

    async fn save_consent(&mut self, consent: &Consent) -> Result<(), Fault> {
        let scope = json(&consent.scope)?;
        let params = params![consent.user, consent.client, scope, consent.given_at];
        self.execute(&SAVE, params).await?;
        Ok(())
    }

    async fn delete_consent(&mut self, user: UserId, client: ClientUuid) -> Result<bool, Fault> {
        Ok(self.execute(&DELETE, params![user, client]).await? > 0)
    }
}

fn consent(row: &mut Row<'_>) -> Result<Consent, Fault> {
    Ok(Consent {
        user: row.get()?,
        client: row.get()?,
        scope: row.json()?,
        given_at: row.get()?,
    })
}
