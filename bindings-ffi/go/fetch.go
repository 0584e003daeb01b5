//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// FetchRequest is a GET for a key set.
type FetchRequest struct {
	// URL is absolute.
	URL string
	// Header holds the fields to send.
	Header http.Header
	// Timeout bounds the whole exchange. The context ends with it.
	Timeout time.Duration
	// MaxBody is the longest body that counts, in bytes after content decoding. Read no more than one byte beyond it.
	MaxBody int
}

// FetchResponse is what came back, whatever the status was.
type FetchResponse struct {
	Status int
	Header http.Header
	Body   []byte
}

// Fetcher does an HTTP GET for a key set. It runs on a goroutine of its own, at most once at a time for each key set,
// and for nobody in particular: a caller who gives up does not end it. It must verify the server's certificate and must
// not follow redirects.
//
// It may fail, panic or return nonsense: that is a failed fetch, and the core tries again later. When it has not
// returned by the end of the context it is not waited for, but its goroutine stays until it does.
type Fetcher interface {
	Fetch(ctx context.Context, request FetchRequest) (FetchResponse, error)
}

// FetcherFunc makes a function a Fetcher.
type FetcherFunc func(ctx context.Context, request FetchRequest) (FetchResponse, error)

// Fetch calls the function.
func (f FetcherFunc) Fetch(ctx context.Context, request FetchRequest) (FetchResponse, error) {
	return f(ctx, request)
}

// httpFetcher is the default: the user's client, except for its redirects.
type httpFetcher struct{ client http.Client }

func newHTTPFetcher(client *http.Client) *httpFetcher {
	fetcher := &httpFetcher{client: *client}
	// A redirect would let whoever answers pick where keys come from. The core sees its status and refuses it.
	fetcher.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return fetcher
}

func (f *httpFetcher) Fetch(ctx context.Context, request FetchRequest) (FetchResponse, error) {
	get, err := http.NewRequestWithContext(ctx, http.MethodGet, request.URL, nil)
	if err != nil {
		return FetchResponse{}, err
	}
	get.Header = request.Header
	response, err := f.client.Do(get)
	if err != nil {
		return FetchResponse{}, err
	}
	defer response.Body.Close()
	// net/http has undone the compression here: the bytes that count are those that would fill the memory.
	body, err := io.ReadAll(io.LimitReader(response.Body, int64(request.MaxBody)+1))
	if err != nil {
		return FetchResponse{}, &url.Error{Op: "Get", URL: request.URL, Err: err}
	}
	return FetchResponse{Status: response.StatusCode, Header: response.Header, Body: body}, nil
}

// failureOf sorts an error of the user's code into the kinds that the core knows. To sort it is to call methods of it, which may
// panic: those of a nil pointer in it, for one.
func failureOf(err error) (failure uint32) {
	if guarded(func() error { failure = sorted(err); return nil }) != nil {
		return failureCallback
	}
	return failure
}

func sorted(err error) uint32 {
	var timeout net.Error
	var exchange *url.Error
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return failureTimeout
	case errors.Is(err, context.Canceled):
		return failureCancelled
	case errors.As(err, &tooLarge):
		return failureTooLarge
	case isAboutCertificate(err):
		return failureCertificate
	case errors.As(err, &exchange), errors.As(err, &timeout):
		return failureConnection
	default:
		return failureCallback
	}
}

// isAboutCertificate tells whether the server's certificate is the reason. The errors of crypto/x509 come alone from a
// VerifyConnection of the user's own.
func isAboutCertificate(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var roots x509.SystemRootsError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &invalid) ||
		errors.As(err, &host) || errors.As(err, &roots)
}

// causeOf gives the words of an error, for operators: without those that the failure's own name says, and without the URL,
// which the core knows.
func causeOf(err error) (cause string) {
	_ = guarded(func() error { // the error may be the user's own
		var tooLarge *http.MaxBytesError
		if exchange, ok := err.(*url.Error); ok { // not one that the user has put into other words
			err = exchange.Err
		}
		if err != context.DeadlineExceeded && !errors.As(err, &tooLarge) {
			cause = err.Error()
		}
		return nil
	})
	return cause
}
