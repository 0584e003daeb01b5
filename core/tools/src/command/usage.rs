//! Help, the version, and what is said of arguments that make no sense.

use super::arguments::{Problem, Task, Topic, names};
use super::output::{CommandOutput, EXIT_USAGE, Screen, complaint};
use crate::import::Product;
use jotgate::text::plain;
use std::fmt::Write as _;

/// What needs no file.
pub(super) fn answer(task: &Task) -> CommandOutput {
    let stdout = match task {
        Task::Version => format!("jotgate {}\n", env!("CARGO_PKG_VERSION")),
        Task::Help(topic) => help(*topic),
        _ => String::new(),
    };
    CommandOutput { stdout, ..CommandOutput::default() }
}

pub(super) fn refused(problem: &Problem, screen: Screen) -> CommandOutput {
    let command = match problem.topic {
        Topic::All => "",
        Topic::Explain => " explain",
        Topic::Lint => " lint",
        Topic::Import => " import",
    };
    complaint(&format!("{} (see jotgate{command} --help)", plain(&problem.message)), EXIT_USAGE, screen)
}

fn help(topic: Topic) -> String {
    match topic {
        Topic::All => ALL.replace("{products}", &names("|")),
        Topic::Explain => EXPLAIN.to_owned(),
        Topic::Lint => LINT.to_owned(),
        Topic::Import => import_help(),
    }
}

/// What the table of products says.
fn import_help() -> String {
    let (mut lines, mut products, mut files) = (String::new(), String::new(), Vec::new());
    for product in Product::ALL {
        let option = if product.files().is_some() { "[--file FILE]... " } else { "" };
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "  jotgate import {} {option}[--set NAME=VALUE]... [--json] FILE", product.name());
        let _ = writeln!(products, "  {:<17}  FILE is {}", product.name(), product.source());
        files.extend(product.files().map(|files| format!("{files} of {}", product.name())));
    }
    let (lines, products) = (lines.trim_end(), products.trim_end());
    IMPORT.replace("{usage}", lines).replace("{products}", products).replace("{files}", &files.join(", "))
}

const ALL: &str = "\
Your API gateway's JWT policy: see why a token passes or not, and what a policy allows.

Usage:
  jotgate explain --policy FILE [--now TIME] [--json] TOKEN|-
  jotgate lint [--fail-on LEVEL] [--json] FILE
  jotgate import {products} [--json] FILE
  jotgate audit --policy FILE --tokens LOG [--column NAME] ...
      (with the Python package: pip install 'jotgate-arrow[audit]')

Options:
  -h, --help     show help; after a command, help on that command
  -V, --version  show the version

A policy is JSON, YAML or TOML, by the end of its file's name: .json, .yaml, .yml, .toml.
Colours are left out where the output is no terminal, and where NO_COLOR is set.
";

const EXPLAIN: &str = "\
Fetches the issuer's keys, runs the checks of a policy in their order, and says what failed
and what to do.

Usage:
  jotgate explain --policy FILE [--now TIME] [--json] TOKEN|-

Arguments:
  TOKEN              the token, without Bearer; - reads it from standard input, where no list of
                     processes shows it

Options:
  -p, --policy FILE  the policy: .json, .yaml, .yml or .toml
      --now TIME     judge the token for this time, in Unix seconds (1800000000) or as a date in UTC
                     (2027-01-15T08:00:00Z), with the keys of today
      --json         print JSON
  -h, --help         show this help

Exit status:
  0 accepted, 1 rejected, 2 keys unavailable, 3 the policy is wrong, 64 the arguments are wrong
";

const LINT: &str = "\
Warns of what a policy allows and its author may not have meant.

Usage:
  jotgate lint [--fail-on LEVEL] [--json] FILE

Arguments:
  FILE               the policy: .json, .yaml, .yml or .toml

Options:
      --fail-on LEVEL  exit with 1 from this level on: high, medium, low or never [default: medium]
      --json           print JSON
  -h, --help           show this help

Exit status:
  0 nothing from that level on, 1 something, 3 the policy is wrong, 64 the arguments are wrong
";

const IMPORT: &str = "\
Reads the policy of a gateway and prints ours, as JSON, on standard output. Notes on standard
error say what was carried over, what changed on the way, and what cannot come along.

Usage:
{usage}

Arguments:
{products}

Options:
      --file FILE       a file that FILE names, under that name: {files}
      --set NAME=VALUE  fill in a template of FILE, such as {{ NAME }}, ${NAME} or $env{NAME}
      --json            print policy and notes as one JSON object on standard output
  -h, --help            show this help

Exit status:
  0 everything came along, 1 something could not or a name is mistyped, 3 the file is wrong,
  64 the arguments are wrong
";
