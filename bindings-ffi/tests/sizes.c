/* Structures of programs that are older or newer than the library, and sizes that none of them has. */
#include "support.h"

/* A structure of a later version: the fields of this one and some that the library does not know. */
#define LATER(type)          \
    struct {                 \
        type known;          \
        uint64_t unknown[2]; \
    }

static void a_newer_verdict_has_its_unknown_fields_zeroed(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    const jotgate_question question = about_token(GOOD_TOKEN);
    uint8_t buffer[512];
    LATER(jotgate_verdict) later;
    memset(&later, 0xa5, sizeof later);
    later.known.size = sizeof later;
    CHECK(jotgate_validate(validator, &question, NOW_MS, buffer, sizeof buffer, &later.known) == JOTGATE_OK);
    CHECK(later.known.kind == JOTGATE_VERDICT_ACCEPTED && later.known.size == sizeof later);
    CHECK(later.unknown[0] == 0 && later.unknown[1] == 0);
    jotgate_validator_free(validator);
}

static void nothing_is_written_behind_a_verdict(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    const jotgate_question question = about_token(EXPIRED_TOKEN);
    LATER(jotgate_verdict) memory;
    memset(&memory, 0xa5, sizeof memory);
    memory.known.size = sizeof memory.known;
    CHECK(jotgate_validate(validator, &question, NOW_MS, NULL, 0, &memory.known) == JOTGATE_OK);
    CHECK(memory.unknown[0] == UINT64_C(0xa5a5a5a5a5a5a5a5));
    jotgate_validator_free(validator);
}

/* Also where the size was forgotten, no permission of an earlier call is left in it. */
static void a_verdict_of_an_impossible_size_is_none(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    const jotgate_question question = about_token(GOOD_TOKEN);
    const size_t sizes[] = {0, 1, sizeof(jotgate_verdict) - 1, 4097, SIZE_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t buffer[512] = {0};
        jotgate_verdict verdict = {.size = sizes[i], .kind = JOTGATE_VERDICT_ACCEPTED};
        CHECK(jotgate_validate(validator, &question, NOW_MS, buffer, sizeof buffer, &verdict) ==
              JOTGATE_INVALID_ARGUMENT);
        CHECK(verdict.kind == JOTGATE_VERDICT_NONE && verdict.size == sizes[i] && buffer[0] == 0);
    }
    jotgate_validator_free(validator);
}

static void a_newer_question_must_not_ask_what_is_unknown(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    LATER(jotgate_question) later = {.known = about_token(GOOD_TOKEN)};
    later.known.size = sizeof later;
    uint8_t buffer[512];
    jotgate_verdict verdict = no_verdict();
    CHECK(jotgate_validate(validator, &later.known, NOW_MS, buffer, sizeof buffer, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED);
    later.unknown[1] = 1;
    CHECK(jotgate_validate(validator, &later.known, NOW_MS, buffer, sizeof buffer, &verdict) ==
          JOTGATE_INVALID_ARGUMENT);
    CHECK(verdict.kind == JOTGATE_VERDICT_NONE);
    jotgate_validator_free(validator);
}

static void inputs_of_impossible_sizes_are_refused(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    const size_t sizes[] = {0, sizeof(size_t), 4097, SIZE_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t buffer[512];
        size_t needed = 0;
        jotgate_verdict verdict = no_verdict();
        jotgate_question question = about_token(GOOD_TOKEN);
        question.size = sizes[i];
        CHECK(jotgate_validate(validator, &question, NOW_MS, buffer, sizeof buffer, &verdict) ==
              JOTGATE_INVALID_ARGUMENT);
        CHECK(jotgate_explain(validator, &question, NOW_MS, JOTGATE_FORM_JSON, buffer, sizeof buffer, &needed) ==
              JOTGATE_INVALID_ARGUMENT);
        const jotgate_request request = {.size = sizes[i], .method = text_of("GET"), .path = text_of("/")};
        question = about_request(&request);
        CHECK(jotgate_validate(validator, &question, NOW_MS, buffer, sizeof buffer, &verdict) ==
              JOTGATE_INVALID_ARGUMENT);
        CHECK(jotgate_forward(validator, &request, NULL, 0, buffer, sizeof buffer, &needed) ==
              JOTGATE_INVALID_ARGUMENT);
        const jotgate_response response = {.size = sizes[i], .status = 200};
        CHECK(jotgate_report_fetched(validator, 1, &response, NOW_MS) == JOTGATE_INVALID_ARGUMENT);
        verdict.size = sizes[i];
        CHECK(jotgate_answer(validator, &verdict, NOW_MS, buffer, sizeof buffer, &needed) == JOTGATE_INVALID_ARGUMENT);

        jotgate_options options = {.size = sizes[i], .seed = 1};
        jotgate_error *error = NULL;
        CHECK(jotgate_validator_new(bytes_of(POLICY_INLINE), strlen(POLICY_INLINE), &options, &error) == NULL);
        CHECK(jotgate_error_message(error).len > 0);
        jotgate_error_free(error);
    }
    jotgate_validator_free(validator);
}

int main(void)
{
    RUN(a_newer_verdict_has_its_unknown_fields_zeroed);
    RUN(nothing_is_written_behind_a_verdict);
    RUN(a_verdict_of_an_impossible_size_is_none);
    RUN(a_newer_question_must_not_ask_what_is_unknown);
    RUN(inputs_of_impossible_sizes_are_refused);
    return finish();
}
