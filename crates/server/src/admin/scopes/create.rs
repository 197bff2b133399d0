//! Creating a client scope.

use keyward_domain::event::What;
use keyward_domain::id::ScopeId;
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use keyward_domain::scope::{ClientScope, ScopeSettings};
use keyward_domain::{Fault, Timestamp, entropy};

use crate::admin::note;
use crate::http::entropy::SystemEntropy;

/// Writes a scope. `Fault::Exists` when its name is taken. The caller has checked that `name` is one scope token
/// (RFC 6749 §3.3).
pub async fn create(
    tx: &mut dyn Tx,
    realm: &Realm,
    name: &str,
    settings: ScopeSettings,
    now: Timestamp,
) -> Result<ClientScope, Fault> {
    let id = ScopeId(entropy::uuid(&mut SystemEntropy));
    let scope = ClientScope {
        id,
        realm: realm.id,
        name: name.to_owned(),
        settings,
    };
    tx.insert_scope(&scope).await?;
    let what = What::ScopeCreated {
        scope: scope.name.clone(),
    };
    note(tx, (realm.id, realm.name.as_str()), what, now).await?;
    Ok(scope)
}
