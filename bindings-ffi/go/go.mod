module github.com/jotgate/jotgate/bindings-ffi/go

go 1.24
