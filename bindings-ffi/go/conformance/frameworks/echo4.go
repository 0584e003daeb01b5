package main

import (
	"net/http"

	"github.com/labstack/echo/v4"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/conformance/internal/exchanges"
)

func echo4Plain(validator *jotgate.Validator) http.Handler {
	router := echo.New()
	router.Use(echo.WrapMiddleware(validator.Middleware))
	router.RouteNotFound("/*", echo.WrapHandler(http.HandlerFunc(exchanges.Application)))
	return router
}
