//! A person's browser: it keeps cookies and posts the forms of pages.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::{Answer, Realm, get, post};

/// RFC 7636 §B
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A browser with its cookies.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    pub(crate) cookies: BTreeMap<String, String>,
}

/// An application in the browser: a public client.
#[derive(Clone, Copy)]
pub(crate) struct Application {
    pub(crate) client_id: &'static str,
    pub(crate) redirect_uri: &'static str,
}

impl Browser {
    pub(crate) fn get(&mut self, address: SocketAddr, path: &str) -> Answer {
        let cookies = self.header();
        let answer = get(address, path, &[("cookie", &cookies), ("accept", "text/html")]);
        self.keep(answer)
    }

    /// Posts the form of a page with `fields`; its hidden fields come first.
    pub(crate) fn submit(&mut self, address: SocketAddr, page: &Answer, fields: &str) -> Answer {
        let (action, hidden) = form(page);
        let cookies = self.header();
        let body = format!("{hidden}{fields}");
        let answer = post(
            address,
            &action,
            &[("cookie", &cookies), ("accept", "text/html")],
            &body,
        );
        self.keep(answer)
    }

    /// Asks for a login.
    pub(crate) fn login_page(&mut self, realm: &Realm, application: Application) -> Answer {
        let Application {
            client_id,
            redirect_uri,
        } = application;
        let query = format!(
            "client_id={client_id}&redirect_uri={redirect_uri}&response_type=code&scope=openid+profile&state=any&\
             code_challenge={CHALLENGE}&code_challenge_method=S256"
        );
        self.get(realm.address, &format!("{}?{query}", realm.path("auth")))
    }

    /// Logs in at the address that a program on this machine printed, and goes back to that program.
    #[track_caller]
    pub(crate) fn log_in_for_program(&mut self, url: &str, username: &str, password: &str) {
        let (address, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let address = address.parse().unwrap();
        let page = self.get(address, &format!("/{path}"));
        let fields = format!("username={username}&password={}", password.replace(' ', "+"));
        let answer = self.submit(address, &page, &fields);
        let back = answer.header("location").unwrap_or_else(|| panic!("{answer:?}"));
        let (to, path) = back.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let shown = get(to.parse().unwrap(), &format!("/{path}"), &[("host", to)]);
        assert_eq!(shown.status, 200);
    }

    fn header(&self) -> String {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, answer: Answer) -> Answer {
        for line in answer.headers("set-cookie") {
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

/// The code of a redirect.
#[track_caller]
pub(crate) fn code(answer: &Answer) -> String {
    let location = answer.header("location").unwrap_or_else(|| panic!("{answer:?}"));
    let (_, rest) = location
        .split_once("code=")
        .unwrap_or_else(|| panic!("no code in {location}"));
    rest.split('&').next().unwrap().to_owned()
}

/// The form that redeems a code.
pub(crate) fn redeem(application: Application, code: &str) -> String {
    let Application {
        client_id,
        redirect_uri,
    } = application;
    format!(
        "grant_type=authorization_code&client_id={client_id}&redirect_uri={redirect_uri}&code={code}&\
         code_verifier={VERIFIER}"
    )
}

/// Path and hidden fields of the first form of a page.
pub(crate) fn form(page: &Answer) -> (String, String) {
    let html = &page.body;
    let start = html.find("<form").unwrap_or_else(|| panic!("no form: {page:?}"));
    let form = &html[start..start + html[start..].find("</form>").unwrap()];
    let action = attribute(form, "action").unwrap();
    let path = action.split_once("://").map_or(action.as_str(), |(_, rest)| {
        rest.find('/').map_or("/", |at| &rest[at..])
    });
    let inputs = form.split("<input").skip(1).filter_map(|input| {
        let input = &input[..input.find('>')?];
        (attribute(input, "type").as_deref() == Some("hidden")).then_some(())?;
        // What is sealed is base64url and needs no encoding.
        Some(format!("{}={}&", attribute(input, "name")?, attribute(input, "value")?))
    });
    (path.to_owned(), inputs.collect())
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(value.replace("&#x2f;", "/").replace("&amp;", "&"))
}
