//! The clients that every realm has, as in Keycloak: `account`, whose roles say what people may do with their own
//! account, and `admin-cli`, through which administration tools log in.

use keyward_domain::client::{Client, ClientSettings, ClientType};
use keyward_domain::id::{ClientUuid, RoleId};
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use keyward_domain::role::Role;
use keyward_domain::scope::defaults;
use keyward_domain::{Fault, Timestamp, entropy};

use crate::http::entropy::SystemEntropy;

/// Roles of the client `account`.
const ACCOUNT_ROLES: [(&str, &str); 2] = [
    ("view-profile", "May see the own profile"),
    ("manage-account", "May change the own account"),
];

/// Makes them.
pub(super) async fn create(tx: &mut dyn Tx, realm: &Realm) -> Result<(), Fault> {
    let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let settings = || ClientSettings {
        client_type: ClientType::Public,
        default_scopes: names(&defaults::DEFAULT),
        optional_scopes: names(&defaults::OPTIONAL),
        ..ClientSettings::default()
    };
    let account = client(
        realm,
        "account",
        ClientSettings {
            name: "Account".into(),
            ..settings()
        },
    );
    // Keycloak's administration clients take a password and nothing else: what they may do, the roles decide.
    let admin_cli = client(
        realm,
        "admin-cli",
        ClientSettings {
            name: "Admin CLI".into(),
            direct_access_grants: true,
            ..settings()
        },
    );
    tx.insert_client(&account).await?;
    tx.insert_client(&admin_cli).await?;
    for (name, description) in ACCOUNT_ROLES {
        let role = Role {
            id: RoleId(entropy::uuid(&mut SystemEntropy)),
            realm: realm.id,
            client: Some(account.id),
            name: name.into(),
            description: description.into(),
        };
        tx.insert_role(&role).await?;
    }
    Ok(())
}

fn client(realm: &Realm, client_id: &str, settings: ClientSettings) -> Client {
    Client {
        id: ClientUuid(entropy::uuid(&mut SystemEntropy)),
        realm: realm.id,
        client_id: client_id.into(),
        enabled: true,
        not_before: Timestamp::from_secs(0),
        settings,
    }
}
