//! The guide to the policy: its policies are read here as they are in the vectors that are made of it, in every format, and
//! its consoles show what the command line prints. What the policies do is run from the vectors, in every language.

use crate::command::kit;
use jotgate::Timestamp;
use jotgate_tools::{Command, CommandOutput, CommandStep, Format, Screen, policy_json};
use serde_json::Value;
use std::path::Path;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A fenced block: what stands behind the fence, and the text.
struct Block {
    language: String,
    text: String,
}

fn text(path: &str) -> String {
    std::fs::read_to_string(Path::new(REPOSITORY).join(path)).expect("a file of the repository")
}

fn blocks() -> Vec<Block> {
    let guide = text("core/docs/policy.md");
    let fenced = guide.split("\n```").skip(1).step_by(2);
    let block = |block: &str| {
        let (language, text) = block.split_once('\n').expect("a block with lines");
        Block { language: language.to_owned(), text: format!("{text}\n") }
    };
    fenced.map(block).collect()
}

/// The policies in the vectors that are made of the guide.
fn policies() -> Vec<Value> {
    let cases = ["tokens", "http", "scenarios", "explain", "imports"].into_iter().flat_map(|kind| {
        let vectors = text(&format!("tests/vectors/{kind}/guide.json"));
        let document: Value = serde_json::from_str(&vectors).expect("JSON");
        document.as_object().and_then(|kinds| kinds.values().next()?.as_array().cloned()).expect("a list")
    });
    cases.map(|case| case.get("policy").unwrap_or(&case["expect"]["policy"]).clone()).collect()
}

fn read(text: &str, format: Format) -> Value {
    let json = policy_json(text, format).unwrap_or_else(|error| panic!("{error} in\n{text}"));
    serde_json::from_str(&json).expect("JSON")
}

/// Runs a line of a console with the file that it names.
fn run(line: &str, file: &str) -> CommandOutput {
    let arguments = line.split(" > ").next().unwrap_or(line).split(' ').skip(1).map(str::to_owned);
    let mut command = Command::new(arguments, Screen::default());
    for _ in 0..5 {
        match command.step(Timestamp::from_seconds(0)) {
            CommandStep::ReadFile { .. } => command.provide(Ok(file.as_bytes())),
            CommandStep::Done(output) => return output,
            other => panic!("{line} asks for something else: {other:?}"),
        }
    }
    panic!("{line} does not end");
}

#[test]
fn every_policy_is_read_as_its_vectors_have_it() {
    let known = policies();
    let mut last = Value::Null;
    let mut formats = 0;
    for block in blocks() {
        match block.language.as_str() {
            "yaml" => {
                last = read(&block.text, Format::Yaml);
                assert!(known.contains(&last), "no vector has this policy:\n{}", block.text);
            }
            "json" | "toml" => {
                let format = Format::from_name(&block.language).expect("a format");
                assert_eq!(read(&block.text, format), last, "{}", block.text);
                formats += 1;
            }
            _ => {}
        }
    }
    assert_eq!(formats, 2);
}

#[test]
fn consoles_show_what_the_command_line_prints() {
    let mut file = String::new();
    let mut printed = None;
    let mut consoles = 0;
    for block in blocks() {
        match block.language.as_str() {
            "console" => {
                let (line, shown) = block.text.split_once('\n').expect("a line and what it prints");
                let output = run(line.strip_prefix("$ ").expect("a prompt"), &file);
                let redirected = line.contains(" > ");
                assert_eq!(shown, if redirected { &output.stderr } else { &output.stdout }, "{line}");
                printed = redirected.then_some(output.stdout);
                consoles += 1;
            }
            "yaml" => {
                if let Some(printed) = printed.take() {
                    assert_eq!(read(&printed, Format::Json), read(&block.text, Format::Yaml), "{}", block.text);
                }
                file = block.text;
            }
            "yaml mulesoft" | "toml wso2" => file = block.text,
            _ => {}
        }
    }
    assert!(consoles >= 4, "{consoles}");
}

/// What the guide says with the keys of the vectors, of hosts without a look-up of clients, which the command has, of policies that
/// are wrong as they stand, which the command says of the file, and of what endpoints ask in code, which no policy knows.
fn is_of_vectors(line: &str) -> bool {
    if line.starts_with("this policy  ") && line.contains("-> policy error") {
        return true;
    }
    let words =
        ["signed by ", " serves", "\"kid\"", "x5t", " asked for ", "policy error at issuers[0].client_id.allowed"];
    words.iter().any(|word| line.contains(word)) && !line.contains("signed by nobody")
}

/// The lines of a block, those that go on with the one before together.
fn joined(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match lines.last_mut() {
            Some(last) if line.starts_with(' ') => *last += &format!("\n{line}"),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

#[test]
fn the_command_test_reads_the_language_of_the_guide() {
    let (mut policy, mut passed, mut failed) = (String::new(), 0, Vec::new());
    for block in blocks() {
        match block.language.as_str() {
            "yaml" => policy = block.text,
            "verdicts" => {
                let lines: Vec<String> = joined(&block.text).into_iter().filter(|line| !is_of_vectors(line)).collect();
                if lines.iter().any(|line| line.contains("->")) {
                    let told = cases(&policy, &(lines.join("\n") + "\n"));
                    passed += told["passed"].as_u64().expect("a number");
                    let all = told["cases"].as_array().expect("a list").iter().filter(|case| case["passed"] == false);
                    failed.extend(all.cloned());
                }
            }
            _ => {}
        }
    }
    let failed: Vec<String> = failed.iter().map(|case| format!("{case}\n")).collect();
    assert!(failed.is_empty(), "{passed} passed, and these failed:\n{}", failed.concat());
    assert!(passed > 280, "{passed}");
}

fn cases(policy: &str, cases: &str) -> Value {
    let arguments = ["test", "--json", "--now", "1800000000", "policy.yaml", "cases.txt"].map(str::to_owned);
    let mut command = Command::new(arguments, Screen::default()).with_test_kit(kit);
    for _ in 0..5 {
        match command.step(Timestamp::from_seconds(0)) {
            CommandStep::ReadFile { path } => {
                command.provide(Ok(if path == "cases.txt" { cases } else { policy }.as_bytes()));
            }
            CommandStep::Done(output) => {
                let told: Value = serde_json::from_str(&output.stdout).expect("JSON");
                assert!(told.get("cases").is_some(), "{told} in\n{policy}{cases}");
                return told;
            }
            other => panic!("another step: {other:?}"),
        }
    }
    panic!("the command does not end");
}
