use crate::Failure;
use crate::application::{self, Application};
use crate::caller::{Caller, Progress};
use crate::connection::Answer;

/// Renews its tokens with the refresh token that came last.
pub(crate) struct Refresh {
    application: Application,
    request: Vec<u8>,
}

impl Refresh {
    pub(crate) fn new(application: &Application, refresh_token: &str) -> Self {
        Self {
            application: application.clone(),
            request: application.refresh(refresh_token),
        }
    }
}

impl Caller for Refresh {
    fn request(&self) -> &[u8] {
        &self.request
    }

    fn take(&mut self, answer: &Answer<'_>) -> Result<Progress, Failure> {
        let next = self.application.refresh(application::tokens(answer)?.refresh);
        if next == self.request {
            return Err("a refresh token did not rotate".into());
        }
        self.request = next;
        Ok(Progress::Whole)
    }
}
