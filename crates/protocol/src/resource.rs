//! `resource`. RFC 8707 §2

use thiserror::Error;

use crate::params::Params;

/// A `resource` is not an absolute URI without fragment. RFC 8707 §2
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("resource is not an absolute URI without fragment")]
pub struct InvalidResource;

/// Every `resource` of a request, in its order. RFC 8707 §2
pub(crate) fn all(params: &Params<'_>) -> Result<Vec<String>, InvalidResource> {
    params.all("resource").map(parse).collect()
}

/// One `resource`. RFC 8707 §2
///
/// # Errors
/// [`InvalidResource`]
pub fn parse(text: &str) -> Result<String, InvalidResource> {
    is_absolute(text).then(|| text.to_owned()).ok_or(InvalidResource)
}

/// An absolute URI (RFC 3986 §4.3), which has a scheme and no fragment.
fn is_absolute(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    is_scheme
        && !rest.is_empty()
        && rest.bytes().all(|byte| {
            byte.is_ascii_graphic()
                && !matches!(
                    byte,
                    b'#' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'
                )
        })
}
