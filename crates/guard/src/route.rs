//! Which policy a request meets. The path is matched decoded, segment by segment.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use http::Method;

use crate::denial::{Denial, Reason, Wanted};
use crate::normalise::{self, Normal};
use crate::policy::Policy;
use crate::rate_limit::Rule;
use crate::settings::{Mode, Route as Written};

/// A route, ready to be matched.
pub struct Route {
    /// Its path as written, the name of the route in records and metrics.
    pub name: Arc<str>,
    pub(crate) methods: Option<Vec<Method>>,
    /// What a caller needs; nothing on a public route.
    pub(crate) policy: Option<Arc<Policy>>,
    pub(crate) mode: Mode,
    pub(crate) forward_credential: bool,
    pub(crate) limits: Vec<Arc<Rule>>,
    pub(crate) upstream: Option<String>,
}

impl Route {
    /// A route as it is written, under its policy. The error says what is wrong with it.
    pub(crate) fn new(written: &Written, policy: Option<Arc<Policy>>, limits: Vec<Arc<Rule>>) -> Result<Self, String> {
        let method = |name: &String| {
            let upper = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-');
            let method = Method::from_bytes(name.as_bytes()).ok().filter(|_| upper);
            method.ok_or_else(|| format!("route `{}`: `{name}` is no method", written.path))
        };
        let methods = written
            .methods
            .as_ref()
            .map(|names| names.iter().map(method).collect())
            .transpose()?;
        Ok(Self {
            name: written.path.as_str().into(),
            methods,
            policy,
            mode: written.mode,
            forward_credential: written.forward_credential,
            limits,
            upstream: written.upstream.clone(),
        })
    }

    /// A route that a program chose itself: every method, and nothing to forward to.
    pub(crate) fn in_code(name: Arc<str>, policy: Arc<Policy>) -> Self {
        Self {
            name,
            methods: None,
            policy: Some(policy),
            mode: Mode::Enforce,
            forward_credential: true,
            limits: Vec::new(),
            upstream: None,
        }
    }

    /// Where the gateway sends what may pass.
    pub fn upstream(&self) -> Option<&str> {
        self.upstream.as_deref()
    }

    /// The names of the limits from which a request takes: of the policy, and its own.
    pub fn limits(&self) -> impl Iterator<Item = &str> {
        let of_policy = self.policy.iter().flat_map(|policy| &policy.limits);
        of_policy.chain(&self.limits).map(|rule| rule.name())
    }

    /// Whether a refusal is carried out.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    fn takes(&self, method: &Method) -> bool {
        self.methods.as_ref().is_none_or(|methods| {
            methods.contains(method) || (method == Method::HEAD && methods.contains(&Method::GET))
        })
    }
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Route")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Every route, by host and path.
#[derive(Default)]
pub(crate) struct Routes {
    hosts: HashMap<String, Paths>,
    every_host: Paths,
}

#[derive(Default)]
struct Paths {
    matcher: matchit::Router<usize>,
    /// Routes of one path each, told apart by method.
    routes: Vec<Vec<Arc<Route>>>,
    known: HashMap<String, usize>,
}

impl Routes {
    /// Adds a route. The error says what is wrong with it.
    pub(crate) fn add(&mut self, written: &Written, route: Route) -> Result<(), String> {
        let paths = match &written.host {
            Some(host) => self.hosts.entry(name_of(host)?).or_default(),
            None => &mut self.every_host,
        };
        paths.add(&written.path, Arc::new(route))
    }

    /// Fills in what the routes mean beside what they say, once all are there. The error says which of them lets by what
    /// another one guards.
    pub(crate) fn complete(&mut self) -> Result<(), String> {
        self.every_host.complete();
        for (host, paths) in &mut self.hosts {
            paths.complete();
            for guarded in paths.routes.iter().flatten().filter(|route| route.policy.is_some()) {
                let open = self.every_host.at(&sample(&guarded.name));
                if let Some(open) = open.and_then(|routes| routes.iter().find(|route| route.policy.is_none())) {
                    return Err(format!(
                        "the public route `{}` of every host takes requests for `{}` that name another host than `{host}`: give \
                         it a host, or the other one none",
                        open.name, guarded.name
                    ));
                }
            }
        }
        Ok(())
    }

    /// The route of a request.
    pub(crate) fn find(&self, method: &Method, normal: &Normal<'_>) -> Result<&Arc<Route>, Denial> {
        let of_host = normal.host.as_deref().and_then(|host| self.hosts.get(host));
        let at = |path: &str| {
            of_host
                .and_then(|paths| paths.at(path))
                .or_else(|| self.every_host.at(path))
        };
        let found = at(&normal.path).ok_or(Denial::of(Reason::NoRoute))?;
        // Many servers take `/admin/` for `/admin`. A catch-all, public perhaps, must not be the way round its policy.
        if catch_all(found)
            && let Some(without_slash) = normal.path.strip_suffix('/')
            && at(without_slash).is_some_and(|named| !catch_all(named))
        {
            return Err(Reason::NoRoute.into());
        }
        found.iter().find(|route| route.takes(method)).ok_or_else(|| Denial {
            reason: Reason::NoSuchMethod,
            wanted: Wanted::Methods(allowed(found)),
        })
    }
}

/// The methods of some routes, as in `Allow`. RFC 9110 §10.2.1
fn allowed(routes: &[Arc<Route>]) -> String {
    let mut names: Vec<Cow<'_, str>> = Vec::new();
    for method in routes.iter().flat_map(|route| route.methods.iter().flatten()) {
        names.push(method.as_str().into());
        if method == Method::GET {
            names.push("HEAD".into());
        }
    }
    names.sort();
    names.dedup();
    names.join(", ")
}

/// Whether they take everything below their path.
fn catch_all(routes: &[Arc<Route>]) -> bool {
    routes.first().is_some_and(|route| route.name.contains("{*"))
}

/// A host as requests are compared with it. One that no request could have would leave its paths to the other routes.
fn name_of(host: &str) -> Result<String, String> {
    let name = normalise::host(host).map_err(|_| format!("`{host}` is no host"))?;
    if name.len() != host.len() {
        return Err(format!(
            "the host `{host}` has a port or a full stop at its end: write `{name}`"
        ));
    }
    Ok(name.into_owned())
}

/// Whether a request could have this path, decoded.
fn is_reachable(path: &str) -> bool {
    let segments = || path.split('/').skip(1);
    let before_last = segments().count().saturating_sub(1);
    path.starts_with('/')
        && !path.contains(|c: char| c.is_ascii_control() || matches!(c, '%' | ';' | '\\'))
        && segments().all(|segment| !matches!(segment, "." | ".."))
        && segments().take(before_last).all(|segment| !segment.is_empty())
}

/// A path that a route takes.
fn sample(path: &str) -> String {
    let segment = |segment: &str| if segment.starts_with('{') { "x" } else { segment }.to_owned();
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

impl Paths {
    /// `/files/{*rest}` takes `/files` and `/files/` too, unless another route names them: many servers take all three for
    /// the same.
    fn complete(&mut self) {
        let catching: Vec<(String, usize)> = self
            .known
            .iter()
            .filter_map(|(path, index)| Some((path.split_once("/{*")?.0.to_owned(), *index)))
            .collect();
        for (base, index) in catching {
            for path in [base.clone(), format!("{base}/")] {
                if !path.is_empty() && !self.known.contains_key(&path) {
                    // What does not fit is taken by a route that names it in another way.
                    let _ = self.matcher.insert(path, index);
                }
            }
        }
    }

    fn add(&mut self, path: &str, route: Arc<Route>) -> Result<(), String> {
        if !is_reachable(path) {
            return Err(format!(
                "no request has the path `{path}`: write it decoded, from the first slash on, without empty and dot segments"
            ));
        }
        let index = if let Some(index) = self.known.get(path) {
            *index
        } else {
            let index = self.routes.len();
            self.matcher
                .insert(path, index)
                .map_err(|error| format!("the path `{path}`: {error}"))?;
            self.known.insert(path.to_owned(), index);
            self.routes.push(Vec::new());
            index
        };
        let Some(routes) = self.routes.get_mut(index) else {
            return Err(format!("the path `{path}` is lost"));
        };
        let shares = |other: &Arc<Route>| match (&route.methods, &other.methods) {
            (Some(ours), Some(theirs)) => ours.iter().any(|method| theirs.contains(method)),
            _ => true,
        };
        if routes.iter().any(shares) {
            return Err(format!("two routes for `{path}` take the same method"));
        }
        routes.push(route);
        Ok(())
    }

    fn at(&self, path: &str) -> Option<&[Arc<Route>]> {
        let found = self.matcher.at(path).ok()?;
        self.routes.get(*found.value).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests;
