//! The issuer: it mints tokens, publishes keys, changes them, and breaks.

use crate::document::{self, Document, Object};
use crate::draft::Draft;
use crate::fault::{Fault, Served};
use crate::judge::settled;
use crate::keys::Keys;
use crate::signing::Family;
use crate::wants::{client_claims, scope_claim, wanted};
use crate::{Error, Options, Token};
use jotgate::{Algorithm, Policy, Timestamp, Validator, Verdict, Verified};
use serde_json::{Value, json};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// An issuer without sockets, for tests. Its keys are made with it, and gone with it.
///
/// ```
/// use jotgate::{Code, Policy, Timestamp, Validator};
/// use jotgate_testing::{Issuer, Token};
///
/// let shipped = r#"{"version": 1, "issuers": [{
///     "issuer": "https://idp.example.com/",
///     "audience": "orders",
///     "algorithms": ["ES256"],
///     "scopes": {"all": ["orders:read"]}
/// }]}"#;
/// let issuer = Issuer::for_policy(shipped)?;
/// // The policy that is shipped, with the issuer's keys in place of those that would be fetched.
/// let validator = Validator::new(Policy::from_json(&issuer.policy()?)?, 7);
/// let now = Timestamp::from(std::time::SystemTime::now());
///
/// let token = issuer.token(&Token::new().subject("alice"))?;
/// assert!(matches!(validator.validate(&token, now), jotgate::Verdict::Accepted(_)));
/// let bad = issuer.bad(Code::Expired)?;
/// assert!(matches!(validator.validate(&bad.token.unwrap(), now), jotgate::Verdict::Rejected(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Issuer {
    name: String,
    document: Document,
    algorithm: Option<Algorithm>,
    claims: Object,
    now: Option<i64>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    keys: Keys,
    fault: Option<Fault>,
}

impl Issuer {
    /// The first issuer of an application's policy, which is given as JSON. Its tokens are what that policy asks for.
    pub fn for_policy(document: &str) -> Result<Self, Error> {
        Self::with(&Options::new().policy(document))
    }

    /// An issuer with these options.
    pub fn with(options: &Options) -> Result<Self, Error> {
        let document = match &options.policy {
            Some(text) => Document::read(text)?,
            None => {
                let audience = options.audience.clone().unwrap_or_else(|| json!(TEST_AUDIENCE));
                Document::of_issuer(options.issuer.as_deref().unwrap_or(TEST_ISSUER), &audience)
            }
        };
        if options.policy.is_some() && options.audience.is_some() {
            return Err(Error::new("a policy has its audience").with_hint("leave audience out, or say it of a token"));
        }
        let no_issuer = || Error::new("the policy has no issuer that a token could name");
        let name = options.issuer.clone().or_else(|| document.first_issuer()).ok_or_else(no_issuer)?;
        let algorithm = options.algorithm.as_deref().map(algorithm).transpose()?;
        let mut algorithms = Vec::new();
        for entry in document.entries(&name).filter(|entry| !document::is_unsigned(entry)) {
            algorithms.extend(document::algorithms(entry, algorithm)?);
        }
        if document.entries(&name).next().is_none() {
            return Err(document.no_entry(&name));
        }
        if let Some(wanted) = algorithm.filter(|wanted| !algorithms.contains(wanted)) {
            return Err(Error::new(format!("the policy does not take {wanted} of this issuer")));
        }
        let keys = Keys::generate(&algorithms, options.kid.as_deref())?;
        Ok(Self {
            name,
            document,
            algorithm,
            claims: options.claims.clone(),
            now: options.now.map(whole),
            state: Mutex::new(State { keys, fault: None }),
        })
    }

    /// Its name: the `iss` of its tokens.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The application's policy with this issuer's keys of now in place of its own, and everything else as it stands there.
    pub fn policy(&self) -> Result<String, Error> {
        self.swapped(&self.document).map(|document| document.text())
    }

    /// The same for another document: one in which another issuer's keys were swapped, where a test has several.
    pub fn policy_for(&self, document: &str) -> Result<String, Error> {
        self.swapped(&Document::read(document)?).map(|document| document.text())
    }

    /// The application's policy with the place of a key set in place of its keys: that of a server which answers with
    /// [`Issuer::serve`]. An application that fetches its keys needs no other policy for that: it can be given what it ships.
    pub fn policy_fetching(&self, base: &str) -> Result<String, Error> {
        let uri = format!("{}/jwks", base.trim_end_matches('/'));
        let keys = |_: &Object| Ok(json!({ "jwks_uri": uri }));
        self.document.with_keys(&self.name, keys).map(|document| document.text())
    }

    /// A token that is good under the policy, but for what `token` says.
    pub fn token(&self, token: &Token) -> Result<String, Error> {
        self.draft(token)?.signed()
    }

    /// What a unit test wants of a token that was accepted: one is minted, and the core validates it under [`Issuer::policy`].
    /// There is no other way to a [`Verified`]. Every validator takes it for one of its own, where an endpoint asks for more.
    pub fn verified(&self, token: &Token) -> Result<Verified, Error> {
        let text = self.token(token)?;
        let validator = self.validator()?;
        match settled(validator.validate(&text, self.timestamp(token))) {
            Verdict::Accepted(verified) => Ok(verified.of_any_validator()),
            Verdict::Rejected(rejection) => Err(Error::new(format!("the policy refuses this token: {rejection}"))
                .with_hint("say what it asks for, as claims of the issuer or of the token")),
            _ => Err(Error::new("the policy gives no verdict on this token")),
        }
    }

    /// The key set (RFC 7517), as it should be.
    pub fn jwks(&self) -> Result<String, Error> {
        self.key_set().map(|set| set.to_string())
    }

    /// The metadata (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2) that names a key set at `jwks_uri`.
    #[must_use]
    pub fn metadata(&self, jwks_uri: &str) -> String {
        let written = self.document.entries(&self.name).next().and_then(|entry| entry.get("issuer"));
        let template = document::texts(written).into_iter().find(|name| name.contains('{'));
        json!({ "issuer": template.as_deref().unwrap_or(&self.name), "jwks_uri": jwks_uri }).to_string()
    }

    /// What a GET of this URL is answered: metadata below `/.well-known/`, and the key set everywhere else.
    pub fn serve(&self, url: &str) -> Result<Served, Error> {
        let fault = self.state().fault;
        if let Some(fault) = fault {
            let strangers = if fault == Fault::WrongKey && !url.contains(WELL_KNOWN) {
                self.state().keys.strangers()?.to_string()
            } else {
                String::new()
            };
            // The right metadata leads to the wrong keys.
            if !(fault == Fault::WrongKey && url.contains(WELL_KNOWN)) {
                return Ok(Served::broken(fault, strangers));
            }
        }
        if url.contains(WELL_KNOWN) {
            return Ok(Served::json(self.metadata(&format!("{}/jwks", origin(url)))));
        }
        self.jwks().map(Served::json)
    }

    /// Signs with new keys from now on. With `overlap` the old ones stay in the key set. Gives the id of the new key, the first
    /// where it has several kinds. A policy that was made before has the old keys; validators that fetch see the new ones.
    pub fn rotate(&self, overlap: bool) -> Result<String, Error> {
        self.state().keys.rotate(overlap, None)
    }

    /// The same with an id for the new key.
    pub fn rotate_to(&self, kid: &str, overlap: bool) -> Result<String, Error> {
        self.state().keys.rotate(overlap, Some(kid))
    }

    /// Takes the keys out of the key set that do not sign any more: the end of an overlap.
    pub fn retire_keys(&self) {
        self.state().keys.retire();
    }

    /// Breaks what [`Issuer::serve`] answers, until [`Issuer::mend`].
    pub fn break_keys(&self, fault: Fault) {
        self.state().fault = Some(fault);
    }

    /// Answers as it should again.
    pub fn mend(&self) {
        self.state().fault = None;
    }

    pub(crate) fn document(&self) -> &Document {
        &self.document
    }

    /// A validator of the policy with the keys of now, with hosts that agree to everything.
    pub(crate) fn validator(&self) -> Result<Validator, Error> {
        let policy = Policy::from_json(&self.policy()?)?;
        Ok(Validator::new(policy, 0).with_client_lookup())
    }

    /// The entry that a token of this algorithm belongs to, and its algorithms.
    pub(crate) fn entry(&self, algorithm: Option<Algorithm>) -> Result<(&Object, Vec<Algorithm>), Error> {
        let mut first = None;
        for entry in self.document.entries(&self.name) {
            let algorithms = document::algorithms(entry, self.algorithm)?;
            match algorithm {
                Some(algorithm) if !algorithms.contains(&algorithm) => {}
                _ => return Ok((entry, algorithms)),
            }
            first = first.or(Some((entry, algorithms)));
        }
        first.ok_or_else(|| self.document.no_entry(&self.name))
    }

    pub(crate) fn timestamp(&self, token: &Token) -> Timestamp {
        Timestamp::from_seconds(self.seconds(token))
    }

    /// When a token is made.
    pub(crate) fn seconds(&self, token: &Token) -> i64 {
        let clock = || {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since.as_secs()).unwrap_or_default()
        };
        token.now.map(whole).or(self.now).unwrap_or_else(clock)
    }

    /// A token before it is signed.
    pub(crate) fn draft(&self, token: &Token) -> Result<Draft, Error> {
        let named = token.algorithm.as_deref().map(algorithm).transpose()?;
        let (entry, algorithms) = self.entry(named.or(self.algorithm))?;
        let now = self.seconds(token);
        let mut wanted = wanted(entry, &self.name, now)?;
        let lifetime = token.lifetime.map_or(wanted.lifetime, whole);
        wanted.claims.insert("exp".to_owned(), json!(now.saturating_add(lifetime)));
        wanted.claims.extend(self.claims.clone());
        token.say(&mut wanted.claims, &scope_claim(entry), &client_claims(entry));
        let mut draft = Draft { header: wanted.header, claims: wanted.claims, signer: None };
        if document::is_unsigned(entry) {
            draft = draft.with_header("alg", "none");
        } else {
            let algorithm = named.or(algorithms.first().copied()).unwrap_or(Algorithm::Rs256);
            let (kid, signer) = self.signer(algorithm, token.kid.as_deref())?;
            draft.signer = Some(signer);
            draft = draft.with_header("alg", algorithm.name()).with_header("kid", kid);
        }
        for (name, value) in &token.header {
            draft = draft.with_header(name, value.clone());
        }
        Ok(draft)
    }

    fn signer(
        &self, algorithm: Algorithm, kid: Option<&str>,
    ) -> Result<(String, (Algorithm, std::sync::Arc<crate::signing::SigningKey>)), Error> {
        let state = self.state();
        let family = Family::of(algorithm)?;
        let held = match kid {
            Some(kid) => state.keys.named(kid, family),
            None => state.keys.current(family),
        };
        match held {
            Some(held) => Ok((held.kid.clone(), (algorithm, held.key.clone()))),
            None => Err(Error::new(format!("the issuer has no such key for {algorithm}")).with_hint(
                "the policy says which algorithms it has keys for; header {kid: …} names a key that is not there",
            )),
        }
    }

    fn swapped(&self, document: &Document) -> Result<Document, Error> {
        document.with_keys(&self.name, |entry| {
            let algorithms = document::algorithms(entry, self.algorithm)?;
            Ok(json!({ "jwks": self.state().keys.jwks(&algorithms)? }))
        })
    }

    fn key_set(&self) -> Result<Value, Error> {
        let mut algorithms = Vec::new();
        for entry in self.document.entries(&self.name) {
            algorithms.extend(document::algorithms(entry, self.algorithm)?);
        }
        self.state().keys.jwks(&algorithms)
    }

    /// A test that failed while it held the lock has changed nothing by halves.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn algorithm(name: &str) -> Result<Algorithm, Error> {
    let names = || Algorithm::ALL.iter().map(|algorithm| algorithm.name()).collect::<Vec<_>>().join(", ");
    Algorithm::from_name(name)
        .ok_or_else(|| Error::new("expected the name of an algorithm").with_hint(format!("one of {}", names())))
}

/// Dates of the kit are whole seconds.
fn whole(seconds: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "saturates, and a token of that time is refused as it should be"
    )]
    let whole = seconds.floor() as i64;
    whole
}

/// Scheme and host of a URL.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at.saturating_add(3));
    let end = url.get(host..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| host.saturating_add(at));
    url.get(..end).unwrap_or(url)
}

const WELL_KNOWN: &str = "/.well-known/";
const TEST_ISSUER: &str = "https://issuer.test/";
const TEST_AUDIENCE: &str = "test-api";
