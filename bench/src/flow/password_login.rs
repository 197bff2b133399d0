use crate::Failure;
use crate::application::{self, Application};
use crate::caller::{Caller, Progress};
use crate::connection::Answer;
use crate::request;

/// Logs in again and again, each time in a browser that knows nothing: the page, its form, the tokens.
pub(crate) struct PasswordLogin {
    application: Application,
    person: Person,
    request: Vec<u8>,
    awaited: Awaited,
}

/// Who logs in.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) username: String,
    pub(crate) password: String,
}

#[derive(Clone, Copy)]
enum Awaited {
    Page,
    Code,
    Tokens,
}

impl PasswordLogin {
    pub(crate) fn new(application: &Application, person: &Person) -> Self {
        Self {
            application: application.clone(),
            person: person.clone(),
            request: application.authorize(),
            awaited: Awaited::Page,
        }
    }

    /// The request with the form of a login page.
    fn form(&self, page: &Answer<'_>) -> Result<Vec<u8>, Failure> {
        let server = self.application.server();
        let html = std::str::from_utf8(page.ok()?)?;
        let path = action(html)
            .and_then(|url| url.strip_prefix("http://")?.strip_prefix(server.to_string().as_str()))
            .ok_or_else(|| page.unexpected())?;
        let cookies: Vec<&str> = page
            .header("set-cookie")
            .filter_map(|cookie| cookie.split(';').next())
            .collect();
        let fields = [
            ("username", self.person.username.as_str()),
            ("password", self.person.password.as_str()),
        ];
        Ok(request::post(server, path, &fields, &[("Cookie", &cookies.join("; "))]))
    }
}

impl Caller for PasswordLogin {
    fn request(&self) -> &[u8] {
        &self.request
    }

    fn take(&mut self, answer: &Answer<'_>) -> Result<Progress, Failure> {
        let progress = match self.awaited {
            Awaited::Page => {
                self.request = self.form(answer)?;
                self.awaited = Awaited::Code;
                Progress::Further
            }
            Awaited::Code => {
                self.request = self.application.redeem(application::code(answer)?);
                self.awaited = Awaited::Tokens;
                Progress::Further
            }
            Awaited::Tokens => {
                application::tokens(answer)?;
                self.request = self.application.authorize();
                self.awaited = Awaited::Page;
                Progress::Whole
            }
        };
        Ok(progress)
    }
}

/// The address of a page's form.
fn action(html: &str) -> Option<&str> {
    let (_, form) = html.split_once("<form id=\"kc-form-login\"")?;
    let (_, rest) = form.split_once(" action=\"")?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::action;

    #[test]
    fn finds_the_form() {
        let html = r#"<form action="/other"></form> <form id="kc-form-login" method="post" action="http://a/b?c=d">"#;
        assert_eq!(action(html), Some("http://a/b?c=d"));
        assert_eq!(action("<form>"), None);
    }
}
