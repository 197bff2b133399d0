//! People, and how they log in.

use std::sync::LazyLock;

use keyward_domain::client::{ClientSettings, ClientType};
use keyward_domain::credential::Credential;
use keyward_domain::id::{CredentialId, UserId};
use keyward_domain::scope::defaults;
use keyward_domain::user::{Profile, User};
use keyward_domain::{Clock as _, Timestamp, entropy};
use keyward_jose::password;
use keyward_server::SystemEntropy;
use serde_json::Value;

use super::browser::{Browser, parameter, with_query};
use super::client::for_the_api;
use super::{AUTH, Credentials, Node, Request, Response, TOKEN, TestServer, USERINFO};

/// RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Where the browser application of the tests lives.
pub(crate) const CALLBACK: &str = "https://app.example.com/callback";

/// The password of everybody.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Settings of a browser application.
pub(crate) fn spa() -> ClientSettings {
    ClientSettings {
        name: "Front".into(),
        client_type: ClientType::Public,
        standard_flow: true,
        redirect_uris: vec![CALLBACK.into()],
        post_logout_redirect_uris: vec!["https://app.example.com/bye".into()],
        web_origins: vec!["https://app.example.com".into()],
        default_scopes: defaults::DEFAULT.map(str::to_owned).to_vec(),
        optional_scopes: defaults::OPTIONAL
            .into_iter()
            .chain(["orders:read", "orders:create"])
            .map(str::to_owned)
            .collect(),
        mappers: for_the_api(),
        ..ClientSettings::default()
    }
}

/// The usual parameters of an authorization request of `client_id`.
pub(crate) fn usual(client_id: &str) -> Vec<(&str, &str)> {
    vec![
        ("client_id", client_id),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile email"),
        ("state", "st 1&=\u{fc}"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

/// The path of an authorization request: the usual parameters, some replaced, some added; an empty value removes one.
pub(crate) fn authorize(client_id: &str, changes: &[(&str, &str)]) -> String {
    let mut pairs = usual(client_id);
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    with_query(AUTH, &pairs)
}

impl TestServer {
    /// A person with the usual password.
    pub(crate) async fn person(&self, username: &str) -> UserId {
        self.person_with(username, |_| {}).await
    }

    /// A person with the usual password and something else.
    pub(crate) async fn person_with(&self, username: &str, edit: impl FnOnce(&mut User)) -> UserId {
        // Hashed once: every person of every test has it.
        static PHC: LazyLock<String> = LazyLock::new(|| password::hash(PASSWORD, &[7; 16]).unwrap());
        let mut user = User {
            id: UserId(entropy::uuid(&mut SystemEntropy)),
            realm: self.realm.id,
            username: username.into(),
            enabled: true,
            service_account_of: None,
            created_at: self.clock.now(),
            required_actions: Vec::new(),
            not_before: Timestamp::default(),
            profile: Profile {
                email: Some(format!("{username}@example.com")),
                email_verified: true,
                first_name: Some("Alice".into()),
                last_name: Some("Anders".into()),
                ..Profile::default()
            },
        };
        edit(&mut user);
        let credential = Credential {
            id: CredentialId(entropy::uuid(&mut SystemEntropy)),
            user: user.id,
            phc: PHC.clone(),
            created_at: self.clock.now(),
            label: String::new(),
        };
        self.change(async |tx| {
            tx.insert_user(&user).await.unwrap();
            tx.set_password(&credential).await.unwrap();
        })
        .await;
        user.id
    }

    /// Gives a person another password, as an operator would in the database.
    pub(crate) async fn set_password(&self, user: UserId, text: &str) {
        let credential = Credential {
            id: CredentialId(entropy::uuid(&mut SystemEntropy)),
            user,
            phc: password::hash(text, &[9; 16]).unwrap(),
            created_at: self.clock.now(),
            label: String::new(),
        };
        self.change(async |tx| tx.set_password(&credential).await.unwrap())
            .await;
    }
}

impl Browser<'_> {
    /// Opens an authorization request and logs in with the usual password.
    pub(crate) async fn log_in(&mut self, username: &str, url: &str) -> Response {
        let page = self.get(url).await;
        assert_eq!(page.status, 200, "{page:?}");
        self.submit(&page, &[("username", username), ("password", PASSWORD)])
            .await
    }

    /// Logs in to `client_id` and gives the code.
    pub(crate) async fn code(&mut self, username: &str, client_id: &str, changes: &[(&str, &str)]) -> String {
        let answer = self.log_in(username, &authorize(client_id, changes)).await;
        code_of(&answer)
    }
}

/// The code of a redirect.
pub(crate) fn code_of(answer: &Response) -> String {
    let location = answer
        .header("location")
        .unwrap_or_else(|| panic!("no redirect: {answer:?}"));
    parameter(location, "code").unwrap_or_else(|| panic!("no code: {answer:?}"))
}

impl Node {
    /// Redeems a code of a public client with the usual verifier.
    pub(crate) async fn redeem(&self, client_id: &str, code: &str) -> Response {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", client_id),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        Request::post(TOKEN).form(&form).send(self).await
    }

    /// Refreshes the tokens of a public client.
    pub(crate) async fn refresh(&self, client_id: &str, refresh_token: &str) -> Response {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", client_id),
            ("refresh_token", refresh_token),
        ];
        Request::post(TOKEN).form(&form).send(self).await
    }

    /// Refreshes the tokens of a confidential client.
    pub(crate) async fn refresh_as(&self, client: &Credentials, refresh_token: &str) -> Response {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        Request::post(TOKEN).basic(client).form(&form).send(self).await
    }

    /// Logs a person in to a public client in a browser of their own, and gives the token response.
    pub(crate) async fn tokens(&self, username: &str, client_id: &str, changes: &[(&str, &str)]) -> Value {
        let code = Browser::new(self).code(username, client_id, changes).await;
        let answer = self.redeem(client_id, &code).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Asks about the person.
    pub(crate) async fn userinfo(&self, access_token: &str) -> Response {
        let header = format!("Bearer {access_token}");
        Request::get(USERINFO).header("Authorization", &header).send(self).await
    }
}
