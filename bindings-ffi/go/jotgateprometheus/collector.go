// Package jotgateprometheus shows Prometheus what a jotgate.Validator does.
//
//	metrics := jotgateprometheus.NewCollector("default")
//	validator, err := jotgate.New(policy, metrics.Option())
//	…
//	err = metrics.Watch(validator)
//	prometheus.MustRegister(metrics)
//
// The metrics have the same names in every language:
//
//	jotgate_rejections_total                by code: what did not pass, keys_unavailable among it
//	jotgate_accepted_total                  by issuer: tokens that passed the policy
//	jotgate_ready                           1 while keys are at hand for the tokens of every issuer, else 0
//	jotgate_policy_replacements_total       policies that came in the place of the one before
//	jotgate_key_set_events_total            by event: what happened to the key sets since Watch
//	jotgate_key_set_fetches_total           fetches that were started
//	jotgate_key_set_fetch_failures_total    fetches that failed
//	jotgate_key_set_fetch_seconds_total     the time that they took; over the fetches, how long one takes
//	jotgate_key_set_flood_rejections_total  tokens refused at once because too many named unknown keys
//	jotgate_key_set_keys                    keys that can be used
//	jotgate_key_set_skipped_keys            keys that cannot be used
//	jotgate_key_set_age_seconds             time since the last good fetch was started; absent before it
//	jotgate_key_set_state                   by state: 1 for the state that the set is in, else 0
//
// All have the label validator, so give each validator a collector of its own, and those of key sets have issuer (the entry
// of the policy) and url.
package jotgateprometheus

import (
	"strconv"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// Collector is a prometheus.Collector for one validator.
type Collector struct {
	watched    atomic.Pointer[watched]
	rejections *prometheus.CounterVec
	events     *prometheus.CounterVec
	replaced   prometheus.Counter

	accepted, ready                                            *prometheus.Desc
	fetches, failures, took, floods, keys, skipped, age, state *prometheus.Desc
}

// watched is a validator with the sources of its policy.
type watched struct {
	validator *jotgate.Validator
	sources   []jotgate.SourceHealth
}

// NewCollector makes a collector for a validator of this name.
func NewCollector(name string) *Collector {
	labels := prometheus.Labels{"validator": name}
	counters := func(metric, help string, by ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: metric, Help: help, ConstLabels: labels}, by)
	}
	describe := func(metric, help string, more ...string) *prometheus.Desc {
		return prometheus.NewDesc("jotgate_key_set_"+metric, help, append([]string{"issuer", "url"}, more...), labels)
	}
	ofValidator := func(metric, help string, by ...string) *prometheus.Desc {
		return prometheus.NewDesc("jotgate_"+metric, help, by, labels)
	}
	return &Collector{
		replaced: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "jotgate_policy_replacements_total", Help: "Policies that came in the place of the one before.",
			ConstLabels: labels,
		}),
		accepted:   ofValidator("accepted_total", "Tokens that passed the policy.", "issuer"),
		ready:      ofValidator("ready", "Whether keys are at hand for the tokens of every issuer."),
		rejections: counters("jotgate_rejections_total", "Tokens and requests that did not pass.", "code"),
		events: counters("jotgate_key_set_events_total", "What happened to the key sets.",
			"issuer", "url", "event"),
		fetches:  describe("fetches_total", "Fetches that were started."),
		failures: describe("fetch_failures_total", "Fetches that failed."),
		took:     describe("fetch_seconds_total", "Time that fetches took, failed ones included."),
		floods:   describe("flood_rejections_total", "Tokens refused at once because too many named unknown keys."),
		keys:     describe("keys", "Keys that can be used."),
		skipped:  describe("skipped_keys", "Keys that cannot be used."),
		age:      describe("age_seconds", "Time since the last successful fetch was started."),
		state:    describe("state", "Whether the key set is in this state.", "state"),
	}
}

// Option makes a validator tell what happens.
func (c *Collector) Option() jotgate.Option {
	return jotgate.WithOnEvent(func(event jotgate.Event) {
		if event.Kind == jotgate.EventRejected {
			c.rejections.WithLabelValues(string(event.Code)).Inc()
		} else if now := c.watched.Load(); event.Kind == jotgate.EventPolicyReplaced {
			c.replaced.Inc()
			if now != nil {
				_ = c.Watch(now.validator) // closed: there will be no further event
			}
		} else if now != nil && event.Source >= 0 && event.Source < len(now.sources) {
			source := now.sources[event.Source]
			c.events.WithLabelValues(strconv.Itoa(source.Issuer), source.URL, string(event.Kind)).Inc()
		}
	})
}

// Watch shows how the key sets of this validator are, from now on. It must be the one that was made with Option. The error
// is that of its Health.
func (c *Collector) Watch(validator *jotgate.Validator) error {
	health, err := validator.Health()
	if err != nil {
		return err
	}
	c.watched.Store(&watched{validator: validator, sources: health.Sources})
	return nil
}

// Describe names the metrics.
func (c *Collector) Describe(descriptions chan<- *prometheus.Desc) {
	c.rejections.Describe(descriptions)
	c.events.Describe(descriptions)
	c.replaced.Describe(descriptions)
	descriptions <- c.accepted
	descriptions <- c.ready
	for _, description := range []*prometheus.Desc{
		c.fetches, c.failures, c.took, c.floods, c.keys, c.skipped, c.age, c.state,
	} {
		descriptions <- description
	}
}

// Collect gives the refusals so far, and how the key sets are at this moment. A validator that is closed has none.
func (c *Collector) Collect(metrics chan<- prometheus.Metric) {
	c.rejections.Collect(metrics)
	c.events.Collect(metrics)
	c.replaced.Collect(metrics)
	now := c.watched.Load()
	if now == nil {
		return
	}
	health, err := now.validator.Health()
	if err != nil {
		return
	}
	ready := 0.0
	if health.Ready {
		ready = 1
	}
	metrics <- prometheus.MustNewConstMetric(c.ready, prometheus.GaugeValue, ready)
	for _, issuer := range health.Issuers {
		metrics <- prometheus.MustNewConstMetric(
			c.accepted, prometheus.CounterValue, float64(issuer.Accepted), strconv.Itoa(issuer.Issuer))
	}
	type place struct {
		issuer int
		url    string
	}
	seen := make(map[place]bool)
	for _, source := range health.Sources {
		// A policy may name a URL twice, and labels may come once only.
		if at := (place{source.Issuer, source.URL}); !seen[at] {
			seen[at] = true
			c.collectSource(metrics, source)
		}
	}
}

func (c *Collector) collectSource(metrics chan<- prometheus.Metric, source jotgate.SourceHealth) {
	show := func(description *prometheus.Desc, kind prometheus.ValueType, value float64, more ...string) {
		labels := append([]string{strconv.Itoa(source.Issuer), source.URL}, more...)
		metrics <- prometheus.MustNewConstMetric(description, kind, value, labels...)
	}
	show(c.fetches, prometheus.CounterValue, float64(source.Fetches))
	show(c.failures, prometheus.CounterValue, float64(source.Failures))
	show(c.took, prometheus.CounterValue, source.FetchSeconds)
	show(c.floods, prometheus.CounterValue, float64(source.FloodRejections))
	show(c.keys, prometheus.GaugeValue, float64(source.Keys))
	show(c.skipped, prometheus.GaugeValue, float64(source.SkippedCount))
	if source.AgeSeconds != nil {
		show(c.age, prometheus.GaugeValue, *source.AgeSeconds)
	}
	for _, state := range []string{"empty", "fresh", "due", "stale", "expired"} {
		value := 0.0
		if source.State == state {
			value = 1
		}
		show(c.state, prometheus.GaugeValue, value, state)
	}
}
