//! Audience, mandatory claims, custom claims and the client id.

use super::entry::Entry;
use crate::import::dataweave;
use crate::import::notes::Notes;
use crate::import::section::Section;
use crate::import::templates::is_open;
use serde_json::{Map, Value, json};

/// With `validateAudClaim` a token that has an audience must have a supported one; `mandatoryAudClaim` makes it have one.
pub(super) fn audience(config: &mut Section, entry: &mut Entry, notes: &mut Notes) {
    let validate = config.flag("validateAudClaim", notes);
    let mandatory = config.flag("mandatoryAudClaim", notes);
    let listed = config.text("supportedAudiences", notes);
    let target = "issuers[0].audience";
    if validate != Some(true) {
        entry.members.insert("audience".to_owned(), "any".into());
        let message =
            if validate.is_some() { "no audience is checked" } else { "not set: the gateway checks no audience" };
        notes.carried(config.at("validateAudClaim"), target, message);
        if listed.is_some() {
            notes.changed(config.at("supportedAudiences"), None, "not in force without validateAudClaim");
        }
        if mandatory == Some(false) {
            notes.carried(config.at("mandatoryAudClaim"), target, "an audience may be missing");
        }
        if mandatory == Some(true) {
            entry.required.push("aud");
            let message = "its presence is checked, though the gateway's page shows this only under validateAudClaim";
            notes.changed(config.at("mandatoryAudClaim"), Some("issuers[0].required_claims"), message);
        }
        return;
    }
    notes.carried(config.at("validateAudClaim"), target, "the audience is checked");
    let listed = listed.unwrap_or_default();
    let audiences: Vec<&str> = listed.split(',').map(str::trim).filter(|audience| !audience.is_empty()).collect();
    if audiences.is_empty() {
        notes.cannot(config.at("supportedAudiences"), Some(target), "not set, so no token would pass");
    } else {
        notes.carried(config.at("supportedAudiences"), target, "any one of them suffices");
    }
    let path = config.at("mandatoryAudClaim");
    if mandatory == Some(true) {
        entry.members.insert("audience".to_owned(), json!(audiences));
        notes.carried(path, target, "a token without an audience is refused");
    } else {
        entry.members.insert("audience".to_owned(), "any".into());
        let target = format!("issuers[0].claims[{}]", entry.rules.len());
        notes.carried(path, &target, "a token without an audience passes; a rule checks one that is there");
        entry.rules.push(json!({"claim": "aud", "mandatory": false, "any_of": audiences}));
    }
}

pub(super) fn required(config: &mut Section, entry: &mut Entry, notes: &mut Notes) {
    for (name, claim) in [("mandatoryExpClaim", "exp"), ("mandatoryNbfClaim", "nbf")] {
        let message = match config.flag(name, notes) {
            Some(true) => {
                entry.required.push(claim);
                "must be there"
            }
            Some(false) => "may be missing; checked when it is there",
            None => "not set: may be missing; checked when it is there",
        };
        notes.carried(config.at(name), "issuers[0].required_claims", message);
    }
    entry.members.insert("required_claims".to_owned(), json!(entry.required));
}

pub(super) fn client_id(config: &mut Section, entry: &mut Entry, notes: &mut Notes) {
    let target = "issuers[0].client_id";
    let path = config.at("skipClientIdValidation");
    let skip = config.flag("skipClientIdValidation", notes);
    let expression = config.text("clientIdExpression", notes);
    if skip == Some(true) {
        notes.carried(path, target, "no client id is checked");
        if expression.is_some() {
            notes.changed(config.at("clientIdExpression"), None, "not in force with skipClientIdValidation");
        }
        return;
    }
    let message = "the gateway looks the client up among its contracts; the application does it by its client lookup";
    notes.changed(path, Some("issuers[0].client_id.allowed"), message);
    let target = "issuers[0].client_id.claims";
    let path = config.at("clientIdExpression");
    let claims = match expression.as_deref().map(dataweave::claims) {
        None => {
            notes.carried(path, target, "not set: the gateway's default, client_id");
            vec!["client_id".to_owned()]
        }
        Some(Ok(claims)) => {
            notes.carried(path, target, "the first of these claims that is there");
            claims
        }
        Some(Err(obstacle)) => {
            notes.cannot(path, Some(target), obstacle.to_string());
            vec!["client_id".to_owned()]
        }
    };
    entry.members.insert("client_id".to_owned(), json!({"claims": claims, "allowed": "host"}));
}

pub(super) fn custom(config: &mut Section, entry: &mut Entry, notes: &mut Notes) {
    let path = config.at("validateCustomClaim");
    let validate = config.flag("validateCustomClaim", notes);
    let in_force = validate == Some(true);
    match validate {
        Some(true) => notes.carried(path, "issuers[0].claims", "the custom claims are checked"),
        Some(false) => notes.carried(path, "issuers[0].claims", "no custom claim is checked"),
        None => notes.carried(path, "issuers[0].claims", "not set: no custom claim is checked"),
    }
    for (name, mandatory) in [("mandatoryCustomClaims", true), ("nonMandatoryCustomClaims", false)] {
        let path = config.at(name);
        let Some(claims) = config.list(name, notes) else { continue };
        if claims.is_empty() {
            notes.carried(path, "issuers[0].claims", "empty");
        } else if !in_force {
            notes.changed(path, None, "not in force without validateCustomClaim");
        } else {
            for (index, claim) in claims.into_iter().enumerate() {
                rule(claim, &format!("{path}[{index}]"), mandatory, entry, notes);
            }
        }
    }
    if !entry.rules.is_empty() {
        entry.members.insert("claims".to_owned(), std::mem::take(&mut entry.rules).into());
    }
}

fn rule(claim: Value, path: &str, mandatory: bool, entry: &mut Entry, notes: &mut Notes) {
    let target = format!("issuers[0].claims[{}]", entry.rules.len());
    let Value::Object(members) = claim else {
        notes.cannot(path, Some(&target), "expected an object of key and value");
        return;
    };
    let mut members = Section::new(path, members);
    let name = members.text("key", notes);
    let value = members.take("value", notes);
    members.refuse_rest(&["key", "value"], notes);
    let Some(name) = name else {
        notes.cannot(path, Some(&target), "expected a key, the name of the claim");
        return;
    };
    if let Some(issuer) = named_issuer(&name, value.as_ref(), entry) {
        entry.members.insert("issuer".to_owned(), issuer.into());
        notes.carried(format!("{path}.key"), ISSUER, "the issuer");
        let message = "the exact value of iss";
        if mandatory {
            notes.carried(format!("{path}.value"), ISSUER, message);
        } else {
            let message = format!("{message}; a token without iss is refused here");
            notes.changed(format!("{path}.value"), Some(ISSUER), message);
        }
        return;
    }
    notes.carried(format!("{path}.key"), &target, if mandatory { "must be there" } else { "checked when it is there" });
    let mut rule = Map::from_iter([("claim".to_owned(), Value::from(name))]);
    if !mandatory {
        rule.insert("mandatory".to_owned(), false.into());
    }
    let path = format!("{path}.value");
    match value {
        Some(Value::String(text)) if dataweave::is_expression(&text) => match dataweave::condition(&text) {
            Ok(expression) => {
                let message = if expression.contains("request.") {
                    "as an expression, which is true only where the request is validated and not a token alone"
                } else {
                    "as an expression"
                };
                notes.carried(path, &target, message);
                rule.insert("expression".to_owned(), expression.into());
            }
            Err(obstacle) => {
                notes.cannot(path, Some(&target), obstacle.to_string());
                // Without its condition a rule for a claim that may be missing would ask for nothing.
                if !mandatory {
                    return;
                }
            }
        },
        Some(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => {
            let message = match &value {
                Value::String(text) if text.parse::<f64>().is_ok() || text == "true" || text == "false" => {
                    "equal to this text; without the quotes it is equal to the number or boolean"
                }
                _ => "equal to this value",
            };
            notes.carried(path, &target, message);
            rule.insert("equals".to_owned(), value);
        }
        _ => {
            notes.cannot(path, Some(&target), "expected a text or an expression");
            if !mandatory {
                return;
            }
        }
    }
    entry.rules.push(rule.into());
}

/// The issuer where a rule says exactly what `iss` is. A second rule stays one, and so does what could be a template here.
fn named_issuer(claim: &str, value: Option<&Value>, entry: &Entry) -> Option<String> {
    let text = value?.as_str()?;
    if claim != "iss" || entry.members.contains_key("issuer") || is_open(text) {
        return None;
    }
    let literal = if dataweave::is_expression(text) { dataweave::literal(text, claim)? } else { text.to_owned() };
    (!literal.is_empty() && literal != "any" && !literal.contains(['{', '}'])).then_some(literal)
}

/// What a policy says of issuers where no rule has said it.
pub(super) fn issuer(entry: &mut Entry, notes: &mut Notes) {
    if !entry.members.contains_key("issuer") {
        entry.members.insert("issuer".to_owned(), "any".into());
        let message = "the gateway checks no issuer; name yours here, and others are refused";
        notes.changed("", Some(ISSUER), message);
    }
}

/// Claims that the gateway copies to headers, in the one shape that says which header.
pub(super) fn to_headers(config: &mut Section, notes: &mut Notes) -> Option<Value> {
    let path = config.at("claimsToHeaders");
    let target = "forward.claims_to_headers";
    let mut headers = Map::new();
    let list = config.list("claimsToHeaders", notes)?;
    if list.is_empty() {
        notes.carried(path.as_str(), target, "empty");
    }
    for (index, element) in list.into_iter().enumerate() {
        let path = format!("{path}[{index}]");
        let Value::Object(members) = element else {
            notes.cannot(path, Some(target), "the gateway does not say which header; name it in the document");
            continue;
        };
        let mut members = Section::new(path.as_str(), members);
        let names = (members.text("claimName", notes), members.text("headerName", notes));
        members.refuse_rest(&["claimName", "headerName"], notes);
        match names {
            (Some(claim), Some(header)) => {
                let message = "to a header of the request; one tool's page says of the response";
                notes.changed(path, Some(&format!("{target}.{claim}")), message);
                headers.insert(claim, header.into());
            }
            _ => notes.cannot(path, Some(target), "expected claimName and headerName"),
        }
    }
    (!headers.is_empty()).then(|| json!({"claims_to_headers": headers}))
}

const ISSUER: &str = "issuers[0].issuer";
