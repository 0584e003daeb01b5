module github.com/jotgate/jotgate/bindings-ffi/go/conformance/wycheproof

go 1.26.4

require (
	github.com/c2sp/wycheproof v0.0.0-20260902155932-3fa63dd0344a
	github.com/jotgate/jotgate/bindings-ffi/go v0.1.0
)

replace github.com/jotgate/jotgate/bindings-ffi/go => ../..
