module jotgate.bench/start

go 1.24

require github.com/jotgate/jotgate/bindings-ffi/go v0.0.0

replace github.com/jotgate/jotgate/bindings-ffi/go => ../../../bindings-ffi/go
