//! One node: the real validator, driven as a host drives it, on a clock that may be set.

use crate::issuer::{Issuer, OUR_URL, Trouble, junk};
use crate::random::{DAY, HOUR, MINUTE, Random, SECOND};
use crate::rules::{Broken, Rules, Token};
use crate::store;
use crate::tally::Tally;
use crate::terms::Terms;
use jotgate::{
    EventKind, FetchFailure, FetchId, FetchRequest, FetchResponse, Policy, SourceState, Timestamp, Validator, Verdict,
};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

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
    /// The node has looked into the store for a fetch.
    Looked(FetchId),
    /// A fetch that was sent at this time comes back.
    Landed(FetchId, i64, Reply),
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
    /// Whether the node has a store that it shares with others, and the fetches for which it looks there.
    shares: bool,
    looking: BTreeMap<FetchId, FetchRequest>,
    queue: BinaryHeap<Reverse<(i64, u64, Happening)>>,
    order: u64,
    waiting: Vec<(Token, i64)>,
    rules: Rules,
    tally: Tally,
}

impl<'i> Node<'i> {
    pub(crate) fn new(issuer: &'i Issuer, terms: Terms, seed: u64, number: u64) -> Result<Self, Broken> {
        let mut random = Random::new(seed, 1000 + number);
        let policy = terms.policy();
        Ok(Self {
            validator: validator(&policy, &mut random)?,
            issuer,
            terms,
            policy,
            now: 0,
            ahead: random.between(-5 * SECOND, 5 * SECOND),
            timers: number.is_multiple_of(2),
            wakeup_at: i64::MAX,
            shares: number % 3 == 1,
            looking: BTreeMap::new(),
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
                self.ask(token, self.now)?;
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
                self.restart()?;
            }
            Happening::Wakeup(at) if at != self.wakeup_at => {}
            Happening::Wakeup(_) => {
                self.wakeup_at = i64::MAX;
                self.run_due()?;
            }
            Happening::Looked(id) => self.looked(id)?,
            Happening::Landed(id, sent, reply) => self.land(id, sent, reply)?,
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

    /// One question of a client, or of one that has waited since.
    fn ask(&mut self, token: Token, since: i64) -> Result<(), Broken> {
        self.tally.validations += 1;
        let now = self.clock();
        let verdict = match token {
            Token::Ours(key) => self.validator.validate(&self.issuer.tokens[key], now),
            Token::Crossed(key) => self.validator.validate(&self.issuer.crossed[key], now),
            Token::Theirs => self.validator.validate(&self.issuer.their_token, now),
            Token::Junk(number) => self.validator.validate(junk(number), now),
        };
        self.rules.check(token, &verdict, self.issuer, self.now, self.timers)?;
        match verdict {
            Verdict::KeysNeeded(needed) => {
                needed.start.into_iter().try_for_each(|request| self.fetch(request))?;
                self.waiting.push((token, since));
                return Ok(());
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

    fn run_due(&mut self) -> Result<(), Broken> {
        let now = self.clock();
        while self.validator.fetch_due(now)
            && let Some(request) = self.validator.poll_fetch(now)
        {
            self.fetch(request)?;
        }
        Ok(())
    }

    fn fetch(&mut self, request: FetchRequest) -> Result<(), Broken> {
        if !self.shares || request.url != OUR_URL {
            return self.send(request);
        }
        let latency = self.random.between(1, 50);
        self.plan(latency, Happening::Looked(request.id));
        self.looking.insert(request.id, request);
        Ok(())
    }

    /// What the store has may spare the request; what it has that is newer is taken in anyway.
    fn looked(&mut self, id: FetchId) -> Result<(), Broken> {
        let Some(request) = self.looking.remove(&id) else { return Ok(()) };
        let Some(stored) = store::look(self.issuer, &self.terms, &mut self.random, EPOCH, self.now) else {
            return self.send(request);
        };
        let now = self.clock();
        let age = |node: &Self| node.validator.health(now).sources.first().and_then(|source| source.age);
        let before = age(self);
        let settled = self.validator.settle_fetch(id, &stored.text, now).unwrap_or(false);
        if age(self) != before {
            self.rules.imported(stored.place, stored.fetched, self.ahead - stored.ahead, self.now);
        }
        if !settled {
            return self.send(request);
        }
        self.tally.shared += 1;
        self.rules.settled();
        self.ask_again()
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
        let (latency, reply) = if ours { self.reply(&request) } else { (50, Reply::TheirSet) };
        self.plan(latency, Happening::Landed(request.id, self.now, reply));
        Ok(())
    }

    fn reply(&mut self, request: &FetchRequest) -> (i64, Reply) {
        let latency = match self.random.one_in(50) {
            true => self.random.between(SECOND, self.terms.timeout),
            false => self.random.between(5, 300),
        };
        let trouble = self.issuer.trouble(self.now).map(|outage| outage.trouble);
        let odd = self.random.one_in(2);
        match trouble {
            Some(Trouble::Down) => (latency, Reply::Connection),
            Some(Trouble::Flaky) if odd => (latency, Reply::Connection),
            Some(Trouble::Slow) => (self.terms.timeout, Reply::Timeout),
            Some(Trouble::Corrupt) => (latency, Reply::Corrupt((self.random.next() % 5) as u8)),
            Some(Trouble::Flaky) | None => {
                let place = self.issuer.publications.partition_point(|publication| publication.from <= self.now) - 1;
                let tag = &self.issuer.publications[place].etag;
                let unchanged = request.headers.iter().any(|(name, value)| *name == "if-none-match" && value == tag);
                (latency, if unchanged { Reply::NotModified(place) } else { Reply::Set(place) })
            }
        }
    }

    fn land(&mut self, id: FetchId, sent: i64, reply: Reply) -> Result<(), Broken> {
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
            Reply::Connection => Err(FetchFailure::Connection),
            Reply::Timeout => Err(FetchFailure::Timeout),
        };
        while self.validator.poll_event().is_some() {}
        match answer {
            Ok((status, body)) => {
                let response = FetchResponse { status, headers: &headers, body: body.as_bytes() };
                self.validator.complete_fetch(id, response, now);
            }
            Err(failure) => self.validator.fail_fetch(id, failure, now),
        }
        let taken = std::iter::from_fn(|| self.validator.poll_event())
            .any(|event| matches!(event.kind, EventKind::FetchOk { .. }));
        let place = match reply {
            Reply::Set(place) | Reply::NotModified(place) => Some(place),
            _ => None,
        };
        self.rules.landed(reply == Reply::TheirSet, sent, place.filter(|_| taken), self.now);
        self.tally.failed_fetches += u64::from(!taken);
        self.tally.not_modified += u64::from(taken && matches!(reply, Reply::NotModified(_)));
        self.ask_again()
    }

    /// A fetch has ended, and whoever waits asks once more.
    fn ask_again(&mut self) -> Result<(), Broken> {
        for (token, since) in std::mem::take(&mut self.waiting) {
            self.ask(token, since)?;
        }
        Ok(())
    }

    /// A burst of junk, with good tokens in between.
    fn flood(&mut self) -> Result<(), Broken> {
        for round in 0..self.random.between(10, 60) {
            let number = self.random.next();
            self.ask(Token::Junk(number), self.now)?;
            if round % 5 == 0 {
                let signer = self.issuer.published(self.now).signer;
                self.ask(Token::Ours(signer), self.now)?;
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
        self.validator = validator(&self.policy, &mut self.random)?;
        self.queue.retain(|Reverse((_, _, happening))| !matches!(happening, Happening::Landed(..)));
        self.looking.clear();
        (self.waiting, self.wakeup_at) = (Vec::new(), i64::MAX);
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

fn validator(policy: &str, random: &mut Random) -> Result<Validator, Broken> {
    let policy = Policy::from_json(policy).map_err(|error| Broken(format!("the policy: {error}")))?;
    Ok(Validator::new(policy, random.next()))
}
