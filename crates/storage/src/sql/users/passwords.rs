//! Passwords.

use keyward_domain::Fault;
use keyward_domain::credential::Credential;
use keyward_domain::id::{CredentialId, UserId};

use crate::param::params;
use crate::row::{Row, only};
use crate::statement::Sql;
use crate::transaction::Transaction;

static SET: Sql = Sql::new(
    "insert into passwords (user_id, id, phc, created_at, label) values ($1, $2, $3, $4, $5)
     on conflict (user_id) do update
     set id = excluded.id, phc = excluded.phc, created_at = excluded.created_at, label = excluded.label",
);

static OF_USER: Sql = Sql::new("select id, user_id, phc, created_at, label from passwords where user_id = $1");

static HASH: Sql = Sql::new("select phc from passwords where id = $1 for no key update");

static REHASH: Sql = Sql::new("update passwords set phc = $2 where id = $1");

static DELETE: Sql = Sql::new("delete from passwords where user_id = $1 and id = $2");

static LABEL: Sql = Sql::new("update passwords set label = $3 where user_id = $1 and id = $2");

pub(super) async fn set(tx: &mut Transaction, credential: &Credential) -> Result<(), Fault> {
    let params = params![
        credential.user,
        credential.id,
        &credential.phc,
        credential.created_at,
        &credential.label
    ];
    tx.execute(&SET, params).await?;
    Ok(())
}

pub(super) async fn of_user(tx: &mut Transaction, user: UserId) -> Result<Option<Credential>, Fault> {
    tx.one(&OF_USER, params![user], credential).await
}

/// A hash that stands already is not written again: the page of it would be one more for each login's COMMIT.
pub(super) async fn rehash(tx: &mut Transaction, id: CredentialId, phc: &str) -> Result<bool, Fault> {
    let before: Option<String> = tx.one(&HASH, params![id], only).await?;
    Ok(match before {
        None => false,
        Some(before) => before == phc || tx.execute(&REHASH, params![id, phc]).await? > 0,
    })
}

pub(super) async fn delete(tx: &mut Transaction, user: UserId, id: CredentialId) -> Result<bool, Fault> {
    Ok(tx.execute(&DELETE, params![user, id]).await? > 0)
}

pub(super) async fn label(tx: &mut Transaction, user: UserId, id: CredentialId, label: &str) -> Result<bool, Fault> {
    Ok(tx.execute(&LABEL, params![user, id, label]).await? > 0)
}

fn credential(row: &mut Row<'_>) -> Result<Credential, Fault> {
    Ok(Credential {
        id: row.get()?,
        user: row.get()?,
        phc: row.get()?,
        created_at: row.get()?,
        label: row.get()?,
    })
}
