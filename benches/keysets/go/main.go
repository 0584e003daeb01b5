// Puts Go's libraries to the experiments: `jotgate-keysets FILE`. `run.py` calls it and says what is in the file.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
)

// material is the issuer, and tokens that differ in nothing but their key ids.
type material struct {
	Base     string   `json:"base"`
	Issuer   string   `json:"issuer"`
	Audience string   `json:"audience"`
	Good     string   `json:"good"`
	Burst    []string `json:"burst"`
	Junk     []string `json:"junk"`
}

// row is what one library did in the experiments.
type row struct {
	Language string `json:"language"`
	Library  string `json:"library"`
	Version  string `json:"version"`
	Burst    result `json:"burst"`
	JunkKids result `json:"junkKids"`
	Down     result `json:"down"`
	Outage   result `json:"outage"`
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(path string) error {
	document, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var given material
	if err := json.Unmarshal(document, &given); err != nil {
		return err
	}
	for _, library := range libraries {
		row := row{Language: "Go", Library: library.name, Version: library.version}
		if row.Version == "" {
			row.Version = versionOf(library.module)
		}
		for _, experiment := range []struct {
			name   string
			do     func(material, maker, string) (result, error)
			result *result
		}{
			{"burst", burst, &row.Burst}, {"junkKids", junkKids, &row.JunkKids},
			{"down", down, &row.Down}, {"outage", outage, &row.Outage},
		} {
			place := fmt.Sprintf("%s/go-%s-%s", given.Base, library.name, experiment.name)
			if *experiment.result, err = experiment.do(given, library.make, place); err != nil {
				return fmt.Errorf("%s: %w", place, err)
			}
		}
		if err := json.NewEncoder(os.Stdout).Encode(row); err != nil {
			return err
		}
	}
	return nil
}

// versionOf is a module's, as it was built in.
func versionOf(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			return dependency.Version[1:]
		}
	}
	return "unknown"
}
