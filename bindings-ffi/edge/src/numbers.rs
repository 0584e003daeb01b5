//! The one table of the numbers that cross the edge. They are stable: new ones may be added, none is ever given another
//! meaning. `tests/policy_types/generate.py` writes them, with these comments, into every language; codes have a table of
//! their own in the core.

/// What came of a validation.
pub mod verdict {
    /// The call brought no verdict. Refuse the request.
    pub const NONE: u32 = 0;
    /// The token may pass.
    pub const ACCEPTED: u32 = 1;
    /// The token must not pass; the code says why.
    pub const REJECTED: u32 = 2;
    /// Nobody can say, because the issuer's keys cannot be had for now. Answer 503, not 401.
    pub const UNAVAILABLE: u32 = 3;
    /// Keys must be got first. Do the work that is due, wait for what the verdict waits for, ask again.
    pub const KEYS_NEEDED: u32 = 4;
    /// The policy asks for no token here: the request may pass, without claims.
    pub const SKIPPED: u32 = 5;
    /// The token passes the policy, and the host has to be asked about it: it must not pass before the host's answer.
    pub const UNDECIDED: u32 = 6;
}

/// What the host is asked about a token.
pub mod question {
    /// Whether the host knows the client that the token names.
    pub const CLIENT: u32 = 1;
    /// Whether the token was revoked.
    pub const REVOKED: u32 = 2;
}

/// What the host answers.
pub mod answer {
    /// The host knows the client; the token was revoked.
    pub const YES: u32 = 1;
    /// The host does not know the client; the token was not revoked.
    pub const NO: u32 = 2;
    /// The host cannot say: its look-up failed, or gave neither.
    pub const FAILED: u32 = 3;
}

/// Origins of tokens that no validator has.
pub mod origin {
    /// That of what test kits give: every validator takes it.
    pub const ANY_VALIDATOR: u32 = 1;
}

/// What kind of work is to be done.
pub mod work {
    /// Look into the store that processes share.
    pub const LOAD: u32 = 1;
    /// Do one GET.
    pub const FETCH: u32 = 2;
    /// Put a text into the store.
    pub const SAVE: u32 = 3;
}

/// Why nothing came of a piece of work.
pub mod failure {
    /// No connection, a failed TLS handshake, a connection that broke.
    pub const CONNECTION: u32 = 1;
    /// No end within the work's timeout.
    pub const TIMEOUT: u32 = 2;
    /// The body was longer than the work allows.
    pub const TOO_LARGE: u32 = 3;
    /// The host gave the work up, for instance because it shuts down.
    pub const CANCELLED: u32 = 4;
    /// The host's own function failed.
    pub const CALLBACK: u32 = 5;
    /// The server's certificate is not trusted, not valid now, or not for this host.
    pub const CERTIFICATE: u32 = 6;
}

/// How a policy document is written.
pub mod format {
    /// JSON, without duplicate members.
    pub const JSON: u32 = 1;
    /// YAML 1.2, without anchors, tags and words that other versions of YAML read differently.
    pub const YAML: u32 = 2;
    /// TOML 1.1, without dates and infinities.
    pub const TOML: u32 = 3;
}

/// A gateway whose policies are read.
pub mod product {
    /// MuleSoft: the YAML of Flex Gateway or the JSON of API Manager.
    pub const MULESOFT: u32 = 1;
    /// WSO2 API Manager: its deployment.toml, which may name a trust store.
    pub const WSO2: u32 = 2;
}

/// The type of a claim's value.
pub mod kind {
    /// `null`.
    pub const NULL: u32 = 0;
    /// `true` or `false`.
    pub const BOOLEAN: u32 = 1;
    /// A number.
    pub const NUMBER: u32 = 2;
    /// A text.
    pub const STRING: u32 = 3;
    /// A list.
    pub const ARRAY: u32 = 4;
    /// An object.
    pub const OBJECT: u32 = 5;
}

/// The table of claims behind a payload.
pub mod member {
    /// How many bytes the record of one claim has.
    pub const SIZE: u32 = 17;
    /// Added to the kind of the value: the name is written with escapes.
    pub const NAME_ESCAPED: u32 = 16;
    /// Added to the kind of the value: it is a string that is written with escapes.
    pub const TEXT_ESCAPED: u32 = 32;
}

#[cfg(test)]
mod tests {
    use super::{answer, failure, format, origin, product, question};
    use jotgate::{HeldToken, HostAnswer, HostQuestion, WorkFailure};
    use jotgate_tools::{Format, Product};

    #[test]
    fn the_failures_are_those_of_the_core() {
        let named = [
            failure::CONNECTION,
            failure::TIMEOUT,
            failure::TOO_LARGE,
            failure::CANCELLED,
            failure::CALLBACK,
            failure::CERTIFICATE,
        ];
        let failures = [
            WorkFailure::Connection,
            WorkFailure::Timeout,
            WorkFailure::TooLarge,
            WorkFailure::Cancelled,
            WorkFailure::Callback,
            WorkFailure::Certificate,
        ];
        assert_eq!(named.map(WorkFailure::from_number), failures.map(Some));
        assert_eq!(WorkFailure::from_number(failure::CERTIFICATE + 1), None, "a failure without a number");
    }

    #[test]
    fn the_origin_of_any_validator_is_that_of_the_core() {
        assert_eq!(u64::from(origin::ANY_VALIDATOR), HeldToken::OF_ANY_VALIDATOR);
    }

    #[test]
    fn questions_and_answers_are_those_of_the_core() {
        let answers = [HostAnswer::Yes, HostAnswer::No, HostAnswer::Failed];
        assert_eq!([answer::YES, answer::NO, answer::FAILED].map(HostAnswer::from_number), answers);
        assert_eq!(HostQuestion::Client { id: "".into(), claim: "" }.number(), question::CLIENT);
        assert_eq!(HostQuestion::Revoked.number(), question::REVOKED);
    }
    #[test]
    fn formats_and_products_are_those_of_the_tools() {
        let formats = [format::JSON, format::YAML, format::TOML].map(Format::from_number);
        assert_eq!(formats, [Some(Format::Json), Some(Format::Yaml), Some(Format::Toml)]);
        let products = [product::MULESOFT, product::WSO2];
        assert_eq!(Product::ALL.iter().map(|product| product.number()).collect::<Vec<_>>(), products);
        assert_eq!(products.map(Product::from_number), [Some(Product::MuleSoft), Some(Product::Wso2)]);
    }
}
