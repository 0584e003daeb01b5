// load sends requests over connections that stay open. It reads an order a line from standard input and answers each with a
// line: {"url", "token", "requests", "connections"}, {"nanoseconds", "accepted", "status", "body"}.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

type order struct {
	URL         string `json:"url"`
	Token       string `json:"token"`
	Requests    int64  `json:"requests"`
	Connections int    `json:"connections"`
}

// The status and the body are those of some connection's last request, for whoever looks why one was refused.
type report struct {
	Nanoseconds int64  `json:"nanoseconds"`
	Accepted    int64  `json:"accepted"`
	Status      int    `json:"status"`
	Body        string `json:"body"`
}

func main() {
	client := &fasthttp.Client{MaxConnsPerHost: 1024, NoDefaultUserAgentHeader: true, ReadTimeout: time.Minute}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var next order
		if err := json.Unmarshal(lines.Bytes(), &next); err != nil {
			log.Fatal(err)
		}
		text, err := json.Marshal(run(client, next))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s\n", text)
	}
}

func run(client *fasthttp.Client, given order) report {
	var left, accepted atomic.Int64
	left.Store(given.Requests)
	reports := make([]report, given.Connections)
	start := time.Now()
	var group sync.WaitGroup
	for index := range reports {
		group.Add(1)
		go func() {
			defer group.Done()
			reports[index] = work(client, given, &left, &accepted)
		}()
	}
	group.Wait()
	last := report{}
	for _, one := range reports {
		if one.Status != 0 || one.Body != "" {
			last = one
		}
	}
	last.Nanoseconds, last.Accepted = time.Since(start).Nanoseconds(), accepted.Load()
	// Servers close connections on which nothing comes for some seconds, as long as the others have their turns.
	client.CloseIdleConnections()
	return last
}

// One connection: requests one after the other, until none is left.
func work(client *fasthttp.Client, given order, left, accepted *atomic.Int64) report {
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(response)
	request.SetRequestURI(given.URL)
	request.Header.Set("Authorization", "Bearer "+given.Token)
	request.Header.Set("Accept", "application/json")
	last := report{}
	for left.Add(-1) >= 0 {
		if err := client.Do(request, response); err != nil {
			return report{Body: err.Error()}
		}
		last = report{Status: response.StatusCode(), Body: string(response.Body())}
		if last.Status == fasthttp.StatusOK {
			accepted.Add(1)
		}
	}
	return last
}
