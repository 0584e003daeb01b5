//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// field is what encoding/json fills for a member of exactly this name.
type field struct {
	reflect.Type
	// index leads to it, through embedded structs.
	index []int
	// tagged fields come before others of the same depth.
	tagged bool
	// quoted fields take texts that hold JSON.
	quoted bool
}

// fieldsOf gives the exact names that encoding/json has for the fields of a struct. They are kept for each type.
func fieldsOf(t reflect.Type) map[string]field {
	if known, ok := knownFields.Load(t); ok {
		return known.(map[string]field)
	}
	fields, hidden := make(map[string]field), make(map[string]bool)
	seen := map[reflect.Type]bool{t: true}
	// Level by level, because a name further out hides the same name in an embedded struct, also where nobody has it.
	for level := []embedded{{Type: t, times: 1}}; len(level) > 0; {
		found, next := fieldsOfLevel(level, seen)
		for name, sameName := range found {
			if chosen, ok := dominant(sameName); ok && !hidden[name] {
				fields[name] = chosen
			}
			hidden[name] = true
		}
		level = next
	}
	knownFields.Store(t, fields)
	return fields
}

// embedded is a struct whose fields stand among those of another one, so many times at this depth.
type embedded struct {
	reflect.Type
	index []int
	times int
}

func fieldsOfLevel(level []embedded, seen map[reflect.Type]bool) (found map[string][]field, next []embedded) {
	found = make(map[string][]field)
	queued := make(map[reflect.Type]int)
	for _, outer := range level {
		for number := range outer.NumField() {
			index := append(outer.index[:len(outer.index):len(outer.index)], number)
			name, one, inner := jsonField(outer.Field(number))
			place, isQueued := queued[inner]
			switch {
			case name != "":
				one.index = index
				found[name] = append(found[name], one)
				if outer.times > 1 { // once more, so that the two cancel each other
					found[name] = append(found[name], one)
				}
			case isQueued:
				next[place].times++
			case inner != nil && !seen[inner]:
				queued[inner] = len(next)
				next = append(next, embedded{Type: inner, index: index, times: 1})
			}
		}
	}
	for _, inner := range next {
		seen[inner.Type] = true
	}
	return found, next
}

// dominant is the one of the fields of one name and depth that has the name; two that are alike cancel each other.
func dominant(sameName []field) (chosen field, ok bool) {
	for _, one := range sameName {
		switch {
		case len(chosen.index) == 0 || one.tagged && !chosen.tagged:
			chosen, ok = one, true
		case one.tagged == chosen.tagged:
			ok = false
		}
	}
	return chosen, ok
}

// jsonField is a field and its name, or the embedded struct whose fields stand in its place, or nothing of both for a field that
// encoding/json passes over.
func jsonField(said reflect.StructField) (name string, one field, embedded reflect.Type) {
	tag := said.Tag.Get("json")
	name, options, _ := strings.Cut(tag, ",")
	if strings.ContainsFunc(name, isNoNameCharacter) {
		name = ""
	}
	inner := said.Type
	if inner.Kind() == reflect.Pointer {
		inner = inner.Elem()
	}
	embedsStruct := said.Anonymous && inner.Kind() == reflect.Struct
	switch {
	case tag == "-" || !embedsStruct && !said.IsExported():
		return "", field{}, nil
	case embedsStruct && name == "":
		return "", field{}, inner
	}
	one = field{Type: said.Type, tagged: name != "", quoted: slices.Contains(strings.Split(options, ","), "string")}
	if name == "" {
		name = said.Name
	}
	return name, one, nil
}

// isNoNameCharacter is for characters that encoding/json does not take in tags: then the tag has no name.
func isNoNameCharacter(character rune) bool {
	return !unicode.IsLetter(character) && !unicode.IsDigit(character) &&
		!strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", character)
}

// opened follows pointers; false for types that read their JSON themselves.
func opened(t reflect.Type) (reflect.Type, bool) {
	for t.Kind() == reflect.Pointer && !t.Implements(unmarshaler) {
		t = t.Elem()
	}
	return t, !t.Implements(unmarshaler) && !reflect.PointerTo(t).Implements(unmarshaler)
}

var (
	unmarshaler     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

	// knownFields grows with the types that a program decodes into, not with its tokens.
	knownFields sync.Map
)
