//! Links in mails: an administrator, or a login, asks a person for something, and the link lets them do it once.
//!
//! Opening the link shows what it is for and does nothing: programs that look through mails open links too. Its button
//! uses the link up. A confirmed address is written at once; a new password is chosen on the page that follows.

mod handle;
mod link;
mod password;
mod send;
mod token;
mod verify;

pub(crate) use handle::action_token;
pub(crate) use link::Redirect;
pub(crate) use send::{Asked, SendError, is_too_soon, locale, send, shown_name};
pub(crate) use token::{ACTIONS, VERIFY_EMAIL};
