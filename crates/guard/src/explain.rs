//! The verdict with its steps told, for people who write policies.

use std::fmt;
use std::sync::Arc;

use keyward_client::UnixMillis;
use keyward_jose::Unverified;

use crate::authenticate::Issuer;
use crate::caller::{Caller, Credential};
use crate::denial::{Denial, Reason, Wanted};
use crate::extract;
use crate::guard::{Decision, Guard, Verdict};
use crate::normalise::RequestView;
use crate::policy::Role;
use crate::rate_limit::Rule;
use crate::route::Route;
use crate::settings::Validation;

/// What each step said.
pub(crate) enum Steps {
    /// Nobody asks.
    Untold,
    /// Somebody does.
    Told(Vec<Step>),
}

/// What one step said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The step.
    pub name: &'static str,
    /// Why it refused, if it did.
    pub refused: Option<Reason>,
    /// What it found.
    pub found: String,
}

impl Steps {
    /// Whether somebody asks; then nothing is counted against anybody.
    pub(crate) const fn are_told(&self) -> bool {
        matches!(self, Self::Told(_))
    }

    /// Notes what a step said, and hands it on.
    pub(crate) fn step<T, E: Into<Denial>>(&mut self, name: &'static str, result: Result<T, E>) -> Result<T, Denial> {
        let result = result.map_err(Into::into);
        if let Self::Told(steps) = self {
            steps.push(Step {
                name,
                refused: result.as_ref().err().map(|denial: &Denial| denial.reason),
                found: String::new(),
            });
        }
        result
    }

    /// Notes that a step found something.
    pub(crate) fn passed(&mut self, name: &'static str, found: impl FnOnce() -> String) {
        if let Self::Told(steps) = self {
            steps.push(Step {
                name,
                refused: None,
                found: found(),
            });
        }
    }

    pub(crate) fn matched(&mut self, route: &Route) {
        self.add(|| format!("`{}`", route.name));
    }

    pub(crate) fn caller(&mut self, caller: &Caller) {
        self.add(|| {
            let kind = match caller.kind() {
                Credential::User => "a person",
                Credential::Client => "a service",
            };
            format!(
                "{kind}: subject {}, client {}, issuer {}, scope `{}`, audience {:?}, ends at {}",
                caller.subject().unwrap_or("none"),
                caller.client_id().unwrap_or("none"),
                caller.issuer(),
                caller.scope(),
                caller.audience,
                caller.expires_at(),
            )
        });
    }

    fn add(&mut self, found: impl FnOnce() -> String) {
        if let Self::Told(steps) = self
            && let Some(last) = steps.last_mut()
        {
            last.found = found();
        }
    }
}

/// A verdict with everything that led to it.
#[derive(Debug)]
pub struct Explanation {
    /// The verdict.
    pub decision: Decision,
    /// What each step said, up to the one that refused.
    pub steps: Vec<Step>,
    /// What the policy of the route asks for, with all that it extends.
    pub policy: Option<String>,
    /// What would let the request pass.
    pub advice: Option<String>,
}

impl Guard {
    /// Judges a request and tells how. Nothing is counted: limits are told and not spent.
    pub async fn explain(&self, view: RequestView<'_>) -> Explanation {
        self.explain_at(view, self.clock.now()).await
    }

    /// The same at an instant.
    pub async fn explain_at(&self, view: RequestView<'_>, now: UnixMillis) -> Explanation {
        let mut steps = Steps::Told(Vec::new());
        let says = unverified_issuer(&view);
        let decision = self.decide(view, None, now, &mut steps).await;
        let denial = match (&decision.verdict, &decision.shadowed) {
            (Verdict::Deny(denial), _) | (_, Some(denial)) => Some(denial),
            _ => None,
        };
        Explanation {
            policy: decision.route.as_ref().map(|route| effective(route)),
            advice: denial.map(|denial| self.advice(denial, &decision, says.as_deref())),
            steps: match steps {
                Steps::Told(steps) => steps,
                Steps::Untold => Vec::new(),
            },
            decision,
        }
    }

    fn advice(&self, denial: &Denial, decision: &Decision, says: Option<&str>) -> String {
        let policy = decision.route.as_ref().and_then(|route| route.policy.as_ref());
        let audience = || policy.map(|policy| policy.audience.join("` or `")).unwrap_or_default();
        let issuers = || {
            let names: Vec<&str> = self.issuers.iter().map(|issuer: &Arc<Issuer>| &*issuer.url).collect();
            names.join(", ")
        };
        match (denial.reason, &denial.wanted) {
            (_, Wanted::Scope(scope)) => format!("a token with the scope `{scope}`"),
            (_, Wanted::Methods(methods)) => format!("one of the methods {methods}, or a route for this one"),
            (_, Wanted::StepUp { acr_values, max_age }) => format!(
                "a login of class {} not longer ago than {} s",
                acr_values.as_deref().unwrap_or("any"),
                max_age.map_or_else(|| "any".to_owned(), |secs| secs.to_string())
            ),
            (_, Wanted::Later { after, .. }) => format!("the same again after {} s", after.as_secs() + 1),
            (Reason::NoRoute, _) => "a [[route]] for this host and path".into(),
            (Reason::AmbiguousPath, _) => {
                "a path without empty or dot segments, encoded slashes, `;`, `\\` and control characters".into()
            }
            (Reason::AmbiguousHost, _) => "exactly one Host".into(),
            (Reason::SeveralCredentials, _) => "one Authorization header, and no access_token in the query".into(),
            (Reason::NoCredential, _) => {
                "a header `Authorization: Bearer <token>`; a token in the query or a form is never read".into()
            }
            (Reason::NotSigned, _) => "a JWT; opaque tokens need validation = \"introspect\"".into(),
            (Reason::UnknownIssuer, _) => format!(
                "a token whose `iss` is exactly one of {}; this one says {}",
                issuers(),
                says.unwrap_or("nothing that can be read")
            ),
            (Reason::UnknownKey, _) => "a token signed by a key that the issuer publishes".into(),
            (Reason::NotAnAccessToken, _) => {
                "an access token; if the issuer's look like this, set its preset (keycloak, keyward, auth0)".into()
            }
            (Reason::Audience, _) => format!("a token whose `aud` has `{}`", audience()),
            (Reason::Role, _) => "a caller with the roles of the policy".into(),
            (Reason::ClaimValue, _) => "a token with the claims of the policy".into(),
            (Reason::CallerKind, _) => "another kind of caller (a person, a service), as the policy says".into(),
            (Reason::SenderConstrained, _) => "a token that is not bound to a key or certificate".into(),
            (Reason::Expired, _) => "a newer token".into(),
            (Reason::LivesTooLong, _) => "a token that lives shorter, or a larger max_lifetime of the issuer".into(),
            (Reason::KeysUnavailable, _) => "an issuer whose keys can be had; the log says why they cannot".into(),
            (Reason::IntrospectionUnavailable, _) => {
                "an issuer that answers, and takes the credentials of [issuer.introspection]; the log says which it is"
                    .into()
            }
            (reason, _) => format!("a good token: {}", words(reason)),
        }
    }
}

/// What a token says of its issuer, whoever made it.
fn unverified_issuer(view: &RequestView<'_>) -> Option<String> {
    let token = extract::credential(view.headers, None).ok()?;
    let unverified = Unverified::parse(token).ok()?;
    unverified.unverified_issuer().map(|name| format!("`{name}`"))
}

/// What is wrong with a token, for who writes policies.
fn words(reason: Reason) -> &'static str {
    match reason {
        Reason::MalformedToken => "this is none, or one that was cut off",
        Reason::Signature => "its signature is not that of the issuer",
        Reason::Algorithm => "its header names an algorithm or an extension that is not taken",
        Reason::Claims => "a claim is missing, twice there, or not of its type",
        Reason::NotYetValid => "this one is not valid yet, or a clock is wrong",
        Reason::Inactive => "the issuer says that this one was revoked or has ended",
        Reason::Revoked => "this one was revoked",
        _ => "this one cannot be taken now",
    }
}

/// A policy as it came out, with everything that it extends. What it does not ask for is left out.
fn effective(route: &Route) -> String {
    let limits = |rules: &[Arc<Rule>]| rules.iter().map(|rule| rule.name().to_owned()).collect::<Vec<_>>();
    let Some(policy) = &route.policy else {
        let limits = limits(&route.limits);
        return if limits.is_empty() {
            "public: nothing is needed".into()
        } else {
            format!("public: nothing is needed; limits {}", limits.join(", "))
        };
    };
    let issuers: Vec<&str> = policy.issuers.iter().map(|issuer| issuer.id.as_str()).collect();
    let validation = match policy.validation {
        Validation::Local => "local",
        Validation::Introspect => "introspect",
        Validation::LocalAndIntrospect => "local+introspect",
    };
    let mut parts = vec![
        format!("issuer {}", issuers.join(" or ")),
        format!("audience {}", policy.audience.join(" or ")),
        format!("validation {validation}"),
    ];
    let mut add = |what: &str, names: Vec<String>, between: &str| {
        if !names.is_empty() {
            parts.push(format!("{what} {}", names.join(between)));
        }
    };
    let roles = |roles: &[Role]| roles.iter().map(ToString::to_string).collect::<Vec<_>>();
    let kinds = policy.callers.iter().map(|kind| match kind {
        Credential::User => "people".to_owned(),
        Credential::Client => "services".to_owned(),
    });
    add("callers", kinds.collect(), ", ");
    add("scope", policy.scopes.all.clone(), " and ");
    add("scope", policy.scopes.any.clone(), " or ");
    add("role", roles(&policy.roles.all), " and ");
    add("role", roles(&policy.roles.any), " or ");
    let claims = policy.claims.iter().map(|(name, _)| name.clone());
    add("claims", claims.collect(), ", ");
    add("acr", policy.acr.clone(), " or ");
    add(
        "login not older than",
        policy.max_age.map(|secs| format!("{secs} s")).into_iter().collect(),
        "",
    );
    add("limits", [limits(&policy.limits), limits(&route.limits)].concat(), ", ");
    parts.join("; ")
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            match step.refused {
                Some(reason) => writeln!(f, "  {:<14}refused: {}", step.name, reason.code())?,
                None if step.found.is_empty() => writeln!(f, "  {:<14}passed", step.name)?,
                None => writeln!(f, "  {:<14}passed: {}", step.name, step.found)?,
            }
        }
        if let Some(policy) = &self.policy {
            writeln!(f, "  policy        {policy}")?;
        }
        match (&self.decision.verdict, &self.decision.shadowed) {
            (Verdict::Deny(denial), _) => {
                let outward = denial.reason.outward();
                writeln!(f, "verdict: {} ({})", outward.status, denial.reason.code())?;
            }
            (_, Some(denial)) => writeln!(
                f,
                "verdict: passes, in shadow mode; else {}",
                denial.reason.outward().status
            )?,
            (Verdict::Answer(response), _) => writeln!(f, "verdict: answered with {}", response.status().as_u16())?,
            (Verdict::Allow, None) => writeln!(f, "verdict: passes")?,
        }
        match &self.advice {
            Some(advice) => writeln!(f, "would pass: {advice}"),
            None => Ok(()),
        }
    }
}
