package jotgategrpc

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// admission is a call that may pass, or a part of one that needs no token.
type admission struct {
	validator *jotgate.Validator
	request   *http.Request
	verified  *jotgate.Verified
}

type admissionKey struct{}

// admit asks the validator about the call, and gives the context that its handler sees: with what was verified and, where the
// policy has a Forward, with the metadata that go on.
func admit(ctx context.Context, validator *jotgate.Validator, method string) (context.Context, *admission, error) {
	incoming, _ := metadata.FromIncomingContext(ctx) // a copy
	request := requestOf(ctx, method, incoming)
	verified, err := validator.ValidateRequest(request)
	if err != nil {
		return nil, nil, refuse(ctx, validator.Answer(err), err)
	}
	forwarded := *request
	forwarded.Header = maps.Clone(request.Header)
	if err := validator.Forward(&forwarded, verified); err != nil {
		return nil, nil, refuse(ctx, validator.Answer(err), err)
	}
	if !maps.EqualFunc(request.Header, forwarded.Header, slices.Equal) {
		ctx = metadata.NewIncomingContext(ctx, metadataOf(forwarded.Header, incoming))
	}
	admitted := &admission{validator: validator, request: request, verified: verified}
	return context.WithValue(jotgate.NewContext(ctx, verified), admissionKey{}, admitted), admitted, nil
}

// requestOf is the HTTP request that the call came as.
func requestOf(ctx context.Context, method string, incoming metadata.MD) *http.Request {
	// Both together make EscapedPath give the path as it came over the wire, where it is one.
	target := &url.URL{Path: method}
	if path, err := url.PathUnescape(method); err == nil {
		target.Path, target.RawPath = path, method
	}
	request := &http.Request{Method: http.MethodPost, URL: target, Header: make(http.Header, len(incoming))}
	for name, values := range incoming {
		switch {
		case name == ":authority" && len(values) > 0:
			request.Host = values[0]
		case !isNoHeader(name):
			request.Header[name] = values
		}
	}
	return request.WithContext(ctx)
}

// isNoHeader is for pseudo fields, and for names whose values are bytes and no texts.
func isNoHeader(name string) bool {
	return strings.HasPrefix(name, ":") || strings.HasSuffix(name, "-bin")
}

// metadataOf has the header fields, and what never became one.
func metadataOf(header http.Header, incoming metadata.MD) metadata.MD {
	changed := make(metadata.MD, len(header))
	for name, values := range incoming {
		if isNoHeader(name) {
			changed[name] = values
		}
	}
	for name, values := range header {
		changed.Set(name, values...) // which writes names in lower case
	}
	return changed
}

// refuse is the status of a call that may not pass. What HTTP has header fields for goes into the trailer.
func refuse(ctx context.Context, answer jotgate.Answer, err error) error {
	trailer := make(metadata.MD)
	for _, name := range []string{"WWW-Authenticate", "Retry-After"} {
		if values := answer.Header.Values(name); len(values) > 0 {
			trailer.Set(name, values...)
		}
	}
	_ = grpc.SetTrailer(ctx, trailer) // fails where there is no call, and then nobody sees it
	code := codeOf(answer.Status)
	return status.Error(code, messageOf(err, code))
}

// codeOf is the code of gRPC that stands for a status of HTTP; some manners of gateways have others than the usual ones.
func codeOf(answered int) codes.Code {
	switch answered {
	case http.StatusBadRequest, http.StatusUnauthorized:
		return codes.Unauthenticated
	case http.StatusForbidden:
		return codes.PermissionDenied
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return codes.Unavailable
	default:
		return codes.Internal
	}
}

// messageOf shows the code and nothing else: details are for operators.
func messageOf(err error, code codes.Code) string {
	var reason jotgate.Code
	switch {
	case errors.As(err, &reason):
		return string(reason)
	case code == codes.Unavailable:
		return string(jotgate.ErrKeysUnavailable)
	default:
		return string(jotgate.ErrInternal)
	}
}
