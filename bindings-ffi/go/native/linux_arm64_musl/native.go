// Package native holds libjotgate.a for Linux aarch64, musl. It has no code: `go mod vendor` copies only
// folders that are packages someone imports.
package native
