//! The flows of a realm as they are stored: each with its executions in it, which name others by alias.

use keyward_domain::Fault;
use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::id::{DocumentId, RealmId};
use keyward_domain::ports::Tx;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::admin::documents::{set, text};
use crate::admin::realms::import::derived;

pub(super) const KIND: DocumentKind = DocumentKind::AuthenticationFlow;

const EXECUTIONS: &str = "authenticationExecutions";

/// A step of a flow: an authenticator, or another flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Execution {
    /// Its row, if it were one. What came from a file has none written down, and gets one that stays the same.
    #[serde(default = "no_id")]
    pub(super) id: DocumentId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) authenticator: Option<String>,
    /// The name of a configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) authenticator_config: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) flow_alias: Option<String>,
    #[serde(default = "disabled")]
    pub(super) requirement: String,
    #[serde(default)]
    pub(super) priority: i64,
    #[serde(default)]
    pub(super) user_setup_allowed: bool,
}

fn no_id() -> DocumentId {
    DocumentId(uuid::Uuid::nil())
}

fn disabled() -> String {
    "DISABLED".to_owned()
}

impl Execution {
    /// As it stands in a realm file, with its id.
    pub(super) fn stored(&self) -> Value {
        let mut body = serde_json::to_value(self).unwrap_or_default();
        let is_flow = self.flow_alias.is_some();
        // Keycloak writes the name in two ways, one of them misspelt.
        set(&mut body, "authenticatorFlow", is_flow);
        set(&mut body, "autheticatorFlow", is_flow);
        body
    }
}

/// A flow.
pub(super) struct Flow {
    pub(super) document: Document,
    /// By priority.
    pub(super) executions: Vec<Execution>,
}

impl Flow {
    fn of(document: Document) -> Self {
        let stored = document.body.get(EXECUTIONS).cloned();
        let mut executions: Vec<Execution> = stored
            .and_then(|list| serde_json::from_value(list).ok())
            .unwrap_or_default();
        for (place, execution) in executions.iter_mut().enumerate() {
            if execution.id == no_id() {
                execution.id = DocumentId(derived("execution", &format!("{}|{place}", document.id)));
            }
        }
        executions.sort_by_key(|execution| execution.priority);
        Self { document, executions }
    }

    pub(super) fn alias(&self) -> &str {
        &self.document.name
    }

    pub(super) fn is_built_in(&self) -> bool {
        self.document.body.get("builtIn") == Some(&Value::Bool(true))
    }

    pub(super) fn is_top_level(&self) -> bool {
        self.document.body.get("topLevel") == Some(&Value::Bool(true))
    }

    /// `basic-flow`, `form-flow` or `client-flow`.
    pub(super) fn sort(&self) -> &str {
        text(&self.document.body, "providerId")
    }

    /// The priority of what is put at its end.
    pub(super) fn next_priority(&self) -> i64 {
        self.executions.last().map_or(0, |last| last.priority + 1)
    }

    /// As Keycloak shows it.
    pub(super) fn view(&self) -> Value {
        let mut body = self.document.body.clone();
        let executions = self.executions.iter().map(|execution| {
            let mut shown = execution.stored();
            shown.as_object_mut().map(|members| members.remove("id"));
            shown
        });
        set(&mut body, EXECUTIONS, executions.collect::<Vec<_>>());
        body
    }

    /// Writes it back.
    pub(super) async fn save(&mut self, tx: &mut dyn Tx) -> Result<(), Fault> {
        self.executions.sort_by_key(|execution| execution.priority);
        let stored: Vec<Value> = self.executions.iter().map(Execution::stored).collect();
        set(&mut self.document.body, EXECUTIONS, stored);
        tx.update_document(&self.document).await.map(drop)
    }
}

/// Every flow of a realm.
pub(super) struct Flows {
    realm: RealmId,
    pub(super) all: Vec<Flow>,
}

impl Flows {
    pub(super) async fn read(tx: &mut dyn Tx, realm: RealmId) -> Result<Self, Fault> {
        let documents = tx.documents(realm, KIND).await?;
        Ok(Self {
            realm,
            all: documents.into_iter().map(Flow::of).collect(),
        })
    }

    pub(super) fn named(&mut self, alias: &str) -> Option<&mut Flow> {
        self.all.iter_mut().find(|flow| flow.alias() == alias)
    }

    pub(super) fn of_id(&mut self, id: &str) -> Option<&mut Flow> {
        let id: DocumentId = id.parse().ok()?;
        self.all.iter_mut().find(|flow| flow.document.id == id)
    }

    /// An execution, and the flow that holds it.
    pub(super) fn execution(&mut self, id: &str) -> Option<(&mut Flow, Execution)> {
        let id: DocumentId = id.parse().ok()?;
        self.all.iter_mut().find_map(|flow| {
            let found = flow.executions.iter().find(|execution| execution.id == id).cloned();
            found.map(|found| (flow, found))
        })
    }

    /// A new flow. `Fault::Exists` when there is one of this name.
    pub(super) async fn insert(
        &self,
        tx: &mut dyn Tx,
        (id, alias): (DocumentId, &str),
        mut body: Value,
        executions: &[Execution],
    ) -> Result<(), Fault> {
        set(&mut body, "id", json!(id));
        set(&mut body, "alias", alias);
        set(
            &mut body,
            EXECUTIONS,
            executions.iter().map(Execution::stored).collect::<Vec<_>>(),
        );
        let document = Document {
            id,
            realm: self.realm,
            kind: KIND,
            name: alias.to_owned(),
            body,
        };
        tx.insert_document(&document).await
    }

    /// The names of a flow and of those below it, each once.
    pub(super) fn below(&self, alias: &str) -> Vec<String> {
        let mut names = vec![alias.to_owned()];
        let mut next = 0;
        while let Some(name) = names.get(next) {
            let steps = self
                .all
                .iter()
                .filter(|flow| flow.alias() == name)
                .flat_map(|flow| &flow.executions);
            let further: Vec<String> = steps.filter_map(|step| step.flow_alias.clone()).collect();
            for name in further {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            next += 1;
        }
        names
    }

    /// Removes a flow with those below it and their configurations, and the steps that lead to it.
    pub(super) async fn remove(&mut self, tx: &mut dyn Tx, alias: &str) -> Result<(), Fault> {
        let names = self.below(alias);
        let configs = tx.documents(self.realm, DocumentKind::AuthenticatorConfig).await?;
        for flow in &mut self.all {
            if names.iter().any(|name| name == flow.alias()) {
                for name in flow
                    .executions
                    .iter()
                    .filter_map(|step| step.authenticator_config.as_deref())
                {
                    if let Some(config) = configs.iter().find(|config| config.name == name) {
                        tx.delete_document(self.realm, config.kind, config.id).await?;
                    }
                }
                tx.delete_document(self.realm, KIND, flow.document.id).await?;
            } else if flow
                .executions
                .iter()
                .any(|step| step.flow_alias.as_deref() == Some(alias))
            {
                flow.executions.retain(|step| step.flow_alias.as_deref() != Some(alias));
                flow.save(tx).await?;
            }
        }
        self.all.retain(|flow| !names.iter().any(|name| name == flow.alias()));
        Ok(())
    }
}
