//! Which entry of the policy a token's issuer picks: by its exact name, by a template, or the one that takes any.

use crate::claim_names::{ClaimNames, PolicyName};
use crate::codes::Code;
use crate::document::{OneOrMany, PolicyError};
use crate::rejection::Rejection;
use crate::token::Payload;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The issuers of a policy and the entries that they pick.
#[derive(Debug, Default)]
pub(crate) struct Issuers {
    by_name: BTreeMap<Box<str>, Bound>,
    /// Looked at behind the exact names, so a name can be taken out of a template.
    templates: Vec<Template>,
    /// The waiver `issuer: any`.
    any: Option<usize>,
}

/// The entries of one name: nearly always one. Several share no algorithm, so that a token's `alg` leads to one of them; the
/// keys of an entry verify its own algorithms and no others, so the header chooses nothing that the policy has not.
#[derive(Debug)]
struct Bound {
    first: usize,
    /// All of them, each with the algorithms that it lists.
    several: Vec<(usize, Vec<String>)>,
}

/// An issuer per tenant: `https://login.example.com/{tid}/v2.0`.
#[derive(Debug)]
struct Template {
    before: String,
    placeholder: PolicyName,
    after: String,
    tenants: Tenants,
    entry: usize,
}

/// The tenants that a template lets in.
#[derive(Clone, Debug)]
enum Tenants {
    /// The waiver `tenants: any`.
    Any,
    Only(Arc<BTreeSet<String>>),
}

impl Issuers {
    /// Binds the issuers of the entry at `index` to it. `sole` says that it is the policy's only entry.
    pub(crate) fn register(
        &mut self, issuer: OneOrMany, tenants: Option<OneOrMany>, algorithms: Option<&[String]>, index: usize,
        sole: bool, kept: &mut ClaimNames,
    ) -> Result<(), PolicyError> {
        let path = format!("issuers[{index}].issuer");
        let tenants_path = format!("issuers[{index}].tenants");
        if issuer.is_waiver("any") {
            if !sole {
                return Err(PolicyError::new(path, "issuer: any must be the only entry"));
            }
            self.any = Some(index);
            return refuse_tenants(tenants.as_ref(), &tenants_path);
        }
        let names = issuer.into_vec();
        if names.is_empty() {
            return Err(PolicyError::new(path, "expected at least one issuer").with_hint("the waiver is  issuer: any"));
        }
        if !names.iter().any(|name| is_template(name)) {
            refuse_tenants(tenants.as_ref(), &tenants_path)?;
            return names.into_iter().try_for_each(|name| self.bind_name(name, algorithms, index, &path));
        }
        let tenants = Tenants::read(tenants, &tenants_path)?;
        for name in names {
            if is_template(&name) {
                self.bind_template(&name, tenants.clone(), index, kept, &path)?;
            } else {
                self.bind_name(name, algorithms, index, &path)?;
            }
        }
        Ok(())
    }

    /// The entry that a token belongs to: by its issuer, and where that has several entries, by its algorithm. The issuer is not verified at this point: it picks a configuration, and nothing
    /// else about the token is believed (RFC 8725 section 3.8).
    pub(crate) fn select(&self, payload: &Payload<'_>, algorithm: &str) -> Result<usize, Rejection> {
        let issuer = payload.text("iss")?;
        if let Some(any) = self.any {
            return Ok(any);
        }
        let issuer = issuer.ok_or_else(|| Rejection::claim(Code::MissingIssuer, "iss", "the token has no issuer"))?;
        if let Some(bound) = self.by_name.get(issuer.as_ref()) {
            return Ok(bound.entry(algorithm));
        }
        let unknown = || Rejection::claim(Code::UnknownIssuer, "iss", "the issuer is none of the policy's");
        let (template, tenant) = self
            .templates
            .iter()
            .find_map(|template| Some((template, template.tenant(&issuer)?)))
            .ok_or_else(unknown)?;
        template.check_claim(tenant, payload)?;
        Ok(template.entry)
    }

    /// What the policy writes for a token's issuer: its name, the template that it follows, or `any`.
    pub(crate) fn name_of(&self, payload: &Payload<'_>) -> Option<String> {
        if self.any.is_some() {
            return Some("any".to_owned());
        }
        let issuer = payload.text("iss").ok().flatten()?;
        if self.by_name.contains_key(issuer.as_ref()) {
            return Some(issuer.into_owned());
        }
        self.templates.iter().find(|template| template.tenant(&issuer).is_some()).map(Template::written)
    }

    /// All issuers as the policy writes them, for explanations.
    pub(crate) fn written(&self) -> Vec<String> {
        if self.any.is_some() {
            return vec!["any".to_owned()];
        }
        let names = self.by_name.keys().map(|name| name.as_ref().to_owned());
        names.chain(self.templates.iter().map(Template::written)).collect()
    }

    /// The entries that a token of this entry's issuers may belong to by its algorithm, this one among them.
    pub(crate) fn siblings(&self, entry: usize) -> impl Iterator<Item = usize> {
        let several = self.by_name.values().map(|bound| &bound.several);
        let several = several.filter(move |several| several.iter().any(|(index, _)| *index == entry));
        let mut entries: BTreeSet<usize> = several.flatten().map(|(index, _)| *index).collect();
        entries.insert(entry);
        entries.into_iter()
    }

    /// An exact name. Twice the same would leave it open which entry counts, unless their algorithms tell them apart.
    fn bind_name(
        &mut self, name: String, algorithms: Option<&[String]>, entry: usize, path: &str,
    ) -> Result<(), PolicyError> {
        if name.is_empty() {
            return Err(PolicyError::new(path, "an issuer is not empty"));
        }
        let listed = (entry, algorithms.map(<[String]>::to_vec).unwrap_or_default());
        let Some(bound) = self.by_name.get_mut(name.as_str()) else {
            self.by_name.insert(name.into(), Bound { first: entry, several: vec![listed] });
            return Ok(());
        };
        let twice = PolicyError::new(path, "this issuer stands there twice");
        if bound.several.iter().any(|(other, _)| *other == entry) {
            return Err(twice);
        }
        if listed.1.is_empty() || bound.several.iter().any(|(_, others)| others.is_empty()) {
            return Err(twice.with_hint("write  algorithms  in each of its entries, none of them in two"));
        }
        let shared = |others: &[String]| listed.1.iter().any(|algorithm| others.contains(algorithm));
        if bound.several.iter().any(|(_, others)| shared(others)) {
            return Err(twice.with_hint("its entries share an algorithm: let each algorithm stand in one of them"));
        }
        bound.several.push(listed);
        Ok(())
    }

    /// A template, unless another one takes the same issuers.
    fn bind_template(
        &mut self, text: &str, tenants: Tenants, entry: usize, kept: &mut ClaimNames, path: &str,
    ) -> Result<(), PolicyError> {
        let template = Template::parse(text, tenants, entry, kept).ok_or_else(|| {
            PolicyError::new(path, "a template has one placeholder, such as {tid}, that is a whole segment")
        })?;
        if self.templates.iter().any(|other| (&other.before, &other.after) == (&template.before, &template.after)) {
            return Err(PolicyError::new(path, "this issuer stands there twice")
                .with_hint("a template stands in one entry, with all its tenants and keys"));
        }
        self.templates.push(template);
        Ok(())
    }
}

impl Bound {
    /// The entry that has this algorithm. Where none has it, the first one says so.
    fn entry(&self, algorithm: &str) -> usize {
        let has = |(_, listed): &&(usize, Vec<String>)| listed.iter().any(|name| name == algorithm);
        match self.several.as_slice() {
            [] | [_] => self.first,
            several => several.iter().find(has).map_or(self.first, |(entry, _)| *entry),
        }
    }
}

impl Tenants {
    /// The tenants of a template. Nobody is let in by silence: the policy lists them, or says `any`.
    fn read(tenants: Option<OneOrMany>, path: &str) -> Result<Self, PolicyError> {
        let Some(tenants) = tenants else {
            let error = PolicyError::new(path, "a template needs the tenants that are let in");
            return Err(error.with_hint("the waiver is  tenants: any"));
        };
        if tenants.is_waiver("any") {
            return Ok(Self::Any);
        }
        let tenants: BTreeSet<String> = tenants.into_vec().into_iter().collect();
        if tenants.is_empty() || tenants.contains("") {
            return Err(PolicyError::new(path, "expected at least one tenant, none of them empty"));
        }
        Ok(Self::Only(Arc::new(tenants)))
    }

    fn let_in(&self, tenant: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Only(tenants) => tenants.contains(tenant),
        }
    }
}

impl Template {
    /// One placeholder, a whole segment of the path: inside of a segment or of the host's name, whoever can register a name
    /// could make an issuer that fits.
    fn parse(text: &str, tenants: Tenants, entry: usize, kept: &mut ClaimNames) -> Option<Self> {
        let (before, rest) = text.split_once('{')?;
        let (placeholder, after) = rest.split_once('}')?;
        let whole_segment = before.ends_with('/') && (after.is_empty() || after.starts_with('/'));
        let named =
            !placeholder.is_empty() && placeholder.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !whole_segment || !named || is_template(after) || before.contains('}') {
            return None;
        }
        let placeholder = kept.keep(placeholder);
        Some(Self { before: before.into(), placeholder, after: after.into(), tenants, entry })
    }

    fn written(&self) -> String {
        format!("{}{{{}}}{}", self.before, self.placeholder, self.after)
    }

    /// The tenant in this issuer, when the issuer follows the template and the tenant is let in.
    fn tenant<'i>(&self, issuer: &'i str) -> Option<&'i str> {
        let tenant = issuer.strip_prefix(self.before.as_str())?.strip_suffix(self.after.as_str())?;
        let well_formed =
            !tenant.is_empty() && tenant.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        (well_formed && self.tenants.let_in(tenant)).then_some(tenant)
    }

    /// A token that also names its tenant in a claim must mean the same one: in that of the placeholder's name, and in `tid`,
    /// which is what Entra calls it whatever the placeholder's name is in its metadata or in the policy.
    fn check_claim(&self, tenant: &str, payload: &Payload<'_>) -> Result<(), Rejection> {
        let names_other = |name: &str| payload.get(name).is_some_and(|claim| claim.as_str().as_deref() != Some(tenant));
        let other = "names another tenant than the issuer does";
        if names_other(&self.placeholder) {
            return Err(Rejection::claim(Code::InvalidClaim, &self.placeholder, other));
        }
        if names_other("tid") {
            return Err(Rejection::claim(Code::InvalidClaim, "tid", other));
        }
        Ok(())
    }
}

/// Braces stand in no issuer that is a URL (RFC 3986 section 2), so they can mean a placeholder.
fn is_template(name: &str) -> bool {
    name.contains(['{', '}'])
}

/// Tenants without a placeholder would look like a restriction and check nothing.
fn refuse_tenants(tenants: Option<&OneOrMany>, path: &str) -> Result<(), PolicyError> {
    match tenants {
        Some(_) => Err(PolicyError::new(path, "tenants stand with an issuer that has a placeholder, such as {tid}")),
        None => Ok(()),
    }
}
