//! The keys of a client: certificates that are kept as data until a client can authenticate by them.

use keyward_domain::Fault;
use keyward_domain::client::Client;
use keyward_domain::secret::Secret;
use keyward_jose::alg::KeyType;
use keyward_jose::digest::b64_encode;
use keyward_jose::{SigningKey, pem};
use serde::Serialize;

use super::{find, protect};
use crate::admin::keycloak::shown_secret::ShownSecret;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Need, Offered, Operation, Route, multipart, route};

const ONE: &str = "/admin/realms/{realm}/clients/{client}/certificates/{attribute}";

pub(super) static ROUTES: [Route; 6] = [
    route!(GET ONE, Need::ViewClients, Offered::DataOnly, show),
    route!(
        POST "/admin/realms/{realm}/clients/{client}/certificates/{attribute}/generate",
        Need::ManageClients,
        Offered::DataOnly,
        generate
    ),
    route!(
        POST "/admin/realms/{realm}/clients/{client}/certificates/{attribute}/upload",
        Need::ManageClients,
        Offered::DataOnly,
        upload
    ),
    route!(
        POST "/admin/realms/{realm}/clients/{client}/certificates/{attribute}/upload-certificate",
        Need::ManageClients,
        Offered::DataOnly,
        upload
    ),
    route!(
        POST "/admin/realms/{realm}/clients/{client}/certificates/{attribute}/download",
        Need::ManageClients,
        Offered::NotOffered,
        stores
    ),
    route!(
        POST "/admin/realms/{realm}/clients/{client}/certificates/{attribute}/generate-and-download",
        Need::ManageClients,
        Offered::NotOffered,
        stores
    ),
];

/// `CertificateRepresentation`.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    #[serde(skip_serializing_if = "Option::is_none")]
    private_key: Option<ShownSecret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
}

/// What an attribute's keys are called.
fn named(call: &AdminCall, what: &str) -> String {
    format!("{}.{what}", call.param("attribute"))
}

/// `GET …/certificates/{attribute}`. A private key that came with a realm file is for those who manage the client.
async fn show(call: &AdminCall) -> Result<Answer, AdminError> {
    let entry = find::entry(call)?;
    let attribute = |what| entry.client.settings.attributes.get(&named(call, what)).cloned();
    let private_key = attribute("private.key").map(|key| {
        if protect::holds_keys(call, entry) {
            ShownSecret::new(Secret::new(key))
        } else {
            ShownSecret::masked()
        }
    });
    Ok(Answer::json(&Shown {
        private_key,
        public_key: attribute("public.key"),
        certificate: attribute("certificate"),
        kid: attribute("kid"),
    }))
}

/// `POST …/generate`: a key pair. The private key is in the answer and nowhere else; the certificate is kept.
async fn generate(call: &AdminCall) -> Result<Answer, AdminError> {
    let entry = find::entry(call)?;
    protect::require_manageable(call, entry)?;
    let (name, now) = (entry.client.client_id.clone(), call.cx.now.secs());
    let made = tokio::task::spawn_blocking(move || {
        let key = SigningKey::generate(KeyType::Rsa2048)?;
        let certificate = key.self_signed_certificate(&name, now)?;
        Ok::<_, keyward_jose::KeyError>((key.to_pkcs8()?, certificate))
    });
    let failed = |error: &dyn std::fmt::Display| Fault::Crypto(error.to_string());
    let (pkcs8, certificate) = made
        .await
        .map_err(|error| failed(&error))?
        .map_err(|error| failed(&error))?;
    let private_key = pkcs1(&pkcs8).ok_or_else(|| failed(&"an RSA key of another form"))?;
    let certificate = b64_encode(&certificate.der);
    keep(
        call,
        &[
            ("certificate", Some(certificate.clone())),
            ("public.key", None),
            ("private.key", None),
        ],
    )
    .await?;
    Ok(Answer::json(&Shown {
        private_key: Some(ShownSecret::new(Secret::new(b64_encode(private_key)))),
        certificate: Some(certificate),
        ..Shown::default()
    }))
}

/// `POST …/upload`, `…/upload-certificate`: a certificate or a public key. Java's stores are not read.
async fn upload(call: &AdminCall) -> Result<Answer, AdminError> {
    protect::require_manageable(call, find::entry(call)?)?;
    let parts = multipart::parse(call.content_type(), call.raw_body())?;
    let text = |name, missing: &str| {
        let content = multipart::content(&parts, name).and_then(|content| std::str::from_utf8(content).ok());
        content.ok_or_else(|| AdminError::BadRequest(missing.to_owned()))
    };
    let format = text("keystoreFormat", "keystoreFormat cannot be null")?;
    let mut shown = Shown::default();
    let place = match format {
        "Certificate PEM" => &mut shown.certificate,
        "Public Key PEM" => &mut shown.public_key,
        _ => return stores(call).await,
    };
    let file = text("file", "file cannot be empty")?;
    let der = pem::decode(file).map_err(|_| AdminError::BadRequest("the file is not PEM".into()))?;
    *place = Some(b64_encode(&der));
    let kept = [
        ("certificate", shown.certificate.clone()),
        ("public.key", shown.public_key.clone()),
        ("private.key", None),
    ];
    keep(call, &kept).await?;
    Ok(Answer::json(&shown))
}

async fn stores(_: &AdminCall) -> Result<Answer, AdminError> {
    Err(AdminError::NotOffered("key stores of Java"))
}

/// Writes attributes of the client's keys.
async fn keep(call: &AdminCall, kept: &[(&str, Option<String>)]) -> Result<(), AdminError> {
    let mut tx = call.write().await?;
    let mut client: Client = find::row(call, &mut *tx).await?;
    let attributes = &mut client.settings.attributes;
    for (what, value) in kept {
        match value {
            Some(value) => attributes.insert(named(call, what), value.clone()),
            None => attributes.remove(&named(call, what)),
        };
    }
    tx.update_client(&client).await?;
    call.commit(tx, Done::new(Operation::Action, "CLIENT", call.resource_path()))
        .await
}

/// The `RSAPrivateKey` (RFC 8017 §A.1.2) inside a PKCS#8 key of 2048 bits (RFC 5958 §2): Keycloak's form.
fn pkcs1(pkcs8: &[u8]) -> Option<&[u8]> {
    // Version 0, rsaEncryption, and the head of the octet string that holds it.
    const HEAD: [u8; 20] = [
        0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
        0x04, 0x82,
    ];
    let inside = pkcs8.get(4..)?.strip_prefix(&HEAD)?;
    inside.get(2..)
}
