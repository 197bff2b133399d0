//! Tokens as a user would get them, unsigned.

use std::sync::Arc;

use keyward_domain::grant::GrantKind;
use keyward_domain::id::{SessionId, UserId};
use keyward_domain::policy::claims::{self, Moment, PlanInput, Subject, TokenPlan};
use keyward_domain::policy::lifetime;
use keyward_domain::{Fault, entropy};
use keyward_protocol::at_jwt::{AccessTokenClaims, ClientRoles};
use keyward_protocol::id_token::IdTokenClaims;
use serde::Serialize;

use super::Evaluated;
use crate::admin::rest::{AdminCall, AdminError, Answer, Need};
use crate::http::entropy::SystemEntropy;
use crate::refresh_token;
use crate::snapshot::RealmSnapshot;

/// `GET …/evaluate-scopes/generate-example-access-token`
pub(super) async fn access_token(call: &AdminCall) -> Result<Answer, AdminError> {
    let example = Example::read(call).await?;
    let mut plan = claims::access_token(example.input());
    narrow(call, &mut plan)?;
    let extra = plan.claims(example.moment);
    let audience = borrow(&plan.audience);
    let origins = borrow(&plan.allowed_origins);
    let realm_roles = borrow(&plan.realm_roles);
    let of_clients = plan.client_roles.iter();
    let names: Vec<(&str, Vec<&str>)> = of_clients
        .map(|(client, roles)| (client.as_str(), borrow(roles)))
        .collect();
    let client_roles: Vec<ClientRoles<'_>> = names
        .iter()
        .map(|(client_id, roles)| ClientRoles { client_id, roles })
        .collect();
    shown(&AccessTokenClaims {
        exp: example.exp(),
        iat: example.iat(),
        auth_time: None,
        jti: &token_id("onrtna:"),
        iss: &call.realm()?.issuer,
        aud: &audience,
        sub: &example.sub(&plan),
        typ: "Bearer",
        azp: example.client_id(),
        nonce: None,
        sid: Some(&example.session),
        acr: plan.acr,
        allowed_origins: &origins,
        realm_access: &realm_roles,
        resource_access: &client_roles,
        scope: &plan.scope,
        client_id: example.client_id(),
        preferred_username: extra.get("preferred_username"),
        email: extra.get("email"),
        email_verified: extra.get("email_verified"),
        extra: &extra,
    })
}

/// `GET …/evaluate-scopes/generate-example-id-token`
pub(super) async fn id_token(call: &AdminCall) -> Result<Answer, AdminError> {
    let example = Example::read(call).await?;
    narrow(call, &mut claims::access_token(example.input()))?;
    let plan = claims::id_token(example.input());
    let client_id = example.client_id();
    let mut audience = vec![client_id];
    audience.extend(
        plan.audience
            .iter()
            .map(String::as_str)
            .filter(|name| *name != client_id),
    );
    shown(&IdTokenClaims {
        exp: example.exp(),
        iat: example.iat(),
        auth_time: None,
        jti: &token_id(""),
        iss: &call.realm()?.issuer,
        aud: &audience,
        sub: &example.sub(&plan),
        typ: "ID",
        azp: client_id,
        nonce: None,
        sid: Some(&example.session),
        at_hash: None,
        acr: plan.acr,
        extra: &plan.members(example.moment),
    })
}

/// `GET …/evaluate-scopes/generate-example-userinfo`
pub(super) async fn userinfo(call: &AdminCall) -> Result<Answer, AdminError> {
    let example = Example::read(call).await?;
    let plan = claims::userinfo(example.input());
    let mut members = plan.members(example.moment);
    members.insert("sub".to_owned(), example.sub(&plan).into());
    Ok(Answer::json(&members))
}

/// Who would get which token.
struct Example<'a> {
    realm: &'a RealmSnapshot,
    now: i64,
    evaluated: Evaluated<'a>,
    subject: Arc<Subject>,
    session: String,
    moment: Moment,
}

impl<'a> Example<'a> {
    async fn read(call: &'a AdminCall) -> Result<Self, AdminError> {
        let evaluated = Evaluated::read(call)?;
        let id = call.query.get("userId").filter(|id| !id.is_empty());
        let id = id.ok_or(AdminError::not_found("No userId provided"))?;
        let subject = match id.parse::<UserId>() {
            Ok(id) => call.app.subjects.get(call.app.store(), call.realm()?, id).await?,
            Err(_) => None,
        };
        let subject = subject.ok_or(AdminError::not_found("No user found"))?;
        // What a token says of a person is theirs: whoever may not see them does not see it either.
        call.require(Need::ViewUsers)?;
        let session = SessionId(entropy::uuid(&mut SystemEntropy));
        Ok(Self {
            realm: call.realm()?,
            now: call.cx.now.secs(),
            evaluated,
            subject,
            session: session.to_string(),
            moment: Moment {
                client_address: None,
                auth_time: None,
                session: Some(session),
            },
        })
    }

    fn input(&self) -> PlanInput<'_> {
        let Evaluated { entry, granted } = &self.evaluated;
        self.realm.plan_input(entry, &self.subject, granted)
    }

    fn client_id(&self) -> &str {
        &self.evaluated.entry.client.client_id
    }

    fn sub(&self, plan: &TokenPlan) -> String {
        plan.sub.unwrap_or(self.subject.user.id.0).to_string()
    }

    fn iat(&self) -> u64 {
        u64::try_from(self.now).unwrap_or(0)
    }

    fn exp(&self) -> u64 {
        let settings = &self.evaluated.entry.client.settings.access_token;
        let of_realm = self.realm.realm.settings.access_token_lifespan;
        let secs = lifetime::lifespan(of_realm, settings.lifespan, settings.profile);
        let login = refresh_token::lifespan(self.realm, self.evaluated.entry, GrantKind::Online);
        self.iat() + u64::from(secs.min(login.max_secs))
    }
}

/// An id of a token that there will never be.
fn token_id(mark: &str) -> String {
    format!("{mark}{}", entropy::uuid(&mut SystemEntropy))
}

/// Narrows the audience to clients that are asked for by name (`audience`).
fn narrow(call: &AdminCall, plan: &mut TokenPlan) -> Result<(), AdminError> {
    let realm = call.realm()?;
    let asked = call.query.get("audience").unwrap_or_default().split([',', ' ']);
    let asked: Vec<&str> = asked.filter(|name| realm.clients.contains_key(name)).collect();
    if let Some(missing) = asked
        .iter()
        .find(|name| !plan.audience.iter().any(|known| known == *name))
    {
        return Err(AdminError::NotFound(
            format!("Requested audience not available: {missing}").into(),
        ));
    }
    if !asked.is_empty() {
        plan.audience.retain(|name| asked.contains(&name.as_str()));
    }
    Ok(())
}

fn borrow(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

/// As a token would say it, member by member.
fn shown(claims: &impl Serialize) -> Result<Answer, AdminError> {
    let value = serde_json::to_value(claims).map_err(|error| Fault::Corrupt(error.to_string()))?;
    Ok(Answer::json(&value))
}
