use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::administrator::Administrator;
use crate::Failure;
use crate::caller::{Caller, Progress};
use crate::connection::Answer;

/// Makes one thing after the other, each of another name.
pub(super) struct Create {
    administrator: Administrator,
    path: &'static str,
    body: fn(usize) -> Value,
    made: Arc<AtomicUsize>,
    request: Vec<u8>,
}

impl Create {
    /// Users.
    pub(super) fn user(administrator: &Administrator, made: &Arc<AtomicUsize>) -> Self {
        Self::new(administrator, "/realms/demo/users", made, |number| {
            json!({
                "username": format!("new.{number:06}"), "enabled": true, "email": format!("new.{number:06}@example.com"),
                "firstName": "Nora", "lastName": "New", "emailVerified": true,
            })
        })
    }

    /// Clients.
    pub(super) fn client(administrator: &Administrator, made: &Arc<AtomicUsize>) -> Self {
        Self::new(administrator, "/realms/demo/clients", made, |number| {
            json!({
                "clientId": format!("new-{number:06}"), "secret": format!("a secret of {number:06}"),
                "serviceAccountsEnabled": true, "standardFlowEnabled": true,
                "redirectUris": ["https://app.example.com/callback"],
            })
        })
    }

    fn new(
        administrator: &Administrator,
        path: &'static str,
        made: &Arc<AtomicUsize>,
        body: fn(usize) -> Value,
    ) -> Self {
        let mut create = Self {
            administrator: administrator.clone(),
            path,
            body,
            made: Arc::clone(made),
            request: Vec::new(),
        };
        create.advance();
        create
    }

    fn advance(&mut self) {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        self.request = self.administrator.send("POST", self.path, &(self.body)(number));
    }
}

impl Caller for Create {
    fn request(&self) -> &[u8] {
        &self.request
    }

    fn take(&mut self, answer: &Answer<'_>) -> Result<Progress, Failure> {
        answer.expect(201)?;
        self.advance();
        Ok(Progress::Whole)
    }
}

/// Gives a role to one user and takes it again.
pub(super) struct MapRole {
    add: Vec<u8>,
    remove: Vec<u8>,
    has_it: bool,
}

impl MapRole {
    /// `user` is their id.
    pub(super) fn new(administrator: &Administrator, user: &str, role: &Value) -> Self {
        let path = format!("/realms/demo/users/{user}/role-mappings/realm");
        let roles = json!([role]);
        Self {
            add: administrator.send("POST", &path, &roles),
            remove: administrator.send("DELETE", &path, &roles),
            has_it: false,
        }
    }
}

impl Caller for MapRole {
    fn request(&self) -> &[u8] {
        if self.has_it { &self.remove } else { &self.add }
    }

    fn take(&mut self, answer: &Answer<'_>) -> Result<Progress, Failure> {
        answer.expect(204)?;
        self.has_it = !self.has_it;
        Ok(if self.has_it {
            Progress::Further
        } else {
            Progress::Whole
        })
    }
}
