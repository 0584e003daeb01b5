//! Headers that came before: the tokens of one key all begin with the same bytes, and what these say stays the same.

use super::Header;
use arc_swap::{ArcSwap, Guard};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a few headers say, by their bytes. Only those of tokens that passed are in it, so that nobody else decides which; and nothing
/// that could change is: what the policy makes of a header is found out each time.
///
/// It is swapped as a whole, without a lock, as key sets are.
#[derive(Default)]
pub(crate) struct Headers {
    known: ArcSwap<Vec<Arc<Read>>>,
    /// How many were not in it that could be.
    missed: AtomicUsize,
}

struct Read {
    /// The segment of the token.
    raw: Box<[u8]>,
    text: Box<str>,
    header: Header<'static>,
}

/// A header of exactly the bytes that were looked for.
pub(crate) struct KnownHeader {
    known: Guard<Arc<Vec<Arc<Read>>>>,
    place: usize,
}

impl Headers {
    pub(super) fn find(&self, raw: &[u8]) -> Option<KnownHeader> {
        let known = self.known.load();
        let place = known.iter().position(|read| *read.raw == *raw)?;
        Some(KnownHeader { known, place })
    }

    /// Keeps the header of a token that passed. Where many take turns, most are left out: to put one in costs more than to read it.
    pub(super) fn keep(&self, raw: &[u8], text: &str, header: &Header<'_>) {
        if raw.len() > LONGEST {
            return;
        }
        let missed = self.missed.fetch_add(1, Ordering::Relaxed);
        if self.known.load().len() >= MOST && !missed.is_multiple_of(PATIENCE) {
            return;
        }
        let read = Arc::new(Read { raw: raw.into(), text: text.into(), header: header.to_owned() });
        self.known.rcu(|known| {
            let mut known = Vec::clone(known);
            if known.len() >= MOST {
                known.remove(0);
            }
            if !known.iter().any(|other| other.raw == read.raw) {
                known.push(Arc::clone(&read));
            }
            known
        });
    }
}

impl KnownHeader {
    pub(super) fn text(&self) -> Option<&str> {
        self.known.get(self.place).map(|read| &*read.text)
    }

    pub(super) fn header(&self) -> Option<Header<'_>> {
        self.known.get(self.place).map(|read| read.header.borrowed())
    }
}

/// Names of keys are no secrets, but nobody needs them here.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Headers").field("known", &self.known.load().len()).finish_non_exhaustive()
    }
}

/// More keys than most issuers use at a time; each is compared.
const MOST: usize = 8;
const LONGEST: usize = 1024;
const PATIENCE: usize = 1024;

#[cfg(test)]
mod tests {
    use super::{Headers, MOST, PATIENCE};
    use crate::json;
    use crate::token::Header;

    fn keep(headers: &Headers, raw: &str) {
        let text = r#"{"alg":"RS256"}"#;
        let table = json::table(text, 8).unwrap();
        headers.keep(raw.as_bytes(), text, &Header::read(text, &table).ok().unwrap());
    }

    #[test]
    fn all_bytes_count() {
        let headers = Headers::default();
        keep(&headers, "abc");
        keep(&headers, "abc");
        let found = headers.find(b"abc").unwrap();
        assert_eq!((found.text(), found.header().unwrap().alg.as_ref()), (Some(r#"{"alg":"RS256"}"#), "RS256"));
        for other in ["", "ab", "abd", "abcd", "Abc"] {
            assert!(headers.find(other.as_bytes()).is_none());
        }
        assert_eq!(format!("{headers:?}"), "Headers { known: 1, .. }");
    }

    #[test]
    fn there_is_room_for_a_few_and_new_ones_come_in_with_time() {
        let headers = Headers::default();
        (0..MOST).for_each(|number| keep(&headers, &number.to_string()));
        keep(&headers, "new");
        assert!(headers.find(b"new").is_none() && headers.find(b"0").is_some());
        (0..PATIENCE).for_each(|_| keep(&headers, "new"));
        assert!(headers.find(b"new").is_some() && headers.find(b"0").is_none());
        assert_eq!(headers.known.load().len(), MOST);
        keep(&headers, &"x".repeat(2000));
        assert_eq!(headers.known.load().len(), MOST);
    }
}
