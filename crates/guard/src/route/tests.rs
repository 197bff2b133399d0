use std::fmt::Write as _;

use super::*;
use crate::normalise::{RequestView, normalise};

fn written(host: Option<&str>, path: &str, methods: &[&str]) -> Written {
    let methods = methods
        .iter()
        .map(|method| format!("\"{method}\""))
        .collect::<Vec<_>>()
        .join(",");
    let mut text = format!("path = '{path}'\npublic = true\n");
    if let Some(host) = host {
        writeln!(text, "host = '{host}'").unwrap();
    }
    if !methods.is_empty() {
        writeln!(text, "methods = [{methods}]").unwrap();
    }
    toml::from_str(&text).unwrap()
}

fn add(routes: &mut Routes, host: Option<&str>, path: &str, methods: &[&str]) -> Result<(), String> {
    let written = written(host, path, methods);
    routes.add(&written, Route::new(&written, None, Vec::new())?)
}

fn routes(list: &[(Option<&str>, &str, &[&str])]) -> Routes {
    let mut routes = Routes::default();
    for (host, path, methods) in list {
        add(&mut routes, *host, path, methods).unwrap();
    }
    routes.complete().unwrap();
    routes
}

fn found(routes: &Routes, method: &str, host: &str, target: &str) -> Result<String, Reason> {
    let method: Method = method.parse().unwrap();
    let view = RequestView {
        method: &method,
        target,
        host: Some(host),
        headers: &http::HeaderMap::new(),
        peer: [127, 0, 0, 1].into(),
    };
    let normal = normalise(&view)?;
    let route = routes.find(&method, &normal).map_err(|denial| denial.reason)?;
    Ok(route.name.to_string())
}

#[test]
fn segments_and_catch_alls() {
    let routes = routes(&[
        (None, "/", &[]),
        (None, "/orders", &[]),
        (None, "/orders/{id}", &[]),
        (None, "/orders/new", &[]),
        (None, "/files/{*rest}", &[]),
        (None, "/café", &[]),
    ]);
    for (target, name) in [
        ("/", Ok("/")),
        ("/orders", Ok("/orders")),
        ("/orders?x=/files/a", Ok("/orders")),
        ("/orders/7", Ok("/orders/{id}")),
        ("/orders/new", Ok("/orders/new")),
        ("/orders/n%65w", Ok("/orders/new")),
        ("/orders/7/8", Err(Reason::NoRoute)),
        ("/orders/", Err(Reason::NoRoute)),
        ("/Orders", Err(Reason::NoRoute)),
        ("/files/a/b", Ok("/files/{*rest}")),
        ("/files/a/", Ok("/files/{*rest}")),
        ("/files", Ok("/files/{*rest}")),
        ("/files/", Ok("/files/{*rest}")),
        ("/caf%C3%A9", Ok("/café")),
        ("/nothing", Err(Reason::NoRoute)),
    ] {
        assert_eq!(
            found(&routes, "GET", "a", target).as_deref(),
            name.as_ref().copied(),
            "{target}"
        );
    }
}

#[test]
fn a_slash_at_the_end_leads_round_no_route() {
    let both = routes(&[
        (None, "/admin", &[]),
        (None, "/users/{id}", &[]),
        (None, "/open/", &[]),
        (None, "/{*rest}", &[]),
        (Some("b"), "/only-b", &[]),
    ]);
    for (host, target, name) in [
        ("a", "/admin", Some("/admin")),
        ("a", "/admin/", None),
        ("a", "/%61dmin/", None),
        ("a", "/users/7/", None),
        ("a", "/admin/x", Some("/{*rest}")),
        ("a", "/open/", Some("/open/")),
        ("a", "/else/", Some("/{*rest}")),
        ("b", "/only-b/", None),
        ("a", "/only-b/", Some("/{*rest}")),
    ] {
        assert_eq!(
            found(&both, "GET", host, target).ok().as_deref(),
            name,
            "{host}{target}"
        );
    }
}

#[test]
fn hosts_have_their_own_routes_before_those_of_every_host() {
    let routes = routes(&[
        (Some("API.example.com"), "/orders", &["GET"]),
        (None, "/orders", &[]),
        (None, "/health", &[]),
    ]);
    let named = |host: &str, target: &str| found(&routes, "POST", host, target);
    for host in [
        "api.example.com",
        "API.EXAMPLE.COM",
        "api.example.com:8443",
        "api.example.com.",
    ] {
        assert_eq!(named(host, "/orders"), Err(Reason::NoSuchMethod), "{host}");
        assert!(named(host, "/health").is_ok(), "{host}");
    }
    assert!(named("other.example.com", "/orders").is_ok());
}

#[test]
fn methods_are_told_apart_and_head_is_get() {
    let routes = routes(&[(None, "/orders", &["GET"]), (None, "/orders", &["POST", "PUT"])]);
    for (method, ok) in [
        ("GET", true),
        ("HEAD", true),
        ("POST", true),
        ("PUT", true),
        ("DELETE", false),
        ("OPTIONS", false),
    ] {
        assert_eq!(found(&routes, method, "a", "/orders").is_ok(), ok, "{method}");
    }
    let get = Method::DELETE;
    let view = RequestView {
        method: &get,
        target: "/orders",
        host: None,
        headers: &http::HeaderMap::new(),
        peer: [127, 0, 0, 1].into(),
    };
    let denial = routes.find(&get, &normalise(&view).unwrap()).unwrap_err();
    assert_eq!(denial.wanted, Wanted::Methods("GET, HEAD, POST, PUT".into()));
}

#[test]
fn routes_that_no_request_could_meet_are_refused() {
    for path in [
        "",
        "orders",
        "/a%20b",
        "/caf%C3%A9",
        "/a//b",
        "/a/../b",
        "/./a",
        "/a;x",
        "/a\\b",
        "//",
    ] {
        let refused = add(&mut Routes::default(), None, path, &[]).unwrap_err();
        assert!(refused.contains(path), "{refused}");
    }
    for host in [
        "api.example.com:8443",
        "api.example.com.",
        "https://api.example.com",
        "*.example.com",
        "",
        "a/b",
        "a b",
    ] {
        let refused = add(&mut Routes::default(), Some(host), "/", &[]).unwrap_err();
        assert!(refused.contains(host), "{refused}");
    }
    assert!(add(&mut Routes::default(), Some("[::1]"), "/", &[]).is_ok());
}

#[test]
fn two_routes_for_one_request_are_refused() {
    for (first, second) in [
        (("/a", vec![]), ("/a", vec!["GET"])),
        (("/a", vec!["GET"]), ("/a", vec!["POST", "GET"])),
        (("/a/{id}", vec!["GET"]), ("/a/{name}", vec!["POST"])),
    ] {
        let mut routes = Routes::default();
        add(&mut routes, None, first.0, &first.1).unwrap();
        assert!(
            add(&mut routes, None, second.0, &second.1).is_err(),
            "{first:?} {second:?}"
        );
    }
    let mut routes = Routes::default();
    add(&mut routes, Some("a"), "/a", &[]).unwrap();
    add(&mut routes, Some("b"), "/a", &[]).unwrap();
}

#[test]
fn methods_are_in_capitals() {
    for method in ["get", "G T", ""] {
        assert!(add(&mut Routes::default(), None, "/a", &[method]).is_err(), "{method}");
    }
}

#[test]
fn a_catch_all_takes_its_own_path_too() {
    let routes = routes(&[
        (None, "/admin/{*rest}", &[]),
        (None, "/{*rest}", &[]),
        (None, "/a/{id}", &[]),
    ]);
    for target in ["/admin", "/admin/", "/admin/x", "/admin/x/y/"] {
        assert_eq!(
            found(&routes, "GET", "h", target).as_deref(),
            Ok("/admin/{*rest}"),
            "{target}"
        );
    }
    assert_eq!(found(&routes, "GET", "h", "/").as_deref(), Ok("/{*rest}"));
    assert_eq!(found(&routes, "GET", "h", "/admins").as_deref(), Ok("/{*rest}"));
}

#[test]
fn a_policy_is_not_left_by_naming_another_host() {
    let toml = |open: &str| {
        format!(
            "[[issuer]]\nid = 'i'\nurl = 'http://127.0.0.1:1'\n[policy.p]\naudience = ['a']\n\
             [[route]]\nhost = 'api.test'\npath = '/admin/{{id}}'\npolicy = 'p'\n[[route]]\n{open}\npublic = true\n"
        )
    };
    let refused = crate::Guard::from_toml(&toml("path = '/{*rest}'"))
        .err()
        .unwrap()
        .to_string();
    assert!(refused.contains("name another host than `api.test`"), "{refused}");
    assert!(crate::Guard::from_toml(&toml("path = '/{*rest}'\nhost = 'www.test'")).is_ok());
    assert!(crate::Guard::from_toml(&toml("path = '/static/{*rest}'")).is_ok());
}
