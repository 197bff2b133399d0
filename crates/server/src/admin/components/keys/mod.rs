//! Components that are keys. A key's row says what signs and since when; a component beside it, once somebody made or
//! changed one, says what an administrator calls it and which priority it has. Keys that were never touched are shown
//! as components all the same.
//!
//! A key that is switched off leaves the key set, and rests sealed in its component.

mod make;
mod standing;

use keyward_domain::Timestamp;
use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::fault::Fault;
use keyward_domain::id::{DocumentId, RealmId};
use keyward_domain::key::{self, HmacKeyRecord, KeyRecord};
use keyward_domain::ports::Tx;
use keyward_jose::{Algorithm, KeyType};

pub(crate) use make::open;
pub(super) use make::{asked, make, require_may_bring, rest};
pub(super) use standing::arrange;

use super::component::Component;
use crate::admin::keycloak::key_component::{KEY_PROVIDER, KID};
use crate::admin::realms::import::derived;

/// The priority of a key that nobody gave one.
const USUAL_PRIORITY: i64 = 100;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// It signs tokens that others read.
    Signing(Algorithm),
    /// It signs what this server reads itself.
    Hmac,
}

impl Sort {
    /// The name of its algorithm.
    pub(crate) const fn algorithm(self) -> &'static str {
        match self {
            Self::Signing(algorithm) => algorithm.name(),
            Self::Hmac => "HS256",
        }
    }

    const fn provider(self) -> &'static str {
        match self {
            Self::Hmac => "hmac-generated",
            Self::Signing(algorithm) => match algorithm.key_type() {
                KeyType::Rsa2048 => "rsa-generated",
                KeyType::P256 => "ecdsa-generated",
                KeyType::Ed25519 => "eddsa-generated",
            },
        }
    }

    /// What its component is called where nobody gave it a name.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Signing(Algorithm::Ps256) => "rsa-generated-ps256".to_owned(),
            Self::Signing(_) | Self::Hmac => self.provider().to_owned(),
        }
    }
}

/// A key's row.
#[derive(Clone)]
pub(crate) enum Row {
    Signing(KeyRecord),
    Hmac(HmacKeyRecord),
}

impl Row {
    pub(crate) fn kid(&self) -> &str {
        match self {
            Self::Signing(record) => &record.kid,
            Self::Hmac(record) => &record.kid,
        }
    }

    pub(crate) const fn sort(&self) -> Sort {
        match self {
            Self::Signing(record) => Sort::Signing(record.algorithm),
            Self::Hmac(_) => Sort::Hmac,
        }
    }

    /// From when it signs.
    pub(super) const fn since(&self) -> Timestamp {
        match self {
            Self::Signing(record) => record.active_from,
            Self::Hmac(record) => record.created_at,
        }
    }

    /// When the rotation made it. HMAC keys do not rotate: they are as old as can be.
    const fn published(&self) -> Timestamp {
        match self {
            Self::Signing(record) => record.published_at,
            Self::Hmac(_) => Timestamp::from_millis(0),
        }
    }

    pub(super) async fn insert(&self, tx: &mut dyn Tx) -> Result<(), Fault> {
        match self {
            Self::Signing(record) => tx.insert_key(record).await,
            Self::Hmac(record) => tx.insert_hmac_key(record).await,
        }
    }

    pub(super) async fn delete(&self, tx: &mut dyn Tx) -> Result<(), Fault> {
        match self {
            Self::Signing(record) => tx.delete_key(record.realm, &record.kid).await.map(drop),
            Self::Hmac(record) => tx.delete_hmac_key(record.realm, &record.kid).await.map(drop),
        }
    }

    /// Lets it sign from another instant on.
    pub(super) async fn date(&mut self, tx: &mut dyn Tx, since: Timestamp) -> Result<(), Fault> {
        self.delete(tx).await?;
        match self {
            Self::Signing(record) => record.active_from = since,
            Self::Hmac(record) => record.created_at = since,
        }
        self.insert(tx).await
    }
}

/// A key with its component.
#[derive(Clone)]
pub(crate) struct RealmKey {
    pub(super) component: Component,
    pub(crate) row: Row,
}

impl RealmKey {
    /// The component's id.
    pub(crate) const fn provider(&self) -> DocumentId {
        self.component.id
    }

    pub(crate) fn priority(&self) -> i64 {
        self.component.priority()
    }

    /// The certificate that somebody brought with it, in base64.
    pub(crate) fn certificate(&self) -> Option<&str> {
        self.component.value("certificate")
    }

    /// Whether it may sign. What is not enabled has no row.
    pub(crate) fn is_active(&self) -> bool {
        self.component.value("active") != Some("false")
    }
}

/// Every key of a realm, and the components of keys without one.
pub(crate) struct RealmKeys {
    pub(crate) keys: Vec<RealmKey>,
    pub(super) resting: Vec<Component>,
}

impl RealmKeys {
    pub(crate) async fn read(tx: &mut dyn Tx, realm: RealmId, now: Timestamp) -> Result<Self, Fault> {
        let documents = tx.documents(realm, DocumentKind::Component).await?;
        let mut kept: Vec<Component> = documents.iter().map(Component::of).filter(Component::is_key).collect();
        let signing = tx.keys(realm).await?.into_iter().map(Row::Signing);
        let rows: Vec<Row> = signing
            .chain(tx.hmac_keys(realm).await?.into_iter().map(Row::Hmac))
            .collect();
        let keys: Vec<RealmKey> = rows
            .iter()
            .map(|row| {
                let its = kept.iter().find(|component| component.value(KID) == Some(row.kid()));
                let component = its.cloned();
                RealmKey {
                    component: component.unwrap_or_else(|| untouched((realm, now), row, (&rows, &kept))),
                    row: row.clone(),
                }
            })
            .collect();
        kept.retain(|component| !keys.iter().any(|key| key.component.id == component.id));
        Ok(Self { keys, resting: kept })
    }

    /// Every component of a key.
    pub(super) fn components(&self) -> impl Iterator<Item = &Component> {
        self.keys.iter().map(|key| &key.component).chain(&self.resting)
    }
}

/// Which of the rows of one sort signs now.
pub(crate) fn signer<'a>(rows: impl Iterator<Item = &'a Row>, now: Timestamp) -> Option<&'a Row> {
    key::signing(rows.map(|row| (row, row.since())), now)
}

/// The component of a key that nobody made one for. Its id is always the same. Of such keys the youngest may sign; it
/// goes before those of administrators that were there when the rotation made it.
fn untouched((realm, now): (RealmId, Timestamp), row: &Row, (rows, kept): (&[Row], &[Component])) -> Component {
    let sort = row.sort();
    let component_of = |row: &Row| kept.iter().find(|component| component.value(KID) == Some(row.kid()));
    let alike = || rows.iter().filter(|other| other.sort() == sort);
    let signs = signer(alike().filter(|other| component_of(other).is_none()), now);
    let before = alike()
        .filter(|other| other.published() < row.published())
        .filter_map(component_of);
    let priority = before.map(Component::priority).fold(USUAL_PRIORITY, i64::max);
    let fields = [
        (KID, row.kid().to_owned()),
        ("priority", priority.to_string()),
        ("enabled", "true".to_owned()),
        (
            "active",
            signs.is_some_and(|signs| signs.kid() == row.kid()).to_string(),
        ),
        ("algorithm", sort.algorithm().to_owned()),
    ];
    Component {
        id: DocumentId(derived("key component", &format!("{realm}|{}", row.kid()))),
        name: sort.name(),
        provider: sort.provider().to_owned(),
        provider_type: KEY_PROVIDER.to_owned(),
        parent: realm.to_string(),
        sub_type: None,
        config: fields.map(|(name, value)| (name.to_owned(), vec![value])).into(),
    }
}

/// The key that a row is the component of, if it is one: an administrator keeps it, and it goes when they remove it.
pub(crate) fn kept_by(document: &Document) -> Option<String> {
    let component = Component::of(document);
    component.value(KID).filter(|_| component.is_key()).map(str::to_owned)
}
