use crate::Failure;
use crate::application::{self, Application};
use crate::caller::{Caller, Progress};
use crate::connection::{Answer, Connection};

/// Gets a code by the cookie of a session, and redeems it.
pub(crate) struct CodeFlow {
    application: Application,
    authorize: Vec<u8>,
    /// There once a code is.
    redeem: Option<Vec<u8>>,
}

/// What a flow gave.
pub(crate) struct Given {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

impl CodeFlow {
    /// `session` is the line of the `Cookie` header.
    pub(crate) fn new(application: &Application, session: &str) -> Self {
        Self {
            application: application.clone(),
            authorize: application.authorize_silently(session),
            redeem: None,
        }
    }

    /// Does it once, outside of a load.
    pub(crate) async fn once(mut self, connection: &mut Connection) -> Result<Given, Failure> {
        loop {
            let answer = connection.exchange(self.request()).await?;
            if self.take(&answer)? == Progress::Whole {
                let tokens = application::tokens(&answer)?;
                return Ok(Given {
                    access_token: tokens.access.to_owned(),
                    refresh_token: tokens.refresh.to_owned(),
                });
            }
        }
    }
}

impl Caller for CodeFlow {
    fn request(&self) -> &[u8] {
        self.redeem.as_ref().unwrap_or(&self.authorize)
    }

    fn take(&mut self, answer: &Answer<'_>) -> Result<Progress, Failure> {
        if self.redeem.take().is_some() {
            application::tokens(answer)?;
            return Ok(Progress::Whole);
        }
        self.redeem = Some(self.application.redeem(application::code(answer)?));
        Ok(Progress::Further)
    }
}
