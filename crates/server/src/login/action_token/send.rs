//! Writing to a person with a link.

use keyward_domain::event::What;
use keyward_domain::user::User;
use keyward_domain::{Fault, Timestamp};

use super::Redirect;
use super::token::{ActionToken, VERIFY_EMAIL};
use crate::app::App;
use crate::http::edge::Cx;
use crate::login::complete::UPDATE_PASSWORD;
use crate::mail::letter::{About, Link};
use crate::mail::{self, Letter, MailError, MailServer};
use crate::pages::Locale;
use crate::snapshot::RealmSnapshot;

/// What a person is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// Names of [`super::ACTIONS`].
    pub(crate) actions: &'a [&'a str],
    /// Seconds that the link works.
    pub(crate) lifespan: i64,
    /// Where the person goes after it.
    pub(crate) redirect: &'a Redirect,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    /// The mail.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Sends the mail with the link to the person's address, and notes that.
pub(crate) async fn send(
    app: &App,
    realm: &RealmSnapshot,
    user: &User,
    asked: Asked<'_>,
    cx: &Cx,
) -> Result<(), SendError> {
    let sent = deliver(app, realm, user, asked, cx).await;
    let (user_id, actions) = (user.id, asked.actions.join(" "));
    let what = match sent {
        Ok(()) => What::MailSent { user_id, actions },
        Err(_) => What::MailFailed { user_id, actions },
    };
    app.events.record(cx.event(realm.realm.name.as_str(), what));
    sent
}

async fn deliver(app: &App, realm: &RealmSnapshot, user: &User, asked: Asked<'_>, cx: &Cx) -> Result<(), SendError> {
    let server = MailServer::of(&realm.realm, &app.sealer)?;
    let email = user.profile.email.as_deref().unwrap_or_default();
    let mut token = ActionToken::new(realm, (user, email), asked.actions, cx.now, asked.lifespan);
    token.azp.clone_from(&asked.redirect.client);
    token.reduri.clone_from(&asked.redirect.uri);
    let url = format!("{}/login-actions/action-token?key={}", realm.issuer, token.sign(realm)?);
    let link = Link {
        url: &url,
        minutes: (asked.lifespan / 60).max(1),
    };
    let about = match asked.actions {
        [VERIFY_EMAIL] => About::VerifyEmail(link),
        [UPDATE_PASSWORD] => About::NewPassword(link),
        _ => About::Actions(link),
    };
    let letter = Letter::write(email, shown_name(realm), locale(realm, user), about)?;
    mail::send(&server, &letter, cx.request_id()).await?;
    Ok(())
}

/// The realm's name for people.
pub(crate) fn shown_name(realm: &RealmSnapshot) -> &str {
    match realm.realm.settings.display_name.as_str() {
        "" => realm.realm.name.as_str(),
        name => name,
    }
}

/// The language that a person chose, else the realm's.
pub(crate) fn locale(realm: &RealmSnapshot, user: &User) -> Locale {
    let own = user.profile.attributes.get("locale").and_then(|values| values.first());
    let of_realm = realm
        .realm
        .settings
        .kept
        .get("defaultLocale")
        .and_then(|locale| locale.as_str());
    Locale::choose(own.map(String::as_str).or(of_realm), None)
}

/// When a mail of this kind may go to the person again: a login that is begun over and over must not fill a mailbox.
pub(crate) async fn is_too_soon(app: &App, realm: &RealmSnapshot, user: &User, now: Timestamp) -> Result<bool, Fault> {
    use keyward_domain::ports::Seen;
    let mark = keyward_jose::digest::sha256(format!("mail|{}|{}", realm.realm.id, user.id).as_bytes());
    let seen = app
        .store()
        .remember_jti(&mark, now, now.plus_secs(SECS_BETWEEN))
        .await?;
    Ok(seen == Seen::Again)
}

/// Seconds between two mails that a person can cause themselves.
const SECS_BETWEEN: i64 = 60;
