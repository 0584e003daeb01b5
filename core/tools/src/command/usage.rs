//! Help, the version, and what is said of arguments that make no sense.

use super::arguments::{Form, Problem, Task, names};
use super::output::{CommandOutput, EXIT_USAGE, Screen, complaint};
use super::report;
use super::topic::Topic;
use crate::import::Product;
use jotgate::text::plain;
use std::fmt::Write as _;

/// What needs no file.
pub(super) fn answer(task: &Task) -> CommandOutput {
    let stdout = match task {
        Task::Version => format!("jotgate {}\n", env!("CARGO_PKG_VERSION")),
        Task::Help(topic) => help(*topic),
        Task::Schema { form: Form::Yaml } => report::yaml(jotgate::schema()),
        Task::Schema { .. } => jotgate::schema().trim_end().to_owned() + "\n",
        _ => String::new(),
    };
    CommandOutput { stdout, ..CommandOutput::default() }
}

pub(super) fn refused(problem: &Problem, screen: Screen) -> CommandOutput {
    let name = problem.topic.name();
    let command = if name.is_empty() { String::new() } else { format!(" {name}") };
    complaint(&format!("{} (see jotgate{command} --help)", plain(&problem.message)), EXIT_USAGE, screen)
}

fn help(topic: Topic) -> String {
    let network = |text: &str| text.replace("{network}", NETWORK).replace("{statuses}", STATUSES);
    match topic {
        Topic::All => ALL.replace("{products}", &names("|")),
        Topic::Validate => network(VALIDATE),
        Topic::Explain => network(EXPLAIN),
        Topic::Lint => LINT.to_owned(),
        Topic::Import => import_help(),
        Topic::Keys => network(KEYS),
        Topic::Test => TEST.to_owned(),
        Topic::Schema => SCHEMA.to_owned(),
        Topic::Audit => network(AUDIT),
    }
}

/// What the table of products says.
fn import_help() -> String {
    let (mut lines, mut products, mut files) = (String::new(), String::new(), Vec::new());
    for product in Product::ALL {
        let option = if product.files().is_some() { "[--file FILE]... " } else { "" };
        // Writing to a string cannot fail.
        let _ =
            writeln!(lines, "  jotgate import {} {option}[--set NAME=VALUE]... [--format FORM] FILE", product.name());
        let _ = writeln!(products, "  {:<17}  FILE is {}", product.name(), product.source());
        files.extend(product.files().map(|files| format!("{files} of {}", product.name())));
    }
    let (lines, products) = (lines.trim_end(), products.trim_end());
    IMPORT.replace("{usage}", lines).replace("{products}", products).replace("{files}", &files.join(", "))
}

const ALL: &str = "\
Your API gateway's JWT policy: see why a token passes or not, and what a policy allows.

Usage:
  jotgate validate --policy FILE TOKEN|-       the verdict alone
  jotgate explain --policy FILE TOKEN|-        why, check by check
  jotgate audit --policy FILE --tokens LOG|-   the tokens of logs, counted by what comes of them
  jotgate lint FILE                            what a policy allows that may not be meant
  jotgate test POLICY CASES...                 whether a policy does what its cases say
  jotgate keys POLICY|URL|FILE                 which keys of a key set are usable
  jotgate import {products} FILE
  jotgate schema                               the JSON Schema of policies, for editors

Options:
  -h, --help     show help; after a command, help on that command
  -V, --version  show the version

A policy is JSON, YAML or TOML, by the end of its file's name: .json, .yaml, .yml, .toml.
Colours are left out where the output is no terminal, and where NO_COLOR is set.
";

const VALIDATE: &str = "\
Fetches the issuer's keys and says whether a token passes: one line for each token.

Usage:
  jotgate validate --policy FILE [--request LINE] [OPTIONS] TOKEN|-

Arguments:
  TOKEN              the token, without Bearer; - reads tokens from standard input, one in a line,
                     where no list of processes shows them. A line may be a JSON object with the
                     token under token, access_token or authorization

Options:
  -p, --policy FILE  the policy: .json, .yaml, .yml or .toml
  -c, --count        how many tokens came to each verdict, in place of a line for each
  -r, --request LINE the request that the token comes with: \"PUT /orders/7\". The token goes into
                     Authorization: Bearer; without a token, the fields of -H are all there is
  -H, --header LINE  a field of that request, as 'Name: value'; several times
      --now TIME     judge for this time, in Unix seconds (1800000000) or as a date in UTC
                     (2027-01-15T08:00:00Z), with the keys of today
      --format FORM  text, json (an object in a line for each token) or yaml [default: text]
      --json         --format json
{network}
  -h, --help         show this help

{statuses}
";

const EXPLAIN: &str = "\
Fetches the issuer's keys, runs the checks of a policy in their order, and says what failed
and what to do. Of several tokens, one line for each.

Usage:
  jotgate explain --policy FILE [--request LINE] [OPTIONS] TOKEN|-

Arguments:
  TOKEN              the token, without Bearer; - reads tokens from standard input, one in a line,
                     where no list of processes shows them. A line may be a JSON object with the
                     token under token, access_token or authorization

Options:
  -p, --policy FILE  the policy: .json, .yaml, .yml or .toml
  -s, --short        the verdict and what failed
  -r, --request LINE the request that the token comes with: \"PUT /orders/7\": which route it takes,
                     where the token is, what goes on. The token goes into Authorization: Bearer;
                     without a token, the fields of -H are all there is
  -H, --header LINE  a field of that request, as 'Name: value'; several times
      --now TIME     judge for this time, in Unix seconds (1800000000) or as a date in UTC
                     (2027-01-15T08:00:00Z), with the keys of today
      --format FORM  text, json (an object in a line for each token) or yaml [default: text]
      --json         --format json
{network}
  -h, --help         show this help

{statuses}
";

const NETWORK: &str = "\
      --cacert FILE  trust the certificate authorities in this file, in place of the system's
      --cert FILE    show this certificate to servers that ask for one
      --key FILE     the key of that certificate, where it is in a file of its own
      --proxy URL    fetch through this proxy, in place of those that the environment names
      --timeout SEC  the longest time for a fetch, in place of the policy's";

const STATUSES: &str = "\
Exit status:
  0 accepted, 1 rejected, 2 keys unavailable, 3 the policy is wrong, 64 the arguments are wrong;
  of several tokens 1 when one is rejected, otherwise 2 when the keys of one are unavailable";

const AUDIT: &str = "\
Judges the tokens of logs by a policy, and counts what comes of them. Prints no token. Reads part
by part, so a log may be larger than memory, and judges on all processors.

Usage:
  jotgate audit --policy FILE --tokens LOG|- [OPTIONS]

Options:
  -p, --policy FILE      the policy: .json, .yaml, .yml or .toml
      --tokens LOG       a log, - for standard input; several times. A line is a token, or a JSON
                         object with one (NDJSON). Of .parquet, .csv and .arrow see below
      --column NAME      the member of these objects, or the column, with the token [default:
                         token, access_token or authorization]
      --scheme NAME      the tokens are whole header fields of this scheme: Bearer
      --time-column NAME judge each token for the time in this member or column: Unix seconds, or a
                         date such as 2027-01-15T08:00:00Z
      --now TIME         judge all tokens for this time, with the keys of today
      --fail-on WHAT     what the exit status tells of: rejected, unavailable or never
                         [default: rejected, which has unavailable in it]
      --threads N        the most processors to use [default: all]
      --format FORM      text, json or yaml [default: text]
      --json             --format json
  -q, --quiet            show no progress, which a terminal shows on standard error
{network}
  -h, --help             show this help

With the Python package jotgate-arrow (pip install 'jotgate-arrow[audit]'):
      --tokens LOG       one log: .parquet, .csv or .arrow, too
      --out FILE         write what came of each token: .parquet, .csv or .arrow
      --claims NAMES     claims for --out, with commas: sub,roles:list<string>
      --keep NAMES       columns of the log to carry over to --out, with commas

Exit status:
  0 all tokens were accepted, 1 some were rejected, 2 of some nobody can say, because keys are
  unavailable, 3 the policy is wrong, 64 the arguments are wrong, 66 a log cannot be read, or has no
  token, 69 a package that this needs is not installed
";

const LINT: &str = "\
Warns of what a policy allows and its author may not have meant. A variable or a file that the
policy names and that is not there is a mistake; the rest is looked at all the same.

Usage:
  jotgate lint [--fail-on LEVEL] [--format FORM] FILE

Arguments:
  FILE               the policy: .json, .yaml, .yml or .toml

Options:
      --fail-on LEVEL  exit with 1 from this level on: high, medium, low or never [default: medium]
      --format FORM    text, json or yaml [default: text]
      --json           --format json
  -h, --help           show this help

Exit status:
  0 nothing from that level on, 1 something, 3 the policy is wrong, 64 the arguments are wrong
";

const KEYS: &str = "\
Shows the keys of a policy, or of the key set at a URL or in a file: what each key is for, its size
and its thumbprint, and why one is not usable.

Usage:
  jotgate keys [OPTIONS] POLICY|URL|FILE

Arguments:
  POLICY             a policy: .json, .yaml, .yml or .toml. Its key sets are fetched, those that
                     metadata names, too; secrets, PEM and trust stores are listed
  URL                a key set at an https URL, or metadata that names one
  FILE               a key set in a file, judged as one that was fetched

Options:
      --format FORM  text, json or yaml [default: text]
      --json         --format json
{network}
  -h, --help         show this help

Exit status:
  0 each set has a usable key, 1 one has none, 2 one cannot be fetched, 3 the policy is wrong,
  64 the arguments are wrong
";

const TEST: &str = "\
Runs cases against a policy, with keys of the command's own in the place of the policy's: for tests
and continuous integration, without the issuer's keys and without a network.

Usage:
  jotgate test [OPTIONS] POLICY CASES...

Arguments:
  POLICY             the policy: .json, .yaml, .yml or .toml
  CASES              files of cases, one in a line; of Markdown (.md), the blocks called verdicts

  {\"sub\": \"alice\"}                               -> accepted
  {\"sub\": \"alice\", \"exp\": \"now-1m\"}              -> rejected expired (exp)
  {} without aud header {\"typ\": \"at+jwt\"}        -> rejected missing_claim (aud)
  {} signed by nobody                            -> rejected algorithm_not_allowed
  {} signed by stranger                          -> rejected invalid_signature
  {} signed with PS256                           -> accepted
  {} at now+11m                                  -> rejected expired (exp)
  GET /orders {\"scope\": \"orders:read\"}           -> 200
  PUT /orders/7 {\"scope\": \"orders:read\"}         -> 403 insufficient_scope
  GET /orders | X-Tenant: blue                   -> 401 missing_token
  TOKEN is {\"sub\": \"alice\"}
  GET /orders | Cookie: session=TOKEN            -> accepted
  https://idp.example.com/jwks is down
  {}                                             -> unavailable

  A token has iss, aud and exp (ten minutes from now) as the policy asks; a case says the rest.
  Two spaces and # begin a note. A line that begins with a space goes on with the one before.

Options:
      --set NAME=VALUE
                     what the variable or the file of this name holds, as the policy names it, in
                     place of what is there; several times
      --now TIME     what now is, in Unix seconds or as a date in UTC [default: the clock]
  -v, --verbose      print what passed, too
      --format FORM  text, json, yaml or junit [default: text]
      --json         --format json
  -h, --help         show this help

Exit status:
  0 all passed, 1 a case failed, 3 the policy or a file of cases is wrong,
  64 the arguments are wrong
";

const SCHEMA: &str = "\
Prints the JSON Schema of policies, for editors and other tools.

Usage:
  jotgate schema [--format FORM] > policy.schema.json

Options:
      --format FORM  json or yaml [default: json]
  -h, --help         show this help
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
      --format FORM     text (the policy as JSON), yaml (the policy as YAML), or json: policy and
                        notes as one object on standard output [default: text]
      --json            --format json
  -h, --help            show this help

Exit status:
  0 everything came along, 1 something could not or a name is mistyped, 3 the file is wrong,
  64 the arguments are wrong
";
