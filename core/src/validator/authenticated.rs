//! The proof that a token comes from its issuer. Nothing outside of this file can make one.

use crate::algorithm::Algorithm;
use crate::checks::Passed;
use crate::claim_names::PolicyName;
use crate::codes::Code;
use crate::json::Table;
use crate::key::Key;
use crate::rejection::Rejection;
use crate::token::{Header, Token};
use crate::verified::Judged;

/// What is left of a token when all checks are behind it, and the claim that names a client for the host to look up.
pub(super) type Walked = (Judged, Option<PolicyName>);

/// The signature of a token was verified, or the policy waives it.
pub(super) struct Authenticated(());

impl Authenticated {
    /// One of the keys made the signature over the bytes as received (RFC 7515 section 5.2).
    pub(super) fn by_signature(token: &Token<'_>, algorithm: Algorithm, keys: &[&Key]) -> Result<Self, Rejection> {
        // More than one key only where the policy says `try_all_keys`; each of them is this issuer's.
        match keys.iter().any(|key| key.verify(algorithm, token.signing_input, &token.signature)) {
            true => Ok(Self(())),
            false => Err(Rejection::new(Code::InvalidSignature, "the signature does not verify")),
        }
    }

    /// The waiver `accept_unsigned`: exactly `none`, and exactly no signature (RFC 7518 section 3.6).
    pub(super) fn without_signature(token: &Token<'_>, header: &Header<'_>) -> Result<Self, Rejection> {
        if header.alg != "none" {
            return Err(Rejection::new(Code::AlgorithmNotAllowed, "the policy takes unsigned tokens only"));
        }
        if !token.signature.is_empty() {
            return Err(Rejection::new(Code::MalformedToken, "an unsigned token has an empty signature"));
        }
        Ok(Self(()))
    }

    /// What a verified token is made of: the proof, where its claims stand, and what the checks of the policy have found out.
    pub(super) fn judged(self, token: Token<'_>, table: Table, issuer: usize, passed: Passed) -> Walked {
        let Passed { dates, client_claim, claims } = passed;
        let (written, table) = claims.map_or((None, table), |claims| (Some(claims.json), claims.table));
        let (text, header_len) = token.into_text(written.as_deref());
        (Judged { text, header_len, table, issuer, dates }, client_claim)
    }
}
