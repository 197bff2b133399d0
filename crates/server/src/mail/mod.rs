//! Mail to people, through the mail server of their realm.
//!
//! [`server`] reads what the realm says of it, [`letter`] writes in the person's language, [`send`] delivers: bounded in
//! number and in time, and without a secret in any word of failure.

pub(crate) mod letter;
pub(crate) mod secrets;
pub(crate) mod send;
pub(crate) mod server;

pub(crate) use letter::Letter;
pub(crate) use send::send;
pub(crate) use server::MailServer;

/// Why a mail is not sent. What the mail server said stands in the log alone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MailError {
    /// The realm names no sender. The words begin as Keycloak's.
    #[error(
        "Invalid sender address 'null'. smtpServer.from is missing: set the address that the realm's mails come from, with \
         keyward realm set REALM --set smtpServer.from=shop@example.com"
    )]
    NoSender,
    /// The realm names a sender that is no address. The words are Keycloak's.
    #[error(
        "Invalid sender address '{0}'. If the address contains UTF-8 characters in the local part please ensure the SMTP \
         server supports the SMTPUTF8 extension and enable 'Allow UTF-8' in the email realm configuration."
    )]
    Sender(String),
    /// The person's address is none that a mail server takes.
    #[error("Invalid address '{0}'.")]
    Recipient(String),
    /// The realm says something of its mail server that cannot be.
    #[error("The mail server's {0} is not usable.")]
    Setting(&'static str),
    /// The server did not take it, or not in time. The words are Keycloak's.
    #[error("Error when attempting to send the email to the server. More information is available in the server log.")]
    Failed,
    /// Too many are on their way.
    #[error("Too many mails are being sent.")]
    Busy,
    /// The stored password of the mail server cannot be opened.
    #[error("The mail server's password cannot be opened.")]
    Password,
}
