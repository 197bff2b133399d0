//! The types of components that Keycloak 26.7 has, their providers, and what each can be configured with. `types.json`
//! holds them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// A provider.
#[derive(Deserialize)]
pub(super) struct Provider {
    pub(super) id: String,
    #[serde(default)]
    properties: Vec<Map<String, Value>>,
    #[serde(default)]
    metadata: Map<String, Value>,
}

static TYPES: LazyLock<BTreeMap<String, Vec<Provider>>> =
    LazyLock::new(|| serde_json::from_str(include_str!("types.json")).unwrap_or_default());

/// A provider of a type.
pub(super) fn provider(provider_type: &str, id: &str) -> Option<&'static Provider> {
    TYPES.get(provider_type)?.iter().find(|provider| provider.id == id)
}

/// The providers of a type as Keycloak shows them; none, when nobody knows the type.
pub(super) fn shown(provider_type: &str) -> Vec<Value> {
    let providers = TYPES.get(provider_type).into_iter().flatten();
    providers.map(Provider::view).collect()
}

/// Every type with its providers.
pub(crate) fn all() -> Map<String, Value> {
    TYPES.keys().map(|name| (name.clone(), shown(name).into())).collect()
}

impl Provider {
    /// Whether it can be configured with this.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.property(name).is_some()
    }

    /// The values that may be chosen, where there is a choice.
    pub(super) fn options(&self, name: &str) -> Option<Vec<&str>> {
        let options = self.property(name)?.get("options")?.as_array()?;
        Some(options.iter().filter_map(Value::as_str).collect())
    }

    fn property(&self, name: &str) -> Option<&Map<String, Value>> {
        let named = |property: &&Map<String, Value>| property.get("name").and_then(Value::as_str) == Some(name);
        self.properties.iter().find(named)
    }

    fn view(&self) -> Value {
        let properties = self.properties.iter().map(|property| {
            let mut whole = property.clone();
            for name in ["secret", "required", "readOnly"] {
                whole.entry(name).or_insert(Value::Bool(false));
            }
            Value::Object(whole)
        });
        json!({
            "id": self.id,
            "helpText": self.id,
            "properties": properties.collect::<Vec<_>>(),
            "metadata": self.metadata,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{TYPES, provider};
    use crate::admin::keycloak::key_component::KEY_PROVIDER;

    #[test]
    fn the_file_is_whole() {
        assert_eq!(TYPES.len(), 5);
        let rsa = provider(KEY_PROVIDER, "rsa-generated").unwrap();
        assert_eq!(rsa.options("keySize").unwrap(), ["1024", "2048", "3072", "4096"]);
        assert!(rsa.knows("priority") && !rsa.knows("kid"));
        assert!(provider(KEY_PROVIDER, "nope").is_none() && provider("nope", "rsa").is_none());
    }
}
