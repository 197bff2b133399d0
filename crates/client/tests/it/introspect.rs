//! Introspection, plain and signed.

use std::time::Duration;

use http::StatusCode;
use keyward_client::introspect::AnswerError;
use keyward_client::{
    ClientAuthentication, EndpointError, IntrospectError, Introspection, Introspector, Issuer, JwksCache, KeySet,
    TransportError,
};
use serde_json::{Value, json};

use crate::support::{NOON, Reply, Server, Signer, html, json, reply, status, transport};

const SIGNED: &str = "application/token-introspection+jwt";
const ISSUER: &str = "https://id.example.com/realms/acme";

fn guard() -> ClientAuthentication {
    ClientAuthentication::secret_basic("orders api", "s:ecret")
}

async fn server(answer: impl Fn() -> Reply + Send + Sync + Clone + 'static) -> Server {
    Server::start(move |_| {
        let answer = answer();
        async move { answer }
    })
    .await
}

async fn plain(answer: impl Fn() -> Reply + Send + Sync + Clone + 'static) -> Result<Introspection, IntrospectError> {
    let server = server(answer).await;
    Introspector::at(transport(), server.url("/introspect"), guard())
        .introspect("t")
        .await
}

fn refused(result: Result<Introspection, IntrospectError>) -> AnswerError {
    match result {
        Err(IntrospectError::Answer(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_question_and_both_answers() {
    let server = Server::start(|seen| async move {
        if seen.body.contains("token=a.b%2Bc") {
            reply(
                StatusCode::OK,
                "application/json;charset=UTF-8",
                r#"{"active":true,"sub":"s","exp":9}"#,
            )
        } else {
            json(r#"{"active":false}"#)
        }
    })
    .await;
    let introspector = Introspector::at(transport(), server.url("/introspect"), guard());
    let Introspection::Active(claims) = introspector.introspect("a.b+c").await.unwrap() else {
        panic!("not active");
    };
    assert_eq!(Value::Object(claims), json!({"active": true, "sub": "s", "exp": 9}));
    assert_eq!(introspector.introspect("x").await.unwrap(), Introspection::Inactive);
    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/introspect"));
    assert_eq!(seen.body, "token=a.b%2Bc&token_type_hint=access_token");
    // "orders%20api:s%3Aecret"
    assert_eq!(
        seen.header("authorization"),
        Some("Basic b3JkZXJzJTIwYXBpOnMlM0FlY3JldA==")
    );
    assert_eq!(seen.header("accept"), Some("application/json"));
}

#[tokio::test]
async fn a_secret_in_the_form() {
    let server = server(|| json(r#"{"active":false}"#)).await;
    let client = ClientAuthentication::secret_post("api", "s&");
    let introspector = Introspector::at(transport(), server.url("/i"), client);
    introspector.introspect("t").await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(
        seen.body,
        "token=t&token_type_hint=access_token&client_id=api&client_secret=s%26"
    );
    assert_eq!(seen.header("authorization"), None);
}

#[tokio::test]
async fn the_endpoint_is_discovered_and_may_move() {
    let server = Server::start(|seen| async move {
        let issuer = format!("http://{}", seen.header("host").unwrap());
        match seen.target.as_str() {
            "/.well-known/openid-configuration" => {
                json(json!({"issuer": issuer, "introspection_endpoint": format!("{issuer}/i")}).to_string())
            }
            "/i" if seen.body.contains("token=moved") => status(404),
            "/i" => json(r#"{"active":false}"#),
            _ => status(404),
        }
    })
    .await;
    let introspector = Introspector::of_issuer(Issuer::new(transport(), server.url("")), guard());
    for token in ["a", "b"] {
        assert_eq!(introspector.introspect(token).await.unwrap(), Introspection::Inactive);
    }
    assert_eq!(server.count("/.well-known/openid-configuration"), 1);
    assert!(introspector.introspect("moved").await.is_err());
    assert!(introspector.introspect("a").await.is_ok());
    assert_eq!(server.count("/.well-known/openid-configuration"), 2);
}

#[tokio::test]
async fn an_issuer_without_introspection() {
    let server = Server::start(|seen| async move {
        json(json!({"issuer": format!("http://{}", seen.header("host").unwrap())}).to_string())
    })
    .await;
    let introspector = Introspector::of_issuer(Issuer::new(transport(), server.url("")), guard());
    assert_eq!(introspector.introspect("t").await.unwrap_err().code(), "no_endpoint");
}

/// An answer that is no clear yes or no is none.
#[tokio::test]
async fn active_must_be_a_boolean_said_once() {
    for body in [
        r#"{"active":"true"}"#,
        r#"{"active":1}"#,
        r#"{"active":null}"#,
        r#"{"Active":true}"#,
        r#"{"active":false,"active":true}"#,
        r#"{"active":true,"sub":"a","sub":"b"}"#,
        r#"{"active":true,"a":{"b":1,"b":2}}"#,
        r#"[{"active":true}]"#,
        "true",
        "{}",
        "",
    ] {
        assert_eq!(
            refused(plain(move || json(body)).await),
            AnswerError::Malformed,
            "{body}"
        );
    }
    let deep = format!(r#"{{"active":true,"a":{}1{}}}"#, "[".repeat(40), "]".repeat(40));
    assert_eq!(refused(plain(move || json(deep.clone())).await), AnswerError::Malformed);
}

#[tokio::test]
async fn a_page_with_status_200_is_no_answer() {
    assert_eq!(
        refused(plain(|| html(r#"{"active":true}"#)).await),
        AnswerError::MediaType
    );
    let jwt = || reply(StatusCode::OK, SIGNED, "a.b.c");
    assert_eq!(refused(plain(jwt).await), AnswerError::MediaType);
}

/// Our own credentials are wrong: an alarm, and never "inactive".
#[tokio::test]
async fn refused_credentials_say_nothing_about_the_token() {
    for code in [401, 403] {
        let answer = move || {
            reply(
                StatusCode::from_u16(code).unwrap(),
                "application/json",
                r#"{"active":false}"#,
            )
        };
        let error = plain(answer).await.unwrap_err();
        assert!(
            matches!(error, IntrospectError::Credentials(status) if status == code),
            "{error}"
        );
    }
    for code in [204, 302, 400, 404, 429, 500, 503] {
        let answer = move || {
            reply(
                StatusCode::from_u16(code).unwrap(),
                "application/json",
                r#"{"active":true}"#,
            )
        };
        let error = plain(answer).await.unwrap_err();
        assert!(
            matches!(error, IntrospectError::Status(status) if status == code),
            "{error}"
        );
    }
}

#[tokio::test]
async fn bounds_of_size_and_time() {
    let big = || json(format!(r#"{{"active":true,"x":"{}"}}"#, "x".repeat(1024 * 1024)));
    let error = plain(big).await.unwrap_err();
    let IntrospectError::Endpoint(EndpointError::Transport(TransportError::TooLarge { limit: 65_536 })) = error else {
        panic!("{error}");
    };
    let silent = Server::start(|_| std::future::pending()).await;
    let introspector = Introspector::at(transport(), silent.url("/"), guard())
        .with_transport(transport().with_timeout(Duration::from_millis(100)));
    assert_eq!(introspector.introspect("t").await.unwrap_err().code(), "timeout");
    let url = silent.url("/");
    drop(silent);
    let introspector = Introspector::at(transport(), url, guard());
    assert_eq!(introspector.introspect("t").await.unwrap_err().code(), "connect");
}

async fn signed(signer: &Signer, answer: Reply) -> Result<Introspection, IntrospectError> {
    let server = server(move || answer.clone()).await;
    Introspector::at(transport(), server.url("/i"), guard())
        .signed(ISSUER, JwksCache::fixed(KeySet::new([&signer.jwk()])))
        .introspect_at("t", NOON)
        .await
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": "orders api", "iat": NOON.secs(),
        "token_introspection": {"active": true, "sub": "s"},
    })
}

fn jwt(signer: &Signer, typ: &str, claims: &Value) -> Reply {
    reply(StatusCode::OK, SIGNED, signer.sign(typ, claims))
}

#[tokio::test]
async fn a_signed_answer_is_believed() {
    let signer = Signer::ed25519();
    for typ in ["token-introspection+jwt", "application/Token-Introspection+JWT"] {
        let answer = signed(&signer, jwt(&signer, typ, &claims())).await.unwrap();
        let Introspection::Active(members) = answer else {
            panic!("not active")
        };
        assert_eq!(Value::Object(members), json!({"active": true, "sub": "s"}));
    }
    let mut inactive = claims();
    inactive["token_introspection"] = json!({"active": false});
    inactive["aud"] = json!(["orders api"]);
    let answer = signed(&signer, jwt(&signer, "token-introspection+jwt", &inactive)).await;
    assert_eq!(answer.unwrap(), Introspection::Inactive);
}

/// RFC 9701 §5, §8.1
#[tokio::test]
async fn a_signed_answer_for_another_purpose_is_refused() {
    let signer = Signer::ed25519();
    for typ in ["JWT", "at+jwt", "token-introspection"] {
        let answer = signed(&signer, jwt(&signer, typ, &claims())).await;
        assert_eq!(refused(answer), AnswerError::Type, "{typ}");
    }
    let changes = [
        ("iss", json!("https://id.example.com/realms/other"), AnswerError::Issuer),
        ("aud", json!("other api"), AnswerError::Audience),
        ("aud", json!(["orders api", "other api"]), AnswerError::Audience),
        ("aud", json!([]), AnswerError::Audience),
        ("aud", Value::Null, AnswerError::Malformed),
        ("iat", json!(NOON.secs() - 61), AnswerError::Time),
        ("iat", json!(NOON.secs() + 61), AnswerError::Time),
        ("iat", json!("now"), AnswerError::Malformed),
        ("token_introspection", json!({"active": "true"}), AnswerError::Malformed),
        ("token_introspection", Value::Null, AnswerError::Malformed),
    ];
    for (member, value, error) in changes {
        let mut claims = claims();
        claims[member] = value;
        let answer = signed(&signer, jwt(&signer, "token-introspection+jwt", &claims)).await;
        assert_eq!(refused(answer), error, "{member}");
    }
    let mut outside = claims();
    outside["active"] = json!(true);
    outside.as_object_mut().unwrap().remove("token_introspection");
    let answer = signed(&signer, jwt(&signer, "token-introspection+jwt", &outside)).await;
    assert_eq!(refused(answer), AnswerError::Malformed);
}

#[tokio::test]
async fn an_unsigned_answer_is_refused_where_signed_ones_are_wanted() {
    let signer = Signer::ed25519();
    let answer = signed(&signer, json(r#"{"active":true}"#)).await;
    assert_eq!(refused(answer), AnswerError::MediaType);
    for body in [r#"{"active":true}"#, "", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
        let answer = signed(&signer, reply(StatusCode::OK, SIGNED, body)).await;
        assert_eq!(refused(answer), AnswerError::NotSigned, "{body}");
    }
}

#[tokio::test]
async fn a_strangers_signature_is_refused() {
    let (signer, stranger) = (Signer::ed25519(), Signer::ed25519());
    let answer = signed(&signer, jwt(&stranger, "token-introspection+jwt", &claims())).await;
    assert!(matches!(answer, Err(IntrospectError::Key(_))), "{answer:?}");
    let token = signer.sign("token-introspection+jwt", &claims());
    let (head, _) = token.rsplit_once('.').unwrap();
    let other = stranger.sign("token-introspection+jwt", &claims());
    let forged = format!("{head}.{}", other.rsplit('.').next().unwrap());
    let answer = signed(&signer, reply(StatusCode::OK, SIGNED, forged)).await;
    assert_eq!(refused(answer), AnswerError::Signature);
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let introspector = Introspector::at(transport(), "https://id.example.com/i", guard());
    let answer = plain(|| json(r#"{"active":true,"sub":"canary"}"#)).await.unwrap();
    let error = plain(|| reply(StatusCode::BAD_REQUEST, "text/plain", "canary"))
        .await
        .unwrap_err();
    let printed = format!("{introspector:?} {answer:?} {error} {error:?}");
    assert!(!printed.contains("canary") && !printed.contains("ecret"), "{printed}");
}
