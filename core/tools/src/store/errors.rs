//! What more than one file has to say against a store.

use jotgate::TrustStoreError;

pub(super) const TOO_MANY_ENTRIES: TrustStoreError = TrustStoreError::Content("the store has more than 1000 entries");
pub(super) const WRONG_PASSWORD: TrustStoreError =
    TrustStoreError::Password("the password is wrong, or the store is damaged");
pub(super) const PKCS12_DAMAGED: TrustStoreError = TrustStoreError::Content("the PKCS #12 store is damaged");
