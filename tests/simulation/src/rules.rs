//! What must hold, always, and the little that has to be remembered to see whether it does.

use crate::issuer::{Issuer, Trouble};
use crate::random::SECOND;
use crate::terms::Terms;
use jotgate::{Code, Verdict};
use std::collections::VecDeque;

/// A property that does not hold, in words.
#[derive(Debug)]
pub(crate) struct Broken(pub(crate) String);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// Of our issuer, signed by the key of this number.
    Ours(usize),
    /// Of the other issuer, signed by our key of this number.
    Crossed(usize),
    Theirs,
    Junk(u64),
}

/// The set that the node must hold by what was answered to it.
#[derive(Clone, Copy, Debug)]
struct Held {
    place: usize,
    sent: i64,
    /// By how much the clock was set forward since: the set looks older by that.
    forward: i64,
}

/// How exactly the machine keeps time: the tolerance for late readings, its grain, and rounding.
const GRAIN: i64 = 12 * SECOND;

pub(crate) struct Rules {
    terms: Terms,
    held: Option<Held>,
    /// When the node last looked at its clock.
    seen: i64,
    /// How far the clock was set back since the node last looked at it.
    set_back: i64,
    /// Steps back that the node has looked at since: when, and how much time they may have hidden.
    hidden: VecDeque<(i64, i64)>,
    /// When the node was last disturbed by a step of its clock or a restart.
    disturbed: i64,
    /// Whether a fetch is out, for each of the two sources.
    out: [Option<i64>; 2],
    /// Starts of fetches from our issuer within the last `cooldown` that no failure explains.
    starts: VecDeque<i64>,
    failing: bool,
    failed_at: i64,
}

impl Rules {
    pub(crate) fn new(terms: Terms) -> Self {
        Self {
            terms,
            held: None,
            seen: 0,
            set_back: 0,
            hidden: VecDeque::new(),
            disturbed: i64::MIN / 2,
            out: [None, None],
            starts: VecDeque::new(),
            failing: false,
            failed_at: i64::MIN / 2,
        }
    }

    /// The node looks at its clock. Of the time that passed since it last did, a step back hides at most its own length,
    /// and at most all of that time: nobody can tell an hour that passed unseen from an hour that a step took away.
    pub(crate) fn saw(&mut self, now: i64) {
        let set_back = std::mem::take(&mut self.set_back);
        if set_back > 0 {
            self.hidden.push_back((now, set_back.min(now - self.seen + GRAIN)));
        }
        self.seen = now;
    }

    pub(crate) fn undisturbed_since(&self, from: i64) -> bool {
        self.disturbed < from
    }

    pub(crate) fn stepped(&mut self, delta: i64, now: i64) {
        self.disturbed = now;
        self.starts.clear();
        if delta > 0 {
            if let Some(held) = &mut self.held {
                held.forward += delta;
            }
        } else {
            self.set_back -= delta;
        }
    }

    pub(crate) fn restarted(&mut self, warm: bool, now: i64) {
        self.disturbed = now;
        self.starts.clear();
        self.out = [None, None];
        self.failing = false;
        self.held = self.held.filter(|_| warm);
    }

    /// Property 2: one fetch at a time, and no more than the budgets allow.
    pub(crate) fn sent(&mut self, ours: bool, now: i64) -> Result<(), Broken> {
        let undisturbed = self.undisturbed_since(now - self.terms.timeout - GRAIN);
        let slot = &mut self.out[usize::from(!ours)];
        if slot.replace(now).is_some() && undisturbed {
            return Err(Broken("2: two fetches of one source are out".to_owned()));
        }
        if !ours {
            return Ok(());
        }
        if self.failing {
            let pause = now - self.failed_at;
            // A step forward ends a pause early.
            if pause < SECOND / 4 && undisturbed {
                return Err(Broken(format!("2: a fetch {pause} ms after a failure")));
            }
            return Ok(());
        }
        self.starts.push_back(now);
        while self.starts.front().is_some_and(|start| now - start >= self.terms.cooldown) {
            self.starts.pop_front();
        }
        // One for a set that there was none of, a refresh for each ttl that fits the window, and the budget of two.
        let refreshes = 1 + self.terms.cooldown / (45 * SECOND);
        if i64::try_from(self.starts.len()).unwrap_or(i64::MAX) > 1 + refreshes + 2 {
            return Err(Broken(format!("2: {} fetches within one cooldown", self.starts.len())));
        }
        Ok(())
    }

    /// A fetch has come back; `place` is the publication that it brought or confirmed, if the machine took it.
    pub(crate) fn landed(&mut self, theirs: bool, sent: i64, place: Option<usize>, now: i64) {
        let slot = &mut self.out[usize::from(theirs)];
        if *slot == Some(sent) {
            *slot = None;
        }
        if theirs {
            return;
        }
        self.failing = place.is_none();
        match place {
            Some(place) => self.held = Some(Held { place, sent, forward: 0 }),
            None => self.failed_at = now,
        }
    }

    /// A set came from the store: another process, whose clock was behind ours by so much, fetched it at that time.
    ///
    /// If it was ahead instead, the set looks younger by that, and nobody can tell: hosts that share a store have to keep
    /// their clocks in step.
    pub(crate) fn imported(&mut self, place: usize, fetched: i64, behind: i64, now: i64) {
        if behind < 0 {
            self.hidden.push_back((now, -behind));
        }
        self.held = Some(Held { place, sent: fetched, forward: behind });
    }

    /// And answered the fetch that was to be made.
    pub(crate) fn settled(&mut self) {
        self.failing = false;
    }

    pub(crate) fn check_wait(&self, waited: i64) -> Result<(), Broken> {
        // Two fetches at most: the one that was out, and one past all caches.
        let longest = 2 * self.terms.timeout + 5 * SECOND;
        if waited > longest { Err(Broken(format!("4: a validation waited for {waited} ms"))) } else { Ok(()) }
    }

    pub(crate) fn check(
        &mut self, token: Token, verdict: &Verdict, issuer: &Issuer, now: i64, timers: bool,
    ) -> Result<(), Broken> {
        let accepted = matches!(verdict, Verdict::Accepted(_));
        match token {
            Token::Crossed(_) | Token::Junk(_) if accepted => Err(Broken(format!("6: {token:?} was accepted"))),
            Token::Ours(key) if accepted => self.check_staleness(key, issuer, now, timers),
            Token::Ours(key) => {
                self.check_at_hand(key, verdict, issuer, now)?;
                self.check_outage(key, verdict, issuer, now)
            }
            _ => Ok(()),
        }
    }

    /// Property 1: a key that the issuer dropped does not live longer than the policy says.
    fn check_staleness(&mut self, key: usize, issuer: &Issuer, now: i64, timers: bool) -> Result<(), Broken> {
        let horizon = now - 4 * self.terms.life();
        while self.hidden.front().is_some_and(|(at, _)| *at < horizon) {
            self.hidden.pop_front();
        }
        let slack = GRAIN + self.hidden.iter().map(|(_, hidden)| hidden).sum::<i64>();
        let dropped_for = issuer.dropped_for(key, now);
        if dropped_for > self.terms.life() + slack {
            return Err(Broken(format!("1: key {key} was dropped {dropped_for} ms ago")));
        }
        let reachable = self.terms.ttl + self.terms.backoff_max + 2 * self.terms.timeout + slack;
        let quiet = self.undisturbed_since(now - reachable) && issuer.healthy_since(now - reachable, now);
        if timers && quiet && dropped_for > reachable {
            return Err(Broken(format!("1: key {key} was dropped {dropped_for} ms ago, and the issuer reachable")));
        }
        Ok(())
    }

    /// Property 4: a key of a set that is not expired is accepted at once.
    fn check_at_hand(&self, key: usize, verdict: &Verdict, issuer: &Issuer, now: i64) -> Result<(), Broken> {
        let Some(held) = self.held else { return Ok(()) };
        let has = issuer.publications[held.place].keys.contains(&key);
        let oldest = now - held.sent + held.forward + GRAIN;
        if has && oldest < self.terms.max_stale {
            return Err(Broken(format!("4: key {key} is at hand, and the verdict is {verdict:?}")));
        }
        Ok(())
    }

    /// Property 5: no good token is refused because of an outage.
    fn check_outage(&self, key: usize, verdict: &Verdict, issuer: &Issuer, now: i64) -> Result<(), Broken> {
        let Verdict::Rejected(rejection) = verdict else { return Ok(()) };
        if rejection.code != Code::UnknownKey {
            return Err(Broken(format!("5: a token of ours was refused: {rejection}")));
        }
        let good = issuer.published(now).keys.contains(&key);
        let since = now - self.terms.cooldown - self.terms.timeout - GRAIN;
        let out = issuer.trouble(now).filter(|outage| outage.from < since && outage.trouble != Trouble::Flaky);
        if good && out.is_some() && self.undisturbed_since(since) {
            return Err(Broken(format!("5: a good token of key {key} was refused during an outage")));
        }
        Ok(())
    }
}
