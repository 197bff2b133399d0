//! What is kept as data only.

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::id::{DocumentId, RealmId};
use keyward_domain::ports::Documents;

use super::json;
use crate::param::params;
use crate::row::Row;
use crate::statement::Sql;
use crate::transaction::Transaction;

static ALL: Sql =
    Sql::new("select id, realm_id, kind, name, body from documents where realm_id = $1 and kind = $2 order by name");

static BY_ID: Sql =
    Sql::new("select id, realm_id, kind, name, body from documents where realm_id = $1 and kind = $2 and id = $3");

static BY_NAME: Sql =
    Sql::new("select id, realm_id, kind, name, body from documents where realm_id = $1 and kind = $2 and name = $3");

static INSERT: Sql = Sql::new("insert into documents (realm_id, kind, id, name, body) values ($1, $2, $3, $4, $5)");

static UPDATE: Sql =
    Sql::new("update documents set name = $4, body = $5 where realm_id = $1 and kind = $2 and id = $3");

static DELETE: Sql = Sql::new("delete from documents where realm_id = $1 and kind = $2 and id = $3");

const NAME_TAKEN: &str = "a document of this kind and name";

#[async_trait]
impl Documents for Transaction {
    async fn documents(&mut self, realm: RealmId, kind: DocumentKind) -> Result<Vec<Document>, Fault> {
        self.all(&ALL, params![realm, kind.as_str()], document).await
    }

    async fn document(
        &mut self,
        realm: RealmId,
        kind: DocumentKind,
        id: DocumentId,
    ) -> Result<Option<Document>, Fault> {
        self.one(&BY_ID, params![realm, kind.as_str(), id], document).await
    }

    async fn document_by_name(
        &mut self,
        realm: RealmId,
        kind: DocumentKind,
        name: &str,
    ) -> Result<Option<Document>, Fault> {
        self.one(&BY_NAME, params![realm, kind.as_str(), name], document).await
    }

    async fn insert_document(&mut self, document: &Document) -> Result<(), Fault> {
        let Document {
            id,
            realm,
            kind,
            name,
            body,
        } = document;
        let params = params![*realm, kind.as_str(), *id, name, json(body)?];
        self.insert(&INSERT, params, NAME_TAKEN).await
    }

    async fn update_document(&mut self, document: &Document) -> Result<bool, Fault> {
        let Document {
            id,
            realm,
            kind,
            name,
            body,
        } = document;
        let params = params![*realm, kind.as_str(), *id, name, json(body)?];
        Ok(self.change(&UPDATE, params, NAME_TAKEN).await? > 0)
    }

    async fn delete_document(&mut self, realm: RealmId, kind: DocumentKind, id: DocumentId) -> Result<bool, Fault> {
        Ok(self.execute(&DELETE, params![realm, kind.as_str(), id]).await? > 0)
    }
}

fn document(row: &mut Row<'_>) -> Result<Document, Fault> {
    Ok(Document {
        id: row.get()?,
        realm: row.get()?,
        kind: row.parsed(DocumentKind::parse)?,
        name: row.get()?,
        body: row.json()?,
    })
}
