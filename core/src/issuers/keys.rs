//! The keys of an issuer entry: what stands in the policy is loaded, what is fetched is planned.

use super::fetched;
use crate::algorithm::Algorithms;
use crate::document::{Discovery, OneOrMany, PolicyError, WrittenKeys, WrittenSecret, WrittenTrustStore};
use crate::jwks::Location;
use crate::key::{
    self, Candidates, GivenKey, Key, KeySet, Periods, SetError, StoreContent, StoreError, StoreType, Trust, TrustStore,
    TrustStores, Unusable, WrongDocument,
};
use crate::token;

/// The keys that an issuer entry has from the start.
#[derive(Debug, Default)]
pub(crate) struct StaticKeys {
    /// The inline `jwks`.
    pub(crate) set: KeySet,
    /// Keys given as text, which have no id.
    pub(crate) texts: Vec<Key>,
    /// Certificates under their aliases.
    pub(crate) store: Option<TrustStore>,
    /// The waiver `accept_unsigned`.
    pub(crate) unsigned: bool,
    /// Ids of keys that must not be used any more; nearly always none.
    denied: Vec<String>,
}

impl StaticKeys {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Key> {
        self.set.keys().chain(&self.texts).chain(self.store.iter().flat_map(TrustStore::keys))
    }

    /// Those that are no key set, as the entry of number `issuer` has them.
    pub(crate) fn given(&self, issuer: usize, allowed: Algorithms) -> Vec<GivenKey> {
        let field = |key: &Key| if key.is_symmetric() { "keys.secret" } else { "keys.pem" };
        let texts = self.texts.iter().map(|key| GivenKey::of(key, issuer, field(key), allowed));
        let in_store = self.store.iter().flat_map(|store| {
            let unusable = store.unusable().map(|alias| GivenKey::unusable(Some(alias), issuer, "keys.trust_store"));
            store.keys().map(|key| GivenKey::of(key, issuer, "keys.trust_store", allowed)).chain(unusable)
        });
        let denied = |key: &GivenKey| key.id.as_deref().is_some_and(|id| self.denies(id));
        texts.chain(in_store).map(|key| GivenKey { denied: denied(&key), ..key }).collect()
    }

    /// Whether the policy takes the key of this id out of use.
    pub(crate) fn denies(&self, kid: &str) -> bool {
        // The aliases of a trust store compare without regard to case.
        let in_store = |denied: &String| self.store.is_some() && denied.to_lowercase() == kid.to_lowercase();
        self.denied.iter().any(|denied| denied == kid || in_store(denied))
    }

    /// Takes the keys that are out of use away from what a token may mean. `fetched` are the sets that are not the policy's own.
    pub(crate) fn deny<'k>(&'k self, candidates: &mut Candidates<'k>, fetched: impl Fn() -> Vec<&'k KeySet>) {
        for kid in &self.denied {
            candidates.deny(&self.set, kid);
            fetched().into_iter().for_each(|set| candidates.deny(set, kid));
            self.store.iter().for_each(|store| store.deny(candidates, kid));
        }
    }
}

/// Loads what the entry at `path` (as in `issuers[0]`) carries, for signatures of `allowed` algorithms, and says where the
/// rest lies.
pub(crate) fn load(
    keys: WrittenKeys, allowed: Algorithms, issuer: &OneOrMany, allow_http: bool, stores: &dyn TrustStores, path: &str,
) -> Result<(StaticKeys, Vec<Location>), PolicyError> {
    let path = format!("{path}.keys");
    let discovery = if names_no_source(&keys) && fetched::follows_metadata(issuer, allow_http) {
        Some(Discovery::Switch(true))
    } else {
        keys.discovery
    };
    if let Some(index) = keys.denied_kids.iter().position(String::is_empty) {
        return Err(PolicyError::new(format!("{path}.denied_kids[{index}]"), "a key id is not empty"));
    }
    let mut loaded = StaticKeys { unsigned: keys.accept_unsigned, denied: keys.denied_kids, ..StaticKeys::default() };
    if let Some(document) = keys.jwks {
        loaded.set = inline_set(&document.to_string(), allowed, &format!("{path}.jwks"))?;
    }
    let periods = if keys.allow_expired_certificates { Periods::Ignored } else { Periods::Checked };
    if let Some(text) = keys.pem {
        let key = Key::from_text(&text, periods, allowed)
            .map_err(|Unusable(reason)| PolicyError::new(format!("{path}.pem"), reason))?;
        loaded.texts.push(key);
    }
    if let Some(store) = keys.trust_store {
        loaded.store = Some(trust_store(&store.0, periods, allowed, stores, &format!("{path}.trust_store"))?);
    }
    if let Some(secret) = keys.secret {
        let path = format!("{path}.secret");
        let key = Key::from_secret(octets(secret.0, &path)?, allowed)
            .map_err(|Unusable(reason)| PolicyError::new(path, reason))?;
        loaded.texts.push(key);
    }
    let switched_off = matches!(discovery, Some(Discovery::Switch(false)));
    let locations = fetched::locations(keys.jwks_uri, discovery, issuer, allow_http, &path)?;
    refuse_contradictions(&loaded, !locations.is_empty(), &path)?;
    if locations.is_empty() && !loaded.unsigned && loaded.iter().next().is_none() {
        let hint = if switched_off { NO_OTHER_SOURCE } else { NO_SOURCE };
        return Err(PolicyError::new(path, "no key source").with_hint(hint));
    }
    Ok((loaded, locations))
}

/// Whether the policy does not say where the keys are: then the issuer's metadata does.
fn names_no_source(keys: &WrittenKeys) -> bool {
    let WrittenKeys { jwks_uri, discovery, jwks, pem, secret, trust_store, accept_unsigned, .. } = keys;
    let fetched = jwks_uri.is_some() || discovery.is_some();
    !(fetched || jwks.is_some() || pem.is_some() || secret.is_some() || trust_store.is_some() || *accept_unsigned)
}

/// The policy's own key set. Its author can mend it, so where no key of it is usable the reason is an error; one bad key
/// beside good ones is skipped, as in a fetched set (RFC 7517 section 5).
fn inline_set(document: &str, allowed: Algorithms, path: &str) -> Result<KeySet, PolicyError> {
    let set = KeySet::read(document, Trust::Inline, usize::MAX, allowed).map_err(|error| match error {
        SetError::NotAKeySet(wrong) => {
            let error = PolicyError::new(path, "expected an object with an array keys (RFC 7517 section 5)");
            match wrong {
                WrongDocument::SingleKey | WrongDocument::KeyList => {
                    error.with_hint("write  { keys: [ … ] }  around it")
                }
                WrongDocument::Metadata => error.with_hint("this is metadata: write its jwks_uri, or use discovery"),
                WrongDocument::Certificates => {
                    error.with_hint("this is a map of certificates: use the JSON Web Key Set")
                }
                _ => error,
            }
        }
        SetError::NoKeys => PolicyError::new(path, "the key set is empty"),
    })?;
    match set.skipped.first() {
        Some(skipped) if set.len() == 0 => {
            Err(PolicyError::new(path, format!("no key is usable: {}", skipped.reason.detail())))
        }
        _ => Ok(set),
    }
}

/// The certificates of a store. An error leads to the field that has to change: the store, its type, its password.
fn trust_store(
    store: &WrittenTrustStore, periods: Periods, allowed: Algorithms, stores: &dyn TrustStores, path: &str,
) -> Result<TrustStore, PolicyError> {
    let bytes = match (&store.base64, &store.text) {
        (Some(base64), None) => key::from_base64(base64)
            .ok_or_else(|| PolicyError::new(format!("{path}.base64"), "expected base64 of the store's bytes"))?,
        (None, Some(text)) if store.r#type == StoreType::Pem => text.clone().into_bytes(),
        (None, Some(_)) => return Err(PolicyError::new(format!("{path}.text"), "only certificates in PEM are text")),
        _ => return Err(PolicyError::new(path, "expected one of base64 and text")),
    };
    let content = StoreContent { store_type: store.r#type, bytes: &bytes, password: store.password.as_deref() };
    TrustStore::read(&content, store.default_alias.as_deref(), periods, allowed, stores).map_err(|error| {
        let (field, Unusable(reason)) = match error {
            StoreError::Type(reason) => ("type", reason),
            StoreError::Content(reason) if store.text.is_some() => ("text", reason),
            StoreError::Content(reason) => ("base64", reason),
            StoreError::Password(reason) => ("password", reason),
            StoreError::DefaultAlias(reason) => ("default_alias", reason),
        };
        PolicyError::new(format!("{path}.{field}"), reason)
    })
}

/// A secret's octets. Exactly one form says how they are written, because a text that reads as base64 may be meant as it is:
/// a guess would make another secret, and every token would fail.
fn octets(secret: WrittenSecret, path: &str) -> Result<Vec<u8>, PolicyError> {
    match (secret.text, secret.base64url, secret.hex) {
        (Some(text), None, None) => Ok(text.into_bytes()),
        (None, Some(text), None) => token::decode(text.as_bytes()).map_err(|_| {
            let error = PolicyError::new(path, "expected base64url without padding");
            match key::from_base64(&text) {
                Some(_) => error.with_hint("this is base64: write - for +, _ for /, and leave out = and white space"),
                None => error,
            }
        }),
        (None, None, Some(text)) => hex(&text).ok_or_else(|| {
            let error = PolicyError::new(path, "expected an even number of hexadecimal digits");
            match hex(&text.replace([':', ' '], "").replace("0x", "")) {
                Some(_) => error.with_hint("leave out 0x, colons and spaces"),
                None => error.with_hint("a secret that is plain text belongs to text"),
            }
        }),
        _ => Err(PolicyError::new(path, "expected one of text, base64url and hex")),
    }
}

/// Octets from pairs of hexadecimal digits, and nothing between them.
fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| pair.iter().try_fold(0_u8, |byte, digit| byte.checked_mul(16)?.checked_add(*digit))).collect()
}

/// Secrets and public keys never meet in one entry. That alone makes it impossible to check a public key as a secret
/// (RFC 8725 section 2.1), whatever algorithm a header names.
fn refuse_contradictions(keys: &StaticKeys, fetches: bool, path: &str) -> Result<(), PolicyError> {
    let symmetric = keys.iter().any(Key::is_symmetric);
    let asymmetric = fetches || keys.iter().any(|key| !key.is_symmetric());
    if keys.unsigned && (symmetric || asymmetric) {
        return Err(PolicyError::new(format!("{path}.accept_unsigned"), "excludes every key source"));
    }
    if symmetric && asymmetric {
        return Err(PolicyError::new(path, "an HMAC secret cannot stand beside public keys")
            .with_hint("give each its own issuer entry, and if it is one issuer, write algorithms in both"));
    }
    Ok(())
}

const NO_SOURCE: &str = "one issuer that is an https URL is enough, if it has metadata; else set discovery to the URL of the metadata, or jwks_uri, jwks, pem, trust_store or secret";
const NO_OTHER_SOURCE: &str = "set jwks_uri, jwks, pem, trust_store or secret, or leave discovery: false out";

#[cfg(test)]
mod tests {
    use crate::Policy;

    #[test]
    fn without_a_source_the_hint_is_what_can_be_done() {
        let hint = |entry: &str| {
            let policy = format!(r#"{{"version":1,"issuers":[{{"audience":"a",{entry}}}]}}"#);
            let error = Policy::from_json(&policy).expect_err("no keys");
            assert_eq!(error.path(), "issuers[0].keys");
            error.hint().unwrap_or_default().to_owned()
        };
        assert_eq!(hint(r#""issuer":"idp""#), super::NO_SOURCE);
        assert_eq!(hint(r#""issuer":"https://idp.test/","keys":{"discovery":false}"#), super::NO_OTHER_SOURCE);
    }
}
