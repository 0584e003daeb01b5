//! What is known of a token by its bytes alone.

use crate::key::Signer;
use crate::token::Header;
use crate::verified::Texts;
use std::mem::size_of;
use std::sync::Arc;

/// A token whose signature verified. It says nothing of an issuer: two entries of a policy may share a key set, and which of
/// them counts is found out each time.
pub(crate) struct Entry {
    /// All bytes of the token. They are its only name: a hash, however long, may be that of another token.
    pub(crate) token: Box<[u8]>,
    /// Whose signature this is, and by which algorithm.
    pub(crate) signer: Signer,
    pub(crate) header: Header<'static>,
    /// What a `Verified` shares with the entry.
    pub(crate) texts: Arc<Texts>,
}

impl Entry {
    /// The same token, whose signature turned out to be that of another key too.
    pub(crate) fn signed_by(&self, signer: Signer) -> Self {
        Self { token: self.token.clone(), signer, header: self.header.to_owned(), texts: Arc::clone(&self.texts) }
    }

    /// The bytes that the entry takes, those that it points to included.
    pub(super) fn size(&self) -> usize {
        let Header { alg, kid, typ, x5t, x5t_s256 } = &self.header;
        let named =
            [kid, typ, x5t, x5t_s256].into_iter().flatten().fold(alg.len(), |sum, text| sum.saturating_add(text.len()));
        [self.token.len(), named, self.texts.size(), size_of::<Self>(), size_of::<Texts>(), COUNTS]
            .into_iter()
            .fold(0, usize::saturating_add)
    }
}

/// The counters of the two `Arc`s.
const COUNTS: usize = 4 * size_of::<usize>();
