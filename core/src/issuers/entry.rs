//! One entry of the policy's `issuers`: its keys, its algorithms, its checks. Nothing of it counts for another issuer's
//! tokens.

use super::algorithms;
use super::fetched;
use super::keys::{self, StaticKeys};
use crate::algorithm::{Algorithm, Algorithms};
use crate::checks::{Audiences, Bound, Checks, ClientCheck, DateBounds, RequiredClaims, Rules, Types, compile_scopes};
use crate::claim_names::{ClaimNames, PolicyName};
use crate::claims::{Payload, ScopesIn, USUAL_SCOPE_CLAIMS};
use crate::document::{Mistakes, PolicyError, Profile, WrittenIssuer};
use crate::jwks::{Plan, Settings};
use crate::key::{GivenKey, TrustStores};
use crate::mapping::ClaimMapping;
use std::ops::Range;

/// One entry of `issuers`, ready to be checked against tokens.
#[derive(Debug)]
pub(crate) struct IssuerEntry {
    /// What stands in the policy itself.
    pub(crate) keys: StaticKeys,
    /// Places in the validator's sources.
    pub(crate) sources: Range<usize>,
    /// Never read from a token.
    algorithms: Algorithms,
    /// Whether a token that names no key may be tried with several.
    pub(crate) try_all_keys: bool,
    /// Whether numbers in `sub` and `jti` count as texts.
    pub(crate) numeric_ids: bool,
    /// What the issuer's tokens must fulfil once they are known to be its own.
    pub(crate) checks: Checks,
    /// Other names for claims, where the policy gives some.
    pub(crate) mapping: Option<ClaimMapping>,
}

impl IssuerEntry {
    /// The entry at `path`, number `index`. Its key sets join `sources`, the list that all entries of the policy share.
    pub(crate) fn compile(
        issuer: WrittenIssuer, index: usize, sources: &mut Vec<Plan>, stores: &dyn TrustStores, kept: &mut ClaimNames,
        path: &str,
    ) -> Result<Self, PolicyError> {
        let mut mistakes = Mistakes::default();
        let profile = issuer.profile;
        mistakes.keep(refuse_waivers(&issuer, path));
        let settings = mistakes.keep(fetched::settings(&issuer.jwks.0, path));
        let secret_path = format!("{path}.keys.secret");
        let listed = issuer.algorithms.as_deref();
        let asked = algorithms::named(listed);
        let loaded =
            mistakes.keep(keys::load(issuer.keys.0, asked, &issuer.issuer, issuer.jwks.0.allow_http, stores, path));
        // What an algorithm fits can be told once the keys are known.
        let algorithms = loaded.as_ref().and_then(|(keys, locations)| {
            mistakes.keep(algorithms::compile(listed, keys, !locations.is_empty(), path, &secret_path))
        });
        let dates = mistakes.keep(DateBounds::compile(
            issuer.leeway,
            issuer.max_age,
            issuer.max_lifetime,
            issuer.reject_future_iat,
            path,
        ));
        let mapping_path = format!("{path}.claim_mapping");
        let mapping = mistakes.keep(ClaimMapping::compile(
            issuer.claim_mapping,
            issuer.default_claim_mapping,
            kept,
            &mapping_path,
        ));
        let scopes = mistakes.keep(compile_scopes(issuer.scopes.map(|scopes| scopes.0), kept, path));
        let typ = mistakes.keep(Types::compile(issuer.typ, profile, path));
        let audience = mistakes.keep(Audiences::compile(issuer.audience, path));
        let required = mistakes.keep(RequiredClaims::compile(issuer.required_claims, profile, kept, path));
        let confirmation = mistakes.keep(Bound::compile(issuer.confirmation, path));
        let client_id = issuer.client_id.map(|client| ClientCheck::compile(client.0, kept, path)).transpose();
        let client_id = mistakes.keep(client_id);
        let rules = mistakes.keep(Rules::compile(issuer.claims, kept, &format!("{path}.claims")));
        let keys = loaded.zip(settings).zip(algorithms);
        let claims = dates.zip(mapping).zip(scopes).zip(typ).zip(audience);
        let others = required.zip(confirmation).zip(client_id).zip(rules);
        let (((((keys, locations), settings), algorithms), claims), others) =
            mistakes.finish(keys.zip(claims).zip(others))?;
        let ((((dates, mapping), (scope_claims, scopes)), typ), audience) = claims;
        let (((required_claims, confirmation), client_id), rules) = others;
        let settings = Settings { algorithms, ..settings };
        let first = sources.len();
        sources.extend(locations.into_iter().map(|location| Plan { issuer: index, location, settings }));
        Ok(Self {
            keys,
            sources: first..sources.len(),
            algorithms,
            try_all_keys: issuer.try_all_keys,
            numeric_ids: issuer.numeric_ids,
            checks: Checks {
                typ,
                dates,
                audience,
                required_claims,
                confirmation,
                client_id,
                usual_scope_claims: scope_claims.iter().map(|name| &**name).eq(USUAL_SCOPE_CLAIMS),
                scope_claims,
                scopes,
                rules,
            },
            mapping,
        })
    }

    /// In which claim of a token its scopes are, by the name that this has in `seen`, where the claims may have other names.
    pub(crate) fn scopes_in(&self, payload: &Payload<'_>, seen: &Payload<'_>) -> ScopesIn {
        let Checks { scope_claims, usual_scope_claims, .. } = &self.checks;
        if *usual_scope_claims && self.mapping.is_none() {
            return ScopesIn::Usual;
        }
        let seen_as = |name: &PolicyName| match &self.mapping {
            Some(mapping) => mapping.name_in(name, seen),
            None => name.clone(),
        };
        match scope_claims.iter().find(|name| payload.get_present(name).is_some()) {
            Some(found) => ScopesIn::Only(Some(seen_as(found))),
            // What stands there under that name then is another claim, which grants nothing.
            None => ScopesIn::Only(scope_claims.first().map(seen_as).filter(|name| seen.get_present(name).is_none())),
        }
    }

    /// Its keys that are no key set; it is the entry of number `index`.
    pub(crate) fn given_keys(&self, index: usize) -> Vec<GivenKey> {
        self.keys.given(index, self.algorithms)
    }

    /// Whether the policy lets this algorithm sign this issuer's tokens.
    pub(crate) fn allows(&self, algorithm: Algorithm) -> bool {
        self.algorithms.contains(algorithm)
    }

    /// The allow-list.
    pub(crate) fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        self.algorithms.iter()
    }
}

/// RFC 9068 sections 2.2 and 4 ask for the issuer, the audience, a signature and texts as ids, so an entry cannot follow it and waive these.
fn refuse_waivers(issuer: &WrittenIssuer, path: &str) -> Result<(), PolicyError> {
    let Some(Profile::Rfc9068) = issuer.profile else { return Ok(()) };
    let waived = [
        (issuer.issuer.is_waiver("any"), "issuer", "name the issuer"),
        (issuer.audience.is_waiver("any"), "audience", "name this service's audience"),
        (issuer.keys.0.accept_unsigned, "keys.accept_unsigned", "say where the keys are"),
        (issuer.numeric_ids, "numeric_ids", "leave it out"),
    ];
    match waived.into_iter().find(|(waived, ..)| *waived) {
        None => Ok(()),
        Some((_, field, hint)) => {
            let error = PolicyError::new(format!("{path}.{field}"), "profile: rfc9068 leaves no room for this waiver");
            Err(error.with_hint(format!("{hint}, or leave the profile out")))
        }
    }
}
