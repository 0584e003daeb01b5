package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/labstack/echo/v5"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgateecho"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgategin"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgatetest"
)

func inGin(validator *jotgate.Validator) http.Handler {
	router := gin.New()
	router.Use(jotgategin.Middleware(validator))
	router.GET("/orders", jotgategin.RequireScopes("orders:read"), func(c *gin.Context) {
		verified, _ := jotgategin.FromContext(c)
		c.String(http.StatusOK, "orders of %s", verified.Subject())
	})
	return router
}

func inEcho(validator *jotgate.Validator) http.Handler {
	router := echo.New()
	router.Use(jotgateecho.Middleware(validator))
	router.GET("/orders", func(c *echo.Context) error {
		verified, _ := jotgateecho.FromContext(c)
		return c.String(http.StatusOK, "orders of "+verified.Subject())
	}, jotgateecho.RequireScopes("orders:read"))
	return router
}

func inChi(validator *jotgate.Validator) http.Handler {
	router := chi.NewRouter()
	router.Use(validator.Middleware)
	router.With(jotgate.RequireScopes("orders:read")).Get("/orders", func(w http.ResponseWriter, r *http.Request) {
		verified, _ := jotgate.FromContext(r.Context())
		fmt.Fprintf(w, "orders of %s", verified.Subject())
	})
	return router
}

// TestTheReadmesRoutes runs what the README shows for each framework.
func TestTheReadmesRoutes(t *testing.T) {
	issuer := jotgatetest.New(t, jotgate.ForIssuer("https://idp.example.com/", "orders"), jotgatetest.WithAlgorithm("ES256"))
	for name, made := range map[string]func(*jotgate.Validator) http.Handler{"gin": inGin, "echo": inEcho, "chi": inChi} {
		t.Run(name, func(t *testing.T) {
			handler := made(issuer.In(t).Validator())
			asked := func(r *http.Request) *httptest.ResponseRecorder {
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				return w
			}
			alice := issuer.Request("GET", "/orders", jotgatetest.Subject("alice"), jotgatetest.Scopes("orders:read"))
			if w := asked(alice); w.Code != http.StatusOK || w.Body.String() != "orders of alice" {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
			if w := asked(issuer.Request("GET", "/orders")); w.Code != http.StatusForbidden || w.Header().Get("WWW-Authenticate") == "" {
				t.Errorf("got %d %v", w.Code, w.Header())
			}
			if w := asked(issuer.Bad(jotgate.ErrExpired).Request()); w.Code != http.StatusUnauthorized {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
		})
	}
}
