//! A token whose signature is to be verified: one that has just been read, or one that the cache knows.

use super::authenticated::Authenticated;
use crate::algorithm::Algorithm;
use crate::cache::Entry;
use crate::checks::Passed;
use crate::explain::Observer;
use crate::key::Key;
use crate::policy::Policy;
use crate::rejection::Rejection;
use crate::token::{Header, Headers, Payload, Token};

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

    /// How long the signature is, where it is at hand.
    pub(super) fn signature_bytes(&self) -> Option<usize> {
        match self {
            Self::Token(token) => Some(token.signature.len()),
            Self::Known(..) => None,
        }
    }

    /// Whether one of the keys made the signature. Only where that is not known already is it computed.
    pub(super) fn verified(
        &self, algorithm: Algorithm, keys: &[&Key], policy: &Policy,
    ) -> Result<Authenticated, Rejection> {
        match self {
            Self::Token(token) => Authenticated::by_signature(token, algorithm, keys),
            Self::Known(bytes, entry) => match Authenticated::by_entry(entry, algorithm, keys) {
                Some(authenticated) => Ok(authenticated),
                // Another key has this token's key id by now.
                None => {
                    let token = Token::decode(bytes, policy.limits, &policy.decoder, &Headers::default())?;
                    Authenticated::by_signature(&token, algorithm, keys)
                }
            },
        }
    }
}

/// What the checks of a token end with: the proof, the entry of the policy, and what they have found out.
pub(super) type Checked<O> = (<O as Observer>::Kept<Authenticated>, usize, Passed);
