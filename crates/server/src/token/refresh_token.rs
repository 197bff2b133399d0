//! The refresh token grant (RFC 6749 §6), with rotation (RFC 9700 §4.14.2).

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::event::{Event, What};
use keyward_domain::grant::Grant;
use keyward_domain::grant::present::{self, Outcome, Presentation};
use keyward_domain::policy::claims::Subject;
use keyward_domain::policy::scope::{OPENID, ScopeRefused};
use keyward_domain::ports::{Durable, Tx};
use keyward_protocol::scope::Scope;

use super::approval::{Approval, Given, Serial};
use super::authorization_code::plan;
use super::mark::{GrantMark, Mark};
use super::{TokenError, begin};
use crate::app::App;
use crate::grants;
use crate::http::client_auth::AuthenticatedClient;
use crate::http::edge::Cx;
use crate::http::write::{Decide, hand_in};
use crate::refresh_token::{self, RefreshToken};
use crate::snapshot::{ClientEntry, RealmSnapshot};
use crate::user_events::EventDraft;

/// Why a refresh token gave nothing. The texts are Keycloak's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RefreshError {
    /// This server did not make it.
    #[error("Invalid refresh token")]
    Invalid,
    /// It was given to another client, whose it stays.
    #[error("Invalid refresh token. Token client and authorized client don't match")]
    AnotherClient,
    /// It was not used for too long.
    #[error("Token is not active")]
    Expired,
    /// It is older than the realm or the client accepts.
    #[error("Stale token")]
    Stale,
    /// The person logged out, or what they gave was taken back.
    #[error("Session not active")]
    Ended,
    /// Its grant has lived as long as the realm and the client let grants live now.
    #[error("Client session not active")]
    Outlived,
    /// It was superseded: the grant is revoked now.
    #[error("Maximum allowed refresh token reuse exceeded")]
    Reused,
    /// The person is disabled or gone.
    #[error("User disabled")]
    UserDisabled,
    /// The person may not have grants any more that outlive their login.
    #[error("Offline session invalid because offline access not granted anymore")]
    OfflineWithdrawn,
}

/// Takes a refresh token. The grant as it stands then may still be on its way to the disk.
pub(crate) async fn approve<'s>(
    app: &App,
    realm: &'s Arc<RealmSnapshot>,
    caller: &AuthenticatedClient<'s>,
    sent: &str,
    asked: (Option<&Scope>, &[String]),
    (draft, cx): (&mut EventDraft, &Cx),
) -> Result<(Approval<'s>, Durable), TokenError> {
    let (scope, resource) = asked;
    let client = caller.entry();
    let token = refresh_token::parse(realm, sent).ok_or(RefreshError::Invalid)?;
    check(realm, client, &token, cx)?;
    tell(draft, &token);
    let subject = subject(app, realm, client, &token).await?;
    if token.is_stale_for(&subject.user) {
        return Err(RefreshError::Stale.into());
    }
    if !begin::may_stay_away(realm, &subject, &token.scope()) {
        return Err(RefreshError::OfflineWithdrawn.into());
    }
    let scope = narrowed(realm, client, scope, &token)?;
    let (grant, repeated, durable) = present(app, realm, client, &token, cx).await?;
    draft.detail("age_of_refresh_token", cx.now.secs() - token.issued_at().secs());
    let plan = match plan(realm, client, &subject, &grant.authorized, &scope, resource) {
        Ok(plan) => plan,
        Err(refused) => {
            durable.on_disk().await?;
            return Err(refused.into());
        }
    };
    let rotates = client.client.settings.rotates(&realm.realm.settings);
    let approval = Approval {
        client,
        subject,
        plan: Cow::Owned(plan),
        mark: Mark::of(client, &grant, GrantMark::Refresh),
        given: Some(Given {
            with_id_token: scope.iter().any(|name| name == OPENID),
            scope,
            // An answer that is given again is the same answer; where nothing rotates each one is new.
            issued_at: if rotates && repeated { grant.rotated_at } else { cx.now },
            grant,
            nonce: None,
            serial: if rotates { Serial::Sequence } else { Serial::Random },
        }),
    };
    Ok((approval, durable))
}

/// What the event says of the token.
fn tell(draft: &mut EventDraft, token: &RefreshToken) {
    let claims = &token.claims;
    draft
        .detail("refresh_token_id", &claims.jti)
        .detail("refresh_token_type", &claims.typ)
        .detail("refresh_token_sub", &claims.sub);
    if let Some(sid) = &claims.sid {
        draft.session(sid);
    }
}

/// What the token itself says: nothing is read for it.
fn check(realm: &RealmSnapshot, client: &ClientEntry, token: &RefreshToken, cx: &Cx) -> Result<(), RefreshError> {
    if token.claims.azp != client.client.client_id {
        return Err(RefreshError::AnotherClient);
    }
    if token.is_over(cx.now) {
        return Err(RefreshError::Expired);
    }
    if token.is_stale(&realm.realm, &client.client) {
        return Err(RefreshError::Stale);
    }
    // One that rotates was issued when its grant was used last. Of another, the row knows.
    let idle = i64::from(refresh_token::lifespan(realm, client, token.kind()).idle_secs);
    let rotates = client.client.settings.rotates(&realm.realm.settings);
    if rotates && token.issued_at().plus_secs(idle) <= cx.now {
        return Err(RefreshError::Outlived);
    }
    Ok(())
}

async fn subject(
    app: &App,
    realm: &Arc<RealmSnapshot>,
    client: &ClientEntry,
    token: &RefreshToken,
) -> Result<Arc<Subject>, TokenError> {
    let user = token.user(app, client).await?.ok_or(RefreshError::UserDisabled)?;
    let subject = app.subjects.get(app.store(), realm, user).await?;
    let enabled = subject.filter(|subject| subject.user.enabled);
    enabled.ok_or_else(|| RefreshError::UserDisabled.into())
}

/// The scope of the access token: what was granted and the client may still have, or a part of it (RFC 6749 §6). The
/// refresh token keeps it all. Scopes that no token names cannot be asked for one by one: the client's own stay.
fn narrowed(
    realm: &RealmSnapshot,
    client: &ClientEntry,
    asked: Option<&Scope>,
    token: &RefreshToken,
) -> Result<Vec<String>, ScopeRefused> {
    let settings = &client.client.settings;
    let granted = token.claims.scope.split(' ').filter(|name| !name.is_empty());
    let granted: Vec<&str> = granted
        .filter(|&name| {
            let mut own = settings.default_scopes.iter().chain(&settings.optional_scopes);
            name == OPENID || own.any(|own| own == name)
        })
        .collect();
    let Some(asked) = asked else {
        return Ok(granted.into_iter().map(str::to_owned).collect());
    };
    if !asked.iter().all(|name| granted.contains(&name)) {
        return Err(ScopeRefused {
            asked: asked.to_string(),
        });
    }
    let stays = |name: &str| {
        let silent = realm
            .scopes
            .get(name)
            .is_some_and(|entry| !entry.scope.settings.include_in_token_scope);
        silent && settings.default_scopes.iter().any(|default| default == name)
    };
    let kept = granted.into_iter().filter(|&name| stays(name) && !asked.contains(name));
    let names = kept.chain(asked.iter());
    Ok(names.map(str::to_owned).collect())
}

/// Presents the token to the store. Returns the grant as it stands, whether the answer was given before, and the way of
/// a rotation to the disk; what else may come of it has consequences, which wait for it here.
async fn present(
    app: &App,
    realm: &RealmSnapshot,
    client: &ClientEntry,
    token: &RefreshToken,
    cx: &Cx,
) -> Result<(Grant, bool, Durable), TokenError> {
    let presentation = Presentation {
        grant: token.grant,
        sequence: token.sequence,
        now: cx.now,
        access_until: begin::access_until(realm, client, cx.now),
    };
    let rotates = client.client.settings.rotates(&realm.realm.settings);
    let lifespan = refresh_token::lifespan(realm, client, token.kind());
    if !rotates
        && let Some(grant) = app.store().read().await?.grant(token.grant).await?
        && grant.is_live(cx.now)
        && grant.sequence == token.sequence
    {
        if lifespan.refresh_until(&grant) <= cx.now {
            return Err(RefreshError::Outlived.into());
        }
        if !present::needs_touch(&grant, presentation) {
            return Ok((grant, true, Durable::already()));
        }
    }
    let decision = Present {
        realm,
        client,
        rotates,
        presentation,
        cx,
        reused: OnceLock::new(),
    };
    let (outcome, durable) = hand_in(app.store(), &decision).await?;
    let outcome = match outcome {
        Outcome::Rotated(grant) if lifespan.ends(&grant) > cx.now => return Ok((grant, false, durable)),
        other => other,
    };
    durable.on_disk().await?;
    match outcome {
        Outcome::Rotated(grant) | Outcome::Repeated(grant) | Outcome::Reissued { grant, .. }
            if lifespan.ends(&grant) <= cx.now =>
        {
            Err(RefreshError::Outlived.into())
        }
        Outcome::Rotated(grant) => Ok((grant, false, Durable::already())),
        Outcome::Repeated(grant) => {
            if let Some(count) = app.repeats.count(grant.id, grant.sequence).filter(|_| rotates) {
                let client = client.client.client_id.clone();
                let what = What::RefreshTokenRepeated { client, count };
                app.events.record(cx.event(realm.realm.name.as_str(), what));
            }
            Ok((grant, true, Durable::already()))
        }
        Outcome::Reissued {
            grant,
            dead,
            dead_until,
        } => {
            app.revocations.insert(
                realm.realm.id,
                &dead_token(client, &grant, dead),
                dead_until.plus_secs(60),
            );
            Ok((grant, false, Durable::already()))
        }
        Outcome::Reused(revoked) => {
            grants::note(app, &[revoked]);
            app.events.record(decision.reused().clone());
            Err(RefreshError::Reused.into())
        }
        Outcome::Ended | Outcome::Unknown => Err(RefreshError::Ended.into()),
    }
}

/// The access token that went out with a refresh token that never arrived.
fn dead_token(client: &ClientEntry, grant: &Grant, sequence: i64) -> String {
    refresh_token::access_token_id(Mark::of(client, grant, GrantMark::Refresh), grant, sequence)
}

struct Present<'a> {
    realm: &'a RealmSnapshot,
    client: &'a ClientEntry,
    rotates: bool,
    presentation: Presentation,
    cx: &'a Cx,
    /// The same however often the decision runs.
    reused: OnceLock<Event>,
}

impl Present<'_> {
    /// The event of a token that was superseded.
    fn reused(&self) -> &Event {
        self.reused.get_or_init(|| {
            let client = self.client.client.client_id.clone();
            let what = What::RefreshTokenReused { client };
            self.cx.event(self.realm.realm.name.as_str(), what)
        })
    }
}

#[async_trait]
impl Decide for Present<'_> {
    type Output = Outcome;

    async fn decide(&self, tx: &mut dyn Tx) -> Result<Outcome, Fault> {
        let outcome = if self.rotates {
            present::rotate(tx, self.presentation).await?
        } else {
            match tx.grant(self.presentation.grant).await? {
                Some(standing) => present::renew(tx, standing, self.presentation).await?,
                None => Outcome::Unknown,
            }
        };
        match &outcome {
            Outcome::Reused(revoked) => {
                grants::tell(tx, self.realm.realm.id, &[*revoked]).await?;
                tx.append_event(self.reused()).await?;
            }
            Outcome::Reissued {
                grant,
                dead,
                dead_until,
            } => {
                grants::tell_token(
                    tx,
                    self.realm.realm.id,
                    &dead_token(self.client, grant, *dead),
                    *dead_until,
                )
                .await?;
            }
            Outcome::Rotated(_) | Outcome::Repeated(_) | Outcome::Ended | Outcome::Unknown => {}
        }
        Ok(outcome)
    }
}
