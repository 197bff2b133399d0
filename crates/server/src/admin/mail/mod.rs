//! `testSMTPConnection`.

use keyward_domain::secret::Secret;
use serde_json::{Map, Value};

use super::keycloak::realm::{as_text, is_stored_server, open_password};
use super::rest::{AdminCall, AdminError, Answer, Need, Offered, Route, route};
use crate::admin::keycloak::shown_secret::MASK;
use crate::login::action_token::{locale, shown_name};
use crate::mail::letter::About;
use crate::mail::{self, Letter, MailServer};

/// The routes of mail.
pub(crate) static ROUTES: &[Route] =
    &[route!(POST "/admin/realms/{realm}/testSMTPConnection", Need::ManageRealm, Offered::Full, test)];

/// Sends a mail to the administrator who asks, by settings that are not saved yet.
async fn test(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut settings: Map<String, Value> = call.json()?;
    let password = password(call, settings.remove("password"), &settings)?;
    let failed = || AdminError::Outside("Failed to send email".into());
    let user = &call.caller.subject.user;
    let email = user.profile.email.as_deref().ok_or_else(failed)?;
    let server = MailServer::parse(&settings, password).map_err(|_| failed())?;
    let realm = call.realm()?;
    let letter = Letter::write(email, shown_name(realm), locale(&call.caller.realm, user), About::Test);
    let letter = letter.map_err(|_| failed())?;
    mail::send(&server, &letter, call.cx.request_id())
        .await
        .map_err(|_| failed())?;
    Ok(Answer::no_content())
}

/// The password that was sent; or the stored one for a mask, but only for the server that it is for: else whoever may
/// ask could send it to a server of their own.
fn password(
    call: &AdminCall,
    sent: Option<Value>,
    settings: &Map<String, Value>,
) -> Result<Option<Secret>, AdminError> {
    match sent {
        Some(Value::String(text)) if text != MASK => Ok(Some(Secret::new(text))),
        Some(Value::String(_)) => {
            let realm = &call.realm()?.realm;
            let same = is_stored_server(realm, |name| settings.get(name).map(as_text));
            if same {
                Ok(open_password(realm, &call.app.sealer)?)
            } else {
                Ok(None)
            }
        }
        _ => Ok(None),
    }
}
