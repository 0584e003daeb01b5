//! The names that the policy's configuration knows.

/// The parameters of the policy, by which a bare configuration is known and mistyped names are found.
pub(in crate::import) const PARAMETERS: [&str; 21] = [
    "signingMethod",
    "signingKeyLength",
    "textKey",
    "jwtOrigin",
    "jwtKeyOrigin",
    "jwksUrl",
    "jwksServiceTimeToLive",
    "jwksServiceConnectionTimeout",
    "validateAudClaim",
    "mandatoryAudClaim",
    "mandatoryNbfClaim",
    "mandatoryExpClaim",
    "supportedAudiences",
    "validateCustomClaim",
    "mandatoryCustomClaims",
    "nonMandatoryCustomClaims",
    "jwtExpression",
    "skipClientIdValidation",
    "clientIdExpression",
    "customKeyExpression",
    "claimsToHeaders",
];
