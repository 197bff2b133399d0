//! A person at a browser without scripts: follows redirects, keeps cookies, fills in the login form.

use std::collections::BTreeMap;

use oauth2::reqwest::blocking::{Client as Http, Response};
use oauth2::reqwest::redirect::Policy;
use oauth2::url::Url;

/// Where the applications of these tests take their answers.
pub const REDIRECT_URI: &str = "http://127.0.0.1:8123/callback";

/// The person and their browser.
pub struct Person {
    http: Http,
    cookies: BTreeMap<String, String>,
}

impl Default for Person {
    fn default() -> Self {
        let http = Http::builder().redirect(Policy::none()).build().unwrap();
        let cookies = BTreeMap::new();
        Self { http, cookies }
    }
}

impl Person {
    /// Opens a URL, logs in where a login form comes, and gives what the application is told.
    pub fn visit(&mut self, url: &Url) -> BTreeMap<String, String> {
        let mut url = url.clone();
        let mut form = None;
        for _ in 0..10 {
            let response = self.send(&url, form.take());
            if let Some(location) = response.headers().get("location") {
                url = url.join(location.to_str().unwrap()).unwrap();
                if url.as_str().starts_with(REDIRECT_URI) {
                    return url.query_pairs().into_owned().collect();
                }
                continue;
            }
            let page = response.text().unwrap();
            let (_, rest) = page.split_once(r#"<form id="kc-form-login""#).expect("a login form");
            let (opening, rest) = rest.split_once('>').unwrap();
            url = url.join(&attribute(opening, "action").unwrap()).unwrap();
            let mut fields = hidden(rest.split_once("</form>").unwrap().0);
            fields.push(("username".into(), "alice".into()));
            fields.push(("password".into(), std::env::var("KEYWARD_ALICE_PASSWORD").unwrap()));
            form = Some(fields);
        }
        panic!("too many steps")
    }

    fn send(&mut self, url: &Url, form: Option<Vec<(String, String)>>) -> Response {
        let request = match form {
            Some(fields) => self.http.post(url.clone()).form(&fields),
            None => self.http.get(url.clone()),
        };
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let response = request.header("cookie", cookies.join("; ")).send().unwrap();
        for cookie in response.headers().get_all("set-cookie") {
            let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        response
    }
}

fn hidden(form: &str) -> Vec<(String, String)> {
    form.split(r#"<input type="hidden""#)
        .skip(1)
        .map(|field| (attribute(field, "name").unwrap(), attribute(field, "value").unwrap()))
        .collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    Some(rest.split_once('"')?.0.replace("&#x2F;", "/").replace("&amp;", "&"))
}
