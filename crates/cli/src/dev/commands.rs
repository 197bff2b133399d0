//! The commands that `keyward dev` prints: each works when pasted into `sh`, with curl and sed and nothing else.

use keyward_domain::entropy;
use keyward_jose::digest::{b64url_encode, sha256};
use keyward_server::SystemEntropy;

use super::announce::{PERSON, Told};
use super::demo;
use super::seed::{API, FRONTEND, SERVICE};

/// The verifier and the challenge of the commands.
pub(super) struct Pkce {
    verifier: String,
    challenge: String,
}

impl Pkce {
    /// A pair for this run. RFC 7636 §4.1, RFC 7636 §4.2
    pub(super) fn new() -> Self {
        let verifier = entropy::secret(&mut SystemEntropy).expose().to_owned();
        let challenge = b64url_encode(&sha256(verifier.as_bytes()));
        Self { verifier, challenge }
    }
}

/// A service and the API that it calls; nothing when their secrets are not known any more.
pub(super) fn service(told: &Told<'_>) -> Option<String> {
    let (service, api) = (told.secret(SERVICE)?, told.secret(API)?);
    Some(format!(
        r#"# a service gets a token
SERVICE={SERVICE}:{service}
TOKEN=$(curl -s $URL/token -u $SERVICE -d grant_type=client_credentials \
  -d scope=orders:read | cut -d'"' -f4); echo $TOKEN

# an API asks about it
API={API}:{api}
curl -s $URL/token/introspect -u $API -d token=$TOKEN; echo

# the service gives it back; the same question then says "active":false
curl -s $URL/revoke -u $SERVICE -d token=$TOKEN
curl -s $URL/token/introspect -u $API -d token=$TOKEN; echo

# an API that checks tokens itself needs only the public keys
curl -s $URL/certs; echo
"#
    ))
}

/// The service at the demo API; nothing when its secret is not known any more. It goes on where [`service`] ends.
pub(super) fn guarded(told: &Told<'_>) -> Option<String> {
    told.secret(SERVICE)?;
    let api = told.api_url;
    Some(format!(
        r#"# a guarded API: 401 without a token, 200 with one, 403 beyond its scope
DEMO={api}
code() {{ curl -so /dev/null -w '%{{http_code}}\n' "$@"; }}
TOKEN=$(curl -s $URL/token -u $SERVICE -d grant_type=client_credentials \
  -d scope=orders:read+payments:create | cut -d'"' -f4)
AUTH="Authorization: Bearer $TOKEN"
code $DEMO/orders
code $DEMO/orders -H "$AUTH"
code $DEMO/orders -H "$AUTH" -X POST

# the API sees who calls, as the guard says it
curl -s $DEMO/orders -H "$AUTH"; echo

# payments ask the issuer about each token: one that was revoked a moment
# ago is refused there (401), and at /orders only when it has ended (200)
code $DEMO/payments -H "$AUTH" -X POST
curl -s $URL/revoke -u $SERVICE -d token=$TOKEN
code $DEMO/payments -H "$AUTH" -X POST
code $DEMO/orders -H "$AUTH"

# three requests in ten seconds, and the fourth is one too many (429)
for i in 1 2 3 4; do code $DEMO/limited -H "$AUTH"; done
"#
    ))
}

/// A person at a browser application: what the page behind the link does, by hand.
pub(super) fn login(told: &Told<'_>) -> Option<String> {
    let password = told.password(PERSON)?;
    let Pkce { verifier, challenge } = told.pkce;
    let back = format!("{}{}", told.base_url, demo::PATH);
    Some(format!(
        r#"# a person logs in without a browser: the form, then the code
APP=client_id={FRONTEND} JAR=$(mktemp)
BACK=redirect_uri={back}
FORM=$(curl -sgc $JAR -G $URL/auth -d response_type=code -d $APP -d $BACK \
  -d scope=openid+profile -d state=any -d code_challenge_method=S256 \
  -d code_challenge={challenge} | \
  sed -n 's/.*action="\([^"]*\)".*/\1/p')
CODE=$(curl -sgb $JAR -c $JAR $FORM -d username={PERSON} \
  -d password={password} -o /dev/null -w '%{{redirect_url}}' | \
  sed 's/.*[?&]code=//; s/&.*//')

# the application redeems it
TOKENS=$(curl -sg $URL/token -d grant_type=authorization_code -d $APP \
  -d $BACK -d code=$CODE \
  -d code_verifier={verifier})
part() {{ echo "$TOKENS" | sed "s/.*\"$1\":\"//; s/\".*//"; }}
part access_token

# it learns who that is, and gets new tokens before these end
curl -sg $URL/userinfo -H "Authorization: Bearer $(part access_token)"; echo
curl -sg $URL/token -d grant_type=refresh_token -d $APP \
  -d refresh_token=$(part refresh_token); echo
"#
    ))
}
