use std::fmt::Write as _;
use std::net::SocketAddr;

/// A client of the realm, as the server's command line made it.
#[derive(Clone, serde::Deserialize)]
pub(crate) struct Credentials {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

/// The bytes of a GET request.
pub(crate) fn get(host: SocketAddr, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\r\n").into_bytes()
}

/// The bytes of a POST request with a form that names its client by `client_id` and `client_secret`
/// (RFC 6749 §2.3.1), `field` first.
pub(crate) fn post(host: SocketAddr, path: &str, field: (&str, &str), client: &Credentials) -> Vec<u8> {
    let fields = [
        field,
        ("client_id", &client.client_id),
        ("client_secret", &client.client_secret),
    ];
    let form = fields
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .join("&");
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .into_bytes()
}

fn encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_a_form() {
        let client = Credentials {
            client_id: "a".to_owned(),
            client_secret: "s+/=é".to_owned(),
        };
        let host = SocketAddr::from(([127, 0, 0, 1], 8080));
        let request = post(host, "/token", ("grant_type", "client_credentials"), &client);
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
}
