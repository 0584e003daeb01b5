package wycheproof

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pinned are the vectors on which jotgate decides otherwise than Wycheproof, each with the reason.
var pinned = []struct{ file, vectors, reason string }{
	{jwsFile, "346,350", "the key is for PS256 alone (RFC 7517 section 4.4), and the header says PS384"},
	{jwsFile, "347,351", "the key is for ES521, which is no algorithm (RFC 7518 section 3.4: ES512)"},
	{jwsFile, "367,370", "key and text are those of 357, which is valid: the padding that the comment speaks of is not there"},
	{jwsFile, "372-373", "a question mark is no base64url (RFC 7515 section 2)"},
	{jwkFile, "4", "the second key's k ends in bits that mean nothing, and so is none; two keys of one id would be ambiguous_key"},

	{"hmac_sha256_test.json", "82-108,172-174", wholeMAC},
	{"hmac_sha384_test.json", "82-108,172-174", wholeMAC},
	{"hmac_sha512_test.json", "82-108,172-174", wholeMAC},
	{"hmac_sha256_test.json", "163-168", longSecret},
	{"hmac_sha384_test.json", "163-168", longSecret},
	{"hmac_sha512_test.json", "163-168", longSecret},

	{"rsa_pss_2048_sha256_mgf1_0_test.json", "1-61", oneHash},
	{"rsa_pss_2048_sha256_mgf1_0_test.json", "69", "its salt is too long for the file, and as long as that of a token must be"},
	{"rsa_pss_2048_sha256_mgf1sha1_20_test.json", "1-61,73-74", oneHash},
	{"rsa_pss_4096_sha512_mgf1_32_test.json", "1-130,142-143", oneHash},
	{"rsa_pss_misc_test.json", "61-75,77-112,114-149", oneHash},
}

const (
	wholeMAC   = "RFC 7518 section 3.2: a MAC is as long as its hash"
	longSecret = "RFC 7518 section 3.2: a secret is as long as the hash, or longer"
	oneHash    = "RFC 7518 section 3.5: the mask has the hash of the message, and the salt its length"
)

// deviations are the vectors of one file on which the verdict is another one, and how.
type deviations map[int]string

// note remembers a verdict that differs. What is acceptable to Wycheproof may be refused.
func (d deviations) note(vector vector, got verdict) {
	switch {
	case vector.Result == "valid" && !got.accepted():
		d[vector.TcID] = "refused: " + string(got.code) + ": " + vector.Comment
	case vector.Result == "invalid" && got.accepted():
		d[vector.TcID] = "accepted: " + vector.Comment
	}
}

// check fails when something deviates that is not pinned, and when something pinned does not deviate.
func (d deviations) check(t *testing.T, file string) {
	t.Helper()
	expected := make(map[int]bool)
	for _, pin := range pinned {
		if pin.file == file {
			for _, id := range numbersIn(t, pin.vectors) {
				if expected[id] {
					t.Errorf("%s %d is pinned twice", file, id)
				}
				expected[id] = true
			}
		}
	}
	var news, gone []int
	for id := range d {
		if !expected[id] {
			news = append(news, id)
		}
	}
	for id := range expected {
		if d[id] == "" {
			gone = append(gone, id)
		}
	}
	slices.Sort(news)
	slices.Sort(gone)
	for _, id := range news {
		t.Logf("%s %d: %s", file, id, d[id])
	}
	if len(news)+len(gone) > 0 {
		t.Errorf("%s: not pinned: %s; pinned, and as Wycheproof has it: %s", file, ranges(news), ranges(gone))
	}
}

// numbersIn reads numbers and ranges of them, such as 1-3,7.
func numbersIn(t *testing.T, text string) (numbers []int) {
	t.Helper()
	for part := range strings.SplitSeq(text, ",") {
		first, last, isRange := strings.Cut(part, "-")
		from, err := strconv.Atoi(first)
		to := from
		if err == nil && isRange {
			to, err = strconv.Atoi(last)
		}
		if err != nil {
			t.Fatal(err)
		}
		for number := from; number <= to; number++ {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// ranges writes sorted numbers as numbersIn reads them.
func ranges(numbers []int) string {
	var parts []string
	for at := 0; at < len(numbers); {
		end := at
		for end+1 < len(numbers) && numbers[end+1] == numbers[end]+1 {
			end++
		}
		if part := strconv.Itoa(numbers[at]); end == at {
			parts = append(parts, part)
		} else {
			parts = append(parts, fmt.Sprintf("%s-%d", part, numbers[end]))
		}
		at = end + 1
	}
	return strings.Join(parts, ",")
}
