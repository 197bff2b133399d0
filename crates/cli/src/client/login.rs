//! The switches of a client that people log in to.

use clap::{Args, ValueEnum};
use keyward_domain::client::{
    ApplicationType, ClientSettings, ConsentPolicy, IdTokenContent, IdTokenSettings, Pkce, origin,
};

use super::redirect_uris;
use crate::failure::Failure;

/// How people log in to a client.
#[derive(Args)]
pub(super) struct Login {
    /// Where the browser may be sent back to; repeat for several. Allows the authorization code flow
    #[arg(long, value_name = "URI")]
    redirect_uri: Vec<String>,
    /// Where the browser may be sent after logout; repeat for several. + stands for the redirect URIs
    #[arg(long, value_name = "URI")]
    post_logout_redirect_uri: Vec<String>,
    /// Origin whose scripts may call; repeat for several. + stands for the origins of the redirect URIs
    #[arg(long, value_name = "ORIGIN")]
    web_origin: Vec<String>,
    /// Whether people are asked before it gets something
    #[arg(long, value_enum, default_value = "none")]
    consent: Consent,
    /// It runs on the person's device: http://localhost may have any port, as 127.0.0.1 always may
    #[arg(long)]
    native: bool,
    /// What is in its ID tokens
    #[arg(long, value_enum, value_name = "CONTENT", default_value = "protocol")]
    id_token: Content,
    /// Do not insist on PKCE: only for a confidential client that cannot do it
    #[arg(long)]
    no_pkce: bool,
    /// Allow the password grant: only for clients that nothing else can serve
    #[arg(long)]
    direct_access_grants: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Consent {
    /// Never: the application is your own
    None,
    /// Once for each scope
    Remember,
    /// Each time
    Always,
}

#[derive(Clone, Copy, ValueEnum)]
enum Content {
    /// What the protocol needs; the rest is at the userinfo endpoint
    Protocol,
    /// What the mappers of the granted scopes give, as clients of Keycloak expect
    Mappers,
}

impl Login {
    /// What they set; everything else has its default.
    pub(super) fn settings(&self) -> Result<ClientSettings, Failure> {
        redirect_uris::check("--redirect-uri", &self.redirect_uri)?;
        let named = |list: &[String]| list.iter().filter(|text| *text != "+").cloned().collect::<Vec<_>>();
        redirect_uris::check("--post-logout-redirect-uri", &named(&self.post_logout_redirect_uri))?;
        if let Some(bad) = named(&self.web_origin)
            .iter()
            .find(|text| origin::of(text) != Some(text.as_str()))
        {
            return Err(Failure::new(format!(
                "--web-origin: an origin is a scheme and a host, and a port if it is not the usual one: {bad:?}"
            )));
        }
        if self.redirect_uri.is_empty() {
            let needless = [
                ("--post-logout-redirect-uri", !self.post_logout_redirect_uri.is_empty()),
                ("--no-pkce", self.no_pkce),
            ];
            if let Some((option, _)) = needless.into_iter().find(|(_, given)| *given) {
                return Err(Failure::new(format!(
                    "{option} is for clients that people log in to: give --redirect-uri too"
                )));
            }
        }
        Ok(ClientSettings {
            standard_flow: !self.redirect_uri.is_empty(),
            redirect_uris: self.redirect_uri.clone(),
            post_logout_redirect_uris: self.post_logout_redirect_uri.clone(),
            web_origins: self.web_origin.clone(),
            direct_access_grants: self.direct_access_grants,
            application_type: if self.native {
                ApplicationType::Native
            } else {
                ApplicationType::Web
            },
            pkce: if self.no_pkce { Pkce::Optional } else { Pkce::Required },
            consent: match self.consent {
                Consent::None => ConsentPolicy::None,
                Consent::Remember => ConsentPolicy::Remember,
                Consent::Always => ConsentPolicy::Always,
            },
            id_token: IdTokenSettings {
                content: match self.id_token {
                    Content::Protocol => IdTokenContent::Protocol,
                    Content::Mappers => IdTokenContent::Mappers,
                },
                ..IdTokenSettings::default()
            },
            ..ClientSettings::default()
        })
    }
}
