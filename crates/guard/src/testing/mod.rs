//! Tests of what stands behind a guard, without an issuer and without a network: an [`Issuer`] with fixed keys signs
//! whatever token a test needs, good or bad.
//!
//! ```
//! use std::sync::Arc;
//! use keyward_guard::testing::Issuer;
//! use keyward_guard::{Guard, RequestView, Settings, Verdict};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let issuer = Issuer::new();
//! let settings = Settings::from_toml(&format!(
//!     r#"
//!     [[issuer]]
//!     id = "main"
//!     url = "{}"
//!     [policy.read]
//!     audience = ["orders"]
//!     scopes.all = ["orders:read"]
//!     [[route]]
//!     path = "/orders"
//!     policy = "read"
//!     "#,
//!     issuer.url(),
//! ))?;
//! let guard = Guard::builder(settings).keys("main", issuer.keys()).build()?;
//!
//! let token = issuer.token().audience("orders").scope("orders:read").subject("alice");
//! let request = http::Request::get("/orders").header("authorization", token.bearer()).body(())?;
//! let decision = guard.check(RequestView::of(&request, [127, 0, 0, 1].into())).await;
//! assert!(matches!(decision.verdict, Verdict::Allow));
//! assert_eq!(decision.caller().and_then(|caller| caller.subject()), Some("alice"));
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`vectors`] is the other half: requests with the answer that they must get, in files, for every way to run a guard.
//! Never enable this feature in a program that runs: its keys are public.

mod issuer;
mod keys;
mod mutation;
mod revoked;
mod token;
pub mod vectors;

pub use issuer::Issuer;
pub use keys::TestKey;
pub use mutation::Mutation;
pub use revoked::Revoked;
pub use token::Token;
