//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"strings"
)

// table is claims as JSON together with where each stands in it, as the native core found them when it read the token. So
// nothing is read again to find one. The layout of places is told in bindings-ffi/edge/src/members.rs.
type table struct{ payload, places string }

// member is a claim, as pieces of the payload.
type member struct {
	// rawName stands between the quotes of the name, and value is JSON.
	rawName, value string
	// whole is name and value, and what stands between them.
	whole string
	kind  byte
	// The name, or a value that is a text, is written with escapes.
	nameEscaped, textEscaped bool
}

// tableOf finds the claims of a document that json.Marshal wrote: there is no white space in it, and no name twice.
func tableOf(document string) (table, error) {
	decoder := json.NewDecoder(strings.NewReader(document))
	if _, err := decoder.Token(); err != nil { // the brace
		return table{}, err
	}
	var places []byte
	for decoder.More() {
		start := int(decoder.InputOffset()) + 1 // behind the quotation mark
		if document[start-1] == ',' {
			start++
		}
		if _, err := decoder.Token(); err != nil {
			return table{}, err
		}
		colon := int(decoder.InputOffset())
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return table{}, err
		}
		for _, place := range [...]int{start, colon - 1, colon + 1, int(decoder.InputOffset())} {
			places = binary.BigEndian.AppendUint32(places, uint32(place))
		}
		places = append(places, marksOf(document[start:colon-1], value))
	}
	return table{payload: document, places: string(places)}, nil
}

// marksOf is the last byte of a record.
func marksOf(rawName string, value json.RawMessage) byte {
	var marks byte
	switch value[0] {
	case '"':
		marks = kindString
		if bytes.IndexByte(value, '\\') >= 0 {
			marks |= memberTextEscaped
		}
	case '{':
		marks = kindObject
	case '[':
		marks = kindArray
	case 't', 'f':
		marks = kindBoolean
	case 'n':
		marks = kindNull
	default:
		marks = kindNumber
	}
	if strings.Contains(rawName, `\`) {
		marks |= memberNameEscaped
	}
	return marks
}

func (t table) len() int { return len(t.places) / memberSize }

func (t table) at(index int) member {
	record := t.places[index*memberSize:][:memberSize]
	nameStart, nameEnd, start, end := place(record), place(record[4:]), place(record[8:]), place(record[12:])
	marks := record[16]
	return member{
		rawName:     t.payload[nameStart:nameEnd],
		value:       t.payload[start:end],
		whole:       t.payload[nameStart-1 : end],
		kind:        marks &^ (memberNameEscaped | memberTextEscaped),
		nameEscaped: marks&memberNameEscaped != 0,
		textEscaped: marks&memberTextEscaped != 0,
	}
}

// find gives the claim of exactly this name, also where the token writes it with escapes. No two have the same.
func (t table) find(name string) (member, bool) {
	for index := range t.len() {
		record := t.places[index*memberSize:][:memberSize]
		nameStart, nameEnd := place(record), place(record[4:])
		if record[16]&memberNameEscaped != 0 {
			if t.at(index).name() == name {
				return t.at(index), true
			}
		} else if nameEnd-nameStart == len(name) && t.payload[nameStart:nameEnd] == name {
			return t.at(index), true
		}
	}
	return member{}, false
}

func (m member) name() string {
	if m.nameEscaped {
		return unescaped(`"` + m.rawName + `"`)
	}
	return m.rawName
}

// text is the text of a string. It does not keep the token's memory.
func (m member) text() string {
	if m.textEscaped {
		return unescaped(m.value)
	}
	return strings.Clone(m.value[1 : len(m.value)-1])
}

// unescaped reads a JSON string. The core lets none pass that cannot be read.
func unescaped(text string) (read string) {
	_ = json.Unmarshal([]byte(text), &read)
	return read
}

// place reads a number of a record: four bytes, big-endian.
func place(record string) int {
	_ = record[3]
	return int(uint32(record[3]) | uint32(record[2])<<8 | uint32(record[1])<<16 | uint32(record[0])<<24)
}
