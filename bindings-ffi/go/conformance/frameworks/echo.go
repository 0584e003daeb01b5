package main

import (
	"net/http"

	"github.com/labstack/echo/v5"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/conformance/internal/exchanges"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgateecho"
)

func echoPlain(validator *jotgate.Validator) http.Handler {
	router := echo.New()
	router.Use(jotgateecho.Middleware(validator))
	router.RouteNotFound("/*", echo.WrapHandler(http.HandlerFunc(exchanges.Application)))
	return router
}

func echoRouted(validator *jotgate.Validator, mount string) http.Handler {
	router := echo.New()
	router.Use(jotgateecho.Middleware(validator))
	inner := router.Group(mount)
	inner.GET("/orders", echo.WrapHandler(exchanges.Route("orders.list")))
	inner.POST("/orders", echo.WrapHandler(exchanges.Route("orders.create")))
	inner.GET("/orders/:id", echo.WrapHandler(exchanges.Route("orders.one")))
	inner.Any("/admin/*", echo.WrapHandler(exchanges.Route("admin")))
	inner.GET("/health", echo.WrapHandler(exchanges.Route("health")))
	inner.GET("/catalog", echo.WrapHandler(exchanges.Route("catalog")))
	inner.GET("/open", echo.WrapHandler(exchanges.Route("open")))
	return router
}
