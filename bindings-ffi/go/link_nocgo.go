//go:build !cgo

package jotgate

// Without cgo nothing of this package can work; this line makes the compiler say why.
const _ = jotgate_needs_cgo_set_CGO_ENABLED_1_and_install_a_C_compiler
