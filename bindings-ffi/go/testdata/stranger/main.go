// A stranger's program. check-package.sh builds it far from the repository.
package main

import (
	"context"
	"fmt"
	"log"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// token ends an hour after the time that the clock below shows.
const token = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkcC50ZXN0LyIsImF1ZCI6Imh0dHBzOi8vYXBpLnRlc3QiLCJzdWIiOiJ" +
	"hbGljZSIsImV4cCI6MTgwMDAwMzYwMH0.zRHZymY_dqLffFxLI623YolhRSjXwldUmcrMue3nrWA"

func main() {
	validator, err := jotgate.New(jotgate.SingleIssuer(jotgate.Issuer{
		Issuer:   jotgate.OneOf("https://idp.test/"),
		Audience: jotgate.OneOf("https://api.test"),
		Keys:     jotgate.Keys{Secret: jotgate.Secret{Text: "a secret of at least 32 bytes, which nobody knows"}},
	}), jotgate.WithClock(func() time.Time { return time.Unix(1_800_000_000, 0) }))
	if err != nil {
		log.Fatal(err)
	}
	defer validator.Close()
	verified, err := validator.Validate(context.Background(), token)
	if err != nil {
		log.Fatal(err)
	}
	claims, err := verified.Claims()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%v, jotgate %s\n", claims["sub"], jotgate.Version())
}
