//! What a node finds in the store that it shares with others: the snapshot of a process that lives elsewhere, with a clock of
//! its own, and that has fetched at some time before.

use crate::issuer::{Issuer, OUR_URL};
use crate::random::{DAY, Random, SECOND};
use crate::terms::Terms;
use serde_json::json;

/// A snapshot of our issuer's key set.
pub(crate) struct Stored {
    pub(crate) text: String,
    /// The publication that it has.
    pub(crate) place: usize,
    /// When the other process fetched it, in true time, and how far its clock was ahead.
    pub(crate) fetched: i64,
    pub(crate) ahead: i64,
}

/// What is in the store now; nothing when nobody has saved, or could have fetched at that time.
pub(crate) fn look(issuer: &Issuer, terms: &Terms, random: &mut Random, epoch: i64, now: i64) -> Option<Stored> {
    let oldest = if random.one_in(2) { terms.ttl } else { 2 * terms.life() };
    let fetched = now - random.between(0, oldest);
    let ahead = match random.one_in(10) {
        true => random.between(-3 * DAY, 3 * DAY),
        false => random.between(-5 * SECOND, 5 * SECOND),
    };
    let spoilt = random.one_in(20);
    if fetched < 0 || issuer.trouble(fetched).is_some() || random.one_in(3) {
        return None;
    }
    let place = issuer.publications.partition_point(|publication| publication.from <= fetched).saturating_sub(1);
    let time = epoch + fetched + ahead;
    let source = json!({"url": OUR_URL, "fetched_at": time, "document": issuer.publications[place].body});
    let mut text = json!({"version": 1, "written_at": time, "sources": [source]}).to_string();
    if spoilt {
        text.truncate(text.len() / 2);
    }
    Some(Stored { text, place, fetched, ahead })
}
