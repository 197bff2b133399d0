//! `multipart/form-data` (RFC 7578): how files come in. The body is bounded and in memory already.

use super::error::AdminError;

/// Most parts that are read.
const MOST: usize = 50;

/// One part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    pub(crate) name: String,
    pub(crate) content: &'a [u8],
}

/// Reads the parts of a body.
pub(crate) fn parse<'a>(content_type: &str, body: &'a [u8]) -> Result<Vec<Part<'a>>, AdminError> {
    let boundary = boundary(content_type).ok_or(AdminError::UnsupportedMediaType)?;
    parts(boundary, body).ok_or_else(|| AdminError::BadRequest("malformed multipart/form-data".into()))
}

/// The content of the part of this name.
pub(crate) fn content<'a>(parts: &[Part<'a>], name: &str) -> Option<&'a [u8]> {
    parts.iter().find(|part| part.name == name).map(|part| part.content)
}

/// RFC 2046 §5.1.1
fn boundary(content_type: &str) -> Option<&str> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameter(parameters, "boundary")?;
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

/// A parameter of a header: `name="value"`, `name=value`.
fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    parameters.split(';').find_map(|pair| {
        let (its, value) = pair.split_once('=')?;
        let value = value.trim();
        its.trim().eq_ignore_ascii_case(name).then(|| {
            value
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix('"'))
                .unwrap_or(value)
        })
    })
}

fn parts<'a>(boundary: &str, body: &'a [u8]) -> Option<Vec<Part<'a>>> {
    let delimiter = format!("\r\n--{boundary}");
    let first = delimiter.trim_start();
    // Nothing stands before the first part in what browsers and libraries send.
    let mut rest = body.strip_prefix(first.as_bytes())?;
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        let (part, after) = split(rest.strip_prefix(b"\r\n")?, delimiter.as_bytes())?;
        let (head, content) = split(part, b"\r\n\r\n")?;
        let name = name(std::str::from_utf8(head).ok()?)?;
        parts.push(Part { name, content });
        rest = after;
        if parts.len() > MOST {
            return None;
        }
    }
}

/// RFC 7578 §4.2
fn name(head: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (header, value) = line.split_once(':')?;
        let is = header.trim().eq_ignore_ascii_case("content-disposition");
        let (_, parameters) = value.split_once(';').filter(|_| is)?;
        parameter(parameters, "name").map(str::to_owned)
    })
}

fn split<'a>(bytes: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let start = bytes.windows(at.len()).position(|window| window == at)?;
    Some((bytes.get(..start)?, bytes.get(start + at.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::{content, parse};

    const TYPE: &str = "multipart/form-data; boundary=XyZ";

    #[test]
    fn parts_are_found_by_name() {
        let body =
            b"--XyZ\r\nContent-Disposition: form-data; name=\"keystoreFormat\"\r\n\r\nCertificate PEM\r\n--XyZ\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"a.pem\"\r\n\
            Content-Type: application/octet-stream\r\n\r\na\r\nb\r\n--XyZ--\r\n";
        let parts = parse(TYPE, body).unwrap();
        assert_eq!(content(&parts, "keystoreFormat"), Some(&b"Certificate PEM"[..]));
        assert_eq!(content(&parts, "file"), Some(&b"a\r\nb"[..]));
        assert_eq!(content(&parts, "other"), None);
    }

    #[test]
    fn what_is_cut_off_or_something_else_is_refused() {
        let head = "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n";
        for body in [
            "",
            "x",
            "--XyZ",
            "--XyZ\r\n",
            head,
            &format!("{head}1\r\n--Xy"),
            "--XyZ\r\n\r\n\r\n--XyZ--",
        ] {
            assert!(parse(TYPE, body.as_bytes()).is_err(), "{body:?}");
        }
        for kind in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "text/plain; boundary=XyZ",
            "",
        ] {
            assert!(parse(kind, b"--XyZ--").is_err(), "{kind}");
        }
        assert!(parse(TYPE, b"--XyZ--").unwrap().is_empty());
        assert!(parse(TYPE, format!("{head}\r\n").repeat(60).as_bytes()).is_err());
    }
}
