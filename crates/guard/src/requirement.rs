//! What one route of a program asks for, said beside its handler instead of in a table of paths.

use std::sync::Arc;

use thiserror::Error;

use crate::guard::{Decision, Guard};
use crate::normalise::RequestView;
use crate::policy::{Policy, Role};
use crate::route::Route;

/// A policy of the configuration, and what a program asks for beyond it. The path of a request plays no part: whoever
/// holds a requirement has chosen the route already. Everything else is checked in the order of [`Guard::check`].
#[derive(Clone)]
pub struct Requirement {
    pub(crate) guard: Arc<Guard>,
    route: Arc<Route>,
}

/// What is asked for cannot be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RequirementError {
    /// The configuration has no such policy.
    #[error("there is no policy `{0}`")]
    UnknownPolicy(String),
    /// No token can have such a scope. RFC 6749 §3.3
    #[error("`{0}` is no scope")]
    Scope(String),
    /// It is no role.
    #[error("`{0}` is neither realm:NAME nor client:CLIENT:NAME")]
    Role(String),
}

impl Guard {
    /// Asks for what a policy of the configuration asks for.
    pub fn policy(self: &Arc<Self>, name: &str) -> Result<Requirement, RequirementError> {
        let unknown = || RequirementError::UnknownPolicy(name.to_owned());
        let policy = self.policies.get(name).ok_or_else(unknown)?;
        Ok(Requirement {
            guard: Arc::clone(self),
            route: Arc::new(Route::in_code(name.into(), Arc::clone(policy))),
        })
    }
}

impl Requirement {
    /// Asks for a scope too. RFC 6750 §3.1
    pub fn scope(self, name: &str) -> Result<Self, RequirementError> {
        if !Policy::is_scope(name) {
            return Err(RequirementError::Scope(name.to_owned()));
        }
        Ok(self.with(|policy| policy.require_scope(name)))
    }

    /// Asks for a role too: `realm:NAME` or `client:CLIENT:NAME`.
    pub fn role(self, name: &str) -> Result<Self, RequirementError> {
        let role = Role::parse(name).ok_or_else(|| RequirementError::Role(name.to_owned()))?;
        Ok(self.with(|policy| policy.roles.all.push(role)))
    }

    /// Calls the route so in records, metrics and counts of limits by route; else it is called like its policy.
    #[must_use]
    pub fn named(self, route: &str) -> Self {
        let name = route.into();
        let policy = self.route.policy.clone();
        let route = policy.map_or_else(|| Arc::clone(&self.route), |policy| Route::in_code(name, policy).into());
        Self { route, ..self }
    }

    /// Judges a request now.
    pub async fn check(&self, view: RequestView<'_>) -> Decision {
        self.guard.check_by(view, &self.route).await
    }

    fn with(self, narrow: impl FnOnce(&mut Policy)) -> Self {
        let Some(policy) = &self.route.policy else { return self };
        let mut policy = Policy::clone(policy);
        narrow(&mut policy);
        let route = Route::in_code(Arc::clone(&self.route.name), Arc::new(policy));
        Self {
            route: Arc::new(route),
            ..self
        }
    }
}

impl std::fmt::Debug for Requirement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Requirement").field(&self.route).finish()
    }
}
