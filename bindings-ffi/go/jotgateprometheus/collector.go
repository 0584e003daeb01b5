// Package jotgateprometheus shows Prometheus what a jotgate.Validator does.
//
//	metrics := jotgateprometheus.NewCollector("default")
//	validator, err := jotgate.New(policy, metrics.Option())
//	…
//	metrics.Watch(validator)
//	prometheus.MustRegister(metrics)
//
// The metrics have the same names in every language:
//
//	jotgate_rejections_total           by code: tokens and requests that were refused
//	jotgate_key_fetches_total          by source: fetches of key sets that were started
//	jotgate_key_fetch_failures_total   by source: fetches of key sets that failed
//	jotgate_flood_rejections_total     by source: tokens refused because too many named unknown keys
//	jotgate_keys                       by source: keys that can be used
//	jotgate_key_set_age_seconds        by source: time since the last good fetch began; absent before it
//	jotgate_key_set_state              by source and state: 1 for the state that the source is in, else 0
//
// A source is a URL of the policy. Every metric has the validator's name, so give each validator a collector of its own.
package jotgateprometheus

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// Collector is a prometheus.Collector for one validator.
type Collector struct {
	validator  atomic.Pointer[jotgate.Validator]
	rejections *prometheus.CounterVec

	fetches, failures, floods, keys, age, state *prometheus.Desc
}

// NewCollector makes a collector for a validator of this name.
func NewCollector(name string) *Collector {
	labels := prometheus.Labels{"validator": name}
	describe := func(metric, help string, more ...string) *prometheus.Desc {
		return prometheus.NewDesc(metric, help, append([]string{"source"}, more...), labels)
	}
	return &Collector{
		rejections: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "jotgate_rejections_total", Help: "Tokens and requests that were refused, by the code of the refusal.",
			ConstLabels: labels,
		}, []string{"code"}),
		fetches:  describe("jotgate_key_fetches_total", "Fetches of key sets that were started."),
		failures: describe("jotgate_key_fetch_failures_total", "Fetches of key sets that failed."),
		floods:   describe("jotgate_flood_rejections_total", "Tokens refused because too many named unknown keys."),
		keys:     describe("jotgate_keys", "Keys that can be used."),
		age:      describe("jotgate_key_set_age_seconds", "Time since the last successful fetch began."),
		state:    describe("jotgate_key_set_state", "Whether the key set is in this state.", "state"),
	}
}

// Option makes a validator count its refusals here.
func (c *Collector) Option() jotgate.Option {
	return jotgate.WithOnEvent(func(event jotgate.Event) {
		if event.Kind == jotgate.EventRejected {
			c.rejections.WithLabelValues(string(event.Code)).Inc()
		}
	})
}

// Watch shows how the key sets of this validator are, from now on.
func (c *Collector) Watch(validator *jotgate.Validator) { c.validator.Store(validator) }

// Describe names the metrics.
func (c *Collector) Describe(descriptions chan<- *prometheus.Desc) {
	c.rejections.Describe(descriptions)
	for _, description := range []*prometheus.Desc{c.fetches, c.failures, c.floods, c.keys, c.age, c.state} {
		descriptions <- description
	}
}

// Collect gives the refusals so far, and how the key sets are at this moment. A validator that is closed has none.
func (c *Collector) Collect(metrics chan<- prometheus.Metric) {
	c.rejections.Collect(metrics)
	validator := c.validator.Load()
	if validator == nil {
		return
	}
	health, err := validator.Health()
	if err != nil {
		return
	}
	seen := make(map[string]bool)
	for _, source := range health.Sources {
		// Issuers may share a URL; one of them stands for all, because no label may come twice.
		if !seen[source.URL] {
			seen[source.URL] = true
			c.collectSource(metrics, source)
		}
	}
}

func (c *Collector) collectSource(metrics chan<- prometheus.Metric, source jotgate.SourceHealth) {
	counter := func(description *prometheus.Desc, count uint64) {
		metrics <- prometheus.MustNewConstMetric(description, prometheus.CounterValue, float64(count), source.URL)
	}
	counter(c.fetches, source.Fetches)
	counter(c.failures, source.Failures)
	counter(c.floods, source.FloodRejections)
	metrics <- prometheus.MustNewConstMetric(c.keys, prometheus.GaugeValue, float64(source.Keys), source.URL)
	if source.AgeSeconds != nil {
		metrics <- prometheus.MustNewConstMetric(c.age, prometheus.GaugeValue, *source.AgeSeconds, source.URL)
	}
	for _, state := range []string{"empty", "fresh", "due", "stale", "expired"} {
		value := 0.0
		if source.State == state {
			value = 1
		}
		metrics <- prometheus.MustNewConstMetric(c.state, prometheus.GaugeValue, value, source.URL, state)
	}
}
