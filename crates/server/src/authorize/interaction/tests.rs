use keyward_domain::grant::TokenHash;
use keyward_domain::id::{ClientUuid, RealmId, SessionId, UserId};
use keyward_protocol::authorize::{MaxAge, Prompt, ResponseMode};
use keyward_protocol::claims_request::ClaimsRequest;
use uuid::Uuid;

use super::{AuthorizationRequest, Consent, ConsentPolicy, ErrorCode, Next, Progress, Session, Timestamp, next};
use crate::authorize::request::TrustedRedirect;

const NOW: Timestamp = Timestamp::from_secs(10_000);

fn request() -> AuthorizationRequest {
    AuthorizationRequest {
        client_id: "app".into(),
        redirect: TrustedRedirect {
            uri: "https://app.example.com/cb".into(),
            mode: ResponseMode::Query,
            state: None,
        },
        scope: vec!["openid".into(), "profile".into()],
        nonce: None,
        code_challenge: None,
        prompt: Prompt::default(),
        max_age: None,
        login_hint: None,
        ui_locales: None,
        claims: None,
        subject: None,
        resource: Vec::new(),
    }
}

fn asked(prompt: &str) -> AuthorizationRequest {
    AuthorizationRequest {
        prompt: Prompt::parse(prompt).unwrap(),
        ..request()
    }
}

fn session() -> Session {
    let id = Uuid::from_u128(1);
    Session {
        id: SessionId(id),
        realm: RealmId(id),
        user: UserId(id),
        cookie: Some(TokenHash([0; 32])),
        auth_time: Timestamp::from_secs(9_900),
        address: String::new(),
        user_agent: String::new(),
        started_at: Timestamp::from_secs(9_000),
        seen_at: NOW,
        expires_at: Timestamp::from_secs(40_000),
    }
}

fn at(session: Option<&Session>) -> Progress<'_> {
    Progress {
        session,
        fresh: false,
        agreed: false,
        consent: None,
        sub: session.map(|session| session.user.0),
        policy: ConsentPolicy::None,
        now: NOW,
    }
}

#[test]
fn a_session_answers_for_its_person() {
    let session = session();
    assert_eq!(next(&request(), at(None)), Next::Login { again: false });
    assert_eq!(next(&request(), at(Some(&session))), Next::Done);
}

#[test]
fn prompt_login_asks_again_until_they_did() {
    let session = session();
    for prompt in ["login", "select_account", "login consent"] {
        assert_eq!(
            next(&asked(prompt), at(Some(&session))),
            Next::Login { again: true },
            "{prompt}"
        );
    }
    let fresh = Progress {
        fresh: true,
        ..at(Some(&session))
    };
    assert_eq!(next(&asked("login"), fresh), Next::Done);
}

#[test]
fn prompt_none_never_shows_a_page() {
    let session = session();
    let none = asked("none");
    assert_eq!(next(&none, at(None)), Next::Refuse(ErrorCode::LoginRequired));
    assert_eq!(next(&none, at(Some(&session))), Next::Done);
    let always = Progress {
        policy: ConsentPolicy::Always,
        ..at(Some(&session))
    };
    assert_eq!(next(&none, always), Next::Refuse(ErrorCode::ConsentRequired));
    let old = AuthorizationRequest {
        max_age: Some(MaxAge::parse("10").unwrap()),
        ..asked("none")
    };
    assert_eq!(next(&old, at(Some(&session))), Next::Refuse(ErrorCode::LoginRequired));
}

#[test]
fn max_age_is_the_age_of_the_login() {
    let session = session();
    let with = |age: &str| AuthorizationRequest {
        max_age: Some(MaxAge::parse(age).unwrap()),
        ..request()
    };
    assert_eq!(next(&with("100"), at(Some(&session))), Next::Done);
    assert_eq!(next(&with("99"), at(Some(&session))), Next::Login { again: true });
    let just_now = Session {
        auth_time: NOW,
        ..session
    };
    assert_eq!(next(&with("0"), at(Some(&just_now))), Next::Login { again: true });
}

#[test]
fn consent_is_asked_for_once_or_always() {
    let session = session();
    let consent = |scope: &[&str]| Consent {
        user: session.user,
        client: ClientUuid(Uuid::nil()),
        scope: scope.iter().map(|&name| name.to_owned()).collect(),
        given_at: NOW,
    };
    let (all, part) = (consent(&["profile", "openid", "email"]), consent(&["openid"]));
    let under = |policy, consent| Progress {
        consent,
        policy,
        ..at(Some(&session))
    };
    assert_eq!(next(&request(), under(ConsentPolicy::Remember, None)), Next::Consent);
    assert_eq!(
        next(&request(), under(ConsentPolicy::Remember, Some(&part))),
        Next::Consent
    );
    assert_eq!(next(&request(), under(ConsentPolicy::Remember, Some(&all))), Next::Done);
    assert_eq!(
        next(&request(), under(ConsentPolicy::Always, Some(&all))),
        Next::Consent
    );
    assert_eq!(next(&asked("consent"), under(ConsentPolicy::None, None)), Next::Consent);
    let agreed = Progress {
        agreed: true,
        ..under(ConsentPolicy::Always, None)
    };
    assert_eq!(next(&request(), agreed), Next::Done);
}

#[test]
fn somebody_else_is_not_whom_the_client_wants() {
    let session = session();
    let hinted = AuthorizationRequest {
        subject: Some(Uuid::from_u128(2).to_string()),
        ..request()
    };
    assert_eq!(next(&hinted, at(Some(&session))), Next::Login { again: true });
    let fresh = Progress {
        fresh: true,
        ..at(Some(&session))
    };
    assert_eq!(next(&hinted, fresh), Next::Refuse(ErrorCode::LoginRequired));
}

#[test]
fn an_essential_level_that_only_a_login_reaches() {
    let session = session();
    let essential = |values: &str| AuthorizationRequest {
        claims: Some(
            ClaimsRequest::parse(&format!(
                r#"{{"id_token":{{"acr":{{"essential":true,"values":[{values}]}}}}}}"#
            ))
            .unwrap(),
        ),
        ..request()
    };
    assert_eq!(
        next(&essential("\"1\""), at(Some(&session))),
        Next::Login { again: true }
    );
    assert_eq!(next(&essential("\"1\",\"0\""), at(Some(&session))), Next::Done);
}
