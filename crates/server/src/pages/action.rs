//! The pages behind a link in a mail, and the one that waits for it.

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use super::Pair;
use super::logout::WebAddress;

/// The page that a mailed link opens. Nothing happens before its button: programs that look through mails open links
/// too.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct ActionConfirm<'a> {
    /// Where the form is posted.
    pub action: &'a str,
    /// Hidden fields of the form.
    pub hidden: &'a [Pair<'a>],
    /// The address that is to be confirmed, if that is asked for.
    pub email: Option<&'a str>,
    /// Whether a new password is asked for.
    pub password: bool,
}

/// The page after everything that the link asked for.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct ActionDone<'a> {
    /// The address that is confirmed now.
    pub email: Option<&'a str>,
    /// Whether a new password was set.
    pub password: bool,
    /// The application that the link leads back to; needed for the link.
    pub client_name: Option<&'a str>,
    /// Where it lives.
    #[serde(skip)]
    pub client_url: Option<&'a str>,
}

impl ActionDone<'_> {
    pub(super) fn context(&self) -> Value {
        context! { client_url => Serde(self.client_url.and_then(WebAddress::of)), ..Serde(self) }
    }
}

/// The page of a login that waits until the person has opened the link in their mail.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct VerifyEmail<'a> {
    /// Where the form is posted.
    pub action: &'a str,
    /// Hidden fields of the form.
    pub hidden: &'a [Pair<'a>],
    /// The address that is to be confirmed.
    pub email: &'a str,
    /// What is said beside.
    pub notice: Option<VerifyEmailNotice>,
}

/// What the page says beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VerifyEmailNotice {
    /// A mail went out just now, or a moment ago.
    Sent,
    /// The mail server did not take it.
    NotSent,
    /// The person wants to go on, and has not confirmed yet.
    NotYet,
}

impl Serialize for VerifyEmailNotice {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Sent => "verify_email_sent",
            Self::NotSent => "verify_email_not_sent",
            Self::NotYet => "verify_email_not_yet",
        })
    }
}
