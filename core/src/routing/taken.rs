//! The routes that a request takes.

use super::route::{Fit, Route};
use crate::checks::Asks;
use crate::codes::Code;
use crate::rejection::Rejection;

/// The routes that a request takes: the first that it fits as the policy writes it, and those before that a server may take it
/// for. What all of them ask for must hold.
///
/// One route is taken without allocation, and hardly any request takes several.
#[derive(Debug, Default)]
pub(crate) struct Taken<'r> {
    first: Option<(usize, &'r Route)>,
    rest: Vec<(usize, &'r Route)>,
    needs: Option<Needs>,
    /// The one that fits as it is written.
    exact: Option<usize>,
}

/// What a request needs to pass; the later the more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Needs {
    /// Nothing, and a token is not looked at.
    Nothing,
    /// A good token, or none.
    GoodTokenOrNone,
    Token,
}

impl<'r> Taken<'r> {
    pub(super) fn add(&mut self, index: usize, route: &'r Route, fit: Fit) {
        let needs = match fit {
            Fit::Exact if route.skip => Needs::Nothing,
            Fit::Exact if route.optional => Needs::GoodTokenOrNone,
            _ => Needs::Token,
        };
        self.needs = self.needs.max(Some(needs));
        if matches!(fit, Fit::Exact | Fit::HeadAsGet) {
            self.exact.get_or_insert(index);
        }
        if self.iter().any(|(other, _)| other == index) {
            return;
        }
        match self.first {
            None => self.first = Some((index, route)),
            Some(_) => self.rest.push((index, route)),
        }
    }

    pub(super) fn is_none(&self) -> bool {
        self.first.is_none()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &'r Route)> {
        self.first.into_iter().chain(self.rest.iter().copied())
    }

    /// What the request needs; without a route, a token.
    pub(crate) fn needs(&self) -> Needs {
        self.needs.unwrap_or(Needs::Token)
    }

    /// The route that stands for all, in verdicts and explanations.
    pub(crate) fn index(&self) -> Option<usize> {
        self.exact.or(self.first.map(|(index, _)| index))
    }

    /// The others that the request takes.
    pub(crate) fn beside(&self) -> impl Iterator<Item = usize> {
        let index = self.index();
        self.iter().map(|(index, _)| index).filter(move |other| Some(*other) != index)
    }

    /// What the routes ask of a token, with the number of each.
    pub(crate) fn asks(&self) -> impl Iterator<Item = (usize, &'r Asks)> {
        self.iter().filter_map(|(index, route)| Some((index, route.asks.as_ref()?)))
    }

    /// Names the route in a rejection that names none.
    pub(crate) fn on_route(&self, rejection: Rejection) -> Rejection {
        Rejection { route: rejection.route.or(self.index()), ..rejection }
    }

    /// The route that lets the request pass, whatever token it carries.
    pub(crate) fn let_pass_unseen(&self) -> Option<usize> {
        if self.needs() == Needs::Nothing { self.index() } else { None }
    }

    /// The route that lets the request pass although it carries no token; one that carries several has some.
    pub(crate) fn let_pass_without(&self, token: &Rejection) -> Option<usize> {
        let passes = self.needs() == Needs::GoodTokenOrNone && token.code == Code::MissingToken;
        if passes { self.index() } else { None }
    }
}
