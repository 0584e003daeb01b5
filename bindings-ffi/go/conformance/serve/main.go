// Command serve puts HTTP exchanges of the test vectors through the middleware of the Go package, or odd request targets
// through it to a router.
//
//	serve [-routes] FILE
package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/conformance/internal/exchanges"
)

func main() {
	routes := flag.Bool("routes", false, "serve an application with routes")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: serve [-routes] FILE")
		os.Exit(2)
	}
	application := plain
	if *routes {
		application = routed
	}
	if err := exchanges.Serve(flag.Arg(0), application); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}

func plain(_ exchanges.Exchange, validator *jotgate.Validator) http.Handler {
	return validator.Middleware(http.HandlerFunc(exchanges.Application))
}
