/* Pull style: the host takes fetches, does them and asks again. */
#include "support.h"

#define HOUR_MS INT64_C(3600000)

static jotgate_fetch *take_the_only_fetch(const jotgate_validator *validator, int64_t now_ms)
{
    jotgate_fetch *fetch = jotgate_take_fetch(validator, now_ms);
    CHECK(fetch != NULL);
    CHECK(jotgate_take_fetch(validator, now_ms) == NULL);
    return fetch;
}

/* A validator that has its keys since NOW_MS. */
static jotgate_validator *validator_with_keys(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    jotgate_fetch *fetch = take_the_only_fetch(validator, NOW_MS);
    if (fetch != NULL) {
        answer_fetch(validator, fetch->id, NOW_MS);
    }
    jotgate_fetch_free(fetch);
    return validator;
}

static void keys_are_fetched_once_and_serve_afterwards(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
    CHECK(verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED);
    CHECK(verdict.fetch_due == 1);
    CHECK(verdict.code == 0);

    jotgate_fetch *fetch = take_the_only_fetch(validator, NOW_MS);
    CHECK(is_text(fetch->url, "https://issuer.test/jwks"));
    CHECK(fetch->timeout_ms > 0 && fetch->max_body > 0);
    bool accept = false;
    for (size_t i = 0; i < fetch->headers_len; i++) {
        accept = accept || is_text(fetch->headers[i].name, "accept");
        CHECK(fetch->headers[i].value.len > 0);
    }
    CHECK(accept);

    /* Others who need the same keys meanwhile wait for the same fetch. */
    verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
    CHECK(verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED && verdict.fetch_due == 0);

    const uint64_t id = fetch->id;
    jotgate_fetch_free(fetch);
    answer_fetch(validator, id, NOW_MS);
    verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED && verdict.fetch_due == 0);
    CHECK(jotgate_take_fetch(validator, NOW_MS) == NULL);
    jotgate_validator_free(validator);
}

static void a_failed_fetch_makes_the_keys_unavailable(void)
{
    for (uint32_t failure = JOTGATE_FETCH_CONNECTION; failure <= JOTGATE_FETCH_CALLBACK; failure++) {
        jotgate_validator *validator = validator_of(POLICY_FETCHED);
        (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
        jotgate_fetch *fetch = take_the_only_fetch(validator, NOW_MS);
        CHECK(jotgate_fail_fetch(validator, fetch->id, failure, NOW_MS) == JOTGATE_OK);
        jotgate_fetch_free(fetch);
        jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
        CHECK(verdict.kind == JOTGATE_VERDICT_UNAVAILABLE);
        CHECK(verdict.code == JOTGATE_CODE_KEYS_UNAVAILABLE);
        CHECK(verdict.retry_at_ms > NOW_MS);
        CHECK(verdict.issuer == 0);
        jotgate_validator_free(validator);
    }
}

static void only_a_key_set_counts_as_an_answer(void)
{
    const struct {
        uint16_t status;
        const char *body;
    } answers[] = {{200, "<html>"}, {200, ""}, {200, "{\"keys\":[]}"}, {404, KEY_SET}, {301, KEY_SET}, {0, KEY_SET}};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        jotgate_validator *validator = validator_of(POLICY_FETCHED);
        (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
        jotgate_fetch *fetch = take_the_only_fetch(validator, NOW_MS);
        CHECK(jotgate_complete_fetch(validator, fetch->id, answers[i].status, NULL, 0, bytes_of(answers[i].body),
                                     strlen(answers[i].body), NOW_MS) == JOTGATE_OK);
        jotgate_fetch_free(fetch);
        CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_UNAVAILABLE);
        jotgate_validator_free(validator);
    }
}

static void a_fetch_ends_once(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
    jotgate_fetch *fetch = take_the_only_fetch(validator, NOW_MS);
    answer_fetch(validator, fetch->id, NOW_MS);
    /* What comes after the end changes nothing, whatever it says. */
    answer_fetch(validator, fetch->id, NOW_MS);
    CHECK(jotgate_fail_fetch(validator, fetch->id, JOTGATE_FETCH_TIMEOUT, NOW_MS) == JOTGATE_OK);
    CHECK(jotgate_complete_fetch(validator, fetch->id, 500, NULL, 0, NULL, 0, NOW_MS) == JOTGATE_OK);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_fetch_free(fetch);
    jotgate_validator_free(validator);
}

static void unknown_ids_are_ignored_and_unknown_failures_refused(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
    jotgate_fetch *fetch = take_the_only_fetch(validator, NOW_MS);
    answer_fetch(validator, fetch->id + 1, NOW_MS);
    answer_fetch(validator, UINT64_MAX, NOW_MS);
    CHECK(jotgate_fail_fetch(validator, UINT64_MAX, JOTGATE_FETCH_TIMEOUT, NOW_MS) == JOTGATE_OK);
    CHECK(jotgate_fail_fetch(validator, fetch->id, 0, NOW_MS) == JOTGATE_INVALID_ARGUMENT);
    CHECK(jotgate_fail_fetch(validator, fetch->id, JOTGATE_FETCH_CALLBACK + 1, NOW_MS) == JOTGATE_INVALID_ARGUMENT);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_KEYS_NEEDED);

    answer_fetch(validator, fetch->id, NOW_MS);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_fetch_free(fetch);
    jotgate_validator_free(validator);
}

static void header_fields_that_are_no_text_are_passed_over(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
    jotgate_fetch *fetch = take_the_only_fetch(validator, NOW_MS);
    jotgate_field fields[] = {
        {.name = text_of("Server"), .value = text_of("Z\xfcrich")},
        {.name = text_of("\xff"), .value = text_of("x")},
        {.name = {NULL, 0}, .value = {NULL, 0}},
    };
    CHECK(jotgate_complete_fetch(validator, fetch->id, 200, fields, 3, bytes_of(KEY_SET), strlen(KEY_SET), NOW_MS) ==
          JOTGATE_OK);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_fetch_free(fetch);
    jotgate_validator_free(validator);
}

static void a_refresh_is_offered_beside_the_verdict(void)
{
    jotgate_validator *validator = validator_with_keys();
    const int64_t later = NOW_MS + HOUR_MS;
    jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, later);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED && verdict.fetch_due == 1);
    jotgate_fetch *fetch = take_the_only_fetch(validator, later);
    verdict = validate_at(validator, GOOD_TOKEN, later);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED && verdict.fetch_due == 0);
    answer_fetch(validator, fetch->id, later);
    jotgate_fetch_free(fetch);
    verdict = validate_at(validator, GOOD_TOKEN, later);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED && verdict.fetch_due == 0);
    jotgate_validator_free(validator);
}

static void an_unknown_key_asks_the_issuer_again(void)
{
    jotgate_validator *validator = validator_with_keys();
    const int64_t later = NOW_MS + HOUR_MS / 10;
    jotgate_verdict verdict = validate_at(validator, OTHER_KEY_TOKEN, later);
    CHECK(verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED && verdict.fetch_due == 1);
    jotgate_fetch *fetch = take_the_only_fetch(validator, later);
    answer_fetch(validator, fetch->id, later);
    jotgate_fetch_free(fetch);
    verdict = validate_at(validator, OTHER_KEY_TOKEN, later);
    CHECK(verdict.kind == JOTGATE_VERDICT_REJECTED && verdict.code == JOTGATE_CODE_UNKNOWN_KEY);
    jotgate_validator_free(validator);
}

static void fetches_that_nobody_takes_do_not_pile_up(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    int64_t now_ms = NOW_MS;
    for (int day = 0; day < 100; day++) {
        (void)validate_at(validator, GOOD_TOKEN, now_ms);
        now_ms += 24 * HOUR_MS;
    }
    jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, now_ms);
    CHECK(verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED && verdict.fetch_due == 1);
    jotgate_fetch *fetch = take_the_only_fetch(validator, now_ms);
    answer_fetch(validator, fetch->id, now_ms);
    jotgate_fetch_free(fetch);
    CHECK(validate_at(validator, GOOD_TOKEN, now_ms).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_validator_free(validator);
}

static void a_validator_may_be_freed_with_fetches_left(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
    jotgate_validator_free(validator);

    /* A fetch owns its texts, so it outlives its validator. */
    validator = validator_of(POLICY_FETCHED);
    (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
    jotgate_fetch *fetch = take_the_only_fetch(validator, NOW_MS);
    jotgate_validator_free(validator);
    CHECK(is_text(fetch->url, "https://issuer.test/jwks"));
    jotgate_fetch_free(fetch);
}

int main(void)
{
    RUN(keys_are_fetched_once_and_serve_afterwards);
    RUN(a_failed_fetch_makes_the_keys_unavailable);
    RUN(only_a_key_set_counts_as_an_answer);
    RUN(a_fetch_ends_once);
    RUN(unknown_ids_are_ignored_and_unknown_failures_refused);
    RUN(header_fields_that_are_no_text_are_passed_over);
    RUN(a_refresh_is_offered_beside_the_verdict);
    RUN(an_unknown_key_asks_the_issuer_again);
    RUN(fetches_that_nobody_takes_do_not_pile_up);
    RUN(a_validator_may_be_freed_with_fetches_left);
    return finish();
}
