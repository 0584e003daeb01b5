//! A key set (RFC 7517 section 5) and the one rule by which a token finds its key in it.

use super::skip::{SkipReason, Spelling};
use super::thumbprint::{Named, Thumbprints};
use super::{Key, Trust, WrongDocument, jwk};
use crate::algorithm::{Algorithm, Algorithms};
use crate::json::{self, Value};
use crate::limits;
use crate::time::Timestamp;
use smallvec::SmallVec;
use std::collections::{BTreeMap, BTreeSet};

/// The keys of one source.
#[derive(Debug, Default)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
    /// Places in `keys`, by key id, so that a large set costs a token no more than a small one.
    by_id: BTreeMap<Box<str>, Vec<usize>>,
    /// Ids of keys that cannot be used.
    unusable: BTreeSet<Box<str>>,
    /// The first of these keys, as many as are ever told: a document has room for far more of them than for keys.
    pub(crate) skipped: Vec<Noted<SkipReason>>,
    pub(crate) skipped_count: usize,
    /// The first of the keys that count in a spelling of theirs, as many as are ever told.
    pub(crate) lenient: Vec<Noted<Spelling>>,
    pub(crate) lenient_count: usize,
}

/// Something about a key of a set. RFC 7517 section 5: one that cannot be used must not spoil the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Noted<R> {
    /// The place in the list `keys`, counted from 0.
    pub(crate) index: usize,
    pub(crate) id: Option<Box<str>>,
    pub(crate) reason: R,
}

/// Why a document is no key set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SetError {
    /// Not strict JSON, or not an object with an array `keys`.
    NotAKeySet(WrongDocument),
    /// `keys` is empty: a set that can verify nothing does not replace one that can.
    NoKeys,
}

impl KeySet {
    /// Reads a key set document, for signatures of `allowed` algorithms; keys beyond `max_keys` are skipped.
    pub(crate) fn read(document: &str, trust: Trust, max_keys: usize, allowed: Algorithms) -> Result<Self, SetError> {
        let other = || SetError::NotAKeySet(WrongDocument::of(document.as_bytes()));
        let members = json::object(document, limits::JSON_DEPTH).map_err(|_| other())?;
        let keys = members.iter().find(|member| member.name == "keys").and_then(|member| member.value.as_array());
        let keys = keys.ok_or_else(other)?;
        if keys.is_empty() {
            return Err(SetError::NoKeys);
        }
        let mut set = Self::default();
        for (index, value) in keys.iter().enumerate() {
            set.take(index, value, index < max_keys, trust, allowed);
        }
        Ok(set)
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }

    /// Whether some key has this id, be it one that cannot be used.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.by_id.contains_key(id) || self.unusable.contains(id)
    }

    /// The ids of keys that cannot be used.
    pub(super) fn unusable(&self) -> impl Iterator<Item = &str> {
        self.unusable.iter().map(|id| &**id)
    }

    /// How many of these keys the other set lacks under the same id.
    pub(crate) fn missing_from(&self, other: &Self) -> usize {
        let has = |key: &Key| match &key.id {
            Some(id) => other.of_id(id).any(|theirs| theirs.is_same(key)),
            None => other.keys.iter().any(|theirs| theirs.id.is_none() && theirs.is_same(key)),
        };
        self.keys.iter().filter(|key| !has(key)).count()
    }

    fn of_id(&self, id: &str) -> impl Iterator<Item = &Key> {
        self.by_id.get(id).into_iter().flatten().filter_map(|index| self.keys.get(*index))
    }

    fn take(&mut self, index: usize, value: &Value<'_>, within_limit: bool, trust: Trust, allowed: Algorithms) {
        let Value::Object(text) = value else {
            return self.skip(index, None, SkipReason::NotAnObject);
        };
        let Ok(members) = json::object(text, limits::JSON_DEPTH) else {
            return self.skip(index, None, SkipReason::NotAnObject);
        };
        if !within_limit {
            return self.skip(index, jwk::id(&members), SkipReason::OverMaxKeys);
        }
        match jwk::read(&members, trust, allowed) {
            Ok((key, spelling)) => {
                if let Some(reason) = spelling {
                    self.lenient_count = self.lenient_count.saturating_add(1);
                    note(&mut self.lenient, index, key.id.clone(), reason);
                }
                self.insert(key);
            }
            Err(reason) => self.skip(index, jwk::id(&members), reason),
        }
    }

    /// Takes in a key, under its id if it has one.
    pub(super) fn insert(&mut self, key: Key) {
        if let Some(id) = &key.id {
            self.by_id.entry(id.clone()).or_default().push(self.keys.len());
        }
        self.keys.push(key);
    }

    /// Notes a key that cannot be used.
    fn skip(&mut self, index: usize, id: Option<Box<str>>, reason: SkipReason) {
        self.skipped_count = self.skipped_count.saturating_add(1);
        if let Some(id) = &id {
            self.without(id.clone());
        }
        note(&mut self.skipped, index, id, reason);
    }

    /// A token that names this id means a key that cannot be used.
    pub(super) fn without(&mut self, id: Box<str>) {
        self.unusable.insert(id);
    }
}

/// Keeps the note while there are not too many: a document has room for far more keys than anybody reads about.
fn note<R>(notes: &mut Vec<Noted<R>>, index: usize, id: Option<Box<str>>, reason: R) {
    if notes.len() < limits::SKIPPED_KEYS_TOLD {
        notes.push(Noted { index, id, reason });
    }
}

/// No more keys than are tried, and one that says that there are too many.
type Few<'k> = SmallVec<[&'k Key; limits::KEYS_TRIED + 1]>;

/// The keys of an issuer that a token may mean, gathered from all its sources.
#[derive(Debug)]
pub(crate) struct Candidates<'k> {
    algorithm: Algorithm,
    now: Timestamp,
    /// The certificate that the token names in place of a key id.
    certificate: Option<Thumbprints>,
    /// The fitting keys of which no certificate is known.
    others: Few<'k>,
    /// Whether a key has a certificate that the token's could be compared with.
    comparable: bool,
    /// Different keys that fit; the same key found twice counts once.
    pub(crate) fitting: Few<'k>,
    /// Whether some key has the token's key id, be it one that does not fit.
    pub(crate) known: bool,
    /// Whether a key would have fitted at another time: its certificate has expired, or is not valid yet.
    pub(crate) outdated: bool,
    /// The keys that must not be used, under whatever name they stand there.
    denied: Vec<&'k Key>,
    /// Whether one of them would have fitted.
    pub(crate) met_denied: bool,
}

impl<'k> Candidates<'k> {
    /// No candidates yet for a token of this algorithm.
    pub(crate) fn new(algorithm: Algorithm, now: Timestamp, certificate: Option<Thumbprints>) -> Self {
        Self {
            algorithm,
            now,
            certificate,
            others: Few::new(),
            comparable: false,
            fitting: Few::new(),
            known: false,
            outdated: false,
            denied: Vec::new(),
            met_denied: false,
        }
    }

    /// From now on the keys of this id are no candidates, and neither is one of the same material under another id. Before keys
    /// are added.
    pub(crate) fn deny(&mut self, set: &'k KeySet, kid: &str) {
        self.denied.extend(set.of_id(kid));
    }

    /// Whether the token names a certificate in place of a key id.
    pub(crate) fn names_certificate(&self) -> bool {
        self.certificate.is_some()
    }

    /// Whether the token names its key by a certificate, and the keys have some (RFC 7515 sections 4.1.7 and 4.1.8).
    pub(crate) fn by_certificate(&self) -> bool {
        self.comparable
    }

    /// Ends the gathering. Where no key has a certificate that is known, the token's thumbprint names nothing, and the token
    /// is as one that names no key. A key of which one thumbprint is the token's and the other is not, is not the one that it names.
    pub(crate) fn gathered(&mut self) {
        let Some(certificate) = &self.certificate else { return };
        if !self.comparable {
            std::mem::swap(&mut self.fitting, &mut self.others);
        } else if let [key] = self.fitting.as_slice()
            && certificate.contradict(key.thumbprints.as_deref())
        {
            self.fitting.clear();
            self.known = false;
        }
    }

    /// Adds what a set offers. A token that names a key gets the keys of that id; one that names none gets every key.
    pub(crate) fn add(&mut self, set: &'k KeySet, kid: Option<&str>) {
        match kid {
            None => set.keys.iter().for_each(|key| self.add_key(key)),
            Some(kid) => {
                for key in set.of_id(kid) {
                    self.known = true;
                    self.add_key(key);
                }
                self.known |= set.unusable.contains(kid);
            }
        }
    }

    /// Adds a key that was given as text: having no id, it fits a token whatever key that names.
    pub(crate) fn add_key(&mut self, key: &'k Key) {
        let named = self.certificate.map(|certificate| certificate.name(key.thumbprints.as_deref()));
        match named {
            None | Some(Named::Unknown) => {}
            Some(Named::No) => {
                self.comparable = true;
                return;
            }
            Some(Named::Yes) => (self.comparable, self.known) = (true, true),
        }
        if !key.fits(self.algorithm) {
            return;
        }
        if self.denied.iter().any(|denied| denied.is_same(key)) {
            self.met_denied = true;
            return;
        }
        if !key.is_valid_at(self.now) {
            self.outdated = true;
            return;
        }
        let found = if named == Some(Named::Unknown) { &mut self.others } else { &mut self.fitting };
        // One more than are ever tried is enough to know that there are too many.
        if found.len() <= limits::KEYS_TRIED && !found.iter().any(|other| other.is_same(key)) {
            found.push(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Algorithms, KeySet, Trust, limits};

    #[test]
    fn all_that_is_skipped_is_counted_and_the_first_of_it_told() {
        for many in [limits::SKIPPED_KEYS_TOLD, limits::SKIPPED_KEYS_TOLD + 5] {
            let document = format!(r#"{{"keys":[{}]}}"#, vec![r#"{"kty":"x"}"#; many].join(","));
            let set = KeySet::read(&document, Trust::Fetched, usize::MAX, Algorithms::EVERY).expect("a key set");
            assert_eq!((set.skipped_count, set.skipped.len()), (many, limits::SKIPPED_KEYS_TOLD));
            assert_eq!(set.skipped.last().map(|noted| noted.index), Some(limits::SKIPPED_KEYS_TOLD - 1));
        }
    }

    #[test]
    fn a_key_is_missing_where_none_of_its_id_is_the_same() {
        let secret = |number: char| number.to_string().repeat(43);
        let set = |keys: &[(&str, char)]| {
            let key = |(id, number): &(&str, char)| {
                let id = if id.is_empty() { String::new() } else { format!(r#","kid":"{id}""#) };
                format!(r#"{{"kty":"oct","k":"{}"{id}}}"#, secret(*number))
            };
            let keys: Vec<String> = keys.iter().map(key).collect();
            let document = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
            KeySet::read(&document, Trust::Inline, usize::MAX, Algorithms::EVERY).expect("a key set")
        };
        let (one, other) = (set(&[("a", 'A'), ("b", 'I'), ("", 'M')]), set(&[("a", 'A'), ("b", 'Q'), ("c", 'A')]));
        assert_eq!((one.missing_from(&one), one.missing_from(&other), other.missing_from(&one)), (0, 2, 2));
        assert_eq!(set(&[("", 'A')]).missing_from(&one), 1);
        assert_eq!(set(&[("", 'Q'), ("", 'M')]).missing_from(&one), 1);
    }
}
