//! Every route of the admin API.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, State};
use axum::http::{Method, Request, Response};
use axum::routing::{MethodRouter, on};

use super::dispatch;
pub use super::route::Offered;
use super::route::Route;
use crate::admin::not_offered;
use crate::admin::{attack_detection, events, identity_providers, localization, organizations, users};
use crate::admin::{authentication, components, keys, server_info, whoami};
use crate::admin::{client_scopes, clients, groups, mail, protocol_mappers, realms, role_mappings, roles};
use crate::app::App;

/// The routes of each noun.
fn all() -> impl Iterator<Item = &'static Route> {
    let nouns: [&[Route]; 2] = [realms::ROUTES, groups::ROUTES];
    nouns
        .into_iter()
        .chain(roles::ROUTES)
        .chain(not_offered::ROUTES)
        .chain(clients::ROUTES)
        .chain(role_mappings::ROUTES)
        .chain(client_scopes::ROUTES)
        .chain(protocol_mappers::ROUTES)
        .chain([users::ROUTES, events::ROUTES, attack_detection::ROUTES, mail::ROUTES])
        .chain(authentication::ROUTES.iter().copied())
        .chain([components::ROUTES, keys::ROUTES, server_info::ROUTES, whoami::ROUTES])
        .chain([identity_providers::ROUTES, organizations::ROUTES, localization::ROUTES])
        .flatten()
}

/// A line of the table for the documents: method, path, how much of it is offered.
pub fn lines() -> Vec<(&'static str, &'static str, Offered)> {
    all()
        .map(|route| (method_name(&route.method), route.path, route.offered))
        .collect()
}

fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        _ => "DELETE",
    }
}

/// The router over the table.
pub(crate) fn router() -> Router<Arc<App>> {
    let mut paths: BTreeMap<&'static str, MethodRouter<Arc<App>>> = BTreeMap::new();
    for route in all() {
        let methods = paths.remove(route.path).unwrap_or_default();
        paths.insert(route.path, methods.merge(answered_by(route)));
    }
    paths.into_iter().fold(Router::new(), |router, (path, methods)| {
        let methods = methods.options(dispatch::preflight);
        // Keycloak's own client ends the path of a collection with a slash.
        let router = if path.contains("{*") {
            router
        } else {
            router.route(&format!("{path}/"), methods.clone())
        };
        router.route(path, methods)
    })
}

fn answered_by(route: &'static Route) -> MethodRouter<Arc<App>> {
    let filter = match route.method {
        Method::POST => axum::routing::MethodFilter::POST,
        Method::PUT => axum::routing::MethodFilter::PUT,
        Method::DELETE => axum::routing::MethodFilter::DELETE,
        _ => axum::routing::MethodFilter::GET,
    };
    on(
        filter,
        move |State(app): State<Arc<App>>, params: RawPathParams, request: Request<Body>| async move {
            let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
            let response: Response<Body> = dispatch::answer(app, route, params.collect(), request).await;
            response
        },
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::lines;

    #[test]
    fn no_route_stands_twice() {
        let mut seen = BTreeSet::new();
        for (method, path, _) in lines() {
            assert!(seen.insert((method, path)), "{method} {path}");
        }
    }
}
