//! Real proxies, with the very configurations of `docs/guard`: what reaches the API, and what the client.

mod caddy;
mod envoy;
mod expectations;
mod nginx;

use std::net::SocketAddr;
use std::path::Path;

use crate::support::{Program, World, free_port};

/// A proxy before an API, asking a guard.
struct Stand {
    world: World,
    proxy: Program,
    /// Whether the guard hears a client's address as it is. Over HTTP Envoy puts another of this machine's in the place
    /// of a loopback one.
    tells_addresses: bool,
}

impl Stand {
    fn address(&self) -> SocketAddr {
        self.proxy.address
    }
}

/// A configuration of the documentation with other addresses in it: the proxy's own, the guard's and the API's.
fn documented(name: &str, world: &World, own: (&str, &str)) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/guard")
        .join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let replaced = [
        ("127.0.0.1:8091", world.guard.to_string()),
        ("127.0.0.1:8080", world.api.address.to_string()),
        (
            "127.0.0.1, port_value: 8091",
            format!("127.0.0.1, port_value: {}", world.guard.port()),
        ),
        (
            "127.0.0.1, port_value: 8080",
            format!("127.0.0.1, port_value: {}", world.api.address.port()),
        ),
        (own.0, own.1.to_owned()),
    ];
    assert!(text.contains(own.0), "{name} has no {}", own.0);
    let text = replaced.iter().fold(text, |text, (from, to)| text.replace(from, to));
    assert!(!text.contains("8080") && !text.lines().any(|line| !line.starts_with('#') && line.contains("8091")));
    text
}

/// Runs a proxy on a free port.
async fn stand(world: World, start: impl AsyncFn(&World, u16) -> Program) -> Stand {
    let port = free_port();
    let proxy = start(&world, port).await;
    Stand {
        world,
        proxy,
        tells_addresses: true,
    }
}
