//! How this program shows an issuer which client it is. RFC 6749 §2.3

use http::HeaderValue;
use keyward_jose::digest::b64_encode;
use zeroize::Zeroizing;

use crate::form::{Form, encode};
use crate::secret::Secret;

/// A client and its proof.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// A public client, which names itself and proves nothing. RFC 6749 §3.2.1
    None {
        /// The client's identifier.
        client_id: String,
    },
    /// `client_secret_basic`. RFC 6749 §2.3.1
    SecretBasic {
        /// The client's identifier.
        client_id: String,
        /// The client's secret.
        secret: Secret,
    },
    /// `client_secret_post`. RFC 6749 §2.3.1
    SecretPost {
        /// The client's identifier.
        client_id: String,
        /// The client's secret.
        secret: Secret,
    },
}

impl ClientAuthentication {
    /// A public client.
    pub fn public(client_id: impl Into<String>) -> Self {
        Self::None {
            client_id: client_id.into(),
        }
    }

    /// A client with a secret, sent as `client_secret_basic`, which every issuer must understand. RFC 6749 §2.3.1
    pub fn secret_basic(client_id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self::SecretBasic {
            client_id: client_id.into(),
            secret: Secret::new(secret),
        }
    }

    /// A client with a secret, sent as `client_secret_post`. RFC 6749 §2.3.1
    pub fn secret_post(client_id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self::SecretPost {
            client_id: client_id.into(),
            secret: Secret::new(secret),
        }
    }

    /// The client's identifier.
    pub fn client_id(&self) -> &str {
        match self {
            Self::None { client_id } | Self::SecretBasic { client_id, .. } | Self::SecretPost { client_id, .. } => {
                client_id
            }
        }
    }

    /// Adds to `form` what belongs there, and gives the value of `Authorization` if there is one.
    pub(crate) fn present(&self, form: &mut Form) -> Option<HeaderValue> {
        match self {
            Self::None { client_id } => {
                form.push("client_id", client_id);
                None
            }
            Self::SecretBasic { client_id, secret } => basic(client_id, secret.reveal()),
            Self::SecretPost { client_id, secret } => {
                form.push("client_id", client_id);
                form.push("client_secret", secret.reveal());
                None
            }
        }
    }
}

/// Each half is form-encoded before they are joined. RFC 6749 §2.3.1, RFC 7617 §2
fn basic(client_id: &str, secret: &str) -> Option<HeaderValue> {
    let mut pair = Zeroizing::new(String::new());
    pair.extend(encode(client_id));
    pair.push(':');
    pair.extend(encode(secret));
    let value = Zeroizing::new(format!("Basic {}", b64_encode(pair.as_bytes())));
    let mut value = HeaderValue::from_str(&value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use keyward_protocol::client_auth::Presented;
    use keyward_protocol::params::Params;

    use super::*;

    const SECRET: &str = "p:&=+% \u{fc}";

    #[test]
    fn basic_is_read_back_by_a_server() {
        let mut form = Form::new();
        let client = ClientAuthentication::secret_basic("a:b", SECRET);
        let header = client.present(&mut form).unwrap();
        assert!(header.is_sensitive() && form.as_str().is_empty());
        let params = Params::default();
        let Ok(Presented::SecretBasic(basic)) = Presented::parse(Some(header.as_bytes()), &params) else {
            panic!("not Basic");
        };
        assert_eq!(basic.client_id(), "a:b");
        assert_eq!(basic.secret().unwrap().reveal(), SECRET);
    }

    #[test]
    fn post_and_public_clients_stand_in_the_form() {
        let mut form = Form::new();
        let client = ClientAuthentication::secret_post("a b", SECRET);
        assert!(client.present(&mut form).is_none());
        assert_eq!(form.as_str(), "client_id=a%20b&client_secret=p%3A%26%3D%2B%25%20%C3%BC");
        let mut form = Form::new();
        assert!(ClientAuthentication::public("spa").present(&mut form).is_none());
        assert_eq!(form.as_str(), "client_id=spa");
    }

    #[test]
    fn debug_shows_no_secret() {
        let client = ClientAuthentication::secret_basic("shop", SECRET);
        assert_eq!(
            format!("{client:?}"),
            r#"SecretBasic { client_id: "shop", secret: [redacted] }"#
        );
    }
}
