//! Which source's errors belong to which endpoint.

/// Where texts are given, and the sources that give them.
pub(super) const PLACES: [(&str, &[&str]); 5] = [
    (
        "Any endpoint",
        &[
            "protocol/params.rs",
            "server/http/body.rs",
            "server/http/edge.rs",
            "server/http/realm.rs",
            "server/http/respond.rs",
            "server/routes.rs",
        ],
    ),
    (
        "Client authentication",
        &["protocol/client_auth.rs", "server/http/client_auth.rs"],
    ),
    (
        "Token",
        &[
            "domain/policy/scope.rs",
            "protocol/token/request.rs",
            "server/token/mod.rs",
        ],
    ),
    ("Introspection", &["protocol/introspection.rs", "server/introspect.rs"]),
    ("Revocation", &["protocol/revocation.rs", "server/revoke.rs"]),
];

/// Answers whose text is made at run time: the source, a piece of it that must be there, and the answer.
pub(super) const MADE: [(&str, &str, Option<&str>, &str, &str); 2] = [
    (
        "domain/policy/scope.rs",
        "\"Invalid scopes: {}\"",
        Some("InvalidScope"),
        "BAD_REQUEST",
        "Invalid scopes: {scope}",
    ),
    (
        "server/http/client_auth.rs",
        "{\"error\":\"Invalid origin\"}",
        None,
        "FORBIDDEN",
        "Invalid origin",
    ),
];

/// The statuses that answers choose themselves.
pub(super) const STATUSES: [(&str, u16); 9] = [
    ("BAD_REQUEST", 400),
    ("UNAUTHORIZED", 401),
    ("FORBIDDEN", 403),
    ("NOT_FOUND", 404),
    ("METHOD_NOT_ALLOWED", 405),
    ("REQUEST_TIMEOUT", 408),
    ("PAYLOAD_TOO_LARGE", 413),
    ("TOO_MANY_REQUESTS", 429),
    ("SERVICE_UNAVAILABLE", 503),
];
