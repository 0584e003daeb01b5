//go:build !(((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// As in link_nocgo.go.
const _ int = "jotgate has libraries for linux, darwin (amd64, arm64), windows/amd64"
