//! A wire that can be cut: bytes go to another address and back until it is.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Listens on a port of its own, which stays taken also while the wire is cut.
pub(crate) struct Forwarder {
    address: SocketAddr,
    wire: Arc<Mutex<Wire>>,
}

#[derive(Default)]
struct Wire {
    cut: bool,
    open: Vec<TcpStream>,
}

impl Forwarder {
    pub(crate) fn to(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let wire = Arc::<Mutex<Wire>>::default();
        let ends = Arc::clone(&wire);
        thread::spawn(move || {
            while let Ok((near, _)) = listener.accept() {
                // A connection that cannot be forwarded is closed again by being dropped.
                let _closed = forward(near, &target, &ends);
            }
        });
        Self { address, wire }
    }

    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Breaks every connection and refuses new ones.
    pub(crate) fn cut(&self) {
        let mut wire = self.wire.lock().unwrap();
        wire.cut = true;
        for stream in wire.open.drain(..) {
            let _broken_already = stream.shutdown(Shutdown::Both);
        }
    }

    pub(crate) fn mend(&self) {
        self.wire.lock().unwrap().cut = false;
    }
}

fn forward(near: TcpStream, target: &str, wire: &Mutex<Wire>) -> io::Result<()> {
    let mut wire = wire.lock().unwrap_or_else(PoisonError::into_inner);
    if wire.cut {
        return Ok(());
    }
    let far = TcpStream::connect(target)?;
    for (from, to) in [
        (near.try_clone()?, far.try_clone()?),
        (far.try_clone()?, near.try_clone()?),
    ] {
        thread::spawn(move || copy(from, to));
    }
    wire.open.extend([near, far]);
    Ok(())
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _broken_already = to.shutdown(Shutdown::Both);
}
