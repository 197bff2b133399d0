//! What a token response gave, and whether it still works.

use keyward_domain::Clock as _;
use keyward_domain::grant::Grant;
use keyward_domain::id::GrantId;
use keyward_domain::ports::Store as _;
use keyward_domain::ports::changes::Change;
use keyward_domain::user::User;
use serde_json::Value;
use uuid::Uuid;

use super::jwt::claims;
use super::{Credentials, LOGOUT, Node, Request, Response, TOKEN, TestServer};

/// A member of a token response.
#[track_caller]
pub(crate) fn text<'t>(tokens: &'t Value, name: &str) -> &'t str {
    tokens[name].as_str().unwrap_or_else(|| panic!("no {name}: {tokens}"))
}

/// The grant that an access token came of.
pub(crate) fn grant_id(tokens: &Value) -> GrantId {
    let claims = claims(text(tokens, "access_token"));
    let (_, rest) = claims["jti"].as_str().unwrap().split_once(':').unwrap();
    GrantId(Uuid::try_parse(rest.split('.').next().unwrap()).unwrap())
}

impl Node {
    /// A token request with whatever form, by a confidential client or one that names itself in the form.
    pub(crate) async fn ask(&self, client: Option<&Credentials>, form: &[(&str, &str)]) -> Response {
        let request = Request::post(TOKEN).form(form);
        match client {
            Some(client) => request.basic(client).send(self).await,
            None => request.send(self).await,
        }
    }

    /// A token request that is refused.
    pub(crate) async fn refresh_refused(&self, client_id: &str, refresh_token: &str, why: &str) {
        let answer = self.refresh(client_id, refresh_token).await;
        answer.assert_error(400, "invalid_grant", why);
    }

    /// The public client `front` ends the session of a refresh token, without a browser.
    pub(crate) async fn log_out(&self, refresh_token: &str) -> Response {
        let form = [("client_id", "front"), ("refresh_token", refresh_token)];
        Request::post(LOGOUT).form(&form).send(self).await
    }

    /// The answer of the userinfo endpoint to a token that is not good.
    pub(crate) async fn userinfo_refused(&self, access_token: &str) {
        let answer = self.userinfo(access_token).await;
        let challenge = r#"Bearer realm="demo", error="invalid_token", error_description="Token verification failed""#;
        assert_eq!((answer.status, answer.text()), (401, ""), "{answer:?}");
        assert_eq!(answer.header("www-authenticate"), Some(challenge));
    }
}

impl TestServer {
    /// Whether an access token is good, which userinfo and introspection must agree about.
    pub(crate) async fn is_good(&self, tokens: &Value) -> bool {
        let token = text(tokens, "access_token");
        let userinfo = self.userinfo(token).await.status;
        let active = self.is_active(&self.api, token).await;
        assert_eq!(userinfo, if active { 200 } else { 401 });
        active
    }

    /// Disables a person, as an administrator does.
    pub(crate) async fn disable(&self, username: &str) {
        self.edit_person(username, |user| user.enabled = false).await;
    }

    /// Changes a person, and lets the node read it.
    pub(crate) async fn edit_person(&self, username: &str, edit: impl FnOnce(&mut User)) {
        self.change(async |tx| {
            let found = tx.user_by_username(self.realm.id, username).await.unwrap();
            let mut user = found.unwrap();
            edit(&mut user);
            assert!(tx.update_user(&user).await.unwrap());
            let until = self.clock.now().plus_secs(3600);
            let change = Change::UserChanged { user: user.id };
            tx.append_change(self.realm.id, &change, until).await.unwrap();
        })
        .await;
    }

    /// The row of the grant of a token response.
    pub(crate) async fn grant(&self, tokens: &Value) -> Grant {
        let id = grant_id(tokens);
        self.outage.read().await.unwrap().grant(id).await.unwrap().unwrap()
    }
}

/// The form of a code's redemption: the usual one, some pairs replaced, some added; an empty value removes one.
pub(crate) fn redemption<'a>(
    client_id: &'a str,
    code: &'a str,
    changes: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("client_id", client_id),
        ("code", code),
        ("redirect_uri", super::person::CALLBACK),
        ("code_verifier", super::person::VERIFIER),
    ];
    for (name, value) in changes {
        form.retain(|(known, _)| known != name);
        if !value.is_empty() {
            form.push((name, value));
        }
    }
    form
}
