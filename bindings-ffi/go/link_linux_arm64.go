//go:build linux && arm64 && !musl

package jotgate

// #cgo CFLAGS: -DJOTGATE_LINUX_ARM64
// #cgo LDFLAGS: ${SRCDIR}/native/linux_arm64/libjotgate.a -lm -ldl -lpthread
import "C"

import _ "github.com/jotgate/jotgate/bindings-ffi/go/native/linux_arm64" // the library, for go mod vendor
