//! A realm's endpoints as a client calls them.

use std::net::SocketAddr;

use serde_json::Value;

use super::{Answer, basic, eventually, get, post};

/// A realm at an address.
#[derive(Clone)]
pub(crate) struct Realm {
    pub(crate) address: SocketAddr,
    name: String,
}

/// A confidential client.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) client_id: String,
    pub(crate) secret: String,
}

/// What a token response holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) id: String,
}

impl Tokens {
    #[track_caller]
    pub(crate) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{answer:?}");
        let body = answer.json();
        let part = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        Self {
            access: part("access_token"),
            refresh: part("refresh_token"),
            id: part("id_token"),
        }
    }
}

impl Client {
    pub(crate) fn new(client_id: &str, secret: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            secret: secret.to_owned(),
        }
    }

    /// From the line that `keyward dev --json` prints.
    pub(crate) fn of_dev(line: &Value, client_id: &str) -> Self {
        Self::new(client_id, line["clients"][client_id]["client_secret"].as_str().unwrap())
    }

    /// From the line that `keyward client … --json` prints.
    pub(crate) fn of_command(line: &str) -> Self {
        let line: Value = serde_json::from_str(line).unwrap();
        Self::new(
            line["client_id"].as_str().unwrap(),
            line["client_secret"].as_str().unwrap(),
        )
    }
}

impl Realm {
    pub(crate) fn new(address: SocketAddr, name: &str) -> Self {
        Self {
            address,
            name: name.to_owned(),
        }
    }

    /// The demo realm of `keyward dev`.
    pub(crate) fn of_dev(line: &Value) -> Self {
        let address = line["base_url"].as_str().unwrap().strip_prefix("http://").unwrap();
        Self::new(address.parse().unwrap(), "demo")
    }

    pub(crate) fn path(&self, endpoint: &str) -> String {
        format!("/realms/{}/protocol/openid-connect/{endpoint}", self.name)
    }

    pub(crate) fn metadata(&self, headers: &[(&str, &str)]) -> Answer {
        let path = format!("/realms/{}/.well-known/openid-configuration", self.name);
        get(self.address, &path, headers)
    }

    /// Asks for a token.
    pub(crate) fn ask(&self, client: &Client) -> Answer {
        self.call("token", client, "grant_type=client_credentials")
    }

    /// Gets a token.
    #[track_caller]
    pub(crate) fn token(&self, client: &Client) -> String {
        let answer = self.ask(client);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// Whether a token is active, as the API `caller` is told.
    #[track_caller]
    pub(crate) fn is_active(&self, caller: &Client, token: &str) -> bool {
        let answer = self.call("token/introspect", caller, &format!("token={token}"));
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["active"].as_bool().unwrap()
    }

    pub(crate) fn revoke(&self, caller: &Client, token: &str) -> Answer {
        self.call("revoke", caller, &format!("token={token}"))
    }

    /// A public client posts a form.
    pub(crate) fn post(&self, endpoint: &str, form: &str) -> Answer {
        post(self.address, &self.path(endpoint), &[], form)
    }

    /// A public client presents a refresh token.
    pub(crate) fn refresh(&self, client_id: &str, token: &str) -> Answer {
        let form = format!("grant_type=refresh_token&client_id={client_id}&refresh_token={token}");
        self.post("token", &form)
    }

    /// Asks for the claims of whoever an access token speaks for.
    pub(crate) fn userinfo(&self, access_token: &str) -> Answer {
        let authorization = format!("Bearer {access_token}");
        get(
            self.address,
            &self.path("userinfo"),
            &[("authorization", &authorization)],
        )
    }

    /// A public client with the password grant logs a person in, as soon as the server knows both.
    #[track_caller]
    pub(crate) fn password_grant(&self, client_id: &str, username: &str, password: &str) -> Tokens {
        let form =
            format!("grant_type=password&client_id={client_id}&username={username}&password={password}&scope=openid");
        let known = |answer: &Answer| answer.status == 200;
        Tokens::of(&eventually("the login", || {
            Some(self.post("token", &form)).filter(known)
        }))
    }

    pub(crate) fn call(&self, endpoint: &str, caller: &Client, form: &str) -> Answer {
        let authorization = basic(&caller.client_id, &caller.secret);
        post(
            self.address,
            &self.path(endpoint),
            &[("authorization", &authorization)],
            form,
        )
    }
}
