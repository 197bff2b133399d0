//! A part of a realm that comes into one that is there.

use keyward_domain::client::Client;
use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::id::{ClientUuid, GroupId};
use keyward_domain::role::Role;
use keyward_domain::user::User;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::documents::{self, Named};
use super::{Draft, Ground, Plan, clients, groups, roles, users};
use crate::admin::keycloak::client::ClientRepresentation;
use crate::admin::keycloak::group::GroupRepresentation;
use crate::admin::keycloak::role::RoleRepresentation;
use crate::admin::keycloak::user::UserRepresentation;
use crate::admin::realms::BUILT_IN;
use crate::admin::realms::import::file::RealmFile;
use crate::admin::realms::import::problem::Problems;
use crate::admin::realms::import::report::Report;
use crate::admin::rest::rights::{MASTER, OF_REALM};
use crate::admin::roles::is_of_administration;
use crate::snapshot::RealmSnapshot;

/// What becomes of something whose name is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum IfExists {
    /// Nothing comes in.
    #[default]
    Fail,
    /// It stays, and the rest comes in.
    Skip,
    /// It is replaced.
    Overwrite,
}

/// A part of a realm, taken apart.
pub(crate) struct Partial {
    pub(crate) if_exists: IfExists,
    pub(crate) users: Vec<(String, UserRepresentation)>,
    clients: Vec<(String, ClientRepresentation)>,
    groups: Vec<(String, GroupRepresentation)>,
    realm_roles: Vec<(String, RoleRepresentation)>,
    client_roles: Vec<(String, Vec<(String, RoleRepresentation)>)>,
    providers: Vec<(String, Map<String, Value>)>,
    provider_mappers: Vec<(String, Map<String, Value>)>,
}

/// Why it does not come in.
pub(crate) enum Refused {
    /// Something is wrong in it.
    Problems(Problems),
    /// A name is taken, in Keycloak's words.
    Exists(String),
    /// Roles of a client that is not there.
    NoClient(String),
}

/// A part that was read, and what it changes.
pub(crate) struct PartialPlan {
    /// What is new.
    pub(crate) plan: Plan,
    /// What replaces a row that is there.
    pub(crate) clients: Vec<Client>,
    pub(crate) roles: Vec<Role>,
    pub(crate) documents: Vec<Document>,
    /// What goes before something of the same name comes.
    pub(crate) gone_groups: Vec<GroupId>,
    pub(crate) gone_users: Vec<User>,
    /// One line for each thing, as Keycloak tells them.
    pub(crate) results: Vec<Value>,
}

impl Partial {
    /// Takes the parts out of a file.
    pub(crate) fn read(mut file: RealmFile<'_>) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let mut reader = super::Reader {
            problems: &mut problems,
        };
        let if_exists = file.take("ifResourceExists");
        let raw_roles = file.take("roles");
        let roles = reader.members(raw_roles, "roles");
        let clients = reader.members(roles.get("client").copied(), "roles.client");
        let mut of_clients = Vec::new();
        for (client_id, raw) in clients {
            let path = format!("roles.client.{client_id}");
            of_clients.push((client_id, reader.list(Some(raw), &path)));
        }
        let partial = Self {
            if_exists: if_exists
                .and_then(|raw| reader.value(raw, "ifResourceExists"))
                .unwrap_or_default(),
            users: reader.list(file.take("users"), "users"),
            clients: reader.list(file.take("clients"), "clients"),
            groups: reader.list(file.take("groups"), "groups"),
            realm_roles: reader.list(roles.get("realm").copied(), "roles.realm"),
            client_roles: of_clients,
            providers: objects(&mut reader, file.take("identityProviders"), "identityProviders"),
            provider_mappers: objects(
                &mut reader,
                file.take("identityProviderMappers"),
                "identityProviderMappers",
            ),
        };
        if problems.is_empty() {
            Ok(partial)
        } else {
            Err(problems)
        }
    }

    pub(crate) fn has_clients(&self) -> bool {
        !self.clients.is_empty() || !self.client_roles.is_empty()
    }

    pub(crate) fn has_people(&self) -> bool {
        !self.users.is_empty() || !self.groups.is_empty()
    }

    pub(crate) fn has_providers(&self) -> bool {
        !self.providers.is_empty() || !self.provider_mappers.is_empty()
    }

    /// Reads it against the realm. `known_users` are those of its users that are there, `providers` the identity
    /// providers.
    pub(crate) fn plan(
        self,
        realm: &RealmSnapshot,
        (known_users, providers): (Vec<Known>, Vec<Document>),
        ground: Ground<'_>,
    ) -> Result<PartialPlan, Refused> {
        let mut work = Work {
            draft: draft(realm, ground),
            if_exists: self.if_exists,
            realm,
            clients: Vec::new(),
            roles: Vec::new(),
            documents: Vec::new(),
            gone_groups: Vec::new(),
            gone_users: Vec::new(),
            results: Vec::new(),
        };
        work.read_clients(self.clients)?;
        work.read_realm_roles(self.realm_roles)?;
        work.read_client_roles(self.client_roles)?;
        roles::read_composites(&mut work.draft);
        work.read_providers(self.providers, self.provider_mappers, &providers)?;
        work.read_groups(self.groups)?;
        work.read_users(self.users, known_users)?;
        work.finish()
    }
}

/// A user of the file that is there already.
pub(crate) struct Known {
    /// Its place in the file.
    pub(crate) place: usize,
    pub(crate) user: User,
    /// Whether the mail address is what they share.
    pub(crate) by_email: bool,
}

fn objects(reader: &mut super::Reader<'_>, raw: Option<&RawValue>, path: &str) -> Vec<(String, Map<String, Value>)> {
    let items: Vec<Map<String, Value>> = raw.and_then(|raw| reader.value(raw, path)).unwrap_or_default();
    let numbered = items.into_iter().enumerate();
    numbered
        .map(|(place, item)| (format!("{path}[{place}]"), item))
        .collect()
}

/// A draft that knows what the realm has.
fn draft<'g>(realm: &RealmSnapshot, ground: Ground<'g>) -> Draft<'g> {
    let mut draft = Draft::new(realm.realm.clone(), ground, Problems::default(), Report::default());
    for entry in realm.clients.values() {
        draft.clients.insert(entry.client.client_id.clone(), entry.client.id);
    }
    for entry in realm.scopes.values() {
        draft.scopes.insert(entry.scope.name.clone(), entry.scope.id);
        draft.rows.scopes.push(entry.scope.clone());
    }
    for role in realm.roles.roles() {
        draft.roles.insert((role.client, role.name.clone()), role.id);
    }
    let groups = realm.roles.groups();
    for id in groups.keys() {
        let path = keyward_domain::group::path(*id, groups);
        draft.groups.insert(path.trim_start_matches('/').to_owned(), *id);
    }
    draft
}

struct Work<'g, 'r> {
    draft: Draft<'g>,
    if_exists: IfExists,
    realm: &'r RealmSnapshot,
    clients: Vec<Client>,
    roles: Vec<Role>,
    documents: Vec<Document>,
    gone_groups: Vec<GroupId>,
    gone_users: Vec<User>,
    results: Vec<Value>,
}

impl Work<'_, '_> {
    /// What becomes of something: whether it is read at all.
    fn decide(
        &mut self,
        (resource_type, name): (&str, &str),
        taken_by: Option<String>,
        exists: impl FnOnce() -> String,
    ) -> Result<Decision, Refused> {
        match (taken_by, self.if_exists) {
            (None, _) => Ok(Decision::Add),
            (Some(_), IfExists::Fail) => Err(Refused::Exists(exists())),
            (Some(id), IfExists::Skip) => {
                self.tell("SKIPPED", resource_type, name, &id);
                Ok(Decision::Skip)
            }
            (Some(_), IfExists::Overwrite) => Ok(Decision::Overwrite),
        }
    }

    fn tell(&mut self, action: &str, resource_type: &str, name: &str, id: &str) {
        self.results.push(json!({
            "action": action,
            "resourceType": resource_type,
            "resourceName": name,
            "id": id,
        }));
    }

    fn read_clients(&mut self, sent: Vec<(String, ClientRepresentation)>) -> Result<(), Refused> {
        for (path, mut client) in sent {
            let client_id = client.client_id.clone().unwrap_or_default();
            // The server's own are left alone, as in Keycloak.
            if is_of_server(self.realm, &client_id) {
                continue;
            }
            let known = self.draft.clients.get(&client_id).copied();
            let decision = self.decide(("CLIENT", &client_id), known.map(|id| id.to_string()), || {
                format!("Client id '{client_id}' already exists")
            })?;
            if decision == Decision::Skip {
                continue;
            }
            if let Some(known) = known {
                client.id = Some(known.to_string());
            }
            let before = self.draft.rows.clients.len();
            clients::one(&mut self.draft, &path, &client);
            let Some(row) = self.draft.rows.clients.get(before) else {
                continue;
            };
            let id = row.id.to_string();
            if decision == Decision::Overwrite {
                self.clients.extend(self.draft.rows.clients.pop());
            }
            self.tell(decision.done(), "CLIENT", &client_id, &id);
        }
        Ok(())
    }

    fn read_realm_roles(&mut self, sent: Vec<(String, RoleRepresentation)>) -> Result<(), Refused> {
        for (path, role) in sent {
            let name = role.name.clone().unwrap_or_default();
            let exists = || format!("Realm role '{name}' already exists.");
            let shown = ("REALM_ROLE", name.as_str(), None);
            self.role(None, (path, role), shown, exists)?;
        }
        Ok(())
    }

    fn read_client_roles(&mut self, sent: Vec<(String, Vec<(String, RoleRepresentation)>)>) -> Result<(), Refused> {
        for (client_id, roles) in sent {
            let Some(client) = self.draft.clients.get(&client_id).copied() else {
                return Err(Refused::NoClient(client_id));
            };
            for (path, role) in roles {
                let name = role.name.clone().unwrap_or_default();
                let exists = || format!("Client role '{name}' for client '{client_id}' already exists.");
                let shown_name = format!("{client_id}-->{name}");
                let id = client.to_string();
                let shown = ("CLIENT_ROLE", shown_name.as_str(), Some(id.as_str()));
                self.role(Some(client), (path, role), shown, exists)?;
            }
        }
        Ok(())
    }

    /// A role keeps its row when it is replaced: others hold it.
    fn role(
        &mut self,
        client: Option<ClientUuid>,
        (path, mut role): (String, RoleRepresentation),
        (resource_type, shown_name, shown_id): (&str, &str, Option<&str>),
        exists: impl FnOnce() -> String,
    ) -> Result<(), Refused> {
        let name = role.name.clone().unwrap_or_default();
        let known = self.draft.roles.get(&(client, name.clone())).copied();
        let told = known.map(|id| shown_id.map_or_else(|| id.to_string(), str::to_owned));
        let mut decision = self.decide((resource_type, shown_name), told, exists)?;
        // The server makes these: who brought one in could give it to themselves.
        if decision != Decision::Skip && is_of_administration(self.realm, (client, &name)) {
            self.tell("SKIPPED", resource_type, shown_name, shown_id.unwrap_or_default());
            decision = Decision::Skip;
        }
        if decision == Decision::Skip {
            return Ok(());
        }
        if let Some(known) = known {
            role.id = Some(known.to_string());
            self.draft.roles.remove(&(client, name.clone()));
        }
        let before = self.draft.rows.roles.len();
        roles::add(&mut self.draft, client, (path, role));
        let Some(row) = self.draft.rows.roles.get(before) else {
            return Ok(());
        };
        let id = shown_id.map_or_else(|| row.id.to_string(), str::to_owned);
        if decision == Decision::Overwrite {
            self.roles.extend(self.draft.rows.roles.pop());
        }
        self.tell(decision.done(), resource_type, shown_name, &id);
        Ok(())
    }

    fn read_providers(
        &mut self,
        sent: Vec<(String, Map<String, Value>)>,
        mappers: Vec<(String, Map<String, Value>)>,
        known: &[Document],
    ) -> Result<(), Refused> {
        for (path, mut body) in sent {
            let alias = body.get("alias").and_then(Value::as_str).unwrap_or_default().to_owned();
            let known = known.iter().find(|document| document.name == alias);
            let decision = self.decide(("IDP", &alias), known.map(|known| known.id.to_string()), || {
                format!("Identity Provider '{alias}' already exists.")
            })?;
            if decision == Decision::Skip {
                continue;
            }
            if let Some(known) = known {
                body.insert("internalId".into(), known.id.to_string().into());
            }
            let before = self.draft.rows.documents.len();
            let kind = (DocumentKind::IdentityProvider, Named::By("alias"));
            documents::add(&mut self.draft, kind, &path, body);
            let Some(row) = self.draft.rows.documents.get(before) else {
                continue;
            };
            let id = row.id.to_string();
            if decision == Decision::Overwrite {
                self.documents.extend(self.draft.rows.documents.pop());
            }
            self.tell(decision.done(), "IDP", &alias, &id);
        }
        for (path, body) in mappers {
            let kind = (DocumentKind::IdentityProviderMapper, Named::ById);
            documents::add(&mut self.draft, kind, &path, body);
        }
        Ok(())
    }

    fn read_groups(&mut self, sent: Vec<(String, GroupRepresentation)>) -> Result<(), Refused> {
        for (path, group) in sent {
            let name = group.name.clone().unwrap_or_default();
            let its_path = name.replace('/', "~/");
            let known = self.draft.groups.get(&its_path).copied();
            let decision = self.decide(("GROUP", &name), known.map(|id| id.to_string()), || {
                format!("Group '/{its_path}' already exists")
            })?;
            if decision == Decision::Skip {
                continue;
            }
            if let Some(known) = known {
                let below = format!("{its_path}/");
                let groups = &mut self.draft.groups;
                groups.retain(|path, _| *path != its_path && !path.starts_with(&below));
                self.gone_groups.push(known);
            }
            let before = self.draft.rows.groups.len();
            groups::top(&mut self.draft, (path, group));
            if let Some(row) = self.draft.rows.groups.get(before) {
                let id = row.id.to_string();
                self.tell(decision.done(), "GROUP", &name, &id);
            }
        }
        Ok(())
    }

    fn read_users(&mut self, sent: Vec<(String, UserRepresentation)>, known: Vec<Known>) -> Result<(), Refused> {
        let mut names = users::Names::default();
        let mut known: Vec<Option<Known>> = known.into_iter().map(Some).collect();
        for (place, (path, user)) in sent.into_iter().enumerate() {
            let name = user.username.clone().unwrap_or_default();
            let mut its = known
                .iter_mut()
                .filter(|known| known.as_ref().is_some_and(|known| known.place == place));
            let taken = its.next().and_then(Option::take);
            let decision = self.decide(
                ("USER", &name),
                taken.as_ref().map(|known| known.user.id.to_string()),
                || match &taken {
                    Some(Known {
                        by_email: true, user, ..
                    }) => {
                        let email = user.profile.email.clone().unwrap_or_default();
                        format!("User with email {email} already exists.")
                    }
                    _ => format!("User with user name {name} already exists."),
                },
            )?;
            if decision == Decision::Skip {
                continue;
            }
            self.gone_users.extend(taken.map(|known| known.user));
            let before = self.draft.rows.users.len();
            users::one(&mut self.draft, &mut names, &path, user);
            if let Some(rows) = self.draft.rows.users.get(before) {
                let id = rows.user.id.to_string();
                self.tell(decision.done(), "USER", &name, &id);
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<PartialPlan, Refused> {
        // They are there.
        self.draft.rows.scopes.clear();
        users::add_service_accounts(&mut self.draft);
        let plan = self.draft.finish().map_err(Refused::Problems)?;
        Ok(PartialPlan {
            plan,
            clients: self.clients,
            roles: self.roles,
            documents: self.documents,
            gone_groups: self.gone_groups,
            gone_users: self.gone_users,
            results: self.results,
        })
    }
}

/// What becomes of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    Add,
    Skip,
    Overwrite,
}

impl Decision {
    const fn done(self) -> &'static str {
        match self {
            Self::Add => "ADDED",
            Self::Skip => "SKIPPED",
            Self::Overwrite => "OVERWRITTEN",
        }
    }
}

/// Whether the server makes it itself.
fn is_of_server(realm: &RealmSnapshot, client_id: &str) -> bool {
    let in_master = realm.realm.name.as_str() == MASTER;
    BUILT_IN.contains(&client_id) || (in_master && client_id.ends_with(OF_REALM))
}
