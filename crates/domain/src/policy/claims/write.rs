//! Running the mappers.

use serde_json::{Map, Value};

use super::moment::Late;
use super::plan::TokenPlan;
use super::{PlanInput, pairwise_sub, protected, put as put_free};
use crate::client::origin;
use crate::role::RoleNames;
use crate::scope::mapper::{
    Action, ClaimPath, ClientRoles, Form, GroupMembership, Note, RealmRoles, SessionNote, full_name,
};
use crate::scope::{Mapper, Target};

/// What the mappers write for a target. Roles find their names first, then whom the token is for, then they are told.
pub(super) fn write(input: PlanInput<'_>, target: Target) -> TokenPlan {
    // Looked for once: they are gone through several times.
    let mappers: Vec<&Mapper> = input.mappers().collect();
    let told: Vec<&Action> = mappers
        .iter()
        .filter(|mapper| mapper.is_for(target))
        .map(|mapper| mapper.action())
        .collect();
    let mut token = Writing {
        input,
        target,
        roles: roles(input, &mappers, &told),
        plan: TokenPlan {
            sub: pairwise_sub(input.client, input.client_mappers, input.subject.user.id),
            ..TokenPlan::default()
        },
    };
    for action in &told {
        token.apply(action);
    }
    if told.iter().any(|action| **action == Action::AudienceResolve) {
        token.resolve_audience();
    }
    for action in told {
        match action {
            Action::RealmRoles(mapper) => token.realm_roles(mapper),
            Action::ClientRoles(mapper) => token.client_roles(mapper),
            _ => {}
        }
    }
    token.plan
}

/// What they write into the token answer, beside the tokens; and what waits for the moment.
pub(super) fn answer(input: PlanInput<'_>) -> (Map<String, Value>, Vec<Late>) {
    let mut members = Map::new();
    let mut late = Vec::new();
    for mapper in input.mappers().filter(|mapper| mapper.is_for(Target::Response)) {
        match mapper.action() {
            Action::HardcodedClaim(claim) if protected::is_free_in_answer(&claim.path) => {
                put(&mut members, &claim.path, claim.value.clone(), claim.form.multivalued);
            }
            Action::SessionNote(note) if protected::is_free_in_answer(&note.path) => {
                match (note.note, input.client_id_of_machine()) {
                    (Note::ClientId, Some(client_id)) => {
                        if let Some(value) = note.form.of_text(client_id) {
                            put(&mut members, &note.path, value, note.form.multivalued);
                        }
                    }
                    (Note::ClientAddress, Some(_)) | (Note::AuthTime, None) => late.push(Late::new(note)),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    (members, late)
}

/// The roles by the names that they go by in this token. Nobody needs them where no mapper tells them.
fn roles(input: PlanInput<'_>, mappers: &[&Mapper], told: &[&Action]) -> RoleNames {
    let tells = |action: &&Action| {
        matches!(
            action,
            Action::AudienceResolve | Action::RealmRoles(_) | Action::ClientRoles(_)
        )
    };
    if !told.iter().any(tells) {
        return RoleNames::default();
    }
    let mut names = input.role_names();
    for mapper in mappers {
        if let Action::RoleName(name) = mapper.action()
            && names.remove(name.from.client.as_deref(), &name.from.name)
        {
            names.add(name.to.client.as_deref(), &name.to.name);
        }
    }
    for mapper in mappers {
        if let Action::HardcodedRole(role) = mapper.action() {
            names.add(role.0.client.as_deref(), &role.0.name);
        }
    }
    names.clients.retain(|client_id, _| !input.roles.is_disabled(client_id));
    names
}

struct Writing<'a> {
    input: PlanInput<'a>,
    target: Target,
    roles: RoleNames,
    plan: TokenPlan,
}

impl Writing<'_> {
    fn apply(&mut self, action: &Action) {
        let subject = self.input.subject;
        match action {
            Action::Acr => self.plan.acr = Some(self.input.acr),
            Action::Address(address) => self.tell("address", address.value(subject)),
            Action::AllowedOrigins => {
                let settings = &self.input.client.settings;
                self.plan.allowed_origins = origin::named(&settings.web_origins, &settings.redirect_uris);
            }
            // No way of authenticating has been given a reference: so says Keycloak too, until somebody does.
            Action::Amr => self.tell("amr", Some(Value::Array(Vec::new()))),
            Action::Audience(audience) => self.add_audience(&audience.0),
            Action::FullName => self.tell("name", full_name(subject)),
            Action::GroupMembership(groups) => {
                self.put(&groups.path, groups.value(subject), GroupMembership::form());
            }
            Action::HardcodedClaim(claim) => self.put(&claim.path, Some(claim.value.clone()), claim.form),
            Action::Nonce => self.plan.nonce = true,
            Action::SessionNote(note) => self.note(note),
            Action::SessionState => self.plan.session_state = true,
            Action::UserAttribute(attribute) => self.put(&attribute.path, attribute.value(subject), attribute.form),
            Action::UserProperty(property) => self.put(&property.path, property.value(&subject.user), property.form),
            // Their turn comes later, or with the request.
            Action::AudienceResolve
            | Action::RealmRoles(_)
            | Action::ClientRoles(_)
            | Action::HardcodedRole(_)
            | Action::RoleName(_)
            | Action::PairwiseSub(_)
            | Action::ClaimsOfRequest
            | Action::ValueOfRequest(_) => {}
        }
    }

    /// A claim that only mappers of this kind write.
    fn tell(&mut self, name: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.plan.extra.insert(name.to_owned(), value);
        }
    }

    fn put(&mut self, path: &ClaimPath, value: Option<Value>, form: Form) {
        if let Some(value) = value {
            put_free(&mut self.plan.extra, path, value, form.multivalued);
        }
    }

    fn add_audience(&mut self, name: &str) {
        let audience = &mut self.plan.audience;
        if !self.input.roles.is_disabled(name) && !audience.iter().any(|known| known == name) {
            audience.push(name.to_owned());
        }
    }

    /// Each client whose roles the token carries, never the client itself (RFC 9068 §2.2).
    fn resolve_audience(&mut self) {
        let own = &self.input.client.client_id;
        let named: Vec<String> = self.roles.clients.keys().filter(|name| *name != own).cloned().collect();
        for name in &named {
            self.add_audience(name);
        }
    }

    /// The moment tells. A machine's notes are gone when its token comes back.
    fn note(&mut self, mapper: &SessionNote) {
        let comes_back = matches!(self.target, Target::UserInfo | Target::Introspection);
        let machine = self.input.client_id_of_machine();
        match (mapper.note, machine) {
            (Note::AuthTime, None) if mapper.is_auth_time() => self.plan.auth_time = true,
            (Note::ClientId, Some(client_id)) if !comes_back => {
                self.put(&mapper.path, mapper.form.of_text(client_id), mapper.form);
            }
            (Note::ClientAddress, Some(_)) if !comes_back => self.plan.late.push(Late::new(mapper)),
            (Note::AuthTime, None) => self.plan.late.push(Late::new(mapper)),
            _ => {}
        }
    }

    fn realm_roles(&mut self, mapper: &RealmRoles) {
        let names = self.roles.realm.iter().map(|name| format!("{}{name}", mapper.prefix));
        let names: Vec<String> = names.collect();
        self.tell_roles(&mapper.path, names, mapper.form);
    }

    fn client_roles(&mut self, mapper: &ClientRoles) {
        let wanted = |client_id: &str| mapper.client.as_ref().is_none_or(|client| client == client_id);
        let named: Vec<(ClaimPath, Vec<String>)> = self
            .roles
            .clients
            .iter()
            .filter(|(client_id, _)| wanted(client_id))
            .map(|(client_id, roles)| {
                let prefix = mapper.prefix(client_id);
                let names = roles.iter().map(|name| format!("{prefix}{name}")).collect();
                (mapper.path.of_client(client_id), names)
            })
            .collect();
        for (path, names) in named {
            self.tell_roles(&path, names, mapper.form);
        }
    }

    /// Roles into `realm_access` or `resource_access`, where only mappers of roles write, or into a claim of their own.
    fn tell_roles(&mut self, path: &ClaimPath, mut names: Vec<String>, form: Form) {
        if !form.multivalued {
            names.truncate(1);
        }
        match path.names() {
            [first, last] if first == "realm_access" && last == "roles" => extend(&mut self.plan.realm_roles, names),
            [first, client_id, last]
                if first == "resource_access"
                    && last == "roles"
                    && !names.is_empty()
                    && !self.input.roles.is_disabled(client_id) =>
            {
                extend(self.plan.client_roles.entry(client_id.clone()).or_default(), names);
            }
            _ if protected::is_free(path) => {
                if let Some(value) = form.of_texts(names.iter().map(String::as_str)) {
                    append(&mut self.plan.extra, path, value);
                }
            }
            _ => {}
        }
    }
}

/// Adds the names that are not there yet.
fn extend(list: &mut Vec<String>, names: Vec<String>) {
    for name in names {
        if !list.contains(&name) {
            list.push(name);
        }
    }
}

/// Roles beside those that are there: of several clients in one list.
fn append(claims: &mut Map<String, Value>, path: &ClaimPath, value: Value) {
    let Some((object, name)) = path.place(claims) else {
        return;
    };
    match (object.get_mut(name), value) {
        (Some(Value::Array(known)), Value::Array(more)) => known.extend(more),
        (_, value) => {
            object.insert(name.to_owned(), value);
        }
    }
}

/// A claim at its place: instead of what is there, or beside it where it is a list.
pub(super) fn put(claims: &mut Map<String, Value>, path: &ClaimPath, value: Value, multivalued: bool) {
    let Some((object, name)) = path.place(claims) else {
        return;
    };
    let before = object.remove(name).filter(|_| multivalued);
    let value = match before {
        None => value,
        Some(before) => {
            let mut list = as_list(before);
            for item in as_list(value) {
                if !list.contains(&item) {
                    list.push(item);
                }
            }
            Value::Array(list)
        }
    };
    object.insert(name.to_owned(), value);
}

fn as_list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list,
        single => vec![single],
    }
}
