//! How many tokens came to what, in the words of every `audit`.

use crate::command::arguments::Form;
use crate::command::report::yaml;
use jotgate::text::{plain, plain_json};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Counts by verdict, code and issuer.
#[derive(Debug, Default)]
pub struct AuditReport {
    issuers: Vec<String>,
    counts: BTreeMap<Outcome, u64>,
}

/// Verdict, code and issuer entry; no verdict of a row that was not judged.
type Outcome = (Option<Cow<'static, str>>, Option<Cow<'static, str>>, Option<usize>);

#[derive(Serialize)]
struct Told<'r> {
    rows: u64,
    verdicts: Verdicts,
    not_judged: u64,
    counts: Vec<Counted<'r>>,
}

#[derive(Serialize)]
struct Verdicts {
    accepted: u64,
    rejected: u64,
    unavailable: u64,
}

#[derive(Serialize)]
struct Counted<'r> {
    verdict: &'r str,
    code: Option<&'r str>,
    issuer_index: Option<usize>,
    issuer: Option<&'r str>,
    rows: u64,
}

impl AuditReport {
    /// Without any rows. `issuers` are the policy's, in its order.
    #[must_use]
    pub fn new(issuers: Vec<String>) -> Self {
        Self { issuers, counts: BTreeMap::new() }
    }

    /// Counts rows that came to this: `accepted`, `rejected` or `unavailable`, a code, and the entry of the policy's `issuers`. Rows
    /// without a token have no verdict.
    pub fn add(&mut self, verdict: Option<String>, code: Option<String>, issuer: Option<usize>, rows: u64) {
        self.count((verdict.map(Cow::Owned), code.map(Cow::Owned), issuer), rows);
    }

    /// The same in words that stand in the program.
    pub(super) fn judged_as(
        &mut self, verdict: &'static str, code: Option<&'static str>, issuer: Option<usize>, rows: u64,
    ) {
        self.count((Some(Cow::Borrowed(verdict)), code.map(Cow::Borrowed), issuer), rows);
    }

    pub(super) fn not_judged(&mut self) {
        self.count((None, None, None), 1);
    }

    /// What the program prints: `text`, `json` or `yaml`; `None` for another form. `scheme` says whether the tokens were taken out of
    /// header fields.
    #[must_use]
    pub fn render(&self, form: &str, seconds: f64, scheme: bool) -> Option<String> {
        let form = match form {
            "text" => Form::Text,
            "json" => Form::Json,
            "yaml" => Form::Yaml,
            _ => return None,
        };
        Some(self.told(form, seconds, scheme))
    }

    pub(super) fn told(&self, form: Form, seconds: f64, scheme: bool) -> String {
        match form {
            Form::Json => self.json() + "\n",
            Form::Yaml => yaml(&self.json()),
            _ => self.text(seconds, scheme),
        }
    }

    pub(super) fn rows(&self) -> u64 {
        self.counts.values().sum()
    }

    pub(super) fn judged(&self) -> u64 {
        self.sum(|(verdict, ..)| verdict.is_some())
    }

    pub(super) fn rows_of(&self, word: &str) -> u64 {
        self.sum(|(verdict, ..)| verdict.as_deref() == Some(word))
    }

    fn count(&mut self, outcome: Outcome, rows: u64) {
        if rows > 0 {
            let counted = self.counts.entry(outcome).or_default();
            *counted = counted.saturating_add(rows);
        }
    }

    fn sum(&self, counts: impl Fn(&Outcome) -> bool) -> u64 {
        self.counts.iter().filter(|(outcome, _)| counts(outcome)).map(|(_, rows)| rows).sum()
    }

    fn json(&self) -> String {
        let mut sorted: Vec<(&Outcome, u64)> = self.counts.iter().map(|(outcome, rows)| (outcome, *rows)).collect();
        sorted.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        let counts = sorted.into_iter().filter_map(|((verdict, code, issuer_index), rows)| {
            Some(Counted {
                verdict: verdict.as_deref()?,
                code: code.as_deref(),
                issuer_index: *issuer_index,
                issuer: issuer_index.and_then(|issuer| self.issuers.get(issuer)).map(String::as_str),
                rows,
            })
        });
        let told = Told {
            rows: self.rows(),
            verdicts: Verdicts {
                accepted: self.rows_of("accepted"),
                rejected: self.rows_of("rejected"),
                unavailable: self.rows_of("unavailable"),
            },
            not_judged: self.rows().saturating_sub(self.judged()),
            counts: counts.collect(),
        };
        plain_json(&serde_json::to_string(&told).unwrap_or_default())
    }

    fn text(&self, seconds: f64, scheme: bool) -> String {
        let judged = self.judged();
        let mut text = format!("{} in {seconds:.1} s\n\n", rows(self.rows()));
        text += &table(
            ["verdict", "code"],
            self.by(|(verdict, code, _)| {
                Some([verdict.as_deref()?.to_owned(), code.as_deref().unwrap_or_default().to_owned()])
            }),
            judged,
        );
        text.push('\n');
        text += &table(
            ["issuer", "verdict"],
            self.by(|(verdict, _, issuer)| {
                let name = issuer.and_then(|issuer| self.issuers.get(issuer)).map_or(NO_ISSUER, String::as_str);
                Some([plain(name), verdict.as_deref()?.to_owned()])
            }),
            judged,
        );
        let without = self.rows().saturating_sub(judged);
        if without > 0 {
            let what = "without a token, or without a time to judge it for: not judged";
            text += &format!("\n{} {what}\n", rows(without));
        }
        let malformed = self.sum(|(_, code, _)| code.as_deref() == Some("malformed_token"));
        if !scheme && malformed.saturating_mul(2) > judged {
            text += "\nhint: if these are whole Authorization fields, add --scheme Bearer\n";
        }
        text
    }

    /// Rows by the cells that `cells` makes of what they came to, the most frequent first.
    fn by(&self, cells: impl Fn(&Outcome) -> Option<[String; 2]>) -> Vec<([String; 2], u64)> {
        let mut found: BTreeMap<[String; 2], u64> = BTreeMap::new();
        for (outcome, rows) in &self.counts {
            if let Some(cells) = cells(outcome) {
                let counted = found.entry(cells).or_default();
                *counted = counted.saturating_add(*rows);
            }
        }
        let mut sorted: Vec<_> = found.into_iter().collect();
        sorted.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        sorted
    }
}

fn table(names: [&str; 2], lines: Vec<([String; 2], u64)>, total: u64) -> String {
    let [first, second] = names;
    let width = |place: usize, name: &str| {
        let cells = lines.iter().filter_map(|(cells, _)| cells.get(place)).map(|cell| cell.chars().count());
        cells.chain([name.chars().count()]).max().unwrap_or_default()
    };
    let (one, two) = (width(0, first), width(1, second));
    let mut text = format!("{first:<one$}  {second:<two$}  {:>13}        %\n", "rows");
    for ([first, second], rows) in &lines {
        text += &format!("{first:<one$}  {second:<two$}  {:>13}  {:>6.2}%\n", grouped(*rows), percent(*rows, total));
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn percent(rows: u64, total: u64) -> f64 {
    100.0 * rows as f64 / total.max(1) as f64
}

pub(super) fn rows(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{} rows", grouped(count)) }
}

/// A number with a comma after each three digits.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && digits.len().saturating_sub(index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

const NO_ISSUER: &str = "(none of the policy)";

#[cfg(test)]
mod tests {
    use super::{AuditReport, grouped};

    #[test]
    fn numbers_can_be_read() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn each_form_says_the_same() {
        let mut report = AuditReport::new(vec!["https://idp.test/".to_owned()]);
        report.judged_as("accepted", None, Some(0), 1500);
        report.add(Some("rejected".to_owned()), Some("expired".to_owned()), Some(0), 500);
        report.not_judged();
        let text = "\
2,001 rows in 1.5 s

verdict   code              rows        %
accepted                   1,500   75.00%
rejected  expired            500   25.00%

issuer             verdict            rows        %
https://idp.test/  accepted          1,500   75.00%
https://idp.test/  rejected            500   25.00%

1 row without a token, or without a time to judge it for: not judged
";
        assert_eq!(report.render("text", 1.5, false).as_deref(), Some(text));
        let json = r#"{"rows":2001,"verdicts":{"accepted":1500,"rejected":500,"unavailable":0},"not_judged":1,"counts":[{"verdict":"accepted","code":null,"issuer_index":0,"issuer":"https://idp.test/","rows":1500},{"verdict":"rejected","code":"expired","issuer_index":0,"issuer":"https://idp.test/","rows":500}]}"#;
        assert_eq!(report.render("json", 1.5, false), Some(format!("{json}\n")));
        assert!(report.render("yaml", 1.5, false).is_some_and(|yaml| yaml.contains("not_judged: 1\n")));
        assert_eq!(report.render("xml", 1.5, false), None);
    }
}
