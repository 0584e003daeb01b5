/*
 * Lengths that no 32 bits hold: 3 GiB of memory that is all zeros and costs none, because it is only read. What is too long is
 * refused as such, and no length is cut off on the way.
 */
#define _DEFAULT_SOURCE /* for MAP_ANONYMOUS */
#include "support.h"

#include <sys/mman.h>

static const size_t HUGE_LEN = (size_t)3 << 30;
static const uint8_t *zeros;

static jotgate_bytes huge(void)
{
    return (jotgate_bytes){zeros, HUGE_LEN};
}

static void a_token_is_too_large(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    /* What 32 bits would make of it is short, and so is the last. */
    const size_t lengths[] = {HUGE_LEN, ((size_t)1 << 32) - 1, ((size_t)1 << 31), ((size_t)1 << 31) + sizeof GOOD_TOKEN};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        if (lengths[i] <= HUGE_LEN) {
            jotgate_verdict verdict = ask_at(validator, about_bytes(zeros, lengths[i]), NOW_MS);
            CHECK(verdict.kind == JOTGATE_VERDICT_REJECTED && verdict.code == JOTGATE_CODE_TOKEN_TOO_LARGE);
        }
    }
    jotgate_validator_free(validator);
}

static void a_batch_refuses_it_alone(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    const jotgate_bytes tokens[] = {huge(), text_of(GOOD_TOKEN)};
    const jotgate_batch batch = {.size = sizeof batch, .tokens = tokens, .tokens_len = 2};
    jotgate_verdict verdicts[2] = {{.size = sizeof verdicts[0]}};
    uint8_t buffer[1024];
    size_t needed = 0;
    CHECK(jotgate_validate_many(validator, &batch, NOW_MS, buffer, sizeof buffer, &needed, verdicts, 2) == JOTGATE_OK);
    CHECK(verdicts[0].code == JOTGATE_CODE_TOKEN_TOO_LARGE && verdicts[1].kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_validator_free(validator);
}

static void a_field_of_a_request_holds_no_token(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    const jotgate_field fields[] = {{.name = text_of("X-Large"), .value = huge()},
                                    {.name = text_of("Authorization"), .value = text_of("Bearer " GOOD_TOKEN)}};
    jotgate_request request = {.size = sizeof request,
                               .method = text_of("GET"),
                               .path = text_of("/"),
                               .headers = fields,
                               .headers_len = 2};
    CHECK(ask_at(validator, about_request(&request), NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    request.headers_len = 1;
    CHECK(ask_at(validator, about_request(&request), NOW_MS).code == JOTGATE_CODE_MISSING_TOKEN);
    jotgate_validator_free(validator);
}

static void a_body_is_no_key_set(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    jotgate_work *fetch = only_fetch(validator, NOW_MS);
    const jotgate_response response = {.size = sizeof response, .status = 200, .body = huge()};
    CHECK(jotgate_report_fetched(validator, fetch->id, &response, NOW_MS) == JOTGATE_OK);
    jotgate_work_free(fetch);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_UNAVAILABLE);
    jotgate_validator_free(validator);
}

static void a_document_is_refused(void)
{
    jotgate_options options = plain_options();
    jotgate_error *error = NULL;
    CHECK(jotgate_validator_new(zeros, HUGE_LEN, &options, &error) == NULL);
    CHECK(jotgate_error_message(error).len > 0);
    jotgate_error_free(error);
    uint8_t buffer[64];
    size_t needed = 99;
    CHECK(jotgate_policy_to_json(zeros, HUGE_LEN, JOTGATE_FORMAT_YAML, buffer, sizeof buffer, &needed, NULL) ==
          JOTGATE_POLICY_REFUSED);
    CHECK(jotgate_import(JOTGATE_PRODUCT_WSO2, zeros, HUGE_LEN, NULL, 0, buffer, sizeof buffer, &needed, NULL) ==
          JOTGATE_POLICY_REFUSED);
    CHECK(jotgate_requirement_new(zeros, HUGE_LEN, NULL) == NULL);
}

static void a_snapshot_is_refused(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    size_t imported = 99;
    CHECK(jotgate_import_keys(validator, zeros, HUGE_LEN, NOW_MS, &imported) == JOTGATE_SNAPSHOT_REFUSED);
    CHECK(imported == 0);
    jotgate_validator_free(validator);
}

/* A cause is cut to what people read. */
static void a_cause_is_cut(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    jotgate_work *fetch = only_fetch(validator, NOW_MS);
    CHECK(jotgate_report_failed(validator, fetch->id, JOTGATE_FAILURE_CONNECTION, zeros, HUGE_LEN, NOW_MS) == JOTGATE_OK);
    jotgate_work_free(fetch);
    jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
    CHECK(verdict.kind == JOTGATE_VERDICT_UNAVAILABLE && verdict.detail.len < 2048);
    jotgate_validator_free(validator);
}

static void no_name_of_a_claim_is_so_long(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    const jotgate_question question = about_token(GOOD_TOKEN);
    uint8_t buffer[1024];
    jotgate_verdict verdict = no_verdict();
    CHECK(jotgate_validate(validator, &question, NOW_MS, buffer, sizeof buffer, &verdict) == JOTGATE_OK);
    jotgate_member member = {.size = sizeof member};
    CHECK(jotgate_find_member(&verdict, buffer, zeros, HUGE_LEN, &member) == JOTGATE_OK && member.json.data == NULL);
    CHECK(jotgate_has_scope(&verdict, buffer, zeros, HUGE_LEN) == 0);
    jotgate_validator_free(validator);
}

int main(void)
{
    if (sizeof(size_t) < 8) {
        return finish(); /* No length is so long there. */
    }
    void *memory = mmap(NULL, HUGE_LEN, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        puts("FAILED there_is_no_room_for_the_lengths");
        return EXIT_FAILURE;
    }
    zeros = memory;
    RUN(a_token_is_too_large);
    RUN(a_batch_refuses_it_alone);
    RUN(a_field_of_a_request_holds_no_token);
    RUN(a_body_is_no_key_set);
    RUN(a_document_is_refused);
    RUN(a_snapshot_is_refused);
    RUN(a_cause_is_cut);
    RUN(no_name_of_a_claim_is_so_long);
    munmap(memory, HUGE_LEN);
    return finish();
}
