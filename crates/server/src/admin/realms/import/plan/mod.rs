//! From a file to rows: everything is read and checked before anything is written.

mod clients;
mod credentials;
mod documents;
mod groups;
mod keys;
mod mappings;
mod not_carried;
mod not_enforced;
pub(crate) mod partial;
mod placeholder;
mod roles;
mod scopes;
mod settings;
mod users;

pub(crate) use documents::{LISTS, USER_PROFILE_CONFIG, USER_PROFILE_PROVIDER};
pub(crate) use keys::{ACTIVE_FROM, PUBLISHED_AT};

use std::collections::{BTreeMap, HashMap};

use keyward_domain::Timestamp;
use keyward_domain::id::{ClientUuid, GroupId, RoleId, ScopeId};
use keyward_domain::realm::Realm;
use keyward_domain::secret::Secret;
use keyward_jose::{Algorithm, Sealer};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::file::{Reader, RealmFile};
use super::ids::Ids;
use super::problem::Problems;
use super::report::{NoteKind, Report};
use crate::admin::keycloak::realm::PARTS;
use crate::admin::keycloak::role::RoleRepresentation;
use crate::admin::realms::built_in;
use crate::admin::realms::rows::RealmRows;

/// What a realm is read against.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    /// Where the server is: relative addresses of clients begin there.
    pub(crate) server: &'a str,
    pub(crate) sealer: &'a Sealer,
    pub(crate) now: Timestamp,
}

/// A realm that was read and is as it should be.
pub(crate) struct Plan {
    pub(crate) rows: RealmRows,
    pub(crate) report: Report,
    /// Passwords in the clear, to be hashed: whose place in the rows, and the password.
    pub(crate) clear: Vec<(usize, Secret)>,
    /// Algorithms without a key that signs.
    pub(crate) keyless: Vec<Algorithm>,
}

/// Reads a whole realm.
pub(crate) fn whole(mut file: RealmFile<'_>, ground: Ground<'_>) -> Result<Plan, Problems> {
    let users = file.take_users();
    let mut parts = Parts {
        members: PARTS
            .into_iter()
            .filter_map(|name| Some((name, file.take(name)?)))
            .collect(),
    };
    let mut problems = Problems::default();
    let mut report = Report::default();
    let Some(own) = settings::read(&file, ground, &mut problems, &mut report) else {
        return Err(problems);
    };
    let mut draft = Draft::new(own.realm, ground, problems, report);
    draft.is_complete = own.is_complete;
    let settings = draft.rows.realm.settings.clone();
    not_enforced::of_realm(&settings, &mut draft);
    scopes::read(&mut parts, &mut draft);
    if !draft.is_complete {
        built_in::add_scopes(&mut draft.rows);
    }
    clients::read(&mut parts, &mut draft);
    let brought = (!draft.is_complete).then(|| draft.add_clients());
    roles::read(&mut parts, &mut draft);
    match brought {
        None => built_in::add_admin_client(&mut draft.rows),
        Some(brought) => built_in::add_roles(&mut draft.rows, &brought),
    }
    draft.learn_roles();
    roles::read_composites(&mut draft);
    mappings::read(&mut parts, &mut draft);
    groups::read(&mut parts, &mut draft);
    draft.default_groups(&own.default_groups);
    users::read(&users, &mut draft);
    users::add_service_accounts(&mut draft);
    documents::read(&mut parts, &mut draft);
    if !draft.is_complete {
        built_in::add_documents(&mut draft.rows);
    }
    not_carried::tell(&parts, &mut draft);
    draft.finish()
}

/// The parts of a file that were not read yet.
pub(super) struct Parts<'a> {
    members: BTreeMap<&'static str, &'a RawValue>,
}

impl<'a> Parts<'a> {
    fn take(&mut self, name: &str) -> Option<&'a RawValue> {
        self.members.remove(name)
    }
}

/// A realm while it is read.
pub(super) struct Draft<'g> {
    pub(super) rows: RealmRows,
    pub(super) problems: Problems,
    pub(super) report: Report,
    ground: Ground<'g>,
    ids: Ids,
    clients: HashMap<String, ClientUuid>,
    roles: HashMap<(Option<ClientUuid>, String), RoleId>,
    scopes: HashMap<String, ScopeId>,
    groups: HashMap<String, GroupId>,
    clear: Vec<(usize, Secret)>,
    keyless: Vec<Algorithm>,
    /// Whether the file is an export of ours, to which nothing has to be added.
    is_complete: bool,
    /// Roles that others contain, by name: read when every role is known.
    composites: Vec<roles::Wanted>,
}

impl<'g> Draft<'g> {
    fn new(realm: Realm, ground: Ground<'g>, problems: Problems, report: Report) -> Self {
        Self {
            rows: RealmRows::new(realm),
            problems,
            report,
            ground,
            ids: Ids::default(),
            clients: HashMap::new(),
            roles: HashMap::new(),
            scopes: HashMap::new(),
            groups: HashMap::new(),
            clear: Vec::new(),
            keyless: Vec::new(),
            is_complete: false,
            composites: Vec::new(),
        }
    }

    fn reader(&mut self) -> Reader<'_> {
        Reader {
            problems: &mut self.problems,
        }
    }

    fn id(&mut self, place: (&'static str, &str), text: Option<&str>) -> Uuid {
        self.ids.id(place, text, &mut self.problems, &mut self.report)
    }

    fn problem(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.problems.add(path, message);
    }

    fn note(&mut self, kind: NoteKind, path: impl Into<String>, message: impl Into<String>) {
        self.report.add(kind, path, message);
    }

    /// Adds the clients that every realm has, and learns their names.
    fn add_clients(&mut self) -> built_in::Brought {
        let brought = built_in::add_clients(&mut self.rows, self.ground.server);
        let clients = self.rows.clients.iter();
        self.clients = clients.map(|client| (client.client_id.clone(), client.id)).collect();
        brought
    }

    /// Learns the names of clients and roles, those of the built-in ones too.
    fn learn_roles(&mut self) {
        let clients = self.rows.clients.iter();
        self.clients = clients.map(|client| (client.client_id.clone(), client.id)).collect();
        let scopes = self.rows.scopes.iter();
        self.scopes = scopes.map(|scope| (scope.name.clone(), scope.id)).collect();
        let roles = self.rows.roles.iter();
        self.roles = roles.map(|role| ((role.client, role.name.clone()), role.id)).collect();
    }

    /// A role by name, of a client or of the realm. As Keycloak does, one that the lists of roles forgot is made.
    fn role(&mut self, client_id: Option<&str>, name: &str, path: &str) -> Option<RoleId> {
        let client = match client_id {
            None => None,
            Some(client_id) => Some(self.client(client_id, path)?),
        };
        if let Some(found) = self.roles.get(&(client, name.to_owned())) {
            return Some(*found);
        }
        let message = "is described nowhere in the file: the role was made, and means nothing yet";
        self.note(NoteKind::Changed, path, message);
        let described = RoleRepresentation {
            name: Some(name.to_owned()),
            ..RoleRepresentation::default()
        };
        roles::add(self, client, (path.to_owned(), described));
        self.roles.get(&(client, name.to_owned())).copied()
    }

    /// A client by `client_id`, or a problem.
    fn client(&mut self, client_id: &str, path: &str) -> Option<ClientUuid> {
        let found = self.clients.get(client_id).copied();
        if found.is_none() {
            self.problem(path, format!("there is no client {client_id:?}"));
        }
        found
    }

    /// Roles of the realm and of clients by name.
    fn named_roles(
        &mut self,
        realm: &[String],
        clients: &BTreeMap<String, Vec<String>>,
        path: (&str, &str, &str),
    ) -> Vec<RoleId> {
        let (path, of_realm, of_client) = path;
        let mut found = Vec::new();
        for (place, name) in realm.iter().enumerate() {
            found.extend(self.role(None, name, &format!("{path}.{of_realm}[{place}]")));
        }
        for (client_id, names) in clients {
            for (place, name) in names.iter().enumerate() {
                let path = format!("{path}.{of_client}.{client_id}[{place}]");
                found.extend(self.role(Some(client_id), name, &path));
            }
        }
        found
    }

    /// A group by path, or a problem.
    fn group(&mut self, wanted: &str, path: &str) -> Option<GroupId> {
        let found = self.groups.get(wanted.trim_start_matches('/')).copied();
        if found.is_none() {
            self.problem(path, format!("there is no group {wanted:?}"));
        }
        found
    }

    fn finish(self) -> Result<Plan, Problems> {
        if self.problems.is_empty() {
            Ok(Plan {
                rows: self.rows,
                report: self.report,
                clear: self.clear,
                keyless: self.keyless,
            })
        } else {
            Err(self.problems)
        }
    }
}
