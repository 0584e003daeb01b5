//! Why a trust store is not taken, by the field of the policy that has to change.

use super::reader::TrustStoreError;
use crate::key::Unusable;

/// Why a store cannot be used, by the field that has to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreError {
    Type(Unusable),
    Content(Unusable),
    Password(Unusable),
    DefaultAlias(Unusable),
}

impl From<TrustStoreError> for StoreError {
    fn from(error: TrustStoreError) -> Self {
        match error {
            TrustStoreError::Type(reason) => Self::Type(Unusable(reason)),
            TrustStoreError::Content(reason) => Self::Content(Unusable(reason)),
            TrustStoreError::Password(reason) => Self::Password(Unusable(reason)),
        }
    }
}

pub(super) const TOO_MANY_ENTRIES: StoreError = StoreError::Content(Unusable("the store has more than 1000 entries"));
