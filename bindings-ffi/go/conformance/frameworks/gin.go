package main

import (
	"net/http"

	"github.com/gin-gonic/gin"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/conformance/internal/exchanges"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgategin"
)

func init() { gin.SetMode(gin.ReleaseMode) }

func ginPlain(validator *jotgate.Validator) http.Handler {
	router := gin.New()
	router.Use(jotgategin.Middleware(validator))
	router.NoRoute(func(c *gin.Context) {
		c.Status(http.StatusOK)
		exchanges.Application(c.Writer, c.Request)
	})
	return router
}

func ginRouted(validator *jotgate.Validator, mount string) http.Handler {
	router := gin.New()
	router.Use(jotgategin.Middleware(validator))
	inner := router.Group(mount)
	inner.GET("/orders", gin.WrapF(exchanges.Route("orders.list")))
	inner.POST("/orders", gin.WrapF(exchanges.Route("orders.create")))
	inner.GET("/orders/:id", gin.WrapF(exchanges.Route("orders.one")))
	inner.Any("/admin/*rest", gin.WrapF(exchanges.Route("admin")))
	inner.GET("/health", gin.WrapF(exchanges.Route("health")))
	inner.GET("/catalog", gin.WrapF(exchanges.Route("catalog")))
	inner.GET("/open", gin.WrapF(exchanges.Route("open")))
	return router
}
