// Package include holds the C header. It has no code: `go mod vendor` copies only folders that are packages someone
// imports.
package include
