package jotgate_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestTheReadmeShowsCodeThatRuns finds every Go block of the README in the examples, which run as tests.
func TestTheReadmeShowsCodeThatRuns(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var examples []byte
	for _, file := range []string{
		"example_test.go", "jotgatetest/example_test.go", "examples/smallest/main.go",
		"conformance/frameworks/example_test.go", "jotgategrpc/examples/orders/main.go",
	} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		examples = append(examples, content...)
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllSubmatch(readme, -1)
	if len(blocks) < 5 {
		t.Fatalf("only %d blocks", len(blocks))
	}
	for _, block := range blocks {
		if !strings.Contains(withoutIndent(examples), withoutIndent(block[1])) {
			t.Errorf("in no example_test.go:\n%s", block[1])
		}
	}
}

func withoutIndent(code []byte) string {
	lines := strings.Split(string(code), "\n")
	for index, line := range lines {
		lines[index] = strings.TrimLeft(line, "\t")
	}
	return strings.Join(lines, "\n")
}
