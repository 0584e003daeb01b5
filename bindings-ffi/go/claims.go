//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

import (
	"encoding/json"
	"strconv"
	"strings"
)

// readable is claims that have been read already: those of a token that was accepted, or that the application is asked about.
type readable struct {
	// seen is empty without a token.
	seen table
}

// Claims reads all claims. Numbers are json.Number, so that large ones keep every digit. Each call reads them anew.
func (r *readable) Claims() (map[string]any, error) {
	if r.seen.payload == "" {
		return nil, ErrNoClaims
	}
	decoder := json.NewDecoder(strings.NewReader(r.seen.payload))
	decoder.UseNumber()
	var claims map[string]any
	if err := decoder.Decode(&claims); err != nil {
		return nil, err
	}
	return claims, nil
}

// Decode reads the claims into a struct or a map, as json.Unmarshal does, but for two things. Names of members must match
// exactly: json.Unmarshal would also put a claim "SUB" into a field `json:"sub"`, a claim that the policy has never looked at.
// And what no field of a struct is named after is not read, so that an Offset in an error counts in what was.
func (r *readable) Decode(target any) error {
	if r.seen.payload == "" {
		return ErrNoClaims
	}
	return r.seen.decode(target)
}

// ClaimsAs gives the claims as a T, which is a struct or a map: of a *Verified or an *Undecided, as its Decode does.
//
//	claims, err := jotgate.ClaimsAs[Claims](verified)
func ClaimsAs[T any](token interface{ Decode(target any) error }) (T, error) {
	var claims T
	err := token.Decode(&claims)
	return claims, err
}

// Text gives the claim of exactly this name when it is a string. It reads that claim alone, and so do its neighbours: a claim
// is found where the validation has found it, and nothing else is parsed.
func (r *readable) Text(name string) (text string, ok bool) {
	claim, found := r.seen.find(name)
	if !found || claim.kind != kindString {
		return "", false
	}
	return claim.text(), true
}

// Texts gives the claim of exactly this name when it is a list of strings, and a single string as a list of one, such as aud.
func (r *readable) Texts(name string) (texts []string, ok bool) {
	claim, found := r.seen.find(name)
	switch {
	case found && claim.kind == kindString:
		return []string{claim.text()}, true
	case found && claim.kind == kindArray:
		return textsOf(claim.value)
	default:
		return nil, false
	}
}

// Int gives the claim of exactly this name when it is a whole number without fraction and exponent that an int64 can hold.
func (r *readable) Int(name string) (number int64, ok bool) {
	claim, found := r.seen.find(name)
	if !found || claim.kind != kindNumber {
		return 0, false
	}
	number, err := strconv.ParseInt(claim.value, 10, 64)
	if err != nil {
		return 0, false
	}
	return number, true
}

// Number gives the claim of exactly this name when it is a number, with every digit that the token has.
func (r *readable) Number(name string) (number json.Number, ok bool) {
	claim, found := r.seen.find(name)
	if !found || claim.kind != kindNumber {
		return "", false
	}
	return json.Number(claim.value), true
}

// Bool gives the claim of exactly this name when it is true or false.
func (r *readable) Bool(name string) (value, ok bool) {
	claim, found := r.seen.find(name)
	if !found || claim.kind != kindBoolean {
		return false, false
	}
	return claim.value == "true", true
}

// Raw gives the claim of exactly this name as JSON, whatever it is; nil when there is none. The copy belongs to the caller.
func (r *readable) Raw(name string) json.RawMessage {
	claim, found := r.seen.find(name)
	if !found {
		return nil
	}
	return json.RawMessage(claim.value)
}

// Subject is the claim sub, whom the token is about; empty when there is none.
func (r *readable) Subject() string { return r.registered("sub") }

// Issuer is the claim iss; empty when there is none.
func (r *readable) Issuer() string { return r.registered("iss") }

// ID is the claim jti, the token's own name; empty when there is none.
func (r *readable) ID() string { return r.registered("jti") }

// Audience is the claim aud, for whom the token is meant; a single one comes as a list of one, and none as nil.
func (r *readable) Audience() []string {
	audience, _ := r.Texts("aud")
	return audience
}

func (r *readable) registered(name string) string {
	text, _ := r.Text(name)
	return text
}

// textsOf reads a list of strings, and no other list.
func textsOf(list string) ([]string, bool) {
	texts := make([]string, 0, 1+strings.Count(list, ","))
	rest := strings.TrimLeft(list[1:len(list)-1], between)
	for rest != "" {
		if rest[0] != '"' {
			return nil, false
		}
		end := textLen(rest)
		element := member{value: rest[:end], textEscaped: strings.Contains(rest[:end], `\`)}
		texts = append(texts, element.text())
		rest = strings.TrimLeft(rest[end:], between)
	}
	return texts, true
}

// textLen is where the JSON string ends that this begins with.
func textLen(text string) int {
	for at := 1; at < len(text); at++ {
		switch text[at] {
		case '"':
			return at + 1
		case '\\':
			at++
		}
	}
	return len(text)
}

// between is what stands between the elements of a list.
const between = ", \t\r\n"
