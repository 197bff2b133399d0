//! A realm in memory that gets one client more, without being read anew: what is read and parsed for a large one takes
//! longer than the whole rest of a request.

use std::collections::BTreeMap;
use std::sync::Arc;

use keyward_domain::client::Client;
use keyward_domain::id::RoleId;
use keyward_domain::role::{Role, RoleLimit};
use keyward_domain::scope::ScopeEntry;
use keyward_domain::user::User;

use super::load::{default_plan, entry, next_generation};
use super::{ClientEntry, Given, LiveSecret, RealmSnapshot};

/// A client that was just written.
pub(crate) struct NewClient {
    pub(crate) client: Client,
    pub(crate) secrets: Vec<LiveSecret>,
    pub(crate) account: Option<Account>,
    /// Its roles.
    pub(crate) roles: Vec<Role>,
    /// (composite, contained): what its roles contain, and what contains them.
    pub(crate) composites: Vec<(RoleId, RoleId)>,
}

/// Its service account.
pub(crate) struct Account {
    pub(crate) user: User,
    pub(crate) given: Given,
}

impl RealmSnapshot {
    /// This state with one client more.
    pub(super) fn with_client(&self, new: NewClient) -> Self {
        let mut next = self.clone();
        next.roles = self.roles.with_client(&new.client, &new.roles, &new.composites);
        if !new.composites.is_empty() {
            next.resolve_anew(&new.composites);
        }
        let NewClient {
            client,
            secrets,
            account,
            ..
        } = new;
        let made = entry(client, secrets, account, &next.roles, &next.scopes);
        next.clients.insert(made);
        next
    }

    /// Roles contain more than before: whoever holds one of them, or lets it in, gets what it contains.
    fn resolve_anew(&mut self, composites: &[(RoleId, RoleId)]) {
        self.generation = next_generation();
        let grown = |role: &RoleId| composites.iter().any(|(composite, _)| composite == role);
        let scopes: BTreeMap<String, ScopeEntry> = self
            .scopes
            .iter()
            .map(|(name, entry)| (name.clone(), ScopeEntry::new(entry.scope.clone(), &self.roles)))
            .collect();
        self.scopes = Arc::new(scopes);
        let (roles, scopes) = (&self.roles, &self.scopes);
        self.clients.renew(|entry| {
            let held = entry.service_account.as_ref();
            let subject = held.filter(|subject| subject.held.ids.iter().any(grown));
            let lets_in = matches!(&entry.limit, RoleLimit::Only(roles) if roles.iter().any(grown));
            if subject.is_none() && !lets_in {
                return None;
            }
            let mut renewed = ClientEntry {
                limit: RoleLimit::new(&entry.client, roles),
                ..entry.clone()
            };
            if let Some(subject) = subject {
                let Given { roles: given, groups } = &entry.given;
                renewed.service_account = Some(Arc::new(roles.subject(subject.user.clone(), given, groups)));
            }
            renewed.default_plan = default_plan(&renewed, scopes, roles);
            Some(renewed)
        });
    }
}
