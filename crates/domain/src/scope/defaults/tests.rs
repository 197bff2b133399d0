use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::{DEFAULT, KEYCLOAK_DEFAULT, KEYCLOAK_OPTIONAL, OPTIONAL, keycloak, standard};
use crate::entropy::Entropy;
use crate::scope::{Mapper, ScopeSettings};

/// Counts upwards, so that no two ids are the same.
struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0 += 1;
        bytes.fill(self.0);
    }
}

#[test]
fn every_scope_survives_storage() {
    for (name, settings) in standard(&mut Counting(0)).into_iter().chain(keycloak(&mut Counting(0))) {
        let text = serde_json::to_string(&settings).unwrap();
        assert_eq!(
            serde_json::from_str::<ScopeSettings>(&text).unwrap(),
            settings,
            "{name}"
        );
    }
}

#[test]
fn every_mapper_of_ours_is_understood_and_has_an_id_of_its_own() {
    let scopes = standard(&mut Counting(0));
    let rows: Vec<_> = scopes.iter().flat_map(|(_, settings)| &settings.mappers).collect();
    assert!(rows.iter().all(|row| Mapper::parse(row).is_some()));
    let ids: BTreeSet<_> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), rows.len());
    let names: Vec<&str> = scopes.iter().map(|(name, _)| *name).collect();
    assert!(DEFAULT.iter().chain(&OPTIONAL).all(|name| names.contains(name)));
    assert_eq!(names.len(), DEFAULT.len() + OPTIONAL.len());
}

#[test]
fn keycloaks_scopes_are_those_of_its_export() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../interop/differential/recorded/realm-export.json"
    );
    let export: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let ours = keycloak(&mut Counting(0));
    let theirs = export["clientScopes"].as_array().unwrap();
    // What the recorded realm has of its own.
    let own = ["orders:read", "orders:write", "everything", "tenant"];
    let theirs: Vec<&Value> = theirs
        .iter()
        .filter(|scope| !own.contains(&scope["name"].as_str().unwrap()))
        .collect();
    assert_eq!(theirs.len(), ours.len());
    for (name, settings) in &ours {
        let scope = theirs.iter().find(|scope| scope["name"] == *name).unwrap();
        assert_eq!(scope["description"], settings.description);
        assert_eq!(scope["protocol"], settings.protocol);
        assert_eq!(
            scope["attributes"],
            serde_json::to_value(&settings.attributes).unwrap(),
            "{name}"
        );
        let by_name = |mappers: &Value| {
            let mut mappers: Vec<Value> = mappers.as_array().cloned().unwrap_or_default();
            for mapper in &mut mappers {
                mapper.as_object_mut().unwrap().remove("id");
            }
            mappers.sort_by_key(|mapper| mapper["name"].to_string());
            mappers
        };
        assert_eq!(
            by_name(&scope["protocolMappers"]),
            by_name(&serde_json::to_value(&settings.mappers).unwrap()),
            "{name}"
        );
    }
    let named = |member: &str| -> BTreeSet<String> {
        let names = export[member].as_array().unwrap().iter();
        let names = names.map(|name| name.as_str().unwrap().to_owned());
        names.filter(|name| !own.contains(&name.as_str())).collect()
    };
    let ours = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(named("defaultDefaultClientScopes"), ours(&KEYCLOAK_DEFAULT));
    assert_eq!(named("defaultOptionalClientScopes"), ours(&KEYCLOAK_OPTIONAL));
}
