//! The command line: driven as a host drives it, with files and an issuer in memory.

use crate::issuer::{AUDIENCE, ISSUER, JWKS_URI, Key, START, key_set, policy};
use jotgate::{FetchResponse, Report, Timestamp, WorkFailure};
use jotgate_tools::{Command, CommandOutput, CommandStep, Screen, TestIssuer, TextReader};
use serde_json::{Value, json};

pub(crate) const NOW: Timestamp = Timestamp::from_seconds(START);

/// What a run of the program finds around it.
#[derive(Default)]
pub(crate) struct World<'w> {
    pub(crate) files: Vec<(&'w str, String)>,
    pub(crate) input: &'w str,
    /// What the issuer answers; `None` when it is down.
    pub(crate) keys: Option<String>,
    pub(crate) screen: Screen,
    /// What is there of what a policy leaves to its host.
    pub(crate) texts: Option<TextReader>,
    /// Longest parts of logs; 0 is as the program asks.
    pub(crate) part: usize,
}

impl World<'_> {
    pub(crate) fn run(&self, arguments: &[&str]) -> CommandOutput {
        self.run_to(arguments, |_| {})
    }

    /// The same, with what is written to standard error on the way.
    pub(crate) fn run_to(&self, arguments: &[&str], mut progress: impl FnMut(&str)) -> CommandOutput {
        let mut command =
            Command::new(arguments.iter().map(|argument| (*argument).to_owned()), self.screen).with_test_kit(kit);
        if let Some(texts) = self.texts {
            command = command.with_texts(texts);
        }
        let (mut log, mut read) = (None, 0);
        for _ in 0..1000 {
            match command.step(NOW) {
                CommandStep::ReadFile { path } => command.provide(self.file(&path).ok_or("no such file")),
                CommandStep::ReadPart { path, most, progress: shown } => {
                    progress(&shown);
                    if log != Some(path.clone()) {
                        (log, read) = (Some(path.clone()), 0);
                    }
                    let content = match &path {
                        Some(path) => self.file(path).ok_or("no such file"),
                        None => Ok(self.input.as_bytes()),
                    };
                    let most = if self.part == 0 { most } else { self.part };
                    let part = content.map(|content| &content[read..content.len().min(read + most)]);
                    read += part.map_or(0, <[u8]>::len);
                    command.provide(part);
                }
                CommandStep::AuditColumns => command.provide(Err("")),
                CommandStep::ReadInput => command.provide(Ok(self.input.as_bytes())),
                CommandStep::Fetch { request, .. } => match &self.keys {
                    Some(keys) => {
                        assert_eq!(request.url, JWKS_URI);
                        let response = FetchResponse { status: 200, headers: &[], body: keys.as_bytes() };
                        command.report(request.id, Report::Fetched(response), NOW);
                    }
                    None => command.report(request.id, Report::failed(WorkFailure::Connection), NOW),
                },
                CommandStep::Done(output) => return output,
                other => panic!("an unknown step: {other:?}"),
            }
        }
        panic!("the command does not end");
    }

    fn file(&self, path: &str) -> Option<&[u8]> {
        self.files.iter().find(|(name, _)| *name == path).map(|(_, text)| text.as_bytes())
    }
}

/// The test kit, as a host brings it.
pub(crate) fn kit(options: &str) -> Result<TestIssuer, String> {
    let issuer = jotgate_testing::Issuer::from_json(options).map_err(|error| error.to_string())?;
    Ok(Box::new(move |word, arguments| issuer.call(word, arguments).map_err(|error| error.to_string())))
}

pub(crate) fn world<'w>() -> World<'w> {
    let yaml = format!(
        "version: 1\nissuers:\n  - issuer: {ISSUER}\n    audience: {AUDIENCE}\n    keys:\n      jwks_uri: {JWKS_URI}\n"
    );
    World {
        files: vec![("policy.json", policy(json!({})).to_string()), ("policy.yaml", yaml)],
        keys: Some(key_set(&[Key(1)])),
        ..World::default()
    }
}

#[test]
fn explains_a_token_with_keys_that_it_fetched() {
    let token = Key(1).token();
    let output = world().run(&["explain", "--policy", "policy.yaml", &token]);
    assert_eq!((output.exit, output.stderr.as_str()), (0, ""));
    assert!(output.stdout.starts_with("accepted\n"), "{}", output.stdout);
    assert!(output.stdout.contains("1 key usable (\"key-1\")"), "{}", output.stdout);
    assert!(!output.stdout.contains('\u{1b}'));
    let screen = Screen { colour: true, ..Screen::default() };
    assert!(World { screen, ..world() }.run(&["explain", "-p", "policy.json", &token]).stdout.contains("\u{1b}[32m"));
}

#[test]
fn reads_the_token_from_standard_input_and_prints_json() {
    let token = format!("  {}\r\n", Key(1).token());
    let output = World { input: &token, ..world() }.run(&["explain", "--json", "--policy=policy.json", "-"]);
    let explanation: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!((output.exit, &explanation["verdict"]), (0, &json!("accepted")));
}

#[test]
fn exit_statuses_tell_verdicts_apart() {
    let forged = format!("{}AAAA", Key(1).token());
    let world_down = World { keys: None, ..world() };
    assert_eq!(world().run(&["explain", "-p", "policy.json", &forged]).exit, 1);
    assert_eq!(world().run(&["explain", "-p", "policy.json", &Key(2).token()]).exit, 1);
    let down = world_down.run(&["explain", "-p", "policy.json", &Key(1).token()]);
    assert_eq!(down.exit, 2);
    assert!(down.stdout.contains("the last fetch failed: connection"), "{}", down.stdout);
}

#[test]
fn judges_for_another_time() {
    let token = Key(1).token();
    let after = (START + 400 * 86_400).to_string();
    for (now, exit) in
        [(after.as_str(), 1), ("2029-01-15T08:00:00Z", 1), ("2027-01-15T08:00:00Z", 0), ("1800000000.5", 0)]
    {
        assert_eq!(world().run(&["explain", "-p", "policy.json", "--now", now, &token]).exit, exit, "{now}");
    }
    for wrong in ["tomorrow", "1e9", "inf", "2027-01-15"] {
        assert_eq!(world().run(&["explain", "-p", "policy.json", "--now", wrong, &token]).exit, 64, "{wrong}");
    }
}

#[test]
fn a_wrong_policy_is_named_with_its_place() {
    let files = vec![("p.toml", "version = 1\nissuer = []\n".to_owned()), ("p.txt", String::new())];
    let world = World { files, ..World::default() };
    let output = world.run(&["explain", "-p", "p.toml", "x"]);
    assert_eq!((output.exit, output.stdout.as_str()), (3, ""));
    assert_eq!(output.stderr, "jotgate: p.toml: issuer, line 2, column 1: unknown field (did you mean issuers?)\n");
    assert!(world.run(&["lint", "p.txt"]).stderr.contains("name it .json, .yaml, .yml or .toml"));
    assert_eq!(world.run(&["lint", "absent.json"]).stderr, "jotgate: absent.json: cannot be read: no such file\n");
    let output = world.run(&["lint", "--json", "p.toml"]);
    let told: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!((output.exit, &told["path"], &told["code"]), (3, &json!("issuer"), &json!("policy_error")));
}

#[test]
fn lint_fails_from_a_level_on() {
    let mut weak = policy(json!({}));
    weak["issuers"][0]["audience"] = json!("any");
    let mut clean = policy(json!({}));
    clean["issuers"][0]["algorithms"] = json!(["EdDSA"]);
    clean["issuers"][0]["typ"] = json!("at+jwt");
    let files = vec![
        ("weak.json", weak.to_string()),
        ("usual.json", policy(json!({})).to_string()),
        ("clean.json", clean.to_string()),
    ];
    let world = World { files, ..World::default() };
    let output = world.run(&["lint", "weak.json"]);
    assert_eq!(output.exit, 1);
    assert!(output.stdout.starts_with("high    issuers[0].audience: "), "{}", output.stdout);
    assert!(output.stdout.ends_with("\nweak.json: 1 high, 2 low\n"), "{}", output.stdout);
    assert_eq!(world.run(&["lint", "clean.json"]).stdout, "clean.json: nothing to warn of\n");
    for (arguments, exit) in [
        (&["lint", "usual.json"][..], 0),
        (&["lint", "--fail-on", "low", "usual.json"], 1),
        (&["lint", "--fail-on=never", "weak.json"], 0),
        (&["lint", "--fail-on", "high", "--policy", "weak.json"], 1),
        (&["lint", "--fail-on", "low", "clean.json"], 0),
    ] {
        assert_eq!(world.run(arguments).exit, exit, "{arguments:?}");
    }
    let json: Value = serde_json::from_str(&world.run(&["lint", "--json", "weak.json"]).stdout).expect("JSON");
    assert_eq!(json[0]["code"], "any_audience");
}

#[test]
fn arguments_that_make_no_sense_are_refused_without_quoting_them() {
    let token = Key(1).token();
    for arguments in [
        &[][..],
        &["frobnicate"],
        &["audit", "--policy", "policy.json"],
        &["audit", "--tokens", "log.txt"],
        &["audit", "-p", "policy.json", "--tokens", "log.txt", &token],
        &["audit", "-p", "policy.json", "--tokens", "log.txt", "--fail-on", "low"],
        &["audit", "-p", "policy.json", "--tokens", "log.txt", "--threads", "0"],
        &["audit", "-p", "policy.json", "--tokens", "log.txt", "--scheme", "two words"],
        &["audit", "-p", "policy.json", "--tokens", "log.txt", "--now", "1", "--time-column", "at"],
        &["audit", "-p", "policy.json", "--tokens", "log.csv", "--tokens", "log.txt"],
        &["audit", "-p", "policy.json", "--tokens", "log.csv", "--proxy", "http://proxy.test"],
        &["explain"],
        &["explain", &token],
        &["explain", "-p", "policy.json", &token, &token],
        &["explain", "-p", "policy.json", "--fail-on", "low", &token],
        &["explain", "-p"],
        &["explain", "--json=x", "-p", "policy.json", &token],
        &["lint"],
        &["lint", "a.json", "b.json"],
        &["lint", "--now", "1", "a.json"],
        &["lint", "--fail-on", "none", "a.json"],
        &["lint", "-x", "a.json"],
        &["import", "kong", "a.yaml"],
        &["import", "mulesoft"],
        &["import", "mulesoft", "--file", "a.jks", "a.yaml"],
        &["import", "wso2", "--now", "1", "a.toml"],
        &["import", "wso2", "--set", "host", "a.toml"],
        &["import", "wso2", "--set", "=x", "a.toml"],
        &["lint", "--set", "a=b", "a.json"],
        &[&token],
        &["validate", "-p", "policy.json"],
        &["validate", "-p", "policy.json", "--short", &token],
        &["explain", "-p", "policy.json", "-H", "A: b", &token],
        &["explain", "-p", "policy.json", "--request", "GET orders", &token],
        &["explain", "-p", "policy.json", "--request", "GET /", "-H", &token],
        &["explain", "-p", "policy.json", "--format", "xml", &token],
        &["explain", "-p", "policy.json", "--format", "json", "--json", &token],
        &["explain", "-p", "policy.json", "--key", "key.pem", &token],
        &["explain", "-p", "policy.json", "--proxy", "proxy:3128", &token],
        &["explain", "-p", "policy.json", "--timeout", "0", &token],
        &["lint", "--cacert", "ca.pem", "a.json"],
        &["keys"],
        &["keys", "a.json", "b.json"],
        &["test", "a.json"],
        &["schema", "a.json"],
        &["schema", "--format", "text"],
    ] {
        let output = world().run(arguments);
        assert_eq!((output.exit, output.stdout.as_str()), (64, ""), "{arguments:?}");
        assert!(output.stderr.starts_with("jotgate: ") && output.stderr.contains("--help"), "{}", output.stderr);
        assert!(!output.stderr.contains(&token[..20]), "{}", output.stderr);
    }
}

#[test]
fn help_and_version_need_nothing_else() {
    for arguments in [
        &["--help"][..],
        &["help"],
        &["-h"],
        &["explain", "--help"],
        &["lint", "-h", "a.json"],
        &["import", "-h"],
        &["validate", "-h"],
        &["keys", "-h"],
        &["test", "-h"],
        &["schema", "-h"],
        &["audit", "-h"],
        &["help", "test"],
    ] {
        let output = World::default().run(arguments);
        assert_eq!((output.exit, output.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(output.stdout.contains("Usage:") && output.stdout.lines().all(|line| line.len() <= 100));
    }
    let version = World::default().run(&["--version"]).stdout;
    assert_eq!(version, format!("jotgate {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn steps_are_json_for_other_languages() {
    let mut command =
        Command::new(["explain", "-p", "policy.json", &Key(1).token()].map(str::to_owned), Screen::default());
    let step = |command: &mut Command| -> Value { serde_json::from_str(&command.step(NOW).to_json()).expect("JSON") };
    assert_eq!(step(&mut command), json!({"step": "read_file", "path": "policy.json"}));
    assert_eq!(step(&mut command), json!({"step": "read_file", "path": "policy.json"}));
    command.provide(Ok(policy(json!({})).to_string().as_bytes()));
    let fetch = step(&mut command);
    assert_eq!((&fetch["step"], &fetch["url"], &fetch["timeout"]), (&json!("fetch"), &json!(JWKS_URI), &json!(10.0)));
    assert_eq!(fetch["network"], json!({"cacert": null, "cert": null, "key": null, "proxy": null}));
    assert_eq!(fetch["headers"][0], json!(["accept", "application/jwk-set+json, application/json"]));
    // A host that gives up gets the verdict that nobody can say.
    let done = step(&mut command);
    assert_eq!((&done["step"], &done["exit"]), (&json!("done"), &json!(2)));
}

const FLEX: &str = "apiVersion: gateway.mulesoft.com/v1alpha1
kind: PolicyBinding
metadata:
  name: jwt
spec:
  targetRef:
    name: orders
  policyRef:
    name: jwt-validation-flex
  config:
    signingMethod: rsa
    signingKeyLength: 256
    jwtKeyOrigin: jwks
    jwksUrl: https://idp.test/jwks
    skipClientIdValidation: true
    mandatoryExpClaim: true
";

#[test]
fn an_import_prints_the_document_and_tells_on_standard_error_what_became_of_it() {
    let mistyped = FLEX.replace("jwksUrl", "jwksURL");
    let files = vec![("flex.yaml", FLEX.to_owned()), ("mistyped.yaml", mistyped), ("none.yaml", "a: [".to_owned())];
    let world = World { files, ..World::default() };
    let output = world.run(&["import", "mulesoft", "flex.yaml"]);
    assert_eq!(output.exit, 0, "{}", output.stderr);
    jotgate::Policy::from_json(&output.stdout).expect("a policy");
    assert!(output.stderr.contains("carried  spec.config.jwksUrl -> issuers[0].keys"), "{}", output.stderr);
    assert!(output.stderr.ends_with("\nflex.yaml: everything came along\n"), "{}", output.stderr);

    let output = world.run(&["import", "mulesoft", "mistyped.yaml"]);
    assert_eq!(output.exit, 1);
    assert!(output.stderr.contains("CANNOT   spec.config.jwksURL"), "{}", output.stderr);
    assert!(output.stderr.contains("to be decided by hand"), "{}", output.stderr);

    let output = world.run(&["import", "mulesoft", "--json", "mistyped.yaml"]);
    let told: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!((output.exit, output.stderr.as_str(), &told["complete"]), (1, "", &json!(false)));

    let output = world.run(&["import", "mulesoft", "none.yaml"]);
    assert_eq!((output.exit, output.stdout.as_str()), (3, ""));
    assert!(output.stderr.starts_with("jotgate: none.yaml: "), "{}", output.stderr);
}

#[test]
fn an_import_fills_in_templates() {
    let text = "[[apim.jwt.issuer]]\nname = \"{{ issuer }}\"\njwks.url = \"https://${host}/jwks\"\n";
    let world = World { files: vec![("a.toml", text.to_owned())], ..World::default() };
    let output = world.run(&["import", "wso2", "--set", "issuer=https://idp.test/?a=b", "a.toml"]);
    assert_eq!(output.exit, 1);
    assert!(output.stderr.contains("jwks.url") && output.stderr.contains("--set NAME=value"), "{}", output.stderr);
    let set = ["--set", "issuer=https://idp.test/?a=b", "--set", "host=idp.test"];
    let output = world.run(&[&["import", "wso2"][..], &set, &["a.toml"]].concat());
    let policy: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!((output.exit, &policy["issuers"][0]["issuer"]), (0, &json!("https://idp.test/?a=b")));
    assert_eq!(policy["issuers"][0]["keys"]["jwks_uri"], "https://idp.test/jwks");
}

#[test]
fn an_import_takes_a_trust_store_along() {
    let deployment = "[[apim.jwt.issuer]]\nname = \"https://idp.test/\"\njwks.url = \"https://idp.test/jwks\"\n";
    let stored = "[truststore]\nfile_name = \"store.jks\"\ntype = \"JKS\"\npassword = \"x\"\n\n[[apim.jwt.issuer]]\nname = \"https://idp.test/\"\n";
    let files = vec![
        ("deployment.toml", deployment.to_owned()),
        ("stored.toml", stored.to_owned()),
        ("store.jks", "no store".to_owned()),
    ];
    let world = World { files, ..World::default() };
    assert_eq!(world.run(&["import", "wso2", "deployment.toml"]).exit, 0);
    assert_eq!(world.run(&["import", "wso2", "stored.toml"]).exit, 1);
    let output = world.run(&["import", "wso2", "--file", "store.jks", "--json", "stored.toml"]);
    let told: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(told["policy"]["issuers"][0]["keys"]["trust_store"]["base64"], "bm8gc3RvcmU=");
    // It was taken, but it is no trust store.
    assert_eq!((output.exit, &told["complete"]), (1, &json!(false)));
    assert_eq!(world.run(&["import", "wso2", "--file", "absent.jks", "stored.toml"]).exit, 3);
}
