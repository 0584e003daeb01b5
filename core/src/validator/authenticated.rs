//! The proof that a token comes from its issuer. Nothing outside of this file can make one.

use crate::algorithm::Algorithm;
use crate::cache::Entry;
use crate::checks::Passed;
use crate::claim_names::PolicyName;
use crate::codes::Code;
use crate::jwks::Origin;
use crate::key::{Key, Signer};
use crate::rejection::Rejection;
use crate::time::Timestamp;
use crate::token::{Header, Token};
use crate::verified::{Judged, Shared, Texts};

/// What is left of a token when all checks are behind it, and the claim that names a client for the host to look up.
pub(super) type Walked = (Judged, Option<PolicyName>);

/// The signature of a token was verified, or the policy waives it.
pub(super) struct Authenticated {
    /// Whose signature was checked just now.
    signer: Option<Signer>,
}

impl Authenticated {
    /// One of the keys made the signature over the bytes as received (RFC 7515 section 5.2).
    pub(super) fn by_signature(token: &Token<'_>, algorithm: Algorithm, keys: &[&Key]) -> Result<Self, Rejection> {
        // More than one key only where the policy says `try_all_keys`; each of them is this issuer's.
        match keys.iter().find(|key| key.verify(algorithm, token.signing_input, &token.signature)) {
            Some(key) => Ok(Self { signer: Some(key.signer(algorithm)) }),
            None => Err(Rejection::new(Code::InvalidSignature, "the signature does not verify")),
        }
    }

    /// One of the keys was found to have made the signature, when the same bytes came before. A signature that verifies once
    /// verifies always; the keys are those that the token may have now.
    pub(super) fn by_entry(entry: &Entry, algorithm: Algorithm, keys: &[&Key]) -> Option<Self> {
        let same = |key: &&Key| key.is_of(&entry.signer, algorithm);
        keys.iter().any(same).then_some(Self { signer: None })
    }

    /// The waiver `accept_unsigned`: exactly `none`, and exactly no signature (RFC 7518 section 3.6).
    pub(super) fn without_signature(signature_is_empty: bool, header: &Header<'_>) -> Result<Self, Rejection> {
        if header.alg != "none" {
            return Err(Rejection::new(Code::AlgorithmNotAllowed, "the policy takes unsigned tokens only"));
        }
        if !signature_is_empty {
            return Err(Rejection::new(Code::MalformedToken, "an unsigned token has an empty signature"));
        }
        Ok(Self { signer: None })
    }

    /// Who made the signature that was checked just now; nobody where that was known before, or is waived.
    pub(super) fn signer(&self) -> Option<Signer> {
        self.signer
    }

    /// What a verified token is made of: the proof, where its claims stand, the policy and its entry, and what the checks have found out.
    pub(super) fn judged(
        self, texts: Shared, (origin, issuer): (Origin, usize), judged_for: Timestamp, passed: Passed,
    ) -> Walked {
        let Passed { dates, client_claim, scopes_in, claims } = passed;
        let texts = match claims {
            None => texts,
            Some(claims) => {
                let text = [texts.header_text(), &claims.json].concat().into_boxed_str();
                Shared::Own(Texts { text, header_len: texts.header_len, table: claims.table })
            }
        };
        (Judged { texts, origin, issuer, judged_for, dates, scopes_in }, client_claim)
    }
}
