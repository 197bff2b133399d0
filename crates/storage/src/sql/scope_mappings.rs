//! The roles that clients and client scopes let into tokens.

use keyward_domain::Fault;
use keyward_domain::id::{ClientUuid, RealmId, ScopeId};
use keyward_domain::role::{ScopeMapping, ScopeOwner};

use crate::param::params;
use crate::row::Row;
use crate::statement::Sql;
use crate::transaction::Transaction;

static OF_CLIENTS: Sql = Sql::new(
    "select m.client_uuid, m.role_id from client_scope_mappings m join clients c on c.id = m.client_uuid
     where c.realm_id = $1 order by m.client_uuid, m.role_id",
);

static OF_SCOPES: Sql = Sql::new(
    "select m.scope_id, m.role_id from scope_scope_mappings m join scopes s on s.id = m.scope_id
     where s.realm_id = $1 order by m.scope_id, m.role_id",
);

static ADD_TO_CLIENT: Sql =
    Sql::new("insert into client_scope_mappings (client_uuid, role_id) values ($1, $2) on conflict do nothing");

static ADD_TO_SCOPE: Sql =
    Sql::new("insert into scope_scope_mappings (scope_id, role_id) values ($1, $2) on conflict do nothing");

static REMOVE_FROM_CLIENT: Sql = Sql::new("delete from client_scope_mappings where client_uuid = $1 and role_id = $2");

static REMOVE_FROM_SCOPE: Sql = Sql::new("delete from scope_scope_mappings where scope_id = $1 and role_id = $2");

pub(super) async fn of_realm(tx: &mut Transaction, realm: RealmId) -> Result<Vec<ScopeMapping>, Fault> {
    let mut mappings = tx.all(&OF_CLIENTS, params![realm], of_client).await?;
    mappings.extend(tx.all(&OF_SCOPES, params![realm], of_scope).await?);
    Ok(mappings)
}

pub(super) async fn add(tx: &mut Transaction, mapping: ScopeMapping) -> Result<(), Fault> {
    match mapping.owner {
        ScopeOwner::Client(client) => tx.execute(&ADD_TO_CLIENT, params![client, mapping.role]).await?,
        ScopeOwner::Scope(scope) => tx.execute(&ADD_TO_SCOPE, params![scope, mapping.role]).await?,
    };
    Ok(())
}

pub(super) async fn remove(tx: &mut Transaction, mapping: ScopeMapping) -> Result<bool, Fault> {
    let removed = match mapping.owner {
        ScopeOwner::Client(client) => tx.execute(&REMOVE_FROM_CLIENT, params![client, mapping.role]).await?,
        ScopeOwner::Scope(scope) => tx.execute(&REMOVE_FROM_SCOPE, params![scope, mapping.role]).await?,
    };
    Ok(removed > 0)
}

fn of_client(row: &mut Row<'_>) -> Result<ScopeMapping, Fault> {
    Ok(ScopeMapping {
        owner: ScopeOwner::Client(row.get::<ClientUuid>()?),
        role: row.get()?,
    })
}

fn of_scope(row: &mut Row<'_>) -> Result<ScopeMapping, Fault> {
    Ok(ScopeMapping {
        owner: ScopeOwner::Scope(row.get::<ScopeId>()?),
        role: row.get()?,
    })
}
