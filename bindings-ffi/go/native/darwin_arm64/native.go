// Package native holds libjotgate.a for macOS, Apple silicon. It has no code: `go mod vendor` copies only
// folders that are packages someone imports.
package native
