/* What happened to the key sets, and refreshes on demand. */
#include "support.h"

/* Takes the next event, which must be of this kind. */
static void next_event_is(const jotgate_validator *validator, const char *kind)
{
    char text[512] = "";
    char wanted[64];
    size_t needed = 99;
    CHECK(jotgate_poll_event(validator, (uint8_t *)text, sizeof text - 1, &needed) == JOTGATE_OK);
    CHECK(strlen(text) == needed);
    snprintf(wanted, sizeof wanted, "\"event\":\"%s\"", kind);
    CHECK(strstr(text, wanted) != NULL);
}

static void no_event_is_left(const jotgate_validator *validator)
{
    uint8_t buffer[8] = "intact";
    size_t needed = 99;
    CHECK(jotgate_poll_event(validator, buffer, sizeof buffer, &needed) == JOTGATE_OK);
    CHECK(needed == 0);
    CHECK(memcmp(buffer, "intact", sizeof "intact") == 0);
}

/* The caller frees the fetch. */
static jotgate_work *wanted_fetch(const jotgate_validator *validator)
{
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    jotgate_work *fetch = jotgate_poll_work(validator, NOW_MS);
    CHECK(fetch != NULL);
    return fetch;
}

static void a_fetch_is_told_from_start_to_end(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    no_event_is_left(validator);
    jotgate_work *fetch = wanted_fetch(validator);
    next_event_is(validator, "fetch_started");
    no_event_is_left(validator);
    answer_fetch(validator, fetch->id, NOW_MS);
    jotgate_work_free(fetch);
    next_event_is(validator, "fetch_ok");
    next_event_is(validator, "keys_changed");
    no_event_is_left(validator);
    jotgate_validator_free(validator);
}

static void a_failure_is_told_with_its_reason(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    jotgate_work *fetch = wanted_fetch(validator);
    CHECK(jotgate_report_failed(validator, fetch->id, JOTGATE_FAILURE_TIMEOUT, NULL, 0, NOW_MS) == JOTGATE_OK);
    jotgate_work_free(fetch);
    next_event_is(validator, "fetch_started");
    char text[2048] = "";
    size_t needed;
    CHECK(jotgate_poll_event(validator, (uint8_t *)text, sizeof text - 1, &needed) == JOTGATE_OK);
    CHECK(strstr(text, "\"problem\":\"timeout\"") != NULL);
    CHECK(strstr(text, "\"source\":0") != NULL);
    jotgate_validator_free(validator);
}

static void an_event_without_room_stays(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    jotgate_work *fetch = wanted_fetch(validator);
    answer_fetch(validator, fetch->id, NOW_MS);
    jotgate_work_free(fetch);
    uint8_t buffer[8] = "intact";
    size_t first = 0;
    size_t needed = 0;
    CHECK(jotgate_poll_event(validator, NULL, 0, &first) == JOTGATE_BUFFER_TOO_SMALL);
    CHECK(first > sizeof buffer);
    CHECK(jotgate_poll_event(validator, buffer, sizeof buffer, &needed) == JOTGATE_BUFFER_TOO_SMALL);
    CHECK(needed == first);
    CHECK(memcmp(buffer, "intact", sizeof "intact") == 0);
    next_event_is(validator, "fetch_started");
    next_event_is(validator, "fetch_ok");
    next_event_is(validator, "keys_changed");
    no_event_is_left(validator);
    jotgate_validator_free(validator);
}

static void events_that_nobody_takes_do_not_pile_up(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    for (int64_t i = 0; i < 300; i++) {
        const int64_t now_ms = NOW_MS + i * INT64_C(86400000);
        (void)validate_at(validator, GOOD_TOKEN, now_ms);
        (void)do_fetches(validator, now_ms);
    }
    int count = 0;
    size_t needed = 1;
    uint8_t buffer[512];
    while (needed > 0) {
        CHECK(jotgate_poll_event(validator, buffer, sizeof buffer, &needed) == JOTGATE_OK);
        count += needed > 0;
    }
    CHECK(count == 256);
    jotgate_validator_free(validator);
}

static void a_refresh_on_demand_is_handed_out(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    CHECK(jotgate_poll_work(validator, NOW_MS) == NULL);
    CHECK(jotgate_refresh_keys(validator) == JOTGATE_OK);
    CHECK(do_fetches(validator, NOW_MS) == 1);
    CHECK(jotgate_poll_work(validator, NOW_MS) == NULL);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_validator_free(validator);
}

static void null_is_refused(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    uint8_t buffer[8];
    size_t needed = 99;
    CHECK(jotgate_poll_event(NULL, buffer, sizeof buffer, &needed) == JOTGATE_NULL_ARGUMENT);
    CHECK(needed == 0);
    CHECK(jotgate_poll_event(validator, NULL, 1, &needed) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_poll_event(validator, buffer, sizeof buffer, NULL) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_refresh_keys(NULL) == JOTGATE_NULL_ARGUMENT);
    jotgate_validator_free(validator);
}

int main(void)
{
    RUN(a_fetch_is_told_from_start_to_end);
    RUN(a_failure_is_told_with_its_reason);
    RUN(an_event_without_room_stays);
    RUN(events_that_nobody_takes_do_not_pile_up);
    RUN(a_refresh_on_demand_is_handed_out);
    RUN(null_is_refused);
    return finish();
}
