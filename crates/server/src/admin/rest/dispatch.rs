//! From a request to a handler, and back.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ORIGIN, VARY,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use tokio::task::yield_now;

use super::answer::Answer;
use super::body;
use super::call::AdminCall;
use super::caller;
use super::error::AdminError;
use super::query::Query;
use super::rights::{Need, Rights};
use super::route::Route;
use crate::app::App;
use crate::http::cors::{self, Verdict};
use crate::http::edge::{Cx, Endpoint};
use crate::http::respond;

/// How often a handler runs at most when other transactions get in between.
const ATTEMPTS: u32 = 3;

/// Answers one request.
pub(super) async fn answer(
    app: Arc<App>,
    route: &'static Route,
    params: Vec<(String, String)>,
    request: Request<Body>,
) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let Some(cx) = parts.extensions.remove::<Cx>() else {
        return respond::plain_error(StatusCode::NOT_FOUND, "HTTP 404 Not Found");
    };
    let headers = parts.headers.clone();
    let prepared = prepare(&app, route, params, parts, body, &cx).await;
    let mut response = match prepared {
        Ok(mut call) => {
            // Requests for tokens that came meanwhile are answered first.
            yield_now().await;
            let mut response = match run(route, &mut call).await {
                Ok(answer) => answer.into_response(),
                Err(error) => error.response(&cx),
            };
            // The answer brings the next request: others have their turn between the two.
            if route.method != Method::GET {
                yield_now().await;
            }
            share(&app, &call, &headers, &mut response);
            response
        }
        Err(error) => error.response(&cx),
    };
    response.extensions_mut().insert(Endpoint("admin"));
    response
}

async fn run(route: &Route, call: &mut AdminCall) -> Result<Answer, AdminError> {
    let mut attempt = 1;
    loop {
        match (route.run)(call).await {
            Err(error) if error.is_conflict() && attempt < ATTEMPTS => attempt += 1,
            result => return result,
        }
        // What got in between may be gone from the realm: a role that was removed, a client.
        call.renew_realm().await?;
    }
}

/// Who calls, which realm, what they may do; then, and only then, the body.
async fn prepare(
    app: &Arc<App>,
    route: &Route,
    params: Vec<(String, String)>,
    parts: Parts,
    body: Body,
    cx: &Cx,
) -> Result<AdminCall, AdminError> {
    if !app.is_fresh(cx.now) {
        return Err(keyward_domain::Fault::Unavailable("memory is too old".into()).into());
    }
    // No row has such a name, and PostgreSQL would not be asked for one.
    if params.iter().any(|(_, value)| value.contains('\0')) {
        return Err(AdminError::not_found("HTTP 404 Not Found"));
    }
    let name = params
        .iter()
        .find(|(name, _)| name == "realm")
        .map(|(_, value)| value.clone());
    let caller = caller::find(app, name.as_deref(), &parts.headers, cx).await?;
    let (realm, rights) = match &name {
        None => (None, Rights::default()),
        Some(name) => {
            let realm = app.realms.get(name).await?;
            let realm = realm.ok_or(AdminError::not_found("Realm not found."))?;
            // A token of one realm says nothing in another.
            if !caller.is_of_master() && caller.realm.realm.id != realm.realm.id {
                return Err(AdminError::Forbidden);
            }
            (Some(realm), caller.rights(name))
        }
    };
    let allowed = match route.need {
        Need::CreateRealm => caller.may_create_realms(),
        need => need.is_met_by(rights),
    };
    if !allowed {
        return Err(AdminError::Forbidden);
    }
    Ok(AdminCall {
        body: body::read(app, body, route.large).await?,
        app: Arc::clone(app),
        cx: cx.clone(),
        caller,
        rights,
        realm,
        params,
        query: Query::parse(parts.uri.query().unwrap_or_default()),
        headers: parts.headers,
        path: parts.uri.path().to_owned(),
    })
}

/// Lets a script of one of the calling client's origins read the answer.
fn share(app: &App, call: &AdminCall, headers: &HeaderMap, response: &mut Response<Body>) {
    let Some(client) = call.caller.realm.clients.get(&call.caller.client_id) else {
        return;
    };
    match cors::judge(app, headers, &client.client.settings) {
        Verdict::Allowed(origin) => {
            cors::expose(response, origin);
            response
                .headers_mut()
                .insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Location"));
        }
        Verdict::NotCrossOrigin | Verdict::Foreign => {}
    }
}

/// Answers the preflight of a script: it cannot know who will call, so the real request decides.
pub(super) async fn preflight(headers: HeaderMap) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let out = response.headers_mut();
    if let Some(origin) = headers.get(ORIGIN) {
        out.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        out.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        out.insert(
            ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("DELETE, POST, GET, PUT"),
        );
        out.insert(
            ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static(
                "Origin, Access-Control-Request-Method, X-Requested-With, Accept, Access-Control-Request-Headers, \
                 DPoP, Content-Type, Authorization",
            ),
        );
        out.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
        out.insert(VARY, HeaderValue::from_static("Origin"));
    }
    response.extensions_mut().insert(Endpoint("admin"));
    response
}
