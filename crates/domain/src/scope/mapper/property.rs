//! A claim from a field of the user.

use serde_json::Value;

use super::{ClaimPath, Config, Form};
use crate::user::User;

/// A claim from a field: `username`, `email`, `emailVerified`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct UserProperty {
    pub(crate) path: ClaimPath,
    property: String,
    pub(crate) form: Form,
}

impl UserProperty {
    pub(super) fn parse(config: Config<'_>) -> Option<Self> {
        let property = config.said("user.attribute")?;
        let mut characters = property.chars();
        // Old mappers say `Username`.
        let first = characters.next()?.to_lowercase();
        Some(Self {
            path: ClaimPath::parse(config.text("claim.name")?)?,
            property: first.chain(characters).collect(),
            form: Form::parse(config),
        })
    }

    pub(crate) fn value(&self, user: &User) -> Option<Value> {
        let profile = &user.profile;
        let text = match self.property.as_str() {
            "id" => user.id.to_string(),
            "username" => user.username.clone(),
            "email" => profile.email.clone()?,
            "emailVerified" => profile.email_verified.to_string(),
            "firstName" => profile.first_name.clone()?,
            "lastName" => profile.last_name.clone()?,
            "enabled" => user.enabled.to_string(),
            "createdTimestamp" => user.created_at.millis().to_string(),
            "serviceAccountClientLink" => user.service_account_of?.to_string(),
            _ => return None,
        };
        self.form.of_text(&text)
    }
}
