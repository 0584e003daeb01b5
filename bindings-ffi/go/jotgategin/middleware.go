// Package jotgategin guards the routes of a gin engine by a Validator of jotgate.
//
//	router.Use(jotgategin.Middleware(validator))
//	router.GET("/orders", jotgategin.RequireScopes("orders:read"), orders)
//
// What may not pass is answered as the policy says, by the middleware of package jotgate itself.
package jotgategin

import (
	"net/http"

	"github.com/gin-gonic/gin"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// Middleware is that of the Validator: it lets requests with a good token pass, and aborts all others with the policy's answer.
// Handlers find what was verified by FromContext.
func Middleware(validator *jotgate.Validator) gin.HandlerFunc { return Wrap(validator.Middleware) }

// RequireScopes is jotgate.RequireScopes, for single routes or groups behind Middleware. It panics where there is no scope, or what
// cannot be one.
func RequireScopes(all ...string) gin.HandlerFunc { return Wrap(jotgate.RequireScopes(all...)) }

// RequireAnyScope is jotgate.RequireAnyScope: one of the scopes will do.
func RequireAnyScope(any ...string) gin.HandlerFunc { return Wrap(jotgate.RequireAnyScope(any...)) }

// FromContext gives what Middleware has verified; false for a request that was asked for no token.
func FromContext(c *gin.Context) (*jotgate.Verified, bool) {
	return jotgate.FromContext(c.Request.Context())
}

// Wrap makes a handler of gin of any middleware for net/http that answers before its next handler or not at all, such as the
// Middleware of a jotgate.Requirement.
func Wrap(middleware func(http.Handler) http.Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		passed := false
		next := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			passed = true
			c.Request = r
			c.Next()
		})
		middleware(next).ServeHTTP(c.Writer, c.Request)
		if !passed {
			c.Abort()
		}
	}
}
