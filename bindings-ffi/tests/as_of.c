/* Tokens judged for another time than the clock's. */
#include "support.h"

#define DAY_MS INT64_C(86400000)

/* When EXPIRED_TOKEN was good. */
#define BEFORE_EXPIRY_MS INT64_C(1599999999000)

static jotgate_verdict judge_as_of(const jotgate_validator *validator, jotgate_question question, int64_t as_of_ms)
{
    question.has_as_of = 1;
    question.as_of_ms = as_of_ms;
    return ask_at(validator, question, NOW_MS);
}

static jotgate_verdict validate_as_of(const jotgate_validator *validator, const char *token, int64_t as_of_ms)
{
    return judge_as_of(validator, about_token(token), as_of_ms);
}

static jotgate_verdict request_as_of(const jotgate_validator *validator, const char *field_value, int64_t as_of_ms)
{
    jotgate_field field = {.name = text_of("authorization"), .value = text_of(field_value)};
    jotgate_request request = {.size = sizeof request,
                               .method = text_of("GET"),
                               .path = text_of("/"),
                               .headers = &field,
                               .headers_len = 1};
    return judge_as_of(validator, about_request(&request), as_of_ms);
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
    CHECK(do_fetches(validator, NOW_MS) == 1);
    const int64_t times[] = {BEFORE_EXPIRY_MS, NOW_MS, NOW_MS + 3650 * DAY_MS};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        jotgate_verdict verdict = validate_as_of(validator, GOOD_TOKEN, times[i]);
        CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED && verdict.work_due == 0);
    }
    CHECK(jotgate_poll_work(validator, NOW_MS) == NULL);
    jotgate_validator_free(validator);
}

/* A worker is asked as for every other validation. */
static void answer_pushed(void *context, const jotgate_validator *validator, const jotgate_work *fetch)
{
    *(int *)context += 1;
    answer_fetch(validator, fetch->id, NOW_MS);
}

static void fetches_are_pushed_alike(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    int calls = 0;
    CHECK(jotgate_set_worker(validator, answer_pushed, &calls) == JOTGATE_OK);
    CHECK(validate_as_of(validator, EXPIRED_TOKEN, BEFORE_EXPIRY_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(request_as_of(validator, "Bearer " EXPIRED_TOKEN, BEFORE_EXPIRY_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(calls == 1);
    jotgate_validator_free(validator);
}

static void whether_there_is_another_time_is_said_clearly(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    jotgate_question question = about_token(EXPIRED_TOKEN);
    question.as_of_ms = BEFORE_EXPIRY_MS; /* which nobody looks at */
    CHECK(ask_at(validator, question, NOW_MS).code == JOTGATE_CODE_EXPIRED);
    question.has_as_of = 2;
    jotgate_verdict verdict = no_verdict();
    CHECK(jotgate_validate(validator, &question, NOW_MS, NULL, 0, &verdict) == JOTGATE_INVALID_ARGUMENT);
    CHECK(verdict.kind == JOTGATE_VERDICT_NONE);
    jotgate_validator_free(validator);
}

int main(void)
{
    RUN(a_token_is_judged_for_its_own_time);
    RUN(key_sets_go_by_the_clock);
    RUN(fetches_are_pushed_alike);
    RUN(whether_there_is_another_time_is_said_clearly);
    return finish();
}
