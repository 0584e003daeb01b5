/* Arguments that are missing, empty, impossible or out of order. */
#include "support.h"

static bool is_zeroed(const jotgate_verdict *verdict)
{
    jotgate_verdict expected;
    memset(&expected, 0, sizeof expected);
    expected.size = sizeof expected;
    return memcmp(verdict, &expected, sizeof expected) == 0;
}

static jotgate_verdict stale_verdict(void)
{
    jotgate_verdict verdict;
    memset(&verdict, 0x01, sizeof verdict);
    verdict.size = sizeof verdict;
    return verdict;
}

/* Asks into a verdict that holds something else, and says what the call returned; the verdict must be empty then. */
static jotgate_status ask_in_vain(const jotgate_validator *validator, const jotgate_question *question, uint8_t *buffer,
                                  size_t len)
{
    jotgate_verdict verdict = stale_verdict();
    jotgate_status status = jotgate_validate(validator, question, NOW_MS, buffer, len, &verdict);
    CHECK(is_zeroed(&verdict));
    return status;
}

static jotgate_validator *made_of(const char *policy, size_t len, jotgate_error **error)
{
    jotgate_options options = plain_options();
    return jotgate_validator_new(bytes_of(policy), len, &options, error);
}

static void null_is_refused_everywhere(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    uint8_t buffer[16];
    size_t needed = 99;
    const jotgate_question question = about_token("t");
    const jotgate_question torn = about_bytes(NULL, 1);

    CHECK(ask_in_vain(NULL, &question, buffer, sizeof buffer) == JOTGATE_NULL_ARGUMENT);
    CHECK(ask_in_vain(validator, NULL, buffer, sizeof buffer) == JOTGATE_NULL_ARGUMENT);
    CHECK(ask_in_vain(validator, &torn, buffer, sizeof buffer) == JOTGATE_NULL_ARGUMENT);
    CHECK(ask_in_vain(validator, &question, NULL, 1) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_validate(validator, &question, NOW_MS, buffer, sizeof buffer, NULL) == JOTGATE_NULL_ARGUMENT);

    const jotgate_response response = {.size = sizeof response, .status = 200};
    CHECK(jotgate_poll_work(NULL, NOW_MS) == NULL);
    CHECK(jotgate_report_fetched(NULL, 1, &response, NOW_MS) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_report_fetched(validator, 1, NULL, NOW_MS) == JOTGATE_NULL_ARGUMENT);
    const jotgate_response no_fields = {.size = sizeof response, .status = 200, .headers_len = 1};
    CHECK(jotgate_report_fetched(validator, 1, &no_fields, NOW_MS) == JOTGATE_NULL_ARGUMENT);
    const jotgate_response no_body = {.size = sizeof response, .status = 200, .body = {NULL, 1}};
    CHECK(jotgate_report_fetched(validator, 1, &no_body, NOW_MS) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_report_loaded(NULL, 1, NULL, 0, NOW_MS) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_report_loaded(validator, 1, NULL, 1, NOW_MS) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_report_saved(NULL, 1, NOW_MS) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_report_failed(NULL, 1, JOTGATE_FAILURE_TIMEOUT, NULL, 0, NOW_MS) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_report_failed(validator, 1, JOTGATE_FAILURE_TIMEOUT, NULL, 1, NOW_MS) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_reissue_work(NULL, NOW_MS) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_set_worker(NULL, NULL, NULL) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_set_worker(validator, NULL, NULL) == JOTGATE_NULL_ARGUMENT);

    const jotgate_verdict verdict = no_verdict();
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
    jotgate_work_free(NULL);
    jotgate_undecided_free(NULL);
}

static void a_length_of_zero_needs_no_pointer(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    jotgate_verdict verdict = no_verdict();
    const jotgate_question empty = about_bytes(NULL, 0);
    CHECK(jotgate_validate(validator, &empty, NOW_MS, NULL, 0, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_REJECTED && verdict.code == JOTGATE_CODE_MALFORMED_TOKEN);

    const jotgate_request nothing = {.size = sizeof nothing};
    const jotgate_question of_nothing = about_request(&nothing);
    CHECK(jotgate_validate(validator, &of_nothing, NOW_MS, NULL, 0, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_REJECTED && verdict.code == JOTGATE_CODE_MISSING_TOKEN);

    const jotgate_response response = {.size = sizeof response, .status = 204};
    CHECK(jotgate_report_fetched(validator, 1, &response, NOW_MS) == JOTGATE_OK);

    jotgate_error *error = NULL;
    CHECK(made_of(NULL, 0, &error) == NULL);
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
        jotgate_question question = about_bytes(GOOD_TOKEN, len);
        CHECK(ask_in_vain(validator, &question, buffer, sizeof buffer) == JOTGATE_INVALID_ARGUMENT);
        question = about_token(GOOD_TOKEN);
        CHECK(ask_in_vain(validator, &question, buffer, len) == JOTGATE_INVALID_ARGUMENT);

        jotgate_field field = {.name = text_of("Authorization"), .value = {.data = bytes_of("x"), .len = len}};
        jotgate_request request = {
            .size = sizeof request, .method = text_of("GET"), .headers = &field, .headers_len = 1};
        question = about_request(&request);
        CHECK(ask_in_vain(validator, &question, buffer, sizeof buffer) == JOTGATE_INVALID_ARGUMENT);
        /* A number of fields whose size in bytes would wrap around to something small. */
        request.headers_len = len / sizeof field + 1;
        CHECK(ask_in_vain(validator, &question, buffer, sizeof buffer) == JOTGATE_INVALID_ARGUMENT);

        const jotgate_response response = {.size = sizeof response, .status = 200, .body = {buffer, len}};
        CHECK(jotgate_report_fetched(validator, 1, &response, NOW_MS) == JOTGATE_INVALID_ARGUMENT);
        CHECK(jotgate_report_loaded(validator, 1, buffer, len, NOW_MS) == JOTGATE_INVALID_ARGUMENT);
        CHECK(made_of(POLICY_INLINE, len, NULL) == NULL);
    }
    jotgate_validator_free(validator);
}

static void a_bad_policy_names_the_field(void)
{
    const char *policy = "{\"version\":1,\"issuers\":[{" ISSUER_AND_AUDIENCE ",\"audiance\":[],\"keys\":{}}]}";
    jotgate_error *error = NULL;
    CHECK(made_of(policy, strlen(policy), &error) == NULL);
    CHECK(is_text(jotgate_error_path(error), "issuers[0].audiance"));
    CHECK(jotgate_error_message(error).len > 0);
    jotgate_error_in_names(error, 0);
    jotgate_error_in_names(error, 77);
    jotgate_error_in_names(NULL, 5);
    CHECK(is_text(jotgate_error_path(error), "issuers[0].audiance"));
    jotgate_error_in_names(error, 5);
    CHECK(is_text(jotgate_error_path(error), "Issuers[0].Audiance"));
    CHECK(is_text(jotgate_error_problem(error, 0).path, "Issuers[0].Audiance"));
    jotgate_error_free(error);

    /* Whoever does not ask gets no error, and nothing leaks. */
    CHECK(made_of(policy, strlen(policy), NULL) == NULL);
}

static void a_policy_must_be_utf8(void)
{
    jotgate_error *error = NULL;
    CHECK(made_of("{\"version\":\"\xff\"}", 15, &error) == NULL);
    CHECK(is_text(jotgate_error_path(error), "version"));
    CHECK(jotgate_error_hint(error).data != NULL);
    jotgate_error_free(error);
}

static void a_good_policy_clears_the_error(void)
{
    jotgate_error *error = (jotgate_error *)&error;
    jotgate_validator *validator = made_of(POLICY_INLINE, strlen(POLICY_INLINE), &error);
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
            (void)do_fetches(validator, times[j]);
            (void)validate_at(validator, GOOD_TOKEN, times[i]);
            CHECK(jotgate_report_failed(validator, 1, JOTGATE_FAILURE_TIMEOUT, NULL, 0, times[j]) == JOTGATE_OK);
            CHECK(jotgate_reissue_work(validator, times[j]) == JOTGATE_OK);

            jotgate_verdict verdict = {.size = sizeof verdict, .kind = JOTGATE_VERDICT_UNAVAILABLE, .retry_at_ms = times[i]};
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

static void a_question_is_about_one_thing(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    const jotgate_request request = {.size = sizeof request, .method = text_of("GET"), .path = text_of("/")};
    jotgate_question question = about_token(GOOD_TOKEN);
    question.request = &request;
    CHECK(ask_in_vain(validator, &question, NULL, 0) == JOTGATE_INVALID_ARGUMENT);
    jotgate_validator_free(validator);
}

static void options_are_asked_for(void)
{
    jotgate_error *error = NULL;
    CHECK(jotgate_validator_new(bytes_of(POLICY_INLINE), strlen(POLICY_INLINE), NULL, &error) == NULL);
    CHECK(is_text(jotgate_error_path(error), "") && jotgate_error_message(error).len > 0);
    jotgate_error_free(error);
    jotgate_options options = plain_options();
    options.store = 2;
    CHECK(jotgate_validator_new(bytes_of(POLICY_INLINE), strlen(POLICY_INLINE), &options, &error) == NULL);
    jotgate_error_free(error);
}

static void names_and_versions(void)
{
    CHECK(is_text(jotgate_code_name(JOTGATE_CODE_EXPIRED), "expired"));
    CHECK(is_text(jotgate_code_name(JOTGATE_CODE_INTERNAL_ERROR), "internal_error"));
    CHECK(jotgate_code_name(0).data == NULL);
    CHECK(jotgate_code_name(UINT32_MAX).data == NULL);
    CHECK(is_text(jotgate_version(), EXPECTED_VERSION));
    CHECK(jotgate_abi_version() == JOTGATE_ABI_VERSION);
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
    RUN(a_question_is_about_one_thing);
    RUN(options_are_asked_for);
    RUN(names_and_versions);
    return finish();
}
