//! `test`: cases in the notation of the guide to the policy.

use crate::command::World;
use jotgate_tools::Screen;
use serde_json::{Value, json};

const POLICY: &str = "version: 1
issuers:
  - issuer: https://idp.example.com/
    audience: [orders, stock]
    keys: { jwks_uri: https://idp.example.com/jwks }
    algorithms: [RS256, ES256]
    required_claims: [exp, sub]
  - issuer: https://login.example.com/{tid}/v2
    tenants: [contoso, fabrikam]
    audience: orders
    keys: { secret: { text: 'a secret of at least 32 bytes, which nobody knows' } }
routes:
  - { path: /health, skip: true }
  - { path: '/orders/{id}', methods: PUT, scopes: { all: [orders:write] } }
unmatched: token
token:
  sources: [{ header: Authorization, scheme: Bearer }, { cookie: session }]
forward: { claims_to_headers: { sub: X-User } }
";

const CASES: &str = r#"# What may pass
{"sub": "alice"}                                       -> accepted
{"sub": "alice", "aud": ["stock"]}                     -> accepted as {"sub": "alice", "aud": ["stock"]}
{"sub": "alice", "exp": "now-5s"}                      -> rejected expired (exp)  # the leeway is 5 s
{"sub": "alice"} at now+11m                            -> rejected expired (exp)
{}                                                     -> rejected missing_claim (sub)
{"sub": "alice"} without exp                           -> rejected missing_claim (exp)
{"sub": "alice"} signed with ES256                     -> accepted
{"sub": "alice"} signed with RS384                     -> rejected algorithm_not_allowed
{"sub": "alice"} signed by nobody                      -> rejected algorithm_not_allowed
{"sub": "alice"} signed by stranger                    -> rejected invalid_signature
{"sub": "alice"} signed by stranger with ES256         -> rejected invalid_signature
{"sub": "alice"} header {"kid": "other"}               -> rejected unknown_key
{"sub": "alice"} header {"typ": "JWT", "alg": "rs256"} -> rejected algorithm_not_allowed
{"sub": "alice"} without header alg                    -> rejected malformed_token
"not a token"                                          -> rejected malformed_token
{"iss": "https://evil.example.com/", "sub": "alice"}   -> rejected unknown_issuer (iss)
{"iss": "https://login.example.com/fabrikam/v2"}       -> accepted
{"iss": "https://login.example.com/fabrikam/v2"} signed with ES256 -> rejected algorithm_not_allowed
GET /health                                            -> skipped
GET /health                                            -> 200 without claims
GET /orders/7 {"sub": "alice"}                         -> 200
  X-User: alice
  without X-Role
GET /orders/7                                          -> 401 missing_token
  WWW-Authenticate: Bearer
PUT /orders/7 {"sub": "alice"}                         -> 403 insufficient_scope
  WWW-Authenticate: Bearer error="insufficient_scope", error_description="The token lacks a scope that this resource needs", scope="orders:write"
PUT /orders/7 {"sub": "alice", "scope": "orders:write"} -> 200
TOKEN is {"sub": "bob"}
TOKEN                                                  -> accepted
GET /orders | Cookie: a=b; session=TOKEN               -> 200
GET /orders | authorization: bearer TOKEN              -> accepted
GET /orders TOKEN                                      -> accepted
this policy                                            -> policy error at issuers
issuers[0].leeway = "10m"                              -> policy error at issuers[0].leeway
without issuers[0].audience                            -> policy error at issuers[0].audience
https://idp.example.com/jwks is down
{"sub": "alice"}                                       -> unavailable
GET /orders {"sub": "alice"}                           -> 503 keys_unavailable
  Retry-After: 1 to 60
https://idp.example.com/jwks is up
{"sub": "alice"}                                       -> accepted
"#;

fn world(cases: &str) -> World<'_> {
    World { files: vec![("policy.yaml", POLICY.to_owned()), ("cases.txt", cases.to_owned())], ..World::default() }
}

#[test]
fn what_the_policy_takes_from_elsewhere_can_be_set() {
    let policy = r#"{"version": 1, "issuers": [{"issuer": {"env": "ISSUER"}, "audience": {"file": "run/audience"},
        "keys": {"jwks_uri": "https://idp.example.com/jwks"}}]}"#;
    let cases = r#"{"iss": "https://idp.example.com/", "aud": "a=b"} -> accepted"#;
    let files = vec![("policy.json", policy.to_owned()), ("cases", cases.to_owned())];
    let world = World { files, ..World::default() };
    let (issuer, audience) = ("ISSUER=https://idp.example.com/", "run/audience=a=b");
    let output = world.run(&["test", "--set", issuer, "--set", audience, "policy.json", "cases"]);
    assert_eq!(output.exit, 0, "{}{}", output.stdout, output.stderr);
    let output = world.run(&["test", "--set", issuer, "policy.json", "cases"]);
    assert_eq!(output.exit, 3, "{}", output.stdout);
    assert!((output.stdout + &output.stderr).contains("the file run/audience is not there"));
    assert_eq!(world.run(&["test", "--set", "ISSUER", "policy.json", "cases"]).exit, 64);
}

#[test]
fn cases_pass_without_the_keys_of_the_policy() {
    let output = world(CASES).run(&["test", "policy.yaml", "cases.txt"]);
    // One of them is wrong, so that a file in which nothing fails is no wonder.
    let wrong = "FAILED  cases.txt:35  this policy -> policy error at issuers\n        expected: policy error at issuers\n        got:      a policy\n\n33 passed, 1 failed\n";
    assert_eq!((output.exit, output.stdout.as_str(), output.stderr.as_str()), (1, wrong, ""));
    let right = CASES.replace("this policy ", "version = 2 ").replace("at issuers\n", "at version\n");
    let output = world(&right).run(&["test", "policy.yaml", "cases.txt", "--now", "1800000000"]);
    assert_eq!((output.exit, output.stdout.as_str()), (0, "34 passed, 0 failed\n"));
    let verbose = world(&right).run(&["test", "-v", "policy.yaml", "cases.txt", "cases.txt"]).stdout;
    assert_eq!(verbose.lines().filter(|line| line.starts_with("ok      cases.txt:")).count(), 68);
}

#[test]
fn a_case_that_fails_says_what_came_and_why() {
    let cases = "{\"sub\": \"alice\", \"aud\": \"users\"} -> accepted  # ours\n{\"sub\": \"alice\"} -> rejected expired (exp)\nGET /orders/7 {\"sub\": \"alice\"} -> 200\n  X-User: bob\nGET /orders -> 403\n\"eyJhbGciOiJFUzI1NiJ9.e30.c2ln\" -> accepted\n";
    let output = world(cases).run(&["test", "policy.yaml", "cases.txt"]);
    assert_eq!(output.exit, 1);
    let first = "FAILED  cases.txt:1  {\"sub\": \"alice\", \"aud\": \"users\"} -> accepted
        note:     ours
        expected: accepted
        got:      rejected audience_mismatch (aud)
        why:      aud: found users; expected one of orders, stock; the token was made for another service: ask for one with this audience, or add it to the policy
";
    assert!(output.stdout.starts_with(first), "{}", output.stdout);
    for line in [
        "        got:      accepted\n",
        "        got:      200 with X-User: alice\n",
        "        got:      401 missing_token\n",
        "\n0 passed, 5 failed\n",
    ] {
        assert!(output.stdout.contains(line), "{}", output.stdout);
    }
    assert!(!output.stdout.contains("eyJhbGci"), "{}", output.stdout);
    let colours = World { screen: Screen { colour: true, ..Screen::default() }, ..world(cases) };
    assert!(colours.run(&["test", "policy.yaml", "cases.txt"]).stdout.contains("\u{1b}["));
}

#[test]
fn results_are_data_for_other_programs() {
    let cases = "{\"sub\": \"a\"} -> accepted\n{\"sub\": \"<a>\"} -> skipped\n";
    let told: Value =
        serde_json::from_str(&world(cases).run(&["test", "--json", "policy.yaml", "cases.txt"]).stdout).expect("JSON");
    assert_eq!((&told["passed"], &told["failed"]), (&json!(1), &json!(1)));
    let wanted = json!({"file": "cases.txt", "line": 2, "case": "{\"sub\": \"<a>\"} -> skipped", "note": "", "passed": false, "expected": "skipped", "got": "accepted", "why": null});
    assert_eq!(told["cases"][1], wanted);
    let xml = world(cases).run(&["test", "--format", "junit", "policy.yaml", "cases.txt"]).stdout;
    let wanted = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1">
  <testsuite name="cases.txt" tests="2" failures="1">
    <testcase classname="cases.txt" name="line 1: {&quot;sub&quot;: &quot;a&quot;} -&gt; accepted"/>
    <testcase classname="cases.txt" name="line 2: {&quot;sub&quot;: &quot;&lt;a&gt;&quot;} -&gt; skipped">
      <failure message="expected skipped, got accepted"></failure>
    </testcase>
  </testsuite>
</testsuites>
"#;
    assert_eq!(xml, wanted);
}

#[test]
fn blocks_of_markdown_are_cases() {
    let page =
        "# Orders\n\n{} -> nonsense\n\n```verdicts\n{\"sub\": \"a\"} -> accepted\n```\n\n```yaml\nversion: 1\n```\n";
    let world =
        World { files: vec![("policy.yaml", POLICY.to_owned()), ("ORDERS.md", page.to_owned())], ..World::default() };
    assert_eq!(world.run(&["test", "policy.yaml", "ORDERS.md"]).stdout, "1 passed, 0 failed\n");
}

#[test]
fn lines_that_make_no_sense_are_named() {
    for (cases, said) in [
        ("", "has no cases"),
        ("{} accepted", "line 1: expected a case with an arrow"),
        ("\n{\"sub\": } -> accepted", "line 2: expected the claims of a token, as JSON"),
        ("{} -> fine", "behind the arrow stands accepted, rejected CODE (claim)"),
        ("{} -> rejected expird", "expird: there is no such code, did you mean expired?"),
        ("{} -> rejected expired exp", "a claim stands in brackets"),
        ("{} signed by ec-a -> accepted", "signed by is followed by nobody or stranger"),
        ("{} signed with XX1 -> accepted", "there is no such algorithm"),
        ("{} yesterday -> accepted", "yesterday: expected without, header, signed or at"),
        ("{} at noon -> accepted", "at is followed by a moment"),
        ("TOKEN -> accepted", "no line before says what TOKEN is"),
        ("https://idp.example.com/jwks serves ec-a", "is the command's own"),
        ("https://other.example.com/jwks is down", "the policy fetches nothing from this URL"),
        ("GET /a | x -> accepted", "behind a bar stands a field"),
        ("issuers[7].leeway = 1 -> policy error at x", "issuers[7].leeway: there is no 7"),
        ("issuers[0] -> policy error at x", "PATH = JSON"),
    ] {
        let output = world(cases).run(&["test", "policy.yaml", "cases.txt"]);
        assert_eq!((output.exit, output.stdout.as_str()), (3, ""), "{cases}: {}", output.stderr);
        assert!(output.stderr.starts_with("jotgate: cases.txt: ") && output.stderr.contains(said), "{}", output.stderr);
    }
    assert_eq!(world("").run(&["test", "absent.yaml", "cases.txt"]).exit, 3);
    assert_eq!(world("").run(&["test", "policy.yaml", "absent.txt"]).exit, 3);
}
