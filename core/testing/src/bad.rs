//! A bad token or request for each code, held against the core before it is handed out.

use crate::draft::Draft;
use crate::judge::{Judged, judge};
use crate::place::{Asked, Place, requests};
use crate::recipes::{Attempt, Good, ROWS, Row};
use crate::wants::scope_claim;
use crate::{Error, Issuer, Token};
use jotgate::{Code, Rejection, Timestamp, Validator};
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
    /// The request that is refused so: its method (empty, as the path is, where the kit knows no request that needs a token, or no
    /// place for one),
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
        for stage in bench.stages(self, token, request)? {
            let draft = &stage.1;
            let (entry, _) = self.entry(draft.signer.as_ref().map(|(algorithm, _)| *algorithm))?;
            let good = Good { draft, entry, limits: self.document().member("limits"), now: self.seconds(token) };
            for attempt in attempts(&good)? {
                if let Some(bad) = bench.tried(row, &attempt, &stage)? {
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

/// A good token, and the request that it is good for: `None` where it is judged alone.
type Stage = (Option<Asked>, Draft);

impl Bench {
    fn of(issuer: &Issuer, token: &Token) -> Result<Self, Error> {
        let place = Place::first(issuer.document());
        Ok(Self { validator: issuer.validator()?, now: issuer.timestamp(token), place })
    }

    /// Requests with a token that is good for them, and else the token alone. Of what is refused anyway nobody could say why it
    /// is refused.
    fn stages(&self, issuer: &Issuer, token: &Token, request: Option<(&str, &str)>) -> Result<Vec<Stage>, Error> {
        let wanted = match request {
            Some((method, path)) => vec![(Asked::of(method, path), Vec::new())],
            None => requests(issuer.document()),
        };
        let (mut stages, mut refused) = (Vec::new(), None);
        for (asked, scopes) in wanted {
            let draft = scoped(issuer, token, &scopes)?;
            match self.judged(&asked, &draft.signed()?) {
                Judged::Accepted => stages.push((Some(asked), draft)),
                Judged::Refused(rejection) => {
                    // That no route names the request says nothing about the token.
                    refused =
                        refused.filter(|before: &Rejection| before.code != Code::UnmatchedRequest).or(Some(rejection));
                }
                Judged::Skipped | Judged::Open => {}
            }
        }
        if stages.is_empty() && request.is_none() {
            let draft = issuer.draft(token)?;
            match judge(&self.validator, &draft.signed()?, self.now) {
                Judged::Refused(rejection) => refused = Some(rejection),
                _ => stages.push((None, draft)),
            }
        }
        match refused {
            Some(rejection) if stages.is_empty() => {
                Err(Error::new(format!("the token is refused while it is good: {rejection}"))
                    .with_hint("say what the policy asks for, as claims of the issuer or of the token"))
            }
            None if stages.is_empty() => Err(Error::new("the policy lets this request through without a token")),
            _ => Ok(stages),
        }
    }

    fn judged(&self, asked: &Asked, token: &str) -> Judged {
        match &self.place {
            Some(place) => self.of_request(&place.put(asked, &[token])),
            None => judge(&self.validator, token, self.now),
        }
    }

    fn of_request(&self, asked: &Asked) -> Judged {
        asked.ask(|request| judge(&self.validator, request, self.now))
    }

    /// The bad one, if the core refuses it as it should.
    fn tried(&self, row: &Row, attempt: &Attempt, stage: &Stage) -> Result<Option<Bad>, Error> {
        let token = match attempt {
            Attempt::Token(draft) => Some(draft.signed()?),
            Attempt::Tampered(draft) => Some(draft.tampered()?),
            Attempt::Text(text) => Some(text.clone()),
            Attempt::Tokens(_) | Attempt::Path(_) => None,
        };
        let Some(sent) = self.sent(attempt, stage, token.as_deref())? else { return Ok(None) };
        // A token that no request is known for, or that no place is known for, is judged alone.
        let judged = match (&stage.0, &self.place, &token) {
            (None, _, Some(token)) | (_, None, Some(token)) => judge(&self.validator, token, self.now),
            _ => self.of_request(&sent),
        };
        Ok(judged.is(row.code).then(|| bad(row, token, sent)))
    }

    /// The request with what is tried; `None` where there is none.
    fn sent(&self, attempt: &Attempt, stage: &Stage, token: Option<&str>) -> Result<Option<Asked>, Error> {
        let (asked, good) = stage;
        let nowhere = Asked::of("", "");
        let base = asked.as_ref().unwrap_or(&nowhere);
        Ok(match (attempt, &self.place, token) {
            (Attempt::Tokens(_) | Attempt::Path(_), ..) if asked.is_none() => None,
            (Attempt::Tokens(drafts), Some(place), _) => {
                let tokens = drafts.iter().map(Draft::signed).collect::<Result<Vec<_>, _>>()?;
                Some(place.put(base, &tokens.iter().map(String::as_str).collect::<Vec<_>>()))
            }
            (Attempt::Tokens(drafts), None, _) => drafts.is_empty().then(|| base.clone()),
            (Attempt::Path(path), Some(place), _) => {
                Some(place.put(&Asked::of(&base.method, path), &[&good.signed()?]))
            }
            (_, Some(place), Some(token)) => Some(place.put(base, &[token])),
            // Where only an expression knows the place, no request is known that is refused so.
            (_, None, Some(_)) => Some(Asked::of("", "")),
            (_, _, None) => None,
        })
    }
}

/// The good token, with the scopes that a route asks for beside those of the entry.
fn scoped(issuer: &Issuer, token: &Token, scopes: &[String]) -> Result<Draft, Error> {
    let mut draft = issuer.draft(token)?;
    if !scopes.is_empty() && token.scopes.is_none() {
        let (entry, _) = issuer.entry(draft.signer.as_ref().map(|(algorithm, _)| *algorithm))?;
        let claim = scope_claim(entry);
        let before = draft.claims.get(&claim).and_then(Value::as_str).unwrap_or_default();
        let all = format!("{before} {}", scopes.join(" ")).trim_start().to_owned();
        draft.claims.insert(claim, json!(all));
    }
    Ok(draft)
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
