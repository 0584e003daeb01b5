//! Tokens for a policy whose keys are not at hand: each of its issuers gets keys of our own.

use super::kit::{Issuer, TestKit};
use super::token::{Described, Signer};
use super::words::moment;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

/// A policy and who mints for it.
pub(super) struct Minter {
    kit: TestKit,
    document: Value,
    /// One for each entry of `issuers`.
    kits: Vec<Kit>,
    now: i64,
}

struct Kit {
    issuer: Issuer,
    name: String,
    entry: Map<String, Value>,
    algorithms: Vec<String>,
}

/// A token, and when it is shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Made {
    pub(super) text: String,
    /// In seconds from the present.
    pub(super) at: i64,
}

impl Minter {
    /// The policy has been loaded before, so that it is known to be one. An issuer for which it lists no algorithms has keys for
    /// those that the cases name.
    pub(super) fn new(kit: TestKit, document: &str, named: &[String], now: i64) -> Result<Self, String> {
        let document: Value = serde_json::from_str(document).map_err(|error| error.to_string())?;
        let entries = document.get("issuers").and_then(Value::as_array).into_iter().flatten();
        let kits = entries
            .filter_map(Value::as_object)
            .map(|entry| Kit::new(kit, entry, named, now))
            .collect::<Result<_, _>>()?;
        Ok(Self { kit, document, kits, now })
    }

    /// The policy with our keys in place of its own, but for those entries that fetch from one of these URLs.
    pub(super) fn policy(&self, down: &[String]) -> Result<String, String> {
        let mut document = self.document.clone();
        let entries = document.get_mut("issuers").and_then(Value::as_array_mut).into_iter().flatten();
        for (entry, kit) in entries.filter_map(Value::as_object_mut).zip(&self.kits) {
            if !kit.is_unsigned() && !down.iter().any(|url| kit.fetches(url)) {
                entry.insert("keys".to_owned(), json!({ "jwks": kit.issuer.jwks()? }));
            }
        }
        Ok(document.to_string())
    }

    /// Whether some entry fetches from this URL.
    pub(super) fn fetches(&self, url: &str) -> bool {
        self.kits.iter().any(|kit| kit.fetches(url))
    }

    pub(super) fn make(&self, described: &Described) -> Result<Made, String> {
        if let Some(text) = &described.text {
            return Ok(Made { text: text.clone(), ..Made::default() });
        }
        let kit = self.kit(described).ok_or("the policy has no issuer")?;
        let mut claims = self.filled(kit, &described.claims);
        claims.retain(|name, _| !described.without.contains(name));
        let text = kit.sign(self.kit, &claims, described, self.now)?;
        Ok(Made { text, at: described.at })
    }

    /// The claims with those that every token has: its issuer, its audience, and ten minutes to live.
    pub(super) fn claims(&self, given: &Map<String, Value>) -> Map<String, Value> {
        let described = Described { claims: given.clone(), ..Described::default() };
        self.kit(&described).map(|kit| self.filled(kit, given)).unwrap_or_default()
    }

    fn filled(&self, kit: &Kit, given: &Map<String, Value>) -> Map<String, Value> {
        let mut claims = Map::new();
        claims.insert("iss".to_owned(), json!(kit.name));
        claims.extend(kit.audience().map(|audience| ("aud".to_owned(), audience)));
        claims.insert("exp".to_owned(), json!(self.now.saturating_add(LIFETIME)));
        for (name, value) in given {
            let dated = value.as_str().and_then(moment).map(|seconds| json!(self.now.saturating_add(seconds)));
            claims.insert(name.clone(), dated.unwrap_or_else(|| value.clone()));
        }
        claims
    }

    /// The entry that the token's `iss` and its algorithm pick; where they pick none, the first.
    fn kit(&self, described: &Described) -> Option<&Kit> {
        let of_issuer = match described.claims.get("iss").and_then(Value::as_str) {
            Some(name) => self.kits.iter().filter(|kit| kit.has_name(name)).collect(),
            None => Vec::new(),
        };
        let among = match of_issuer.first() {
            Some(_) => of_issuer,
            None => self
                .kits
                .iter()
                .filter(|kit| self.kits.first().is_some_and(|first| kit.has_name(&first.name)))
                .collect(),
        };
        let signs = |kit: &&&Kit| described.algorithm.as_ref().is_none_or(|wanted| kit.algorithms.contains(wanted));
        among.iter().find(signs).or(among.first()).copied().or(self.kits.first())
    }
}

impl Kit {
    fn new(kit: TestKit, entry: &Map<String, Value>, named: &[String], now: i64) -> Result<Self, String> {
        let mut written = entry.clone();
        let listed = texts(entry.get("algorithms"));
        let keys = |name: &str| entry.get("keys").is_some_and(|keys| keys.get(name).is_some());
        let algorithms = match listed.is_empty() {
            false => listed,
            true if keys("secret") => vec!["HS256".to_owned()],
            true => with_public_keys(named),
        };
        if !keys("accept_unsigned") {
            written.insert("algorithms".to_owned(), json!(algorithms));
        }
        let policy = json!({"version": 1, "issuers": [written]}).to_string();
        let mut options = json!({ "policy": policy, "now": now });
        if let (Some("any"), Some(options)) = (entry.get("issuer").and_then(Value::as_str), options.as_object_mut()) {
            options.insert("issuer".to_owned(), json!(ANY_ISSUER));
        }
        let issuer = Issuer::new(kit, &options)?;
        Ok(Self { name: issuer.name()?, issuer, entry: entry.clone(), algorithms })
    }

    fn is_unsigned(&self) -> bool {
        self.entry.get("keys").is_some_and(|keys| keys.get("accept_unsigned").is_some())
    }

    fn fetches(&self, url: &str) -> bool {
        let keys = self.entry.get("keys");
        let named = |name: &str| texts(keys.and_then(|keys| keys.get(name))).iter().any(|written| written == url);
        named("jwks_uri") || named("discovery") || (keys.is_none() && url.starts_with(&self.name))
    }

    fn has_name(&self, name: &str) -> bool {
        let written = self.entry.get("issuer");
        let fits = |template: &String| {
            let (template, name): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), name.split('/').collect());
            let same = |(wanted, found): (&&str, &&str)| wanted == found || wanted.starts_with('{');
            template.len() == name.len() && template.iter().zip(&name).all(same)
        };
        written.and_then(Value::as_str) == Some("any") || texts(written).iter().any(fits)
    }

    /// The first audience that the entry takes; none where it takes any.
    fn audience(&self) -> Option<Value> {
        match self.entry.get("audience") {
            Some(Value::String(waiver)) if waiver == "any" => None,
            audience => texts(audience).first().map(|first| json!(first)),
        }
    }

    /// A token with these claims and no others.
    fn sign(
        &self, kit: TestKit, claims: &Map<String, Value>, described: &Described, now: i64,
    ) -> Result<String, String> {
        let mut header = Map::new();
        // What the kit writes of itself.
        header.insert("typ".to_owned(), Value::Null);
        let own = described.algorithm.as_ref().is_none_or(|wanted| self.algorithms.contains(wanted));
        if described.signer == Signer::Nobody {
            return signed_by(&unsigned(kit)?, claims, header, described, None);
        }
        if described.signer == Signer::Issuer && own {
            return signed_by(&self.issuer, claims, header, described, described.algorithm.as_deref());
        }
        // A key of the name that the issuer's has.
        let algorithm = described.algorithm.as_deref().or(self.algorithms.first().map(String::as_str));
        let algorithm = algorithm.unwrap_or("ES256");
        let known = jotgate::Algorithm::from_name(algorithm).map(|_| algorithm);
        let named = known.ok_or_else(|| format!("{algorithm}: there is no such algorithm"))?;
        let stranger = Issuer::new(kit, &json!({ "algorithm": named, "now": now }))?;
        let kid = self.issuer.token(&json!({ "algorithm": if own { Some(algorithm) } else { None } }));
        header
            .extend(kid.ok().and_then(|token| part(&token, 0)?.get("kid").map(|kid| ("kid".to_owned(), kid.clone()))));
        signed_by(&stranger, claims, header, described, Some(algorithm))
    }
}

fn signed_by(
    issuer: &Issuer, claims: &Map<String, Value>, mut header: Map<String, Value>, described: &Described,
    algorithm: Option<&str>,
) -> Result<String, String> {
    header.extend(described.header.clone());
    let usual = part(&issuer.token(&json!({ "algorithm": algorithm }))?, 1).unwrap_or_default();
    let without: Vec<&String> = usual.keys().filter(|name| !claims.contains_key(*name)).collect();
    issuer.token(&json!({ "claims": claims, "without": without, "header": header, "algorithm": algorithm }))
}

/// What issuers sign with. The first is what a case does not have to say.
fn with_public_keys(named: &[String]) -> Vec<String> {
    let public = named.iter().filter(|name| {
        jotgate::Algorithm::from_name(name).is_some_and(|algorithm| !algorithm.is_symmetric()) && *name != "ES256"
    });
    ["ES256".to_owned()].into_iter().chain(public.cloned()).collect()
}

/// Who writes tokens that nobody signs.
fn unsigned(kit: TestKit) -> Result<Issuer, String> {
    let entry = json!({"issuer": ANY_ISSUER, "audience": "any", "keys": {"accept_unsigned": true}});
    Issuer::new(kit, &json!({ "policy": json!({"version": 1, "issuers": [entry]}).to_string() }))
}

/// The header or the claims of a token.
fn part(token: &str, index: usize) -> Option<Map<String, Value>> {
    let octets = URL_SAFE_NO_PAD.decode(token.split('.').nth(index)?).ok()?;
    serde_json::from_slice(&octets).ok()
}

/// One text, or a list of texts.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// For policies that take any issuer.
const ANY_ISSUER: &str = "https://idp.example.com/";
/// Ten minutes, in seconds.
const LIFETIME: i64 = 600;
