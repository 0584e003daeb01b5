package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"
)

// Interleaved measuring: all contenders of a case take turns in short chunks, in rotating order, so that whatever else
// the machine does meets all of them alike. The programs of the other languages work in the same way.
const (
	passes      = 3
	rounds      = 50
	quickRounds = 5
	// How long one chunk lasts, about; long against the clock's grain, short against the machine's moods.
	chunk  = time.Millisecond
	warmUp = 20 * time.Millisecond
)

// contender is one library in one case. Its operation says whether the library came to the verdict that the case
// expects.
type contender struct {
	library, version string
	operation        func() bool

	iterations int
	// Mean nanoseconds of each chunk.
	chunks []float64
}

// warmUp runs for a while, and finds out how many iterations make a chunk.
func (c *contender) warmUp() error {
	if !c.operation() {
		return fmt.Errorf("%s comes to another verdict", c.library)
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
	start := time.Now()
	for range c.iterations {
		c.operation()
	}
	c.chunks = append(c.chunks, float64(time.Since(start).Nanoseconds())/float64(c.iterations))
}

// comparison is one row of the table: the same token put to several libraries. Ratios refer to the first.
type comparison struct {
	algorithm, size, name string
	contenders            []*contender
}

func (c *comparison) measure(rounds int) error {
	for _, contender := range c.contenders {
		if err := contender.warmUp(); err != nil {
			return fmt.Errorf("%s %s %s: %w", c.algorithm, c.size, c.name, err)
		}
	}
	for round := range rounds {
		for turn := range c.contenders {
			c.contenders[(round+turn)%len(c.contenders)].chunk()
		}
	}
	return nil
}

func (c *comparison) print() error {
	base := c.contenders[0].chunks
	for _, contender := range c.contenders {
		ratios := make([]float64, len(base))
		for round, chunk := range contender.chunks {
			ratios[round] = chunk / base[round]
		}
		line := map[string]any{
			"language":  "go",
			"library":   contender.library,
			"version":   contender.version,
			"algorithm": c.algorithm,
			"size":      c.size,
			"case":      c.name,
			"median_ns": quantile(contender.chunks, 0.5),
			"p10_ns":    quantile(contender.chunks, 0.1),
			"ratio":     quantile(ratios, 0.5),
		}
		if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func quantile(values []float64, share float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(float64(len(sorted)-1)*share+0.5)]
}
