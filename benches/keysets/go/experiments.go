package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// result is how many requests for the key set came in, and how many tokens were accepted.
type result struct {
	Fetches  int `json:"fetches"`
	Accepted int `json:"accepted"`
}

// burst is fifty at once, and no keys at hand.
func burst(given material, makes maker, place string) (result, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	validate, err := makes(ctx, given, place+"/jwks", 0)
	if err != nil {
		return result{}, err
	}
	var ended sync.WaitGroup
	var accepted atomic.Int64
	for _, token := range given.Burst {
		ended.Go(func() {
			if validate(token) == nil {
				accepted.Add(1)
			}
		})
	}
	ended.Wait()
	fetches, err := count(place)
	return result{fetches, int(accepted.Load())}, err
}

// junkKids is tokens whose keys nobody has, one after the other, and then a good one again.
func junkKids(given material, makes maker, place string) (result, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	validate, before, err := warm(ctx, given, makes, place, 0)
	if err != nil {
		return result{}, err
	}
	for _, token := range given.Junk {
		if validate(token) == nil {
			return result{}, errors.New("junk was accepted")
		}
	}
	fetches, err := count(place)
	return result{fetches - before, accepted(validate, given.Good, 1)}, err
}

// down is ten good tokens, and the issuer has been down from the beginning.
func down(given material, makes maker, place string) (result, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := post(place + "/down"); err != nil {
		return result{}, err
	}
	validate, err := makes(ctx, given, place+"/jwks", 0)
	if err != nil {
		return result{}, err
	}
	if accepted(validate, given.Good, 10) != 0 {
		return result{}, errors.New("a token was accepted without keys")
	}
	fetches, err := count(place)
	return result{fetches, 0}, err
}

// outage is ten good tokens after the keys' freshness ended and the issuer went down.
func outage(given material, makes maker, place string) (result, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	validate, before, err := warm(ctx, given, makes, place, time.Second)
	if err != nil {
		return result{}, err
	}
	if err := post(place + "/down"); err != nil {
		return result{}, err
	}
	time.Sleep(1500 * time.Millisecond)
	passed := accepted(validate, given.Good, 10)
	// A refresh in the background may still be on its way to the issuer.
	time.Sleep(200 * time.Millisecond)
	fetches, err := count(place)
	return result{fetches - before, passed}, err
}

// warm has accepted a good token, after so many fetches.
func warm(ctx context.Context, given material, makes maker, place string, freshness time.Duration) (validate, int, error) {
	validate, err := makes(ctx, given, place+"/jwks", freshness)
	if err != nil {
		return nil, 0, err
	}
	if err := validate(given.Good); err != nil {
		return nil, 0, err
	}
	fetches, err := count(place)
	return validate, fetches, err
}

func accepted(validate validate, token string, times int) int {
	passed := 0
	for range times {
		if validate(token) == nil {
			passed++
		}
	}
	return passed
}

func count(place string) (int, error) {
	answer, err := http.Get(place + "/count")
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(text))
}

func post(url string) error {
	answer, err := http.Post(url, "", nil)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}
