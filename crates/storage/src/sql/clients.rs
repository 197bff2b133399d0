//! Clients and their secrets.

use async_trait::async_trait;
use keyward_domain::client::{Client, ClientSecret};
use keyward_domain::id::{ClientSecretId, ClientUuid, RealmId};
use keyward_domain::ports::Clients;
use keyward_domain::{Fault, Timestamp};

use super::json;
use crate::param::params;
use crate::row::{Row, only};
use crate::statement::Sql;
use crate::transaction::Transaction;

static ALL: Sql = Sql::new(
    "select id, realm_id, client_id, enabled, not_before, settings from clients
     where realm_id = $1 order by client_id",
);

static BY_CLIENT_ID: Sql = Sql::new(
    "select id, realm_id, client_id, enabled, not_before, settings from clients
     where realm_id = $1 and client_id = $2",
);

static INSERT: Sql = Sql::new(
    "insert into clients (id, realm_id, client_id, enabled, not_before, settings) values ($1, $2, $3, $4, $5, $6)",
);

static UPDATE: Sql = Sql::new(
    "update clients set client_id = $3, enabled = $4, not_before = $5, settings = $6 where realm_id = $1 and id = $2",
);

static DELETE: Sql = Sql::new("delete from clients where realm_id = $1 and id = $2");

/// Locks the row until the transaction ends.
static LOCK: Sql = Sql::new("select id from clients where id = $1 for no key update");

static SECRETS: Sql = Sql::new(
    "select s.id, s.client_uuid, s.sealed, s.created_at, s.expires_at
     from client_secrets s join clients c on c.id = s.client_uuid
     where c.realm_id = $1 order by s.client_uuid, s.created_at desc, s.id desc",
);

static INSERT_SECRET: Sql = Sql::new(
    "insert into client_secrets (id, client_uuid, sealed, created_at, expires_at) values ($1, $2, $3, $4, $5)",
);

static YOUNGEST_OTHER: Sql = Sql::new(
    "select id from client_secrets
     where client_uuid = $1 and id <> $2 and (expires_at is null or expires_at > $3)
     order by created_at desc, id desc limit 1",
);

static EXPIRE_ONE: Sql =
    Sql::new("update client_secrets set expires_at = $2 where id = $1 and (expires_at is null or expires_at > $2)");

static EXPIRE_OTHERS: Sql = Sql::new(
    "update client_secrets set expires_at = $4
     where client_uuid = $1 and id <> $2 and id <> $3 and (expires_at is null or expires_at > $4)",
);

static DELETE_SECRET: Sql = Sql::new("delete from client_secrets where client_uuid = $1 and id = $2");

static RESEAL: Sql = Sql::new("update client_secrets set sealed = $3 where id = $1 and sealed = $2");

const CLIENT_ID_TAKEN: &str = "a client of this client_id";

#[async_trait]
impl Clients for Transaction {
    async fn clients(&mut self, realm: RealmId) -> Result<Vec<Client>, Fault> {
        self.all(&ALL, params![realm], client).await
    }

    async fn client_by_client_id(&mut self, realm: RealmId, client_id: &str) -> Result<Option<Client>, Fault> {
        self.one(&BY_CLIENT_ID, params![realm, client_id], client).await
    }

    async fn insert_client(&mut self, client: &Client) -> Result<(), Fault> {
        let settings = json(&client.settings)?;
        let params = params![
            client.id,
            client.realm,
            &client.client_id,
            client.enabled,
            client.not_before,
            settings
        ];
        self.insert(&INSERT, params, CLIENT_ID_TAKEN).await
    }

    async fn update_client(&mut self, client: &Client) -> Result<bool, Fault> {
        let settings = json(&client.settings)?;
        let params = params![
            client.realm,
            client.id,
            &client.client_id,
            client.enabled,
            client.not_before,
            settings
        ];
        Ok(self.change(&UPDATE, params, CLIENT_ID_TAKEN).await? > 0)
    }

    async fn client_secrets(&mut self, realm: RealmId) -> Result<Vec<ClientSecret>, Fault> {
        self.all(&SECRETS, params![realm], secret).await
    }

    async fn insert_client_secret(&mut self, secret: &ClientSecret) -> Result<(), Fault> {
        let params = params![
            secret.id,
            secret.client,
            &secret.sealed,
            secret.created_at,
            secret.expires_at
        ];
        self.insert(&INSERT_SECRET, params, "a client secret of this id").await
    }

    async fn expire_other_client_secrets(
        &mut self,
        client: ClientUuid,
        keep: ClientSecretId,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), Fault> {
        // Two rotations at the same time take turns: the later one sees the secret of the earlier one.
        self.all(&LOCK, params![client], only::<ClientUuid>).await?;
        let youngest = self.one(&YOUNGEST_OTHER, params![client, keep, now], only).await?;
        let youngest: ClientSecretId = youngest.unwrap_or(keep);
        if youngest != keep {
            self.execute(&EXPIRE_ONE, params![youngest, until]).await?;
        }
        self.execute(&EXPIRE_OTHERS, params![client, keep, youngest, now])
            .await?;
        Ok(())
    }

    async fn reseal_client_secret(&mut self, id: ClientSecretId, old: &[u8], new: &[u8]) -> Result<bool, Fault> {
        Ok(self.execute(&RESEAL, params![id, old, new]).await? > 0)
    }

    async fn delete_client(&mut self, realm: RealmId, id: ClientUuid) -> Result<bool, Fault> {
        Ok(self.execute(&DELETE, params![realm, id]).await? > 0)
    }

    async fn delete_client_secret(&mut self, client: ClientUuid, id: ClientSecretId) -> Result<bool, Fault> {
        Ok(self.execute(&DELETE_SECRET, params![client, id]).await? > 0)
    }
}

fn client(row: &mut Row<'_>) -> Result<Client, Fault> {
    Ok(Client {
        id: row.get()?,
        realm: row.get()?,
        client_id: row.get()?,
        enabled: row.get()?,
        not_before: row.get()?,
        settings: row.json()?,
    })
}

fn secret(row: &mut Row<'_>) -> Result<ClientSecret, Fault> {
    Ok(ClientSecret {
        id: row.get()?,
        client: row.get()?,
        sealed: row.get()?,
        created_at: row.get()?,
        expires_at: row.get()?,
    })
}
