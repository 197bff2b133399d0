//! The server's own TLS.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::support::{Answer, Keyward, Site, eventually, exchange, get, ready_address, request};

const HOST: &str = "id.example.com";

/// Writes a new certificate into the site's folder.
fn renew(site: &Site) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([HOST.to_owned()]).unwrap();
    fs::write(site.path("cert.pem"), cert.pem()).unwrap();
    fs::write(site.path("key.pem"), signing_key.serialize_pem()).unwrap();
    cert.der().clone()
}

fn site() -> (Site, Keyward, SocketAddr, CertificateDer<'static>) {
    let mut site = Site::new();
    site.server = "redirect_listen = \"127.0.0.1:0\"\n".into();
    site.tables = format!(
        "[server.tls]\ncert = \"{}\"\nkey = \"{}\"\n",
        site.path("cert.pem").display(),
        site.path("key.pem").display()
    );
    let certificate = renew(&site);
    let (node, address) = site.serve();
    (site, node, address, certificate)
}

/// A call by a client that trusts one certificate; an error when another is shown.
fn call(address: SocketAddr, trusted: &CertificateDer<'static>, path: &str) -> std::io::Result<Answer> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(HOST).unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(address)?);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    Ok(exchange(&mut stream, &request("GET", path, &[("host", HOST)], "")))
}

#[test]
fn https_has_its_headers() {
    let (_site, node, address, certificate) = site();
    let answer = call(address, &certificate, "/realms/master/.well-known/openid-configuration").unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["issuer"], format!("https://{HOST}/realms/master"));
    for (name, value) in [
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    node.stop();
}

#[test]
fn a_certificate_replaced_on_disk_is_served_without_a_restart() {
    let (site, node, address, first) = site();
    assert_eq!(call(address, &first, "/realms/master").unwrap().status, 200);
    let second = renew(&site);
    eventually("the new certificate", || call(address, &second, "/realms/master").ok());
    assert!(call(address, &first, "/realms/master").is_err());
    // One that does not fit its key, or is none, is not taken over.
    fs::write(site.path("cert.pem"), "nonsense").unwrap();
    eventually("the complaint", || {
        node.stderr().contains("the new certificate is not used").then_some(())
    });
    assert_eq!(call(address, &second, "/realms/master").unwrap().status, 200);
    let third = renew(&site);
    eventually("the third certificate", || call(address, &third, "/realms/master").ok());
}

#[test]
fn plain_http_on_the_tls_port_is_no_answer() {
    use std::io::{Read as _, Write as _};
    let (_site, _node, address, certificate) = site();
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(request("GET", "/realms/master", &[], "").as_bytes())
        .unwrap();
    let mut bytes = Vec::new();
    let _reset = stream.read_to_end(&mut bytes);
    assert!(!String::from_utf8_lossy(&bytes).contains("HTTP/"));
    assert_eq!(call(address, &certificate, "/realms/master").unwrap().status, 200);
}

#[test]
fn the_redirect_port_only_redirects() {
    let (_site, node, _, _) = site();
    let address = ready_address(&node.stderr(), "redirect").unwrap();
    for (path, location) in [
        (
            "/realms/demo/account?a=b%20c",
            "https://id.example.com/realms/demo/account?a=b%20c",
        ),
        ("/", "https://id.example.com/"),
        ("//evil.example/x", "https://id.example.com//evil.example/x"),
        ("http://evil.example/x", "https://id.example.com/x"),
        ("*", "https://id.example.com/"),
    ] {
        let answer = get(address, path, &[("host", "evil.example")]);
        assert_eq!(
            (answer.status, answer.header("location")),
            (308, Some(location)),
            "{path}"
        );
        assert_eq!(answer.body, "");
    }
}

#[test]
fn a_certificate_that_cannot_be_used_stops_the_start() {
    let (mut site, node, ..) = site();
    node.stop();
    site.server.clear();
    fs::write(site.path("key.pem"), "nonsense").unwrap();
    let line = crate::support::run(&mut site.command(&["config", "check"])).failed();
    assert!(
        line.contains("tls.key ") && line.ends_with("there is nothing of the kind in it"),
        "{line}"
    );
    renew(&site);
    let kept = fs::read(site.path("cert.pem")).unwrap();
    renew(&site);
    fs::write(site.path("cert.pem"), kept).unwrap();
    let line = crate::support::run(&mut site.command(&["config", "check"])).failed();
    assert!(line.contains("tls.cert and tls.key: "), "{line}");
}
