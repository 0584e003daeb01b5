//! A bad token or request for each code, held against the core before it is handed out.

use crate::draft::Draft;
use crate::issuer::code;
use crate::place::{Asked, Place, requests};
use crate::recipes::{Attempt, Good, ROWS, Row};
use crate::wants::scope_claim;
use crate::{Error, Issuer, Token};
use jotgate::{Code, Timestamp, Validator};
use serde::Serialize;
use serde_json::{Value, json};

/// A token or request that the policy refuses with one certain code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Bad {
    /// The name of the code.
    pub code: &'static str,
    /// What is bad about it.
    pub what: &'static str,
    /// The token; `None` where the request is what is bad, and not its token.
    pub token: Option<String>,
    /// The request that is refused so: its method,
    pub method: String,
    /// its path, with the query behind it where the token stands there,
    pub target: String,
    /// and its header fields, the token's among them.
    pub headers: Vec<(String, String)>,
}

/// What the kit makes of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recipe {
    /// The code.
    pub code: Code,
    /// Whether a token or a request can give it.
    pub makeable: bool,
    /// What is bad about that token, or why there is none.
    pub what: &'static str,
    /// Why there may be none under some policy, or what to do in its place.
    pub needs: &'static str,
}

/// The table of codes: what the kit makes of each.
pub fn recipes() -> impl Iterator<Item = Recipe> {
    ROWS.iter().map(|row| {
        let &Row { code, what, needs, attempts } = row;
        Recipe { code, makeable: attempts.is_some(), what, needs }
    })
}

impl Issuer {
    /// A token, or a request, that the policy refuses with this code and no other: the core has been asked, with the keys and at
    /// the time that the issuer has now. Under a policy that does not know the code, the error says why.
    pub fn bad(&self, code: Code) -> Result<Bad, Error> {
        self.bad_of(code, &Token::new(), None)
    }

    /// The same, made of a token with more in it, and for a request of this method and path where the policy has routes.
    pub fn bad_of(&self, code: Code, token: &Token, request: Option<(&str, &str)>) -> Result<Bad, Error> {
        let row = ROWS.iter().find(|row| row.code == code);
        let Some((row, attempts)) = row.and_then(|row| Some((row, row.attempts?))) else {
            let why = row.map_or("the kit does not know it", |row| row.what);
            let error = Error::new(format!("no token is refused with {code}: {why}"));
            return Err(row
                .filter(|row| !row.needs.is_empty())
                .map_or(error.clone(), |row| error.with_hint(row.needs)));
        };
        let bench = Bench::of(self, token)?;
        for (asked, draft) in bench.stages(self, token, request)? {
            let (entry, _) = self.entry(draft.signer.as_ref().map(|(algorithm, _)| *algorithm))?;
            let good =
                Good { draft: &draft, entry, limits: self.document().member("limits"), now: self.seconds(token) };
            for attempt in attempts(&good)? {
                if let Some(bad) = bench.tried(row, &attempt, &asked, &draft)? {
                    return Ok(bad);
                }
            }
        }
        let error = Error::new(format!("no token is refused with {code} under this policy"));
        Err(if row.needs.is_empty() { error } else { error.with_hint(row.needs) })
    }
}

/// The core, to hold tokens against.
struct Bench {
    validator: Validator,
    now: Timestamp,
    place: Option<Place>,
}

impl Bench {
    fn of(issuer: &Issuer, token: &Token) -> Result<Self, Error> {
        let place = Place::first(issuer.document());
        Ok(Self { validator: issuer.validator()?, now: issuer.timestamp(token), place })
    }

    /// Requests with a token that is good for them. Of what is refused anyway nobody could say why it is refused.
    fn stages(
        &self, issuer: &Issuer, token: &Token, request: Option<(&str, &str)>,
    ) -> Result<Vec<(Asked, Draft)>, Error> {
        let wanted = match request {
            Some((method, path)) => vec![(Asked::of(method, path), Vec::new())],
            None => requests(issuer.document()),
        };
        let (mut stages, mut refused) = (Vec::new(), None);
        for (asked, scopes) in wanted {
            let mut draft = issuer.draft(token)?;
            if !scopes.is_empty() && token.scopes.is_none() {
                let (entry, _) = issuer.entry(draft.signer.as_ref().map(|(algorithm, _)| *algorithm))?;
                let claim = scope_claim(entry);
                let before = draft.claims.get(&claim).and_then(Value::as_str).unwrap_or_default();
                let all = format!("{before} {}", scopes.join(" ")).trim_start().to_owned();
                draft.claims.insert(claim, json!(all));
            }
            match self.judged(&asked, &draft.signed()?) {
                None => stages.push((asked, draft)),
                // That no route names the request says nothing about the token.
                code => refused = refused.filter(|code| *code != Code::UnmatchedRequest).or(code),
            }
        }
        match refused {
            Some(code) if stages.is_empty() => Err(Error::new(format!(
                "the token is refused while it is good: {code}"
            ))
            .with_hint("say what the policy asks for, as claims of the issuer or of the token; `verified` says more")),
            _ => Ok(stages),
        }
    }

    fn judged(&self, asked: &Asked, token: &str) -> Option<Code> {
        match &self.place {
            Some(place) => self.of_request(&place.put(asked, &[token])),
            None => code(&self.validator, token, self.now),
        }
    }

    fn of_request(&self, asked: &Asked) -> Option<Code> {
        asked.ask(|request| code(&self.validator, request, self.now))
    }

    /// The bad one, if the core refuses it as it should.
    fn tried(&self, row: &Row, attempt: &Attempt, asked: &Asked, good: &Draft) -> Result<Option<Bad>, Error> {
        let token = match attempt {
            Attempt::Token(draft) => Some(draft.signed()?),
            Attempt::Tampered(draft) => Some(draft.tampered()?),
            Attempt::Text(text) => Some(text.clone()),
            Attempt::Tokens(_) | Attempt::Path(_) => None,
        };
        let sent = match (attempt, &self.place, &token) {
            (Attempt::Tokens(drafts), Some(place), _) => {
                let tokens = drafts.iter().map(Draft::signed).collect::<Result<Vec<_>, _>>()?;
                place.put(asked, &tokens.iter().map(String::as_str).collect::<Vec<_>>())
            }
            (Attempt::Tokens(drafts), None, _) if drafts.is_empty() => asked.clone(),
            (Attempt::Path(path), Some(place), _) => place.put(&Asked::of(&asked.method, path), &[&good.signed()?]),
            (_, Some(place), Some(token)) => place.put(asked, &[token]),
            (_, None, Some(token)) => {
                let found = code(&self.validator, token, self.now) == Some(row.code);
                return Ok(found.then(|| bad(row, Some(token.clone()), asked.clone())));
            }
            (_, _, None) => return Ok(None),
        };
        Ok((self.of_request(&sent) == Some(row.code)).then(|| bad(row, token, sent)))
    }
}

fn bad(row: &Row, token: Option<String>, sent: Asked) -> Bad {
    Bad {
        code: row.code.name(),
        what: row.what,
        token,
        method: sent.method,
        target: sent.target,
        headers: sent.headers,
    }
}
