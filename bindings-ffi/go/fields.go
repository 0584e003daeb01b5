package jotgate

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// spellings are the names that json.Unmarshal looks for when it fills a type, in whatever object of the document: each
// as it is when case does not count, with the one spelling that does. A name without such a spelling is in doubt.
type spellings map[string]string

// agreeWith reports whether every member's name in the document is a field's spelling or no field's name at all. When in
// doubt the answer is no: then the document is read by type.
func (s spellings) agreeWith(document []byte) bool {
	for len(s) > 0 {
		quote := bytes.IndexByte(document, '"')
		if quote < 0 {
			return true
		}
		text, rest, plain := cutText(document[quote+1:])
		isName := bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(":"))
		if isName && !(plain && s.agree(text)) {
			return false
		}
		document = rest
	}
	return true
}

// cutText cuts a JSON text off the document, which goes on behind the opening quotation mark. Plain is a text of ASCII
// characters that stand for themselves.
func cutText(document []byte) (text, rest []byte, plain bool) {
	plain = true
	for at := 0; at < len(document); at++ {
		switch character := document[at]; {
		case character == '"':
			return document[:at], document[at+1:], plain
		case character == '\\':
			plain = false
			at++
		case character >= utf8.RuneSelf:
			plain = false
		}
	}
	return document, nil, false
}

// agree is agreeWith for one plain name. Names of usual length cost no memory.
func (s spellings) agree(name []byte) bool {
	var room [64]byte
	folded := room[:0]
	for _, character := range name {
		if 'a' <= character && character <= 'z' {
			character -= 'a' - 'A'
		}
		folded = append(folded, character)
	}
	spelling, taken := s[string(folded)]
	return !taken || spelling == string(name)
}

// add takes a field's name in. Two spellings of one name leave it in doubt.
func (s spellings) add(name string) {
	folded := strings.Map(fold, name)
	if spelling, taken := s[folded]; taken && spelling != name {
		name = ""
	}
	s[folded] = name
}

// fold gives the least of all characters that are the same but for their case: for an ASCII letter its upper case, and
// also for the few others that count as the same, such as the long s.
func fold(character rune) rune {
	least := character
	for other := unicode.SimpleFold(character); other != character; other = unicode.SimpleFold(other) {
		least = min(least, other)
	}
	return least
}

// spellingsOf collects the names of all fields that can be reached from t. They are kept for each type.
func spellingsOf(t reflect.Type) spellings {
	if known, ok := knownSpellings.Load(t); ok {
		return known.(spellings)
	}
	names := make(spellings)
	collectSpellings(t, names, make(map[reflect.Type]bool))
	knownSpellings.Store(t, names)
	return names
}

func collectSpellings(t reflect.Type, names spellings, seen map[reflect.Type]bool) {
	t, open := opened(t)
	if !open || seen[t] {
		return
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Struct:
		for name, field := range fieldsOf(t) {
			names.add(name)
			collectSpellings(field, names, seen)
		}
	case reflect.Map, reflect.Slice, reflect.Array:
		collectSpellings(t.Elem(), names, seen)
	default:
	}
}

// fieldsOf gives the exact names that encoding/json has for the fields of a struct. They are kept for each type.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	if known, ok := knownFields.Load(t); ok {
		return known.(map[string]reflect.Type)
	}
	fields := make(map[string]reflect.Type)
	seen := map[reflect.Type]bool{t: true}
	// Level by level, because a name further out hides the same name in an embedded struct.
	for level := []reflect.Type{t}; len(level) > 0; {
		var next []reflect.Type
		for _, outer := range level {
			for index := range outer.NumField() {
				field := outer.Field(index)
				name, embedded := jsonName(field)
				switch {
				case embedded != nil && !seen[embedded]:
					seen[embedded] = true
					next = append(next, embedded)
				case name != "" && fields[name] == nil:
					fields[name] = field.Type
				}
			}
		}
		level = next
	}
	knownFields.Store(t, fields)
	return fields
}

// jsonName is the name of a field, or the embedded struct whose fields stand in its place, or nothing for a field that
// encoding/json passes over.
func jsonName(field reflect.StructField) (name string, embedded reflect.Type) {
	tag := field.Tag.Get("json")
	name, _, _ = strings.Cut(tag, ",")
	inner := field.Type
	if inner.Kind() == reflect.Pointer {
		inner = inner.Elem()
	}
	embedsStruct := field.Anonymous && inner.Kind() == reflect.Struct
	switch {
	case tag == "-":
		return "", nil
	case embedsStruct && name == "":
		return "", inner
	case !embedsStruct && !field.IsExported():
		return "", nil
	case name == "":
		return field.Name, nil
	default:
		return name, nil
	}
}

// opened follows pointers; false for types that read their JSON themselves.
func opened(t reflect.Type) (reflect.Type, bool) {
	for t.Kind() == reflect.Pointer && !t.Implements(unmarshaler) {
		t = t.Elem()
	}
	return t, !t.Implements(unmarshaler) && !reflect.PointerTo(t).Implements(unmarshaler)
}

var (
	unmarshaler = reflect.TypeFor[json.Unmarshaler]()

	// knownSpellings and knownFields grow with the types that a program decodes into, not with its tokens.
	knownSpellings, knownFields sync.Map
)
