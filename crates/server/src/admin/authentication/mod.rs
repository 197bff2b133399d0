//! Authentication flows with their executions and configurations, and required actions. Flows are kept as data: the
//! login has one of its own. Of required actions, new users get those that are given by default.

pub(crate) mod built_in;
mod config;
mod execution;
mod executions;
mod flow;
mod flows;
mod priority;
mod providers;
mod required_actions;

use super::rest::{Need, Offered, Route, route};

pub(crate) static ROUTES: &[&[Route]] = &[FLOWS, EXECUTIONS, PROVIDERS, REQUIRED_ACTIONS];

static FLOWS: &[Route] = &[
    route!(GET "/admin/realms/{realm}/authentication/flows", Need::ViewFlows, Offered::DataOnly, flows::list),
    route!(POST "/admin/realms/{realm}/authentication/flows", Need::ManageRealm, Offered::DataOnly, flows::create),
    route!(GET "/admin/realms/{realm}/authentication/flows/{flow}", Need::ViewRealm, Offered::DataOnly, flows::read),
    route!(
        PUT "/admin/realms/{realm}/authentication/flows/{flow}",
        Need::ManageRealm, Offered::DataOnly, flows::update
    ),
    route!(
        DELETE "/admin/realms/{realm}/authentication/flows/{flow}",
        Need::ManageRealm, Offered::DataOnly, flows::delete
    ),
    route!(
        POST "/admin/realms/{realm}/authentication/flows/{flow}/copy",
        Need::ManageRealm, Offered::DataOnly, flows::copy
    ),
    route!(
        GET "/admin/realms/{realm}/authentication/flows/{flow}/executions",
        Need::ViewRealm, Offered::DataOnly, executions::list
    ),
    route!(
        PUT "/admin/realms/{realm}/authentication/flows/{flow}/executions",
        Need::ManageRealm, Offered::DataOnly, executions::update
    ),
    route!(
        POST "/admin/realms/{realm}/authentication/flows/{flow}/executions/execution",
        Need::ManageRealm, Offered::DataOnly, executions::add
    ),
    route!(
        POST "/admin/realms/{realm}/authentication/flows/{flow}/executions/flow",
        Need::ManageRealm, Offered::DataOnly, executions::add_flow
    ),
];

static EXECUTIONS: &[Route] = &[
    route!(
        POST "/admin/realms/{realm}/authentication/executions",
        Need::ManageRealm, Offered::DataOnly, execution::create
    ),
    route!(
        GET "/admin/realms/{realm}/authentication/executions/{execution}",
        Need::ViewRealm, Offered::DataOnly, execution::read
    ),
    route!(
        DELETE "/admin/realms/{realm}/authentication/executions/{execution}",
        Need::ManageRealm, Offered::DataOnly, execution::delete
    ),
    route!(
        POST "/admin/realms/{realm}/authentication/executions/{execution}/raise-priority",
        Need::ManageRealm, Offered::DataOnly, execution::raise
    ),
    route!(
        POST "/admin/realms/{realm}/authentication/executions/{execution}/lower-priority",
        Need::ManageRealm, Offered::DataOnly, execution::lower
    ),
    route!(
        POST "/admin/realms/{realm}/authentication/executions/{execution}/config",
        Need::ManageRealm, Offered::DataOnly, config::create_for
    ),
    route!(
        GET "/admin/realms/{realm}/authentication/executions/{execution}/config/{config}",
        Need::ViewRealm, Offered::DataOnly, config::read
    ),
    route!(
        POST "/admin/realms/{realm}/authentication/config",
        Need::ManageRealm, Offered::DataOnly, config::create
    ),
    route!(
        GET "/admin/realms/{realm}/authentication/config/{config}",
        Need::ViewRealm, Offered::DataOnly, config::read
    ),
    route!(
        PUT "/admin/realms/{realm}/authentication/config/{config}",
        Need::ManageRealm, Offered::DataOnly, config::update
    ),
    route!(
        DELETE "/admin/realms/{realm}/authentication/config/{config}",
        Need::ManageRealm, Offered::DataOnly, config::delete
    ),
];

static PROVIDERS: &[Route] = &[
    route!(
        GET "/admin/realms/{realm}/authentication/authenticator-providers",
        Need::ViewRealm, Offered::DataOnly, providers::authenticators
    ),
    route!(
        GET "/admin/realms/{realm}/authentication/client-authenticator-providers",
        Need::ViewFlows, Offered::DataOnly, providers::client_authenticators
    ),
    route!(
        GET "/admin/realms/{realm}/authentication/form-action-providers",
        Need::ViewRealm, Offered::DataOnly, providers::form_actions
    ),
    route!(
        GET "/admin/realms/{realm}/authentication/form-providers",
        Need::ViewRealm, Offered::DataOnly, providers::forms
    ),
    route!(
        GET "/admin/realms/{realm}/authentication/config-description/{provider}",
        Need::ViewRealm, Offered::DataOnly, providers::description
    ),
    route!(
        GET "/admin/realms/{realm}/authentication/per-client-config-description",
        Need::ViewFlows, Offered::DataOnly, providers::per_client
    ),
];

static REQUIRED_ACTIONS: &[Route] = &[
    route!(
        GET "/admin/realms/{realm}/authentication/required-actions",
        Need::ViewRequiredActions, Offered::Full, required_actions::list
    ),
    route!(
        GET "/admin/realms/{realm}/authentication/unregistered-required-actions",
        Need::ViewRealm, Offered::Full, required_actions::unregistered
    ),
    route!(
        POST "/admin/realms/{realm}/authentication/register-required-action",
        Need::ManageRealm, Offered::Full, required_actions::register
    ),
    route!(
        GET "/admin/realms/{realm}/authentication/required-actions/{alias}",
        Need::ViewRequiredActions, Offered::Full, required_actions::read
    ),
    route!(
        PUT "/admin/realms/{realm}/authentication/required-actions/{alias}",
        Need::ManageRealm, Offered::Full, required_actions::update
    ),
    route!(
        DELETE "/admin/realms/{realm}/authentication/required-actions/{alias}",
        Need::ManageRealm, Offered::Full, required_actions::delete
    ),
    route!(
        POST "/admin/realms/{realm}/authentication/required-actions/{alias}/raise-priority",
        Need::ManageRealm, Offered::Full, required_actions::raise
    ),
    route!(
        POST "/admin/realms/{realm}/authentication/required-actions/{alias}/lower-priority",
        Need::ManageRealm, Offered::Full, required_actions::lower
    ),
    route!(
        GET "/admin/realms/{realm}/authentication/required-actions/{alias}/config",
        Need::ViewRealm, Offered::DataOnly, required_actions::config
    ),
    route!(
        PUT "/admin/realms/{realm}/authentication/required-actions/{alias}/config",
        Need::ManageRealm, Offered::DataOnly, required_actions::set_config
    ),
    route!(
        DELETE "/admin/realms/{realm}/authentication/required-actions/{alias}/config",
        Need::ManageRealm, Offered::DataOnly, required_actions::remove_config
    ),
    route!(
        GET "/admin/realms/{realm}/authentication/required-actions/{alias}/config-description",
        Need::ViewRealm, Offered::DataOnly, required_actions::config_description
    ),
];
