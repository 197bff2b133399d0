//! Client policies: what every client of a realm has to be that meets some conditions.
//!
//! Profiles are lists of executors, policies say for whom profiles count. Here they act when a client is made or changed
//! (what it is then holds at every request), and when it gets another secret. Conditions and executors that are not
//! known here are kept as data, and a policy with such a condition does nothing.

use keyward_domain::Fault;
use keyward_domain::client::{Client, ClientType};
use keyward_domain::document::DocumentKind;
use keyward_domain::id::RealmId;
use keyward_domain::ports::Tx;
use serde::Deserialize as _;

use crate::admin::keycloak::client::ClientRepresentation;
use crate::admin::rest::{AdminError, Need, Offered, Route, route};

mod condition;
mod executor;
mod keep;
mod model;
mod rotation;

use condition::Sort;
use model::{Executor, Policy, Profile};
pub(super) use rotation::Rotation;

pub(super) static ROUTES: [Route; 4] = [
    route!(
        GET "/admin/realms/{realm}/client-policies/policies",
        Need::ViewRealm,
        Offered::Full,
        keep::show_policies
    ),
    route!(
        PUT "/admin/realms/{realm}/client-policies/policies",
        Need::ManageRealm,
        Offered::Full,
        keep::set_policies
    ),
    route!(
        GET "/admin/realms/{realm}/client-policies/profiles",
        Need::ViewRealm,
        Offered::Full,
        keep::show_profiles
    ),
    route!(
        PUT "/admin/realms/{realm}/client-policies/profiles",
        Need::ManageRealm,
        Offered::Full,
        keep::set_profiles
    ),
];

/// Whether a document that came in a realm file can be read as what its kind says.
pub(crate) fn is_readable(kind: DocumentKind, body: &serde_json::Value) -> bool {
    match kind {
        DocumentKind::ClientPolicies => model::PolicyList::deserialize(body).is_ok(),
        DocumentKind::ClientProfiles => model::ProfileList::deserialize(body).is_ok(),
        _ => true,
    }
}

/// The policies of a realm.
#[derive(Default)]
pub(super) struct Policies {
    policies: Vec<Policy>,
    profiles: Vec<Profile>,
}

impl Policies {
    /// Reads them.
    pub(super) async fn read(tx: &mut dyn Tx, realm: RealmId) -> Result<Self, Fault> {
        let policies: model::PolicyList = keep::stored(tx, realm, DocumentKind::ClientPolicies).await?;
        if policies.policies.is_empty() {
            return Ok(Self::default());
        }
        let own: model::ProfileList = keep::stored(tx, realm, DocumentKind::ClientProfiles).await?;
        let mut profiles = own.profiles;
        profiles.extend(model::global_profiles());
        Ok(Self {
            policies: policies.policies,
            profiles,
        })
    }

    /// A client as the policies want it, or why it may not be.
    pub(super) fn shape(&self, client: ClientRepresentation) -> Result<ClientRepresentation, AdminError> {
        let sort = match (client.bearer_only, client.public_client) {
            (Some(true), _) => Sort::BearerOnly,
            (_, Some(true)) => Sort::Public,
            _ => Sort::Confidential,
        };
        self.executors(sort)
            .try_fold(client, |client, executor| executor.shape(client))
    }

    /// How the secrets of a client are replaced, if a policy says.
    pub(super) fn rotation(&self, client: &Client) -> Option<Rotation> {
        let sort = match client.settings.client_type {
            _ if client.settings.bearer_only => Sort::BearerOnly,
            ClientType::Public => Sort::Public,
            ClientType::Confidential => Sort::Confidential,
        };
        self.executors(sort).find_map(Executor::rotation)
    }

    /// The executors that count for a client.
    fn executors(&self, sort: Sort) -> impl Iterator<Item = &Executor> {
        self.policies
            .iter()
            .filter(move |policy| policy.counts_for(sort))
            .flat_map(|policy| &policy.profiles)
            .filter_map(|name| self.profiles.iter().find(|profile| profile.name == *name))
            .flat_map(|profile| &profile.executors)
    }
}
