//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

import (
	"bytes"
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
			collectSpellings(field.Type, names, seen)
		}
	case reflect.Map, reflect.Slice, reflect.Array:
		collectSpellings(t.Elem(), names, seen)
	default:
	}
}

// knownSpellings grows with the types that a program decodes into, not with its tokens.
var knownSpellings sync.Map
