//! What a client believes a token to be. RFC 7009 §2.1

/// A registered value of `token_type_hint`. It may speed up a search, and never limits it. RFC 7009 §2.1
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenTypeHint {
    /// `access_token`.
    AccessToken,
    /// `refresh_token`.
    RefreshToken,
}

impl TokenTypeHint {
    /// Reads a value; `None` when it is not registered here.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "access_token" => Some(Self::AccessToken),
            "refresh_token" => Some(Self::RefreshToken),
            _ => None,
        }
    }
}
