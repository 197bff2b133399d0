//! `keyward guard check`: what is wrong with a configuration, or what it says.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use clap::Args;
use http::Method;
use http::header::HeaderMap;
use keyward_guard::settings::{Mode, Route};
use keyward_guard::{Guard, RequestView};
use serde::Serialize;

use super::file::GuardFile;
use super::{FileArgument, loader, quotas, table};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    file: FileArgument,
    /// Print the routes as JSON, one a line
    #[arg(long)]
    json: bool,
}

/// A route and what it asks for.
#[derive(Serialize)]
struct Row<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'r str>,
    path: &'r str,
    methods: Option<&'r [String]>,
    policy: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream: Option<&'r str>,
    shadow: bool,
    needs: String,
}

/// Nobody is asked for anything: neither issuers nor upstreams need to be there.
pub(super) async fn run(check: &Check) -> Result<(), Failure> {
    let path = &check.file.config;
    let file = GuardFile::read(path)?;
    let guard = loader::build(&file, None, None)?;
    loader::check_shells(&file, &guard).await?;
    let mut rows = Vec::new();
    let forwards = file.settings.gateway.is_some();
    for route in &file.settings.routes {
        let upstream = route.upstream.as_deref().filter(|_| forwards);
        rows.push(row(route, upstream, &guard).await);
    }
    if check.json {
        return rows.iter().try_for_each(output::json);
    }
    output::line(&format!("{} is fine", path.display()))?;
    match file.runs() {
        Ok(()) => tell(&listeners(&file))?,
        Err(why) => output::line(why)?,
    }
    for (line, row) in table::columns(&rows.iter().map(cells).collect::<Vec<_>>())
        .iter()
        .zip(&rows)
    {
        output::line(&format!("\n  {line}"))?;
        output::line(&format!("      {}", row.needs))?;
    }
    tell(&quotas::rows(&file.settings))
}

/// Prints rows below an empty line, if there are any.
fn tell(rows: &[Vec<String>]) -> Result<(), Failure> {
    if !rows.is_empty() {
        output::line("")?;
    }
    let lines = table::columns(rows);
    lines.iter().try_for_each(|line| output::line(&format!("  {line}")))
}

/// Where it would listen.
fn listeners(file: &GuardFile) -> Vec<Vec<String>> {
    let settings = &file.settings;
    let all = [
        ("gateway", settings.gateway.as_ref().map(|gateway| gateway.listen)),
        ("forward_auth", settings.forward_auth.as_ref().map(|asked| asked.listen)),
        ("management", file.process.management.listen),
    ];
    let row = |(name, listen): (&str, Option<SocketAddr>)| Some(vec![name.to_owned(), listen?.to_string()]);
    all.into_iter().filter_map(row).collect()
}

async fn row<'r>(route: &'r Route, upstream: Option<&'r str>, guard: &Guard) -> Row<'r> {
    Row {
        host: route.host.as_deref(),
        path: &route.path,
        methods: route.methods.as_deref(),
        policy: route.policy.as_deref(),
        upstream,
        shadow: route.mode == Mode::Shadow,
        needs: needs(route, guard).await,
    }
}

fn cells(row: &Row<'_>) -> Vec<String> {
    let methods = row
        .methods
        .map_or_else(|| "any method".to_owned(), |methods| methods.join(","));
    let access = match (row.policy, row.shadow) {
        (None, _) => "public".to_owned(),
        (Some(policy), false) => policy.to_owned(),
        (Some(policy), true) => format!("{policy}, in shadow mode"),
    };
    vec![
        methods,
        format!("{}{}", row.host.unwrap_or_default(), row.path),
        access,
        row.upstream.unwrap_or_default().to_owned(),
    ]
}

/// What the guard itself says that a request to the route needs.
async fn needs(route: &Route, guard: &Guard) -> String {
    let method = route.methods.as_ref().and_then(|methods| methods.first());
    let method = method
        .and_then(|name| Method::from_bytes(name.as_bytes()).ok())
        .unwrap_or(Method::GET);
    let headers = HeaderMap::new();
    let view = RequestView {
        method: &method,
        target: &example(&route.path),
        host: route.host.as_deref(),
        headers: &headers,
        peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    let explained = guard.explain(view).await;
    let reached = explained
        .decision
        .route
        .as_ref()
        .is_some_and(|met| *met.name == *route.path);
    match explained.policy {
        Some(policy) if reached => policy,
        _ => "no request gets here: another route is nearer".to_owned(),
    }
}

/// A path that the pattern matches.
fn example(pattern: &str) -> String {
    let mut path = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(before);
        path.push('x');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    path + rest
}

#[cfg(test)]
mod tests {
    use super::example;

    #[test]
    fn an_example_has_something_in_each_place() {
        for (pattern, path) in [
            ("/orders", "/orders"),
            ("/orders/{id}/items", "/orders/x/items"),
            ("/files/{*rest}", "/files/x"),
        ] {
            assert_eq!(example(pattern), path);
        }
    }
}
