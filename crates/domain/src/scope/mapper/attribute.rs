//! A claim from an attribute of the user, or of the groups that they are in.

use serde_json::Value;

use super::{ClaimPath, Config, Form};
use crate::policy::claims::{Membership, Subject};

/// A claim from an attribute.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct UserAttribute {
    pub(crate) path: ClaimPath,
    attribute: String,
    pub(crate) form: Form,
    /// Whether what the groups say is added to what the user says; else groups are asked when the user says nothing.
    aggregate: bool,
}

impl UserAttribute {
    pub(super) fn parse(config: Config<'_>) -> Option<Self> {
        Some(Self {
            path: ClaimPath::parse(config.text("claim.name")?)?,
            attribute: config.text("user.attribute")?.to_owned(),
            form: Form::parse(config),
            aggregate: config.is_true("aggregate.attrs"),
        })
    }

    pub(crate) fn value(&self, subject: &Subject) -> Option<Value> {
        let own = subject.attribute(&self.attribute);
        if !self.aggregate {
            return match own.as_slice() {
                [] => self.form.of_texts(first_of_groups(&subject.groups, &self.attribute)),
                _ => self.form.of_texts(own),
            };
        }
        let mut all: Vec<&str> = Vec::new();
        let of_groups = subject
            .groups
            .iter()
            .flat_map(|group| group.and_above())
            .flat_map(|group| group.attribute(&self.attribute));
        for text in own.into_iter().chain(of_groups) {
            if !all.contains(&text) {
                all.push(text);
            }
        }
        self.form.of_texts(all)
    }
}

/// What the first group says that says something, or what is above it.
fn first_of_groups<'s>(groups: &'s [std::sync::Arc<Membership>], name: &str) -> impl Iterator<Item = &'s str> {
    groups
        .iter()
        .flat_map(|group| group.and_above())
        .find(|group| group.attribute(name).next().is_some())
        .into_iter()
        .flat_map(move |group| group.attribute(name))
}
