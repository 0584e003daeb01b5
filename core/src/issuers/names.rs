//! Which entry of the policy a token's issuer picks: by its exact name, by a template, or the one that takes any.

use crate::codes::Code;
use crate::document::{OneOrMany, PolicyError};
use crate::rejection::Rejection;
use crate::token::Payload;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The issuers of a policy and the entries that they pick.
#[derive(Debug, Default)]
pub(crate) struct Issuers {
    by_name: BTreeMap<Box<str>, usize>,
    /// Looked at behind the exact names, so a name can be taken out of a template.
    templates: Vec<Template>,
    /// The waiver `issuer: any`.
    any: Option<usize>,
}

/// An issuer per tenant: `https://login.example.com/{tid}/v2.0`.
#[derive(Debug)]
struct Template {
    before: String,
    placeholder: Arc<str>,
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
        &mut self, issuer: OneOrMany, tenants: Option<OneOrMany>, index: usize, sole: bool,
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
            return names.into_iter().try_for_each(|name| self.bind_name(name, index, &path));
        }
        let tenants = Tenants::read(tenants, &tenants_path)?;
        for name in names {
            if is_template(&name) {
                self.bind_template(&name, tenants.clone(), index, &path)?;
            } else {
                self.bind_name(name, index, &path)?;
            }
        }
        Ok(())
    }

    /// The entry that a token belongs to. The issuer is not verified at this point: it picks a configuration, and nothing
    /// else about the token is believed (RFC 8725 section 3.8).
    pub(crate) fn select(&self, payload: &Payload<'_>) -> Result<usize, Rejection> {
        let issuer = payload.text("iss")?;
        if let Some(any) = self.any {
            return Ok(any);
        }
        let issuer = issuer.ok_or_else(|| Rejection::claim(Code::MissingIssuer, "iss", "the token has no issuer"))?;
        if let Some(entry) = self.by_name.get(issuer.as_ref()) {
            return Ok(*entry);
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

    /// An exact name. Twice the same would leave it open which entry counts.
    fn bind_name(&mut self, name: String, entry: usize, path: &str) -> Result<(), PolicyError> {
        if name.is_empty() {
            return Err(PolicyError::new(path, "an issuer is not empty"));
        }
        match self.by_name.insert(name.into(), entry) {
            None => Ok(()),
            Some(_) => Err(PolicyError::new(path, "this issuer stands there twice")),
        }
    }

    /// A template, unless another one takes the same issuers.
    fn bind_template(&mut self, text: &str, tenants: Tenants, entry: usize, path: &str) -> Result<(), PolicyError> {
        let template = Template::parse(text, tenants, entry).ok_or_else(|| {
            PolicyError::new(path, "a template has one placeholder, such as {tid}, that is a whole segment")
        })?;
        if self.templates.iter().any(|other| (&other.before, &other.after) == (&template.before, &template.after)) {
            return Err(PolicyError::new(path, "this issuer stands there twice"));
        }
        self.templates.push(template);
        Ok(())
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
    fn parse(text: &str, tenants: Tenants, entry: usize) -> Option<Self> {
        let (before, rest) = text.split_once('{')?;
        let (placeholder, after) = rest.split_once('}')?;
        let whole_segment = before.ends_with('/') && (after.is_empty() || after.starts_with('/'));
        let named =
            !placeholder.is_empty() && placeholder.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !whole_segment || !named || is_template(after) || before.contains('}') {
            return None;
        }
        Some(Self { before: before.into(), placeholder: placeholder.into(), after: after.into(), tenants, entry })
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

    /// A token that also names its tenant in a claim, as the placeholder is called, must mean the same one.
    fn check_claim(&self, tenant: &str, payload: &Payload<'_>) -> Result<(), Rejection> {
        match payload.get(&self.placeholder) {
            Some(claim) if claim.as_str().as_deref() != Some(tenant) => Err(Rejection::claim(
                Code::InvalidClaim,
                &self.placeholder,
                "names another tenant than the issuer does",
            )),
            _ => Ok(()),
        }
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
