// Package jotgateecho guards the routes of echo (version 5) by a Validator of jotgate.
//
//	router.Use(jotgateecho.Middleware(validator))
//	router.GET("/orders", orders, jotgateecho.RequireScopes("orders:read"))
//
// What may not pass is answered as the policy says, by the middleware of package jotgate itself.
package jotgateecho

import (
	"strings"

	"github.com/labstack/echo/v5"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// Middleware is that of the Validator: it lets requests with a good token pass, and answers all others as the policy says. Handlers
// find what was verified by FromContext. It belongs into Use, behind the router, and not into Pre.
//
// One thing it does besides. For echo, a parameter at the end of a route stands for all the rest of a path: /orders/:id also takes
// /orders/7/items. For a policy, and for most other routers, {id} is one segment, so that such a request may have taken another of
// the policy's routes than the one for that handler. It is answered with 404; a route that means all the rest ends with an asterisk.
func Middleware(validator *jotgate.Validator) echo.MiddlewareFunc {
	wrapped := echo.WrapMiddleware(validator.Middleware)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return wrapped(func(c *echo.Context) error {
			if isLongerThanItsRoute(c) {
				return echo.ErrNotFound
			}
			return next(c)
		})
	}
}

func isLongerThanItsRoute(c *echo.Context) bool {
	route := c.Path()
	return !strings.Contains(route, "*") && strings.Count(c.Request().URL.EscapedPath(), "/") > strings.Count(route, "/")
}

// RequireScopes is jotgate.RequireScopes, for single routes or groups behind Middleware. It panics where there is no scope, or what
// cannot be one.
func RequireScopes(all ...string) echo.MiddlewareFunc {
	return echo.WrapMiddleware(jotgate.RequireScopes(all...))
}

// RequireAnyScope is jotgate.RequireAnyScope: one of the scopes will do.
func RequireAnyScope(any ...string) echo.MiddlewareFunc {
	return echo.WrapMiddleware(jotgate.RequireAnyScope(any...))
}

// FromContext gives what Middleware has verified; false for a request that was asked for no token.
func FromContext(c *echo.Context) (*jotgate.Verified, bool) {
	return jotgate.FromContext(c.Request().Context())
}
