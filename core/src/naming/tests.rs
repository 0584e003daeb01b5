//! What is wrong with the documents of options, as each language tells it.

use super::{Names, Told, Written};
use crate::{Policy, PolicyError};

fn refused(entry: &str, around: &str) -> PolicyError {
    let document = format!(
        r#"{{"version": 1, {around} "issuers": [{{"issuer": "https://idp.test/", "audience": "a", {entry}}}]}}"#
    );
    Policy::from_json(&document).expect_err("a mistake")
}

fn told(names: Names, error: &PolicyError, given: &[&str], known: &[&str]) -> Told {
    let problem = error.problems().next().expect("one at least");
    names.tell(problem, Written { given, known })
}

/// Python, Node, the builder of Java, its document, Go.
#[test]
fn a_path_is_told_in_the_names_of_the_language() {
    use Names::{GoDocument, JavaDocument, JavaOptions, NodeOptions, PythonOptions};
    let keys = r#""keys": {"jwks_uri": "https://idp.test/jwks"}"#;
    for (entry, around, wanted) in [
        (
            r#""leeway": "1h""#,
            "",
            ["leeway", "clockTolerance", "acceptLeeway", "issuers[0].leeway", "Issuers[0].Leeway"],
        ),
        (
            r#""required_claims": [""]"#,
            "",
            [
                "required_claims[0]",
                "requiredClaims[0]",
                "requiredClaims[0]",
                "issuers[0].requiredClaims[0]",
                "Issuers[0].RequiredClaims[0]",
            ],
        ),
        (
            r#""jwks": {"max_stale": "x"}"#,
            "",
            [
                "jwks_options.max_stale",
                "keySet.maxStale",
                "jwksMaxStale",
                "issuers[0].jwks.maxStale",
                "Issuers[0].JWKS.MaxStale",
            ],
        ),
        (
            r#""scopes": {"all": ["a b"]}"#,
            "",
            [
                "scopes.all[0]",
                "scopes.all[0]",
                "requiredScopes[0]",
                "issuers[0].scopes.all[0]",
                "Issuers[0].Scopes.All[0]",
            ],
        ),
        (
            r#""client_id": {"allowed": []}"#,
            "",
            [
                "client_id.allowed",
                "clientId.allowed",
                "clientIds",
                "issuers[0].clientId.allowed",
                "Issuers[0].ClientID.Allowed",
            ],
        ),
        (
            r#""typ": "jwt""#,
            r#""limits": {"token_bytes": 0},"#,
            ["limits.token_bytes", "limits.tokenBytes", "maxTokenBytes", "limits.tokenBytes", "Limits.TokenBytes"],
        ),
        (
            r#""claim_mapping": {"a_b": "iss"}"#,
            "",
            [
                "claim_mapping.a_b",
                "claimMapping.a_b",
                "claimMapping.a_b",
                "issuers[0].claimMapping.a_b",
                "Issuers[0].ClaimMapping.a_b",
            ],
        ),
    ] {
        let error = refused(&format!("{entry}, {keys}"), around);
        let languages = [PythonOptions, NodeOptions, JavaOptions, JavaDocument, GoDocument];
        let paths = languages.map(|names| told(names, &error, &[], &[]).path);
        assert_eq!(paths.each_ref().map(String::as_str), wanted, "{entry}");
        assert_eq!(told(Names::Document, &error, &[], &[]).path, error.path());
    }
}

#[test]
fn where_keys_are_is_told_by_the_option_that_says_so() {
    let error = refused(r#""keys": {"jwks_uri": "http://idp.test/jwks"}"#, "");
    for (names, path, hint) in [
        (Names::PythonOptions, "jwks_uri", "jwks_options.allow_http"),
        (Names::RubyOptions, "jwks_uri", "jwks_options.allow_http"),
        (Names::NodeOptions, "jwksUri", "keySet.allowHttp"),
        (Names::JavaOptions, "jwksUri", "jwks.allowHttp"),
        (Names::JavaDocument, "issuers[0].keys.jwksUri", "jwks.allowHttp"),
        (Names::GoDocument, "Issuers[0].Keys.JWKSURI", "JWKS.AllowHTTP"),
    ] {
        let told = told(names, &error, &[], &[]);
        assert_eq!(told.path, path);
        assert!(told.hint.as_deref().is_some_and(|told| told.contains(hint)), "{told:?}");
    }
    let raw = told(Names::NodeOptions, &error, &["issuer", "keys"], &[]);
    assert_eq!(raw.path, "keys.jwks_uri");

    let off = refused(r#""keys": {"discovery": false}"#, "");
    for (names, hint) in [
        (Names::PythonOptions, "set jwks_uri, jwks, pem or secret, or leave discovery=False out"),
        (Names::RubyOptions, "set jwks_uri, jwks, pem or secret, or leave discovery: false out"),
        (Names::NodeOptions, "set jwksUri, jwks, pem or secret, or leave discovery: false out"),
    ] {
        let told = told(names, &off, &["discovery"], &[]);
        assert_eq!((told.path.as_str(), told.hint.as_deref()), ("discovery", Some(hint)));
    }
}

#[test]
fn of_two_names_the_one_that_was_given_is_told() {
    let keys = r#""keys": {"jwks_uri": "https://idp.test/jwks"}"#;
    let error = refused(&format!(r#""leeway": "1h", {keys}"#), "");
    assert_eq!(told(Names::NodeOptions, &error, &["leeway"], &[]).path, "leeway");
    assert_eq!(told(Names::NodeOptions, &error, &["clockTolerance"], &[]).path, "clockTolerance");
    let error = refused(&format!(r#""client_id": {{"allowed": "everybody"}}, {keys}"#), "");
    assert_eq!(told(Names::JavaOptions, &error, &["clientIdsByLookup"], &[]).path, "clientIdsByLookup");
}

#[test]
fn an_option_that_does_not_exist_is_one_of_those_that_do() {
    let known = ["issuer", "audience", "jwksUri", "clockTolerance", "maxTokenAge", "scopes", "keySet", "fetch"];
    for (field, path, hint) in [
        ("audiance", "audiance", Some("did you mean audience?")),
        ("max_token_agee", "maxTokenAgee", Some("did you mean maxTokenAge?")),
        ("jwksURI", "jwksURI", Some("did you mean jwksUri?")),
        ("required_scopes", "requiredScopes", Some("did you mean scopes?")),
        ("clock_skew", "clockSkew", Some("did you mean clockTolerance?")),
        ("fetcher", "fetcher", Some("did you mean fetch?")),
        ("__proto__", "__proto__", None),
        ("zzz", "zzz", None),
    ] {
        let error = refused(&format!(r#""{field}": 1"#), "");
        let told = told(Names::NodeOptions, &error, &[], &known);
        assert_eq!((told.path.as_str(), told.message.as_str()), (path, "unknown option"), "{field}");
        assert_eq!(told.hint.as_deref(), hint, "{field}");
    }
    let error = refused(r#""jwks": {"max_stalee": 1}"#, "");
    let told = told(Names::NodeOptions, &error, &["keySet"], &known);
    assert_eq!((told.path.as_str(), told.hint.as_deref()), ("keySet.maxStalee", Some("did you mean maxStale?")));
    assert_eq!(told.message, "unknown field");
}

#[test]
fn stable_numbers_lead_back() {
    for number in 0..=6 {
        assert_eq!(Names::from_number(number).map(|names| names as u32), Some(number));
    }
    assert_eq!(Names::from_number(7), None);
}
