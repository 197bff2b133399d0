//! A realm as a file of Keycloak's that imports again to the same realm.
//!
//! Everything stands in an order of its own (names, not rows), so that two exports of the same realm are the same text.

mod clients;
mod documents;
mod keys;
mod roles;
mod users;

use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use keyward_domain::role::{RoleBook, RoleRows};
use keyward_domain::{Fault, Timestamp, group};
use keyward_jose::Sealer;
use serde_json::{Map, Value, json};

use crate::admin::keycloak::FOLLOWED;
use crate::admin::keycloak::client_scope::ScopeView;
use crate::admin::keycloak::realm::{self, Shown};
use crate::admin::keycloak::role::RoleView;

/// What is exported, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Users with their credentials.
    pub users: Part,
    /// Clients.
    pub clients: Part,
    /// Groups and roles.
    pub groups_and_roles: Part,
    /// Secrets, hashes and private keys as they are.
    pub secrets: Secrets,
}

/// Whether a part is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It is.
    Whole,
    /// It is not.
    Skip,
    /// Of the users, those of clients.
    ServiceAccounts,
}

/// Whether secrets go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// As they are: the file must be kept like one.
    Open,
    /// Masked.
    Masked,
}

impl Extent {
    /// Everything.
    pub const WHOLE: Self = Self {
        users: Part::Whole,
        clients: Part::Whole,
        groups_and_roles: Part::Whole,
        secrets: Secrets::Open,
    };
}

/// Where a realm is exported from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// Where the server is.
    pub public_url: &'a str,
    /// Opens secrets.
    pub sealer: &'a Sealer,
    /// When.
    pub now: Timestamp,
}

/// Everything that the parts need.
struct Context<'a> {
    realm: &'a Realm,
    book: RoleBook,
    source: Source<'a>,
    extent: Extent,
}

/// Exports a realm.
pub async fn export(tx: &mut dyn Tx, realm: &Realm, source: Source<'_>, extent: Extent) -> Result<Value, Fault> {
    let clients = tx.clients(realm.id).await?;
    let context = Context {
        realm,
        book: RoleBook::new(RoleRows {
            roles: tx.roles(realm.id).await?,
            composites: tx.composites(realm.id).await?,
            clients: &clients,
            groups: tx.groups(realm.id).await?,
            group_roles: tx.group_roles(realm.id).await?,
            scope_mappings: tx.scope_mappings(realm.id).await?,
        }),
        source,
        extent,
    };
    let scopes = tx.scopes(realm.id).await?;
    let documents = documents::read(tx, &context).await?;
    let mut file = settings(&context, &documents)?;
    if extent.clients == Part::Whole {
        file.insert("clients".into(), clients::all(tx, &context, &clients, &scopes).await?);
    }
    if extent.groups_and_roles == Part::Whole {
        file.insert("roles".into(), roles::roles(&context, &clients));
        file.insert("groups".into(), roles::groups(&context));
    }
    if extent.clients == Part::Whole && extent.groups_and_roles == Part::Whole {
        file.extend(roles::mappings(&context, &clients, &scopes));
    }
    if extent.users != Part::Skip {
        let users = users::all(tx, &context).await?;
        // As in Keycloak, a file that is not about people does not speak of them where no client has an account.
        if extent.users == Part::Whole || users.as_array().is_some_and(|users| !users.is_empty()) {
            file.insert("users".into(), users);
        }
    }
    let scopes: Vec<ScopeView<'_>> = scopes.iter().map(ScopeView::of).collect();
    file.insert("clientScopes".into(), json!(scopes));
    file.insert("components".into(), keys::components(tx, &context, &documents).await?);
    file.extend(documents.members());
    // Its import looks whether a file must be brought up to date.
    file.insert("keycloakVersion".into(), FOLLOWED.into());
    if extent.clients == Part::Whole
        && extent.groups_and_roles == Part::Whole
        && let Some(Value::Object(attributes)) = file.get_mut("attributes")
    {
        attributes.insert(realm::COMPLETE.into(), "true".into());
    }
    Ok(Value::Object(file))
}

fn settings(context: &Context<'_>, documents: &documents::Documents) -> Result<Map<String, Value>, Fault> {
    let Context { realm, book, .. } = context;
    let settings = &realm.settings;
    let role = settings.default_role.and_then(|id| book.role(id));
    let known = settings.default_groups.iter().filter(|id| book.group(**id).is_some());
    let mut file = realm::whole(
        realm,
        Shown {
            default_role: role.map(|role| json!(RoleView::brief(role, book))),
            default_groups: known.map(|id| group::path(*id, book.groups())).collect(),
            client_profiles: documents.profiles(),
            client_policies: documents.policies(),
        },
    );
    if context.extent.secrets == Secrets::Open {
        file.insert("smtpServer".into(), realm::smtp_server(realm, context.source.sealer)?);
    }
    file.insert("defaultDefaultClientScopes".into(), json!(settings.default_scopes));
    file.insert("defaultOptionalClientScopes".into(), json!(settings.optional_scopes));
    Ok(file)
}
