//! What Envoy is told to do.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use super::messages::{
    CheckResponse, DeniedHttpResponse, HeaderValue as Pair, HeaderValueOption, HttpResponse, HttpStatus, OVERWRITE,
    OkHttpResponse, RpcStatus,
};
use crate::guard::{Decision, Guard};
use crate::request_id::REQUEST_ID;
use crate::translate;

/// gRPC's code for a refusal. Any other than the two is a failure of the guard to Envoy.
const PERMISSION_DENIED: i32 = 7;
const UNAUTHENTICATED: i32 = 16;

/// Leave, with what the API gets to see and what it does not.
pub(super) fn leave(guard: &Guard, decision: &Decision, request: &HeaderMap) -> CheckResponse {
    let identity = decision.identity();
    let is_told = |name: &HeaderName| identity.iter().any(|(told, _)| told == name);
    let foreign = request
        .keys()
        .filter(|name| translate::is_identity(name.as_str()) && !is_told(name));
    let mut headers_to_remove: Vec<String> = foreign.map(ToString::to_string).collect();
    if !decision.route.as_ref().is_some_and(|route| route.forward_credential) {
        headers_to_remove.push(AUTHORIZATION.to_string());
    }
    let mut beside = HeaderMap::new();
    guard.dress(decision, request, &mut beside);
    let mut headers: Vec<HeaderValueOption> = identity.iter().map(|(name, value)| set(name, value)).collect();
    headers.push(set(&REQUEST_ID, &decision.request_id));
    let ok = OkHttpResponse {
        headers,
        headers_to_remove,
        response_headers_to_add: beside.iter().map(|(name, value)| set(name, value)).collect(),
    };
    respond(0, HttpResponse::Ok(ok))
}

/// The guard's answer to the client, whatever its status.
pub(super) fn denied(response: Response<Bytes>) -> CheckResponse {
    let (parts, body) = response.into_parts();
    let code = if parts.status == StatusCode::UNAUTHORIZED {
        UNAUTHENTICATED
    } else {
        PERMISSION_DENIED
    };
    let denied = DeniedHttpResponse {
        status: Some(HttpStatus {
            code: parts.status.as_u16().into(),
        }),
        headers: parts.headers.iter().map(|(name, value)| set(name, value)).collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    respond(code, HttpResponse::Denied(denied))
}

fn respond(code: i32, response: HttpResponse) -> CheckResponse {
    CheckResponse {
        status: Some(RpcStatus { code }),
        http_response: Some(response),
    }
}

fn set(name: &HeaderName, value: &HeaderValue) -> HeaderValueOption {
    HeaderValueOption {
        header: Some(Pair {
            key: name.as_str().to_owned(),
            value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
        }),
        append_action: OVERWRITE,
        keep_empty_value: true,
    }
}
