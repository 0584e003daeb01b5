//! `audit`: the tokens of logs, counted.

use crate::command::{World, world};
use crate::issuer::{ISSUER, Key, START};
use jotgate_tools::Screen;
use serde_json::{Value, json};

const AUDIT: [&str; 3] = ["audit", "-p", "policy.json"];

fn run(world: &World<'_>, arguments: &[&str]) -> (u8, Value) {
    let output = world.run(&[&AUDIT[..], &["--json"], arguments].concat());
    let told = serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    (output.exit, told)
}

/// The counts by code; of accepted tokens there is none.
fn codes(told: &Value) -> Vec<(String, u64)> {
    let counted = |count: &Value| {
        let code = count["code"].as_str().unwrap_or("accepted").to_owned();
        (code, count["rows"].as_u64().expect("a number"))
    };
    told["counts"].as_array().expect("a list").iter().map(counted).collect()
}

#[test]
fn lines_and_objects_are_counted() {
    let (good, other) = (Key(1).token(), Key(2).token());
    let log = format!(
        "{good}\r\n\n  {other}  \n{{\"token\": \"{good}\"}}\n{{\"authorization\": \"Bearer {good}\", \"path\": \"/\"}}\nnonsense\n{{\"path\": \"/\"}}\n{{broken\n\u{fffd}"
    );
    let world = World { files: [world().files, vec![("log.txt", log.clone())]].concat(), input: &log, ..world() };
    for from in ["log.txt", "-"] {
        let (exit, told) = run(&world, &["--tokens", from]);
        assert_eq!((exit, &told["rows"], &told["not_judged"]), (1, &json!(8), &json!(2)));
        assert_eq!(told["verdicts"], json!({"accepted": 3, "rejected": 3, "unavailable": 0}));
        let wanted =
            [("accepted", 3), ("malformed_token", 2), ("unknown_key", 1)].map(|(code, rows)| (code.to_owned(), rows));
        assert_eq!(codes(&told), wanted);
    }
    // One log after the other, in parts of any length.
    for part in [1, 7, 1000] {
        let (_, told) = run(
            &World { part, files: small(&good), ..World { input: "x", ..self::world() } },
            &["--tokens", "log.txt", "--tokens", "-"],
        );
        assert_eq!(codes(&told), [("accepted".to_owned(), 2), ("malformed_token".to_owned(), 1)], "{part}");
    }
    let text = world.run(&[&AUDIT[..], &["--tokens", "log.txt"]].concat()).stdout;
    assert!(text.starts_with("8 rows in 0.0 s\n\nverdict   code "), "{text}");
    assert!(text.contains(&format!("\n{ISSUER}     accepted ")) && text.contains("\n(none of the policy)"), "{text}");
    assert!(!text.contains(&good[..20]));
    let yaml = world.run(&[&AUDIT[..], &["--tokens", "log.txt", "--format", "yaml"]].concat()).stdout;
    assert!(yaml.contains("\nrows: 8\n"), "{yaml}");
}

fn small(good: &str) -> Vec<(&'static str, String)> {
    [world().files, vec![("log.txt", format!("{good}\n{good}"))]].concat()
}

#[test]
fn each_is_judged_for_its_time() {
    let good = Key(1).token();
    let late = START + 400 * 86_400;
    let log = format!(
        "{{\"jwt\": \"{good}\", \"at\": {START}}}\n{{\"jwt\": \"{good}\", \"at\": \"2027-01-15T09:00:00+01:00\"}}\n{{\"jwt\": \"{good}\", \"at\": {late}}}\n{{\"jwt\": \"{good}\"}}\n{good}\n"
    );
    let world = World { input: &log, ..world() };
    let (exit, told) = run(&world, &["--tokens", "-", "--column", "jwt", "--time-column", "at"]);
    assert_eq!((exit, codes(&told)), (1, vec![("accepted".to_owned(), 2), ("expired".to_owned(), 1)]));
    assert_eq!(told["not_judged"], 2);
    let (_, told) = run(&world, &["--tokens", "-", "--column", "jwt", "--now", &late.to_string()]);
    assert_eq!(codes(&told), [("expired".to_owned(), 5)]);
}

#[test]
fn header_fields_have_a_scheme() {
    let good = Key(1).token();
    let log = format!("Bearer {good}\nbearer {good}\nBasic x\n");
    let world = World { input: &log, ..world() };
    let (_, told) = run(&world, &["--tokens", "-", "--scheme", "Bearer"]);
    assert_eq!(codes(&told), [("accepted".to_owned(), 2), ("missing_token".to_owned(), 1)]);
    let text = world.run(&[&AUDIT[..], &["--tokens", "-"]].concat()).stdout;
    assert!(text.ends_with("\nhint: if these are whole Authorization fields, add --scheme Bearer\n"), "{text}");
}

#[test]
fn exit_statuses_are_those_of_validate() {
    let good = Key(1).token();
    let late = (START + 400 * 86_400).to_string();
    let both = format!("{good}\nx\n");
    let down = World { keys: None, input: &good, ..world() };
    let of_both = World { keys: None, input: &both, ..world() };
    let up = World { input: &good, ..world() };
    for (world, arguments, exit) in [
        (&up, &[][..], 0),
        (&up, &["--now", &late], 1),
        (&up, &["--now", &late, "--fail-on", "unavailable"], 0),
        (&down, &[], 2),
        (&down, &["--fail-on", "never"], 0),
        (&of_both, &[], 1),
        (&of_both, &["--fail-on", "unavailable"], 2),
    ] {
        assert_eq!(world.run(&[&AUDIT[..], &["--tokens", "-"], arguments].concat()).exit, exit, "{arguments:?}");
    }
    let (_, told) = run(&down, &["--tokens", "-"]);
    assert_eq!(told["counts"][0]["verdict"], "unavailable");
    assert_eq!((up.run(&["audit", "-p", "absent.json", "--tokens", "-"]).exit), 3);
    let absent = up.run(&[&AUDIT[..], &["--tokens", "absent.txt"]].concat());
    assert_eq!((absent.exit, absent.stderr.as_str()), (66, "jotgate: absent.txt: no such file\n"));
    let other = World { input: "{\"jwt\": \"x\"}\n", ..world() };
    let none = other.run(&[&AUDIT[..], &["--tokens", "-"]].concat());
    assert_eq!(none.exit, 66);
    assert!(none.stderr.contains("name its member with --column"), "{}", none.stderr);
    assert_eq!(World { input: "\n", ..world() }.run(&[&AUDIT[..], &["--tokens", "-"]].concat()).exit, 0);
}

#[test]
fn columns_are_the_business_of_a_package() {
    for arguments in [&["--tokens", "log.parquet"][..], &["--tokens", "LOG.CSV"], &["--tokens", "-", "--out", "x.csv"]]
    {
        let output = world().run(&[&AUDIT[..], arguments].concat());
        assert_eq!((output.exit, output.stdout.as_str()), (69, ""));
        assert!(output.stderr.ends_with("pip install 'jotgate-arrow[audit]'\n"), "{}", output.stderr);
    }
}

#[test]
fn a_terminal_shows_how_far_it_has_come() {
    let log = format!("{}\n", Key(1).token()).repeat(20_000);
    let world = World { input: &log, ..world() };
    let run = |world: &World<'_>, arguments: &[&str]| {
        let mut shown = String::new();
        let output = world.run_to(&[&AUDIT[..], &["--tokens", "-"], arguments].concat(), |text| shown += text);
        (shown, output.stderr)
    };
    assert_eq!(run(&world, &[]), (String::new(), String::new()));
    let world = World { screen: Screen { error_terminal: true, ..Screen::default() }, ..world };
    let (shown, ended) = run(&world, &[]);
    assert!(shown.starts_with('\r') && shown.contains(" rows, ") && shown.ends_with(" a second\u{1b}[K"), "{shown:?}");
    assert_eq!(ended, "\r\u{1b}[K");
    assert_eq!(run(&world, &["--quiet"]), (String::new(), String::new()));
}
