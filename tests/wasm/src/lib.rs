//! Tokens of RFC 7515 appendix A, judged by the core inside a module that can call nothing outside of itself.

use jotgate::{Policy, Timestamp, Validator, Verdict};

/// Judges one of the tokens: 0 when it is accepted, and the number of the code when it is refused.
#[unsafe(no_mangle)]
pub extern "C" fn judge(token: usize) -> u32 {
    let Some((key, token)) = TOKENS.get(token) else { return NO_SUCH_TOKEN };
    let Ok(policy) = Policy::from_json(&POLICY.replace("KEY", key)) else { return NO_POLICY };
    let validator = Validator::new(policy, 0);
    match validator.validate(*token, Timestamp::from_seconds(1_300_819_379)) {
        Verdict::Accepted(_) => 0,
        Verdict::Rejected(rejection) => rejection.code.number(),
        _ => UNEXPECTED,
    }
}

/// What `ring` is told to call for random numbers: nobody. Were it called, it would fail.
#[cfg(target_arch = "wasm32")]
fn no_random_numbers(_: &mut [u8]) -> Result<(), getrandom::Error> {
    Err(getrandom::Error::UNSUPPORTED)
}

#[cfg(target_arch = "wasm32")]
getrandom::register_custom_getrandom!(no_random_numbers);

const NO_SUCH_TOKEN: u32 = 9001;
const NO_POLICY: u32 = 9002;
const UNEXPECTED: u32 = 9003;

/// What the payload says; a rule in CEL, since that is a feature of the core too.
const POLICY: &str = r#"{
    "version": 1,
    "issuers": [{
        "issuer": "joe",
        "audience": "any",
        "keys": { "jwks": { "keys": [KEY] } },
        "claims": [{ "claim": "http://example.com/is_root", "expression": "value == true" }]
    }]
}"#;

/// RFC 7515 appendix A.1.
const SECRET: &str = r#"{ "kty": "oct", "alg": "HS256",
    "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow" }"#;

/// RFC 7515 appendix A.3.
const POINT: &str = r#"{ "kty": "EC", "crv": "P-256", "alg": "ES256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" }"#;

/// Each token with its key, and the same token with another signature.
const TOKENS: [(&str, &str); 4] = [
    (
        SECRET,
        concat!(
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.",
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        ),
    ),
    (
        SECRET,
        concat!(
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.",
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXg",
        ),
    ),
    (
        POINT,
        concat!(
            "eyJhbGciOiJFUzI1NiJ9.",
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.",
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        ),
    ),
    (
        POINT,
        concat!(
            "eyJhbGciOiJFUzI1NiJ9.",
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.",
            "EtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        ),
    ),
];
