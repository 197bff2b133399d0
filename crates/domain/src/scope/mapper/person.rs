//! Claims about a person that are put together of several fields (OIDC Core §5.1).

use serde_json::{Map, Value};

use super::Config;
use crate::policy::claims::Subject;

/// The attribute that each member of `address` comes from (OIDC Core §5.1.1).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Address([(&'static str, String); 6]);

impl Address {
    pub(super) fn parse(config: Config<'_>) -> Self {
        let members = [
            ("street_address", "street"),
            ("locality", "locality"),
            ("region", "region"),
            ("postal_code", "postal_code"),
            ("country", "country"),
            ("formatted", "formatted"),
        ];
        Self(members.map(|(member, name)| {
            let attribute = config.text(&format!("user.attribute.{name}")).unwrap_or(name);
            (member, attribute.to_owned())
        }))
    }

    pub(crate) fn value(&self, subject: &Subject) -> Option<Value> {
        let said = self.0.iter().filter_map(|(member, attribute)| {
            let text = subject.attribute(attribute).first().copied()?.to_owned();
            Some(((*member).to_owned(), Value::String(text)))
        });
        let members: Map<String, Value> = said.collect();
        (!members.is_empty()).then_some(Value::Object(members))
    }
}

/// First and last name.
pub(crate) fn full_name(subject: &Subject) -> Option<Value> {
    let profile = &subject.user.profile;
    let parts = [&profile.first_name, &profile.last_name].into_iter().flatten();
    let parts: Vec<&str> = parts.map(String::as_str).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| Value::String(parts.join(" ")))
}
