//! Values of options, and what is said of those that are none.

use std::net::SocketAddr;

/// A number of things or of seconds.
pub(crate) fn number(text: &str) -> Result<u32, String> {
    text.parse()
        .map_err(|_| format!("expected a whole number from 0 to {}", u32::MAX))
}

/// An address and a port.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        let port = text.rsplit(':').next().filter(|_| text.matches(':').count() < 2);
        let port = port.and_then(|port| port.parse().ok()).unwrap_or(8080_u16);
        format!("expected ADDR:PORT, with the address in numbers, such as 127.0.0.1:{port}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_none_is_told_with_one_that_is() {
        assert_eq!(number("7"), Ok(7));
        for text in ["-1", "x", "", "4294967296"] {
            assert_eq!(
                number(text).unwrap_err(),
                "expected a whole number from 0 to 4294967295"
            );
        }
        assert!(address("127.0.0.1:0").is_ok() && address("[::1]:8080").is_ok());
        for (text, such) in [
            ("18931", "18931"),
            ("localhost:9000", "9000"),
            (":81", "81"),
            ("here", "8080"),
            ("::1", "8080"),
        ] {
            let told = address(text).unwrap_err();
            assert!(told.ends_with(&format!(" such as 127.0.0.1:{such}")), "{told}");
        }
    }
}
