//! What a mail says, in the languages of the pages.

use lettre::Address;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};

use super::{MailError, MailServer};
use crate::pages::Locale;

/// A mail to one person.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    to: Address,
    subject: String,
    body: String,
}

/// What a mail is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum About<'a> {
    /// The person proves that the address is theirs.
    VerifyEmail(Link<'a>),
    /// An administrator asks the person for something.
    Actions(Link<'a>),
    /// A new password, and nothing else.
    NewPassword(Link<'a>),
    /// Whether the settings are right.
    Test,
}

/// A link that works once, for a while.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link<'a> {
    pub(crate) url: &'a str,
    pub(crate) minutes: i64,
}

impl Letter {
    /// Writes to an address. `realm` is the realm's name for people.
    pub(crate) fn write(to: &str, realm: &str, locale: Locale, about: About<'_>) -> Result<Self, MailError> {
        let (key, link) = match about {
            About::VerifyEmail(link) => ("verify_email", Some(link)),
            About::Actions(link) => ("actions", Some(link)),
            About::NewPassword(link) => ("new_password", Some(link)),
            About::Test => ("test", None),
        };
        let url = link.map_or("", |link| link.url);
        let minutes = link.map_or(0, |link| link.minutes).to_string();
        let fill = |text: &str| {
            fill(text, |name| match name {
                "realm" => realm,
                "link" => url,
                "minutes" => &minutes,
                _ => "",
            })
        };
        let text = texts(locale);
        Ok(Self {
            to: to.parse().map_err(|_| MailError::Recipient(to.to_owned()))?,
            subject: fill(entry(text, &format!("{key}_subject"))),
            body: fill(&entry(text, &format!("{key}_body")).replace("\\n", "\n")),
        })
    }

    /// The message for a mail server.
    pub(super) fn message(&self, server: &MailServer) -> Result<Message, MailError> {
        let mut builder = Message::builder()
            .from(server.from.clone())
            .to(Mailbox::new(None, self.to.clone()))
            .subject(self.subject.clone())
            .header(ContentType::TEXT_PLAIN);
        if let Some(reply_to) = &server.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        if let Some(envelope_from) = &server.envelope_from {
            let envelope = lettre::address::Envelope::new(Some(envelope_from.clone()), vec![self.to.clone()]);
            builder = builder.envelope(envelope.map_err(|_| MailError::Failed)?);
        }
        builder.body(self.body.clone()).map_err(|_| MailError::Failed)
    }
}

const fn texts(locale: Locale) -> &'static str {
    match locale {
        Locale::En => include_str!("text/en.txt"),
        Locale::De => include_str!("text/de.txt"),
        Locale::Zh => include_str!("text/zh.txt"),
    }
}

fn entry<'t>(texts: &'t str, key: &str) -> &'t str {
    let lines = texts.lines().filter_map(|line| line.split_once('='));
    let found = lines
        .map(|(its, text)| (its.trim(), text.trim()))
        .find(|(its, _)| *its == key);
    found.map_or("", |(_, text)| text)
}

/// Puts values in for `{name}`, once: what stands in a value is never read for names.
fn fill<'v>(text: &str, value: impl Fn(&str) -> &'v str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        filled.push_str(value(name));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::{About, Letter, Link, Locale, entry, texts};
    use crate::mail::{MailError, MailServer};

    const KEYS: [&str; 4] = ["verify_email", "actions", "new_password", "test"];

    #[test]
    fn every_language_has_every_mail_with_its_link() {
        for locale in Locale::ALL {
            for key in KEYS {
                let text = |part: &str| entry(texts(locale), &format!("{key}_{part}"));
                assert!(
                    !text("subject").is_empty() && !text("body").is_empty(),
                    "{locale:?} {key}"
                );
                if key != "test" {
                    assert!(
                        text("body").contains("{link}") && text("body").contains("{minutes}"),
                        "{locale:?} {key}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_name_of_a_realm_adds_neither_links_nor_headers() {
        let link = Link {
            url: "https://id.example.com/?key=k",
            minutes: 5,
        };
        let realm = "Shop {link}\r\nBcc: all@example.com";
        let letter = Letter::write("a@b.c", realm, Locale::En, About::VerifyEmail(link)).unwrap();
        assert_eq!(
            letter.body.matches("https://id.example.com").count(),
            1,
            "{}",
            letter.body
        );
        let settings = serde_json::json!({"host": "h", "from": "f@b.c"});
        let server = MailServer::parse(settings.as_object().unwrap(), None).unwrap();
        let written = String::from_utf8(letter.message(&server).unwrap().formatted()).unwrap();
        let headers = written.split("\r\n\r\n").next().unwrap();
        assert!(!headers.lines().any(|line| line.starts_with("Bcc")), "{headers}");
        let to = Letter::write("a@b.c\r\nBcc: all@example.com", "r", Locale::En, About::Test);
        assert!(matches!(to, Err(MailError::Recipient(_))));
    }
}
