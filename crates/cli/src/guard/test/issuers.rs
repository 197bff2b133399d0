//! The issuers of a configuration, played by this process.

use std::collections::{BTreeMap, HashMap};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use axum::{Router, routing};
use keyward_client::UnixMillis;
use keyward_client::jwks::{JwksCache, KeySet};
use keyward_guard::settings::{ClientAuthentication, Issuer, LimitStore, Preset, Reference, Settings};
use keyward_jose::{Algorithm, HeaderSegment, SigningKey, digest, random};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::token::TokenTemplate;
use crate::failure::Failure;

/// Issuers that sign with keys of their own and answer questions about their tokens.
pub(super) struct TestIssuers {
    /// In the order of the configuration.
    ids: Vec<String>,
    issuers: BTreeMap<String, TestIssuer>,
    said: Arc<Said>,
    server: JoinHandle<()>,
}

struct TestIssuer {
    url: String,
    preset: Preset,
    typ: String,
    algorithm: Algorithm,
    key: SigningKey,
}

/// What is said of each token.
type Said = Mutex<HashMap<String, Value>>;

impl TestIssuers {
    /// Plays the issuers of `settings`, and makes these ask nobody else: not for tokens, and not for counts.
    /// `any_file` is a file with something in it.
    pub(super) async fn start(settings: &mut Settings, any_file: &Path) -> Result<Arc<Self>, Failure> {
        let said = Arc::<Said>::default();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(|error| Failure::runtime(&error))?;
        let address = listener.local_addr().map_err(|error| Failure::runtime(&error))?;
        let router = Router::new()
            .route("/", routing::post(answer))
            .with_state(Arc::clone(&said));
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!("the issuer of the test ended: {error}");
            }
        });
        let mut issuers = BTreeMap::new();
        for issuer in &mut settings.issuers {
            issuers.insert(issuer.id.clone(), TestIssuer::of(issuer)?);
            stay_here(issuer, address, any_file);
        }
        settings.shared_store = None;
        settings
            .limits
            .values_mut()
            .for_each(|limit| limit.store = LimitStore::Local);
        Ok(Arc::new(Self {
            ids: settings.issuers.iter().map(|issuer| issuer.id.clone()).collect(),
            issuers,
            said,
            server,
        }))
    }

    /// The public keys, by the ids of their issuers.
    pub(super) fn keys(&self) -> impl Iterator<Item = (String, JwksCache)> {
        self.issuers.iter().map(|(id, issuer)| {
            let set = KeySet::new([issuer.key.public_jwk()]);
            (id.clone(), JwksCache::fixed(set))
        })
    }

    /// A token as a case describes it.
    pub(super) fn issue(&self, template: &TokenTemplate, now: UnixMillis) -> Result<String, String> {
        let id = template
            .issuer
            .as_ref()
            .or(self.ids.first())
            .ok_or("token: there is no [[issuer]]")?;
        let issuer = self
            .issuers
            .get(id)
            .ok_or_else(|| format!("token.issuer: there is no issuer {id:?}"))?;
        let claims = template.claims(&issuer.url, issuer.preset, now)?;
        let token = if template.opaque == Some(true) {
            let mut bytes = [0; 32];
            random::fill(&mut bytes);
            digest::b64url_encode(&bytes)
        } else {
            issuer.sign(&claims)?
        };
        let answer = if template.active == Some(false) {
            json!({"active": false})
        } else {
            active(claims)
        };
        self.said
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(token.clone(), answer);
        Ok(token)
    }
}

impl Drop for TestIssuers {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl TestIssuer {
    /// The quickest key that the configuration takes.
    fn of(issuer: &Issuer) -> Result<Self, Failure> {
        let taken = |algorithm: &Algorithm| issuer.algorithms.iter().any(|name| name == algorithm.name());
        let quickest = [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256, Algorithm::Ps256];
        let algorithm = quickest.into_iter().find(taken).unwrap_or(Algorithm::Es256);
        let key = SigningKey::generate(algorithm.key_type())
            .map_err(|error| Failure::new(format!("no key for the test: {error}")))?;
        let usual = match issuer.preset {
            Preset::Rfc9068 => "at+jwt",
            Preset::Keycloak | Preset::Keyward | Preset::Auth0 => "JWT",
        };
        let typ = issuer.token_types.iter().flatten().next().map_or(usual, String::as_str);
        Ok(Self {
            url: issuer.url.clone(),
            preset: issuer.preset,
            typ: typ.to_owned(),
            algorithm,
            key,
        })
    }

    fn sign(&self, claims: &Map<String, Value>) -> Result<String, String> {
        let header = HeaderSegment::new(self.algorithm, self.key.kid(), &self.typ);
        keyward_jose::sign(&self.key, self.algorithm, &header, claims).map_err(|error| format!("token: {error}"))
    }
}

/// Makes an issuer of the configuration the one that is played.
fn stay_here(issuer: &mut Issuer, address: SocketAddr, any_file: &Path) {
    issuer.ca_file = None;
    issuer.jwks_uri = None;
    if let Some(introspection) = &mut issuer.introspection {
        introspection.endpoint = Some(format!("http://{address}/"));
        introspection.signed = false;
        // The secret of the real one need not be at hand where tests run, and nobody looks at this one.
        introspection.client_secret = Reference::File(any_file.to_owned());
        introspection.auth = ClientAuthentication::ClientSecretPost;
    }
}

fn active(mut claims: Map<String, Value>) -> Value {
    claims.insert("active".into(), true.into());
    claims.into()
}

/// The answer to a question about a token. RFC 7662 §2.2
async fn answer(State(said): State<Arc<Said>>, form: String) -> ([(HeaderName, &'static str); 1], String) {
    let token = form.split('&').find_map(|pair| pair.strip_prefix("token="));
    let said = said.lock().unwrap_or_else(PoisonError::into_inner);
    // Tokens of this process are base64url with full stops between: a form has them as they are.
    let known = token.and_then(|token| said.get(token)).cloned();
    let answer = known.unwrap_or_else(|| json!({"active": false}));
    ([(CONTENT_TYPE, "application/json")], answer.to_string())
}
