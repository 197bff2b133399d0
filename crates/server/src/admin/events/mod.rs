//! Events and admin events.
//!
//! Events are what a realm wants recorded (`crate::user_events`). Admin events are our audit log in Keycloak's words: it
//! is written whatever a realm says, which decides what is shown of it here.

mod admin_list;
mod clear;
mod config;
mod list;
mod scan;

use super::rest::{Need, Offered, Route, route};

pub(crate) use config::LISTENERS;

/// The routes of events.
pub(crate) static ROUTES: &[Route] = &[
    route!(GET "/admin/realms/{realm}/events", Need::ViewEvents, Offered::Full, list::list),
    route!(DELETE "/admin/realms/{realm}/events", Need::ManageEvents, Offered::Full, clear::events),
    route!(GET "/admin/realms/{realm}/events/config", Need::ViewEvents, Offered::Full, config::get),
    route!(PUT "/admin/realms/{realm}/events/config", Need::ManageEvents, Offered::Full, config::put),
    route!(GET "/admin/realms/{realm}/admin-events", Need::ViewEvents, Offered::Full, admin_list::list),
    route!(DELETE "/admin/realms/{realm}/admin-events", Need::ManageEvents, Offered::Full, clear::admin_events),
];
