package jotgatetest

import (
	"net/http"
	"net/http/httptest"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// Bad is a token or a request that the policy refuses with one certain code.
type Bad struct {
	// Code is the code.
	Code jotgate.Code
	// What is bad about it.
	What string
	// Token is empty where the request is bad and not its token.
	Token string
	// Method and Target are those of a request that is refused so, Target with the query where the token stands there. Both are
	// empty where the kit knows no such request: all routes are regular expressions, or an expression says where the token is.
	Method, Target string
	// Header has the token, where the policy looks for it in a header field.
	Header http.Header
}

// Request is that request, as httptest.NewRequest makes it; GET / where the kit knows none.
func (b *Bad) Request() *http.Request {
	method, target := b.Method, b.Target
	if method == "" {
		method, target = http.MethodGet, "/"+target
	}
	r := httptest.NewRequest(method, target, nil)
	r.Header = b.Header.Clone()
	return r
}

// Bad is what the policy refuses with this code: the core has been asked before it is handed out. The token has more in it
// where options say so, and the request is that of For.
//
// Under a policy that does not know the code the test ends, and the text says what the policy lacks. Recipes is the table.
func (i *Issuer) Bad(code jotgate.Code, opts ...TokenOption) *Bad {
	i.t.Helper()
	bad, err := i.bad(code, opts)
	if err != nil {
		i.t.Fatalf("jotgatetest: %v", err)
	}
	return bad
}

// AllBad has one for each code that the policy knows.
func (i *Issuer) AllBad(opts ...TokenOption) []*Bad {
	i.t.Helper()
	var all []*Bad
	for _, recipe := range Recipes() {
		if bad, err := i.bad(jotgate.Code(recipe.Code), opts); err == nil {
			all = append(all, bad)
		}
	}
	if len(all) == 0 {
		i.Bad(jotgate.ErrMalformedToken, opts...) // which says what the matter is
	}
	return all
}

func (i *Issuer) bad(code jotgate.Code, opts []TokenOption) (*Bad, error) {
	said := i.said(opts)
	var made struct {
		What, Method, Target string
		Token                *string
		Headers              [][2]string
	}
	arguments := map[string]any{"code": code, "token": said}
	if said.method != nil {
		arguments["method"], arguments["path"] = *said.method, *said.path
	}
	if err := i.native.call("bad", arguments, &made); err != nil {
		return nil, err
	}
	bad := &Bad{Code: code, What: made.What, Method: made.Method, Target: made.Target, Header: make(http.Header)}
	if made.Token != nil {
		bad.Token = *made.Token
	}
	for _, field := range made.Headers {
		bad.Header.Add(field[0], field[1])
	}
	return bad, nil
}
