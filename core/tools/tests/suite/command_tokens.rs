//! `validate` and `explain`: several tokens, requests, short forms, and what is said of the network.

use crate::command::{NOW, World, world};
use crate::issuer::{Key, START, key_set, policy};
use jotgate::{FetchResponse, Reference, ReferenceFailure, Report};
use jotgate_tools::{Command, CommandStep, Screen};
use serde_json::{Value, json};
use std::path::Path;

#[test]
fn validate_gives_the_verdict_alone() {
    let forged = format!("{}AAAA", Key(1).token());
    for (token, exit, said) in [
        (Key(1).token(), 0, "accepted\n"),
        (forged, 1, "rejected invalid_signature\n"),
        (Key(2).token(), 1, "rejected unknown_key\n"),
        ("nonsense".to_owned(), 1, "rejected malformed_token\n"),
    ] {
        let output = world().run(&["validate", "-p", "policy.yaml", &token]);
        assert_eq!((output.exit, output.stdout.as_str(), output.stderr.as_str()), (exit, said, ""));
    }
    let down = World { keys: None, ..world() }.run(&["validate", "-p", "policy.yaml", &Key(1).token()]);
    assert_eq!((down.exit, down.stdout.as_str()), (2, "unavailable\n"));
    let late = (START + 400 * 86_400).to_string();
    let output = world().run(&["validate", "-p", "policy.yaml", "--json", "--now", &late, &Key(1).token()]);
    let told: Value = serde_json::from_str(&output.stdout).expect("JSON");
    let wanted = json!({"verdict": "rejected", "code": "expired", "claim": "exp", "detail": "the token has expired", "issuer": 0, "route": null, "verified": true});
    assert_eq!((output.exit, told), (1, wanted));
}

#[test]
fn several_tokens_have_a_line_each() {
    let (good, other) = (Key(1).token(), Key(2).token());
    let input = format!(
        "{good}\r\n\n{{\"token\": \"{other}\"}}\n{{\"authorization\": \"Bearer {good}\", \"path\": \"/\"}}\nx\n"
    );
    let world = World { input: &input, ..world() };
    let output = world.run(&["validate", "-p", "policy.json", "-"]);
    let lines = "accepted\nrejected unknown_key\naccepted\nrejected malformed_token\n";
    assert_eq!((output.exit, output.stdout.as_str()), (1, lines));

    let output = world.run(&["explain", "-p", "policy.json", "-"]);
    assert!(output.stdout.starts_with("1: accepted\n2: rejected unknown_key: key: "), "{}", output.stdout);
    assert!(output.stdout.contains("\n4: rejected malformed_token: shape: "), "{}", output.stdout);
    assert_eq!(output.stdout.lines().count(), 4);

    let output = world.run(&["explain", "--json", "-p", "policy.json", "-"]);
    let verdicts: Vec<Value> = output
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["verdict"].clone())
        .collect();
    assert_eq!(verdicts, ["accepted", "rejected", "accepted", "rejected"]);
    let counted = world.run(&["validate", "--count", "-p", "policy.json", "-"]);
    let lines = "        2  accepted\n        1  rejected malformed_token\n        1  rejected unknown_key\n";
    assert_eq!((counted.exit, counted.stdout.as_str()), (1, lines));
    let counted: Value =
        serde_json::from_str(&world.run(&["validate", "-c", "--json", "-p", "policy.json", "-"]).stdout).expect("JSON");
    assert_eq!(counted[0], json!({"verdict": "accepted", "code": null, "claim": null, "count": 2}));
    let yaml = world.run(&["validate", "--format", "yaml", "-p", "policy.json", "-"]).stdout;
    assert!(yaml.starts_with("- claim: null\n  code: null\n"), "{yaml}");
}

#[test]
fn lines_that_are_no_tokens_are_refused_without_quoting_them() {
    for (input, said) in [
        ("{\"jwt\": \"secret\"}", "line 1 has no text under token"),
        ("a\n{\"token\": secret", "line 2 begins like JSON"),
    ] {
        let output = World { input, ..world() }.run(&["validate", "-p", "policy.json", "-"]);
        assert_eq!((output.exit, output.stdout.as_str()), (64, ""));
        assert!(output.stderr.contains(said) && !output.stderr.contains("secret"), "{}", output.stderr);
    }
    let long = "x\n".repeat(9 * 1024 * 1024);
    let output = World { input: &long, ..world() }.run(&["validate", "-p", "policy.json", "-"]);
    assert_eq!(output.exit, 64);
    assert!(output.stderr.contains("longer than 16 MiB"), "{}", output.stderr);
}

#[test]
fn the_short_form_has_what_failed() {
    let late = (START + 400 * 86_400).to_string();
    let short = ["explain", "-p", "policy.json", "-s", "--now", &late];
    let output = world().run(&[&short[..], &[&Key(1).token()]].concat());
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(lines.first().copied(), Some("rejected: expired (exp) - the token has expired"));
    assert!(lines.get(1).is_some_and(|line| line.starts_with("  FAILED    exp  ")), "{}", output.stdout);
    assert_eq!(lines.len(), 4, "{}", output.stdout);
    assert_eq!(world().run(&["explain", "-p", "policy.json", "-s", &Key(1).token()]).stdout, "accepted\n");
    let told = world().run(&[&short[..], &["--json", &Key(1).token()]].concat()).stdout;
    let told: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!((&told["failed"][0]["check"], &told["failed"][1]), (&json!("exp"), &Value::Null));
}

fn with_routes<'w>() -> World<'w> {
    let mut rules = policy(json!({}));
    rules["routes"] = json!([
        {"path": "/health", "skip": true},
        {"path": "/orders/{id}", "methods": "PUT", "scopes": {"all": ["orders:write"]}},
    ]);
    rules["unmatched"] = json!("token");
    rules["forward"] = json!({"claims_to_headers": {"sub": "X-User"}, "strip_token": true});
    World { files: vec![("policy.json", rules.to_string())], ..world() }
}

#[test]
fn a_request_takes_its_route_and_goes_on() {
    let token = Key(1).token();
    let run = |request: &str, rest: &[&str]| {
        let arguments = [&["explain", "-p", "policy.json", "--request", request][..], rest].concat();
        let output = with_routes().run(&arguments);
        for text in [&output.stdout, &output.stderr] {
            assert!(!text.contains(&token) && token.split('.').all(|part| !text.contains(part)), "{text}");
        }
        (output.exit, output.stdout + &output.stderr)
    };
    let (exit, text) = run("GET /orders?x=1", &[&token]);
    assert!(exit == 0 && text.contains("GET /orders") && text.contains("no route matches"), "{text}");
    assert!(text.contains("what goes on to the application\n  without  X-User"), "{text}");
    assert!(text.contains("\n  with     X-User: "), "{text}");
    let (exit, text) = run("PUT /orders/7", &["-H", &format!("authorization: Bearer {token}")]);
    assert!(exit == 1 && text.contains("insufficient_scope") && text.contains("routes[1]"), "{text}");
    assert!(!text.contains("goes on"), "{text}");
    let (exit, text) = run("/health", &[]);
    assert!(exit == 0 && text.starts_with("skipped"), "{text}");
    let (exit, text) = run("GET /orders", &["-H", "X-Tenant: blue"]);
    assert!(exit == 1 && text.starts_with("rejected: missing_token"), "{text}");

    let (_, text) = run("GET /orders", &["--json", &token]);
    let told: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&told["verdict"], &told["forward"]["set"][0][0]), (&json!("accepted"), &json!("X-User")));
    let validated = with_routes().run(&["validate", "-p", "policy.json", "-r", "PUT /orders/7", &token]);
    assert_eq!((validated.exit, validated.stdout.as_str()), (1, "rejected insufficient_scope (scope)\n"));
}

#[test]
fn the_host_is_told_of_the_network() {
    let token = Key(1).token();
    let options = ["--cacert", "ca.pem", "--cert", "me.pem", "--key", "me.key", "--proxy", "http://proxy.test:3128"];
    let arguments = [&["validate", "-p", "policy.json", "--timeout", "2.5"][..], &options, &[token.as_str()]].concat();
    let mut command = Command::new(arguments.iter().map(|argument| (*argument).to_owned()), Screen::default());
    assert!(matches!(command.step(NOW), CommandStep::ReadFile { .. }));
    command.provide(Ok(policy(json!({})).to_string().as_bytes()));
    let CommandStep::Fetch { request, network } = command.step(NOW) else { panic!("no fetch") };
    assert_eq!(request.timeout.as_secs_f64(), 2.5);
    assert_eq!((network.cacert.as_deref(), network.cert.as_deref()), (Some("ca.pem"), Some("me.pem")));
    assert_eq!((network.key.as_deref(), network.proxy.as_deref()), (Some("me.key"), Some("http://proxy.test:3128")));
    let mut other = Command::new(arguments.iter().map(|argument| (*argument).to_owned()), Screen::default());
    assert!(matches!(other.step(NOW), CommandStep::ReadFile { .. }));
    other.provide(Ok(policy(json!({})).to_string().as_bytes()));
    assert!(matches!(other.step(NOW), CommandStep::Fetch { .. }));
    other.provide(Err("--cacert ca.pem: no such file"));
    let CommandStep::Done(output) = other.step(NOW) else { panic!("not done") };
    assert_eq!((output.exit, output.stderr.as_str()), (64, "jotgate: --cacert ca.pem: no such file\n"));
    let keys = key_set(&[Key(1)]);
    let response = FetchResponse { status: 200, headers: &[], body: keys.as_bytes() };
    command.report(request.id, Report::Fetched(response), NOW);
    let CommandStep::Done(output) = command.step(NOW) else { panic!("not done") };
    assert_eq!(output.stdout, "accepted\n");
}

#[test]
fn other_forms_say_the_same() {
    let (files, keys) = (world().files, world().keys);
    let world = World { files, keys, ..World::default() };
    let yaml = world.run(&["explain", "--format", "yaml", "-p", "policy.json", &Key(1).token()]).stdout;
    assert!(yaml.contains("\nverdict: accepted\nverified: true\n"), "{yaml}");
    let yaml = world.run(&["lint", "--format", "yaml", "policy.json"]).stdout;
    assert!(yaml.starts_with("- code: "), "{yaml}");
    let wrong = world.run(&["lint", "--format", "yaml", "absent.json"]);
    assert!(wrong.exit == 3 && wrong.stdout.contains("verdict: policy_error\n"), "{}", wrong.stdout);
    assert_eq!(world.run(&["schema"]).stdout.trim_end(), jotgate::schema().trim_end());
    assert!(world.run(&["schema", "--format", "yaml"]).stdout.contains("$schema"));
}

/// A host that has one variable and no file.
fn texts(_folder: &Path, wanted: &Reference) -> Result<Vec<u8>, ReferenceFailure> {
    match wanted.name.as_str() {
        "AUDIENCE" => Ok(b"orders".to_vec()),
        _ => Err(ReferenceFailure::Missing),
    }
}

#[test]
fn lint_says_what_is_not_there_and_all_the_rest() {
    let entry = |keys: Value| {
        json!({"version": 1, "issuers": [
            {"issuer": {"env": "ISSUER"}, "audience": ["any-of", {"env": "AUDIENCE"}], "leeway": "2m", "keys": keys},
        ]})
    };
    let secrets = ["text", "hex", "base64url"].map(|form| entry(json!({"secret": {form: {"file": "secret"}}})));
    let mut wrong = secrets[0].clone();
    wrong["issuers"][0]["leeway"] = json!("20m");
    wrong["issuers"][0]["typo"] = json!(1);
    let sets = entry(json!({"jwks": {"file": "jwks.json"}, "pem": {"file": "idp.pem"}}));
    let there = json!({"version": 1, "issuers": [{"issuer": "https://idp.test/", "audience": {"env": "AUDIENCE"}}]});
    let files = [("wrong.json", &wrong), ("sets.json", &sets), ("there.json", &there)];
    let files = files.map(|(name, policy)| (name, policy.to_string())).into_iter();
    let named = ["text.json", "hex.json", "base64url.json"].into_iter().zip(secrets.iter().map(Value::to_string));
    let world = World { files: files.chain(named).collect(), texts: Some(texts), ..World::default() };
    for name in ["text.json", "hex.json", "base64url.json", "sets.json"] {
        let output = world.run(&["lint", name]);
        assert_eq!(output.exit, 3);
        assert!(output.stderr.contains("issuers[0].issuer, line 1, column "), "{}", output.stderr);
        assert!(output.stderr.contains("the environment variable ISSUER is not set"), "{}", output.stderr);
        assert!(!output.stderr.contains("AUDIENCE"), "{}", output.stderr);
        let told: Value = serde_json::from_str(&world.run(&["lint", "--json", name]).stdout).expect("JSON");
        let mut codes: Vec<&str> = told["warnings"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|warning| warning["code"].as_str())
            .collect();
        codes.retain(|code| *code != "hmac_secret");
        assert_eq!(codes, ["no_algorithms", "typ_not_checked", "long_leeway"], "{name}");
        assert!(output.stdout.contains("[long_leeway]"), "{}", output.stdout);
    }
    let told: Value = serde_json::from_str(&world.run(&["lint", "--json", "wrong.json"]).stdout).expect("JSON");
    let paths: Vec<&str> =
        told["problems"].as_array().expect("a list").iter().filter_map(|problem| problem["path"].as_str()).collect();
    assert_eq!(paths, ["issuers[0].issuer", "issuers[0].keys.secret.text", "issuers[0].typo", "issuers[0].leeway"]);
    assert_eq!(told["warnings"], Value::Null);
    assert_eq!(world.run(&["lint", "there.json"]).exit, 0);
    // What judges tokens takes no policy that lacks something.
    assert_eq!(world.run(&["validate", "-p", "text.json", "x"]).exit, 3);
}
