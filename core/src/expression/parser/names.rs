//! The variables that an expression can name, and the parts of a request.

use super::state::{Names, Operand, PARTS, Parser, Result};
use crate::document::PolicyError;
use crate::expression::tree::{RequestPart, Tree};
use crate::likeness::nearest;

impl Parser<'_> {
    /// A variable, the innermost first. Whatever has no meaning here is an error of the policy, not of a token.
    pub(super) fn variable(&self, name: &str, at: usize) -> Result<Operand> {
        if let Some(index) = self.locals.iter().rposition(|local| *local == name) {
            return self.above(0, Tree::Local(index)).map(Operand::Value);
        }
        let has_value = match self.names {
            Names::Rule { has_value } => has_value,
            Names::Request if name != "request" && VARIABLES.contains(&name) => {
                return Err(self
                    .error(at, format!("expected the request: there is no {name} before there is a token"))
                    .with_hint(PARTS));
            }
            Names::Request => false,
        };
        let tree = match name {
            "claims" => Tree::Claims,
            "header" => Tree::Header,
            "now" => Tree::Now,
            "request" => return Ok(Operand::Request(at)),
            "value" if has_value => Tree::Value,
            "value" => {
                return Err(self
                    .error(at, "expected another name: value is the rule's claim, and this rule has none")
                    .with_hint("add  claim, or write  claims.name"));
            }
            _ => {
                let names = VARIABLES.iter().chain(&self.locals).copied();
                return Err(unknown(self.error(at, format!("unknown variable {name}")), name, names));
            }
        };
        self.above(0, tree).map(Operand::Value)
    }

    /// The name of the variable of a loop, which hides no other one.
    pub(super) fn refuse_hidden(&self, name: &str, at: usize) -> Result<()> {
        self.refuse_reserved(name, at)?;
        if VARIABLES.contains(&name) || self.locals.contains(&name) {
            return Err(self.error(at, format!("expected another name: the variable {name} hides another one")));
        }
        Ok(())
    }

    /// CEL may give these words a meaning one day, and then a policy would change its own.
    pub(super) fn refuse_reserved(&self, name: &str, at: usize) -> Result<()> {
        if RESERVED.contains(&name) {
            return Err(self.error(at, format!("expected another name: CEL keeps {name} for itself")));
        }
        Ok(())
    }

    /// From here on the expression cannot be true where there is no request.
    pub(super) fn request_part(&mut self, name: &str, at: usize) -> Result<Operand> {
        self.names_request = true;
        self.names_path |= name == "path";
        match RequestPart::ALL.iter().find(|(part, _)| *part == name) {
            Some((_, part)) => self.above(0, Tree::Request(*part)).map(Operand::Value),
            None => {
                let names = RequestPart::ALL.iter().map(|(part, _)| *part);
                Err(unknown(self.error(at, format!("a request has no {name}")), name, names))
            }
        }
    }
}

/// Adds the known name that is most like the one that is not.
pub(super) fn unknown<'n>(error: PolicyError, name: &str, known: impl Iterator<Item = &'n str>) -> PolicyError {
    match nearest(name, known) {
        Some((nearest, _)) => error.with_hint(format!("did you mean {nearest}?")),
        None => error,
    }
}

const VARIABLES: [&str; 5] = ["claims", "value", "header", "request", "now"];
/// The words that the CEL specification reserves. Behind a dot they are names like others.
const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];
