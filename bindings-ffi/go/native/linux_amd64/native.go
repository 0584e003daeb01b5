// Package native holds libjotgate.a for Linux x86-64, glibc. It has no code: `go mod vendor` copies only
// folders that are packages someone imports.
package native
