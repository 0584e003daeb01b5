package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"
)

// Interleaved measuring: all contenders of a case take turns in short chunks, in rotating order, so that whatever else
// the machine does meets all of them alike. The programs of the other languages work in the same way.
const (
	language = "go"

	passes, quickPasses = 3, 1
	rounds, quickRounds = 50, 5
	// How long one chunk lasts, about; long against the clock's grain, short against the machine's moods.
	chunk  = time.Millisecond
	warmUp = 20 * time.Millisecond
)

// contender is one library in one case. Its operation says whether the library came to the verdict that the case
// expects.
type contender struct {
	name, version, provider string
	operation               func() bool
	// How many tokens one operation judges; where these are many, it is a chunk by itself.
	tokens int

	iterations int
	// Mean nanoseconds for each token, chunk by chunk.
	wall, cpu []float64
}

// warmUp runs for a while, and finds out how many iterations make a chunk. What is long is asked for its verdict once.
func (c *contender) warmUp() error {
	if c.tokens > 1 && len(c.wall) > 0 {
		return nil
	}
	if !c.operation() {
		return fmt.Errorf("%s comes to another verdict", c.name)
	}
	c.iterations = 1
	if c.tokens > 1 {
		return nil
	}
	start, done := time.Now(), 0
	for time.Since(start) < warmUp {
		c.operation()
		done++
	}
	c.iterations = max(1, int(float64(done)*float64(chunk)/float64(time.Since(start))))
	return nil
}

func (c *contender) chunk() {
	cpu, start := processorTime(), time.Now()
	for range c.iterations {
		c.operation()
	}
	wall := time.Since(start)
	used := processorTime() - cpu
	tokens := float64(c.iterations * c.tokens)
	c.wall = append(c.wall, float64(wall.Nanoseconds())/tokens)
	c.cpu = append(c.cpu, float64(used.Nanoseconds())/tokens)
}

// processorTime is what all threads of this process have had of the processors, the collector's among them.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// comparison is one row of the table: the same token put to several libraries. Ratios refer to the first.
type comparison struct {
	row        row
	contenders []*contender
}

func (c *comparison) measure(rounds int) error {
	for _, contender := range c.contenders {
		if err := contender.warmUp(); err != nil {
			return fmt.Errorf("%s %s %s %s: %w", c.row.Scenario, c.row.Algorithm, c.row.Size, c.row.Case, err)
		}
	}
	if c.row.Cores > 1 {
		// Of what is long one round will do.
		rounds = 1
	}
	for round := range rounds {
		for turn := range c.contenders {
			c.contenders[(round+turn)%len(c.contenders)].chunk()
		}
	}
	return nil
}

// compared is processor time; where several threads are at work, what has passed.
func (c *comparison) compared(contender *contender) []float64 {
	if c.row.Cores > 1 {
		return contender.wall
	}
	return contender.cpu
}

func (c *comparison) print() error {
	base := c.compared(c.contenders[0])
	for _, contender := range c.contenders {
		ratios := make([]float64, len(base))
		for round, chunk := range c.compared(contender) {
			ratios[round] = chunk / base[round]
		}
		line := map[string]any{
			"language":  language,
			"library":   contender.name,
			"version":   contender.version,
			"provider":  contender.provider,
			"scenario":  c.row.Scenario,
			"algorithm": c.row.Algorithm,
			"size":      c.row.Size,
			"case":      c.row.Case,
			"median_ns": quantile(contender.wall, 0.5),
			"p10_ns":    quantile(contender.wall, 0.1),
			"cpu_ns":    quantile(contender.cpu, 0.5),
			"ratio":     quantile(ratios, 0.5),
		}
		if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// measureAll measures all of them in each pass, and prints them in the end.
func measureAll(comparisons []*comparison, quick bool) error {
	passes, rounds := passes, rounds
	if quick {
		passes, rounds = quickPasses, quickRounds
	}
	for pass := range passes {
		fmt.Fprintf(os.Stderr, "%s: pass %d of %d\n", language, pass+1, passes)
		for _, comparison := range comparisons {
			if err := comparison.measure(rounds); err != nil {
				return err
			}
		}
	}
	for _, comparison := range comparisons {
		if err := comparison.print(); err != nil {
			return err
		}
	}
	return nil
}

func quantile(values []float64, share float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(float64(len(sorted)-1)*share+0.5)]
}
