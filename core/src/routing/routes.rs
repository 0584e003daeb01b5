//! Method and resource conditions: which requests the policy applies to, and what a route adds.

use super::places::Spelling;
use super::route::{Fit, Route};
use super::taken::Taken;
use crate::checks::Asks;
use crate::claim_names::ClaimNames;
use crate::codes::Code;
use crate::document::{PolicyError, Unmatched, WrittenRoute, WrittenTargets, all};
use crate::rejection::Rejection;
use crate::request::Request;
use crate::target::{Oddities, Path};

/// The routes of a policy, in order; the first that matches counts.
#[derive(Debug)]
pub(crate) struct Routes {
    routes: Vec<Route>,
    unmatched: Unmatched,
    /// Whether a request could pass somewhere because the policy reads its path otherwise than the application. Then what
    /// can be read in several ways is refused.
    refuses_odd: bool,
    /// What can be read in several ways and is taken in each of them.
    allowed: Oddities,
}

impl Routes {
    pub(crate) fn compile(
        written: Vec<WrittenRoute>, unmatched: Option<Unmatched>, targets: WrittenTargets, kept: &mut ClaimNames,
    ) -> Result<Self, PolicyError> {
        let route = |(index, route)| Route::compile(route, kept, &format!("routes[{index}]"));
        let routes: Vec<Route> = all(written.into_iter().enumerate().map(route))?;
        let asks = routes.iter().any(|route| route.asks.is_some());
        let unmatched = match unmatched {
            Some(Unmatched::Deny) if routes.is_empty() => {
                let error = PolicyError::new("unmatched", "without routes this refuses every request");
                return Err(error.with_hint("write the requests that may pass in routes"));
            }
            Some(unmatched) => unmatched,
            None if asks => {
                let error = PolicyError::new(
                    "unmatched",
                    "a route asks for more than a token, and what becomes of requests that no route names is not written",
                );
                return Err(error.with_hint("write  unmatched: deny  and name all requests in routes, or  unmatched: token  where a token is enough for the others"));
            }
            None => Unmatched::Token,
        };
        let refuses_odd = asks || unmatched == Unmatched::Deny || relaxes_later(&routes);
        Ok(Self { routes, unmatched, refuses_odd, allowed: targets.allow.into_iter().collect() })
    }

    /// From now on a target that can be read in several ways is refused, whatever the routes say.
    pub(crate) fn refuse_odd_targets(&mut self) {
        self.refuses_odd = true;
    }

    /// What the routes ask for, with the number of each.
    pub(crate) fn asks(&self) -> impl Iterator<Item = (usize, &Asks)> {
        self.routes.iter().enumerate().filter_map(|(index, route)| Some((index, route.asks.as_ref()?)))
    }

    /// What a route asks for.
    pub(crate) fn asked_by(&self, index: usize) -> Option<&Asks> {
        self.routes.get(index)?.asks.as_ref()
    }

    /// The routes that the request takes; without one the policy applies as it is.
    ///
    /// Paths are matched in their normal form. A route that asks for a token or more also takes what servers may take for
    /// its requests, and none that lets requests pass. So what stands behind may read another path than the policy does, as
    /// long as it is one of those; a path for which it is not is refused, or takes no route that asks for less.
    pub(crate) fn find(&self, request: &Request<'_>) -> Result<Taken<'_>, Rejection> {
        let mut taken = Taken::default();
        if self.routes.is_empty() && !self.refuses_odd {
            return Ok(taken);
        }
        let path = Path::of(request.path);
        if path.oddities.is_empty() || !self.refuses_odd {
            self.take(request.method, &path.text, path.oddities.is_empty(), &mut taken);
        } else if let Some(oddity) = path.oddities.first_without(self.allowed) {
            return Err(Rejection::new(Code::AmbiguousTarget, oddity.detail()));
        } else {
            path.readings().for_each(|reading| self.take(request.method, &reading, false, &mut taken));
        }
        if taken.is_none() && self.unmatched == Unmatched::Deny {
            return Err(Rejection::new(Code::UnmatchedRequest, "no route of the policy names the request"));
        }
        Ok(taken)
    }

    /// Adds the routes that one path takes. Where servers may read another one, `plain` is false, and no route lets it pass.
    fn take<'r>(&'r self, method: &str, path: &str, plain: bool, taken: &mut Taken<'r>) {
        let path = Spelling::new(path);
        let mut head_as_get = false;
        let mut empty_ends = Vec::new();
        for (index, route) in self.routes.iter().enumerate() {
            // Behind the route of GET, a HEAD takes what is written for HEAD alone.
            if (!plain && !route.is_strict()) || (head_as_get && !route.names_head()) {
                continue;
            }
            match route.fit(method, &path) {
                None => {}
                Some(Fit::Exact) => {
                    taken.add(index, route, if plain { Fit::Exact } else { Fit::Lax });
                    // `/orders/` that is named by itself is no `/orders/{id}`.
                    if route.is_literal() {
                        empty_ends.clear();
                    }
                    break;
                }
                Some(Fit::EmptyEnd) => empty_ends.push((index, route)),
                Some(Fit::HeadAsGet) => {
                    taken.add(index, route, if plain { Fit::HeadAsGet } else { Fit::Lax });
                    head_as_get = true;
                    if route.is_literal() {
                        empty_ends.clear();
                    }
                }
                Some(Fit::Lax) => {
                    taken.add(index, route, Fit::Lax);
                }
            }
        }
        empty_ends.into_iter().for_each(|(index, route)| taken.add(index, route, Fit::EmptyEnd));
    }
}

/// Whether a route that lets requests pass without a token stands behind one that does not.
fn relaxes_later(routes: &[Route]) -> bool {
    routes.iter().skip_while(|route| route.relaxes()).any(Route::relaxes)
}
