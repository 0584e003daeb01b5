//! One node: the real validator, driven as a host drives it, on a clock that may be set.

mod sharing;

use crate::issuer::{Issuer, OUR_URL, Trouble, junk};
use crate::random::{DAY, HOUR, MINUTE, Random, SECOND};
use crate::rules::{Broken, Rules, Token};
use crate::tally::Tally;
use crate::terms::Terms;
use jotgate::{
    EventKind, FetchRequest, FetchResponse, Policy, Report, SourceState, Timestamp, Validator, Verdict, Work,
    WorkFailure, WorkId,
};
use sharing::{Look, Save, Saved};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Where virtual time begins, in milliseconds since the epoch.
const EPOCH: i64 = 1_800_000_000_000;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    Traffic,
    Flood,
    /// A flood that goes on.
    MoreFlood,
    ClockStep,
    Restart,
    /// The host's timer; one that was set again since is ignored.
    Wakeup(i64),
    /// A look into the store has ended.
    Looked(WorkId, Look),
    /// A fetch that was sent at this time comes back.
    Landed(WorkId, i64, Reply),
    /// A save of this text has ended.
    Saved(WorkId, u64, Save),
    /// Some validation has waited for as long as it may.
    Patience,
    /// One backoff step after this outage.
    AfterOutage(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reply {
    /// Our key set as this publication has it.
    Set(usize),
    NotModified(usize),
    TheirSet,
    Corrupt(u8),
    Connection,
    Timeout,
}

/// A validation that waits since a time, for one of these, and until then.
struct Waiter {
    token: Token,
    since: i64,
    wait_for: Vec<WorkId>,
    until: i64,
}

pub(crate) struct Node<'i> {
    issuer: &'i Issuer,
    terms: Terms,
    validator: Validator,
    policy: String,
    random: Random,
    /// True time, since the beginning, and by how much the node's clock is ahead of it.
    now: i64,
    ahead: i64,
    /// Whether the host polls when it is time, or only after verdicts.
    timers: bool,
    wakeup_at: i64,
    /// Whether the node has a store that it shares with others, and what it has saved there.
    shares: bool,
    saved: Saved,
    queue: BinaryHeap<Reverse<(i64, u64, Happening)>>,
    order: u64,
    waiting: Vec<Waiter>,
    rules: Rules,
    tally: Tally,
}

impl<'i> Node<'i> {
    pub(crate) fn new(issuer: &'i Issuer, terms: Terms, seed: u64, number: u64) -> Result<Self, Broken> {
        let mut random = Random::new(seed, 1000 + number);
        let policy = terms.policy();
        let shares = number % 3 == 1;
        Ok(Self {
            validator: validator(&policy, shares, &mut random)?,
            issuer,
            terms,
            policy,
            now: 0,
            ahead: random.between(-5 * SECOND, 5 * SECOND),
            timers: number.is_multiple_of(2),
            wakeup_at: i64::MAX,
            shares,
            saved: Saved::default(),
            queue: BinaryHeap::new(),
            order: 0,
            waiting: Vec::new(),
            rules: Rules::new(terms),
            tally: Tally::default(),
            random,
        })
    }

    /// Lives until the end of the run.
    pub(crate) fn live(mut self, until: i64) -> Result<Tally, Broken> {
        let first = self.random.interval(self.terms.traffic);
        self.plan(first, Happening::Traffic);
        for (mean, happening) in
            [(self.flood_every(), Happening::Flood), (15 * DAY, Happening::ClockStep), (7 * DAY, Happening::Restart)]
        {
            let at = self.random.interval(mean);
            self.plan(at, happening);
        }
        for (number, outage) in self.issuer.outages.iter().enumerate() {
            let at = outage.until + self.terms.backoff_max + self.terms.timeout + 10 * SECOND;
            self.plan(at, Happening::AfterOutage(number));
        }
        while let Some(Reverse((at, _, happening))) = self.queue.pop() {
            if at > until {
                break;
            }
            self.now = self.now.max(at);
            self.happen(happening)
                .map_err(|Broken(what)| Broken(format!("at {:.3} d: {what}", self.now as f64 / DAY as f64)))?;
            self.set_timer();
        }
        Ok(self.tally)
    }

    fn happen(&mut self, happening: Happening) -> Result<(), Broken> {
        match happening {
            Happening::Traffic => {
                let next = self.random.interval(self.terms.traffic);
                self.plan(next, Happening::Traffic);
                let token = self.token();
                self.ask(token, self.now, None)?;
            }
            Happening::Flood => {
                let next = self.random.interval(self.flood_every());
                self.plan(next, Happening::Flood);
                self.flood()?;
            }
            Happening::MoreFlood => self.flood()?,
            Happening::ClockStep => {
                let next = self.random.interval(15 * DAY);
                self.plan(next, Happening::ClockStep);
                self.step_clock();
            }
            Happening::Restart => {
                let next = self.random.interval(7 * DAY);
                self.plan(next, Happening::Restart);
                match self.random.one_in(4) {
                    true => self.fork()?,
                    false => self.restart()?,
                }
            }
            Happening::Wakeup(at) if at != self.wakeup_at => {}
            Happening::Wakeup(_) => {
                self.wakeup_at = i64::MAX;
                self.run_due()?;
            }
            Happening::Looked(id, look) => self.looked(id, look)?,
            Happening::Landed(id, sent, reply) => self.land(id, sent, reply)?,
            Happening::Saved(id, text, save) => self.save_ended(id, text, save)?,
            Happening::Patience => self.lose_patience()?,
            Happening::AfterOutage(number) => self.check_recovery(number)?,
        }
        Ok(())
    }

    /// Floods keep pace with the traffic: one a day where there is a request every ten minutes.
    fn flood_every(&self) -> i64 {
        144 * self.terms.traffic
    }

    fn clock(&mut self) -> Timestamp {
        self.rules.saw(self.now);
        Timestamp::from_millis(EPOCH + self.now + self.ahead)
    }

    fn plan(&mut self, from_now: i64, happening: Happening) {
        self.order += 1;
        self.queue.push(Reverse((self.now.saturating_add(from_now), self.order, happening)));
    }

    /// What a client brings: mostly a token of the present signer, at times one of a key that may be gone.
    fn token(&mut self) -> Token {
        let present = self.issuer.published(self.now);
        match self.random.next() % 20 {
            0 => Token::Theirs,
            1 => Token::Crossed(present.signer),
            2 => Token::Junk(self.random.next()),
            3..=6 => Token::Ours(present.signer.saturating_sub((self.random.next() % 3) as usize)),
            _ => Token::Ours(present.signer),
        }
    }

    /// One question of a client, or of one that has waited since, and was woken for this.
    fn ask(&mut self, token: Token, since: i64, woken_for: Option<WorkId>) -> Result<(), Broken> {
        self.tally.validations += 1;
        let now = self.clock();
        let verdict = match token {
            Token::Ours(key) => self.validator.validate(&self.issuer.tokens[key], now),
            Token::Crossed(key) => self.validator.validate(&self.issuer.crossed[key], now),
            Token::Theirs => self.validator.validate(&self.issuer.their_token, now),
            Token::Junk(number) => self.validator.validate(&junk(number), now),
        };
        self.rules.check(token, &verdict, self.issuer, self.now, self.timers)?;
        match verdict {
            Verdict::KeysNeeded(needed) => {
                if woken_for.is_some_and(|id| needed.wait_for.contains(&id)) {
                    return Err(Broken("8: a validation was woken by what has not ended".to_owned()));
                }
                let patience = i64::try_from(needed.patience.as_millis()).unwrap_or(i64::MAX);
                self.plan(patience, Happening::Patience);
                let until = self.now + patience;
                self.waiting.push(Waiter { token, since, wait_for: needed.wait_for, until });
                return self.run_due();
            }
            Verdict::Accepted(_) => {
                self.tally.accepted += 1;
                if let Token::Ours(key) = token {
                    let dropped_for = self.issuer.dropped_for(key, self.now);
                    self.tally.worst_staleness = self.tally.worst_staleness.max(dropped_for);
                }
            }
            Verdict::KeysUnavailable(_) => self.tally.unavailable += 1,
            Verdict::Rejected(_) => {
                let good = token == Token::Ours(self.issuer.published(self.now).signer);
                self.tally.refused_good += u64::from(good);
            }
            _ => return Err(Broken("a verdict that no route can give".to_owned())),
        }
        self.tally.longest_wait = self.tally.longest_wait.max(self.now - since);
        self.rules.check_wait(self.now - since)?;
        self.run_due()
    }

    /// Takes the work that is due and begins it.
    fn run_due(&mut self) -> Result<(), Broken> {
        let now = self.clock();
        if !self.validator.work_due(now) {
            return Ok(());
        }
        while let Some(work) = self.validator.poll_work(now) {
            match work {
                Work::Load { id, timeout } => self.look(id, timeout),
                Work::Fetch(request) => self.send(request)?,
                Work::Save { id, timeout, .. } => self.save(id, timeout),
                _ => return Err(Broken("work of an unknown kind".to_owned())),
            }
        }
        match self.validator.work_due(now) {
            true => Err(Broken("9: work is due, and none is given out".to_owned())),
            false => Ok(()),
        }
    }

    /// Hands in how work has ended, wakes those who wait for it, and begins what follows from it.
    fn report(&mut self, id: WorkId, report: Report<'_>) -> Result<(), Broken> {
        let now = self.clock();
        let _ = self.validator.report(id, report, now);
        self.wake(id)
    }

    fn wake(&mut self, id: WorkId) -> Result<(), Broken> {
        let (woken, waiting) =
            std::mem::take(&mut self.waiting).into_iter().partition(|waiter| waiter.wait_for.contains(&id));
        self.waiting = waiting;
        let woken: Vec<Waiter> = woken;
        for Waiter { token, since, .. } in woken {
            self.tally.asked_again += 1;
            self.ask(token, since, Some(id))?;
        }
        self.run_due()
    }

    /// Whoever has waited for long enough reports what it waited for as failed.
    fn lose_patience(&mut self) -> Result<(), Broken> {
        while let Some(waiter) = self.waiting.iter().find(|waiter| waiter.until <= self.now) {
            self.tally.lost_patience += 1;
            for id in waiter.wait_for.clone() {
                self.report(id, Report::failed(WorkFailure::Timeout))?;
            }
        }
        Ok(())
    }

    fn send(&mut self, request: FetchRequest) -> Result<(), Broken> {
        self.tally.fetches += 1;
        let ours = request.url == OUR_URL;
        self.rules.sent(ours, self.now)?;
        if ours
            && let Some(ended) = self.issuer.outages.iter().rev().find(|outage| outage.until <= self.now)
            && self.now - ended.until < 10 * MINUTE
        {
            let second = (self.now - ended.until) / SECOND;
            *self.tally.after_outage.entry(ended.until).or_default().entry(second).or_default() += 1;
        }
        let timeout = i64::try_from(request.timeout.as_millis()).unwrap_or(i64::MAX);
        let (latency, reply) = if ours { self.reply(&request, timeout) } else { (50.min(timeout), Reply::TheirSet) };
        self.plan(latency, Happening::Landed(request.id, self.now, reply));
        Ok(())
    }

    fn reply(&mut self, request: &FetchRequest, timeout: i64) -> (i64, Reply) {
        let latency = match self.random.one_in(50) {
            true => self.random.between(SECOND, timeout),
            false => self.random.between(5, 300),
        };
        let latency = latency.min(timeout);
        let trouble = self.issuer.trouble(self.now).map(|outage| outage.trouble);
        let odd = self.random.one_in(2);
        match trouble {
            Some(Trouble::Down) => (latency, Reply::Connection),
            Some(Trouble::Flaky) if odd => (latency, Reply::Connection),
            Some(Trouble::Slow) => (timeout, Reply::Timeout),
            Some(Trouble::Corrupt) => (latency, Reply::Corrupt((self.random.next() % 5) as u8)),
            Some(Trouble::Flaky) | None => {
                let place = self.issuer.publications.partition_point(|publication| publication.from <= self.now) - 1;
                let tag = &self.issuer.publications[place].etag;
                let unchanged = request.headers.iter().any(|(name, value)| *name == "if-none-match" && value == tag);
                (latency, if unchanged { Reply::NotModified(place) } else { Reply::Set(place) })
            }
        }
    }

    fn land(&mut self, id: WorkId, sent: i64, reply: Reply) -> Result<(), Broken> {
        let now = self.clock();
        let issuer = self.issuer;
        let mut headers: Vec<(&str, &str)> = Vec::new();
        headers.extend(issuer.cache_control.as_deref().map(|value| ("cache-control", value)));
        if let Reply::Set(place) | Reply::NotModified(place) = reply {
            headers.push(("etag", &issuer.publications[place].etag));
        }
        let answer = match reply {
            Reply::Set(place) => Ok((200, issuer.publications[place].body.as_str())),
            Reply::NotModified(_) => Ok((304, "")),
            Reply::TheirSet => Ok((200, issuer.their_body.as_str())),
            Reply::Corrupt(0) => Ok((200, "<html>Sign in</html>")),
            Reply::Corrupt(1) => Ok((200, r#"{"keys":[]}"#)),
            Reply::Corrupt(2) => Ok((200, r#"{"keys":[{"kty":"OKP","crv":"Ed25519","#)),
            Reply::Corrupt(3) => Ok((204, "")),
            Reply::Corrupt(_) => Ok((500, issuer.publications[0].body.as_str())),
            Reply::Connection => Err(WorkFailure::Connection),
            Reply::Timeout => Err(WorkFailure::Timeout),
        };
        while self.validator.poll_event().is_some() {}
        let report = match answer {
            Ok((status, body)) => Report::Fetched(FetchResponse { status, headers: &headers, body: body.as_bytes() }),
            Err(failure) => Report::failed(failure),
        };
        let _ = self.validator.report(id, report, now);
        let taken = std::iter::from_fn(|| self.validator.poll_event())
            .any(|event| matches!(event.kind, EventKind::FetchOk { .. }));
        let place = match reply {
            Reply::Set(place) | Reply::NotModified(place) => Some(place),
            _ => None,
        };
        self.rules.landed(reply == Reply::TheirSet, sent, place.filter(|_| taken), self.now);
        self.tally.failed_fetches += u64::from(!taken);
        self.tally.not_modified += u64::from(taken && matches!(reply, Reply::NotModified(_)));
        self.saved.fetched += u64::from(taken);
        self.wake(id)
    }

    /// A burst of junk, with good tokens in between.
    fn flood(&mut self) -> Result<(), Broken> {
        for round in 0..self.random.between(10, 60) {
            let number = self.random.next();
            self.ask(Token::Junk(number), self.now, None)?;
            if round % 5 == 0 {
                let signer = self.issuer.published(self.now).signer;
                self.ask(Token::Ours(signer), self.now, None)?;
            }
        }
        if self.random.one_in(2) {
            // It goes on for a while.
            let again = self.random.between(100, 20 * SECOND);
            self.plan(again, Happening::MoreFlood);
        }
        Ok(())
    }

    fn step_clock(&mut self) {
        self.tally.clock_steps += 1;
        let size = match self.random.next() % 3 {
            0 => self.random.between(1, 20 * SECOND),
            1 => self.random.between(SECOND, HOUR),
            _ => self.random.between(HOUR, 3 * DAY),
        };
        let delta = if self.random.one_in(2) { size } else { -size };
        self.ahead += delta;
        self.rules.stepped(delta, self.now);
    }

    /// The process ends and another begins, warm, cold, or with a snapshot that is not one.
    fn restart(&mut self) -> Result<(), Broken> {
        self.tally.restarts += 1;
        let snapshot = self.validator.export_keys();
        self.now += self.random.between(0, HOUR);
        self.validator = validator(&self.policy, self.shares, &mut self.random)?;
        self.forget();
        let now = self.clock();
        let kept = match self.random.next() % 3 {
            0 => 0,
            1 => {
                let cut = snapshot.get(..snapshot.len() / 2).unwrap_or_default();
                if self.validator.import_keys(cut, now).is_ok() {
                    return Err(Broken("half a snapshot was taken in".to_owned()));
                }
                0
            }
            _ => self.validator.import_keys(&snapshot, now).unwrap_or(0),
        };
        let ours = self.validator.health(now).sources.first().is_some_and(|source| source.keys > 0);
        self.rules.restarted(kept > 0 && ours, self.now);
        Ok(())
    }

    /// The process forks, and the child goes on alone: nobody does what the parent had begun.
    fn fork(&mut self) -> Result<(), Broken> {
        self.tally.restarts += 1;
        self.forget();
        let now = self.clock();
        self.validator.reissue_work(now);
        self.rules.restarted(true, self.now);
        self.run_due()
    }

    /// What the process had under way is gone. Its saves may have come to any end.
    fn forget(&mut self) {
        let gone = |happening: &Happening| {
            matches!(
                happening,
                Happening::Landed(..) | Happening::Looked(..) | Happening::Saved(..) | Happening::Patience
            )
        };
        self.queue.retain(|Reverse((_, _, happening))| !gone(happening));
        self.saved = Saved::default();
        (self.waiting, self.wakeup_at) = (Vec::new(), i64::MAX);
    }

    /// Property 3: one backoff step after an outage, who polls is fresh again.
    fn check_recovery(&mut self, number: usize) -> Result<(), Broken> {
        let outage = self.issuer.outages[number];
        // A pause that is on when the clock is set back can last for twice its length: nobody saw how much of it was over.
        let quiet = self.rules.undisturbed_since(outage.until - self.terms.timeout - self.terms.backoff_max);
        if !self.timers || !quiet || !self.issuer.healthy_since(outage.until, self.now) {
            return Ok(());
        }
        let now = self.clock();
        let health = self.validator.health(now);
        let late = |source: &jotgate::SourceHealth| {
            matches!(source.state, SourceState::Stale | SourceState::Expired) && source.failures_in_a_row > 0
        };
        match health.sources.first().filter(|source| late(source)) {
            Some(source) => Err(Broken(format!("3: not fresh one backoff step after an outage: {source:?}"))),
            None => Ok(()),
        }
    }

    fn set_timer(&mut self) {
        let Some(wakeup) = self.validator.next_wakeup().filter(|_| self.timers) else { return };
        let at = (wakeup.as_millis().saturating_sub(EPOCH).saturating_sub(self.ahead)).max(self.now + 1);
        if at < self.wakeup_at {
            self.wakeup_at = at;
            self.plan(at - self.now, Happening::Wakeup(at));
        }
    }
}

fn validator(policy: &str, shares: bool, random: &mut Random) -> Result<Validator, Broken> {
    let policy = Policy::from_json(policy).map_err(|error| Broken(format!("the policy: {error}")))?;
    let validator = Validator::new(policy, random.next());
    Ok(if shares { validator.with_store() } else { validator })
}
