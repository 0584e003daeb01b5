//! What stands around the parameters: documents of Flex Gateway in YAML, and of API Manager in JSON.

use super::parameters::PARAMETERS;
use crate::import::error::ImportError;
use crate::import::notes::Notes;
use crate::import::section::Section;
use crate::import::templates::Templates;
use crate::markup::yaml::{self, Words};
use jotgate::strict_json;
use serde_json::Value;

/// The one JWT policy of a text.
pub(super) struct Found {
    pub(super) config: Section,
    /// Which requests it applies to: the list, its path, and how its members are named.
    pub(super) conditions: Option<(Vec<Value>, String, Names)>,
}

/// How a condition on requests names its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) methods: &'static str,
    pub(super) path: &'static str,
}

const FLEX: Names = Names { methods: "methods", path: "path" };
const API_MANAGER: Names = Names { methods: "methodRegex", path: "uriTemplateRegex" };

pub(super) fn find(text: &str, templates: &Templates<'_>, notes: &mut Notes) -> Result<Found, ImportError> {
    let documents = documents(text)?;
    let single = documents.len() == 1;
    let mut search = Search { notes, found: Vec::new() };
    for (index, mut document) in documents.into_iter().enumerate() {
        let path = if single { String::new() } else { format!("[{index}]") };
        templates.put_back(&mut document, &path, search.notes);
        search.document(document, &path)?;
    }
    let mut found = search.found.into_iter();
    let Some((_, first)) = found.next() else {
        return Err(ImportError::new("", "there is no JWT validation policy in the text").with_hint(
            "expected a PolicyBinding of jwt-validation-flex, or a policy of API Manager with its configuration",
        ));
    };
    match found.next() {
        None => Ok(first),
        Some((path, _)) => Err(ImportError::new(path, "this is a second JWT validation policy")
            .with_hint("import them one by one, and put their issuers together yourself")),
    }
}

fn documents(text: &str) -> Result<Vec<Value>, ImportError> {
    if !text.trim_start().starts_with(['{', '[']) {
        return Ok(yaml::documents(text, Words::Texts)?);
    }
    // The strict reader takes objects, so a list is read as the member of one.
    let object = strict_json(&format!("{{\"documents\":{text}}}"))
        .map_err(|_| ImportError::new("", "the text is no strict JSON, or has a member twice"))?;
    match object {
        // Behind a document that ends early there may be more members.
        Value::Object(members) if members.len() == 1 => Ok(members.into_iter().map(|(_, document)| document).collect()),
        _ => Err(ImportError::new("", "the text is no JSON")),
    }
}

struct Search<'n> {
    notes: &'n mut Notes,
    found: Vec<(String, Found)>,
}

impl Search<'_> {
    fn document(&mut self, document: Value, path: &str) -> Result<(), ImportError> {
        let members = match document {
            Value::Array(elements) => return self.list(elements, path),
            Value::Object(members) => members,
            // Between two separators there may be nothing.
            Value::Null => return Ok(()),
            _ => return Err(ImportError::new(path, "expected an object")),
        };
        let mut section = Section::new(path, members);
        if section.has("kind") {
            return self.resource(section);
        }
        // A binding without the resource around it, as people paste it.
        if section.has("policyRef") {
            self.binding(section);
            return Ok(());
        }
        if ["configurationData", "configuration", "config"].iter().any(|name| section.has(name)) {
            self.policy_of_api_manager(section, path);
            return Ok(());
        }
        if let Some(policies) = section.list("policies", self.notes) {
            let below = section.at("policies");
            section.remark_rest(&PARAMETERS, IDENTITY, self.notes);
            return self.list(policies, &below);
        }
        if PARAMETERS.iter().any(|name| section.has(name)) {
            let conditions = self.conditions(&mut section, "pointcutData", API_MANAGER);
            self.found.push((path.to_owned(), Found { config: section, conditions }));
            return Ok(());
        }
        section.refuse_rest(&PARAMETERS, self.notes);
        Ok(())
    }

    fn list(&mut self, elements: Vec<Value>, path: &str) -> Result<(), ImportError> {
        elements
            .into_iter()
            .enumerate()
            .try_for_each(|(index, element)| self.document(element, &format!("{path}[{index}]")))
    }

    /// A resource of Flex Gateway in local mode.
    fn resource(&mut self, mut section: Section) -> Result<(), ImportError> {
        let kind = section.text("kind", self.notes).unwrap_or_default();
        self.notes.changed(section.at("kind"), None, "a resource of the gateway");
        section.remark(
            &["apiVersion", "metadata"],
            "the resource's name in the gateway; a policy has none",
            self.notes,
        );
        let Some(mut spec) = section.section("spec", self.notes) else {
            section.refuse_rest(&["spec"], self.notes);
            return Ok(());
        };
        match kind.as_str() {
            "PolicyBinding" => self.binding(spec),
            "ApiInstance" => {
                let policies = spec.list("policies", self.notes).unwrap_or_default();
                let path = spec.at("policies");
                spec.remark_rest(&["policies"], "how the gateway reaches the application", self.notes);
                for (index, policy) in policies.into_iter().enumerate() {
                    let path = format!("{path}[{index}]");
                    match policy {
                        Value::Object(members) => self.binding(Section::new(path, members)),
                        _ => return Err(ImportError::new(path, "expected an object")),
                    }
                }
            }
            _ => spec.remark_rest(&[], "how the gateway reaches the application", self.notes),
        }
        section.refuse_rest(&["apiVersion", "kind", "metadata", "spec"], self.notes);
        Ok(())
    }

    /// A policy and what it is bound to.
    fn binding(&mut self, mut spec: Section) {
        let path = spec.at("policyRef");
        let mut reference = spec.section("policyRef", self.notes);
        let name = reference.as_mut().and_then(|reference| reference.text("name", self.notes)).unwrap_or_default();
        if !is_jwt_policy(&name) {
            self.notes.cannot(spec.path(), None, OTHER_POLICY);
            return;
        }
        self.notes.carried(path.as_str(), "issuers[0]", "the JWT validation policy");
        if let Some(mut reference) = reference {
            reference.remark(&["namespace", "kind", "apiVersion"], IDENTITY, self.notes);
            reference.remark_rest(&["name"], IDENTITY, self.notes);
        }
        spec.remark(
            &["targetRef"],
            "which API the gateway guards; the application decides where it uses the policy",
            self.notes,
        );
        spec.remark(&["order"], "where the policy stands among the gateway's others", self.notes);
        let conditions = self.conditions(&mut spec, "rules", FLEX);
        let config =
            spec.section("config", self.notes).unwrap_or_else(|| Section::new(spec.at("config"), Default::default()));
        spec.refuse_rest(&["targetRef", "policyRef", "order", "rules", "config"], self.notes);
        self.found.push((path, Found { config, conditions }));
    }

    fn policy_of_api_manager(&mut self, mut section: Section, path: &str) {
        let mut names: Vec<String> = Vec::new();
        for name in ["assetId", "policyTemplateId", "policyId"] {
            if let Some(Value::String(value)) = section.take(name, self.notes) {
                self.notes.changed(section.at(name), None, IDENTITY);
                names.push(value);
            }
        }
        for name in ["template", "implementationAsset"] {
            if let Some(mut template) = section.section(name, self.notes) {
                names.extend(template.text("assetId", self.notes));
                self.notes.changed(section.at(name), None, IDENTITY);
            }
        }
        // Numbers and ids of another kind name no policy that one could know.
        if names.iter().any(|name| name.contains(|c: char| c.is_ascii_alphabetic()) && !is_jwt_policy(name)) {
            self.notes.cannot(if path.is_empty() { "assetId".to_owned() } else { path.to_owned() }, None, OTHER_POLICY);
            return;
        }
        section.remark(&IDENTITIES, IDENTITY, self.notes);
        if section.flag("disabled", self.notes) == Some(true) {
            self.notes.changed(section.at("disabled"), None, "switched off in the gateway; the document checks tokens");
        }
        let conditions = self.conditions(&mut section, "pointcutData", API_MANAGER);
        let known = ["configurationData", "configuration", "config"];
        let config = known.iter().find_map(|name| section.section(name, self.notes));
        let config = config.unwrap_or_else(|| Section::new(section.at("configuration"), Default::default()));
        section.refuse_rest(&["configurationData", "configuration", "pointcutData", "disabled"], self.notes);
        self.found.push((path.to_owned(), Found { config, conditions }));
    }

    fn conditions(&mut self, section: &mut Section, name: &str, names: Names) -> Option<(Vec<Value>, String, Names)> {
        let path = section.at(name);
        section.list(name, self.notes).map(|list| (list, path, names))
    }
}

fn is_jwt_policy(name: &str) -> bool {
    name.starts_with("jwt-validation")
}

const IDENTITIES: [&str; 17] = [
    "id",
    "apiId",
    "apiVersionId",
    "environmentId",
    "organizationId",
    "masterOrganizationId",
    "groupId",
    "assetVersion",
    "order",
    "label",
    "audit",
    "type",
    "version",
    "upstreamIds",
    "templateId",
    "policyName",
    "pathTemplate",
];
const IDENTITY: &str = "what the policy is called inside the gateway";
const OTHER_POLICY: &str = "not a JWT validation policy: nothing here does what it did";
