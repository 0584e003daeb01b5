package jotgate

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

// upper is a type of the application's that reads its JSON itself.
type upper struct{ text string }

func (u *upper) UnmarshalJSON(text []byte) error {
	var read string
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	if read == "bad" {
		return errors.New("a bad value")
	}
	u.text = strings.ToUpper(read)
	return nil
}

// byValue reads itself with a receiver that is no pointer, and textual reads texts.
type byValue map[string]int

func (b byValue) UnmarshalJSON(text []byte) error {
	b[string(text)]++
	return nil
}

type textual struct{ text string }

func (u *textual) UnmarshalText(text []byte) error {
	u.text = string(text)
	return nil
}

type (
	named  string
	inner  struct{ A, B, C string }
	Outer  struct{ A, D string }
	hidden struct {
		E     int `json:"e"`
		upper     // promotes UnmarshalJSON, but not to where there are two of them
	}
	simple struct {
		A string   `json:"a"`
		B int      `json:"b"`
		C int8     `json:"c"`
		D bool     `json:"d"`
		E float64  `json:"e"`
		F []string `json:"f"`
		G named    `json:"g"`
		H *string  `json:"h"`
	}
	clever struct {
		A upper           `json:"a"`
		B *upper          `json:"b"`
		C json.Number     `json:"c"`
		D json.RawMessage `json:"d"`
		E any             `json:"e"`
		F textual         `json:"f"`
		G **int           `json:"g"`
		H *simple         `json:"h"`
	}
	quoted struct {
		A int           `json:"a,string"`
		B *string       `json:"b,string"`
		C uint          `json:"c"`
		D float32       `json:"d"`
		E []byte        `json:"e"`
		F []named       `json:"f"`
		G [2]string     `json:"g"`
		H map[string]id `json:"h"`
	}
	id       struct{ ID, A, B int }
	embedder struct {
		inner
		*Outer
		E []simple `json:"e"`
		F string   `json:"f<"`
		G simple   `json:"g"`
		H time.Time
	}
	tagging struct {
		inner `json:"a"`
		upper `json:"b"`
		X     hidden `json:"e"`
	}
)

// TestDecodingByPlacesIsDecodingTheWhole compares the two ways for documents of all kinds.
func TestDecodingByPlacesIsDecodingTheWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(7519, 33))
	text := "there before"
	prepared := []func() any{
		func() any { return new(simple) },
		func() any { return &simple{A: "x", F: make([]string, 1, 8), H: &text} },
		func() any { return new(clever) },
		func() any { return &clever{B: new(upper), E: "x", H: &simple{B: 7}} },
		func() any { return new(quoted) },
		func() any { return new(embedder) },
		func() any { return &embedder{Outer: &Outer{D: "x"}} },
		func() any { return new(tagging) },
		func() any { pointer := new(simple); return &pointer },
		func() any { var pointer *simple; return &pointer },
		func() any { var target any = new(simple); return &target },
		func() any { return new(map[string]simple) },
		func() any { return new(any) },
		func() any { return new(upper) },
		func() any { return new(textual) },
		func() any { return struct{ A byValue }{byValue{}} },
		func() any { return &struct{ A byValue }{byValue{}} },
		func() any { return &struct{ A struct{ json.RawMessage } }{} },
	}
	for range 20_000 {
		document := randomObject(random, 2)
		claims, err := tableOf(document)
		if err != nil {
			t.Fatal(err)
		}
		prepare := prepared[random.IntN(len(prepared))]
		whole, placed := prepare(), prepare()
		wholeErr, placedErr := decodeExactly(json.RawMessage(document), whole), claims.decode(placed)
		// What is in the fields after an error depends on the order of the claims.
		if fmt.Sprint(wholeErr) != fmt.Sprint(placedErr) || wholeErr == nil && !reflect.DeepEqual(whole, placed) {
			t.Fatalf("%s:\ngot  %+v, %v\nwant %+v, %v", document, placed, placedErr, whole, wholeErr)
		}
	}
}

func randomObject(random *rand.Rand, depth int) string {
	names := []string{"a", "b", "c", "d", "e", "f", "g", "h", "A", "B", "C", "D", "E", "F", "H", "ID", "id", "f<", "inner", "ſ", "other"}
	random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	members := make(map[string]json.RawMessage)
	for _, name := range names[:random.IntN(6)] {
		members[name] = json.RawMessage(randomValue(random, depth-1))
	}
	document, err := json.Marshal(members)
	if err != nil {
		panic(err)
	}
	return string(document)
}

func randomValue(random *rand.Rand, depth int) string {
	plain := []string{
		`"x"`, `"bad"`, `"a\"b\u00fc\n"`, `""`, `"7"`, `"2026-01-01T00:00:00Z"`, "0", "-1", "7", "300", "1.5", "1e2", "1e400",
		"9223372036854775808", "12345678901234567890", "true", "false", "null", "[]", `["a","b\\","c,]"]`, `["a",1]`, `["a",null]`, "[1]", "{}",
	}
	if depth > 0 && random.IntN(3) == 0 {
		object := randomObject(random, depth)
		if random.IntN(2) == 0 {
			return "[" + object + "]"
		}
		return object
	}
	return plain[random.IntN(len(plain))]
}

// TestFieldsAreThoseOfJSON asks json.Unmarshal which names it fills.
func TestFieldsAreThoseOfJSON(t *testing.T) {
	type left struct {
		Both, OnlyLeft string
		Tagged         string `json:"named"`
	}
	type right struct {
		Both, OnlyRight string
		Named           string `json:"Both2"`
		Untagged        string `json:",omitempty"`
	}
	type twice struct{ right }
	type again struct{ right }
	for _, target := range []any{
		new(struct {
			left
			right
		}),
		new(struct {
			left
			*Outer
			inner
		}),
		new(struct {
			twice
			again
			OnlyLeft string `json:"a b"`
			Quote    string `json:"q\"uote"`
			Comma    string `json:",string"`
			Dash     string `json:"-"`
			Minus    string `json:"-,"`
		}),
		new(struct {
			Both2 string
			left
			Other string `json:"Both"`
		}),
		reflect.New(reflect.StructOf([]reflect.StructField{ // which go vet does not like where it is written out
			{Name: "A", Type: reflect.TypeFor[string](), Tag: `json:"same"`},
			{Name: "B", Type: reflect.TypeFor[string](), Tag: `json:"same"`},
			{Name: "Same", Type: reflect.TypeFor[string](), Tag: `json:"Both"`},
			{Name: "Both", Type: reflect.TypeFor[string]()},
		})).Interface(),
		new(struct {
			A     string `json:"B"`
			B     string
			inner `json:"A"`
		}),
		new(struct {
			twice
			Deep struct{} `json:"unrelated"`
			deeper
		}),
	} {
		shape := reflect.TypeOf(target).Elem()
		fields := fieldsOf(shape)
		for _, name := range []string{
			"Both", "Both2", "OnlyLeft", "OnlyRight", "named", "Tagged", "Named", "Untagged", "A", "B", "C", "D", "deep", "Deep", "a b", "Quote", "Comma",
			"-", "Dash", "Minus", "same", "Other", "unrelated", "inner", "left", "right",
		} {
			document := fmt.Sprintf(`{%q:[]}`, name) // fits none of them, and json.Unmarshal says so where it has a field
			err := json.Unmarshal([]byte(document), reflect.New(shape).Interface())
			if exists := err != nil && !hasOtherSpelling(fields, name); exists != hasField(fields, name) {
				t.Errorf("%v: %s: %v, %v", shape, name, err, fields)
			}
		}
	}
}

// deeper is one level further in than what it embeds elsewhere.
type deeper struct{ Deep2, OnlyRight string }

func hasField(fields map[string]field, name string) bool {
	_, exists := fields[name]
	return exists
}

// hasOtherSpelling is for names that json.Unmarshal takes for another one.
func hasOtherSpelling(fields map[string]field, name string) bool {
	for other := range fields {
		if other != name && strings.EqualFold(other, name) && !hasField(fields, name) {
			return true
		}
	}
	return false
}
