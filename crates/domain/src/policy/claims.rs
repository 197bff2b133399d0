//! What is in a token (RFC 9068 §2.2, and what Keycloak's clients expect beside): what the mappers of the client and of
//! the granted scopes say about the subject.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::client::Client;
use crate::id::UserId;
use crate::role::{RoleBook, RoleLimit, RoleNames};
use crate::scope::mapper::{Action, ClaimPath};
use crate::scope::{Mapper, ScopeEntry, Target};

mod asked;
mod moment;
mod plan;
mod protected;
mod subject;
mod write;

pub use asked::requested;
pub use moment::Moment;
pub use plan::TokenPlan;
pub use subject::{Membership, Subject};

/// What a plan is made from.
#[derive(Clone, Copy)]
pub struct PlanInput<'a> {
    /// The client that gets the token.
    pub client: &'a Client,
    /// Its own mappers: they apply whatever the scope.
    pub client_mappers: &'a [Mapper],
    /// The roles that it lets in.
    pub limit: &'a RoleLimit,
    /// The granted scopes by name, in order.
    pub granted: &'a [&'a str],
    /// All scopes of the realm.
    pub scopes: &'a BTreeMap<String, ScopeEntry>,
    /// All roles of the realm.
    pub roles: &'a RoleBook,
    /// Whom the token is about.
    pub subject: &'a Subject,
    /// How they authenticated: `1` afresh, `0` by a session.
    pub acr: &'static str,
}

/// Plans the access token of a grant.
pub fn access_token(input: PlanInput<'_>) -> TokenPlan {
    let lightweight = input.client.settings.access_token.lightweight;
    let target = if lightweight {
        Target::LightweightAccessToken
    } else {
        Target::AccessToken
    };
    let (response, late_response) = write::answer(input);
    TokenPlan {
        response,
        late_response,
        ..plan(input, target)
    }
}

/// Plans what is in an ID token beside what the protocol needs.
pub fn id_token(input: PlanInput<'_>) -> TokenPlan {
    plan(input, Target::IdToken)
}

/// Plans what the userinfo endpoint says beside `sub`.
pub fn userinfo(input: PlanInput<'_>) -> TokenPlan {
    plan(input, Target::UserInfo)
}

/// Plans what the introspection endpoint says of an access token beside what the protocol needs.
pub fn introspection(input: PlanInput<'_>) -> TokenPlan {
    plan(input, Target::Introspection)
}

fn plan(input: PlanInput<'_>, target: Target) -> TokenPlan {
    TokenPlan {
        scope: input.token_scope(),
        ..write::write(input, target)
    }
}

impl<'a> PlanInput<'a> {
    /// The names of the granted scopes that the subject may have, in order. `openid` is no row and everybody's.
    pub fn permitted(self) -> impl Iterator<Item = &'a str> {
        let held = &self.subject.held.ids;
        self.granted
            .iter()
            .copied()
            .filter(move |name| self.scopes.get(*name).is_none_or(|scope| scope.is_open_to(held)))
    }

    /// The granted scopes that the subject may have.
    pub fn entries(self) -> impl Iterator<Item = &'a ScopeEntry> {
        self.permitted().filter_map(move |name| self.scopes.get(name))
    }

    /// The mappers that apply, the client's own last: what it says goes before what a scope says.
    pub fn mappers(self) -> impl Iterator<Item = &'a Mapper> {
        self.entries()
            .flat_map(|scope| &scope.mappers)
            .chain(self.client_mappers)
    }

    /// The roles that the token can carry: what the subject holds, as far as the client and the granted scopes let it
    /// in. None of a disabled client.
    pub fn role_names(self) -> RoleNames {
        let subject = self.subject;
        let mut names = match self.limit {
            RoleLimit::All => subject.held.names.clone(),
            RoleLimit::Only(let_in) => {
                let scopes: Vec<_> = self.entries().map(|scope| &scope.roles).collect();
                let lets_in = |role| let_in.contains(role) || scopes.iter().any(|roles| roles.contains(role));
                self.roles
                    .names(subject.held.ids.iter().filter(|role| lets_in(role)).copied())
            }
        };
        names.clients.retain(|client_id, _| !self.roles.is_disabled(client_id));
        names
    }

    /// `client_id`, when the client gets the token for itself.
    fn client_id_of_machine(self) -> Option<&'a str> {
        (self.subject.user.service_account_of == Some(self.client.id)).then_some(&self.client.client_id)
    }

    /// `scope`: the permitted names that are meant for tokens.
    fn token_scope(self) -> String {
        let spoken = |name: &&str| {
            let scope = self.scopes.get(*name);
            scope.is_none_or(|entry| entry.scope.settings.include_in_token_scope)
        };
        self.permitted().filter(spoken).collect::<Vec<_>>().join(" ")
    }
}

/// The `sub` that a client knows a user by, where it is not the user's own (OIDC Core §8.1). A mapper of the client
/// itself says so: whom its tokens are about must not change with the scope.
pub fn pairwise_sub(client: &Client, client_mappers: &[Mapper], user: UserId) -> Option<Uuid> {
    client_mappers.iter().find_map(|mapper| match mapper.action() {
        Action::PairwiseSub(pairwise) => Some(pairwise.sub(&client.client_id, &client.settings, user)),
        _ => None,
    })
}

/// A claim at its place, if no validator decides by it.
fn put(claims: &mut Map<String, Value>, path: &ClaimPath, value: Value, multivalued: bool) {
    if protected::is_free(path) {
        write::put(claims, path, value, multivalued);
    }
}

#[cfg(test)]
mod tests;
