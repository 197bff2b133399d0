//! The authorization endpoint. RFC 6749 §3.1, OIDC Core §3.1.2

pub use self::draft::Draft;
pub use self::max_age::{InvalidMaxAge, MaxAge};
pub use self::prompt::{Prompt, PromptError, PromptValue};
pub use self::response::AuthorizationResponse;
pub use self::response_mode::{InvalidResponseMode, ResponseMode};
pub use self::response_type::{ResponseType, ResponseTypeError};

mod draft;
mod max_age;
mod prompt;
pub(crate) mod response;
mod response_mode;
mod response_type;
