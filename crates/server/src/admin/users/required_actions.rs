//! Required actions by Keycloak's names.

use keyward_domain::document::DocumentKind;
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use serde_json::Value;

use crate::admin::rest::AdminError;

/// What Keycloak 26.7 has providers for. Other names are passed over, as it does.
const KNOWN: [&str; 14] = [
    "CONFIGURE_RECOVERY_AUTHN_CODES",
    "CONFIGURE_TOTP",
    "TERMS_AND_CONDITIONS",
    "UPDATE_EMAIL",
    "UPDATE_PASSWORD",
    "UPDATE_PROFILE",
    "VERIFY_EMAIL",
    "VERIFY_PROFILE",
    "delete_account",
    "delete_credential",
    "idp_link",
    "update_user_locale",
    "webauthn-register",
    "webauthn-register-passwordless",
];

/// Whether Keycloak knows an action.
pub(super) fn is_known(action: &str) -> bool {
    KNOWN.contains(&action)
}

/// Makes a user's list be what was asked for; names that came in otherwise stay.
pub(super) fn replace(current: &mut Vec<String>, wanted: &[String]) {
    current.retain(|action| !is_known(action) || wanted.contains(action));
    for action in wanted {
        if is_known(action) && !current.contains(action) {
            current.push(action.clone());
        }
    }
}

/// What every new user of a realm has to do.
pub(super) async fn of_new_users(tx: &mut dyn Tx, realm: &Realm) -> Result<Vec<String>, AdminError> {
    let documents = tx.documents(realm.id, DocumentKind::RequiredAction).await?;
    let switch = |body: &Value, name: &str| body.get(name).and_then(Value::as_bool) == Some(true);
    let given = documents
        .into_iter()
        .filter(|document| switch(&document.body, "enabled") && switch(&document.body, "defaultAction"));
    Ok(given.map(|document| document.name).collect())
}

#[cfg(test)]
mod tests {
    use super::replace;

    #[test]
    fn known_names_are_replaced_and_others_stay() {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let mut current = texts(&["UPDATE_PASSWORD", "OUR_OWN"]);
        replace(&mut current, &texts(&["VERIFY_EMAIL", "nope", "VERIFY_EMAIL"]));
        assert_eq!(current, texts(&["OUR_OWN", "VERIFY_EMAIL"]));
    }
}
