//! What a query means, said once more without a database.

use keyward_domain::ports::users::{Pattern, UserQuery};
use keyward_domain::user::{FederatedIdentity, User};

/// The users of a realm and their logins elsewhere.
#[derive(Default)]
pub(super) struct People {
    pub(super) users: Vec<User>,
    pub(super) identities: Vec<FederatedIdentity>,
}

impl People {
    /// The users that a query finds, by user name.
    pub(super) fn found(&self, query: &UserQuery) -> Vec<User> {
        let mut found: Vec<User> = self
            .users
            .iter()
            .filter(|user| self.is_found(user, query))
            .cloned()
            .collect();
        found.sort_by(|one, two| one.username.as_bytes().cmp(two.username.as_bytes()));
        found
    }

    fn is_found(&self, user: &User, query: &UserQuery) -> bool {
        let profile = &user.profile;
        let texts = [
            Some(&user.username),
            profile.email.as_ref(),
            profile.first_name.as_ref(),
            profile.last_name.as_ref(),
        ];
        let columns = [&query.username, &query.email, &query.first_name, &query.last_name];
        let has_attribute = |(name, value): &(String, String)| {
            let values = profile.attributes.get(name);
            values.is_some_and(|values| values.contains(value))
        };
        let is_login = |identity: &FederatedIdentity| {
            identity.user == user.id
                && query
                    .provider
                    .as_ref()
                    .is_none_or(|provider| *provider == identity.provider)
                && query.external_id.as_ref().is_none_or(|id| *id == identity.external_id)
        };
        (query.with_service_accounts || user.service_account_of.is_none())
            && (query.ids.is_empty() || query.ids.contains(&user.id))
            && query
                .search
                .iter()
                .all(|word| texts.iter().any(|text| matches(word, *text)))
            && columns
                .iter()
                .zip(texts)
                .all(|(pattern, text)| pattern.as_ref().is_none_or(|pattern| matches(pattern, text)))
            && query
                .email_verified
                .is_none_or(|verified| verified == profile.email_verified)
            && query.enabled.is_none_or(|enabled| enabled == user.enabled)
            && ((query.provider.is_none() && query.external_id.is_none()) || self.identities.iter().any(is_login))
            && query.attributes.iter().all(has_attribute)
            && query.created_from.is_none_or(|from| user.created_at >= from)
            && query.created_to.is_none_or(|to| user.created_at <= to)
    }
}

/// Names of users, for the message of a failure.
pub(super) fn names(users: &[User]) -> Vec<&str> {
    users.iter().map(|user| user.username.as_str()).collect()
}

fn matches(pattern: &Pattern, text: Option<&String>) -> bool {
    let Some(text) = text.map(|text| text.to_lowercase()) else {
        return false;
    };
    match pattern {
        Pattern::Exact(pattern) => text == pattern.to_lowercase(),
        Pattern::Prefix(pattern) => text.starts_with(&pattern.to_lowercase()),
        Pattern::Infix(pattern) => text.contains(&pattern.to_lowercase()),
    }
}
