//! Users, with their credentials, roles, groups, consents and logins elsewhere.

use std::collections::{BTreeMap, HashSet};

use keyward_domain::Timestamp;
use keyward_domain::entropy;
use keyward_domain::id::{ClientUuid, UserId};
use keyward_domain::session::Consent;
use keyward_domain::user::{FederatedIdentity, Profile, User};
use serde_json::value::RawValue;

use super::{Draft, NoteKind, credentials};
use crate::admin::keycloak::user::UserRepresentation;
use crate::admin::names;
use crate::admin::realms::rows::UserRows;
use crate::http::entropy::SystemEntropy;
use crate::login::action_token::VERIFY_EMAIL;
use crate::login::complete::UPDATE_PASSWORD;

/// Reads the lists of users, each with its path.
pub(super) fn read(lists: &[(String, &RawValue)], draft: &mut Draft<'_>) {
    let mut names = Names::default();
    for (path, raw) in lists {
        for (path, user) in draft.reader().list::<UserRepresentation>(Some(raw), path) {
            one(draft, &mut names, &path, user);
        }
    }
}

/// Names that only one user may have.
#[derive(Default)]
pub(super) struct Names {
    usernames: HashSet<String>,
    emails: HashSet<String>,
}

/// Reads one.
pub(super) fn one(draft: &mut Draft<'_>, names: &mut Names, path: &str, mut sent: UserRepresentation) {
    known(draft, path, &sent);
    let id = UserId(draft.id(("user", path), sent.id.as_deref()));
    let Some(user) = row(draft, names, (id, path), &mut sent) else {
        return;
    };
    let (realm, clients) = (
        sent.realm_roles.take().unwrap_or_default(),
        sent.client_roles.take().unwrap_or_default(),
    );
    let roles = draft.named_roles(&realm, &clients, (path, "realmRoles", "clientRoles"));
    let mut groups = Vec::new();
    for (place, wanted) in sent.groups.iter().flatten().enumerate() {
        groups.extend(draft.group(wanted, &format!("{path}.groups[{place}]")));
    }
    for action in &user.required_actions {
        if ![UPDATE_PASSWORD, VERIFY_EMAIL].contains(&action.as_str()) {
            let message = format!("{action} has no page yet: the login is refused until an administrator takes it off");
            draft.note(
                NoteKind::DataOnly,
                format!("{path}({}).requiredActions", user.username),
                message,
            );
        }
    }
    let consents = consents(draft, (id, path), &sent);
    let identities = identities(draft, (id, path), &sent);
    let mut rows = UserRows {
        user,
        password: None,
        otps: Vec::new(),
        roles,
        groups,
        consents,
        identities,
    };
    credentials::read(draft, path, sent.credentials.take().unwrap_or_default(), &mut rows);
    draft.rows.users.push(rows);
}

/// Members of what stands inside.
fn known(draft: &mut Draft<'_>, path: &str, sent: &UserRepresentation) {
    for (place, identity) in sent.federated_identities.iter().flatten().enumerate() {
        draft
            .reader()
            .known(identity, &format!("{path}.federatedIdentities[{place}]"));
    }
}

fn row(
    draft: &mut Draft<'_>,
    names: &mut Names,
    (id, path): (UserId, &str),
    sent: &mut UserRepresentation,
) -> Option<User> {
    let username = sent.username.take().unwrap_or_default().to_lowercase();
    if !fits(&username) {
        draft.problem(
            format!("{path}.username"),
            "a user name has 1 to 255 characters that can be seen",
        );
        return None;
    }
    if !names.usernames.insert(username.clone()) {
        draft.problem(format!("{path}.username"), format!("there are two users {username:?}"));
        return None;
    }
    let email = sent
        .email
        .take()
        .map(|email| email.to_lowercase())
        .filter(|email| !email.is_empty());
    if let Some(email) = &email {
        if !fits(email) {
            draft.problem(
                format!("{path}.email"),
                "a mail address has at most 255 characters that can be seen",
            );
        } else if !names.emails.insert(email.clone()) && !draft.rows.realm.settings.duplicate_emails {
            draft.problem(format!("{path}.email"), "another user has this mail address too");
        }
    }
    let service_account_of = match sent.service_account_client_id.take() {
        None => None,
        Some(client_id) => Some(draft.client(&client_id, &format!("{path}.serviceAccountClientId"))?),
    };
    if let Some(link) = sent.federation_link.take() {
        let message = "comes from a user storage: it stays as it is, nothing synchronises it";
        draft.note(NoteKind::DataOnly, format!("{path}.federationLink"), message);
        return Some(User {
            profile: Profile {
                kept: [("federationLink".to_owned(), link.into())].into_iter().collect(),
                ..profile(sent, email)
            },
            ..user(draft, id, username, service_account_of, sent)
        });
    }
    let profile = profile(sent, email);
    Some(User {
        profile,
        ..user(draft, id, username, service_account_of, sent)
    })
}

fn user(
    draft: &Draft<'_>,
    id: UserId,
    username: String,
    service_account_of: Option<ClientUuid>,
    sent: &mut UserRepresentation,
) -> User {
    User {
        id,
        realm: draft.rows.realm.id,
        username,
        enabled: sent.enabled.unwrap_or(false),
        service_account_of,
        created_at: sent.created_timestamp.map_or(draft.ground.now, Timestamp::from_millis),
        required_actions: sent.required_actions.take().unwrap_or_default(),
        not_before: Timestamp::from_secs(sent.not_before.unwrap_or(0)),
        profile: Profile::default(),
    }
}

fn profile(sent: &mut UserRepresentation, email: Option<String>) -> Profile {
    Profile {
        email,
        email_verified: sent.email_verified.unwrap_or(false),
        first_name: sent.first_name.take(),
        last_name: sent.last_name.take(),
        attributes: sent.attributes.take().unwrap_or_default(),
        ..Profile::default()
    }
}

fn fits(text: &str) -> bool {
    let length = text.chars().count();
    (1..=names::LONGEST).contains(&length) && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn consents(draft: &mut Draft<'_>, (id, path): (UserId, &str), sent: &UserRepresentation) -> Vec<Consent> {
    let mut found: BTreeMap<ClientUuid, Consent> = BTreeMap::new();
    for (place, consent) in sent.client_consents.iter().flatten().enumerate() {
        let path = format!("{path}.clientConsents[{place}]");
        let client_id = consent.client_id.clone().unwrap_or_default();
        let Some(client) = draft.client(&client_id, &format!("{path}.clientId")) else {
            continue;
        };
        for (place, scope) in consent.granted_client_scopes.iter().flatten().enumerate() {
            // A client that shows itself among what it asks for stands there too.
            if !draft.scopes.contains_key(scope) && !draft.clients.contains_key(scope) {
                let path = format!("{path}.grantedClientScopes[{place}]");
                draft.problem(path, format!("there is no scope {scope:?}"));
            }
        }
        if found
            .insert(client, consent.consent(id, client, draft.ground.now))
            .is_some()
        {
            draft.problem(path, format!("there are two consents for the client {client_id:?}"));
        }
    }
    found.into_values().collect()
}

fn identities(draft: &mut Draft<'_>, (id, path): (UserId, &str), sent: &UserRepresentation) -> Vec<FederatedIdentity> {
    let mut known = HashSet::new();
    let mut found = Vec::new();
    for (place, identity) in sent.federated_identities.iter().flatten().enumerate() {
        let provider = identity.identity_provider.clone().unwrap_or_default();
        if provider.is_empty() || !known.insert(provider.clone()) {
            let path = format!("{path}.federatedIdentities[{place}].identityProvider");
            draft.problem(path, "must be there, and once");
            continue;
        }
        let external_id = identity.user_id.clone().unwrap_or_default();
        if !names::fits(&provider) || !names::fits(&external_id) {
            let path = format!("{path}.federatedIdentities[{place}]");
            draft.problem(path, names::too_long("A name"));
            continue;
        }
        found.push(FederatedIdentity {
            user: id,
            provider,
            external_id,
            external_name: identity.user_name.clone().unwrap_or_default(),
        });
    }
    found
}

/// A client with a service account has one, whether the file holds it or not.
pub(super) fn add_service_accounts(draft: &mut Draft<'_>) {
    let users = draft.rows.users.iter();
    let there: HashSet<ClientUuid> = users.filter_map(|rows| rows.user.service_account_of).collect();
    let usernames: HashSet<String> = draft.rows.users.iter().map(|rows| rows.user.username.clone()).collect();
    let clients = draft.rows.clients.iter();
    let missing: Vec<(ClientUuid, String)> = clients
        .filter(|client| client.settings.service_account && !there.contains(&client.id))
        .map(|client| (client.id, client.client_id.clone()))
        .collect();
    for (client, client_id) in missing {
        let username = User::service_account_username(&client_id);
        if usernames.contains(&username) {
            draft.problem(
                "users",
                format!("the user {username:?} is not the service account of its client"),
            );
            continue;
        }
        let settings = &draft.rows.realm.settings;
        draft.rows.users.push(UserRows {
            user: User {
                id: UserId(entropy::uuid(&mut SystemEntropy)),
                realm: draft.rows.realm.id,
                username,
                enabled: true,
                service_account_of: Some(client),
                created_at: draft.ground.now,
                required_actions: Vec::new(),
                not_before: Timestamp::from_secs(0),
                profile: Profile::default(),
            },
            password: None,
            otps: Vec::new(),
            roles: settings.default_role.into_iter().collect(),
            groups: settings.default_groups.clone(),
            consents: Vec::new(),
            identities: Vec::new(),
        });
    }
}
