//! What a realm says of its mail server (Keycloak's `smtpServer`).

use keyward_domain::realm::Realm;
use keyward_domain::secret::Secret;
use keyward_jose::Sealer;
use lettre::Address;
use lettre::message::Mailbox;
use serde_json::{Map, Value};

use super::{MailError, secrets};

/// A mail server, and who writes.
#[derive(Clone, Debug)]
pub(crate) struct MailServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) from: Mailbox,
    pub(super) reply_to: Option<Mailbox>,
    /// Who learns that a mail was not delivered, when it is not the sender.
    pub(super) envelope_from: Option<Address>,
    pub(super) login: Option<(String, Secret)>,
}

/// How the connection is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Security {
    /// Not at all.
    Plain,
    /// By STARTTLS, or not at all used (RFC 3207 §4).
    StartTls,
    /// From the first byte (RFC 8314 §3.3).
    Tls,
}

impl MailServer {
    /// Whether a realm has one.
    pub(crate) fn is_set(realm: &Realm) -> bool {
        members(realm).is_some_and(|members| text(members, "host").is_some())
    }

    /// The one of a realm.
    pub(crate) fn of(realm: &Realm, sealer: &Sealer) -> Result<Self, MailError> {
        let mut secrets = secrets::open(realm, sealer).map_err(|_| MailError::Password)?;
        let password = secrets.remove("password").map(Secret::new);
        let none = Map::new();
        Self::parse(members(realm).unwrap_or(&none), password)
    }

    /// Reads the members of `smtpServer`. `password` is what stands sealed elsewhere.
    pub(crate) fn parse(members: &Map<String, Value>, password: Option<Secret>) -> Result<Self, MailError> {
        let named = text(members, "from");
        let named = named.ok_or(MailError::NoSender)?;
        let from = address(Some(&named)).ok_or(MailError::Sender(named))?;
        let host = text(members, "host").ok_or(MailError::Setting("host"))?;
        let security = match (switch(members, "ssl"), switch(members, "starttls")) {
            (true, _) => Security::Tls,
            (false, true) => Security::StartTls,
            (false, false) => Security::Plain,
        };
        let port = match text(members, "port") {
            Some(port) => port.parse().map_err(|_| MailError::Setting("port"))?,
            None if security == Security::Tls => 465,
            None => 25,
        };
        let reply_to = text(members, "replyTo");
        let envelope_from = text(members, "envelopeFrom");
        Ok(Self {
            login: login(members, password, &host, security)?,
            host,
            port,
            security,
            from: Mailbox::new(shown_name(members, "fromDisplayName")?, from),
            reply_to: match reply_to {
                Some(named) => {
                    let address = address(Some(&named)).ok_or(MailError::Setting("replyTo"))?;
                    Some(Mailbox::new(shown_name(members, "replyToDisplayName")?, address))
                }
                None => None,
            },
            envelope_from: match envelope_from {
                Some(named) => Some(address(Some(&named)).ok_or(MailError::Setting("envelopeFrom"))?),
                None => None,
            },
        })
    }
}

/// A name beside an address. A line break in one would be a header more, and the library panics at it.
fn shown_name(members: &Map<String, Value>, member: &'static str) -> Result<Option<String>, MailError> {
    match text(members, member) {
        Some(name) if name.contains(char::is_control) => Err(MailError::Setting(member)),
        name => Ok(name),
    }
}

/// Name and password, when the server wants them. They do not cross a network in clear.
fn login(
    members: &Map<String, Value>,
    password: Option<Secret>,
    host: &str,
    security: Security,
) -> Result<Option<(String, Secret)>, MailError> {
    if !switch(members, "auth") {
        return Ok(None);
    }
    if text(members, "authType").is_some_and(|kind| kind != "basic") {
        return Err(MailError::Setting("authType"));
    }
    if security == Security::Plain && !is_this_machine(host) {
        return Err(MailError::Setting("login without starttls or ssl"));
    }
    let user = text(members, "user").ok_or(MailError::Setting("user"))?;
    Ok(Some((user, password.unwrap_or_else(|| Secret::new(String::new())))))
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse()
            .is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

fn members(realm: &Realm) -> Option<&Map<String, Value>> {
    realm.settings.kept.get("smtpServer")?.as_object()
}

fn address(text: Option<&str>) -> Option<Address> {
    text?.trim().parse().ok()
}

/// A member that is no blank text. Numbers and switches are texts too.
fn text(members: &Map<String, Value>, name: &str) -> Option<String> {
    let text = match members.get(name)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(switch) => switch.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

fn switch(members: &Map<String, Value>, name: &str) -> bool {
    text(members, name).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{MailError, MailServer, Security};

    fn parse(value: &Value) -> Result<MailServer, MailError> {
        MailServer::parse(value.as_object().unwrap(), None)
    }

    #[test]
    fn members_are_texts_numbers_or_switches() {
        let server = parse(&json!({"host": "mail.example.com", "from": "a@b.c", "ssl": true})).unwrap();
        assert_eq!((server.port, server.security), (465, Security::Tls));
        let server = parse(&json!({
            "host": "mail.example.com", "from": "a@b.c", "port": "587", "starttls": "true", "auth": "true", "user": "u",
            "fromDisplayName": "Shop", "replyTo": "r@b.c",
        }));
        let server = server.unwrap();
        assert_eq!((server.port, server.security), (587, Security::StartTls));
        assert_eq!(server.from.to_string(), "Shop <a@b.c>");
        assert!(server.login.is_some() && server.reply_to.is_some());
    }

    #[test]
    fn what_cannot_be_is_told_in_keycloaks_words() {
        let told = |value: Value| parse(&value).unwrap_err();
        assert_eq!(told(json!({})), MailError::NoSender);
        assert_eq!(told(json!({"from": "nobody"})), MailError::Sender("nobody".into()));
        assert_eq!(told(json!({"from": "a@b.c"})), MailError::Setting("host"));
        assert_eq!(
            told(json!({"from": "a@b.c", "host": "h", "port": "x"})),
            MailError::Setting("port")
        );
        let token = json!({"from": "a@b.c", "host": "localhost", "auth": true, "authType": "token", "user": "u"});
        assert_eq!(told(token), MailError::Setting("authType"));
    }

    #[test]
    fn a_password_does_not_cross_a_network_in_clear() {
        let open = |host: &str| parse(&json!({"from": "a@b.c", "host": host, "auth": "true", "user": "u"}));
        assert!(open("127.0.0.1").is_ok() && open("localhost").is_ok());
        assert_eq!(
            open("mail.example.com").unwrap_err(),
            MailError::Setting("login without starttls or ssl")
        );
    }

    #[test]
    fn a_sender_cannot_add_headers() {
        let forged = json!({"from": "a@b.c\r\nBcc: all@b.c", "host": "h"});
        assert!(matches!(parse(&forged), Err(MailError::Sender(_))));
        for member in ["fromDisplayName", "replyToDisplayName"] {
            for name in ["Shop\r\nBcc: all@b.c", "a\nb", "a\rb", "a\u{0}b"] {
                let forged = json!({"from": "a@b.c", "host": "h", "replyTo": "r@b.c", member: name});
                assert_eq!(parse(&forged).unwrap_err(), MailError::Setting(member), "{name:?}");
            }
        }
    }
}
