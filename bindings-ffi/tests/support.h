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

/* A validator of a policy that is known to be good. */
static inline jotgate_validator *validator_of(const char *policy)
{
    jotgate_error *error = NULL;
    jotgate_validator *validator = jotgate_validator_new(bytes_of(policy), strlen(policy), 1, &error);
    if (validator == NULL) {
        jotgate_bytes message = jotgate_error_message(error);
        fprintf(stderr, "a policy of the tests is wrong: %.*s\n", (int)message.len, (const char *)message.data);
        exit(EXIT_FAILURE);
    }
    return validator;
}

/* Validates at a time with a buffer that always suffices, and drops header and payload. */
static inline jotgate_verdict validate_at(const jotgate_validator *validator, const char *token, int64_t now_ms)
{
    uint8_t buffer[4096];
    jotgate_verdict verdict;
    jotgate_status status =
        jotgate_validate(validator, bytes_of(token), strlen(token), now_ms, buffer, sizeof buffer, &verdict);
    CHECK(status == JOTGATE_OK);
    return verdict;
}

/* Answers a fetch with the key set. */
static inline void answer_fetch(const jotgate_validator *validator, uint64_t id, int64_t now_ms)
{
    jotgate_field type = {.name = text_of("Content-Type"), .value = text_of("application/jwk-set+json")};
    CHECK(jotgate_complete_fetch(validator, id, 200, &type, 1, bytes_of(KEY_SET), strlen(KEY_SET), now_ms) == JOTGATE_OK);
}

#endif
