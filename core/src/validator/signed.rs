//! A token whose signature is to be verified: one that has just been read, or one that the cache knows.

use super::authenticated::{Authenticated, Walked};
use super::{Subjected, Validator};
use crate::algorithm::Algorithm;
use crate::cache::{Cache, Entry, Known};
use crate::checks::Passed;
use crate::explain::{Observer, Silent};
use crate::key::{Key, Signer};
use crate::rejection::Rejection;
use crate::token::{Header, Payload, Token};
use crate::verdict::Stop;
use crate::verified::{Shared, Texts};
use std::sync::Arc;

/// A token that was read, now or before.
#[derive(Clone, Copy)]
pub(super) struct Read<'t> {
    pub(super) signed: Signed<'t>,
    pub(super) header: &'t Header<'t>,
    pub(super) payload: &'t Payload<'t>,
}

/// What its signature is about.
#[derive(Clone, Copy)]
pub(super) enum Signed<'t> {
    Token(&'t Token<'t>),
    /// The bytes, and what is known of them.
    Known(&'t [u8], &'t Entry),
}

impl Signed<'_> {
    pub(super) fn header_text(&self) -> &str {
        match self {
            Self::Token(token) => token.header_text(),
            Self::Known(_, entry) => entry.texts.header_text(),
        }
    }

    /// The signature of a token that is known was verified by a key, which none that is empty is.
    pub(super) fn signature_is_empty(&self) -> bool {
        match self {
            Self::Token(token) => token.signature.is_empty(),
            Self::Known(..) => false,
        }
    }
}

impl Validator {
    /// What the cache knows of a token. Explanations do not ask: they look at the token itself, and leave the cache as it is.
    pub(super) fn known(&self, token: &[u8]) -> Option<(&Cache, Known<'_>)> {
        let cache = self.cache.as_ref()?;
        // No longer token is in it, and what a junk token costs has the same bound as ever.
        let known = if token.len() > self.policy.limits.token_bytes { None } else { cache.find(token) };
        Some((cache, known?))
    }

    /// The walk of a token of which every byte is known. That it has the shape of a token, and what it says, follows from the bytes
    /// and from `limits`, which a validator has for life; so it was found out when they came first. All else is checked.
    pub(super) fn walk_again(
        &self, (cache, known): (&Cache, Known<'_>), subject: Subjected<'_>,
    ) -> Result<Walked, Stop> {
        let entry = known.entry();
        let payload = entry.texts.payload();
        let read = Read { signed: Signed::Known(subject.token, entry), header: &entry.header, payload: &payload };
        let (authenticated, index, passed) = self.check(&read, subject, &mut Silent)?;
        match authenticated.signer() {
            None => known.was_of_use(),
            Some(signer) => cache.keep(entry.signed_by(signer)),
        }
        let texts = Shared::Cached(Arc::clone(&entry.texts));
        Ok(authenticated.judged(texts, index, passed))
    }

    /// Keeps a token that passes. One that a check refuses was signed as well, but who sends expired tokens, or tokens of another
    /// audience, shall not push out those that are of use.
    pub(super) fn remember(
        &self, token: &[u8], header: Option<Header<'static>>, signer: Option<Signer>, texts: Texts,
    ) -> Shared {
        let (Some(cache), Some(header), Some(signer)) = (&self.cache, header, signer) else {
            return Shared::Own(texts);
        };
        let texts = Arc::new(texts);
        cache.keep(Entry { token: token.into(), signer, header, texts: Arc::clone(&texts) });
        Shared::Cached(texts)
    }

    /// Whether one of the keys made the signature. Only where that is not known already is it computed.
    pub(super) fn by_keys(
        &self, signed: Signed<'_>, algorithm: Algorithm, keys: &[&Key],
    ) -> Result<Authenticated, Rejection> {
        match signed {
            Signed::Token(token) => Authenticated::by_signature(token, algorithm, keys),
            Signed::Known(bytes, entry) => match Authenticated::by_entry(entry, algorithm, keys) {
                Some(authenticated) => Ok(authenticated),
                // Another key has this token's key id by now.
                None => {
                    let token = Token::decode(bytes, self.policy.limits, &self.policy.decoder)?;
                    Authenticated::by_signature(&token, algorithm, keys)
                }
            },
        }
    }
}

/// What the checks of a token end with: the proof, the entry of the policy, and what they have found out.
pub(super) type Checked<O> = (<O as Observer>::Kept<Authenticated>, usize, Passed);
