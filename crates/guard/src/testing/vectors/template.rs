//! From what a vector says to what is sent.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, StatusCode};
use keyward_client::UnixMillis;
use serde_json::{Map, Value};

use super::{Cast, Reply, Request, RequestTemplate, Said, Template, Vector, World};
use crate::testing::Token;

/// What is known while one vector is played.
pub(super) struct Scene<'s> {
    pub(super) cast: &'s Cast,
    pub(super) world: &'s dyn World,
    /// The vector's beginning.
    pub(super) now: UnixMillis,
    values: BTreeMap<String, String>,
}

impl<'s> Scene<'s> {
    /// Signs the tokens of a vector.
    pub(super) fn new(vector: &Vector, cast: &'s Cast, world: &'s dyn World, now: UnixMillis) -> Result<Self, String> {
        let mut scene = Self {
            cast,
            world,
            now,
            values: BTreeMap::from([("name".to_owned(), vector.name.clone())]),
        };
        let first = vector.token.iter().map(|token| ("token", token));
        let further = vector.tokens.iter().map(|(name, token)| (name.as_str(), token));
        for (name, template) in first.chain(further) {
            let token = scene.token(template)?;
            scene.values.insert(name.to_owned(), token);
        }
        Ok(scene)
    }

    /// A token of the vector.
    pub(super) fn signed(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Signs a token.
    pub(super) fn token(&self, template: &Template) -> Result<String, String> {
        if let Some(literal) = &template.literal {
            return self.text(literal);
        }
        let unknown = || format!("no `{}` in the cast", template.issuer);
        let role = self.cast.role(&template.issuer).ok_or_else(unknown)?;
        let url = self.text(&role.url)?;
        let scene = self.with("iss", &url);
        let mut token = role.token(&url, template.key, template.algorithm, self.now);
        token = if template.bare {
            let claims = scene.value(&Value::from(template.claims.clone()))?;
            token.payload(&claims.to_string())
        } else {
            let name = self.signed("name").unwrap_or_default();
            token = scene.claims(token.claim("jti", name), &role.claims)?;
            scene.claims(token, &template.claims)?
        };
        for (name, value) in &template.header {
            token = match value {
                Value::Null => token.without_header(name),
                value => token.header(name, scene.value(value)?),
            };
        }
        token = token
            .header_tail(&scene.text(&template.header_tail)?)
            .claims_tail(&scene.text(&template.claims_tail)?);
        if let Some(payload) = &template.payload {
            token = token.payload(&scene.text(payload)?);
        }
        let token = template
            .mutate
            .iter()
            .fold(token, |token, mutation| token.mutate(*mutation));
        Ok(token.sign())
    }

    /// A request, `after` the beginning.
    pub(super) fn request(&self, written: &RequestTemplate, after: Duration) -> Result<Request, String> {
        let usual = || match self.signed("token") {
            Some(_) => vec![("authorization".to_owned(), "Bearer {{token}}".to_owned())],
            None => Vec::new(),
        };
        let headers = written.headers.clone().unwrap_or_else(usual);
        let headers = headers.iter().map(|(name, value)| {
            let wrong = || format!("`{name}` is no header field");
            let value = HeaderValue::from_bytes(self.text(value)?.as_bytes()).map_err(|_| wrong())?;
            Ok((HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?, value))
        });
        Ok(Request {
            method: Method::from_bytes(written.method.as_bytes()).map_err(|error| error.to_string())?,
            target: self.text(&written.target)?,
            host: written.host.as_ref().map(|host| self.text(host)).transpose()?,
            headers: headers.collect::<Result<_, String>>()?,
            peer: written.peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            now: self.now.plus(after),
            raw: written.raw.as_ref().map(|raw| self.text(raw)).transpose()?,
        })
    }

    /// What an issuer says.
    pub(super) fn said(&self, reply: &Reply) -> Result<Said, String> {
        let body = match (&reply.signed, &reply.text) {
            (Some(template), _) => self.token(template)?,
            (None, Some(text)) => self.text(text)?,
            (None, None) => self.value(&reply.json)?.to_string(),
        };
        Ok(Said {
            status: StatusCode::from_u16(reply.status).map_err(|error| error.to_string())?,
            media_type: reply.media_type.clone(),
            body,
            delay: Duration::from_millis(reply.delay),
        })
    }

    /// A text with everything filled in.
    pub(super) fn text(&self, text: &str) -> Result<String, String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after
                .split_once("}}")
                .ok_or_else(|| format!("`{{{{` is not closed in `{text}`"))?;
            out.push_str(before);
            out.push_str(
                &self
                    .filled(name)
                    .ok_or_else(|| format!("nobody knows what {{{{{name}}}}} is"))?,
            );
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    fn filled(&self, name: &str) -> Option<String> {
        if let Some(known) = self.values.get(name) {
            return Some(known.clone());
        }
        if let Some(instant) = self.instant(name) {
            return Some(instant.to_string());
        }
        if let Some((text, times)) = name.rsplit_once('*')
            && let Ok(times) = times.parse::<usize>()
        {
            return Some(if text == "members" {
                members(times)
            } else {
                text.repeat(times)
            });
        }
        self.world.value(name)
    }

    /// `now+300` or `now-31`.
    fn instant(&self, text: &str) -> Option<i64> {
        let by = text.strip_prefix("now")?;
        let by: i64 = if by.is_empty() { 0 } else { by.parse().ok()? };
        i64::try_from(self.now.secs()).ok().map(|now| now.saturating_add(by))
    }

    fn value(&self, value: &Value) -> Result<Value, String> {
        Ok(match value {
            Value::String(text) => match text.strip_prefix("text:") {
                Some(text) => self
                    .instant(text)
                    .map_or_else(|| Value::from(text), |at| at.to_string().into()),
                None => match self.instant(text) {
                    Some(at) => at.into(),
                    None => self.text(text)?.into(),
                },
            },
            Value::Array(elements) => elements
                .iter()
                .map(|element| self.value(element))
                .collect::<Result<_, _>>()?,
            Value::Object(members) => {
                let filled = members
                    .iter()
                    .map(|(name, value)| Ok((self.text(name)?, self.value(value)?)));
                Value::Object(filled.collect::<Result<_, String>>()?)
            }
            other => other.clone(),
        })
    }

    fn claims(&self, mut token: Token, claims: &Map<String, Value>) -> Result<Token, String> {
        for (name, value) in claims {
            token = match value {
                Value::Null => token.without(name),
                value => token.claim(name, self.value(value)?),
            };
        }
        Ok(token)
    }

    fn with(&self, name: &str, value: &str) -> Self {
        let mut values = self.values.clone();
        values.insert(name.to_owned(), value.to_owned());
        Self { values, ..*self }
    }
}

fn members(count: usize) -> String {
    (0..count).fold(String::new(), |mut text, index| {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(text, "{comma}\"m{index}\":0");
        text
    })
}
