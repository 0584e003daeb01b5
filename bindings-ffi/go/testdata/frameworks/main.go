// A stranger's program with one of the modules that are beside the package. check-package.sh builds it far from the repository.
package main

import (
	"fmt"
	"log"

	"github.com/labstack/echo/v5"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgateecho"
)

func main() {
	validator, err := jotgate.New(jotgate.ForIssuer("https://idp.test/", "orders"))
	if err != nil {
		log.Fatal(err)
	}
	defer validator.Close()
	echo.New().Use(jotgateecho.Middleware(validator))
	fmt.Println("guarded")
}
