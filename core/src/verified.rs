//! A token that may pass, and what the host reads of it.

use crate::claims::{Claims, Member, Payload, ScopesIn};
use crate::json::Table;
use crate::jwks::Origin;
use crate::time::Timestamp;
use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A token whose signature verified and that passed every check of the policy.
///
/// There is no other way to claims than through this value, and only the validator makes one.
#[derive(Clone)]
pub struct Verified {
    judged: Judged,
}

/// What the host may read of a token, once it is accepted and already while it is asked about it: the text of header and
/// payload, what the checks have read of it, and who accepted it.
#[derive(Clone)]
pub(crate) struct Judged {
    pub(crate) texts: Shared,
    /// Under which policy, whose entry `issuer` is.
    pub(crate) origin: Origin,
    pub(crate) issuer: usize,
    /// The time that it was judged for.
    pub(crate) judged_for: Timestamp,
    pub(crate) dates: Dates,
    pub(crate) scopes_in: ScopesIn,
}

/// Header and payload of a token, and where the claims stand.
#[derive(Clone)]
pub(crate) struct Texts {
    /// Header and payload, one behind the other.
    pub(crate) text: Box<str>,
    pub(crate) header_len: usize,
    /// Where the claims stand in the payload: as the checks have read them.
    pub(crate) table: Table,
}

/// Texts that one token has for itself, or has in common with the cache: then none of it is copied. Those without a cache do not
/// pay for that.
#[derive(Clone)]
pub(crate) enum Shared {
    Own(Texts),
    Cached(Arc<Texts>),
}

impl Deref for Shared {
    type Target = Texts;

    fn deref(&self) -> &Texts {
        match self {
            Self::Own(texts) => texts,
            Self::Cached(texts) => texts,
        }
    }
}

/// The dates of a token as its checks read them (NumericDate, RFC 7519 section 2).
#[derive(Clone, Copy)]
pub(crate) struct Dates {
    pub(crate) expires_at: Option<f64>,
    pub(crate) not_before: Option<f64>,
    pub(crate) issued_at: Option<f64>,
}

impl Verified {
    /// Only an [`Undecided`] that has no question left calls this.
    pub(crate) fn new(judged: Judged) -> Self {
        Self { judged }
    }

    /// The claims, as a view that costs nothing to make. Where the policy maps claims, they have their mapped names.
    #[must_use]
    pub fn claims(&self) -> Claims<'_> {
        self.judged.claims()
    }

    /// All claims, in the order of the payload; see [`Claims::members`].
    pub fn members(&self) -> impl ExactSizeIterator<Item = Member<'_>> + DoubleEndedIterator + Clone {
        self.claims().members()
    }

    /// The claim of exactly this name; see [`Claims::member`].
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Member<'_>> {
        self.claims().member(name)
    }

    /// The scopes that the token has (RFC 6749 section 3.3), as it has them: those of the claims in which the issuer's entry looks
    /// for scopes, `scope` and `scp` by default. The first that is there counts; one that is neither a string nor a list of strings
    /// has none.
    #[must_use]
    pub fn scopes(&self) -> Vec<Cow<'_, str>> {
        self.judged.scopes_in.scopes(&self.seen())
    }

    /// Whether [`Verified::scopes`] has exactly this one. To refuse a request that lacks it, ask for it with
    /// [`Validator::require`](crate::Validator::require).
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().iter().any(|has| has == scope)
    }

    /// In which claim the scopes are, for a [`HeldToken`](crate::HeldToken): `None` for the first of `scope` and `scp` that is there,
    /// and an empty text for a token whose claims grant none, whatever they are called.
    #[must_use]
    pub fn scope_claim(&self) -> Option<&str> {
        match &self.judged.scopes_in {
            ScopesIn::Usual => None,
            ScopesIn::Only(claim) => Some(claim.as_deref().unwrap_or_default()),
        }
    }

    /// The time that the token was judged for: that of the validation, or of [`Question::as_of`](crate::Question::as_of).
    #[must_use]
    pub fn judged_for(&self) -> Timestamp {
        self.judged.judged_for
    }

    pub(crate) fn seen(&self) -> Payload<'_> {
        self.judged.payload()
    }

    /// The claims: strict JSON, one object, no duplicate member at any level.
    ///
    /// That is the payload byte for byte as it was signed, unless the policy's `claim_mapping` or `default_claim_mapping`
    /// gives one of its claims another name: then it is the same values, as they were written, under the mapped names.
    #[must_use]
    pub fn payload(&self) -> &str {
        self.judged.payload_text()
    }

    /// The protected header as it was signed: strict JSON, one object, no duplicate member at any level.
    #[must_use]
    pub fn header(&self) -> &str {
        self.judged.header_text()
    }

    /// Header and payload as one text, for hosts that copy both at once; the header ends at the returned length.
    #[must_use]
    pub fn header_and_payload(&self) -> (&str, usize) {
        (&self.judged.texts.text, self.judged.texts.header_len)
    }

    /// `exp`, in seconds since the Unix epoch, without parsing the claims again.
    #[must_use]
    pub fn expires_at(&self) -> Option<f64> {
        self.judged.dates.expires_at
    }

    /// `nbf`, in seconds since the Unix epoch, without parsing the claims again.
    #[must_use]
    pub fn not_before(&self) -> Option<f64> {
        self.judged.dates.not_before
    }

    /// `iat`, in seconds since the Unix epoch, without parsing the claims again.
    #[must_use]
    pub fn issued_at(&self) -> Option<f64> {
        self.judged.dates.issued_at
    }

    /// Which validator has accepted the token, and under which of its policies, for a [`HeldToken`](crate::HeldToken): a number
    /// below 2^52 without any further meaning.
    #[must_use]
    pub fn origin(&self) -> u64 {
        self.judged.origin.number()
    }

    /// The same token as one that [`Validator::require`](crate::Validator::require) takes whichever validator it is asked of: what a
    /// test kit gives to the tests of an application, whose validator has not seen it. No issuer is named where it is refused.
    #[must_use]
    pub fn of_any_validator(mut self) -> Self {
        self.judged.origin = Origin::OF_ANY_VALIDATOR;
        self
    }

    /// Which entry of `issuers` accepted the token, counted from 0: of the policy that held then.
    #[must_use]
    pub fn issuer_index(&self) -> usize {
        self.judged.issuer
    }
}

impl Texts {
    pub(crate) fn header_text(&self) -> &str {
        self.text.get(..self.header_len).unwrap_or_default()
    }

    pub(crate) fn payload_text(&self) -> &str {
        self.text.get(self.header_len..).unwrap_or_default()
    }

    pub(crate) fn payload(&self) -> Payload<'_> {
        Payload::of(self.payload_text(), &self.table)
    }

    /// The bytes that these point to.
    pub(crate) fn size(&self) -> usize {
        self.text.len().saturating_add(self.table.size())
    }
}

impl Judged {
    pub(crate) fn header_text(&self) -> &str {
        self.texts.header_text()
    }

    pub(crate) fn payload_text(&self) -> &str {
        self.texts.payload_text()
    }

    pub(crate) fn payload(&self) -> Payload<'_> {
        self.texts.payload()
    }

    pub(crate) fn claims(&self) -> Claims<'_> {
        Claims::new(self.payload())
    }
}

/// Shows no claim: a verified token may hold personal data, and `Debug` output ends in logs.
impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").field("issuer_index", &self.judged.issuer).finish_non_exhaustive()
    }
}
