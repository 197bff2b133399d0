//! The authorization code grant (RFC 6749 §4.1.3).

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::client::ConsentPolicy;
use keyward_domain::event::{Event, What};
use keyward_domain::grant::{AuthorizationCode, Authorized, Grant, TokenHash};
use keyward_domain::id::{SessionId, UserId};
use keyward_domain::policy::audience::ResourceRefused;
use keyward_domain::policy::claims::{Subject, TokenPlan};
use keyward_domain::policy::scope::OPENID;
use keyward_domain::policy::{audience, claims};
use keyward_domain::ports::grants::{Redeemed, Revoked};
use keyward_domain::ports::{Durable, Tx};
use keyward_protocol::pkce;

use super::TokenError;
use super::approval::{Approval, Given, Serial};
use super::begin::{begin, may_stay_away};
use super::mark::{GrantMark, Mark};
use crate::app::App;
use crate::grants;
use crate::http::client_auth::AuthenticatedClient;
use crate::http::edge::Cx;
use crate::http::write::{Decide, hand_in};
use crate::snapshot::{ClientEntry, RealmSnapshot};
use crate::user_events::EventDraft;

/// What the client sent.
pub(crate) struct Redemption<'a> {
    pub(crate) code: &'a str,
    pub(crate) redirect_uri: Option<&'a str>,
    pub(crate) code_verifier: Option<&'a str>,
    pub(crate) resource: &'a [String],
}

/// Why a code was not redeemed. The texts are Keycloak's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CodeError {
    /// There is no such code in this realm, or it is a spent one.
    #[error("Code not valid")]
    Unknown,
    /// It came a second time, from whoever could prove that it is theirs (RFC 9700 §4.5): the grant is revoked.
    #[error("Code not valid")]
    Replayed,
    /// It was given to another client. Nothing is spent.
    #[error("Auth error: Found different client_id in clientSession")]
    AnotherClient,
    /// `redirect_uri` is not the one of the authorization request (RFC 6749 §4.1.3).
    #[error("Incorrect redirect_uri")]
    RedirectUri,
    /// RFC 7636 §4.5
    #[error("PKCE code verifier not specified")]
    NoVerifier,
    /// RFC 9700 §4.8.2: whoever cut the challenge out of the request must not succeed.
    #[error("PKCE code verifier specified but challenge not present in authorization")]
    NoChallenge,
    /// RFC 7636 §4.6
    #[error("PKCE verification failed: Code mismatch")]
    WrongVerifier,
    /// Its minute is over.
    #[error("Code is expired")]
    Expired,
    /// The person logged out meanwhile.
    #[error("Session not active")]
    SessionEnded,
    /// The person is disabled.
    #[error("User disabled")]
    UserDisabled,
    /// The person took back meanwhile what they had agreed to.
    #[error("Client no longer has requested consent from user")]
    NoConsent,
}

/// Redeems a code. The grant is on its way to the disk then.
pub(crate) async fn approve<'s>(
    app: &App,
    realm: &'s Arc<RealmSnapshot>,
    caller: &AuthenticatedClient<'s>,
    sent: Redemption<'_>,
    (draft, cx): (&mut EventDraft, &Cx),
) -> Result<(Approval<'s>, Durable), TokenError> {
    let client = caller.entry();
    let hash = TokenHash::of(sent.code.as_bytes());
    let redeem = Redeem {
        app,
        realm,
        client,
        sent: &sent,
        hash,
        cx,
        met: OnceLock::new(),
        replayed: OnceLock::new(),
    };
    let (decision, durable) = hand_in(app.store(), &redeem).await?;
    let durable = if matches!(decision, Decision::Redeemed(_)) {
        durable
    } else {
        durable.on_disk().await?;
        Durable::already()
    };
    if let Some((user, session)) = redeem.met.get() {
        draft.session(session).detail("code_id", session);
        if !decision.is_of_a_spent_code() {
            draft.user(user);
        }
    }
    let Redeemable {
        nonce,
        grant,
        subject,
        plan,
    } = match decision {
        Decision::Redeemed(redeemed) => *redeemed,
        Decision::Refused(error) => return Err(error),
        Decision::Replayed(revoked) => {
            grants::note(app, revoked.as_slice());
            app.events.record(redeem.replayed_event().clone());
            return Err(CodeError::Replayed.into());
        }
    };
    let approval = Approval {
        client,
        subject,
        plan: Cow::Owned(plan),
        mark: Mark::of(client, &grant, GrantMark::Code),
        given: Some(Given {
            with_id_token: grant.authorized.scope.iter().any(|name| name == OPENID),
            scope: grant.authorized.scope.clone(),
            issued_at: grant.rotated_at,
            grant,
            nonce,
            serial: Serial::Sequence,
        }),
    };
    Ok((approval, durable))
}

/// Plans the access token of a person's grant for `scope`, which is all of it or a part.
pub(super) fn plan(
    realm: &RealmSnapshot,
    client: &ClientEntry,
    subject: &Subject,
    authorized: &Authorized,
    scope: &[String],
    resource: &[String],
) -> Result<TokenPlan, ResourceRefused> {
    let granted: Vec<&str> = scope.iter().map(String::as_str).collect();
    let mut input = realm.plan_input(client, subject, &granted);
    input.acr = if authorized.acr == "0" { "0" } else { "1" };
    let mut plan = claims::access_token(input);
    let all = audience::narrow(std::mem::take(&mut plan.audience), &authorized.resource)?;
    plan.audience = audience::narrow(all, resource)?;
    Ok(plan)
}

/// The decision to redeem a code. Nobody can spend one who cannot prove that it is theirs.
struct Redeem<'a> {
    app: &'a App,
    realm: &'a Arc<RealmSnapshot>,
    client: &'a ClientEntry,
    sent: &'a Redemption<'a>,
    hash: TokenHash,
    cx: &'a Cx,
    /// Whose code it is, and of which session, for the event.
    met: OnceLock<(UserId, SessionId)>,
    /// The same however often the decision runs.
    replayed: OnceLock<Event>,
}

enum Decision {
    Redeemed(Box<Redeemable>),
    Replayed(Option<Revoked>),
    Refused(TokenError),
}

/// What a code gives.
struct Redeemable {
    nonce: Option<String>,
    grant: Grant,
    subject: Arc<Subject>,
    plan: TokenPlan,
}

impl Decision {
    /// Whether the code gives nothing to anybody: Keycloak knows nobody then.
    fn is_of_a_spent_code(&self) -> bool {
        matches!(
            self,
            Self::Replayed(_) | Self::Refused(TokenError::Code(CodeError::Unknown | CodeError::Expired))
        )
    }
}

impl From<CodeError> for Decision {
    fn from(error: CodeError) -> Self {
        Self::Refused(error.into())
    }
}

#[async_trait]
impl Decide for Redeem<'_> {
    type Output = Decision;

    async fn decide(&self, tx: &mut dyn Tx) -> Result<Decision, Fault> {
        let Some(code) = tx.code(self.hash).await? else {
            return Ok(CodeError::Unknown.into());
        };
        if code.realm == self.realm.realm.id {
            let _ = self.met.set((code.user, code.session));
        }
        if let Err(error) = self.check(&code) {
            return Ok(error.into());
        }
        let subject = self.app.subjects.get_in(tx, self.realm, code.user).await?;
        let plan = match subject.as_deref().map(|subject| self.plan(subject, &code.authorized)) {
            // Nothing is spent for a resource that the client cannot have.
            Some(Err(refused)) => return Ok(Decision::Refused(refused.into())),
            Some(Ok(plan)) => Some(plan),
            None => None,
        };
        if let Some(subject) = &subject
            && !may_stay_away(self.realm, subject, &code.authorized.scope)
        {
            return Ok(Decision::Refused(TokenError::OfflineNotAllowed));
        }
        let code = match tx.redeem_code(self.hash, self.cx.now).await? {
            Redeemed::First(code) => code,
            Redeemed::Replayed(code) => return self.replayed(tx, &code).await,
            Redeemed::Unknown => return Ok(CodeError::Unknown.into()),
        };
        if code.expires_at <= self.cx.now {
            return Ok(CodeError::Expired.into());
        }
        let Some((subject, plan)) = subject.filter(|subject| subject.user.enabled).zip(plan) else {
            return Ok(CodeError::UserDisabled.into());
        };
        // Touched before it is read: a logout at the same moment waits, and then finds the grant, or was first.
        tx.touch_session(code.session, self.cx.now).await?;
        let Some(session) = tx.session(code.session).await? else {
            return Ok(CodeError::SessionEnded.into());
        };
        if !self.still_agreed(tx, &code).await? {
            return Ok(Decision::Refused(CodeError::NoConsent.into()));
        }
        let grant = begin(
            self.realm,
            self.client,
            &session,
            code.authorized.clone(),
            code.grant,
            self.cx.now,
        );
        tx.insert_grant(&grant).await?;
        Ok(Decision::Redeemed(Box::new(Redeemable {
            nonce: code.nonce,
            grant,
            subject,
            plan,
        })))
    }
}

impl Redeem<'_> {
    fn plan(&self, subject: &Subject, authorized: &Authorized) -> Result<TokenPlan, ResourceRefused> {
        let resource = self.sent.resource;
        plan(
            self.realm,
            self.client,
            subject,
            authorized,
            &authorized.scope,
            resource,
        )
    }

    /// Whether the code belongs to who sends it.
    fn check(&self, code: &AuthorizationCode) -> Result<(), CodeError> {
        if code.realm != self.realm.realm.id {
            return Err(CodeError::Unknown);
        }
        if code.client != self.client.client.id {
            return Err(CodeError::AnotherClient);
        }
        match self.sent.redirect_uri {
            Some(uri) if uri != code.redirect_uri => return Err(CodeError::RedirectUri),
            // OAuth 2.1 §4.1.3 leaves it out; without PKCE it is what binds the code to the redirect.
            None if code.code_challenge.is_none() => return Err(CodeError::RedirectUri),
            _ => {}
        }
        match (&code.code_challenge, self.sent.code_verifier) {
            (Some(challenge), Some(verifier)) if pkce::matches(challenge, verifier) => Ok(()),
            (Some(_), Some(_)) => Err(CodeError::WrongVerifier),
            (Some(_), None) => Err(CodeError::NoVerifier),
            (None, Some(_)) => Err(CodeError::NoChallenge),
            (None, None) if self.client.client.settings.demands_pkce(&self.realm.realm.settings) => {
                Err(CodeError::NoVerifier)
            }
            (None, None) => Ok(()),
        }
    }

    /// Whether what was agreed to for good has not been taken back.
    async fn still_agreed(&self, tx: &mut dyn Tx, code: &AuthorizationCode) -> Result<bool, Fault> {
        if self.client.client.settings.consent != ConsentPolicy::Remember {
            return Ok(true);
        }
        let consent = tx.consent(code.user, code.client).await?;
        Ok(consent.is_some_and(|consent| code.authorized.scope.iter().all(|name| consent.scope.contains(name))))
    }

    /// The event of a code that came twice.
    fn replayed_event(&self) -> &Event {
        self.replayed.get_or_init(|| {
            let client = self.client.client.client_id.clone();
            let what = What::AuthorizationCodeReplayed { client };
            self.cx.event(self.realm.realm.name.as_str(), what)
        })
    }

    /// A code came twice: two hold it, so what the first got is not safe (RFC 6749 §4.1.2).
    async fn replayed(&self, tx: &mut dyn Tx, code: &AuthorizationCode) -> Result<Decision, Fault> {
        let revoked = tx.revoke_grant(code.grant, self.cx.now).await?;
        grants::tell(tx, self.realm.realm.id, revoked.as_slice()).await?;
        tx.append_event(self.replayed_event()).await?;
        Ok(Decision::Replayed(revoked))
    }
}
