// Command frameworks does what the command serve beside it does, in a framework: gin, echo, echo4 or chi.
//
//	frameworks [-routes] FRAMEWORK FILE
//
// It is a module of its own, so that the package depends on none of them.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/conformance/internal/exchanges"
)

// framework is an application of it behind the middleware: one that answers everything, or one with routes, mounted where the
// mount says.
type framework struct {
	plain  func(validator *jotgate.Validator) http.Handler
	routed func(validator *jotgate.Validator, mount string) http.Handler
}

var known = map[string]framework{
	"gin":  {ginPlain, ginRouted},
	"echo": {echoPlain, echoRouted},
	// Without the adapter a parameter at the end of a route takes more segments than a policy thinks.
	"echo4": {plain: echo4Plain},
	"chi":   {chiPlain, chiRouted},
}

func main() {
	routes := flag.Bool("routes", false, "serve an application with routes")
	flag.Parse()
	chosen, ok := known[flag.Arg(0)]
	if flag.NArg() != 2 || !ok {
		fmt.Fprintln(os.Stderr, "usage: frameworks [-routes] gin|echo|echo4|chi FILE")
		os.Exit(2)
	}
	err := exchanges.Serve(flag.Arg(1), func(e exchanges.Exchange, validator *jotgate.Validator) http.Handler {
		if *routes {
			return chosen.routed(validator, e.Mount)
		}
		return chosen.plain(validator)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "frameworks:", err)
		os.Exit(1)
	}
}
