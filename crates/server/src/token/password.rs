//! The resource owner password credentials grant (RFC 6749 §4.3), Keycloak's direct access grants: off unless a client
//! was set to have it.

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use axum::http::HeaderMap;
use keyward_domain::client::ConsentPolicy;
use keyward_domain::grant::{Authorized, Grant};
use keyward_domain::id::GrantId;
use keyward_domain::policy::scope;
use keyward_domain::ports::Tx;
use keyward_domain::session::Session;
use keyward_domain::{Fault, entropy};
use keyward_protocol::scope::Scope;

use super::TokenError;
use super::approval::{Approval, Given, Serial};
use super::authorization_code::plan;
use super::begin::{begin, may_stay_away};
use super::mark::{GrantMark, Mark};
use crate::app::App;
use crate::http::client_auth::AuthenticatedClient;
use crate::http::edge::Cx;
use crate::http::entropy::SystemEntropy;
use crate::http::write::{Decide, write};
use crate::login::complete::{Login, Required, required};
use crate::login::failures;
use crate::login::verify::{self, Attempt, Refused, Way};
use crate::session;
use crate::snapshot::RealmSnapshot;
use crate::user_events::EventDraft;

/// Why a password gave no token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordGrantError {
    /// The client may not use this grant.
    #[error("Client not allowed for direct access grants")]
    NotAllowed,
    /// The client's people are to be asked, which this grant cannot.
    #[error("Client requires user consent")]
    ConsentRequired,
    /// No `username`.
    #[error("Missing parameter: username")]
    MissingUsername,
    /// Unknown user, wrong password, missing or wrong code, locked account or address.
    #[error("Invalid user credentials")]
    Wrong,
    /// The password was right, and the account is disabled.
    #[error("Account disabled")]
    Disabled,
    /// The person has to do something first, which this grant cannot ask for.
    #[error("Account is not fully set up")]
    NotReady,
    /// Too many passwords are waiting.
    #[error("too many passwords are waiting")]
    Busy,
}

/// What the client sent.
pub(crate) struct Credentials<'a> {
    pub(crate) username: Option<&'a str>,
    pub(crate) password: &'a str,
    pub(crate) totp: Option<&'a str>,
    pub(crate) scope: Option<&'a Scope>,
}

/// Takes a person's password.
pub(crate) async fn approve<'s>(
    app: &App,
    realm: &'s Arc<RealmSnapshot>,
    caller: &AuthenticatedClient<'s>,
    sent: Credentials<'_>,
    (draft, cx): (&mut EventDraft, &Cx),
) -> Result<Approval<'s>, TokenError> {
    let client = caller.entry();
    let settings = &client.client.settings;
    draft.detail("auth_method", "oauth_credentials");
    if !settings.direct_access_grants {
        return Err(PasswordGrantError::NotAllowed.into());
    }
    if settings.consent != ConsentPolicy::None {
        return Err(PasswordGrantError::ConsentRequired.into());
    }
    let username = sent.username.ok_or(PasswordGrantError::MissingUsername)?;
    let granted = scope::narrow(sent.scope, &settings.default_scopes, &settings.optional_scopes)?;
    draft
        .detail("auth_method", "openid-connect")
        .detail("username", username);
    let attempt = Attempt {
        app,
        realm,
        client: Some(&client.client.client_id),
        way: Way::PasswordGrant,
        username: Some(username),
        cx,
    };
    let verified = match verify::password(attempt, username, sent.password).await {
        Ok(verified) => verified,
        Err(refused) => return Err(told(draft, refused)),
    };
    let used = match (verified.otps.is_empty(), sent.totp) {
        (true, _) => None,
        (false, None) => {
            // Else a stolen password could be tried out unseen.
            failures::count(attempt, Some(verified.user.id), "missing_code").await?;
            return Err(told(draft, Refused::Wrong));
        }
        (false, Some(code)) => match verify::code(attempt, verified.user.id, &verified.otps, code).await {
            Ok(used) => Some(used),
            Err(refused) => return Err(told(draft, refused)),
        },
    };
    if required(&verified.user, &realm.realm) != Required::Nothing {
        return Err(PasswordGrantError::NotReady.into());
    }
    let subject = app.subjects.get(app.store(), realm, verified.user.id).await?;
    let subject = subject.ok_or(PasswordGrantError::Wrong)?;
    draft.user(verified.user.id);
    let scope: Vec<String> = granted.iter().map(|&name| name.to_owned()).collect();
    if !may_stay_away(realm, &subject, &scope) {
        return Err(TokenError::OfflineNotAllowed);
    }
    let opened = session::open(realm, verified.user.id, None, &HeaderMap::new(), cx);
    let login = Login {
        attempt,
        user: &verified.user,
        opened: &opened,
        credential: &verified.credential,
        used,
        password: None,
    };
    let session = opened.without_cookie();
    let authorized = Authorized {
        scope,
        auth_time: cx.now,
        acr: "1".into(),
        ..Authorized::default()
    };
    let id = GrantId(entropy::growing_uuid(cx.now, &mut SystemEntropy));
    let grant = begin(realm, client, &session, authorized, id, cx.now);
    let begin = Begin {
        login: &login,
        session: &session,
        grant: &grant,
    };
    if !write(app.store(), &begin).await? {
        return Err(PasswordGrantError::Wrong.into());
    }
    app.events.record(login.logged_in(&session));
    let plan = plan(realm, client, &subject, &grant.authorized, &grant.authorized.scope, &[])?;
    Ok(Approval {
        client,
        subject,
        plan: Cow::Owned(plan),
        mark: Mark::of(client, &grant, GrantMark::Password),
        given: Some(Given {
            with_id_token: grant.authorized.scope.iter().any(|name| name == scope::OPENID),
            scope: grant.authorized.scope.clone(),
            issued_at: grant.rotated_at,
            grant,
            nonce: None,
            serial: Serial::Sequence,
        }),
    })
}

/// A refusal that whoever compared has told already.
fn told(draft: &mut EventDraft, refused: Refused) -> TokenError {
    draft.was_told();
    refused.into()
}

/// The decision to begin a session and a grant at once.
struct Begin<'a> {
    login: &'a Login<'a>,
    session: &'a Session,
    grant: &'a Grant,
}

#[async_trait]
impl Decide for Begin<'_> {
    /// Whether every factor still held.
    type Output = bool;

    async fn decide(&self, tx: &mut dyn Tx) -> Result<bool, Fault> {
        if !self.login.prove(tx).await? {
            return Ok(false);
        }
        tx.insert_session(self.session).await?;
        tx.insert_grant(self.grant).await?;
        tx.append_event(&self.login.logged_in(self.session)).await?;
        Ok(true)
    }
}

impl From<Refused> for TokenError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Wrong => PasswordGrantError::Wrong.into(),
            Refused::Disabled => PasswordGrantError::Disabled.into(),
            Refused::Busy => PasswordGrantError::Busy.into(),
            Refused::Fault(fault) => fault.into(),
        }
    }
}
