//! Fetches over TLS: from a server with a certificate that nobody but the test trusts.

use crate::issuer::{AUDIENCE, Clock, ISSUER, builder, key_set, token};
use jotgate::Code;
use jotgate_http::ReqwestFetcher;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use serde_json::json;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// The port of a server that answers every request with a key set.
async fn serve() -> (u16, CertificateDer<'static>) {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("a key");
    let certificate = certificate(&Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).expect("a key"));
    let key = PrivatePkcs8KeyDer::from(pkcs8.as_ref().to_vec());
    let config = rustls::ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key.into())
        .expect("a certificate");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does not trust the certificate hangs up.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let body = key_set(&[1]).to_string();
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    (port, certificate)
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_named() {
    let (port, trusted) = serve().await;
    let policy = json!({"version": 1, "issuers": [{"issuer": ISSUER, "audience": AUDIENCE,
        "keys": {"jwks_uri": format!("https://127.0.0.1:{port}/jwks")}}]});

    let validator = builder(&policy, &Clock::new()).build().expect("a validator");
    assert_eq!(validator.validate(&token(1)).await.expect_err("no keys").code(), Code::KeysUnavailable);
    let health = serde_json::to_value(validator.health()).expect("JSON");
    assert_eq!(health["sources"][0]["last_error"], "certificate", "{health}");

    let mut roots = rustls::RootCertStore::empty();
    roots.add(trusted).expect("a certificate");
    let tls = rustls::ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = reqwest::Client::builder().tls_backend_preconfigured(tls);
    let fetcher = ReqwestFetcher::new(client).expect("a client");
    let validator = builder(&policy, &Clock::new()).fetcher(fetcher).build().expect("a validator");
    validator.validate(&token(1)).await.expect("the test trusts it");
}

/// A certificate for 127.0.0.1 that the key signs itself (RFC 5280 section 4.1, RFC 8410).
fn certificate(key: &Ed25519KeyPair) -> CertificateDer<'static> {
    let algorithm = der(0x30, &[&der(0x06, &[&[0x2b, 0x65, 0x70]])]);
    let common_name = der(0x30, &[&der(0x06, &[&[0x55, 0x04, 0x03]]), &der(0x0c, &[b"jotgate test"])]);
    let name = der(0x30, &[&der(0x31, &[&common_name])]);
    let validity = der(0x30, &[&der(0x17, &[b"200101000000Z"]), &der(0x17, &[b"491231235959Z"])]);
    let public = der(0x30, &[&algorithm, &der(0x03, &[&[0], key.public_key().as_ref()])]);
    let alternative = der(0x30, &[&der(0x87, &[&[127, 0, 0, 1]])]);
    let extension = der(0x30, &[&der(0x06, &[&[0x55, 0x1d, 0x11]]), &der(0x04, &[&alternative])]);
    let extensions = der(0xa3, &[&der(0x30, &[&extension])]);
    let (version, serial) = (der(0xa0, &[&der(0x02, &[&[2]])]), der(0x02, &[&[1]]));
    let signed = der(0x30, &[&version, &serial, &algorithm, &name, &validity, &name, &public, &extensions]);
    let signature = key.sign(&signed);
    der(0x30, &[&signed, &algorithm, &der(0x03, &[&[0], signature.as_ref()])]).into()
}

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).expect("a short text").to_be_bytes();
    let mut bytes = match length {
        [0, short @ 0..0x80] => vec![tag, short],
        [0, long] => vec![tag, 0x81, long],
        [high, low] => vec![tag, 0x82, high, low],
    };
    bytes.extend(content);
    bytes
}
