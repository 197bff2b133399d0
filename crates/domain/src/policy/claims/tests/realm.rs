//! The recorded realm as the server would have it in memory.

use std::collections::BTreeMap;
use std::fs;

use keyward_protocol::scope::Scope;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::recorded::path;
use crate::client::{AccessTokenSettings, Client, ClientSettings, RoleScope};
use crate::group::Group;
use crate::id::{ClientUuid, GroupId, RealmId, RoleId, ScopeId, UserId};
use crate::policy::claims::{PlanInput, Subject};
use crate::policy::scope::narrow;
use crate::role::{Role, RoleBook, RoleLimit, RoleRows, ScopeMapping, ScopeOwner};
use crate::scope::{ClientScope, Mapper, OPENID_CONNECT, ProtocolMapper, ScopeEntry, ScopeSettings};
use crate::timestamp::Timestamp;
use crate::user::{Attributes, Profile, User};

const REALM: RealmId = RealmId(Uuid::nil());

pub(super) struct RecordedRealm {
    export: Value,
    book: RoleBook,
    scopes: BTreeMap<String, ScopeEntry>,
    clients: BTreeMap<String, (Client, Vec<Mapper>, RoleLimit)>,
    role_ids: BTreeMap<(Option<String>, String), RoleId>,
    group_ids: BTreeMap<String, GroupId>,
}

fn id(value: &Value) -> Uuid {
    value.as_str().unwrap().parse().unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(super) fn names(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn mappers(value: &Value) -> Vec<ProtocolMapper> {
    let rows = list(value).map(|row| serde_json::from_value(row.clone()).unwrap());
    rows.collect()
}

fn attributes(value: &Value) -> Attributes {
    members(value)
        .map(|(name, values)| (name.clone(), names(values)))
        .collect()
}

/// `attributes` whose values are texts.
fn texts(value: &Value) -> BTreeMap<String, String> {
    members(value)
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}

impl RecordedRealm {
    pub(super) fn read() -> Self {
        let export: Value = serde_json::from_slice(&fs::read(path("realm-export.json")).unwrap()).unwrap();
        let rows: Vec<Client> = list(&export["clients"]).map(client).collect();
        let uuids: BTreeMap<&str, ClientUuid> = rows
            .iter()
            .map(|client| (client.client_id.as_str(), client.id))
            .collect();
        let of_clients = members(&export["roles"]["client"])
            .flat_map(|(client, roles)| list(roles).map(move |role| (Some(client.clone()), role)));
        let all: Vec<(Option<String>, &Value)> = list(&export["roles"]["realm"])
            .map(|role| (None, role))
            .chain(of_clients)
            .collect();
        let role_ids: BTreeMap<_, _> = all
            .iter()
            .map(|(client, role)| ((client.clone(), text(&role["name"])), RoleId(id(&role["id"]))))
            .collect();
        let role = |client: Option<&str>, name: &str| role_ids[&(client.map(str::to_owned), name.to_owned())];
        let named = |value: &Value, realm: &str, client: &str| -> Vec<RoleId> {
            let of_realm = names(&value[realm]).into_iter().map(|name| role(None, &name));
            let of_clients = members(&value[client])
                .flat_map(|(client, roles)| names(roles).into_iter().map(|name| role(Some(client), &name)));
            of_realm.chain(of_clients).collect()
        };
        let composites = all.iter().flat_map(|(_, row)| {
            let contained = named(&row["composites"], "realm", "client");
            contained
                .into_iter()
                .map(|contained| (RoleId(id(&row["id"])), contained))
                .collect::<Vec<_>>()
        });
        let mut groups = Vec::new();
        list(&export["groups"]).for_each(|group| tree(group, None, &mut groups));
        let scope_rows: Vec<ClientScope> = list(&export["clientScopes"]).map(scope).collect();
        let owner = |row: &Value| {
            if let Some(client) = row["client"].as_str() {
                ScopeOwner::Client(uuids[client])
            } else {
                let scope = scope_rows
                    .iter()
                    .find(|scope| row["clientScope"] == scope.name.as_str());
                ScopeOwner::Scope(scope.unwrap().id)
            }
        };
        let mapped = |row: &Value, client: Option<&str>| -> Vec<ScopeMapping> {
            let roles = names(&row["roles"]).into_iter().map(|name| role(client, &name));
            roles
                .map(|role| ScopeMapping {
                    owner: owner(row),
                    role,
                })
                .collect()
        };
        let book = RoleBook::new(RoleRows {
            roles: all
                .iter()
                .map(|(client, row)| Role {
                    id: RoleId(id(&row["id"])),
                    realm: REALM,
                    client: client.as_deref().map(|client| uuids[client]),
                    name: text(&row["name"]),
                    description: String::new(),
                    attributes: Attributes::new(),
                })
                .collect(),
            composites: composites.collect(),
            clients: &rows,
            group_roles: groups
                .iter()
                .flat_map(|(group, row): &(Group, &Value)| {
                    let roles = named(row, "realmRoles", "clientRoles");
                    roles.into_iter().map(|role| (group.id, role)).collect::<Vec<_>>()
                })
                .collect(),
            groups: groups.iter().map(|(group, _)| group.clone()).collect(),
            scope_mappings: list(&export["scopeMappings"])
                .flat_map(|row| mapped(row, None))
                .chain(
                    members(&export["clientScopeMappings"])
                        .flat_map(|(client, rows)| list(rows).flat_map(|row| mapped(row, Some(client)))),
                )
                .collect(),
        });
        let group_ids = groups
            .iter()
            .map(|(group, row)| (text(&row["path"]), group.id))
            .collect();
        let scopes = scope_rows
            .into_iter()
            .map(|scope| (scope.name.clone(), ScopeEntry::new(scope, &book)))
            .collect();
        let clients = entries(rows, &book);
        Self {
            export,
            book,
            scopes,
            clients,
            role_ids,
            group_ids,
        }
    }

    /// Whom some claims are about.
    pub(super) fn subject_of(&self, claims: &Map<String, Value>) -> Subject {
        self.subject(claims["sub"].as_str().unwrap())
    }

    pub(super) fn subject(&self, sub: &str) -> Subject {
        let row = list(&self.export["users"]).find(|user| user["id"] == sub).unwrap();
        let user = User {
            id: UserId(id(&row["id"])),
            realm: REALM,
            username: text(&row["username"]),
            enabled: true,
            service_account_of: row["serviceAccountClientId"]
                .as_str()
                .map(|client| self.clients[client].0.id),
            created_at: Timestamp::from_secs(0),
            required_actions: Vec::new(),
            not_before: Timestamp::from_secs(0),
            profile: Profile {
                email: row["email"].as_str().map(str::to_owned),
                email_verified: row["emailVerified"] == true,
                first_name: row["firstName"].as_str().map(str::to_owned),
                last_name: row["lastName"].as_str().map(str::to_owned),
                attributes: attributes(&row["attributes"]),
                ..Profile::default()
            },
        };
        let of_realm = names(&row["realmRoles"]).into_iter().map(|name| (None, name));
        let of_clients = members(&row["clientRoles"])
            .flat_map(|(client, roles)| names(roles).into_iter().map(|name| (Some(client.clone()), name)));
        let assigned: Vec<RoleId> = of_realm.chain(of_clients).map(|role| self.role_ids[&role]).collect();
        let joined: Vec<GroupId> = names(&row["groups"]).iter().map(|path| self.group_ids[path]).collect();
        self.book.subject(user, &assigned, &joined)
    }

    /// The scopes that lie behind the `scope` of some claims.
    pub(super) fn granted(&self, claims: &Map<String, Value>) -> Vec<String> {
        self.granted_for(claims, claims["scope"].as_str().unwrap())
    }

    /// The scopes that the client of some claims gets when it asks for these.
    pub(super) fn granted_for(&self, claims: &Map<String, Value>, asked: &str) -> Vec<String> {
        let settings = &self.clients[claims["azp"].as_str().unwrap()].0.settings;
        let asked = Scope::parse(asked).unwrap();
        let granted = narrow(Some(&asked), &settings.default_scopes, &settings.optional_scopes).unwrap();
        granted.into_iter().map(str::to_owned).collect()
    }

    pub(super) fn input<'a>(
        &'a self,
        claims: &Map<String, Value>,
        subject: &'a Subject,
        granted: &'a [String],
    ) -> PlanInput<'a> {
        let (client, client_mappers, limit) = &self.clients[claims["azp"].as_str().unwrap()];
        PlanInput {
            client,
            client_mappers,
            limit,
            granted: granted.iter().map(String::as_str).collect::<Vec<_>>().leak(),
            scopes: &self.scopes,
            roles: &self.book,
            subject,
            acr: "1",
        }
    }
}

fn entries(rows: Vec<Client>, book: &RoleBook) -> BTreeMap<String, (Client, Vec<Mapper>, RoleLimit)> {
    let entry = |client: Client| {
        let mappers = Mapper::parse_all(&client.settings.mappers);
        let limit = RoleLimit::new(&client, book);
        (client.client_id.clone(), (client, mappers, limit))
    };
    rows.into_iter().map(entry).collect()
}

fn client(row: &Value) -> Client {
    let attributes = texts(&row["attributes"]);
    Client {
        id: ClientUuid(id(&row["id"])),
        realm: REALM,
        client_id: text(&row["clientId"]),
        enabled: row["enabled"] == true,
        not_before: Timestamp::from_secs(0),
        settings: ClientSettings {
            redirect_uris: names(&row["redirectUris"]),
            web_origins: names(&row["webOrigins"]),
            default_scopes: names(&row["defaultClientScopes"]),
            optional_scopes: names(&row["optionalClientScopes"]),
            mappers: mappers(&row["protocolMappers"]),
            access_token: AccessTokenSettings {
                lightweight: attributes
                    .get("client.use.lightweight.access.token.enabled")
                    .is_some_and(|text| text == "true"),
                ..AccessTokenSettings::default()
            },
            role_scope: if row["fullScopeAllowed"] == true {
                RoleScope::Full
            } else {
                RoleScope::Mapped
            },
            attributes,
            ..ClientSettings::default()
        },
    }
}

fn scope(row: &Value) -> ClientScope {
    ClientScope {
        id: ScopeId(id(&row["id"])),
        realm: REALM,
        name: text(&row["name"]),
        settings: ScopeSettings::of_attributes(
            &text(&row["description"]),
            row["protocol"].as_str().unwrap_or(OPENID_CONNECT),
            texts(&row["attributes"]),
            mappers(&row["protocolMappers"]),
        ),
    }
}

/// A group and all below it, each beside its representation.
fn tree<'e>(row: &'e Value, parent: Option<GroupId>, groups: &mut Vec<(Group, &'e Value)>) {
    let group = Group {
        id: GroupId(id(&row["id"])),
        realm: REALM,
        parent,
        name: text(&row["name"]),
        description: String::new(),
        attributes: attributes(&row["attributes"]),
    };
    let parent = Some(group.id);
    groups.push((group, row));
    list(&row["subGroups"]).for_each(|child| tree(child, parent, groups));
}
