//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

import (
	"encoding/json"
	"reflect"
)

// decode is decodeExactly for claims whose places are known. A struct gets those claims alone that its fields name: the simple
// ones at once, and all others in a document that json.Unmarshal reads.
func (t table) decode(target any) error {
	filled, open := reflect.Type(nil), false
	if t := targetType(target); t != nil {
		filled, open = opened(t)
	}
	if !open || filled.Kind() != reflect.Struct || reflect.PointerTo(filled).Implements(textUnmarshaler) {
		return decodeExactly(json.RawMessage(t.payload), target)
	}
	wanted := wantedBy(filled)
	if into := reflect.ValueOf(target); into.Kind() == reflect.Pointer && into.Elem().Kind() == reflect.Struct {
		document, err := t.fill(into.Elem(), wanted)
		if err == nil && document == nil {
			return nil
		}
		if err == nil {
			return json.Unmarshal(document, target)
		}
	}
	return json.Unmarshal(t.document(wanted), target) // which explains an error best
}

// decodeExactly is json.Unmarshal with case-sensitive names. The document is strict JSON without duplicate members.
//
// Nearly every token can go to json.Unmarshal as it is. Only one with a member whose name is a field's in another
// spelling has to be written anew without that member.
func decodeExactly(document json.RawMessage, target any) error {
	t := targetType(target)
	if t != nil && !spellingsOf(t).agreeWith(document) {
		document = exactMembers(document, t)
	}
	return json.Unmarshal(document, target)
}

// targetType is the type that json.Unmarshal fills in the end: it also follows pointers that stand in interfaces.
func targetType(target any) reflect.Type {
	value := reflect.ValueOf(target)
	for value.Kind() == reflect.Pointer || value.Kind() == reflect.Interface {
		if value.IsNil() || value.Type().Implements(unmarshaler) {
			break
		}
		value = value.Elem()
	}
	if !value.IsValid() {
		return nil
	}
	return value.Type()
}

// exactMembers leaves out the members of objects that no field of t is named after exactly, so that json.Unmarshal finds
// no others to match. Whatever does not fit t is left as it is: json.Unmarshal explains that best.
func exactMembers(document json.RawMessage, t reflect.Type) json.RawMessage {
	t, open := opened(t)
	if !open {
		return document
	}
	switch t.Kind() {
	case reflect.Struct:
		fields := fieldsOf(t)
		return rewriteObject(document, func(name string) (reflect.Type, bool) {
			field, named := fields[name]
			return field.Type, named
		})
	case reflect.Map:
		return rewriteObject(document, func(string) (reflect.Type, bool) { return t.Elem(), true })
	case reflect.Slice, reflect.Array:
		var elements []json.RawMessage
		if t.Elem().Kind() == reflect.Uint8 || json.Unmarshal(document, &elements) != nil || elements == nil {
			return document
		}
		for index, element := range elements {
			elements[index] = exactMembers(element, t.Elem())
		}
		return written(elements, document)
	default:
		return document
	}
}

// rewriteObject keeps the members that have a type, each rewritten for it.
func rewriteObject(document json.RawMessage, typeOf func(name string) (reflect.Type, bool)) json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(document, &members) != nil || members == nil {
		return document
	}
	for name, member := range members {
		if t, named := typeOf(name); named {
			members[name] = exactMembers(member, t)
		} else {
			delete(members, name)
		}
	}
	return written(members, document)
}

func written(value any, otherwise json.RawMessage) json.RawMessage {
	document, err := json.Marshal(value)
	if err != nil {
		return otherwise
	}
	return document
}
