/* Verdicts on tokens, and the buffer that header, payload and table of claims go to. */
#define _DEFAULT_SOURCE /* for mmap */
#include "support.h"

#include <math.h>
#include <sys/mman.h>

static void an_accepted_token_hands_over_header_and_payload(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    uint8_t buffer[sizeof(GOOD_TOKEN) - 1];
    jotgate_verdict verdict = no_verdict();
    const jotgate_question question = about_token(GOOD_TOKEN);
    CHECK(jotgate_validate(validator, &question, NOW_MS, buffer, sizeof buffer, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(verdict.code == 0);
    CHECK(verdict.issuer == 0);
    CHECK(verdict.work_due == 0 && verdict.wait_for_len == 0 && verdict.undecided == NULL);
    CHECK(verdict.claim.data == NULL && verdict.detail.data == NULL);
    CHECK(is_text((jotgate_bytes){buffer, verdict.header_len}, GOOD_HEADER));
    CHECK(is_text((jotgate_bytes){buffer + verdict.header_len, verdict.payload_len}, GOOD_PAYLOAD));
    CHECK(verdict.expires_at == 4102444800.5);
    CHECK(verdict.issued_at == 1700000000.0);
    CHECK(isnan(verdict.not_before));
    jotgate_validator_free(validator);
}

static void dates_that_are_absent_are_no_numbers(void)
{
    jotgate_validator *validator = validator_of(POLICY_WITHOUT_DATES);
    jotgate_verdict verdict = validate_at(validator, NO_DATES_TOKEN, NOW_MS);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(isnan(verdict.expires_at) && isnan(verdict.not_before) && isnan(verdict.issued_at));
    jotgate_validator_free(validator);
}

static void rejections_carry_code_claim_and_detail(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    jotgate_verdict verdict = validate_at(validator, EXPIRED_TOKEN, NOW_MS);
    CHECK(verdict.kind == JOTGATE_VERDICT_REJECTED);
    CHECK(verdict.code == JOTGATE_CODE_EXPIRED);
    CHECK(is_text(verdict.claim, "exp"));
    CHECK(verdict.detail.data != NULL && verdict.detail.len > 0);
    CHECK(verdict.issuer == 0);
    CHECK(verdict.header_len == 0 && verdict.payload_len == 0);

    verdict = validate_at(validator, FORGED_TOKEN, NOW_MS);
    CHECK(verdict.code == JOTGATE_CODE_INVALID_SIGNATURE && verdict.claim.data == NULL);
    verdict = validate_at(validator, OTHER_KEY_TOKEN, NOW_MS);
    CHECK(verdict.code == JOTGATE_CODE_UNKNOWN_KEY);
    verdict = validate_at(validator, "no token at all", NOW_MS);
    CHECK(verdict.code == JOTGATE_CODE_MALFORMED_TOKEN && verdict.issuer == -1);
    jotgate_validator_free(validator);
}

static void claim_names_live_as_long_as_the_validator(void)
{
    jotgate_validator *validator = validator_of(POLICY_WITH_TENANT);
    jotgate_verdict first = validate_at(validator, GOOD_TOKEN, NOW_MS);
    for (int i = 0; i < 100; i++) {
        (void)validate_at(validator, FORGED_TOKEN, NOW_MS);
        (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
    }
    CHECK(first.code == JOTGATE_CODE_MISSING_CLAIM);
    CHECK(is_text(first.claim, "tenant"));
    jotgate_validator_free(validator);
}

static void a_small_buffer_gets_the_lengths_and_nothing_else(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    const jotgate_question question = about_token(GOOD_TOKEN);
    uint8_t buffer[512];
    for (size_t len = 0; len <= GOOD_ROOM + 1; len++) {
        jotgate_verdict verdict = no_verdict();
        memset(buffer, 0xa5, sizeof buffer);
        jotgate_status status =
            jotgate_validate(validator, &question, NOW_MS, len == 0 ? NULL : buffer, len, &verdict);
        const bool fits = len >= GOOD_ROOM;
        CHECK(status == (fits ? JOTGATE_OK : JOTGATE_BUFFER_TOO_SMALL));
        CHECK(verdict.kind == (fits ? JOTGATE_VERDICT_ACCEPTED : JOTGATE_VERDICT_NONE));
        CHECK(verdict.header_len + verdict.payload_len + verdict.members * JOTGATE_MEMBER_SIZE == GOOD_ROOM);
        CHECK(fits || (verdict.expires_at == 0.0 && verdict.issued_at == 0.0));
        for (size_t i = fits ? GOOD_ROOM : 0; i < sizeof buffer; i++) {
            CHECK(buffer[i] == 0xa5);
        }
    }
    jotgate_validator_free(validator);
}

static void a_rejection_needs_no_buffer(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    const jotgate_question question = about_token(EXPIRED_TOKEN);
    jotgate_verdict verdict = no_verdict();
    CHECK(jotgate_validate(validator, &question, NOW_MS, NULL, 0, &verdict) == JOTGATE_OK);
    CHECK(verdict.code == JOTGATE_CODE_EXPIRED);
    jotgate_validator_free(validator);
}

/* Lengths whose low 32 bits are those of the token and of no buffer at all. */
static void lengths_beyond_32_bits_are_not_cut_off(void)
{
#if SIZE_MAX > UINT32_MAX
    const size_t token_len = strlen(GOOD_TOKEN);
    const size_t len = ((size_t)1 << 32) + token_len;
    uint8_t *memory =
        mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(memory != MAP_FAILED);
    if (memory == MAP_FAILED) {
        return;
    }
    memcpy(memory, GOOD_TOKEN, token_len);
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    uint8_t buffer[512];
    jotgate_verdict verdict = no_verdict();
    jotgate_question question = about_bytes(memory, len);
    CHECK(jotgate_validate(validator, &question, NOW_MS, buffer, sizeof buffer, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_REJECTED && verdict.code == JOTGATE_CODE_TOKEN_TOO_LARGE);

    question = about_bytes(GOOD_TOKEN, token_len);
    CHECK(jotgate_validate(validator, &question, NOW_MS, memory, (size_t)1 << 32, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(is_text((jotgate_bytes){memory, verdict.header_len}, GOOD_HEADER));
    jotgate_validator_free(validator);
    munmap(memory, len);
#endif
}

static void every_byte_counts(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    char token[sizeof GOOD_TOKEN];
    const size_t len = strlen(GOOD_TOKEN);
    for (size_t i = 0; i < len; i++) {
        memcpy(token, GOOD_TOKEN, sizeof token);
        token[i] = (char)(token[i] ^ 0x80);
        CHECK(validate_at(validator, token, NOW_MS).kind == JOTGATE_VERDICT_REJECTED);
    }
    /* A NUL is a byte like any other: what follows is not cut off. */
    CHECK(ask_at(validator, about_bytes(GOOD_TOKEN, len + 1), NOW_MS).kind == JOTGATE_VERDICT_REJECTED);
    jotgate_validator_free(validator);
}

int main(void)
{
    RUN(an_accepted_token_hands_over_header_and_payload);
    RUN(dates_that_are_absent_are_no_numbers);
    RUN(rejections_carry_code_claim_and_detail);
    RUN(claim_names_live_as_long_as_the_validator);
    RUN(a_small_buffer_gets_the_lengths_and_nothing_else);
    RUN(a_rejection_needs_no_buffer);
    RUN(lengths_beyond_32_bits_are_not_cut_off);
    RUN(every_byte_counts);
    return finish();
}
