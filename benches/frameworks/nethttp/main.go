// nethttp CONTENDER CONFIG: one application on net/http, with the middleware of one contender or none.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	jwtmiddleware "github.com/auth0/go-jwt-middleware/v2"
	"github.com/auth0/go-jwt-middleware/v2/jwks"
	"github.com/auth0/go-jwt-middleware/v2/validator"
	"github.com/jotgate/jotgate/bindings-ffi/go"
)

type config struct {
	Issuer   string          `json:"issuer"`
	Audience string          `json:"audience"`
	JWKSURI  string          `json:"jwks_uri"`
	Subject  string          `json:"subject"`
	Policy   json.RawMessage `json:"policy"`
}

// A protected application: its middleware, and where that leaves the subject.
type contender struct {
	protect func(http.Handler) http.Handler
	subject func(*http.Request) string
}

func main() {
	if err := serve(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func serve(name, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var given config
	if err := json.Unmarshal(text, &given); err != nil {
		return err
	}
	chosen, err := given.contender(name)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /orders", chosen.protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]string{"owner": chosen.subject(r)})
	})))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("{\"port\":%d}\n", listener.Addr().(*net.TCPAddr).Port)
	return http.Serve(listener, mux)
}

func (c config) contender(name string) (contender, error) {
	switch name {
	case "jotgate":
		return c.jotgate()
	case "go-jwt-middleware":
		return c.auth0()
	default:
		return contender{
			protect: func(next http.Handler) http.Handler { return next },
			subject: func(*http.Request) string { return c.Subject },
		}, nil
	}
}

func (c config) jotgate() (contender, error) {
	made, err := jotgate.NewFromDocument(c.Policy)
	if err != nil {
		return contender{}, err
	}
	return contender{
		protect: made.Middleware,
		subject: func(r *http.Request) string {
			var claims struct {
				Subject string `json:"sub"`
			}
			verified, _ := jotgate.FromContext(r.Context())
			if err := verified.Decode(&claims); err != nil {
				log.Print(err)
			}
			return claims.Subject
		},
	}, nil
}

// As its documentation shows it, with the key set's URL, because the issuer here has no metadata.
func (c config) auth0() (contender, error) {
	issuer, err := url.Parse(c.Issuer)
	if err != nil {
		return contender{}, err
	}
	uri, err := url.Parse(c.JWKSURI)
	if err != nil {
		return contender{}, err
	}
	keys := jwks.NewCachingProvider(issuer, 5*time.Minute, jwks.WithCustomJWKSURI(uri))
	checks, err := validator.New(keys.KeyFunc, validator.RS256, c.Issuer, []string{c.Audience})
	if err != nil {
		return contender{}, err
	}
	return contender{
		protect: jwtmiddleware.New(checks.ValidateToken).CheckJWT,
		subject: func(r *http.Request) string {
			claims, _ := r.Context().Value(jwtmiddleware.ContextKey{}).(*validator.ValidatedClaims)
			return claims.RegisteredClaims.Subject
		},
	}, nil
}
