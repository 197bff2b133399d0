use std::pin::pin;
use std::task::{Context, Poll, Waker};

use axum::body::{Body, HttpBody};
use axum::http::{Response, StatusCode};

use super::policy::hash;
use super::*;

const HOSTILE: &str = "\"><script>alert(1)</script>{{7777*7777}}' onload='x";
const LONG_REALM: &str = "The Association of Very Long Names for Sign-In Pages, Berlin";

/// The document of a response that is all there already.
pub(super) fn body(response: Response<Body>) -> String {
    let mut body = pin!(response.into_body());
    let mut document = Vec::new();
    while let Poll::Ready(Some(frame)) = body.as_mut().poll_frame(&mut Context::from_waker(Waker::noop())) {
        document.extend_from_slice(&frame.unwrap().into_data().unwrap());
    }
    String::from_utf8(document).unwrap()
}

/// Every page with every part shown, all text being `text`.
fn every_page(text: &str, mut look: impl FnMut(Page<'_>)) {
    let hidden = [("session_code", text), (text, "x")];
    let scopes = scopes(text);
    login_pages(text, &hidden, &mut look);
    password_pages(text, &hidden, &mut look);
    for scopes in [&scopes[..], &[]] {
        look(Page::Consent(Consent {
            action: text,
            hidden: &hidden,
            client_name: text,
            client_url: Some(text),
            username: Some(text),
            scopes,
            loopback: true,
        }));
    }
    look(Page::LogoutConfirm(LogoutConfirm {
        action: text,
        hidden: &hidden,
        client_name: Some(text),
    }));
    look(Page::LoggedOut(LoggedOut {
        client_name: Some(text),
        client_url: Some(text),
    }));
    for kind in ErrorKind::ALL {
        look(Page::Error(ErrorPage {
            kind,
            detail: Some(text),
            client_id: Some(text),
        }));
    }
    look(Page::FormPost(FormPost {
        action: text,
        pairs: &hidden,
    }));
    account_pages(text, &hidden, &scopes, &mut look);
    action_pages(text, &hidden, &mut look);
}

fn action_pages(text: &str, hidden: &[Pair<'_>], look: &mut dyn FnMut(Page<'_>)) {
    look(Page::ActionConfirm(ActionConfirm {
        action: text,
        hidden,
        email: Some(text),
        password: true,
    }));
    look(Page::ActionDone(ActionDone {
        email: Some(text),
        password: true,
        client_name: Some(text),
        client_url: Some(text),
    }));
    let notices = [
        VerifyEmailNotice::Sent,
        VerifyEmailNotice::NotSent,
        VerifyEmailNotice::NotYet,
    ];
    for notice in notices.map(Some).into_iter().chain([None]) {
        look(Page::VerifyEmail(VerifyEmail {
            action: text,
            hidden,
            email: text,
            notice,
        }));
    }
}

fn scopes(text: &str) -> [Scope<'_>; 9] {
    [
        ("openid", None),
        ("profile", Some(text)),
        ("email", None),
        ("address", None),
        ("phone", None),
        ("offline_access", None),
        ("roles", None),
        (text, Some(text)),
        (text, Some("${ordersScopeConsentText}")),
    ]
    .map(|(name, description)| Scope { name, description })
}

fn login_pages(text: &str, hidden: &[Pair<'_>], look: &mut dyn FnMut(Page<'_>)) {
    let errors = [
        None,
        Some(LoginError::InvalidCredentials),
        Some(LoginError::AccountDisabled),
        Some(LoginError::AccountNotReady),
        Some(LoginError::Busy),
    ];
    for error in errors {
        for notice in [None, Some(Notice::TimedOut), Some(Notice::Reauthenticate)] {
            look(Page::Login(Login {
                action: text,
                hidden,
                client_name: Some(text),
                username: text,
                error,
                notice,
            }));
        }
    }
    for wrong_code in [false, true] {
        look(Page::Otp(Otp {
            action: text,
            hidden,
            wrong_code,
        }));
    }
}

fn password_pages(text: &str, hidden: &[Pair<'_>], look: &mut dyn FnMut(Page<'_>)) {
    let rules = [
        PasswordRule::MinLength(8),
        PasswordRule::MaxLength(64),
        PasswordRule::Digits(1),
        PasswordRule::LowerCase(1),
        PasswordRule::UpperCase(1),
        PasswordRule::SpecialChars(1),
        PasswordRule::NotUsername,
        PasswordRule::NotContainsUsername,
        PasswordRule::NotEmail,
    ];
    let errors = [
        None,
        Some(PasswordError::Mismatch),
        Some(PasswordError::Rules(&rules)),
        Some(PasswordError::Unchanged),
        Some(PasswordError::WrongCurrent),
        Some(PasswordError::Busy),
    ];
    for error in errors {
        look(Page::UpdatePassword(UpdatePassword {
            action: text,
            hidden,
            username: text,
            rules: &rules,
            error,
        }));
        look(Page::AccountPassword(AccountPassword {
            action: text,
            hidden,
            username: text,
            account_url: text,
            rules: &rules,
            error,
        }));
    }
}

fn account_pages(text: &str, hidden: &[Pair<'_>], scopes: &[Scope<'_>], look: &mut dyn FnMut(Page<'_>)) {
    let session = Session {
        id: text,
        device: Some(text),
        address: Some(text),
        started: 1_772_323_200,
        last_used: 1_772_323_260,
        clients: &[text, text],
        current: true,
    };
    let sessions = [
        session,
        Session {
            device: None,
            address: None,
            current: false,
            ..session
        },
    ];
    let applications = [Application {
        client_id: text,
        name: text,
        granted: 0,
        scopes,
    }];
    let account = Account {
        action: text,
        hidden,
        username: text,
        name: Some(text),
        email: Some(text),
        password_url: text,
        logout_url: text,
        sessions: &sessions,
        applications: &applications,
        notice: None,
    };
    look(Page::Account(Account {
        name: None,
        email: None,
        applications: &[],
        ..account
    }));
    for notice in [
        AccountNotice::PasswordChanged,
        AccountNotice::SessionEnded,
        AccountNotice::OtherSessionsEnded,
        AccountNotice::ConsentRevoked,
    ] {
        look(Page::Account(Account {
            notice: Some(notice),
            ..account
        }));
    }
}

fn frame<'a>(locale: Locale, realm: &'a str, languages: &'a [Language<'a>]) -> Frame<'a> {
    Frame {
        realm,
        locale,
        languages,
        request_id: "01JDZX",
    }
}

fn login(error: Option<LoginError>) -> Page<'static> {
    Page::Login(Login {
        action: "/realms/demo/login-actions/authenticate?x=1&y=2",
        hidden: &[],
        client_name: None,
        username: "",
        error,
        notice: None,
    })
}

#[test]
fn whatever_is_shown_is_text() {
    let pages = Pages::new();
    let languages = Locale::ALL.map(|locale| Language { locale, url: HOSTILE });
    for locale in Locale::ALL {
        every_page(HOSTILE, |page| {
            let hostile = Frame {
                request_id: HOSTILE,
                ..frame(locale, HOSTILE, &languages)
            };
            let response = pages.render(&page, &hostile);
            let policy = response.headers()["content-security-policy"]
                .to_str()
                .unwrap()
                .to_owned();
            let document = body(response);
            assert!(document.contains("</html>"), "{page:?}");
            assert!(document.contains(&format!("<html lang=\"{}\">", locale.as_str())));
            assert!(!document.contains("<script>alert"), "{page:?}");
            assert!(!document.contains("60481729"), "{page:?}");
            assert!(!document.contains("' onload"), "{page:?}");
            for script in document.split("<script").skip(1) {
                let script = script.strip_prefix('>').unwrap().split_once("</script>").unwrap().0;
                assert!(policy.contains(&hash(script)), "{page:?}");
            }
        });
    }
}

#[test]
fn a_page_needs_nothing_from_elsewhere_and_has_no_inline_handler() {
    let pages = Pages::new();
    for locale in Locale::ALL {
        every_page("text", |page| {
            let document = body(pages.render(&page, &frame(locale, LONG_REALM, &[])));
            assert!(document.contains(LONG_REALM));
            let markup = document.replace("xmlns='http://www.w3.org/2000/svg'", "");
            for needle in ["src=", "http:", "url(", "@import", " style=", "javascript:"] {
                assert!(!markup.contains(needle), "{needle} {page:?}");
            }
            let tags = markup
                .split('<')
                .filter_map(|part| part.split_once('>'))
                .map(|(tag, _)| tag);
            for tag in tags {
                assert!(!tag.contains(" on"), "{tag}");
            }
        });
    }
}

#[test]
fn every_page_has_the_headers() {
    let pages = Pages::new();
    every_page("text", |page| {
        let response = pages.render(&page, &frame(Locale::De, "Demo", &[]));
        let headers = response.headers();
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(headers["content-language"], "de");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["pragma"], "no-cache");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["x-frame-options"], "DENY");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.ends_with("base-uri 'none'; frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        let form_action = match page {
            Page::Account(_) | Page::AccountPassword(_) | Page::ActionConfirm(_) => Some("form-action 'self'"),
            Page::Error(_) | Page::LoggedOut(_) | Page::ActionDone(_) => Some("form-action 'none'"),
            _ => None,
        };
        assert_eq!(policy.contains("form-action"), form_action.is_some(), "{policy}");
        assert!(
            form_action.is_none_or(|directive| policy.contains(directive)),
            "{policy}"
        );
        let style = hash(STYLE);
        assert!(policy.contains(&style));
        let document = body(response);
        assert_eq!(
            document
                .split_once("<style>")
                .unwrap()
                .1
                .split_once("</style>")
                .unwrap()
                .0,
            STYLE
        );
    });
}

#[test]
fn the_login_form_has_keycloak_s_names() {
    let document = body(Pages::new().render(&login(None), &frame(Locale::En, "Demo", &[])));
    assert!(document.contains("<title>Sign in · Demo</title>"), "{document}");
    assert!(document.contains(
        "<form id=\"kc-form-login\" method=\"post\" \
         action=\"/realms/demo/login-actions/authenticate?x=1&amp;y=2\">"
    ));
    assert!(document.contains("<input id=\"username\" name=\"username\""));
    assert!(document.contains("<input id=\"password\" name=\"password\" type=\"password\""));
    assert!(document.contains("id=\"kc-login\" name=\"login\" type=\"submit\""));
    assert!(!document.contains("input-error"));
}

#[test]
fn a_wrong_password_is_said_beside_the_field() {
    let pages = Pages::new();
    let response = pages.render(
        &login(Some(LoginError::InvalidCredentials)),
        &frame(Locale::En, "Demo", &[]),
    );
    assert_eq!(response.status(), StatusCode::OK);
    let document = body(response);
    let error = document
        .split_once("id=\"input-error\"")
        .unwrap()
        .1
        .split_once("</p>")
        .unwrap()
        .0;
    assert!(error.contains("<span>Invalid username or password.</span>"), "{error}");
    assert_eq!(document.matches("aria-describedby=\"input-error\"").count(), 2);
    let busy = pages.render(&login(Some(LoginError::Busy)), &frame(Locale::En, "Demo", &[]));
    assert_eq!(busy.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[test]
fn consent_and_logout_have_keycloak_s_names() {
    let pages = Pages::new();
    let consent = Page::Consent(Consent {
        action: "/x",
        hidden: &[("session_code", "abc")],
        client_name: "Frontend App",
        client_url: Some("https://app.example/home"),
        username: Some("alice"),
        scopes: &[
            Scope {
                name: "email",
                description: Some("ignored"),
            },
            Scope {
                name: "orders:read",
                description: Some("See your orders"),
            },
            Scope {
                name: "tenant",
                description: Some("${tenant}"),
            },
        ],
        loopback: false,
    });
    let document = body(pages.render(&consent, &frame(Locale::En, "Demo", &[])));
    assert!(document.contains("id=\"kc-login\" name=\"accept\""));
    assert!(document.contains("id=\"kc-cancel\" name=\"cancel\""));
    assert!(document.contains("See your email address <code>email</code>"));
    assert!(document.contains("See your orders <code>orders:read</code>"));
    assert!(document.contains("Use “tenant” in your name <code>tenant</code>"));
    assert!(document.contains("Website: app.example</a>"));
    assert!(document.contains("<input type=\"hidden\" name=\"session_code\" value=\"abc\">"));
    let logout = Page::LogoutConfirm(LogoutConfirm {
        action: "/x",
        hidden: &[],
        client_name: None,
    });
    let document = body(pages.render(&logout, &frame(Locale::En, "Demo", &[])));
    assert!(document.contains("id=\"kc-logout\" name=\"confirmLogout\""));
    let after = Page::LoggedOut(LoggedOut {
        client_name: Some("App"),
        client_url: Some("javascript:alert(1)"),
    });
    let document = body(pages.render(&after, &frame(Locale::En, "Demo", &[])));
    assert!(document.contains("You are logged out"));
    assert!(!document.contains("javascript:"));
}

#[test]
fn an_error_page_has_its_status_and_names_the_request() {
    let page = Page::Error(ErrorPage {
        kind: ErrorKind::InvalidRedirectUri,
        detail: Some("https://evil.example/cb"),
        client_id: Some("frontend-app"),
    });
    let response = Pages::new().render(&page, &frame(Locale::En, "Demo", &[]));
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let document = body(response);
    assert!(document.contains("<title>Error · Demo</title>"));
    assert!(document.contains("<code>https://evil.example/cb</code>"));
    assert!(!document.contains("href=\"https"));
    assert!(document.contains("Request 01JDZX"));
}

#[test]
fn the_form_post_page_sends_itself_and_works_by_hand() {
    let page = Page::FormPost(FormPost {
        action: "https://app.example/cb?a=1",
        pairs: &[("code", "c&\"<"), ("state", "s t")],
    });
    let response = Pages::new().render(&page, &frame(Locale::En, "Demo", &[]));
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    let document = body(response);
    assert!(document.contains("<form method=\"post\" action=\"https://app.example/cb?a=1\">"));
    assert!(document.contains("name=\"code\" value=\"c&amp;&quot;&lt;\""));
    assert!(document.contains("<button class=\"primary\" type=\"submit\">Continue</button>"));
    assert_eq!(document.matches("<form").count(), 1);
    assert!(policy.contains(&hash(FORM_POST_SCRIPT)));
}

#[test]
fn the_language_switch_marks_the_language_shown() {
    let languages = [
        Language {
            locale: Locale::En,
            url: "?kc_locale=en",
        },
        Language {
            locale: Locale::De,
            url: "?kc_locale=de",
        },
    ];
    let document = body(Pages::new().render(&login(None), &frame(Locale::De, "Demo", &languages)));
    assert!(document.contains("<a href=\"?kc_locale=en\" lang=\"en\" hreflang=\"en\">English</a>"));
    assert!(document.contains("<span lang=\"de\" aria-current=\"true\">Deutsch</span>"));
    assert!(document.contains("<title>Anmelden · Demo</title>"));
}

#[test]
fn every_word_of_the_catalogue_is_used() {
    let sources: String = TEMPLATES.iter().map(|(_, source)| *source).collect();
    let code = [
        include_str!("context.rs"),
        include_str!("password.rs"),
        include_str!("consent.rs"),
        include_str!("action.rs"),
    ]
    .concat();
    for (key, _) in Text::of(Locale::En).entries() {
        let built = ["login_error_", "notice_", "account_notice_", "error_"]
            .iter()
            .any(|start| key.starts_with(start));
        assert!(
            built || sources.contains(&format!("\"{key}\"")) || code.contains(&format!("\"{key}\"")),
            "{key}"
        );
    }
}
