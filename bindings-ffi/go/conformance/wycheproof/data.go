//go:build never

package wycheproof

// The files are read where the go command has put them (vectors_test.go): compiled in, they would be most of the test program.
import _ "github.com/c2sp/wycheproof"
