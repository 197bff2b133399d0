//! Which source's errors belong to which endpoint.

/// An endpoint, or what several share.
pub(super) struct Place {
    /// The heading.
    pub(super) title: &'static str,
    /// What the reader of its table must know beside.
    pub(super) note: &'static str,
    /// Whether the status is that of the error. A redirect has its own.
    pub(super) status: bool,
    /// The sources that give its answers.
    pub(super) files: &'static [&'static str],
}

const fn place(title: &'static str, note: &'static str, files: &'static [&'static str]) -> Place {
    Place {
        title,
        note,
        status: true,
        files,
    }
}

const fn redirected(title: &'static str, note: &'static str, files: &'static [&'static str]) -> Place {
    Place {
        status: false,
        ..place(title, note, files)
    }
}

/// Where texts are given, and the sources that give them.
pub(super) const PLACES: [Place; 9] = [
    place(
        "Any endpoint",
        "",
        &[
            "protocol/params.rs",
            "server/http/body.rs",
            "server/http/edge.rs",
            "server/http/realm.rs",
            "server/http/respond.rs",
            "server/routes.rs",
        ],
    ),
    place(
        "Client authentication",
        "",
        &["protocol/client_auth.rs", "server/http/client_auth.rs"],
    ),
    redirected(
        "Authorization",
        "These go to the client through the browser, beside its `state` and our `iss` (RFC 6749 §4.1.2.1, RFC 9207 \
         §2). What is wrong before client and redirect URI are known is a page for the person: see the end.",
        &[
            "protocol/authorize/max_age.rs",
            "protocol/authorize/prompt.rs",
            "protocol/authorize/response_mode.rs",
            "protocol/authorize/response_type.rs",
            "protocol/claims_request.rs",
            "protocol/pkce.rs",
            "server/authorize/checks/claims.rs",
            "server/authorize/checks/hint.rs",
            "server/authorize/checks/length.rs",
            "server/authorize/checks/request_object.rs",
            "server/authorize/checks/resource.rs",
            "server/authorize/checks/response_type.rs",
            "server/authorize/checks/scope.rs",
            "server/authorize/interaction.rs",
            "server/login/consent.rs",
        ],
    ),
    place(
        "Token",
        "",
        &[
            "domain/policy/scope.rs",
            "protocol/token/request.rs",
            "server/token/authorization_code.rs",
            "server/token/mod.rs",
            "server/token/password.rs",
            "server/token/refresh_token.rs",
        ],
    ),
    place(
        "Userinfo",
        "These stand in `WWW-Authenticate` and the body is empty (RFC 6750 §3); a request without a token gets a challenge \
         without an error.",
        &["protocol/bearer.rs", "server/userinfo.rs"],
    ),
    place("Account as JSON", "", &["server/account/profile.rs"]),
    place(
        "Logout by refresh token",
        "A logout in the browser answers with pages.",
        &["server/logout/by_refresh_token.rs"],
    ),
    place(
        "Introspection",
        "",
        &["protocol/introspection.rs", "server/introspect.rs"],
    ),
    place("Revocation", "", &["protocol/revocation.rs", "server/revoke.rs"]),
];

/// Answers whose text is made at run time: the source, a piece of it that must be there, and the answer.
pub(super) const MADE: [(&str, &str, Option<&str>, &str, &str); 3] = [
    (
        "domain/policy/scope.rs",
        "\"Invalid scopes: {}\"",
        Some("InvalidScope"),
        "BAD_REQUEST",
        "Invalid scopes: {scope}",
    ),
    (
        "protocol/authorize/response_type.rs",
        "=> ErrorCode::UnsupportedResponseType",
        Some("UnsupportedResponseType"),
        "BAD_REQUEST",
        "",
    ),
    (
        "server/http/client_auth.rs",
        "{\"error\":\"Invalid origin\"}",
        None,
        "FORBIDDEN",
        "Invalid origin",
    ),
];

/// An enum whose texts are those of its `Display`.
pub(super) struct Spoken {
    /// Its source.
    pub(super) file: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// The code of its variants.
    pub(super) code: &'static str,
    /// Variants that differ: their code, and their status when it is not the code's. No code: told elsewhere.
    pub(super) but: &'static [(&'static str, Option<&'static str>, Option<&'static str>)],
}

/// Those enums.
pub(super) const SPOKEN: [Spoken; 3] = [
    Spoken {
        file: "server/token/authorization_code.rs",
        name: "CodeError",
        code: "InvalidGrant",
        but: &[],
    },
    Spoken {
        file: "server/token/refresh_token.rs",
        name: "RefreshError",
        code: "InvalidGrant",
        but: &[],
    },
    Spoken {
        file: "server/token/password.rs",
        name: "PasswordGrantError",
        code: "InvalidGrant",
        but: &[
            ("NotAllowed", Some("UnauthorizedClient"), None),
            ("ConsentRequired", Some("InvalidClient"), Some("BAD_REQUEST")),
            ("MissingUsername", Some("InvalidRequest"), Some("UNAUTHORIZED")),
            ("Busy", None, None),
        ],
    },
];

/// Sources whose `description` goes out beside a code that is chosen elsewhere.
pub(super) const CODED: [(&str, &str); 3] = [
    ("protocol/authorize/max_age.rs", "InvalidRequest"),
    ("protocol/authorize/prompt.rs", "InvalidRequest"),
    ("protocol/authorize/response_mode.rs", "InvalidRequest"),
];

/// The statuses that answers choose themselves.
pub(super) const STATUSES: [(&str, u16); 10] = [
    ("BAD_REQUEST", 400),
    ("UNAUTHORIZED", 401),
    ("FORBIDDEN", 403),
    ("NOT_FOUND", 404),
    ("METHOD_NOT_ALLOWED", 405),
    ("REQUEST_TIMEOUT", 408),
    ("PAYLOAD_TOO_LARGE", 413),
    ("TOO_MANY_REQUESTS", 429),
    ("INTERNAL_SERVER_ERROR", 500),
    ("SERVICE_UNAVAILABLE", 503),
];
