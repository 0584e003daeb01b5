/* Pull style: the host polls for work, does it, reports it and asks again. */
#include "support.h"

#define HOUR_MS INT64_C(3600000)

/* A validator that has its keys since NOW_MS. */
static jotgate_validator *validator_with_keys(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    CHECK(do_fetches(validator, NOW_MS) == 1);
    return validator;
}

static void keys_are_fetched_once_and_serve_afterwards(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
    CHECK(verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED);
    CHECK(verdict.work_due == 1);
    CHECK(verdict.code == 0);
    CHECK(verdict.patience_ms > 0 && verdict.wait_for_len == 1);

    jotgate_work *fetch = only_fetch(validator, NOW_MS);
    CHECK(fetch->size == sizeof *fetch && fetch->id == verdict.wait_for[0] && fetch->text.data == NULL);
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
    CHECK(verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED && verdict.work_due == 0);
    CHECK(verdict.wait_for_len == 1 && verdict.wait_for[0] == fetch->id);

    const uint64_t id = fetch->id;
    jotgate_work_free(fetch);
    answer_fetch(validator, id, NOW_MS);
    verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED && verdict.work_due == 0);
    CHECK(jotgate_poll_work(validator, NOW_MS) == NULL);
    jotgate_validator_free(validator);
}

static void a_failed_fetch_makes_the_keys_unavailable(void)
{
    for (uint32_t failure = JOTGATE_FAILURE_CONNECTION; failure <= JOTGATE_FAILURE_CERTIFICATE; failure++) {
        jotgate_validator *validator = validator_of(POLICY_FETCHED);
        (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
        jotgate_work *fetch = only_fetch(validator, NOW_MS);
        CHECK(jotgate_report_failed(validator, fetch->id, failure, NULL, 0, NOW_MS) == JOTGATE_OK);
        jotgate_work_free(fetch);
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
        uint32_t status;
        const char *body;
    } answers[] = {{200, "<html>"}, {200, ""}, {200, "{\"keys\":[]}"}, {404, KEY_SET}, {301, KEY_SET}, {0, KEY_SET}};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        jotgate_validator *validator = validator_of(POLICY_FETCHED);
        (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
        jotgate_work *fetch = only_fetch(validator, NOW_MS);
        CHECK(respond(validator, fetch->id, answers[i].status, answers[i].body, NOW_MS) == JOTGATE_OK);
        jotgate_work_free(fetch);
        CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_UNAVAILABLE);
        jotgate_validator_free(validator);
    }
}

static void a_fetch_ends_once(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
    jotgate_work *fetch = only_fetch(validator, NOW_MS);
    answer_fetch(validator, fetch->id, NOW_MS);
    /* What comes after the end changes nothing, whatever it says. */
    answer_fetch(validator, fetch->id, NOW_MS);
    CHECK(jotgate_report_failed(validator, fetch->id, JOTGATE_FAILURE_TIMEOUT, NULL, 0, NOW_MS) == JOTGATE_OK);
    CHECK(respond(validator, fetch->id, 500, "", NOW_MS) == JOTGATE_OK);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_work_free(fetch);
    jotgate_validator_free(validator);
}

static void unknown_ids_are_ignored_and_unknown_failures_refused(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
    jotgate_work *fetch = only_fetch(validator, NOW_MS);
    answer_fetch(validator, fetch->id + 1, NOW_MS);
    answer_fetch(validator, UINT64_MAX, NOW_MS);
    CHECK(jotgate_report_failed(validator, UINT64_MAX, JOTGATE_FAILURE_TIMEOUT, NULL, 0, NOW_MS) == JOTGATE_OK);
    CHECK(jotgate_report_failed(validator, fetch->id, 0, NULL, 0, NOW_MS) == JOTGATE_INVALID_ARGUMENT);
    CHECK(jotgate_report_failed(validator, fetch->id, JOTGATE_FAILURE_CERTIFICATE + 1, NULL, 0, NOW_MS) ==
          JOTGATE_INVALID_ARGUMENT);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_KEYS_NEEDED);

    answer_fetch(validator, fetch->id, NOW_MS);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_work_free(fetch);
    jotgate_validator_free(validator);
}

/* Header fields as Go and others hand them over. */
static void header_fields_may_be_packed(void)
{
    static const char packed[] = "\0\0\0\x0d" "Cache-Control" "\0\0\0\x0b" "max-age=600" "\0\0\0\1" "a" "\0\0\0\1" "\xff";
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
    jotgate_work *fetch = only_fetch(validator, NOW_MS);
    jotgate_response response = {.size = sizeof response, .status = 200, .body = text_of(KEY_SET)};
    response.packed_headers = (jotgate_bytes){.data = bytes_of(packed), .len = sizeof packed - 2};
    CHECK(jotgate_report_fetched(validator, fetch->id, &response, NOW_MS) == JOTGATE_INVALID_ARGUMENT);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    response.packed_headers.len = sizeof packed - 1;
    CHECK(jotgate_report_fetched(validator, fetch->id, &response, NOW_MS) == JOTGATE_OK);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    int64_t at_ms = 0;
    CHECK(jotgate_next_wakeup(validator, &at_ms) == JOTGATE_OK && at_ms <= NOW_MS + 600000);
    jotgate_work_free(fetch);
    jotgate_validator_free(validator);
}

/* Whoever has waited for long enough says so itself, and has a verdict then. */
static void patience_ends_what_nobody_does(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
    jotgate_work *fetch = only_fetch(validator, NOW_MS);
    const int64_t later = NOW_MS + (int64_t)verdict.patience_ms;
    CHECK(verdict.patience_ms > fetch->timeout_ms);
    CHECK(validate_at(validator, GOOD_TOKEN, later).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    for (size_t i = 0; i < verdict.wait_for_len; i++) {
        const uint64_t id = verdict.wait_for[i];
        CHECK(jotgate_report_failed(validator, id, JOTGATE_FAILURE_TIMEOUT, NULL, 0, later) == JOTGATE_OK);
    }
    CHECK(validate_at(validator, GOOD_TOKEN, later).kind == JOTGATE_VERDICT_UNAVAILABLE);
    jotgate_work_free(fetch);
    jotgate_validator_free(validator);
}

/* As in a child process after a fork. */
static void what_is_out_can_be_handed_out_anew(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
    jotgate_work_free(only_fetch(validator, NOW_MS));
    CHECK(jotgate_reissue_work(validator, NOW_MS) == JOTGATE_OK);
    CHECK(do_fetches(validator, NOW_MS) == 1);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_validator_free(validator);
}

static void header_fields_that_are_no_text_are_passed_over(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
    jotgate_work *fetch = only_fetch(validator, NOW_MS);
    jotgate_field fields[] = {
        {.name = text_of("Server"), .value = text_of("Z\xfcrich")},
        {.name = text_of("\xff"), .value = text_of("x")},
        {.name = {NULL, 0}, .value = {NULL, 0}},
    };
    jotgate_response response = {
        .size = sizeof response, .status = 200, .headers = fields, .headers_len = 3, .body = text_of(KEY_SET)};
    CHECK(jotgate_report_fetched(validator, fetch->id, &response, NOW_MS) == JOTGATE_OK);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_work_free(fetch);
    jotgate_validator_free(validator);
}

static void a_refresh_is_offered_beside_the_verdict(void)
{
    jotgate_validator *validator = validator_with_keys();
    const int64_t later = NOW_MS + HOUR_MS;
    jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, later);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED && verdict.work_due == 1);
    jotgate_work *fetch = only_fetch(validator, later);
    verdict = validate_at(validator, GOOD_TOKEN, later);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED && verdict.work_due == 0);
    answer_fetch(validator, fetch->id, later);
    jotgate_work_free(fetch);
    verdict = validate_at(validator, GOOD_TOKEN, later);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED && verdict.work_due == 0);
    jotgate_validator_free(validator);
}

static void an_unknown_key_asks_the_issuer_again(void)
{
    jotgate_validator *validator = validator_with_keys();
    const int64_t later = NOW_MS + HOUR_MS / 10;
    jotgate_verdict verdict = validate_at(validator, OTHER_KEY_TOKEN, later);
    CHECK(verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED && verdict.work_due == 1);
    jotgate_work *fetch = only_fetch(validator, later);
    answer_fetch(validator, fetch->id, later);
    jotgate_work_free(fetch);
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
    CHECK(verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED && verdict.work_due == 1);
    jotgate_work *fetch = only_fetch(validator, now_ms);
    answer_fetch(validator, fetch->id, now_ms);
    jotgate_work_free(fetch);
    CHECK(validate_at(validator, GOOD_TOKEN, now_ms).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_validator_free(validator);
}

static void a_validator_may_be_freed_with_work_left(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
    jotgate_validator_free(validator);

    /* Work owns its texts, so it outlives its validator. */
    validator = validator_of(POLICY_FETCHED);
    (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
    jotgate_work *fetch = only_fetch(validator, NOW_MS);
    jotgate_validator_free(validator);
    CHECK(is_text(fetch->url, "https://issuer.test/jwks"));
    jotgate_work_free(fetch);
}

int main(void)
{
    RUN(keys_are_fetched_once_and_serve_afterwards);
    RUN(a_failed_fetch_makes_the_keys_unavailable);
    RUN(only_a_key_set_counts_as_an_answer);
    RUN(a_fetch_ends_once);
    RUN(unknown_ids_are_ignored_and_unknown_failures_refused);
    RUN(header_fields_may_be_packed);
    RUN(patience_ends_what_nobody_does);
    RUN(what_is_out_can_be_handed_out_anew);
    RUN(header_fields_that_are_no_text_are_passed_over);
    RUN(a_refresh_is_offered_beside_the_verdict);
    RUN(an_unknown_key_asks_the_issuer_again);
    RUN(fetches_that_nobody_takes_do_not_pile_up);
    RUN(a_validator_may_be_freed_with_work_left);
    return finish();
}
