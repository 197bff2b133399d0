//! What is kept as data only.

use async_trait::async_trait;

use crate::document::{Document, DocumentKind};
use crate::fault::Fault;
use crate::id::{DocumentId, RealmId};

/// What is kept as data only.
#[async_trait]
pub trait Documents: Send {
    /// All of a kind in a realm, by name.
    async fn documents(&mut self, realm: RealmId, kind: DocumentKind) -> Result<Vec<Document>, Fault>;

    /// By row.
    async fn document(&mut self, realm: RealmId, kind: DocumentKind, id: DocumentId)
    -> Result<Option<Document>, Fault>;

    /// By name.
    async fn document_by_name(
        &mut self,
        realm: RealmId,
        kind: DocumentKind,
        name: &str,
    ) -> Result<Option<Document>, Fault>;

    /// Adds one; `Fault::Exists` when its name is taken among its kind.
    async fn insert_document(&mut self, document: &Document) -> Result<(), Fault>;

    /// Replaces name and body; `Fault::Exists` when the name is taken. Returns whether there was one.
    async fn update_document(&mut self, document: &Document) -> Result<bool, Fault>;

    /// Removes one. Returns whether it was there.
    async fn delete_document(&mut self, realm: RealmId, kind: DocumentKind, id: DocumentId) -> Result<bool, Fault>;
}
