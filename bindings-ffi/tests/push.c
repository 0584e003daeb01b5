/* Push style: validations call a function of the host for each piece of work. */
#include "support.h"

#include <pthread.h>

#define HOUR_MS INT64_C(3600000)

/* What the host's function is to do, and what it saw. */
typedef struct host {
    enum { AT_ONCE, FAIL, LATER, VALIDATE_INSIDE } manner;
    int calls;
    uint64_t last_id;
    int64_t now_ms;
} host;

static void fetch_by_manner(void *context, const jotgate_validator *validator, const jotgate_work *fetch)
{
    host *host = context;
    host->calls++;
    host->last_id = fetch->id;
    CHECK(is_text(fetch->url, "https://issuer.test/jwks"));
    switch (host->manner) {
    case AT_ONCE:
        answer_fetch(validator, fetch->id, host->now_ms);
        break;
    case FAIL:
        CHECK(jotgate_report_failed(validator, fetch->id, JOTGATE_FAILURE_CONNECTION, NULL, 0, host->now_ms) ==
              JOTGATE_OK);
        break;
    case LATER:
        break;
    case VALIDATE_INSIDE:
        /* The fetch is under way, so a validation in here waits for it and calls nobody. */
        CHECK(validate_at(validator, GOOD_TOKEN, host->now_ms).kind == JOTGATE_VERDICT_KEYS_NEEDED);
        CHECK(jotgate_poll_work(validator, host->now_ms) == NULL);
        answer_fetch(validator, fetch->id, host->now_ms);
        CHECK(validate_at(validator, GOOD_TOKEN, host->now_ms).kind == JOTGATE_VERDICT_ACCEPTED);
        break;
    }
}

static jotgate_validator *validator_for(host *host)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    CHECK(jotgate_set_worker(validator, fetch_by_manner, host) == JOTGATE_OK);
    return validator;
}

static void a_fetch_that_ends_at_once_gives_a_verdict_at_once(void)
{
    host host = {.manner = AT_ONCE, .now_ms = NOW_MS};
    jotgate_validator *validator = validator_for(&host);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(host.calls == 1);
    jotgate_validator_free(validator);
}

static void a_fetch_that_fails_at_once_makes_the_keys_unavailable(void)
{
    host host = {.manner = FAIL, .now_ms = NOW_MS};
    jotgate_validator *validator = validator_for(&host);
    jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
    CHECK(verdict.kind == JOTGATE_VERDICT_UNAVAILABLE && verdict.retry_at_ms > NOW_MS);
    CHECK(host.calls == 1);
    jotgate_validator_free(validator);
}

typedef struct ending {
    const jotgate_validator *validator;
    uint64_t id;
} ending;

static void *end_fetch(void *argument)
{
    const ending *ending = argument;
    answer_fetch(ending->validator, ending->id, NOW_MS);
    return NULL;
}

static void a_fetch_may_end_later_on_another_thread(void)
{
    host host = {.manner = LATER, .now_ms = NOW_MS};
    jotgate_validator *validator = validator_for(&host);
    for (int i = 0; i < 3; i++) {
        jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
        CHECK(verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED && verdict.work_due == 0);
    }
    CHECK(host.calls == 1);

    ending ending = {.validator = validator, .id = host.last_id};
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, end_fetch, &ending) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(host.calls == 1);
    jotgate_validator_free(validator);
}

static void the_function_may_use_the_validator(void)
{
    host host = {.manner = VALIDATE_INSIDE, .now_ms = NOW_MS};
    jotgate_validator *validator = validator_for(&host);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(host.calls == 1);
    jotgate_validator_free(validator);
}

static void refreshes_are_pushed_beside_the_verdict(void)
{
    host host = {.manner = AT_ONCE, .now_ms = NOW_MS};
    jotgate_validator *validator = validator_for(&host);
    (void)validate_at(validator, GOOD_TOKEN, NOW_MS);

    host.manner = LATER;
    host.now_ms = NOW_MS + HOUR_MS;
    CHECK(validate_at(validator, GOOD_TOKEN, host.now_ms).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(host.calls == 2);
    CHECK(validate_at(validator, GOOD_TOKEN, host.now_ms).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(host.calls == 2);
    answer_fetch(validator, host.last_id, host.now_ms);
    CHECK(validate_at(validator, GOOD_TOKEN, host.now_ms).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(host.calls == 2);
    jotgate_validator_free(validator);
}

static void requests_are_pushed_alike(void)
{
    host host = {.manner = AT_ONCE, .now_ms = NOW_MS};
    jotgate_validator *validator = validator_for(&host);
    jotgate_field field = {.name = text_of("authorization"), .value = text_of("Bearer " GOOD_TOKEN)};
    jotgate_request request = {.size = sizeof request,
                               .method = text_of("GET"),
                               .path = text_of("/"),
                               .headers = &field,
                               .headers_len = 1};
    CHECK(ask_at(validator, about_request(&request), NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(host.calls == 1);
    jotgate_validator_free(validator);
}

static void there_is_one_worker_for_good(void)
{
    host host = {.manner = AT_ONCE, .now_ms = NOW_MS};
    jotgate_validator *validator = validator_for(&host);
    CHECK(jotgate_set_worker(validator, fetch_by_manner, NULL) == JOTGATE_INVALID_ARGUMENT);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(host.calls == 1);
    jotgate_validator_free(validator);
}

int main(void)
{
    RUN(a_fetch_that_ends_at_once_gives_a_verdict_at_once);
    RUN(a_fetch_that_fails_at_once_makes_the_keys_unavailable);
    RUN(a_fetch_may_end_later_on_another_thread);
    RUN(the_function_may_use_the_validator);
    RUN(refreshes_are_pushed_beside_the_verdict);
    RUN(requests_are_pushed_alike);
    RUN(there_is_one_worker_for_good);
    return finish();
}
