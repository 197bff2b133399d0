use super::*;

/// A recorded answer of Keycloak 26.7.4, its lists cut to two values.
const RECORDED: &str = concat!(
    r#"{"issuer":"http://127.0.0.1:8280/realms/shop","#,
    r#""authorization_endpoint":"http://127.0.0.1:8280/realms/shop/protocol/openid-connect/auth","#,
    r#""token_endpoint":"http://127.0.0.1:8280/realms/shop/protocol/openid-connect/token","#,
    r#""introspection_endpoint":"http://127.0.0.1:8280/realms/shop/protocol/openid-connect/token/introspect","#,
    r#""userinfo_endpoint":"http://127.0.0.1:8280/realms/shop/protocol/openid-connect/userinfo","#,
    r#""end_session_endpoint":"http://127.0.0.1:8280/realms/shop/protocol/openid-connect/logout","#,
    r#""frontchannel_logout_session_supported":true,"#,
    r#""frontchannel_logout_supported":true,"#,
    r#""jwks_uri":"http://127.0.0.1:8280/realms/shop/protocol/openid-connect/certs","#,
    r#""check_session_iframe":"http://127.0.0.1:8280/realms/shop/protocol/openid-connect/login-status-iframe.html","#,
    r#""grant_types_supported":["authorization_code","client_credentials"],"#,
    r#""acr_values_supported":["0","1"],"#,
    r#""response_types_supported":["code","none"],"#,
    r#""subject_types_supported":["public","pairwise"],"#,
    r#""prompt_values_supported":["none","login"],"#,
    r#""id_token_signing_alg_values_supported":["PS384","RS384"],"#,
    r#""id_token_encryption_alg_values_supported":["ECDH-ES+A256KW","ECDH-ES+A192KW"],"#,
    r#""id_token_encryption_enc_values_supported":["A256GCM","A192GCM"],"#,
    r#""userinfo_signing_alg_values_supported":["PS384","RS384"],"#,
    r#""userinfo_encryption_alg_values_supported":["ECDH-ES+A256KW","ECDH-ES+A192KW"],"#,
    r#""userinfo_encryption_enc_values_supported":["A256GCM","A192GCM"],"#,
    r#""request_object_signing_alg_values_supported":["PS384","RS384"],"#,
    r#""request_object_encryption_alg_values_supported":["ECDH-ES+A256KW","ECDH-ES+A192KW"],"#,
    r#""request_object_encryption_enc_values_supported":["A256GCM","A192GCM"],"#,
    r#""response_modes_supported":["query","fragment"],"#,
    r#""registration_endpoint":"http://127.0.0.1:8280/realms/shop/clients-registrations/openid-connect","#,
    r#""token_endpoint_auth_methods_supported":["private_key_jwt","client_secret_basic"],"#,
    r#""token_endpoint_auth_signing_alg_values_supported":["PS384","RS384"],"#,
    r#""introspection_endpoint_auth_methods_supported":["private_key_jwt","client_secret_basic"],"#,
    r#""introspection_endpoint_auth_signing_alg_values_supported":["PS384","RS384"],"#,
    r#""authorization_signing_alg_values_supported":["PS384","RS384"],"#,
    r#""authorization_encryption_alg_values_supported":["ECDH-ES+A256KW","ECDH-ES+A192KW"],"#,
    r#""authorization_encryption_enc_values_supported":["A256GCM","A192GCM"],"#,
    r#""claims_supported":["iss","sub"],"#,
    r#""claim_types_supported":["normal"],"#,
    r#""claims_parameter_supported":true,"#,
    r#""scopes_supported":["openid","profile"],"#,
    r#""request_parameter_supported":true,"#,
    r#""request_uri_parameter_supported":true,"#,
    r#""require_request_uri_registration":true,"#,
    r#""code_challenge_methods_supported":["plain","S256"],"#,
    r#""tls_client_certificate_bound_access_tokens":true,"#,
    r#""dpop_signing_alg_values_supported":["PS384","RS384"],"#,
    r#""revocation_endpoint":"http://127.0.0.1:8280/realms/shop/protocol/openid-connect/revoke","#,
    r#""revocation_endpoint_auth_methods_supported":["private_key_jwt","client_secret_basic"],"#,
    r#""revocation_endpoint_auth_signing_alg_values_supported":["PS384","RS384"],"#,
    r#""backchannel_logout_supported":true,"#,
    r#""backchannel_logout_session_supported":true,"#,
    r#""device_authorization_endpoint":"http://127.0.0.1:8280/realms/shop/protocol/openid-connect/auth/device","#,
    r#""backchannel_token_delivery_modes_supported":["poll","ping"],"#,
    r#""backchannel_authentication_endpoint":"#,
    r#""http://127.0.0.1:8280/realms/shop/protocol/openid-connect/ext/ciba/auth","#,
    r#""backchannel_authentication_request_signing_alg_values_supported":["PS384","RS384"],"#,
    r#""require_pushed_authorization_requests":false,"#,
    r#""pushed_authorization_request_endpoint":"#,
    r#""http://127.0.0.1:8280/realms/shop/protocol/openid-connect/ext/par/request","#,
    r#""mtls_endpoint_aliases":{"token_endpoint":"http://127.0.0.1:8280/realms/shop/protocol/openid-connect/token"},"#,
    r#""authorization_response_iss_parameter_supported":true}"#,
);

#[test]
fn members_stand_in_keycloaks_order() {
    let metadata: ProviderMetadata = serde_json::from_str(RECORDED).unwrap();
    assert_eq!(serde_json::to_string(&metadata).unwrap(), RECORDED);
}

#[test]
fn what_is_absent_is_not_promised() {
    let metadata = ProviderMetadata {
        issuer: "https://id.example.com/realms/demo".into(),
        ..ProviderMetadata::default()
    };
    assert_eq!(
        serde_json::to_string(&metadata).unwrap(),
        r#"{"issuer":"https://id.example.com/realms/demo","response_types_supported":[]}"#
    );
}
