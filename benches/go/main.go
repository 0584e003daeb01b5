// Measures jotgate against golang-jwt and jwx: `jotgate-bench TOKENS [--quick] [--cores NUMBER]`. benches/run.py calls it.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
)

func main() {
	flags := flag.NewFlagSet("jotgate-bench", flag.ExitOnError)
	quick := flags.Bool("quick", false, "few rounds")
	cores := flags.Int("cores", 1, "the scenarios that take so many processors")
	// The path comes first, as in the other languages; it would end the flags.
	_ = flags.Parse(os.Args[2:])
	if err := run(os.Args[1], *quick, *cores); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(path string, quick bool, cores int) error {
	file, err := readTokens(path)
	if err != nil {
		return err
	}
	var comparisons []*comparison
	for _, row := range file.Comparisons {
		if row.Program != "languages" || row.Cores != cores || !slices.Contains(row.Languages, language) {
			continue
		}
		contenders, err := contendersOf(file, row, quick)
		if err != nil {
			return fmt.Errorf("%s %s: %w", row.Scenario, row.Algorithm, err)
		}
		comparisons = append(comparisons, &comparison{row, contenders})
	}
	return measureAll(comparisons, quick)
}
