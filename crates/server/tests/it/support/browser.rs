//! A browser as far as the server can tell: it keeps cookies, posts the forms of pages, and follows nothing by itself.

use std::collections::BTreeMap;

use super::http::encode;
use super::{Node, Request, Response};

/// A browser with its cookies.
#[derive(Clone)]
pub(crate) struct Browser<'n> {
    node: &'n Node,
    cookies: BTreeMap<String, String>,
    headers: Vec<(String, String)>,
}

impl<'n> Browser<'n> {
    pub(crate) fn new(node: &'n Node) -> Self {
        Self {
            node,
            cookies: BTreeMap::new(),
            headers: Vec::new(),
        }
    }

    /// The same browser at another node.
    pub(crate) fn at(&self, node: &'n Node) -> Self {
        Self { node, ..self.clone() }
    }

    /// Sends a header with every request.
    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) async fn get(&mut self, url: &str) -> Response {
        let request = Request::get(&self.path(url));
        self.send(request).await
    }

    pub(crate) async fn post(&mut self, url: &str, form: &[(&str, &str)]) -> Response {
        let request = Request::post(&self.path(url)).form(form);
        self.send(request).await
    }

    /// Posts the form of a page, with its hidden fields and `fields`.
    pub(crate) async fn submit(&mut self, page: &Response, fields: &[(&str, &str)]) -> Response {
        let form = Form::of(page);
        let hidden: Vec<(&str, &str)> = form.hidden.iter().map(|(name, value)| (&**name, &**value)).collect();
        self.post(&form.action, &[hidden.as_slice(), fields].concat()).await
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub(crate) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.into(), value.into());
    }

    pub(crate) fn forget_cookies(&mut self) {
        self.cookies.clear();
    }

    fn path(&self, url: &str) -> String {
        url.strip_prefix(self.node.public_url()).unwrap_or(url).to_owned()
    }

    async fn send(&mut self, mut request: Request) -> Response {
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header("Cookie", &pairs.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = request.send(self.node).await;
        for (_, line) in response.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
        response
    }
}

/// The form of a page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) hidden: Vec<(String, String)>,
}

impl Form {
    /// The first form of a page.
    pub(crate) fn of(page: &Response) -> Self {
        let html = page.text();
        let start = html.find("<form").unwrap_or_else(|| panic!("no form: {page:?}"));
        let form = &html[start..start + html[start..].find("</form>").unwrap()];
        let hidden = form
            .split("<input")
            .skip(1)
            .filter_map(|input| {
                let input = &input[..input.find('>')?];
                (attribute(input, "type").as_deref() == Some("hidden")).then_some(())?;
                Some((attribute(input, "name")?, attribute(input, "value")?))
            })
            .collect();
        Self {
            action: attribute(&form[..form.find('>').unwrap()], "action").unwrap(),
            hidden,
        }
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let end = tag[start..].find('"')?;
    Some(unescape(&tag[start..start + end]))
}

/// Turns the entities of a page into characters.
pub(crate) fn unescape(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2f;", "/"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (entity, character)| {
        text.replace(entity, character)
    })
}

/// The parameters of a redirect's query or fragment, decoded, in their order.
pub(crate) fn parameters(location: &str) -> Vec<(String, String)> {
    let (_, query) = location.split_once(['?', '#']).unwrap_or((location, ""));
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

/// A parameter of a redirect.
pub(crate) fn parameter(location: &str, name: &str) -> Option<String> {
    let found = parameters(location).into_iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value)
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}

/// A path with a query of encoded pairs.
pub(crate) fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    format!("{path}?{}", pairs.join("&"))
}
