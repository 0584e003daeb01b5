module jotgate-bench

go 1.24

require (
	github.com/golang-jwt/jwt/v5 v5.3.1
	github.com/jotgate/jotgate/bindings-ffi/go v0.1.0
)

replace github.com/jotgate/jotgate/bindings-ffi/go => ../../bindings-ffi/go
