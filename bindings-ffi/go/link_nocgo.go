//go:build !cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// Nothing of this package can work here. All other files are left out, so that this is the only thing that the compiler has to say.
const _ int = "jotgate needs cgo: set CGO_ENABLED=1, and CC to a C compiler"
