//! Claim mapping: the names under which rules and the host see the claims of a verified token.

use crate::claim_names::{ClaimNames, PolicyName};
use crate::codes::Code;
use crate::document::PolicyError;
use crate::explain::Facts;
use crate::json::Member;
use crate::rejection::Rejection;
use crate::token::{Payload, Rewritten};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Which claims get which names.
#[derive(Debug)]
pub(crate) struct ClaimMapping {
    /// What the policy spells out, from the name in the token to the name that is seen.
    written: BTreeMap<String, PolicyName>,
    /// The names that `written` gives.
    given: BTreeSet<PolicyName>,
    /// The names of [`WSO2_DIALECT`] where it stands behind that.
    default: BTreeMap<&'static str, PolicyName>,
}

impl ClaimMapping {
    /// `None` when there is nothing to map.
    pub(crate) fn compile(
        written: BTreeMap<String, String>, default: bool, kept: &mut ClaimNames, path: &str,
    ) -> Result<Option<Self>, PolicyError> {
        let dialect = WSO2_DIALECT.iter().filter(|_| default).map(|(remote, local)| (*remote, kept.keep(local)));
        let mut mapping = Self { written: BTreeMap::new(), given: BTreeSet::new(), default: dialect.collect() };
        for (remote, local) in written {
            let path = format!("{path}.{remote}");
            if remote.is_empty() || local.is_empty() {
                return Err(PolicyError::new(path, "a claim has a name"));
            }
            // Hosts read these by their names, and they were checked under these names.
            if is_registered(&local) {
                let error =
                    PolicyError::new(path, "no claim takes the name of a registered one (RFC 7519 section 4.1)");
                return Err(error.with_hint("map it to a name of your own"));
            }
            let local = kept.keep(&local);
            if !mapping.given.insert(local.clone()) {
                return Err(PolicyError::new(path, "another claim is mapped to this name too"));
            }
            mapping.written.insert(remote, local);
        }
        Ok((default || !mapping.written.is_empty()).then_some(mapping))
    }

    /// The claims under their new names; `None` when none of them gets one. All are renamed at once, so two claims can
    /// change places.
    ///
    /// What the policy spells out says which claim stands under a name, and no other does: a token with a claim of that name
    /// which does not get another one is refused. The default mapping gives way instead, and leaves a claim as it is whose new
    /// name is taken or given to another one, whether the token has that one or not.
    ///
    /// A registered claim gets the other name beside its own: hosts read it by that, and it was checked under it.
    pub(crate) fn apply(&self, payload: &Payload<'_>) -> Result<Option<Rewritten>, Rejection> {
        let members: Vec<Member<'_>> = payload.members().collect();
        let written: Vec<Option<&PolicyName>> =
            members.iter().map(|member| self.written.get(member.name.as_ref())).collect();
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for (member, name) in members.iter().zip(&written) {
            match (name, self.given.get(member.name.as_ref())) {
                (Some(name), _) => names.insert(name),
                (None, None) => names.insert(member.name.as_ref()),
                (None, Some(taken)) => {
                    let detail = "another claim is mapped to this name";
                    return Err(Rejection::claim(Code::InvalidClaim, taken, detail));
                }
            };
        }
        // Whether anything changed: a payload that did not stays as it was signed, byte for byte.
        let mut renamed = false;
        let mut mapped = Vec::with_capacity(members.len());
        for (member, name) in members.iter().zip(written) {
            // The default mapping has two claims for one name, and the first of the token gets it.
            let name = name.or_else(|| {
                let default = self.default.get(member.name.as_ref())?;
                (!self.given.contains(default) && names.insert(default)).then_some(default)
            });
            renamed |= name.is_some();
            if name.is_none() || is_registered(&member.name) {
                mapped.push((Cow::Borrowed(member.name.as_ref()), member.value));
            }
            if let Some(name) = name {
                mapped.push((Cow::Borrowed(&**name), member.value));
            }
        }
        if !renamed {
            return Ok(None);
        }
        let written = mapped.into_iter().map(|(name, value)| (name, Cow::Borrowed(value.source())));
        Rewritten::new(written).map(Some)
    }

    /// The name under which the claim of this name is seen in `mapped`, which [`ClaimMapping::apply`] has made.
    pub(crate) fn name_in(&self, claim: &PolicyName, mapped: &Payload<'_>) -> PolicyName {
        match (self.written.get(&**claim), self.default.get(&**claim)) {
            _ if is_registered(claim) => claim.clone(),
            (Some(name), _) => name.clone(),
            (None, Some(name)) if mapped.get(claim).is_none() => name.clone(),
            _ => claim.clone(),
        }
    }

    /// What an explanation says of the mapping.
    pub(crate) fn facts(&self) -> Facts {
        Facts::checked().expected("no other claim under a name that the policy gives")
    }
}

fn is_registered(name: &str) -> bool {
    REGISTERED.contains(&name)
}

/// RFC 7519 section 4.1.
const REGISTERED: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

/// How WSO2 API Manager names the claims of OpenID Connect and a few others, unless it is told not to.
const WSO2_DIALECT: [(&str, &str); 26] = [
    ("address", "http://wso2.org/claims/addresses"),
    ("birthdate", "http://wso2.org/claims/dob"),
    ("country", "http://wso2.org/claims/country"),
    ("email", "http://wso2.org/claims/emailaddress"),
    ("email_verified", "http://wso2.org/claims/identity/emailVerified"),
    ("family_name", "http://wso2.org/claims/lastname"),
    ("formatted", "http://wso2.org/claims/addresses.formatted"),
    ("gender", "http://wso2.org/claims/gender"),
    ("given_name", "http://wso2.org/claims/givenname"),
    ("groups", "http://wso2.org/claims/role"),
    ("locale", "http://wso2.org/claims/local"),
    ("locality", "http://wso2.org/claims/locality"),
    ("middle_name", "http://wso2.org/claims/middleName"),
    ("name", "http://wso2.org/claims/fullname"),
    ("nickname", "http://wso2.org/claims/nickname"),
    ("phone_number", "http://wso2.org/claims/telephone"),
    ("phone_number_verified", "http://wso2.org/claims/identity/phoneVerified"),
    ("picture", "http://wso2.org/claims/photourl"),
    ("postal_code", "http://wso2.org/claims/postalcode"),
    ("preferred_username", "http://wso2.org/claims/displayName"),
    ("profile", "http://wso2.org/claims/url"),
    ("region", "http://wso2.org/claims/region"),
    ("updated_at", "http://wso2.org/claims/modified"),
    ("upn", "http://wso2.org/claims/userprincipal"),
    ("website", "http://wso2.org/claims/url"),
    ("zoneinfo", "http://wso2.org/claims/timeZone"),
];

#[cfg(test)]
mod tests {
    use super::{ClaimMapping, ClaimNames};
    use crate::claims::Payload;
    use crate::json;

    fn mapped(written: &[(&str, &str)], default: bool, claims: &str) -> Option<String> {
        let written = written.iter().map(|(remote, local)| ((*remote).to_owned(), (*local).to_owned())).collect();
        let mapping = ClaimMapping::compile(written, default, &mut ClaimNames::default(), "claim_mapping").unwrap()?;
        let table = json::table(claims, 8).unwrap();
        let payload = Payload::of(claims, &table);
        match mapping.apply(&payload) {
            Ok(Some(mapped)) => Some(mapped.json),
            Ok(None) => None,
            Err(rejection) => Some(rejection.claim.map_or_else(String::new, |claim| claim.as_str().to_owned())),
        }
    }

    #[test]
    fn names_change_and_values_stay_as_they_are_written() {
        let claims = r#"{"a":1.50e0,"b" : {"a" :"\u0041"},"c":"x"}"#;
        assert_eq!(
            mapped(&[("a", "\"quoted\""), ("b", "a")], false, claims).as_deref(),
            Some(r#"{"\"quoted\"":1.50e0,"a":{"a" :"\u0041"},"c":"x"}"#)
        );
        assert_eq!(mapped(&[("x", "y")], false, claims), None);
        assert_eq!(mapped(&[], false, claims), None);
    }

    #[test]
    fn claims_can_change_places() {
        assert_eq!(mapped(&[("a", "b"), ("b", "a")], false, r#"{"a":1,"b":2}"#).as_deref(), Some(r#"{"b":1,"a":2}"#));
    }

    #[test]
    fn a_written_name_is_never_taken_by_another_claim() {
        assert_eq!(mapped(&[("a", "b")], false, r#"{"a":1,"b":2}"#).as_deref(), Some("b"));
        assert_eq!(mapped(&[("a", "b")], false, r#"{"b":2}"#).as_deref(), Some("b"));
        assert_eq!(mapped(&[("a", "b"), ("b", "c")], false, r#"{"b":2}"#).as_deref(), Some(r#"{"c":2}"#));
    }

    #[test]
    fn a_registered_claim_keeps_its_name_and_gets_another_one() {
        assert_eq!(
            mapped(&[("sub", "user"), ("a", "b")], false, r#"{"sub":"x","a":1}"#).as_deref(),
            Some(r#"{"sub":"x","user":"x","b":1}"#)
        );
        assert_eq!(mapped(&[("sub", "user")], false, r#"{"sub":"x","user":"root"}"#).as_deref(), Some("user"));
    }

    #[test]
    fn the_default_mapping_never_fills_a_name_that_the_policy_gives_to_another_claim() {
        assert_eq!(mapped(&[("x", "http://wso2.org/claims/url")], true, r#"{"website":1}"#), None);
    }

    #[test]
    fn the_default_mapping_gives_way() {
        let url = "http://wso2.org/claims/url";
        assert_eq!(
            mapped(&[], true, r#"{"website":1,"profile":2}"#).as_deref(),
            Some(format!(r#"{{"{url}":1,"profile":2}}"#).as_str())
        );
        assert_eq!(mapped(&[], true, &format!(r#"{{"website":1,"{url}":2}}"#)), None);
        assert_eq!(
            mapped(&[("x", url)], true, r#"{"website":1,"x":2}"#).as_deref(),
            Some(format!(r#"{{"website":1,"{url}":2}}"#).as_str())
        );
    }
}
