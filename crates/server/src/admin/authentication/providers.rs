//! What flows are made of in Keycloak 26.7: authenticators, forms and their actions. `providers.json` names them with
//! what can be configured.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::admin::rest::{AdminCall, AdminError, Answer};

/// What the file holds.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Providers {
    authenticators: Vec<Provider>,
    client_authenticators: Vec<Provider>,
    form_actions: Vec<Provider>,
    forms: Vec<Provider>,
}

/// One of them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Provider {
    id: String,
    pub(super) name: String,
    /// The requirements that an execution of it may have.
    #[serde(default)]
    pub(super) choices: Vec<String>,
    #[serde(default)]
    properties: Vec<Map<String, Value>>,
    supports_secret: Option<bool>,
}

static PROVIDERS: LazyLock<Providers> =
    LazyLock::new(|| serde_json::from_str(include_str!("providers.json")).unwrap_or_default());

/// One that a flow of this sort may hold.
pub(super) fn of_flow(sort: &str, id: &str) -> Option<&'static Provider> {
    let list = match sort {
        "form-flow" => &PROVIDERS.form_actions,
        "client-flow" => &PROVIDERS.client_authenticators,
        _ => &PROVIDERS.authenticators,
    };
    list.iter().find(|provider| provider.id == id)
}

/// One of whatever sort.
pub(super) fn any(id: &str) -> Option<&'static Provider> {
    all().find(|provider| provider.id == id)
}

fn all() -> impl Iterator<Item = &'static Provider> {
    let Providers {
        authenticators,
        client_authenticators,
        form_actions,
        forms,
    } = &*PROVIDERS;
    authenticators
        .iter()
        .chain(client_authenticators)
        .chain(form_actions)
        .chain(forms)
}

impl Provider {
    /// Whether there is something to configure.
    pub(super) fn is_configurable(&self) -> bool {
        !self.properties.is_empty()
    }

    /// Whether a configured value may be shown: it is known, and no secret.
    pub(super) fn shows(&self, name: &str) -> bool {
        let named = |property: &&Map<String, Value>| property.get("name").and_then(Value::as_str) == Some(name);
        let known = self.properties.iter().find(named);
        known.is_some_and(|property| property.get("secret") != Some(&Value::Bool(true)))
    }

    fn view(&self) -> Value {
        let mut view = json!({ "id": self.id, "displayName": self.name, "description": self.name });
        if let Some(supports) = self.supports_secret {
            crate::admin::documents::set(&mut view, "supportsSecret", supports);
        }
        view
    }

    fn described(&self) -> Vec<Value> {
        self.properties.iter().map(described).collect()
    }
}

/// A property with what the file leaves out.
pub(super) fn described(property: &Map<String, Value>) -> Value {
    let mut whole = property.clone();
    for name in ["secret", "required", "readOnly"] {
        whole.entry(name).or_insert(Value::Bool(false));
    }
    Value::Object(whole)
}

/// `GET …/authentication/authenticator-providers`.
pub(super) async fn authenticators(_: &AdminCall) -> Result<Answer, AdminError> {
    Ok(views(&PROVIDERS.authenticators))
}

/// `GET …/authentication/client-authenticator-providers`.
pub(super) async fn client_authenticators(_: &AdminCall) -> Result<Answer, AdminError> {
    Ok(views(&PROVIDERS.client_authenticators))
}

/// `GET …/authentication/form-action-providers`.
pub(super) async fn form_actions(_: &AdminCall) -> Result<Answer, AdminError> {
    Ok(views(&PROVIDERS.form_actions))
}

/// `GET …/authentication/form-providers`.
pub(super) async fn forms(_: &AdminCall) -> Result<Answer, AdminError> {
    Ok(views(&PROVIDERS.forms))
}

/// `GET …/authentication/config-description/{provider}`.
pub(super) async fn description(call: &AdminCall) -> Result<Answer, AdminError> {
    let missing = AdminError::not_found("Could not find authenticator provider");
    let provider = any(call.param("provider")).ok_or(missing)?;
    Ok(Answer::json(&json!({
        "name": provider.name,
        "providerId": provider.id,
        "helpText": provider.name,
        "properties": provider.described(),
    })))
}

/// `GET …/authentication/per-client-config-description`.
pub(super) async fn per_client(_: &AdminCall) -> Result<Answer, AdminError> {
    let described = PROVIDERS.client_authenticators.iter();
    let described: Map<String, Value> = described
        .map(|provider| (provider.id.clone(), provider.described().into()))
        .collect();
    Ok(Answer::json(&described))
}

fn views(list: &[Provider]) -> Answer {
    Answer::json(&list.iter().map(Provider::view).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::{PROVIDERS, any, of_flow};

    #[test]
    fn the_file_is_whole() {
        let counts = [
            &PROVIDERS.authenticators,
            &PROVIDERS.client_authenticators,
            &PROVIDERS.form_actions,
        ];
        assert_eq!(counts.map(Vec::len), [42, 5, 5]);
        assert!(any("registration-page-form").is_some() && of_flow("basic-flow", "client-jwt").is_none());
    }

    #[test]
    fn secrets_and_unknown_values_are_not_shown() {
        let captcha = any("registration-recaptcha-action").unwrap();
        assert!(captcha.shows("site.key") && !captcha.shows("secret.key") && !captcha.shows("anything"));
    }
}
