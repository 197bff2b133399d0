//! Clients that were described elsewhere.

use super::{ClientSettings, ClientSpec, ClientSpecError, check_lists};

/// Longest list of such a client: one application of many tenants has a redirect URI for each.
const LONGEST: usize = 5_000;

impl ClientSpec {
    /// Checks a client that was described for Keycloak. It may have what nothing of ours makes: wildcards, plain
    /// `http`, every web origin, spaces in its `client_id`. What of that is dangerous, the readers of these settings
    /// and the realm's switches hold back.
    pub fn carried(client_id: &str, settings: ClientSettings) -> Result<Self, ClientSpecError> {
        let fine = !client_id.trim().is_empty()
            && client_id.chars().count() <= 255
            && !client_id.chars().any(char::is_control);
        if !fine {
            return Err(ClientSpecError::ClientId);
        }
        check_lists(&settings, LONGEST)?;
        Ok(Self {
            client_id: client_id.to_owned(),
            settings,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{ClientSettings, ClientSpec, ClientSpecError};

    #[test]
    fn keycloaks_names_are_taken_but_for_blanks_and_control_characters() {
        let carried = |client_id: &str| ClientSpec::carried(client_id, ClientSettings::default());
        for fine in ["a b", "\u{fc}", "https://app.example/x?y", &"x".repeat(255)] {
            assert!(carried(fine).is_ok(), "{fine}");
        }
        for bad in ["", "  ", "a\nb", "a\0b", &"x".repeat(256)] {
            assert_eq!(carried(bad), Err(ClientSpecError::ClientId), "{bad:?}");
        }
    }

    #[test]
    fn lists_have_an_end() {
        let settings = ClientSettings {
            web_origins: vec!["https://a.example".into(); 5_001],
            ..ClientSettings::default()
        };
        assert_eq!(
            ClientSpec::carried("a", settings),
            Err(ClientSpecError::TooMany("web_origins"))
        );
    }
}
