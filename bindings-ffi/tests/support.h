/*
 * What the tests share: checks that name their line, and the few calls that every test makes.
 *
 * Each test is a function; a program lists its tests with RUN and returns finish(). Every program prints one line per
 * test, which run.sh counts.
 */
#ifndef JOTGATE_TESTS_SUPPORT_H
#define JOTGATE_TESTS_SUPPORT_H

#include "fixtures.h"
#include "jotgate.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Set by a failed check, on whichever thread it runs; only ever goes from false to true within a test. */
static volatile bool test_failed;
static int failed_tests;

#define CHECK(condition)                                                          \
    do {                                                                          \
        if (!(condition)) {                                                       \
            test_failed = true;                                                   \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
        }                                                                         \
    } while (0)

#define RUN(test)                                                  \
    do {                                                           \
        test_failed = false;                                       \
        test();                                                    \
        failed_tests += test_failed;                               \
        printf("%s %s\n", test_failed ? "FAILED" : "ok", #test);   \
        fflush(stdout);                                            \
    } while (0)

static inline int finish(void)
{
    return failed_tests == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static inline const uint8_t *bytes_of(const char *text)
{
    return (const uint8_t *)text;
}

static inline jotgate_bytes text_of(const char *text)
{
    return (jotgate_bytes){.data = bytes_of(text), .len = strlen(text)};
}

static inline bool is_text(jotgate_bytes bytes, const char *expected)
{
    return bytes.data != NULL && bytes.len == strlen(expected) && memcmp(bytes.data, expected, bytes.len) == 0;
}

/* What a caller without any functions of its own says of itself. */
static inline jotgate_options plain_options(void)
{
    return (jotgate_options){.size = sizeof(jotgate_options), .seed = 1};
}

/* A validator of a policy that is known to be good. */
static inline jotgate_validator *validator_with(const char *policy, jotgate_options options)
{
    jotgate_error *error = NULL;
    jotgate_validator *validator = jotgate_validator_new(bytes_of(policy), strlen(policy), &options, &error);
    if (validator == NULL) {
        jotgate_bytes message = jotgate_error_message(error);
        fprintf(stderr, "a policy of the tests is wrong: %.*s\n", (int)message.len, (const char *)message.data);
        exit(EXIT_FAILURE);
    }
    return validator;
}

static inline jotgate_validator *validator_of(const char *policy)
{
    return validator_with(policy, plain_options());
}

static inline jotgate_question about_bytes(const void *token, size_t len)
{
    return (jotgate_question){.size = sizeof(jotgate_question), .token = {.data = token, .len = len}};
}

static inline jotgate_question about_token(const char *token)
{
    return about_bytes(token, strlen(token));
}

static inline jotgate_question about_request(const jotgate_request *request)
{
    return (jotgate_question){.size = sizeof(jotgate_question), .request = request};
}

/* A verdict as a call needs it. */
static inline jotgate_verdict no_verdict(void)
{
    return (jotgate_verdict){.size = sizeof(jotgate_verdict)};
}

/* Asks at a time with a buffer that always suffices, and drops header and payload. */
static inline jotgate_verdict ask_at(const jotgate_validator *validator, jotgate_question question, int64_t now_ms)
{
    uint8_t buffer[4096];
    jotgate_verdict verdict = no_verdict();
    CHECK(jotgate_validate(validator, &question, now_ms, buffer, sizeof buffer, &verdict) == JOTGATE_OK);
    return verdict;
}

static inline jotgate_verdict validate_at(const jotgate_validator *validator, const char *token, int64_t now_ms)
{
    return ask_at(validator, about_token(token), now_ms);
}

/* Reports a fetch with an answer of this status and body. */
static inline jotgate_status respond(const jotgate_validator *validator, uint64_t id, uint32_t status, const char *body,
                                     int64_t now_ms)
{
    jotgate_field type = {.name = text_of("Content-Type"), .value = text_of("application/jwk-set+json")};
    jotgate_response response = {
        .size = sizeof response, .status = status, .headers = &type, .headers_len = 1, .body = text_of(body)};
    return jotgate_report_fetched(validator, id, &response, now_ms);
}

/* Answers a fetch with the key set. */
static inline void answer_fetch(const jotgate_validator *validator, uint64_t id, int64_t now_ms)
{
    CHECK(respond(validator, id, 200, KEY_SET, now_ms) == JOTGATE_OK);
}

/* Does all work of a host without a store: every fetch is answered with the key set. Says how many there were. */
static inline int do_fetches(const jotgate_validator *validator, int64_t now_ms)
{
    int count = 0;
    jotgate_work *work;
    while ((work = jotgate_poll_work(validator, now_ms)) != NULL) {
        CHECK(work->kind == JOTGATE_WORK_FETCH);
        answer_fetch(validator, work->id, now_ms);
        jotgate_work_free(work);
        count++;
    }
    return count;
}

/* The only work that there is, which is a fetch; the caller frees it. */
static inline jotgate_work *only_fetch(const jotgate_validator *validator, int64_t now_ms)
{
    jotgate_work *work = jotgate_poll_work(validator, now_ms);
    CHECK(work != NULL && work->kind == JOTGATE_WORK_FETCH);
    CHECK(jotgate_poll_work(validator, now_ms) == NULL);
    return work;
}

#endif
