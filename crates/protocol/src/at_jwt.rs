//! Access tokens as JWTs: Keycloak's claims, which hold everything that RFC 9068 §2.2 asks for.
//!
//! The two forms differ in the JOSE header's `typ`: `JWT` for Keycloak's, `at+jwt` for RFC 9068 §2.1.

pub use self::access_token::{AccessToken, Roles};
pub use self::claims::{AccessTokenClaims, ClientRoles};

mod access_token;
mod claims;
