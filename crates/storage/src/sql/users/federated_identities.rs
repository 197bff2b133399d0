//! Logins at identity providers.

use keyward_domain::Fault;
use keyward_domain::id::UserId;
use keyward_domain::user::FederatedIdentity;

use crate::param::params;
use crate::row::Row;
use crate::statement::Sql;
use crate::transaction::Transaction;

static OF_USER: Sql = Sql::new(
    "select user_id, provider, external_id, external_name from federated_identities
     where user_id = $1 order by provider",
);

static INSERT: Sql = Sql::new(
    "insert into federated_identities (user_id, provider, external_id, external_name) values ($1, $2, $3, $4)",
);

static DELETE: Sql = Sql::new("delete from federated_identities where user_id = $1 and provider = $2");

pub(super) async fn of_user(tx: &mut Transaction, user: UserId) -> Result<Vec<FederatedIdentity>, Fault> {
    tx.all(&OF_USER, params![user], identity).await
}

pub(super) async fn insert(tx: &mut Transaction, identity: &FederatedIdentity) -> Result<(), Fault> {
    let params = params![
        identity.user,
        &identity.provider,
        &identity.external_id,
        &identity.external_name
    ];
    tx.insert(&INSERT, params, "a login of the user at this provider").await
}

pub(super) async fn delete(tx: &mut Transaction, user: UserId, provider: &str) -> Result<bool, Fault> {
    Ok(tx.execute(&DELETE, params![user, provider]).await? > 0)
}

fn identity(row: &mut Row<'_>) -> Result<FederatedIdentity, Fault> {
    Ok(FederatedIdentity {
        user: row.get()?,
        provider: row.get()?,
        external_id: row.get()?,
        external_name: row.get()?,
    })
}
