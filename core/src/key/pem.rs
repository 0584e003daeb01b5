//! Public keys as text, in whatever form people have them: PEM (RFC 7468), or base64 of the DER in it.

use super::certificate::{self, Validity};
use super::shape::Shape;
use super::thumbprint::Thumbprints;
use super::{Unusable, public};
use crate::signature::Material;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// A key, and of the certificate that it stands in how long that is valid and what names it.
pub(crate) struct Read {
    pub(crate) material: Material,
    pub(crate) certificate: Option<(Validity, Thumbprints)>,
}

/// Reads one public key or certificate. The form shows in the text: nobody has to say which one it is.
///
/// A text without header and footer is what MuleSoft calls a text key, and what stands in the `x5c` of a JWK.
pub(crate) fn read(text: &str) -> Result<Read, Unusable> {
    // Environment variables and one-line configuration files carry line breaks as two characters.
    let text = text.replace("\\r", "\r").replace("\\n", "\n");
    let text = text.trim();
    if !text.contains("-----BEGIN ") {
        let der = decode(text).ok_or_else(|| refuse_text(text))?;
        return read_der(&der, text);
    }
    if text.contains("PRIVATE KEY-----") {
        return Err(Shape::PrivateKey.refusal());
    }
    let (block, after) = Block::first(text).ok_or(Unusable("the PEM text is damaged: a block has no end"))?;
    if text.matches("-----BEGIN ").count() > 1 {
        return Err(Unusable("the PEM text holds several blocks; give the signer's key or certificate alone"));
    }
    if !block.before.is_empty() || !after.is_empty() {
        return Err(Unusable("there is text around the PEM block"));
    }
    block.read()
}

/// One block of a PEM text.
pub(crate) struct Block<'t> {
    /// The text in front of it.
    pub(crate) before: &'t str,
    label: &'t str,
    body: &'t str,
}

impl<'t> Block<'t> {
    /// The first block of the text, and the text behind it; `None` when no block begins or the first one does not end.
    pub(crate) fn first(text: &'t str) -> Option<(Self, &'t str)> {
        let (before, rest) = text.split_once("-----BEGIN ")?;
        let (label, rest) = rest.split_once("-----")?;
        let (body, after) = rest.split_once(&format!("-----END {label}-----"))?;
        Some((Self { before, label, body }, after))
    }

    /// Reads the key or certificate that the label announces.
    fn read(&self) -> Result<Read, Unusable> {
        match self.label {
            "PUBLIC KEY" => self.der().and_then(|der| public::spki(&der)).map(bare),
            "RSA PUBLIC KEY" => self.der().and_then(|der| public::pkcs1(&der)).map(bare),
            _ => read_certificate(&self.certificate()?),
        }
    }

    /// The DER of a certificate, under any of the labels of RFC 7468 section 5.1; other labels are refused.
    pub(crate) fn certificate(&self) -> Result<Vec<u8>, Unusable> {
        match self.label {
            "CERTIFICATE" | "X509 CERTIFICATE" | "X.509 CERTIFICATE" => self.der(),
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Err(Shape::CertificateRequest.refusal()),
            "X509 CRL" => Err(Shape::RevocationList.refusal()),
            "PKCS7" | "CMS" => Err(Shape::Cms.refusal()),
            "TRUSTED CERTIFICATE" => {
                Err(Unusable("this is a certificate with trust settings; write it anew with openssl x509"))
            }
            "EC PARAMETERS" => Err(Unusable("these are the parameters of a curve, without a key")),
            "SSH2 PUBLIC KEY" => Err(SSH_KEY),
            label if label.ends_with("PRIVATE KEY") => Err(Shape::PrivateKey.refusal()),
            label if label.starts_with("PGP ") => Err(Unusable("this is an OpenPGP key")),
            _ => Err(Unusable("only PUBLIC KEY, RSA PUBLIC KEY and CERTIFICATE blocks are read")),
        }
    }

    fn der(&self) -> Result<Vec<u8>, Unusable> {
        decode(self.body).ok_or(Unusable("the PEM text is damaged: a block is not base64"))
    }
}

/// Base64 with any white space in it. Padding may be missing: it is what a hasty copy loses, and the DER inside says
/// itself where it ends.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    const CONFIG: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let body: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    GeneralPurpose::new(&alphabet::STANDARD, CONFIG).decode(body).ok()
}

fn read_der(der: &[u8], text: &str) -> Result<Read, Unusable> {
    match Shape::of(der) {
        Shape::PublicKey => public::spki(der).map(bare),
        Shape::RsaPublicKey => public::pkcs1(der).map(bare),
        Shape::Certificate => read_certificate(der),
        Shape::Other => Err(refuse_text(text)),
        other => Err(other.refusal()),
    }
}

fn read_certificate(der: &[u8]) -> Result<Read, Unusable> {
    let (material, validity) = certificate::read(der)?;
    Ok(Read { material, certificate: Some((validity, Thumbprints::of(der))) })
}

fn bare(material: Material) -> Read {
    Read { material, certificate: None }
}

/// Says what a text without a key in it looks like.
fn refuse_text(text: &str) -> Unusable {
    let is_word = !text.contains(char::is_whitespace);
    Unusable(match text {
        "" => "the text is empty",
        _ if ["ssh-", "ecdsa-sha2-", "sk-ssh-"].iter().any(|prefix| text.starts_with(prefix)) => return SSH_KEY,
        _ if text.starts_with(['{', '[']) => "this is JSON; JSON Web Keys belong to jwks",
        _ if text.starts_with("https://") || text.starts_with("http://") => {
            "this is a URL; key sets are fetched from jwks_uri"
        }
        _ if is_word && [".pem", ".crt", ".cer", ".der", ".key"].iter().any(|end| text.ends_with(end)) => {
            "this looks like the name of a file; give what stands in it"
        }
        _ if text.starts_with("MI") => "this begins like base64 of a key or certificate, but is damaged or cut short",
        _ if decode(text).is_some_and(|bytes| bytes.starts_with(&JKS_MAGIC)) => {
            "this is a Java key store; it belongs to trust_store"
        }
        _ if decode(text).is_some() => "this looks like a base64 secret given as text; secrets belong to secret",
        _ => "expected a public key or certificate: PEM text, or base64 of its DER",
    })
}

const SSH_KEY: Unusable = Unusable("this is an SSH key; ssh-keygen -e -m PKCS8 writes it as PEM");

/// The first bytes of a Java key store.
pub(crate) const JKS_MAGIC: [u8; 4] = [0xfe, 0xed, 0xfe, 0xed];

#[cfg(test)]
mod tests {
    use super::read;
    use crate::key::Unusable;

    /// The Ed25519 key of RFC 8032 section 7.1, test 1.
    const BODY: &str = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

    #[test]
    fn takes_any_line_breaks_and_none() {
        for text in [
            BODY.to_owned(),
            BODY.trim_end_matches('=').to_owned(),
            format!("  {}\r\n{}\n", &BODY[..20], &BODY[20..]),
            format!("-----BEGIN PUBLIC KEY-----{BODY}-----END PUBLIC KEY-----"),
            format!("-----BEGIN PUBLIC KEY-----\\n{BODY}\\n-----END PUBLIC KEY-----\\n"),
            format!("-----BEGIN PUBLIC KEY-----\r{}\r{}\r-----END PUBLIC KEY-----", &BODY[..7], &BODY[7..]),
        ] {
            assert!(read(&text).is_ok(), "{text}");
        }
    }

    fn block(label: &str) -> String {
        format!("-----BEGIN {label}-----\n{BODY}\n-----END {label}-----\n")
    }

    #[test]
    fn says_what_a_text_looks_like() {
        let pkcs8 = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
        for (text, said) in [
            ("", "empty"),
            (pkcs8, "private key"),
            (&format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{BODY}\n-----END OPENSSH PRIVATE KEY-----"), "private key"),
            (
                &format!("-----BEGIN NEW CERTIFICATE REQUEST-----\n{BODY}\n-----END NEW CERTIFICATE REQUEST-----"),
                "request",
            ),
            (&block("X509 CRL"), "revocation list"),
            (&block("PKCS7"), "PKCS #7"),
            (&block("TRUSTED CERTIFICATE"), "trust settings"),
            (&block("EC PARAMETERS"), "parameters of a curve"),
            (&block("SSH2 PUBLIC KEY"), "SSH"),
            (&block("PGP PUBLIC KEY BLOCK"), "OpenPGP"),
            (&block("DH PARAMETERS"), "blocks are read"),
            (&block("PUBLIC KEY").repeat(2), "several blocks"),
            (&format!("a {}", block("PUBLIC KEY")), "around"),
            ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMVDmKk8rKpW alice", "SSH"),
            ("{\"kty\":\"RSA\"}", "jwks"),
            ("https://idp.example.com/jwks", "jwks_uri"),
            ("/etc/keys/issuer.pem", "file"),
            ("c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0", "secret"),
            ("/u3+7QAAAAIAAAAA", "Java key store"),
            (&BODY[..40], "secret"),
            ("what is this?", "expected a public key"),
        ] {
            let Err(Unusable(reason)) = read(text) else { panic!("{text}") };
            assert!(reason.contains(said), "{text}: {reason}");
        }
    }
}
