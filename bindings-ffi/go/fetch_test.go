package jotgate_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

func TestAnswersThatAreNoKeySet(t *testing.T) {
	elsewhere := newIssuer(t)
	cases := map[string]http.HandlerFunc{
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.jwksURL(), http.StatusFound)
		},
		"html": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>Please log in</html>") },
		"500":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"oversize": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"keys":[`+strings.Repeat(" ", 1<<20)+`]}`)
		},
		"compressed oversize": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			_, _ = io.WriteString(packed, `{"keys":[`+strings.Repeat(" ", 8<<20)+`]}`)
			_ = packed.Close()
		},
		"endless": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, strings.Repeat(" ", 64<<10)); err != nil {
					return
				}
			}
		},
		"broken off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"keys":`)
		},
		"slow to begin": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"slow to end": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"keys":`)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
	}
	for name, answer := range cases {
		t.Run(name, func(t *testing.T) {
			idp := newIssuer(t)
			idp.serve(answer)
			policy, isSlow := idp.policy(), strings.HasPrefix(name, "slow")
			if isSlow {
				policy.Issuers[0].JWKS.Timeout = jotgate.Duration(time.Second)
			}
			v := newValidator(t, policy, newClock().option())
			if _, err := v.Validate(t.Context(), idp.token(t, nil)); !errors.Is(err, jotgate.ErrKeysUnavailable) {
				t.Errorf("got %v", err)
			}
			// On a busy machine the time may be over before the request is there.
			late := isSlow && idp.hits.Load() == 0
			if idp.hits.Load() != 1 && !late || elsewhere.hits.Load() != 0 {
				t.Errorf("%d fetches, %d elsewhere", idp.hits.Load(), elsewhere.hits.Load())
			}
		})
	}
}

func TestACompressedKeySetIsRead(t *testing.T) {
	idp := newIssuer(t)
	idp.serve(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("asked for %q", r.Header.Get("Accept-Encoding"))
		}
		plain := httptest.NewRecorder()
		idp.goodKeys(plain, r)
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		_, _ = packed.Write(plain.Body.Bytes())
		_ = packed.Close()
	})
	if _, err := idp.validator(t, newClock().option()).Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Error(err)
	}
}

func TestTheUsersClientIsUsedAndNotChanged(t *testing.T) {
	idp := newIssuer(t)
	transport := &countingTransport{}
	client := &http.Client{Transport: transport}
	v := idp.validator(t, newClock().option(), jotgate.WithHTTPClient(client))
	if _, err := v.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Fatal(err)
	}
	if transport.requests.Load() != 1 || client.CheckRedirect != nil {
		t.Errorf("%d requests, CheckRedirect set: %t", transport.requests.Load(), client.CheckRedirect != nil)
	}
}

func TestNilOptionsAreTheDefaults(t *testing.T) {
	idp := newIssuer(t)
	idp.serve(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	v := idp.validator(t, jotgate.WithHTTPClient(nil), jotgate.WithFetcher(nil), jotgate.WithClock(nil),
		jotgate.WithLogger(nil))
	token := idp.token(t, map[string]any{"exp": time.Now().Add(time.Hour).Unix()})
	if _, err := v.Validate(t.Context(), token); !errors.Is(err, jotgate.ErrKeysUnavailable) {
		t.Errorf("got %v", err)
	}
}

func TestFetchersThatMisbehave(t *testing.T) {
	idp := newIssuer(t)
	never := make(chan struct{})
	t.Cleanup(func() { close(never) })
	cases := map[string]jotgate.FetcherFunc{
		"panics": func(context.Context, jotgate.FetchRequest) (jotgate.FetchResponse, error) { panic("a bug") },
		"fails": func(context.Context, jotgate.FetchRequest) (jotgate.FetchResponse, error) {
			return jotgate.FetchResponse{}, errors.New("no luck")
		},
		"hangs": func(context.Context, jotgate.FetchRequest) (jotgate.FetchResponse, error) {
			<-never
			return jotgate.FetchResponse{}, nil
		},
		"ends its goroutine": func(context.Context, jotgate.FetchRequest) (jotgate.FetchResponse, error) {
			runtime.Goexit()
			return jotgate.FetchResponse{}, nil
		},
		"says nothing": func(context.Context, jotgate.FetchRequest) (jotgate.FetchResponse, error) {
			return jotgate.FetchResponse{}, nil
		},
		"has no such status": func(context.Context, jotgate.FetchRequest) (jotgate.FetchResponse, error) {
			return jotgate.FetchResponse{Status: 200 + 1<<16, Body: []byte(`{"keys":[]}`)}, nil
		},
		"reads too much": func(_ context.Context, r jotgate.FetchRequest) (jotgate.FetchResponse, error) {
			return jotgate.FetchResponse{Status: 200, Body: make([]byte, r.MaxBody+1)}, nil
		},
	}
	for name, fetcher := range cases {
		t.Run(name, func(t *testing.T) {
			policy := idp.policy()
			policy.Issuers[0].JWKS.Timeout = jotgate.Duration(200 * time.Millisecond)
			var log bytes.Buffer
			v := newValidator(t, policy, newClock().option(), jotgate.WithFetcher(fetcher),
				jotgate.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
			if _, err := v.Validate(t.Context(), idp.token(t, nil)); !errors.Is(err, jotgate.ErrKeysUnavailable) {
				t.Errorf("got %v", err)
			}
			if !strings.Contains(log.String(), "no keys from "+idp.jwksURL()) {
				t.Errorf("operators learn nothing: %q", log.String())
			}
		})
	}
}

func TestAnAnswerThatNothingHasChangedIsNoNews(t *testing.T) {
	idp, clock, log := newIssuer(t), newClock(), new(logLines)
	idp.serve(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"one"`)
		idp.goodKeys(w, r)
	})
	v := idp.validator(t, clock.option(), log.option())
	if _, err := v.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Fatal(err)
	}
	clock.advance(59 * time.Minute) // due
	if _, err := v.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Fatal(err)
	}
	until(t, "the answer is counted", func() bool { return sourceOf(t, v).NotModified == 1 })
	v.Close()
	if log.has("jotgate") {
		t.Errorf("operators are told %s", log.text.String())
	}
}

func TestAFetcherSeesTheWholeRequest(t *testing.T) {
	idp := newIssuer(t)
	requests := make(chan jotgate.FetchRequest, 1)
	policy := idp.policy()
	policy.Issuers[0].JWKS = jotgate.KeySets{Timeout: jotgate.Duration(7 * time.Second), MaxBody: 4321}
	v := newValidator(t, policy, newClock().option(), jotgate.WithFetcher(jotgate.FetcherFunc(
		func(ctx context.Context, r jotgate.FetchRequest) (jotgate.FetchResponse, error) {
			if _, bounded := ctx.Deadline(); !bounded {
				return jotgate.FetchResponse{}, errors.New("the context has no deadline")
			}
			requests <- r
			body := fmt.Sprintf(`{"keys":[%s]}`, marshalled(t, rsaJWK("rsa-1", &idp.key.PublicKey)))
			return jotgate.FetchResponse{Status: 200, Header: http.Header{"Cache-Control": {"max-age=60"}}, Body: []byte(body)}, nil
		})))
	if _, err := v.Validate(t.Context(), idp.token(t, nil)); err != nil {
		t.Fatal(err)
	}
	r := <-requests
	if r.URL != idp.jwksURL() || r.Timeout != 7*time.Second || r.MaxBody != 4321 || r.Header.Get("Accept") == "" || !strings.HasPrefix(r.Header.Get("User-Agent"), "jotgate/") {
		t.Errorf("got %+v", r)
	}
}
