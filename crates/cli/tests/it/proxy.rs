//! Behind proxies: whose forwarded headers count, and what plain http gets.

use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};

use serde_json::Value;
use tokio::net::TcpSocket;

use crate::support::{Answer, Client, Keyward, Realm, Site, eventually, exchange, request};

/// Only this address is a trusted proxy.
const PROXY: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);

fn site() -> (Site, Keyward, SocketAddr) {
    let mut site = Site::new();
    site.server = format!("listen = \"0.0.0.0:0\"\ntrusted_proxies = [\"{PROXY}/32\"]\n");
    site.tables = "[audit]\noutput = \"stdout\"\n".into();
    let (node, address) = site.serve();
    (site, node, address)
}

/// Calls from one of this machine's addresses.
fn call(from: Ipv4Addr, to: SocketAddr, headers: &[(&str, &str)]) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let stream: TcpStream = runtime.block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((from, 0).into()).unwrap();
        let to = if to.ip().is_unspecified() {
            (from, to.port()).into()
        } else {
            to
        };
        socket.connect(to).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    let path = Realm::new(to, "demo").path("token");
    let form = "grant_type=client_credentials&client_id=service&client_secret=wrong";
    let mut stream = stream;
    exchange(&mut stream, &request("POST", &path, headers, form))
}

#[test]
fn only_a_trusted_proxy_names_the_caller() {
    let (site, node, address) = site();
    site.realm(address, &[]);
    let here = Ipv4Addr::new(127, 0, 0, 4);
    let forwarded = [
        ("x-forwarded-proto", "https"),
        ("x-forwarded-for", "198.51.100.1, 203.0.113.7"),
    ];
    let seen = |from, id: &str, headers: &[(&str, &str)]| {
        let headers = [&[("x-request-id", id)], headers].concat();
        assert_eq!(call(from, address, &headers).status, 401);
        eventually("the event", || {
            let line = node
                .stdout()
                .lines()
                .find(|line| line.contains(id))
                .map(str::to_owned)?;
            Some(serde_json::from_str::<Value>(&line).unwrap()["address"].clone())
        })
    };
    assert_eq!(seen(PROXY, "by-the-proxy", &forwarded), "203.0.113.7");
    assert_eq!(seen(here, "by-a-stranger", &forwarded), here.to_string());
}

#[test]
fn plain_http_is_refused() {
    let (_site, _node, address) = site();
    let refused = |from, to, headers: &[(&str, &str)]| {
        let answer = call(from, to, headers);
        assert_eq!(answer.status, 403, "{answer:?}");
        assert_eq!(answer.json()["error_description"], "HTTPS required");
        assert_eq!(answer.header("strict-transport-security"), None, "RFC 6797 §7.2");
    };
    // The proxy says that it was plain http, or does not say.
    refused(PROXY, address, &[("x-forwarded-proto", "http")]);
    refused(PROXY, address, &[]);
    let Some(own) = own_address() else {
        println!("skipped in part: this machine has only loopback addresses");
        return;
    };
    // From elsewhere: an address of this machine that is not loopback, whatever the caller writes.
    let to = SocketAddr::from((own, address.port()));
    refused(own, to, &[]);
    refused(
        own,
        to,
        &[("x-forwarded-proto", "https"), ("x-forwarded-for", "127.0.0.1")],
    );
}

#[test]
fn https_at_the_proxy_is_enough() {
    let (site, _node, address) = site();
    let (realm, service, _) = site.realm(address, &[]);
    eventually("the realm", || (realm.ask(&service).status == 200).then_some(()));
    let answer = call(PROXY, address, &[("x-forwarded-proto", "https")]);
    assert_eq!(answer.status, 401, "{answer:?}");
    assert!(answer.header("strict-transport-security").is_some());
    realm.token(&Client::new(&service.client_id, &service.secret));
}

/// The address with which this machine would reach others. Nothing is sent.
fn own_address() -> Option<Ipv4Addr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    match socket.local_addr().ok()?.ip() {
        std::net::IpAddr::V4(own) if !own.is_loopback() => Some(own),
        _ => None,
    }
}
