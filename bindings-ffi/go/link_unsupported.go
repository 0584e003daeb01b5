//go:build !(((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// As in link_nocgo.go.
const _ int = "jotgate has libraries for linux and darwin on amd64 and arm64, and for windows on amd64, alone"
