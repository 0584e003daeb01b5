/* Tokens judged for another time than the clock's. */
#include "support.h"

#define DAY_MS INT64_C(86400000)

/* When EXPIRED_TOKEN was good. */
#define BEFORE_EXPIRY_MS INT64_C(1599999999000)

static jotgate_verdict validate_as_of(const jotgate_validator *validator, const char *token, int64_t as_of_ms)
{
    uint8_t buffer[4096];
    jotgate_verdict verdict;
    CHECK(jotgate_validate_as_of(validator, bytes_of(token), strlen(token), as_of_ms, NOW_MS, buffer, sizeof buffer,
                                 &verdict) == JOTGATE_OK);
    return verdict;
}

static jotgate_verdict request_as_of(const jotgate_validator *validator, const char *field_value, int64_t as_of_ms)
{
    jotgate_field field = {.name = text_of("authorization"), .value = text_of(field_value)};
    jotgate_request request = {.method = text_of("GET"), .path = text_of("/"), .headers = &field, .headers_len = 1};
    uint8_t buffer[4096];
    jotgate_verdict verdict;
    CHECK(jotgate_validate_request_as_of(validator, &request, as_of_ms, NOW_MS, buffer, sizeof buffer, &verdict) ==
          JOTGATE_OK);
    return verdict;
}

static void a_token_is_judged_for_its_own_time(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    CHECK(validate_at(validator, EXPIRED_TOKEN, NOW_MS).code == JOTGATE_CODE_EXPIRED);
    CHECK(validate_as_of(validator, EXPIRED_TOKEN, NOW_MS).code == JOTGATE_CODE_EXPIRED);
    CHECK(validate_as_of(validator, EXPIRED_TOKEN, BEFORE_EXPIRY_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(request_as_of(validator, "Bearer " EXPIRED_TOKEN, NOW_MS).code == JOTGATE_CODE_EXPIRED);
    CHECK(request_as_of(validator, "Bearer " EXPIRED_TOKEN, BEFORE_EXPIRY_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(validate_as_of(validator, FORGED_TOKEN, BEFORE_EXPIRY_MS).code == JOTGATE_CODE_INVALID_SIGNATURE);
    jotgate_validator_free(validator);
}

/* A time years away would make the key set expire, or come from the future, if it were the key set's time too. */
static void key_sets_go_by_the_clock(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    CHECK(validate_as_of(validator, EXPIRED_TOKEN, BEFORE_EXPIRY_MS).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    jotgate_fetch *fetch = jotgate_take_fetch(validator, NOW_MS);
    CHECK(fetch != NULL);
    answer_fetch(validator, fetch->id, NOW_MS);
    jotgate_fetch_free(fetch);
    const int64_t times[] = {BEFORE_EXPIRY_MS, NOW_MS, NOW_MS + 3650 * DAY_MS};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        jotgate_verdict verdict = validate_as_of(validator, GOOD_TOKEN, times[i]);
        CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED && verdict.fetch_due == 0);
    }
    CHECK(jotgate_take_fetch(validator, NOW_MS) == NULL);
    jotgate_validator_free(validator);
}

/* A fetcher is asked as for every other validation. */
static void answer_pushed(void *context, const jotgate_validator *validator, const jotgate_fetch *fetch)
{
    *(int *)context += 1;
    answer_fetch(validator, fetch->id, NOW_MS);
}

static void fetches_are_pushed_alike(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    int calls = 0;
    CHECK(jotgate_set_fetcher(validator, answer_pushed, &calls) == JOTGATE_OK);
    CHECK(validate_as_of(validator, EXPIRED_TOKEN, BEFORE_EXPIRY_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(request_as_of(validator, "Bearer " EXPIRED_TOKEN, BEFORE_EXPIRY_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(calls == 1);
    jotgate_validator_free(validator);
}

static void null_is_refused(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    uint8_t buffer[8];
    jotgate_verdict verdict;
    CHECK(jotgate_validate_as_of(NULL, bytes_of("t"), 1, 0, 0, buffer, sizeof buffer, &verdict) ==
          JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_validate_as_of(validator, bytes_of("t"), 1, 0, 0, buffer, sizeof buffer, NULL) ==
          JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_validate_request_as_of(validator, NULL, 0, 0, buffer, sizeof buffer, &verdict) ==
          JOTGATE_NULL_ARGUMENT);
    CHECK(verdict.kind == JOTGATE_VERDICT_NONE);
    jotgate_validator_free(validator);
}

int main(void)
{
    RUN(a_token_is_judged_for_its_own_time);
    RUN(key_sets_go_by_the_clock);
    RUN(fetches_are_pushed_alike);
    RUN(null_is_refused);
    return finish();
}
