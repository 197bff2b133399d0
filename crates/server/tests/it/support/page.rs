//! What a test reads from a page.

use super::Response;
use super::browser::unescape;

/// What every page carries beside its policy and its language.
const PAGE: [(&str, &str); 7] = [
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "no-store"),
    ("pragma", "no-cache"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("x-robots-tag", "none"),
];

impl Response {
    /// A page: its status, its heading, and the headers that keep it from being framed, cached or scripted.
    #[track_caller]
    pub(crate) fn assert_page(&self, status: u16, heading: &str) {
        assert_eq!((self.status, self.heading().as_str()), (status, heading), "{self:?}");
        for (name, value) in PAGE {
            assert_eq!(self.header(name), Some(value), "{name}");
        }
        let policy = self.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(policy.ends_with("base-uri 'none'; frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(self.header("access-control-allow-origin"), None);
        assert_eq!(self.header("location"), None);
    }

    /// The login page, with or without an error in it.
    #[track_caller]
    pub(crate) fn assert_login(&self) {
        self.assert_page(200, "Sign in to demo");
    }

    /// The text of the page's heading.
    pub(crate) fn heading(&self) -> String {
        self.between("<h1 id=\"kc-page-title\">", "</h1>")
            .unwrap_or_else(|| panic!("no heading: {self:?}"))
    }

    /// What the page says was wrong with the form.
    pub(crate) fn input_error(&self) -> Option<String> {
        let line = self.between("id=\"input-error\" role=\"alert\">", "</p>")?;
        let (_, text) = line.rsplit_once("<span>")?;
        Some(text.replace("</span>", ""))
    }

    /// The notice above the form.
    pub(crate) fn notice(&self) -> Option<String> {
        let line = self.between("role=\"status\"><svg", "</div>")?;
        let (_, text) = line.rsplit_once("<p>")?;
        Some(text.replace("</p>", ""))
    }

    /// The value of the field for the user name.
    pub(crate) fn username_field(&self) -> Option<String> {
        self.between("<input id=\"username\" name=\"username\" type=\"text\" value=\"", "\"")
    }

    /// The page without what chance put into it: two pages that are the same to whoever sees them are equal.
    pub(crate) fn without_chance(&self) -> String {
        let mut pieces = self.text().split("interaction=");
        let mut text = pieces.next().unwrap().to_owned();
        for piece in pieces {
            text.push_str("interaction=");
            text.push_str(piece.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
        }
        text
    }

    /// The lines that set cookies.
    pub(crate) fn cookies_set(&self) -> Vec<&str> {
        let lines = self.headers.iter().filter(|(name, _)| name == "set-cookie");
        lines.map(|(_, line)| line.as_str()).collect()
    }

    fn between(&self, start: &str, end: &str) -> Option<String> {
        let (_, rest) = self.text().split_once(start)?;
        let (found, _) = rest.split_once(end)?;
        Some(unescape(found))
    }
}
