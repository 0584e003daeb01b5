//! One route: a kind of request, and what is asked of it.

use super::methods::{MethodFit, Methods};
use super::places::{Places, Spelling};
use super::template::PathFit;
use crate::checks::{Asks, WrittenAsks};
use crate::claim_names::ClaimNames;
use crate::document::{Mistakes, PolicyError, WrittenRoute};

/// A kind of request and what is asked of it.
#[derive(Debug)]
pub(crate) struct Route {
    methods: Methods,
    places: Places,
    /// The request needs no token, and one that it carries is not looked at.
    pub(super) skip: bool,
    /// The request needs no token, but one that it carries must be good.
    pub(super) optional: bool,
    /// What a token has to be beside what its issuer's entry says.
    pub(crate) asks: Option<Asks>,
}

/// How a route takes a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// As the policy writes it.
    Exact,
    /// A `HEAD` by a route that names `GET`.
    HeadAsGet,
    /// A server may take the request for one that the route takes.
    Lax,
    /// The same, and the placeholder at its end stands for nothing.
    EmptyEnd,
}

impl Route {
    pub(super) fn compile(written: WrittenRoute, kept: &mut ClaimNames, path: &str) -> Result<Self, PolicyError> {
        let WrittenRoute { skip, optional, .. } = written;
        let mut mistakes = Mistakes::default();
        let methods = mistakes.keep(Methods::compile(written.methods, path));
        let asks = WrittenAsks {
            issuers: written.issuers,
            audience: written.audience,
            client_id: written.client_id,
            scopes: written.scopes,
            claims: written.claims,
        };
        let asks = mistakes.keep(Asks::compile(asks, kept, path));
        let asked = asks.as_ref().is_some_and(Option::is_some);
        if skip && (optional || asked) {
            let error = PolicyError::new(path, "skip excludes optional, and whatever is asked of a token");
            mistakes.add(error.with_hint("skip looks at no token; optional looks at one that is there"));
        }
        let lax = !(skip || optional) || asked;
        let places = mistakes.keep(Places::compile(written.path, written.path_regex, lax, path));
        let parts = methods.zip(asks).zip(places);
        mistakes.finish(parts).map(|((methods, asks), places)| Self { methods, places, skip, optional, asks })
    }

    /// Whether requests may pass here without a token.
    pub(super) fn relaxes(&self) -> bool {
        self.skip || self.optional
    }

    /// Whether the route holds for whatever a server may take for its requests. One that lets requests pass and asks
    /// for nothing does not: it would let too many pass.
    pub(super) fn is_strict(&self) -> bool {
        !self.relaxes() || self.asks.is_some()
    }

    pub(super) fn names_head(&self) -> bool {
        self.methods.name_head()
    }

    pub(super) fn is_literal(&self) -> bool {
        self.places.is_literal()
    }

    pub(super) fn fit(&self, method: &str, path: &Spelling<'_>) -> Option<Fit> {
        let method = self.methods.fit(method)?;
        if !self.is_strict() {
            return (method == MethodFit::Exact && self.places.take(path)).then_some(Fit::Exact);
        }
        if self.places.take(path) {
            return Some(match method {
                MethodFit::Exact => Fit::Exact,
                MethodFit::HeadAsGet if !self.relaxes() => Fit::HeadAsGet,
                MethodFit::HeadAsGet | MethodFit::OtherCase => Fit::Lax,
            });
        }
        Some(match self.places.may_take(path)? {
            PathFit::EmptyEnd => Fit::EmptyEnd,
            PathFit::OtherSpelling => Fit::Lax,
        })
    }
}
