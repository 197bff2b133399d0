//! Every chapter on every stage.

use std::fmt::Display;

use keyward_guard::testing::vectors::{Chapter, Library, Outcome, Stage, directory, run};

#[cfg(feature = "forward-auth")]
use crate::stages::proxies::Proxy;
use crate::support::issuers::Issuers;

/// Nothing listens there.
const NOWHERE: &str = "http://127.0.0.1:9";

async fn play(name: &str, stage: &(impl Stage + Display), issuers: &Issuers, other: &[&str]) -> Outcome {
    let chapter = Chapter::load(&directory(), name).unwrap();
    let mut outcome = run(&chapter, stage, issuers, |_, _, _| {}).await;
    let is_other = |wrong: &String| other.iter().any(|name| wrong.starts_with(&format!("{name}: ")));
    outcome.wrong.retain(|wrong| !is_other(wrong));
    assert!(
        outcome.wrong.is_empty(),
        "{} wrong on {stage}:\n{}",
        outcome.wrong.len(),
        outcome.wrong.join("\n")
    );
    assert!(outcome.played > 0);
    assert_eq!(
        issuers.trapped(),
        0,
        "a token made the guard connect to where it points"
    );
    outcome
}

/// Where nothing stands before the guard: only what is no HTTP may be refused by anybody else.
async fn play_alone(name: &str, stage: &(impl Stage + Display), issuers: &Issuers) {
    let outcome = play(name, stage, issuers, &[]).await;
    let no_http = [
        "transport/folded_header",
        "transport/space_before_colon",
        "transport/two_lengths",
        "transport/length_with_a_sign",
        "transport/chunked_not_last",
        "transport/nul_in_a_header",
    ];
    for name in &outcome.refused_early {
        assert!(no_http.contains(&name.as_str()), "{name} did not reach the guard");
    }
}

/// Behind a proxy that refuses some things by itself, and tells others in its own way.
#[cfg(feature = "forward-auth")]
async fn play_behind(name: &str, stage: &(impl Stage + Display), issuers: &Issuers, proxy: Proxy) {
    let outcome = play(name, stage, issuers, proxy.other).await;
    for name in &outcome.kept_away {
        let may_refuse = proxy.may_refuse.contains(&name.as_str());
        assert!(may_refuse, "{name} did not reach the guard behind {}", proxy.config);
    }
}

macro_rules! chapters {
    ($($name:ident)*) => {
        /// Every chapter.
        pub(crate) const ALL: &[&str] = &[$(stringify!($name)),*];

        mod library {
            use super::*;

            $(#[tokio::test]
            async fn $name() {
                let issuers = Issuers::start(NOWHERE).await;
                play_alone(stringify!($name), &Library::default(), &issuers).await;
            })*
        }

        #[cfg(feature = "gateway")]
        mod gateway {
            use super::*;
            use crate::stages::gateway::Gateway;

            $(#[tokio::test]
            async fn $name() {
                let gateway = Gateway::new().await;
                let issuers = Issuers::start(&gateway.upstream.url()).await;
                play_alone(stringify!($name), &gateway, &issuers).await;
            })*
        }

        #[cfg(feature = "forward-auth")]
        mod forward_auth {
            use super::*;
            use crate::stages::forward_auth::{Dialect, ForwardAuth};

            $(#[tokio::test]
            async fn $name() {
                for dialect in [Dialect::Nginx, Dialect::Traefik, Dialect::Envoy] {
                    let issuers = Issuers::start(NOWHERE).await;
                    play_alone(stringify!($name), &ForwardAuth::new(dialect), &issuers).await;
                }
            })*
        }

        #[cfg(feature = "forward-auth")]
        mod behind {
            use super::*;
            use crate::stages::proxies::{ALL, Proxied};

            $(#[tokio::test]
            async fn $name() {
                for proxy in ALL {
                    if let Some(stage) = Proxied::start(proxy).await {
                        let issuers = Issuers::start(NOWHERE).await;
                        play_behind(stringify!($name), &stage, &issuers, proxy).await;
                    }
                }
            })*
        }
    };
}

chapters! {
    algorithm header claims size transport path proxy_headers introspection revocation limits roles_scopes step_up cors
    metadata bearer keycloak issuers
}
