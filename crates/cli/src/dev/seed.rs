//! The demo: realm `master` with an administrator, realm `demo` with three clients and two people.

use std::collections::BTreeMap;

use keyward_domain::client::spec::ClientSpec;
use keyward_domain::client::{
    ApplicationType, ClientSettings, ClientType, ConsentPolicy, IdTokenContent, IdTokenSettings,
};
use keyward_domain::id::{MapperId, RoleId};
use keyward_domain::policy::lockout::BruteForce;
use keyward_domain::ports::Tx;
use keyward_domain::realm::{Realm, RealmName, RealmSettings};
use keyward_domain::role::Role;
use keyward_domain::scope::{ProtocolMapper, ScopeSettings, defaults};
use keyward_domain::secret::Secret;
use keyward_domain::user::Attributes;
use keyward_domain::{Clock as _, Fault, Timestamp, entropy};
use keyward_server::SystemEntropy;
use keyward_server::admin::{clients, realms, scopes, users};

use super::profiles;
use super::state::{Person, State};
use crate::bootstrap::{administrator, first_admin};
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::place::Opened;

/// The demo realm.
pub(crate) const DEMO: &str = "demo";

/// The API whose tokens the other clients get.
pub(crate) const API: &str = "backend-api";

/// The service.
pub(crate) const SERVICE: &str = "backend-service";

/// The browser application.
pub(crate) const FRONTEND: &str = "frontend-app";

/// A browser application of somebody else: people are asked for their consent.
pub(crate) const THIRD_PARTY: &str = "third-party-app";

/// Permissions of the demo API.
pub(crate) const PERMISSIONS: [(&str, &str); 5] = [
    ("orders:read", "See orders"),
    ("orders:create", "Place orders"),
    ("payments:create", "Make payments"),
    ("users:manage", "Manage users"),
    ("reports:export", "Export reports"),
];

/// Where the browser applications may be: any port of this machine, a callback of one's own or the demo page.
const BACK: [&str; 5] = [
    "http://127.0.0.1/callback",
    "http://localhost/callback",
    "http://127.0.0.1/demo",
    "http://localhost/demo",
    "http://[::1]/demo",
];

/// Makes everything in one transaction. `save` gets what was generated before it commits.
pub(crate) async fn seed(opened: &Opened, save: impl FnOnce(&State) -> Result<(), Failure>) -> Result<State, Failure> {
    let now = SystemClock.now();
    let name = |text: &str| RealmName::parse(text).map_err(|error| Failure::new(error.to_string()));
    let (master_name, demo_name) = (name("master")?, name(DEMO)?);
    let (admin_name, admin_password) = match first_admin()? {
        Some((username, password)) => (username, password),
        None => ("admin".to_owned(), new_password()),
    };
    let (alice, bob) = (new_password(), new_password());
    // Keys and password hashes are the slow part: all of them side by side.
    let demo_settings = RealmSettings {
        display_name: "Demo".into(),
        brute_force: BruteForce {
            protected: true,
            ..BruteForce::default()
        },
        ..RealmSettings::default()
    };
    let (master, demo, admin, alice_user, bob_user) = tokio::try_join!(
        realms::create::prepare(&opened.sealer, master_name, RealmSettings::default(), now),
        realms::create::prepare(&opened.sealer, demo_name, demo_settings, now),
        users::create::prepare(&admin_name, profiles::admin(), &admin_password),
        users::create::prepare("alice", profiles::alice(), &alice),
        users::create::prepare("bob", profiles::bob(), &bob),
    )?;
    let mut tx = opened.store.write().await?;
    let master = realms::create::create(&mut *tx, &master, now).await?;
    let (user, credential) = administrator(&mut *tx, &master, &admin, now).await?;
    let person = |username: String, password: Secret, credential| Person {
        username,
        password: Some(password.expose().to_owned()),
        credential: Some(credential),
    };
    let mut state = State {
        admin: person(user.username, admin_password, credential.id),
        ..State::default()
    };

    let demo = realms::create::create(&mut *tx, &demo, now).await?;
    permissions(&mut *tx, &demo, now).await?;
    state.clients = demo_clients(&mut *tx, &demo, opened, now).await?;
    let [customer, manager] = demo_roles(&mut *tx, &demo).await?;
    for (new, password, role) in [(alice_user, alice, manager), (bob_user, bob, customer)] {
        let (user, credential) = users::create::create(&mut *tx, &demo, &new, now).await?;
        tx.assign_role(user.id, role).await?;
        state
            .users
            .insert(user.username.clone(), person(user.username, password, credential.id));
    }
    save(&state)?;
    tx.commit().await?;
    Ok(state)
}

async fn permissions(tx: &mut dyn Tx, realm: &Realm, now: Timestamp) -> Result<(), Fault> {
    for (name, description) in PERMISSIONS {
        let settings = ScopeSettings {
            description: description.into(),
            ..ScopeSettings::default()
        };
        scopes::create::create(tx, realm, name, settings, now).await?;
    }
    Ok(())
}

async fn demo_clients(
    tx: &mut dyn Tx,
    realm: &Realm,
    opened: &Opened,
    now: Timestamp,
) -> Result<BTreeMap<String, Option<String>>, Failure> {
    let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let asks = || {
        let permissions = PERMISSIONS.map(|(name, _)| name);
        [names(&defaults::OPTIONAL), names(&permissions)].concat()
    };
    let for_the_api = || {
        let id = MapperId(entropy::uuid(&mut SystemEntropy));
        vec![ProtocolMapper::audience(id, &format!("audience {API}"), API)]
    };
    let browser = ClientSettings {
        name: "Frontend App".into(),
        client_type: ClientType::Public,
        standard_flow: true,
        redirect_uris: names(&BACK),
        post_logout_redirect_uris: names(&["+"]),
        application_type: ApplicationType::Native,
        // keycloak-js reads names from the ID token.
        id_token: IdTokenSettings {
            content: IdTokenContent::Mappers,
            ..IdTokenSettings::default()
        },
        web_origins: names(&["http://127.0.0.1", "http://localhost", "http://[::1]"]),
        default_scopes: names(&defaults::DEFAULT),
        optional_scopes: asks(),
        mappers: for_the_api(),
        ..ClientSettings::default()
    };
    let third_party = ClientSettings {
        name: "Third-Party App".into(),
        consent: ConsentPolicy::Remember,
        ..browser.clone()
    };
    let service = ClientSettings {
        name: "Backend Service".into(),
        service_account: true,
        default_scopes: names(&defaults::DEFAULT),
        optional_scopes: asks(),
        mappers: for_the_api(),
        ..ClientSettings::default()
    };
    let api = ClientSettings {
        name: "Backend API".into(),
        ..ClientSettings::default()
    };
    let mut secrets = BTreeMap::new();
    for (client_id, settings) in [
        (FRONTEND, browser),
        (THIRD_PARTY, third_party),
        (SERVICE, service),
        (API, api),
    ] {
        let spec =
            ClientSpec::parse(client_id, settings, &realm.settings).map_err(|error| Failure::new(error.to_string()))?;
        let created = clients::create::create(tx, realm, spec, &opened.sealer, now).await?;
        if let Some(secret) = created.secret {
            secrets.insert(client_id.to_owned(), Some(secret.expose().to_owned()));
        }
    }
    Ok(secrets)
}

/// `customer`, and `manager`, which contains it.
async fn demo_roles(tx: &mut dyn Tx, realm: &Realm) -> Result<[RoleId; 2], Fault> {
    let customer = role(realm, "customer", "May place orders");
    let manager = role(realm, "manager", "May do what a customer may, and manage users");
    for role in [&customer, &manager] {
        tx.insert_role(role).await?;
    }
    tx.add_to_composite(manager.id, customer.id).await?;
    Ok([customer.id, manager.id])
}

fn role(realm: &Realm, name: &str, description: &str) -> Role {
    Role {
        id: RoleId(entropy::uuid(&mut SystemEntropy)),
        realm: realm.id,
        client: None,
        name: name.into(),
        description: description.into(),
        attributes: Attributes::new(),
    }
}

fn new_password() -> Secret {
    let secret = entropy::secret(&mut SystemEntropy);
    // 16 characters of base64url: 96 bits, and still something that a person can type.
    Secret::new(secret.expose().chars().take(16).collect())
}
