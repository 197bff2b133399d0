//! The token endpoint. RFC 6749 §3.2

pub use self::grant_type::GrantType;
pub use self::request::{TokenRequest, TokenRequestError};
pub use self::response::{Members, TokenResponse, TokenType};

mod grant_type;
mod request;
mod response;
