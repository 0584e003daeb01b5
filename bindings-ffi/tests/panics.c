/*
 * Bugs inside of the library: built with its feature `panics`, which no library that ships has, each function panics where
 * JOTGATE_PANIC_AT says. The process lives, no token passes, and everything can be used again.
 */
#define _DEFAULT_SOURCE /* for setenv */
#include "support.h"

/* Has the calls between the two meet a bug. */
#define AT(place) CHECK(setenv("JOTGATE_PANIC_AT", place, 1) == 0)
#define NO_MORE() CHECK(unsetenv("JOTGATE_PANIC_AT") == 0)

static const char ASKS[] = "{\"scopes\":{\"all\":[\"orders:write\"]}}";

/* What a host sends for this verdict. */
static bool answered_as_internal_error(const jotgate_validator *validator, const jotgate_verdict *verdict)
{
    uint8_t text[1024];
    size_t needed = 0;
    CHECK(jotgate_answer(validator, verdict, NOW_MS, text, sizeof text - 1, &needed) == JOTGATE_OK);
    text[needed] = 0;
    return strncmp((const char *)text, "{\"status\":500,", 14) == 0;
}

static void a_validation_lets_nothing_pass(void)
{
    const char *const places[] = {"enter", "judged"};
    jotgate_options options = plain_options();
    options.client_lookup = 1;
    const char *const policies[] = {POLICY_INLINE, POLICY_WITH_LOOKUP, POLICY_FETCHED};
    for (size_t i = 0; i < 2; i++) {
        for (size_t p = 0; p < 3; p++) {
            jotgate_validator *validator = validator_with(policies[p], options);
            const jotgate_question question = about_token(GOOD_TOKEN);
            uint8_t buffer[512] = {0};
            jotgate_verdict verdict = {.size = sizeof verdict, .kind = JOTGATE_VERDICT_ACCEPTED};
            AT(places[i]);
            const jotgate_status status = jotgate_validate(validator, &question, NOW_MS, buffer, sizeof buffer, &verdict);
            NO_MORE();
            CHECK(status == JOTGATE_PANIC && verdict.kind == JOTGATE_VERDICT_NONE && verdict.undecided == NULL);
            CHECK(is_text(jotgate_status_name(status), "panic"));
            CHECK(buffer[0] == 0 && answered_as_internal_error(validator, &verdict));
            /* It is as good as before. */
            const uint32_t expected[] = {JOTGATE_VERDICT_ACCEPTED, JOTGATE_VERDICT_UNDECIDED, JOTGATE_VERDICT_KEYS_NEEDED};
            verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
            CHECK(verdict.kind == expected[p]);
            jotgate_undecided_free(verdict.undecided);
            jotgate_validator_free(validator);
        }
    }
}

static void a_batch_lets_nothing_pass(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    const jotgate_bytes tokens[] = {text_of(GOOD_TOKEN), text_of(GOOD_TOKEN)};
    const jotgate_batch batch = {.size = sizeof batch, .tokens = tokens, .tokens_len = 2};
    const char *const places[] = {"enter", "judged"};
    for (size_t i = 0; i < 2; i++) {
        jotgate_verdict verdicts[2] = {{.size = sizeof verdicts[0], .kind = JOTGATE_VERDICT_ACCEPTED},
                                       {.size = sizeof verdicts[0], .kind = JOTGATE_VERDICT_ACCEPTED}};
        uint8_t buffer[1024];
        size_t needed = 0;
        AT(places[i]);
        CHECK(jotgate_validate_many(validator, &batch, NOW_MS, buffer, sizeof buffer, &needed, verdicts, 2) == JOTGATE_PANIC);
        NO_MORE();
        CHECK(verdicts[0].kind == JOTGATE_VERDICT_NONE && verdicts[1].kind == JOTGATE_VERDICT_NONE);
        CHECK(jotgate_validate_many(validator, &batch, NOW_MS, buffer, sizeof buffer, &needed, verdicts, 2) == JOTGATE_OK);
        CHECK(verdicts[1].kind == JOTGATE_VERDICT_ACCEPTED);
    }
    jotgate_validator_free(validator);
}

static void a_question_is_not_answered(void)
{
    jotgate_options options = plain_options();
    options.client_lookup = 1;
    jotgate_validator *validator = validator_with(POLICY_WITH_LOOKUP, options);
    jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
    uint8_t buffer[1024];
    AT("enter");
    CHECK(jotgate_undecided_payload(verdict.undecided).data == NULL);
    CHECK(jotgate_answer_question(&verdict.undecided, JOTGATE_ANSWER_YES, buffer, sizeof buffer, &verdict) == JOTGATE_PANIC);
    NO_MORE();
    CHECK(verdict.kind == JOTGATE_VERDICT_NONE && verdict.undecided == NULL);
    jotgate_validator_free(validator);
}

static void an_endpoint_asks_in_vain(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    jotgate_requirement *requirement = jotgate_requirement_new(bytes_of(ASKS), strlen(ASKS), NULL);
    const jotgate_question question = about_token(GOOD_TOKEN);
    uint8_t buffer[512];
    jotgate_verdict verdict = no_verdict();
    CHECK(jotgate_validate(validator, &question, NOW_MS, buffer, sizeof buffer, &verdict) == JOTGATE_OK);
    jotgate_member member = {.size = sizeof member};
    AT("enter");
    CHECK(jotgate_find_member(&verdict, buffer, bytes_of("sub"), 3, &member) == JOTGATE_PANIC && member.json.data == NULL);
    CHECK(jotgate_member_at(&verdict, buffer, 0, &member) == JOTGATE_PANIC && member.json.data == NULL);
    CHECK(jotgate_has_scope(&verdict, buffer, bytes_of("a"), 1) == 0);
    CHECK(jotgate_require(validator, requirement, buffer, &verdict) == JOTGATE_PANIC);
    CHECK(jotgate_requirement_new(bytes_of(ASKS), strlen(ASKS), NULL) == NULL);
    NO_MORE();
    CHECK(verdict.kind == JOTGATE_VERDICT_NONE && answered_as_internal_error(validator, &verdict));
    jotgate_requirement_free(requirement);
    jotgate_validator_free(validator);
}

/* A function that makes something gives NULL, and an error that says so where there is no second bug. */
static void nothing_is_made(void)
{
    const jotgate_options options = plain_options();
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    AT("enter");
    jotgate_error *error = (jotgate_error *)&error;
    CHECK(jotgate_validator_new(bytes_of(POLICY_INLINE), strlen(POLICY_INLINE), &options, &error) == NULL);
    NO_MORE();
    CHECK(is_text(jotgate_error_message(error), "a bug in this library was caught"));
    AT("enter");
    CHECK(jotgate_error_message(error).data == NULL && jotgate_error_problem_count(error) == 0);
    CHECK(jotgate_error_problem(error, 0).message.data == NULL);
    jotgate_error_locate(error, bytes_of("{}"), 2, JOTGATE_FORMAT_JSON);
    CHECK(jotgate_validator_replace(validator, bytes_of(POLICY_INLINE), strlen(POLICY_INLINE), NOW_MS, NULL) == NULL);
    CHECK(jotgate_testing_issuer_new(bytes_of("{}"), 2, NULL) == NULL);
    CHECK(jotgate_testing_recipes() == NULL);
    CHECK(jotgate_code_name(JOTGATE_CODE_EXPIRED).data == NULL);
    NO_MORE();
    jotgate_error_free(error);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_validator_free(validator);
}

static void nothing_is_written(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    const jotgate_question question = about_token(GOOD_TOKEN);
    const jotgate_verdict verdict = no_verdict();
    const jotgate_request request = {.size = sizeof request, .method = text_of("GET"), .path = text_of("/")};
    uint8_t text[4096];
    size_t needed = 0;
    int64_t at_ms = 0;
    AT("enter");
    CHECK(jotgate_answer(validator, &verdict, NOW_MS, text, sizeof text, &needed) == JOTGATE_PANIC);
    CHECK(jotgate_explain(validator, &question, NOW_MS, JOTGATE_FORM_TEXT, text, sizeof text, &needed) == JOTGATE_PANIC);
    CHECK(jotgate_forward(validator, &request, NULL, 0, text, sizeof text, &needed) == JOTGATE_PANIC);
    CHECK(jotgate_forwards(validator) == 0);
    CHECK(jotgate_reads(validator, text, sizeof text, &needed) == JOTGATE_PANIC);
    CHECK(jotgate_health(validator, NOW_MS, text, sizeof text, &needed) == JOTGATE_PANIC);
    CHECK(jotgate_export_keys(validator, text, sizeof text, &needed) == JOTGATE_PANIC);
    CHECK(jotgate_import_keys(validator, bytes_of("{}"), 2, NOW_MS, &needed) == JOTGATE_PANIC);
    CHECK(jotgate_refresh_keys(validator) == JOTGATE_PANIC);
    CHECK(jotgate_next_wakeup(validator, &at_ms) == JOTGATE_PANIC);
    CHECK(jotgate_poll_event(validator, text, sizeof text, &needed) == JOTGATE_PANIC);
    CHECK(jotgate_poll_warning(validator, text, sizeof text, &needed) == JOTGATE_PANIC);
    CHECK(jotgate_lint(bytes_of("{}"), 2, JOTGATE_FORM_TEXT, text, sizeof text, &needed, NULL) == JOTGATE_PANIC);
    CHECK(jotgate_policy_to_json(bytes_of("{}"), 2, JOTGATE_FORMAT_YAML, text, sizeof text, &needed, NULL) == JOTGATE_PANIC);
    CHECK(jotgate_import(JOTGATE_PRODUCT_WSO2, bytes_of(""), 0, NULL, 0, text, sizeof text, &needed, NULL) == JOTGATE_PANIC);
    CHECK(jotgate_unescape(bytes_of("a"), 1, text, sizeof text, &needed) == JOTGATE_PANIC);
    NO_MORE();
    jotgate_validator_free(validator);
}

static void answer_at_once(void *context, const jotgate_validator *validator, const jotgate_work *work)
{
    int *calls = context;
    ++*calls;
    answer_fetch(validator, work->id, NOW_MS);
}

/* A report that is lost is work that never ends: that wedges nobody, as `completions` shows. */
static void work_goes_on(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
    AT("enter");
    CHECK(jotgate_poll_work(validator, NOW_MS) == NULL);
    NO_MORE();
    jotgate_work *fetch = only_fetch(validator, NOW_MS);
    AT("enter");
    CHECK(respond(validator, fetch->id, 200, KEY_SET, NOW_MS) == JOTGATE_PANIC);
    CHECK(jotgate_report_failed(validator, fetch->id, JOTGATE_FAILURE_TIMEOUT, NULL, 0, NOW_MS) == JOTGATE_PANIC);
    CHECK(jotgate_report_saved(validator, fetch->id, NOW_MS) == JOTGATE_PANIC);
    CHECK(jotgate_reissue_work(validator, NOW_MS) == JOTGATE_PANIC);
    NO_MORE();
    answer_fetch(validator, fetch->id, NOW_MS);
    jotgate_work_free(fetch);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_validator_free(validator);

    int calls = 0;
    validator = validator_of(POLICY_FETCHED);
    CHECK(jotgate_set_worker(validator, answer_at_once, &calls) == JOTGATE_OK);
    const jotgate_question question = about_token(GOOD_TOKEN);
    jotgate_verdict verdict = no_verdict();
    AT("judged");
    CHECK(jotgate_validate(validator, &question, NOW_MS, NULL, 0, &verdict) == JOTGATE_PANIC);
    NO_MORE();
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED && calls == 1);
    jotgate_validator_free(validator);
}

int main(void)
{
    RUN(a_validation_lets_nothing_pass);
    RUN(a_batch_lets_nothing_pass);
    RUN(a_question_is_not_answered);
    RUN(an_endpoint_asks_in_vain);
    RUN(nothing_is_made);
    RUN(nothing_is_written);
    RUN(work_goes_on);
    return finish();
}
