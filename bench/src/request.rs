use std::fmt::Write as _;
use std::net::SocketAddr;

/// A client of the realm, as the server's command line made it.
#[derive(Clone, serde::Deserialize)]
pub(crate) struct Credentials {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

/// Headers of a request, by name.
pub(crate) type Headers<'a> = &'a [(&'a str, &'a str)];

/// The bytes of a GET request.
pub(crate) fn get(host: SocketAddr, path: &str, headers: Headers<'_>) -> Vec<u8> {
    let headers = lines(headers);
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n{headers}\r\n").into_bytes()
}

/// The bytes of a POST request with a form.
pub(crate) fn post(host: SocketAddr, path: &str, fields: &[(&str, &str)], headers: Headers<'_>) -> Vec<u8> {
    let form = encode_pairs(fields);
    let headers = lines(headers);
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n{headers}\r\n{form}",
        form.len()
    )
    .into_bytes()
}

/// The bytes of a request with a JSON body, `method` being POST, PUT or DELETE.
pub(crate) fn json(
    method: &str,
    host: SocketAddr,
    path: &str,
    body: &serde_json::Value,
    headers: Headers<'_>,
) -> Vec<u8> {
    let (body, headers) = (body.to_string(), lines(headers));
    format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A POST request with a form that names its client by `client_id` and `client_secret` (RFC 6749 §2.3.1), `field` first.
pub(crate) fn post_as(host: SocketAddr, path: &str, field: (&str, &str), client: &Credentials) -> Vec<u8> {
    let fields = [
        field,
        ("client_id", &client.client_id),
        ("client_secret", &client.client_secret),
    ];
    post(host, path, &fields, &[])
}

/// Pairs in the encoding of a form or a query.
pub(crate) fn encode_pairs(pairs: &[(&str, &str)]) -> String {
    let mut encoded = String::new();
    for (name, value) in pairs {
        if !encoded.is_empty() {
            encoded.push('&');
        }
        encoded.push_str(name);
        encoded.push('=');
        encode(value, &mut encoded);
    }
    encoded
}

fn lines(headers: Headers<'_>) -> String {
    headers.iter().fold(String::new(), |mut lines, (name, value)| {
        // Writing to a String does not fail.
        let _ = write!(lines, "{name}: {value}\r\n");
        lines
    })
}

fn encode(value: &str, encoded: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);

    #[test]
    fn writes_a_form() {
        let client = Credentials {
            client_id: "a".to_owned(),
            client_secret: "s+/=é".to_owned(),
        };
        let request = post_as(HOST, "/token", ("grant_type", "client_credentials"), &client);
        let form = "grant_type=client_credentials&client_id=a&client_secret=s%2B%2F%3D%C3%A9";
        assert_eq!(
            String::from_utf8(request).unwrap(),
            format!(
                "POST /token HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAccept: application/json\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
                form.len()
            )
        );
    }

    #[test]
    fn writes_headers() {
        let request = get(HOST, "/a", &[("Cookie", "b=c"), ("Authorization", "Bearer d")]);
        let text = String::from_utf8(request).unwrap();
        assert!(
            text.ends_with("json\r\nCookie: b=c\r\nAuthorization: Bearer d\r\n\r\n"),
            "{text}"
        );
    }
}
