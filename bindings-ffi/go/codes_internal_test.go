package jotgate

import "testing"

// TestTheTableOfCodesIsComplete asks the library about every number that a code could have.
func TestTheTableOfCodesIsComplete(t *testing.T) {
	named := 0
	for number := range uint32(numbersToTry) {
		name := nameOf(number)
		if code := codes[number]; string(code) != name {
			t.Errorf("number %d: the library says %q, the table %q", number, name, code)
		}
		if name != "" {
			named++
		}
	}
	if named == 0 || named != len(codes) {
		t.Errorf("the library has %d codes, the table %d", named, len(codes))
	}
}

func TestACodeThatNobodyKnowsIsARefusal(t *testing.T) {
	if code := codeOf(numbersToTry); code != ErrInternal {
		t.Errorf("got %s", code)
	}
}

const numbersToTry = 20_000
