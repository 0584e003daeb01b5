// Package native holds libjotgate.a for Windows x86-64. It has no code: `go mod vendor` copies only
// folders that are packages someone imports.
package native
