//! From an approval to tokens: the only place that mints them.

use keyward_domain::client::RefreshTokens;
use keyward_domain::grant::GrantKind;
use keyward_domain::policy::lifetime;
use keyward_domain::{Timestamp, entropy};
use serde_json::{Map, Value};

use super::TokenError;
use super::approval::{Approval, Serial};
use crate::app::App;
use crate::http::edge::Cx;
use crate::http::entropy::SystemEntropy;
use crate::refresh_token;
use crate::snapshot::{ClientEntry, RealmSnapshot};

mod access_token;
mod id_token;

/// The tokens that go out.
pub(crate) struct Issued {
    pub(crate) token: String,
    pub(crate) expires_in: u64,
    pub(crate) scope: String,
    pub(crate) jti: String,
    pub(crate) refresh_token: Option<String>,
    pub(crate) refresh_expires_in: u64,
    pub(crate) id_token: Option<String>,
    pub(crate) session_state: Option<String>,
    /// Tokens issued before are not accepted.
    pub(crate) not_before: Timestamp,
    /// Members of the answer that mappers wrote.
    pub(crate) members: Map<String, Value>,
}

/// From when to when a token is good.
#[derive(Clone, Copy)]
struct Times {
    issued_at: Timestamp,
    expires_at: Timestamp,
}

/// Mints the tokens of an approval: the access token, and for a person a refresh token and an ID token.
pub(crate) async fn issue(
    app: &App,
    realm: &RealmSnapshot,
    approval: &Approval<'_>,
    cx: &Cx,
) -> Result<Issued, TokenError> {
    let lifespan = lifespan(realm, approval.client);
    let issued_at = approval.given.as_ref().map_or(cx.now, |given| given.issued_at);
    let expires_at = Timestamp::from_secs(issued_at.secs()).plus_secs(i64::from(lifespan));
    let times = Times {
        issued_at,
        expires_at: expires_at.min(end(realm, approval, issued_at)),
    };
    let jti = jti(approval);
    let token = access_token::mint(app, realm, approval, &jti, times, cx).await?;
    let mut issued = Issued {
        token,
        expires_in: u64::try_from(times.expires_at.secs() - cx.now.secs()).unwrap_or(0),
        scope: approval.plan.scope.clone(),
        jti,
        refresh_token: None,
        refresh_expires_in: 0,
        id_token: None,
        session_state: None,
        not_before: [approval.client.client.not_before, approval.subject.user.not_before]
            .into_iter()
            .fold(realm.realm.not_before, Timestamp::max),
        members: approval.plan.answer(approval.moment(cx)).into_owned(),
    };
    if let Some(given) = &approval.given {
        let grant = &given.grant;
        if approval.client.client.settings.refresh_tokens == RefreshTokens::Issued {
            issued.refresh_token = Some(refresh_token::mint(realm, grant, approval.client)?);
            // Zero is Keycloak's word for a token whose end moves with its use.
            let left = refresh_token::told_end(realm, grant, approval.client).map(|end| end.secs() - cx.now.secs());
            issued.refresh_expires_in = left.and_then(|left| u64::try_from(left).ok()).unwrap_or(0);
        }
        issued.session_state = Some(grant.session.to_string());
        if given.with_id_token {
            issued.id_token = Some(id_token::mint(realm, approval, given, &issued.token, times, cx)?);
        }
    }
    Ok(issued)
}

/// When no token of an approval is good any more: the grant's end, and for the client itself that of a login which would
/// begin now, as in Keycloak.
fn end(realm: &RealmSnapshot, approval: &Approval<'_>, issued_at: Timestamp) -> Timestamp {
    let lifespan = |kind| refresh_token::lifespan(realm, approval.client, kind);
    match &approval.given {
        Some(given) => lifespan(given.grant.kind).ends(&given.grant),
        None => issued_at.plus_secs(i64::from(lifespan(GrantKind::Online).max_secs)),
    }
}

/// Seconds that an access token of this client lives, unless its grant ends before.
pub(crate) fn lifespan(realm: &RealmSnapshot, client: &ClientEntry) -> u32 {
    let settings = &client.client.settings.access_token;
    lifetime::lifespan(
        realm.realm.settings.access_token_lifespan,
        settings.lifespan,
        settings.profile,
    )
}

fn jti(approval: &Approval<'_>) -> String {
    match &approval.given {
        None => format!("{}:{}", approval.mark, entropy::uuid(&mut SystemEntropy)),
        Some(given) => match given.serial {
            Serial::Sequence => refresh_token::access_token_id(approval.mark, &given.grant, given.grant.sequence),
            Serial::Random => {
                // Its last character is a dot: no digit of it can be taken for a flag.
                let chance = format!("{}.", entropy::uuid(&mut SystemEntropy).simple());
                refresh_token::access_token_id(approval.mark, &given.grant, chance)
            }
        },
    }
}
