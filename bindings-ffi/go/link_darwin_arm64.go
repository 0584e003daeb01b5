package jotgate

// #cgo CFLAGS: -DJOTGATE_DARWIN_ARM64
// #cgo LDFLAGS: ${SRCDIR}/native/darwin_arm64/libjotgate.a -lm -liconv
import "C"

import _ "github.com/jotgate/jotgate/bindings-ffi/go/native/darwin_arm64" // the library, for go mod vendor
