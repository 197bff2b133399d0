//! Parameters of a form body or a query string.

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

use crate::error::ErrorCode;
use crate::form::{self, FormError};

/// The longest body or query string that is read, in bytes.
pub const MAX_FORM_BYTES: usize = 64 * 1024;
/// The most `name=value` pairs in one request.
pub const MAX_PAIRS: usize = 100;
/// The longest value of an ordinary parameter, and the longest name, in bytes after decoding.
pub const MAX_PARAMETER_BYTES: usize = 4 * 1024;
/// The longest value of a parameter that carries a token, in bytes after decoding.
pub const MAX_TOKEN_BYTES: usize = 20 * 1024;

/// The parameters of one request, each name once, empty values left out.
///
/// A parameter without a value counts as absent, unknown ones are kept and never looked at. `resource` and
/// `audience` may repeat (RFC 8707 §2, RFC 8693 §2.1), nothing else. RFC 6749 §3.2
#[derive(Clone, Default)]
pub struct Params<'a> {
    pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// Why the parameters of a request were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ParamsError {
    /// The whole is longer than [`MAX_FORM_BYTES`].
    #[error("form longer than {MAX_FORM_BYTES} bytes")]
    TooLarge,
    /// There are more than [`MAX_PAIRS`] pairs.
    #[error("more than {MAX_PAIRS} parameters")]
    TooManyPairs,
    /// One name or value is longer than its bound.
    #[error("parameter too long")]
    ParameterTooLong,
    /// A `%` is not followed by two hexadecimal digits.
    #[error("broken percent escape")]
    BrokenEscape,
    /// Bytes are not UTF-8.
    #[error("not UTF-8")]
    BrokenUtf8,
    /// A NUL character.
    #[error("NUL character")]
    Nul,
    /// A parameter was sent twice. RFC 6749 §3.2
    #[error("duplicated parameter")]
    Duplicate,
}

impl ParamsError {
    /// What the client is told; always `invalid_request`.
    pub const fn code(self) -> ErrorCode {
        ErrorCode::InvalidRequest
    }

    /// The public `error_description`.
    pub const fn description(self) -> &'static str {
        match self {
            Self::TooLarge | Self::TooManyPairs => "request too large",
            Self::ParameterTooLong => "parameter too long",
            Self::BrokenEscape | Self::BrokenUtf8 | Self::Nul => "malformed parameter",
            Self::Duplicate => "duplicated parameter",
        }
    }
}

impl<'a> Params<'a> {
    /// Parses an `application/x-www-form-urlencoded` body. RFC 6749 §B
    ///
    /// # Errors
    /// [`ParamsError`], the first fault that is met.
    pub fn parse_form(body: &'a [u8]) -> Result<Self, ParamsError> {
        if body.len() > MAX_FORM_BYTES {
            return Err(ParamsError::TooLarge);
        }
        Self::parse_query(str::from_utf8(body).map_err(|_| ParamsError::BrokenUtf8)?)
    }

    /// Parses a query string, without its `?`.
    ///
    /// # Errors
    /// [`ParamsError`], the first fault that is met.
    pub fn parse_query(query: &'a str) -> Result<Self, ParamsError> {
        if query.len() > MAX_FORM_BYTES {
            return Err(ParamsError::TooLarge);
        }
        let mut params = Self {
            pairs: Vec::with_capacity(8),
        };
        for (index, pair) in query.split('&').filter(|pair| !pair.is_empty()).enumerate() {
            if index == MAX_PAIRS {
                return Err(ParamsError::TooManyPairs);
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            params.add(form::decode(name)?, form::decode(value)?)?;
        }
        Ok(params)
    }

    /// The value of a parameter, the first one where it may repeat.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All values of a parameter that may repeat, in the order of the request.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.pairs
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| &**value)
    }

    fn add(&mut self, name: Cow<'a, str>, value: Cow<'a, str>) -> Result<(), ParamsError> {
        if name.len() > MAX_PARAMETER_BYTES || value.len() > longest_value(&name) {
            return Err(ParamsError::ParameterTooLong);
        }
        if value.is_empty() {
            return Ok(());
        }
        if !may_repeat(&name) && self.get(&name).is_some() {
            return Err(ParamsError::Duplicate);
        }
        self.pairs.push((name, value));
        Ok(())
    }
}

/// Values are secrets, and a client in error may send one as a name: only the count is shown.
impl fmt::Debug for Params<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Params")
            .field("count", &self.pairs.len())
            .finish_non_exhaustive()
    }
}

impl From<FormError> for ParamsError {
    fn from(error: FormError) -> Self {
        match error {
            FormError::Escape => Self::BrokenEscape,
            FormError::Utf8 => Self::BrokenUtf8,
            FormError::Nul => Self::Nul,
        }
    }
}

fn longest_value(name: &str) -> usize {
    match name {
        // The last two are fields of our own pages: a request of many long parameters, sealed.
        "token" | "client_assertion" | "assertion" | "subject_token" | "actor_token" | "refresh_token"
        | "access_token" | "id_token_hint" | "code" | "request" | "interaction" | "logout" => MAX_TOKEN_BYTES,
        _ => MAX_PARAMETER_BYTES,
    }
}

fn may_repeat(name: &str) -> bool {
    matches!(name, "resource" | "audience")
}

#[cfg(test)]
mod tests;
