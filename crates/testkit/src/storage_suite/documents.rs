//! What is kept as data only.

use std::sync::Arc;

use keyward_domain::Fault;
use keyward_domain::document::DocumentKind;
use keyward_domain::ports::Store;

use super::{race, read, world, write};
use crate::builders;

/// Documents of every kind come back as they were, by name, and are replaced and removed.
pub async fn kept_updated_and_deleted(store: Arc<dyn Store>) {
    let realm = world(&store).await.realm;
    let mut tx = write(&store).await;
    for kind in DocumentKind::ALL {
        let (b, mut a) = (
            builders::document(&realm, kind, "b"),
            builders::document(&realm, kind, "a"),
        );
        tx.insert_document(&b).await.unwrap();
        tx.insert_document(&a).await.unwrap();
        assert_eq!(tx.documents(realm.id, kind).await.unwrap(), [a.clone(), b.clone()]);
        a.name = "c".into();
        a.body = serde_json::json!({ "alias": "c", "config": { "deep": [1, null, "ü"] } });
        assert!(tx.update_document(&a).await.unwrap());
        assert_eq!(tx.document(realm.id, kind, a.id).await.unwrap(), Some(a.clone()));
        assert_eq!(tx.document_by_name(realm.id, kind, "c").await.unwrap(), Some(a.clone()));
        assert_eq!(tx.document_by_name(realm.id, kind, "a").await.unwrap(), None);
        assert!(tx.delete_document(realm.id, kind, b.id).await.unwrap());
        assert!(!tx.delete_document(realm.id, kind, b.id).await.unwrap());
        assert!(!tx.update_document(&b).await.unwrap());
        assert_eq!(tx.documents(realm.id, kind).await.unwrap(), [a]);
    }
    tx.commit().await.unwrap();
}

/// A document is found in its realm and by its kind alone.
pub async fn of_no_other_realm_or_kind(store: Arc<dyn Store>) {
    let realm = world(&store).await.realm;
    let other = builders::realm("other");
    let (flow, action) = (DocumentKind::AuthenticationFlow, DocumentKind::RequiredAction);
    let document = builders::document(&realm, flow, "browser");
    let mut tx = write(&store).await;
    tx.insert_realm(&other).await.unwrap();
    tx.insert_document(&document).await.unwrap();
    for (realm, kind) in [(other.id, flow), (realm.id, action)] {
        assert!(tx.documents(realm, kind).await.unwrap().is_empty());
        assert_eq!(tx.document(realm, kind, document.id).await.unwrap(), None);
        assert_eq!(tx.document_by_name(realm, kind, "browser").await.unwrap(), None);
        assert!(!tx.delete_document(realm, kind, document.id).await.unwrap());
        let mut foreign = document.clone();
        (foreign.realm, foreign.kind) = (realm, kind);
        assert!(!tx.update_document(&foreign).await.unwrap());
    }
    tx.insert_document(&builders::document(&other, flow, "browser"))
        .await
        .unwrap();
    tx.insert_document(&builders::document(&realm, action, "browser"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let kept = read(&store).await.document(realm.id, flow, document.id).await.unwrap();
    assert_eq!(kept, Some(document));
}

/// A name is taken once among its kind, by whoever is first.
pub async fn one_of_many_takes_a_name(store: Arc<dyn Store>) {
    let realm = world(&store).await.realm;
    let kind = DocumentKind::IdentityProvider;
    let other = builders::document(&realm, kind, "other");
    let mut tx = write(&store).await;
    tx.insert_document(&other).await.unwrap();
    tx.commit().await.unwrap();
    let results = race(&store, move |store, number| {
        let mut document = builders::document(&realm, kind, &number.to_string());
        document.name = "google".into();
        async move {
            let mut tx = write(&store).await;
            match tx.insert_document(&document).await {
                Ok(()) => tx.commit().await.is_ok(),
                Err(fault) => {
                    assert!(matches!(fault, Fault::Exists(_)), "{fault}");
                    false
                }
            }
        }
    })
    .await;
    assert_eq!(results.into_iter().filter(|added| *added).count(), 1);
    let mut renamed = other;
    renamed.name = "google".into();
    let taken = write(&store).await.update_document(&renamed).await;
    assert!(matches!(taken, Err(Fault::Exists(_))));
}
