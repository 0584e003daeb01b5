package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"reflect"
	"sort"
	"strings"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// testCase is one case of a vector file.
type testCase struct {
	ID        string              `json:"id"`
	Policy    json.RawMessage     `json:"policy"`
	Responses map[string]response `json:"responses"`
	Token     string              `json:"token"`
	Request   *request            `json:"request"`
	Host      host                `json:"host"`
	Require   json.RawMessage     `json:"require"`
	Now       float64             `json:"now"`
}

// host says what the application answers: yes, no, fail; one of these functions is not given where it says nothing.
type host struct {
	Client  string `json:"client"`
	Revoked string `json:"revoked"`
}

func (h host) options() (options []jotgate.Option) {
	if h.Client != "" {
		options = append(options, jotgate.WithClientLookup(
			func(context.Context, string, *jotgate.Undecided) (bool, error) { return said(h.Client) }))
	}
	if h.Revoked != "" {
		options = append(options, jotgate.WithRevocationCheck(
			func(context.Context, *jotgate.Undecided) (bool, error) { return said(h.Revoked) }))
	}
	return options
}

func said(answer string) (bool, error) {
	if answer == "fail" {
		return true, errors.New("the application's function is broken")
	}
	return answer == "yes", nil
}

type response struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

type request struct {
	Method  string `json:"method"`
	Path    string `json:"path"`
	Headers fields `json:"headers"`
	Query   fields `json:"query"`
	Cookies fields `json:"cookies"`
}

func (c testCase) run() result {
	validator, err := c.validator()
	if err != nil {
		return resultOf(c.ID, nil, err)
	}
	defer validator.Close()
	var verified *jotgate.Verified
	if c.Request != nil {
		verified, err = validator.ValidateRequest(c.Request.http())
		return resultOf(c.ID, verified, err)
	}
	verified, err = validator.Validate(context.Background(), c.Token)
	return c.required(validator, verified, c.together(resultOf(c.ID, verified, err)), err)
}

// required is what came of what the case asks for behind the validation, if it does.
func (c testCase) required(validator *jotgate.Validator, verified *jotgate.Verified, validated result, err error) result {
	if c.Require == nil {
		return validated
	}
	requirement, mistake := jotgate.NewRequirementFromDocument(c.Require)
	if mistake != nil {
		return resultOf(c.ID, nil, mistake)
	}
	if err == nil {
		err = validator.Require(verified, requirement)
	}
	if err != nil {
		refused := resultOf(c.ID, nil, err)
		if challenge := validator.AnswerWith(err, requirement).Header.Values("WWW-Authenticate"); len(challenge) > 0 {
			refused.Challenge = &challenge[0]
		}
		return refused
	}
	validated.Scopes = verified.Scopes()
	for _, scope := range validated.Scopes {
		if !verified.HasScope(scope) {
			validated.Verdict += " without its scopes"
		}
	}
	return validated
}

// together gives the verdict that the token has alone, unless it has another one in a batch.
func (c testCase) together(alone result) result {
	validator, err := c.validator()
	if err != nil {
		return resultOf(c.ID, nil, err)
	}
	defer validator.Close()
	for _, given := range validator.ValidateMany(context.Background(), []string{c.Token, c.Token}) {
		together := resultOf(c.ID, given.Verified, given.Err)
		if !reflect.DeepEqual(together, alone) {
			together.Verdict += " in a batch"
			return together
		}
	}
	return alone
}

// explained is the line of an explanation.
type explained struct {
	ID          string          `json:"id"`
	Explanation json.RawMessage `json:"explanation"`
	Text        string          `json:"text"`
}

func (c testCase) explain() (explained, error) {
	validator, err := c.validator()
	if err != nil {
		return explained{}, err
	}
	defer validator.Close()
	var explanation *jotgate.Explanation
	if c.Request != nil {
		explanation, err = validator.ExplainRequest(c.Request.http())
	} else {
		explanation, err = validator.Explain(context.Background(), c.Token)
	}
	if err != nil {
		return explained{}, err
	}
	return explained{c.ID, explanation.JSON(), explanation.Text(false)}, nil
}

func (c testCase) validator() (*jotgate.Validator, error) {
	now := func() time.Time { return time.UnixMilli(int64(math.Round(c.Now * 1000))) }
	return jotgate.NewFromDocument(c.Policy, append(c.Host.options(),
		jotgate.WithLogger(slog.New(slog.DiscardHandler)), jotgate.WithClock(now),
		jotgate.WithFetcher(jotgate.FetcherFunc(c.fetch)))...)
}

// fetch answers as the case says; a URL that it does not name cannot be reached.
func (c testCase) fetch(_ context.Context, r jotgate.FetchRequest) (jotgate.FetchResponse, error) {
	answer, known := c.Responses[r.URL]
	if !known {
		return jotgate.FetchResponse{}, &url.Error{Op: "Get", URL: r.URL, Err: errors.New("connection refused")}
	}
	header := make(http.Header)
	for name, value := range answer.Headers {
		header.Set(name, value)
	}
	return jotgate.FetchResponse{Status: answer.Status, Header: header, Body: []byte(answer.Body)}, nil
}

func (r *request) http() *http.Request {
	query := make(url.Values)
	for name, values := range r.Query {
		query[name] = values
	}
	request := &http.Request{
		Method: r.Method,
		URL:    &url.URL{Path: r.Path, RawQuery: query.Encode()},
		Header: make(http.Header),
	}
	// A case gives the path as sent; net/http keeps both that and what it stands for.
	if path, err := url.PathUnescape(r.Path); err == nil {
		request.URL.Path, request.URL.RawPath = path, r.Path
	}
	for name, values := range r.Headers {
		// As they came, several spellings of one name included: a map of canonical names is what net/http would make.
		request.Header[name] = values
	}
	var cookies []string
	for _, name := range r.Cookies.names() {
		for _, value := range r.Cookies[name] {
			// As it came: net/http would leave out what it does not take for a part of a value.
			cookies = append(cookies, name+"="+value)
		}
	}
	if len(cookies) > 0 {
		request.Header["Cookie"] = append(request.Header["Cookie"], strings.Join(cookies, "; "))
	}
	return request
}

// fields holds a text or a list of texts under each name.
type fields map[string][]string

// UnmarshalJSON reads both forms.
func (f *fields) UnmarshalJSON(document []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(document, &members); err != nil {
		return err
	}
	*f = make(fields, len(members))
	for name, member := range members {
		var many []string
		var one string
		if json.Unmarshal(member, &one) == nil {
			many = []string{one}
		} else if err := json.Unmarshal(member, &many); err != nil {
			return err
		}
		(*f)[name] = many
	}
	return nil
}

func (f fields) names() []string {
	names := make([]string, 0, len(f))
	for name := range f {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
