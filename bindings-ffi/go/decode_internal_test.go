package jotgate

import (
	"encoding/json"
	"reflect"
	"testing"
)

type node struct {
	Name     string  `json:"name"`
	Children []*node `json:"children"`
}

type tagged struct {
	Inner string `json:"inner"`
}

type claimsOfTests struct {
	node
	tagged `json:"tagged"`
	Scope  string `json:"scope,omitempty"`
	Plain  int
	ByKey  map[string]node `json:"by_key"`
	Anyone any             `json:"anyone"`
	Hidden string          `json:"-"`
	INNER  string
	secret string
}

// TestDecodingByShortcutIsDecodingByType compares the two ways for documents of all kinds: json.Unmarshal may only get a
// document as it is when a document without the members of other spellings would bring the same.
func TestDecodingByShortcutIsDecodingByType(t *testing.T) {
	cases := []struct {
		document string
		shortcut bool
	}{
		{`{"name":"a","scope":"x","Plain":1,"iss":"other","children":[{"name":"b"}]}`, true},
		{`{ "name" : "a" , "by_key" : { "k" : { "name" : "b" } } }`, true},
		{`{"scope":"NAME","anyone":["Scope","a:b","\"Name\":1",{"x":"Name"}]}`, true},
		{`{"name":"a","NAME":"b"}`, false},
		{`{"Name":"b"}`, false},
		{`{"children":[{"name":"a","children":[{"nAme":"b"}]}]}`, false},
		{`{"by_key":{"NAME":{"name":"a"},"k":{"Name":"b"}}}`, false},
		{"{\"\u017fcope\":\"the long s\"}", false},
		{`{"\u0053cope":"written as an escape"}`, false},
		{`{"scope":"a","sc\u006fpe2":"b"}`, false},
		{`{"inner":"not the embedded one, which has a name of its own"}`, false},
		{`{"tagged":{"inner":"a"}}`, false}, // INNER further out leaves it in doubt
		{`{"hidden":"a","HIDDEN":"b","secret":"c"}`, true},
		{`{"plain":1}`, false},
		{`{}`, true},
	}
	for _, c := range cases {
		var byType, decoded claimsOfTests
		document := exactMembers(json.RawMessage(c.document), reflect.TypeOf(byType))
		if err := json.Unmarshal(document, &byType); err != nil {
			t.Fatalf("%s: %v", c.document, err)
		}
		if err := decodeExactly(json.RawMessage(c.document), &decoded); err != nil {
			t.Fatalf("%s: %v", c.document, err)
		}
		if !reflect.DeepEqual(decoded, byType) {
			t.Errorf("%s: got %+v, want %+v", c.document, decoded, byType)
		}
		if got := spellingsOf(reflect.TypeOf(decoded)).agreeWith([]byte(c.document)); got != c.shortcut {
			t.Errorf("%s: shortcut %t", c.document, got)
		}
		if decoded.secret != "" || decoded.Hidden != "" {
			t.Errorf("%s: a field that is not JSON's got a value", c.document)
		}
	}
}

func TestPointersInInterfacesAreFollowed(t *testing.T) {
	var claims claimsOfTests
	var target any = &claims
	if err := decodeExactly(json.RawMessage(`{"NAME":"mallory"}`), &target); err != nil || claims.Name != "" {
		t.Errorf("got %+v, %v", claims, err)
	}
}

func TestFieldsWithALongSAreFoundByAnS(t *testing.T) {
	var claims struct {
		Scope string `json:"ſcope"`
	}
	if err := decodeExactly(json.RawMessage(`{"scope":"x"}`), &claims); err != nil || claims.Scope != "" {
		t.Errorf("got %+v, %v", claims, err)
	}
}
