//! `GET` and `POST /realms/{realm}/login-actions/action-token`.

use axum::body::Body;
use axum::http::Response;
use keyward_domain::Fault;
use keyward_domain::ports::Seen;
use keyward_domain::user::User;
use keyward_protocol::params::Params;

use super::token::{ActionToken, VERIFY_EMAIL};
use super::{Redirect, link, password, verify};
use crate::http::call::Call;
use crate::http::page::PageRequest;
use crate::http::respond::EarlyAnswer;
use crate::login::complete::UPDATE_PASSWORD;
use crate::pages::{ActionConfirm, ActionDone, ErrorKind, Language, Locale, Page};

/// The parameter that carries the token.
const KEY: &str = "key";

/// Shows what a link is for; or does it.
pub(crate) async fn action_token(call: Call) -> Response<Body> {
    answer(call).await.unwrap_or_else(|early| *early)
}

async fn answer(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let page = PageRequest::read(call).await?;
    let (query, form) = (page.query()?, page.form()?);
    let done = match form.get(password::STATE) {
        Some(state) => password::submit(&page, state, &form).await,
        None => open(&page, &query, &form).await,
    };
    Ok(done.unwrap_or_else(|fault| page.fault(&fault)))
}

async fn open(page: &PageRequest, query: &Params<'_>, form: &Params<'_>) -> Result<Response<Body>, Fault> {
    let key = if page.posted { form.get(KEY) } else { query.get(KEY) };
    let Some((key, token, user)) = read(page, key).await? else {
        return Ok(page.error(ErrorKind::LinkExpired));
    };
    if page.posted {
        return begin(page, &token, user).await;
    }
    let url = address(page);
    let locale = page.locale(query.get("ui_locales"));
    let urls = Locale::ALL.map(|locale| (locale, format!("{url}?{KEY}={key}&ui_locales={}", locale.as_str())));
    let languages: Vec<Language<'_>> = urls
        .iter()
        .map(|(locale, url)| Language { locale: *locale, url })
        .collect();
    let shown = ActionConfirm {
        action: &url,
        hidden: &[(KEY, key)],
        email: token.asks_for(VERIFY_EMAIL).then_some(token.eml.as_str()),
        password: token.asks_for(UPDATE_PASSWORD),
    };
    Ok(page.show(&Page::ActionConfirm(shown), locale, &languages))
}

/// The token of a link, and its person, if both are good.
async fn read<'k>(page: &PageRequest, key: Option<&'k str>) -> Result<Option<(&'k str, ActionToken, User)>, Fault> {
    let Some(key) = key else { return Ok(None) };
    let Some(token) = ActionToken::parse(&page.realm, key, page.cx.now) else {
        return Ok(None);
    };
    let Ok(id) = token.sub.parse() else { return Ok(None) };
    let user = page.app.store().read().await?.user(page.realm.realm.id, id).await?;
    let user = user.filter(|user| token.fits(&page.realm.realm, user));
    Ok(user.map(|user| (key, token, user)))
}

/// Uses the link up and does what it asks for.
async fn begin(page: &PageRequest, token: &ActionToken, user: User) -> Result<Response<Body>, Fault> {
    let mark = token.mark(&page.realm);
    if page.app.store().remember_jti(&mark, page.cx.now, token.until()).await? == Seen::Again {
        return Ok(page.error(ErrorKind::LinkExpired));
    }
    let mut verified = None;
    if token.asks_for(VERIFY_EMAIL) {
        if !verify::confirm(page, &user, token).await? {
            return Ok(page.error(ErrorKind::LinkExpired));
        }
        verified = Some(token.eml.clone());
    }
    let redirect = Redirect::from(token);
    if token.asks_for(UPDATE_PASSWORD) {
        return password::ask(page, &user, verified, &redirect, token.until()).await;
    }
    Ok(done(page, verified.as_deref(), false, &redirect))
}

/// The last page.
pub(super) fn done(page: &PageRequest, email: Option<&str>, password: bool, redirect: &Redirect) -> Response<Body> {
    let back = link::back(&page.realm, redirect);
    let shown = ActionDone {
        email,
        password,
        client_name: back.map(|(name, _)| name),
        client_url: back.map(|(_, url)| url),
    };
    page.show(&Page::ActionDone(shown), page.locale(None), &[])
}

/// Where the forms go.
pub(super) fn address(page: &PageRequest) -> String {
    format!("{}/login-actions/action-token", page.realm.issuer)
}
