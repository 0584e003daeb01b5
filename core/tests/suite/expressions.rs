//! Expressions at the bounds of what a policy may hold.

use crate::issuer::{AUDIENCE, ISSUER, Key, START, key_set};
use jotgate::{Policy, Timestamp, Validator, Verdict};
use serde_json::{Value, json};

/// What the bounds let through must not overflow the stack of a host's thread, which would end the process.
#[test]
fn are_compiled_and_evaluated_on_a_small_stack() {
    let expressions = [
        (true, format!("{}true{}", "(".repeat(16), ")".repeat(16))),
        (true, format!("{}false{}", "!(".repeat(15), ")".repeat(15))),
        (true, vec!["now > 1"; 80].join(" && ")),
        (true, format!("{}true", "!".repeat(250))),
        (true, format!("now{} > now", "+1".repeat(30))),
        (false, format!("claims{}", ".a".repeat(30))),
        (false, format!("claims{}", ".a".repeat(256))),
        (false, format!("claims{}", ".a()".repeat(128))),
        (false, format!("claims{}", "[0]".repeat(256))),
        (false, format!("1{}", "<1".repeat(256))),
        (false, format!("1{}", "+1".repeat(256))),
        (false, format!("{}true", "true?true:".repeat(256))),
        (false, "[".repeat(256)),
        (false, "(".repeat(4096)),
    ];
    for (accepted, expression) in expressions {
        let begins = expression.chars().take(12).collect::<String>();
        let verdict = std::thread::Builder::new().stack_size(SMALL_STACK).spawn(move || accepts(&expression));
        assert_eq!(verdict.expect("a thread").join().expect("no panic"), accepted, "{begins}");
    }
}

/// Whether there is a policy with this expression that accepts a good token.
fn accepts(expression: &str) -> bool {
    let jwks: Value = serde_json::from_str(&key_set(&[Key(1)])).expect("JSON");
    let entry = json!({"issuer": ISSUER, "audience": AUDIENCE, "keys": {"jwks": jwks},
        "claims": [{"expression": expression}]});
    let policy = json!({"version": 1, "issuers": [entry]}).to_string();
    Policy::from_json(&policy).is_ok_and(|policy| {
        let now = Timestamp::from_seconds(START);
        matches!(Validator::new(policy, 0).validate(&Key(1).token(), now), Verdict::Accepted(_))
    })
}

/// Half of what threads of a Java host have by default; a parser that is not optimized takes several times what it ships
/// with.
const SMALL_STACK: usize = 512 * 1024;
