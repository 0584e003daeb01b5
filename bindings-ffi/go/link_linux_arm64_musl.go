//go:build linux && arm64 && musl

package jotgate

// #cgo LDFLAGS: ${SRCDIR}/native/linux_arm64_musl/libjotgate.a -lm -ldl -lpthread
import "C"

import _ "github.com/jotgate/jotgate/bindings-ffi/go/native/linux_arm64_musl" // the library, for go mod vendor
