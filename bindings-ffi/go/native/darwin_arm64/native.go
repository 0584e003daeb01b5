// Package native holds libjotgate.a for darwin/arm64. It has no code: `go mod vendor` copies only folders that are packages
// someone imports.
package native
