package jotgate

// #cgo CFLAGS: -DJOTGATE_WINDOWS_AMD64
// #cgo LDFLAGS: ${SRCDIR}/native/windows_amd64/libjotgate.a -lws2_32 -luserenv -lbcrypt -lntdll -lkernel32 -ladvapi32 -l:libwinpthread.a
import "C"

import _ "github.com/jotgate/jotgate/bindings-ffi/go/native/windows_amd64" // the library, for go mod vendor
