//! A token of a shape and a length, and the validator that it is sent to.

use crate::shapes::{End, Place, Policy, Shape};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jotgate::{Timestamp, Validator, Verdict};
use serde_json::json;
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant, SystemTime};

pub(crate) struct Attack {
    token: String,
    validator: Validator,
    end: End,
}

impl Attack {
    /// With the same bytes each time, so that counts of instructions can be compared. HS256, because its check costs least.
    pub(crate) fn new(shape: Shape, bytes: usize) -> Result<Self, Box<dyn Error>> {
        let (header, claims) = (r#""alg":"HS256","kid":"a""#, claims(shape));
        // A signature of 32 bytes, two dots, and three bytes of text for four of token.
        let room = (bytes.saturating_sub(43 + 2) * 3 / 4).saturating_sub(header.len() + claims.len() + 6);
        let members = shape.members(room);
        let (header, payload) = if shape.place == Place::Header {
            (format!("{{{header},{members}}}"), format!("{{{claims}}}"))
        } else {
            (format!("{{{header}}}"), format!("{{{claims},{members}}}"))
        };
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &SECRET);
        let mut signature = ring::hmac::sign(&key, signed.as_bytes()).as_ref().to_vec();
        if shape.end == End::Forged {
            signature.reverse();
        }
        let mut entry = json!({
            "issuer": "https://idp.example.com/",
            "audience": "orders",
            "algorithms": ["HS256"],
            "keys": {"jwks": {"keys": [{"kty": "oct", "kid": "a", "k": URL_SAFE_NO_PAD.encode(SECRET)}]}},
        });
        for (name, value) in shape.policy().as_object().into_iter().flatten() {
            entry[name] = value.clone();
        }
        // A token that is a little longer than asked for is no other attack.
        let policy = json!({"version": 1, "issuers": [entry], "limits": {"token_bytes": 64 * 1024}});
        let policy = jotgate::Policy::from_json(&policy.to_string())?;
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
        Ok(Self { token, validator: Validator::new(policy, 1), end: shape.end })
    }

    /// Whether it comes to the end that it is meant to come to.
    pub(crate) fn run(&self) -> bool {
        let now = Timestamp::from(SystemTime::UNIX_EPOCH + Duration::from_secs(NOW));
        match self.validator.validate(black_box(&self.token), now) {
            Verdict::Accepted(_) => self.end == End::Accepted,
            Verdict::Rejected(rejection) => match rejection.code.name() {
                "invalid_signature" => self.end == End::Forged,
                "malformed_token" => self.end == End::Repeated,
                _ => false,
            },
            _ => false,
        }
    }

    /// The best of so many: whatever else the machine does makes a run longer, and nothing makes it shorter.
    pub(crate) fn nanoseconds_per_kib(&self, times: u32) -> f64 {
        let time = |_| {
            let start = Instant::now();
            black_box(self.run());
            start.elapsed()
        };
        let best = (0..times).map(time).min().unwrap_or_default();
        best.as_secs_f64() * 1e9 / (self.token.len() as f64 / 1024.0)
    }
}

fn claims(shape: Shape) -> String {
    let audience = if shape.place == Place::Audience { "" } else { r#","aud":"orders""# };
    let subject = if shape.policy == Policy::NumericIds { "7" } else { r#""alice""# };
    // The mapping has something to do.
    let mapped = if shape.policy == Policy::Mapped { r#","email":"a""# } else { "" };
    format!(r#""iss":"https://idp.example.com/","sub":{subject},"exp":{}{audience}{mapped}"#, NOW + 600)
}

const SECRET: [u8; 32] = [7; 32];
const NOW: u64 = 1_700_000_000;
