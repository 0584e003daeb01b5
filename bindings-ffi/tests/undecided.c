/* Tokens that the host is asked about before anybody may take them for accepted. */
#include "support.h"

static jotgate_validator *validator_for(const char *policy, uint32_t client_lookup, uint32_t revocation_check)
{
    jotgate_options options = plain_options();
    options.client_lookup = client_lookup;
    options.revocation_check = revocation_check;
    return validator_with(policy, options);
}

/* Answers into the same verdict, with a buffer that suffices, and drops header and payload. */
static void answer(jotgate_verdict *verdict, uint32_t answer)
{
    uint8_t buffer[512];
    CHECK(jotgate_answer_question(&verdict->undecided, answer, buffer, sizeof buffer, verdict) == JOTGATE_OK);
}

static void a_host_that_does_not_look_clients_up_has_no_such_policy(void)
{
    jotgate_options options = plain_options();
    jotgate_error *error = NULL;
    CHECK(jotgate_validator_new(bytes_of(POLICY_WITH_LOOKUP), strlen(POLICY_WITH_LOOKUP), &options, &error) == NULL);
    CHECK(is_text(jotgate_error_path(error), "issuers[0].client_id.allowed"));
    jotgate_error_free(error);
}

static void the_client_is_named_and_looked_up(void)
{
    const struct {
        uint32_t answer, kind, code;
    } answers[] = {
        {JOTGATE_ANSWER_YES, JOTGATE_VERDICT_ACCEPTED, 0},
        {JOTGATE_ANSWER_NO, JOTGATE_VERDICT_REJECTED, JOTGATE_CODE_CLIENT_NOT_ALLOWED},
        {JOTGATE_ANSWER_FAILED, JOTGATE_VERDICT_REJECTED, JOTGATE_CODE_CLIENT_NOT_ALLOWED},
        {0, JOTGATE_VERDICT_REJECTED, JOTGATE_CODE_CLIENT_NOT_ALLOWED},
        {424242, JOTGATE_VERDICT_REJECTED, JOTGATE_CODE_CLIENT_NOT_ALLOWED},
    };
    jotgate_validator *validator = validator_for(POLICY_WITH_LOOKUP, 1, 0);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
        CHECK(verdict.kind == JOTGATE_VERDICT_UNDECIDED && verdict.question == JOTGATE_QUESTION_CLIENT);
        CHECK(verdict.undecided != NULL && verdict.code == 0 && verdict.issuer == 0);
        CHECK(is_text(verdict.client_id, "alice") && is_text(verdict.client_claim, "sub"));
        answer(&verdict, answers[i].answer);
        CHECK(verdict.kind == answers[i].kind && verdict.code == answers[i].code && verdict.undecided == NULL);
        CHECK(verdict.client_id.data == NULL && verdict.client_claim.data == NULL && verdict.question == 0);
        CHECK(verdict.code == 0 || (is_text(verdict.claim, "sub") && verdict.detail.len > 0 && verdict.issuer == 0));
    }
    jotgate_validator_free(validator);
}

static void a_revoked_token_is_refused(void)
{
    const struct {
        uint32_t answer, kind, code;
    } answers[] = {
        {JOTGATE_ANSWER_YES, JOTGATE_VERDICT_REJECTED, JOTGATE_CODE_REVOKED},
        {JOTGATE_ANSWER_NO, JOTGATE_VERDICT_ACCEPTED, 0},
        {JOTGATE_ANSWER_FAILED, JOTGATE_VERDICT_REJECTED, JOTGATE_CODE_INTERNAL_ERROR},
        {0, JOTGATE_VERDICT_REJECTED, JOTGATE_CODE_INTERNAL_ERROR},
    };
    jotgate_validator *validator = validator_for(POLICY_INLINE, 0, 1);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
        CHECK(verdict.kind == JOTGATE_VERDICT_UNDECIDED && verdict.question == JOTGATE_QUESTION_REVOKED);
        CHECK(verdict.client_id.data == NULL && verdict.client_claim.data == NULL);
        answer(&verdict, answers[i].answer);
        CHECK(verdict.kind == answers[i].kind && verdict.code == answers[i].code && verdict.claim.data == NULL);
    }
    CHECK(validate_at(validator, FORGED_TOKEN, NOW_MS).code == JOTGATE_CODE_INVALID_SIGNATURE);
    jotgate_validator_free(validator);
}

static void one_question_follows_another(void)
{
    jotgate_validator *validator = validator_for(POLICY_WITH_LOOKUP, 1, 1);
    jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
    CHECK(verdict.question == JOTGATE_QUESTION_CLIENT);
    answer(&verdict, JOTGATE_ANSWER_YES);
    CHECK(verdict.kind == JOTGATE_VERDICT_UNDECIDED && verdict.question == JOTGATE_QUESTION_REVOKED);
    uint8_t buffer[512];
    jotgate_verdict last = no_verdict();
    CHECK(jotgate_answer_question(&verdict.undecided, JOTGATE_ANSWER_NO, buffer, sizeof buffer, &last) == JOTGATE_OK);
    CHECK(verdict.undecided == NULL && verdict.kind == JOTGATE_VERDICT_UNDECIDED);
    CHECK(last.kind == JOTGATE_VERDICT_ACCEPTED && last.expires_at == 4102444800.5);
    CHECK(is_text((jotgate_bytes){buffer, last.header_len}, GOOD_HEADER));
    CHECK(is_text((jotgate_bytes){buffer + last.header_len, last.payload_len}, GOOD_PAYLOAD));
    jotgate_validator_free(validator);
}

static void who_ignores_the_question_gets_no_claims(void)
{
    jotgate_validator *validator = validator_for(POLICY_INLINE, 0, 1);
    const jotgate_question question = about_token(GOOD_TOKEN);
    uint8_t buffer[512];
    memset(buffer, 0xa5, sizeof buffer);
    jotgate_verdict verdict = no_verdict();
    CHECK(jotgate_validate(validator, &question, NOW_MS, buffer, sizeof buffer, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind != JOTGATE_VERDICT_ACCEPTED && verdict.kind != JOTGATE_VERDICT_SKIPPED);
    CHECK(verdict.header_len == 0 && verdict.payload_len == 0);
    CHECK(verdict.expires_at == 0.0 && verdict.issued_at == 0.0);
    for (size_t i = 0; i < sizeof buffer; i++) {
        CHECK(buffer[i] == 0xa5);
    }
    /* What such a caller sends to the client. */
    char text[256] = "";
    size_t needed = 0;
    CHECK(jotgate_answer(validator, &verdict, NOW_MS, (uint8_t *)text, sizeof text - 1, &needed) == JOTGATE_OK);
    CHECK(strstr(text, "\"status\":500") != NULL);
    jotgate_undecided_free(verdict.undecided);
    jotgate_validator_free(validator);
}

static void claims_can_be_looked_at_for_the_answer(void)
{
    jotgate_validator *validator = validator_for(POLICY_INLINE, 0, 1);
    jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
    CHECK(is_text(jotgate_undecided_header(verdict.undecided), GOOD_HEADER));
    CHECK(is_text(jotgate_undecided_payload(verdict.undecided), GOOD_PAYLOAD));
    jotgate_undecided_free(verdict.undecided);
    CHECK(jotgate_undecided_header(NULL).data == NULL && jotgate_undecided_payload(NULL).data == NULL);
    jotgate_validator_free(validator);
}

static void single_claims_can_be_looked_at_for_the_answer(void)
{
    jotgate_validator *validator = validator_for(POLICY_INLINE, 0, 1);
    jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
    const jotgate_bytes payload = jotgate_undecided_payload(verdict.undecided);
    jotgate_member member = {.size = sizeof member};
    CHECK(jotgate_undecided_find_member(verdict.undecided, bytes_of("sub"), 3, &member) == JOTGATE_OK);
    CHECK(is_text(member.text, "alice") && member.text.data > payload.data && member.text.data < payload.data + payload.len);
    static const char *const absent[] = {"", "SUB", "\xff"};
    for (size_t i = 0; i < 3; i++) {
        jotgate_bytes name = text_of(absent[i]);
        CHECK(jotgate_undecided_find_member(verdict.undecided, name.data, name.len, &member) == JOTGATE_OK);
        CHECK(member.json.data == NULL && member.size == sizeof member);
    }
    CHECK(jotgate_undecided_find_member(NULL, bytes_of("sub"), 3, &member) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_undecided_find_member(verdict.undecided, NULL, 3, &member) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_undecided_find_member(verdict.undecided, bytes_of("sub"), 3, NULL) == JOTGATE_NULL_ARGUMENT);

    uint8_t table[5 * JOTGATE_MEMBER_SIZE], buffer[GOOD_ROOM];
    size_t needed = 0;
    CHECK(jotgate_undecided_members(verdict.undecided, table, sizeof table - 1, &needed) == JOTGATE_BUFFER_TOO_SMALL);
    CHECK(needed == sizeof table);
    CHECK(jotgate_undecided_members(verdict.undecided, table, sizeof table, &needed) == JOTGATE_OK);
    CHECK(jotgate_undecided_members(NULL, table, sizeof table, &needed) == JOTGATE_NULL_ARGUMENT && needed == 0);
    CHECK(jotgate_answer_question(&verdict.undecided, JOTGATE_ANSWER_NO, buffer, sizeof buffer, &verdict) == JOTGATE_OK);
    CHECK(memcmp(buffer + verdict.header_len + verdict.payload_len, table, sizeof table) == 0);
    jotgate_validator_free(validator);
}

static void a_question_is_answered_once(void)
{
    jotgate_validator *validator = validator_for(POLICY_INLINE, 0, 1);
    jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
    answer(&verdict, JOTGATE_ANSWER_NO);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED);
    uint8_t buffer[512];
    CHECK(jotgate_answer_question(&verdict.undecided, JOTGATE_ANSWER_NO, buffer, sizeof buffer, &verdict) ==
          JOTGATE_NULL_ARGUMENT);
    CHECK(verdict.kind == JOTGATE_VERDICT_NONE && verdict.undecided == NULL);
    CHECK(jotgate_answer_question(NULL, JOTGATE_ANSWER_NO, buffer, sizeof buffer, &verdict) == JOTGATE_NULL_ARGUMENT);
    jotgate_undecided_free(verdict.undecided);

    /* A verdict that never asked anything. */
    verdict = validate_at(validator, EXPIRED_TOKEN, NOW_MS);
    CHECK(jotgate_answer_question(&verdict.undecided, JOTGATE_ANSWER_NO, buffer, sizeof buffer, &verdict) ==
          JOTGATE_NULL_ARGUMENT);
    jotgate_validator_free(validator);
}

static void without_room_the_question_stays(void)
{
    jotgate_validator *validator = validator_for(POLICY_INLINE, 0, 1);
    uint8_t buffer[512];
    memset(buffer, 0xa5, sizeof buffer);
    jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
    const jotgate_undecided *undecided = verdict.undecided;
    for (size_t len = 0; len < GOOD_ROOM; len += 16) {
        CHECK(jotgate_answer_question(&verdict.undecided, JOTGATE_ANSWER_NO, len == 0 ? NULL : buffer, len, &verdict) ==
              JOTGATE_BUFFER_TOO_SMALL);
        CHECK(verdict.kind == JOTGATE_VERDICT_NONE && verdict.undecided == undecided);
        CHECK(verdict.header_len + verdict.payload_len + verdict.members * JOTGATE_MEMBER_SIZE == GOOD_ROOM);
        CHECK(buffer[0] == 0xa5);
    }
    CHECK(jotgate_answer_question(&verdict.undecided, JOTGATE_ANSWER_NO, NULL, 1, &verdict) == JOTGATE_NULL_ARGUMENT);
    CHECK(verdict.undecided == undecided);
    jotgate_verdict small = {.size = 8};
    CHECK(jotgate_answer_question(&verdict.undecided, JOTGATE_ANSWER_NO, buffer, GOOD_ROOM, &small) ==
          JOTGATE_INVALID_ARGUMENT);
    CHECK(jotgate_answer_question(&verdict.undecided, JOTGATE_ANSWER_NO, buffer, GOOD_ROOM, NULL) ==
          JOTGATE_NULL_ARGUMENT);
    CHECK(verdict.undecided == undecided);
    CHECK(jotgate_answer_question(&verdict.undecided, JOTGATE_ANSWER_NO, buffer, GOOD_ROOM, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED && verdict.undecided == NULL);
    jotgate_validator_free(validator);
}

/* Also a name that only the default mapping gives to a claim. */
static void the_name_of_a_refused_claim_lives_as_long_as_the_validator(void)
{
    jotgate_validator *validator = validator_for(POLICY_MAPPED, 1, 0);
    jotgate_verdict verdict = validate_at(validator, MAPPED_TOKEN, NOW_MS);
    CHECK(is_text(verdict.client_id, "alice@api.test"));
    answer(&verdict, JOTGATE_ANSWER_NO);
    for (int i = 0; i < 100; i++) {
        jotgate_verdict other = validate_at(validator, MAPPED_TOKEN, NOW_MS);
        answer(&other, JOTGATE_ANSWER_NO);
    }
    CHECK(is_text(verdict.claim, "http://wso2.org/claims/emailaddress"));
    jotgate_validator_free(validator);
}

int main(void)
{
    RUN(a_host_that_does_not_look_clients_up_has_no_such_policy);
    RUN(the_client_is_named_and_looked_up);
    RUN(a_revoked_token_is_refused);
    RUN(one_question_follows_another);
    RUN(who_ignores_the_question_gets_no_claims);
    RUN(claims_can_be_looked_at_for_the_answer);
    RUN(single_claims_can_be_looked_at_for_the_answer);
    RUN(a_question_is_answered_once);
    RUN(without_room_the_question_stays);
    RUN(the_name_of_a_refused_claim_lives_as_long_as_the_validator);
    return finish();
}
