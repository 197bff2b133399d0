//! What the domain needs from whatever stores it. One small trait by noun; [`store::Tx`] is their sum.
//!
//! Verbs that can be true only once (`redeem_code`, `rotate_refresh_token`, `remember_jti`) are one conditional
//! statement each and return an enum.

pub mod audit;
pub mod changes;
pub mod clients;
pub mod documents;
pub mod grants;
pub mod groups;
pub mod keys;
pub mod leases;
pub mod login_failures;
pub mod realms;
pub mod roles;
pub mod scopes;
pub mod sessions;
pub mod store;
pub mod user_events;
pub mod users;

pub use audit::Audit;
pub use changes::Changes;
pub use clients::Clients;
pub use documents::Documents;
pub use grants::Grants;
pub use groups::Groups;
pub use keys::Keys;
pub use leases::Leases;
pub use login_failures::LoginFailures;
pub use realms::Realms;
pub use roles::Roles;
pub use scopes::Scopes;
pub use sessions::{Consents, Sessions};
pub use store::{Durable, Seen, Store, Tx};
pub use user_events::UserEvents;
pub use users::Users;
