module github.com/jotgate/jotgate/bindings-ffi/go/jotgateecho

go 1.25.0

require (
	github.com/jotgate/jotgate/bindings-ffi/go v0.1.0
	github.com/labstack/echo/v5 v5.4.4
)

replace github.com/jotgate/jotgate/bindings-ffi/go => ../
