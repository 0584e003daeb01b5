//go:build linux && arm64 && musl

package jotgate

// #cgo CFLAGS: -DJOTGATE_LINUX_ARM64_MUSL -DJOTGATE_MUSL
// #cgo LDFLAGS: ${SRCDIR}/native/linux_arm64_musl/libjotgate.a -lm -ldl -lpthread
import "C"

import _ "github.com/jotgate/jotgate/bindings-ffi/go/native/linux_arm64_musl" // the library, for go mod vendor
