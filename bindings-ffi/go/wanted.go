//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

import (
	"encoding/json"
	"reflect"
	"strconv"
	"sync"
)

// wanted is a field of a struct that claims are read into.
type wanted struct {
	field
	// set is nil where json.Unmarshal has to do it.
	set setter
	// inside are the names that are looked for within the claim.
	inside spellings
}

// setter fills a field with a claim that is not null, as json.Unmarshal would; false when it leaves that to json.Unmarshal.
type setter func(into reflect.Value, claim member) (bool, error)

// wantedBy says what the fields of a struct want, by the names of the claims. It is kept for each type.
func wantedBy(t reflect.Type) map[string]*wanted {
	if known, ok := knownWanted.Load(t); ok {
		return known.(map[string]*wanted)
	}
	all := make(map[string]*wanted)
	for name, one := range fieldsOf(t) {
		want := &wanted{field: one, inside: spellingsOf(one.Type)}
		if !one.quoted && isReachable(t, one.index) {
			want.set = setterOf(one.Type)
		}
		all[name] = want
	}
	knownWanted.Store(t, all)
	return all
}

// isReachable tells whether a field may be set, and no pointer stands on the way to it.
func isReachable(t reflect.Type, index []int) bool {
	last := len(index) - 1
	for _, number := range index[:last] {
		t = t.Field(number).Type
		if t.Kind() != reflect.Struct {
			return false
		}
	}
	return t.Field(index[last]).IsExported()
}

// fill sets the fields of a struct. What is left goes into a document for json.Unmarshal, which is nil when nothing is.
func (t table) fill(into reflect.Value, fields map[string]*wanted) (document []byte, err error) {
	for index := range t.len() {
		claim := t.at(index)
		want := fields[claim.name()]
		if want == nil {
			continue
		}
		isSet := false
		if want.set != nil && claim.kind != kindNull {
			isSet, err = want.set(into.FieldByIndex(want.index), claim)
		}
		switch {
		case err != nil:
			return nil, err
		case !isSet:
			document = want.appendTo(document, claim)
		}
	}
	if document != nil {
		document = append(document, '}')
	}
	return document, nil
}

// document has the claims that are wanted, and no others.
func (t table) document(fields map[string]*wanted) []byte {
	document := []byte("{")
	for index := range t.len() {
		claim := t.at(index)
		if want := fields[claim.name()]; want != nil {
			document = want.appendTo(document, claim)
		}
	}
	return append(document, '}')
}

// appendTo writes the claim behind others. In objects within, it leaves out the members that only json.Unmarshal would take for a
// field's.
func (w *wanted) appendTo(document []byte, claim member) []byte {
	switch len(document) {
	case 0:
		document = append(document, '{')
	case 1:
	default:
		document = append(document, ',')
	}
	document = append(document, claim.whole...)
	value := document[len(document)-len(claim.value):]
	if !w.inside.agreeWith(value) {
		exact := exactMembers(value, w.Type)
		document = append(document[:len(document)-len(claim.value)], exact...)
	}
	return document
}

// setterOf knows the types that claims mostly go to.
func setterOf(t reflect.Type) setter {
	switch {
	case t.Kind() == reflect.Pointer:
		return pointerSetter(t.Elem())
	case t.Name() != "" && t.Kind() != reflect.Interface && reflect.PointerTo(t).Implements(unmarshaler):
		return setUnmarshaler
	case reflect.PointerTo(t).Implements(unmarshaler), reflect.PointerTo(t).Implements(textUnmarshaler), t == numberType:
		return nil
	}
	switch t.Kind() {
	case reflect.String:
		return setString
	case reflect.Bool:
		return setBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return setInt
	case reflect.Float64:
		return setFloat
	case reflect.Slice:
		if t.Elem() == reflect.TypeFor[string]() {
			return setStrings
		}
	default:
	}
	return nil
}

func pointerSetter(t reflect.Type) setter {
	set := setterOf(t)
	if set == nil || t.Kind() == reflect.Pointer {
		return nil
	}
	return func(into reflect.Value, claim member) (bool, error) {
		if !into.IsNil() {
			return set(into.Elem(), claim)
		}
		made := reflect.New(t)
		isSet, err := set(made.Elem(), claim)
		if isSet {
			into.Set(made)
		}
		return isSet, err
	}
}

func setUnmarshaler(into reflect.Value, claim member) (bool, error) {
	return true, into.Addr().Interface().(json.Unmarshaler).UnmarshalJSON([]byte(claim.value))
}

func setString(into reflect.Value, claim member) (bool, error) {
	if claim.kind != kindString {
		return false, nil
	}
	into.SetString(claim.text())
	return true, nil
}

func setBool(into reflect.Value, claim member) (bool, error) {
	if claim.kind != kindBoolean {
		return false, nil
	}
	into.SetBool(claim.value == "true")
	return true, nil
}

func setInt(into reflect.Value, claim member) (bool, error) {
	number, err := strconv.ParseInt(claim.value, 10, 64)
	if err != nil || claim.kind != kindNumber || into.OverflowInt(number) {
		return false, nil
	}
	into.SetInt(number)
	return true, nil
}

func setFloat(into reflect.Value, claim member) (bool, error) {
	number, err := strconv.ParseFloat(claim.value, 64)
	if err != nil || claim.kind != kindNumber {
		return false, nil
	}
	into.SetFloat(number)
	return true, nil
}

// setStrings leaves a list alone that has room already: json.Unmarshal writes there.
func setStrings(into reflect.Value, claim member) (bool, error) {
	if claim.kind != kindArray || into.Cap() > 0 {
		return false, nil
	}
	texts, areTexts := textsOf(claim.value)
	if areTexts {
		into.Set(reflect.ValueOf(texts))
	}
	return areTexts, nil
}

// knownWanted grows with the types that a program decodes into, not with its tokens.
var (
	knownWanted sync.Map
	numberType  = reflect.TypeFor[json.Number]()
)
