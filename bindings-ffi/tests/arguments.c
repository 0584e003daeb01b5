/* Arguments that are missing, empty, impossible or out of order. */
#include "support.h"

#define ZEROED(verdict) (memcmp(&(verdict), &(jotgate_verdict){0}, sizeof(verdict)) == 0)

static jotgate_verdict stale_verdict(void)
{
    jotgate_verdict verdict;
    memset(&verdict, 0x01, sizeof verdict);
    return verdict;
}

static void null_is_refused_everywhere(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    uint8_t buffer[16];
    size_t needed = 99;
    jotgate_verdict verdict = stale_verdict();

    CHECK(jotgate_validate(NULL, bytes_of("t"), 1, NOW_MS, buffer, sizeof buffer, &verdict) == JOTGATE_NULL_ARGUMENT);
    CHECK(ZEROED(verdict));
    verdict = stale_verdict();
    CHECK(jotgate_validate(validator, NULL, 1, NOW_MS, buffer, sizeof buffer, &verdict) == JOTGATE_NULL_ARGUMENT);
    CHECK(ZEROED(verdict));
    verdict = stale_verdict();
    CHECK(jotgate_validate(validator, bytes_of("t"), 1, NOW_MS, NULL, 1, &verdict) == JOTGATE_NULL_ARGUMENT);
    CHECK(ZEROED(verdict));
    CHECK(jotgate_validate(validator, bytes_of("t"), 1, NOW_MS, buffer, sizeof buffer, NULL) == JOTGATE_NULL_ARGUMENT);

    verdict = stale_verdict();
    CHECK(jotgate_validate_request(validator, NULL, NOW_MS, buffer, sizeof buffer, &verdict) == JOTGATE_NULL_ARGUMENT);
    CHECK(ZEROED(verdict));

    CHECK(jotgate_take_fetch(NULL, NOW_MS) == NULL);
    CHECK(jotgate_complete_fetch(NULL, 1, 200, NULL, 0, NULL, 0, NOW_MS) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_complete_fetch(validator, 1, 200, NULL, 1, NULL, 0, NOW_MS) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_complete_fetch(validator, 1, 200, NULL, 0, NULL, 1, NOW_MS) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_fail_fetch(NULL, 1, JOTGATE_FETCH_TIMEOUT, NOW_MS) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_set_fetcher(NULL, NULL, NULL) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_set_fetcher(validator, NULL, NULL) == JOTGATE_NULL_ARGUMENT);

    CHECK(jotgate_answer(NULL, &verdict, NOW_MS, buffer, sizeof buffer, &needed) == JOTGATE_NULL_ARGUMENT);
    CHECK(needed == 0);
    CHECK(jotgate_answer(validator, NULL, NOW_MS, buffer, sizeof buffer, &needed) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_answer(validator, &verdict, NOW_MS, NULL, 1, &needed) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_answer(validator, &verdict, NOW_MS, buffer, sizeof buffer, NULL) == JOTGATE_NULL_ARGUMENT);

    needed = 99;
    CHECK(jotgate_health(NULL, NOW_MS, buffer, sizeof buffer, &needed) == JOTGATE_NULL_ARGUMENT && needed == 0);
    CHECK(jotgate_health(validator, NOW_MS, NULL, 1, &needed) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_health(validator, NOW_MS, buffer, sizeof buffer, NULL) == JOTGATE_NULL_ARGUMENT);
    needed = 99;
    CHECK(jotgate_export_keys(NULL, buffer, sizeof buffer, &needed) == JOTGATE_NULL_ARGUMENT && needed == 0);
    CHECK(jotgate_export_keys(validator, NULL, 1, &needed) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_export_keys(validator, buffer, sizeof buffer, NULL) == JOTGATE_NULL_ARGUMENT);
    needed = 99;
    CHECK(jotgate_import_keys(NULL, bytes_of("{}"), 2, NOW_MS, &needed) == JOTGATE_NULL_ARGUMENT && needed == 0);
    CHECK(jotgate_import_keys(validator, NULL, 1, NOW_MS, &needed) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_import_keys(validator, bytes_of("{}"), 2, NOW_MS, NULL) == JOTGATE_NULL_ARGUMENT);
    int64_t at_ms = 99;
    CHECK(jotgate_next_wakeup(NULL, &at_ms) == JOTGATE_NULL_ARGUMENT && at_ms == INT64_MAX);
    CHECK(jotgate_next_wakeup(validator, NULL) == JOTGATE_NULL_ARGUMENT);

    CHECK(jotgate_error_path(NULL).data == NULL);
    CHECK(jotgate_error_message(NULL).data == NULL);
    CHECK(jotgate_error_hint(NULL).data == NULL);
    jotgate_validator_free(validator);
}

static void freeing_null_does_nothing(void)
{
    jotgate_validator_free(NULL);
    jotgate_error_free(NULL);
    jotgate_fetch_free(NULL);
}

static void a_length_of_zero_needs_no_pointer(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    jotgate_verdict verdict;
    CHECK(jotgate_validate(validator, NULL, 0, NOW_MS, NULL, 0, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_REJECTED && verdict.code == JOTGATE_CODE_MALFORMED_TOKEN);

    jotgate_request nothing = {0};
    CHECK(jotgate_validate_request(validator, &nothing, NOW_MS, NULL, 0, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_REJECTED && verdict.code == JOTGATE_CODE_MISSING_TOKEN);

    CHECK(jotgate_complete_fetch(validator, 1, 204, NULL, 0, NULL, 0, NOW_MS) == JOTGATE_OK);

    jotgate_error *error = NULL;
    CHECK(jotgate_validator_new(NULL, 0, 1, &error) == NULL);
    CHECK(error != NULL);
    jotgate_error_free(error);
    jotgate_validator_free(validator);
}

static void impossible_lengths_are_refused(void)
{
    const size_t lengths[] = {SIZE_MAX, (size_t)PTRDIFF_MAX + 1};
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    uint8_t buffer[1024];
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        const size_t len = lengths[i];
        jotgate_verdict verdict = stale_verdict();
        CHECK(jotgate_validate(validator, bytes_of(GOOD_TOKEN), len, NOW_MS, buffer, sizeof buffer, &verdict) ==
              JOTGATE_INVALID_ARGUMENT);
        CHECK(ZEROED(verdict));
        verdict = stale_verdict();
        CHECK(jotgate_validate(validator, bytes_of(GOOD_TOKEN), strlen(GOOD_TOKEN), NOW_MS, buffer, len, &verdict) ==
              JOTGATE_INVALID_ARGUMENT);
        CHECK(ZEROED(verdict));

        jotgate_field field = {.name = text_of("Authorization"), .value = {.data = bytes_of("x"), .len = len}};
        jotgate_request request = {.method = text_of("GET"), .headers = &field, .headers_len = 1};
        CHECK(jotgate_validate_request(validator, &request, NOW_MS, buffer, sizeof buffer, &verdict) ==
              JOTGATE_INVALID_ARGUMENT);
        /* A number of fields whose size in bytes would wrap around to something small. */
        request.headers_len = len / sizeof field + 1;
        CHECK(jotgate_validate_request(validator, &request, NOW_MS, buffer, sizeof buffer, &verdict) ==
              JOTGATE_INVALID_ARGUMENT);

        CHECK(jotgate_complete_fetch(validator, 1, 200, NULL, 0, buffer, len, NOW_MS) == JOTGATE_INVALID_ARGUMENT);
        CHECK(jotgate_validator_new(bytes_of(POLICY_INLINE), len, 1, NULL) == NULL);
    }
    jotgate_validator_free(validator);
}

static void a_bad_policy_names_the_field(void)
{
    const char *policy = "{\"version\":1,\"issuers\":[{" ISSUER_AND_AUDIENCE ",\"audiance\":[],\"keys\":{}}]}";
    jotgate_error *error = NULL;
    CHECK(jotgate_validator_new(bytes_of(policy), strlen(policy), 1, &error) == NULL);
    CHECK(is_text(jotgate_error_path(error), "issuers[0].audiance"));
    CHECK(jotgate_error_message(error).len > 0);
    jotgate_error_free(error);

    /* Whoever does not ask gets no error, and nothing leaks. */
    CHECK(jotgate_validator_new(bytes_of(policy), strlen(policy), 1, NULL) == NULL);
}

static void a_policy_must_be_utf8(void)
{
    jotgate_error *error = NULL;
    CHECK(jotgate_validator_new(bytes_of("{\"version\":\"\xff\"}"), 15, 1, &error) == NULL);
    CHECK(is_text(jotgate_error_path(error), ""));
    CHECK(jotgate_error_hint(error).data == NULL);
    jotgate_error_free(error);
}

static void a_good_policy_clears_the_error(void)
{
    jotgate_error *error = (jotgate_error *)&error;
    jotgate_validator *validator =
        jotgate_validator_new(bytes_of(POLICY_INLINE), strlen(POLICY_INLINE), 1, &error);
    CHECK(validator != NULL);
    CHECK(error == NULL);
    jotgate_validator_free(validator);
}

/* Arithmetic on times must neither wrap around nor stop the process, whatever clock the host has. */
static void every_time_is_a_time(void)
{
    const int64_t times[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
    const size_t count = sizeof times / sizeof times[0];
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            jotgate_validator *validator = validator_of(POLICY_FETCHED);
            (void)validate_at(validator, GOOD_TOKEN, times[i]);
            jotgate_fetch *fetch = jotgate_take_fetch(validator, times[j]);
            if (fetch != NULL) {
                answer_fetch(validator, fetch->id, times[j]);
            }
            jotgate_fetch_free(fetch);
            (void)validate_at(validator, GOOD_TOKEN, times[i]);
            CHECK(jotgate_fail_fetch(validator, 1, JOTGATE_FETCH_TIMEOUT, times[j]) == JOTGATE_OK);

            jotgate_verdict verdict = {.kind = JOTGATE_VERDICT_UNAVAILABLE, .retry_at_ms = times[i]};
            uint8_t buffer[1024];
            size_t needed = 0;
            CHECK(jotgate_answer(validator, &verdict, times[j], buffer, sizeof buffer, &needed) == JOTGATE_OK);
            jotgate_validator_free(validator);
        }
    }
    /* In the year 292277026 the token has expired. */
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    CHECK(validate_at(validator, GOOD_TOKEN, INT64_MAX).code == JOTGATE_CODE_EXPIRED);
    jotgate_validator_free(validator);
}

static void names_and_versions(void)
{
    CHECK(is_text(jotgate_code_name(JOTGATE_CODE_EXPIRED), "expired"));
    CHECK(is_text(jotgate_code_name(JOTGATE_CODE_INTERNAL_ERROR), "internal_error"));
    CHECK(jotgate_code_name(0).data == NULL);
    CHECK(jotgate_code_name(UINT32_MAX).data == NULL);
    CHECK(is_text(jotgate_version(), EXPECTED_VERSION));
}

int main(void)
{
    RUN(null_is_refused_everywhere);
    RUN(freeing_null_does_nothing);
    RUN(a_length_of_zero_needs_no_pointer);
    RUN(impossible_lengths_are_refused);
    RUN(a_bad_policy_names_the_field);
    RUN(a_policy_must_be_utf8);
    RUN(a_good_policy_clears_the_error);
    RUN(every_time_is_a_time);
    RUN(names_and_versions);
    return finish();
}
