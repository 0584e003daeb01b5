/*
 * Work that ends as it should not: never, twice, on many threads at once, after its validator was replaced, or with what is no
 * text. Whatever a host does, a verdict comes in the end and no key gets in that was not fetched for it.
 */
#include "support.h"

#include <pthread.h>

enum { THREADS = 8 };

/* More of them in `make soak`. */
#ifndef ROUNDS
#define ROUNDS 20
#endif

#define MINUTE_MS INT64_C(60000)

/* Another key under the same id: it makes GOOD_TOKEN a forgery. */
#define OTHER_SET                                           \
    "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"one\"," \
    "\"x\":\"VCpo2LMLhn6iWku8MKvSLg2ZAoC-nlOyPVQaO3FxVeQ\"}]}"

typedef struct host {
    int calls;
    uint64_t id;
} host;

static void remember(void *context, const jotgate_validator *validator, const jotgate_work *work)
{
    host *host = context;
    (void)validator;
    host->calls++;
    host->id = work->id;
}

static jotgate_validator *validator_with_worker(jotgate_worker worker, host *host)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    CHECK(jotgate_set_worker(validator, worker, host) == JOTGATE_OK);
    return validator;
}

static void a_worker_that_never_reports_holds_nobody_for_ever(void)
{
    host host = {0};
    jotgate_validator *validator = validator_with_worker(remember, &host);
    jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
    CHECK(verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED && verdict.patience_ms > 0);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_KEYS_NEEDED && host.calls == 1);

    /* Some time after its timeout it is given up, and the next validation calls the worker again. */
    int64_t now_ms = NOW_MS;
    for (int minute = 0; minute < 60 && host.calls < 2; minute++) {
        now_ms += MINUTE_MS;
        (void)validate_at(validator, GOOD_TOKEN, now_ms);
    }
    CHECK(host.calls == 2);
    answer_fetch(validator, host.id, now_ms);
    CHECK(validate_at(validator, GOOD_TOKEN, now_ms).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_validator_free(validator);
}

static void whoever_waited_long_enough_ends_it(void)
{
    host host = {0};
    jotgate_validator *validator = validator_with_worker(remember, &host);
    jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
    const int64_t later = NOW_MS + (int64_t)verdict.patience_ms;
    for (size_t i = 0; i < verdict.wait_for_len; i++) {
        CHECK(jotgate_report_failed(validator, verdict.wait_for[i], JOTGATE_FAILURE_TIMEOUT, NULL, 0, later) == JOTGATE_OK);
    }
    CHECK(validate_at(validator, GOOD_TOKEN, later).kind == JOTGATE_VERDICT_UNAVAILABLE);
    /* What comes after all changes nothing. */
    CHECK(respond(validator, host.id, 200, OTHER_SET, later) == JOTGATE_OK);
    CHECK(validate_at(validator, GOOD_TOKEN, later).kind == JOTGATE_VERDICT_UNAVAILABLE);
    jotgate_validator_free(validator);
}

static void report_twice(void *context, const jotgate_validator *validator, const jotgate_work *work)
{
    remember(context, validator, work);
    answer_fetch(validator, work->id, NOW_MS);
    CHECK(respond(validator, work->id, 200, OTHER_SET, NOW_MS) == JOTGATE_OK);
    CHECK(jotgate_report_failed(validator, work->id, JOTGATE_FAILURE_CANCELLED, NULL, 0, NOW_MS) == JOTGATE_OK);
}

static void the_first_report_counts(void)
{
    host host = {0};
    jotgate_validator *validator = validator_with_worker(report_twice, &host);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED && host.calls == 1);
    jotgate_validator_free(validator);
}

typedef struct report {
    const jotgate_validator *validator;
    uint64_t id;
    bool good;
} report;

static void *report_once(void *argument)
{
    const report *report = argument;
    if (report->good) {
        answer_fetch(report->validator, report->id, NOW_MS);
    } else {
        CHECK(jotgate_report_failed(report->validator, report->id, JOTGATE_FAILURE_CONNECTION, NULL, 0, NOW_MS) == JOTGATE_OK);
    }
    return NULL;
}

static void one_of_many_reports_at_once_counts(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        host host = {0};
        jotgate_validator *validator = validator_with_worker(remember, &host);
        (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
        pthread_t threads[THREADS];
        report reports[THREADS];
        for (int i = 0; i < THREADS; i++) {
            reports[i] = (report){.validator = validator, .id = host.id, .good = i % 2 == 0};
            CHECK(pthread_create(&threads[i], NULL, report_once, &reports[i]) == 0);
        }
        for (int i = 0; i < THREADS; i++) {
            CHECK(pthread_join(threads[i], NULL) == 0);
        }
        const uint32_t kind = validate_at(validator, GOOD_TOKEN, NOW_MS).kind;
        CHECK(kind == JOTGATE_VERDICT_ACCEPTED || kind == JOTGATE_VERDICT_UNAVAILABLE);
        CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == kind && host.calls == 1);
        jotgate_validator_free(validator);
    }
}

static void work_may_be_freed_before_it_is_reported(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
    jotgate_work *work = only_fetch(validator, NOW_MS);
    const uint64_t id = work->id;
    jotgate_work_free(work);
    answer_fetch(validator, id, NOW_MS);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_validator_free(validator);
}

/* A policy that is replaced takes its sources along, and the old one is gone before its work has ended. */
static void what_ends_after_its_validator_is_told_to_the_next(void)
{
    host host = {0};
    jotgate_validator *before = validator_with_worker(remember, &host);
    (void)validate_at(before, GOOD_TOKEN, NOW_MS);
    jotgate_validator *after =
        jotgate_validator_replace(before, bytes_of(POLICY_FETCHED), strlen(POLICY_FETCHED), NOW_MS, NULL);
    CHECK(after != NULL);
    jotgate_validator_free(before);
    answer_fetch(after, host.id, NOW_MS);
    CHECK(validate_at(after, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED && host.calls == 1);

    /* Of a source that is gone nothing is taken. */
    CHECK(jotgate_refresh_keys(after) == JOTGATE_OK);
    (void)validate_at(after, GOOD_TOKEN, NOW_MS + MINUTE_MS);
    CHECK(host.calls == 2);
    jotgate_validator *last =
        jotgate_validator_replace(after, bytes_of(POLICY_INLINE), strlen(POLICY_INLINE), NOW_MS + MINUTE_MS, NULL);
    jotgate_validator_free(after);
    CHECK(respond(last, host.id, 200, OTHER_SET, NOW_MS + MINUTE_MS) == JOTGATE_OK);
    CHECK(validate_at(last, GOOD_TOKEN, NOW_MS + MINUTE_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_validator_free(last);
}

static void what_is_no_text_is_replaced_or_refused(void)
{
    static const char torn[] = "no route\xff\xc0\xaf\xed\xa0\x80 to host";
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
    jotgate_work *work = only_fetch(validator, NOW_MS);
    CHECK(jotgate_report_failed(validator, work->id, JOTGATE_FAILURE_CONNECTION, bytes_of(torn), strlen(torn), NOW_MS) ==
          JOTGATE_OK);
    jotgate_work_free(work);
    uint8_t buffer[4096];
    size_t needed = 0;
    CHECK(jotgate_health(validator, NOW_MS, buffer, sizeof buffer - 1, &needed) == JOTGATE_OK);
    buffer[needed] = 0;
    CHECK(strstr((const char *)buffer, "no route\xef\xbf\xbd") != NULL && memchr(buffer, 0xff, needed) == NULL);

    size_t imported = 9;
    CHECK(jotgate_import_keys(validator, bytes_of(torn), strlen(torn), NOW_MS, &imported) == JOTGATE_INVALID_UTF8);
    CHECK(jotgate_requirement_new(bytes_of(torn), strlen(torn), NULL) == NULL);
    CHECK(jotgate_policy_to_json(bytes_of(torn), strlen(torn), JOTGATE_FORMAT_TOML, buffer, sizeof buffer, &needed, NULL) ==
          JOTGATE_POLICY_REFUSED);
    CHECK(jotgate_lint(bytes_of(torn), strlen(torn), JOTGATE_FORM_TEXT, buffer, sizeof buffer, &needed, NULL) ==
          JOTGATE_POLICY_REFUSED);
    CHECK(jotgate_testing_issuer_new(bytes_of(torn), strlen(torn), NULL) == NULL);
    jotgate_validator_free(validator);
}

int main(void)
{
    RUN(a_worker_that_never_reports_holds_nobody_for_ever);
    RUN(whoever_waited_long_enough_ends_it);
    RUN(the_first_report_counts);
    RUN(one_of_many_reports_at_once_counts);
    RUN(work_may_be_freed_before_it_is_reported);
    RUN(what_ends_after_its_validator_is_told_to_the_next);
    RUN(what_is_no_text_is_replaced_or_refused);
    return finish();
}
