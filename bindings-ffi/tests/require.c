/* What an endpoint asks for in code: requirements, the verdicts that they leave and make, and what cannot be asked. */
#include "support.h"

static jotgate_requirement *requirement_of(const char *document)
{
    jotgate_error *error = NULL;
    jotgate_requirement *requirement = jotgate_requirement_new(bytes_of(document), strlen(document), &error);
    CHECK(requirement != NULL && error == NULL);
    return requirement;
}

/* An accepted token and its buffer, of the policy with an inline key set. */
static jotgate_verdict accepted(const jotgate_validator *validator, uint8_t *buffer, size_t len)
{
    jotgate_verdict verdict = no_verdict();
    const jotgate_question question = about_token(GOOD_TOKEN);
    CHECK(jotgate_validate(validator, &question, NOW_MS, buffer, len, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED && verdict.judged_for_ms == NOW_MS);
    CHECK(verdict.scope_claim.data == NULL);
    return verdict;
}

static void a_token_that_is_what_is_asked_for_keeps_its_verdict(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    jotgate_requirement *requirement = requirement_of("{\"claims\":[{\"claim\":\"sub\",\"equals\":\"alice\"}]}");
    uint8_t buffer[512];
    jotgate_verdict verdict = accepted(validator, buffer, sizeof buffer);
    const jotgate_verdict before = verdict;
    CHECK(jotgate_require(validator, requirement, buffer, &verdict) == JOTGATE_OK);
    CHECK(memcmp(&verdict, &before, sizeof verdict) == 0);
    jotgate_member subject = {.size = sizeof subject};
    CHECK(jotgate_find_member(&verdict, buffer, bytes_of("sub"), 3, &subject) == JOTGATE_OK);
    CHECK(is_text(subject.text, "alice"));
    jotgate_requirement_free(requirement);
    jotgate_validator_free(validator);
}

static void a_token_that_lacks_something_is_refused_and_answered(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    jotgate_requirement *requirement = requirement_of("{\"scopes\":{\"all\":[\"orders:write\"]}}");
    uint8_t buffer[512];
    jotgate_verdict verdict = accepted(validator, buffer, sizeof buffer);
    CHECK(jotgate_require(validator, requirement, buffer, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_REJECTED && verdict.code == JOTGATE_CODE_INSUFFICIENT_SCOPE);
    CHECK(is_text(verdict.claim, "scope") && verdict.issuer == 0 && verdict.route == -1 && verdict.payload_len == 0);
    char answer[1024] = {0};
    size_t needed = 0;
    CHECK(jotgate_answer_with(validator, requirement, &verdict, NOW_MS, (uint8_t *)answer, sizeof answer - 1, &needed) ==
          JOTGATE_OK);
    CHECK(strstr(answer, "\"status\":403") != NULL && strstr(answer, "scope=\\\"orders:write\\\"") != NULL);
    CHECK(jotgate_answer_with(validator, NULL, &verdict, NOW_MS, NULL, 0, &needed) == JOTGATE_NULL_ARGUMENT);

    /* It is refused already, and asked nothing. */
    CHECK(jotgate_require(validator, requirement, buffer, &verdict) == JOTGATE_INVALID_ARGUMENT);
    CHECK(verdict.kind == JOTGATE_VERDICT_NONE);
    jotgate_requirement_free(requirement);
    jotgate_validator_free(validator);
}

static void a_request_without_a_token_is_never_enough(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    jotgate_requirement *requirement = requirement_of("{\"claims\":[{\"claim\":\"sub\"}]}");
    jotgate_verdict verdict = {.size = sizeof verdict, .kind = JOTGATE_VERDICT_SKIPPED, .issuer = -1, .route = 3};
    CHECK(jotgate_require(validator, requirement, NULL, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_REJECTED && verdict.code == JOTGATE_CODE_MISSING_TOKEN && verdict.route == 3);
    jotgate_requirement_free(requirement);
    jotgate_validator_free(validator);
}

static void what_is_no_requirement_is_refused(void)
{
    jotgate_error *error = NULL;
    const char *document = "{\"scopes\":{\"all\":[\"a\",\"b c\"]}}";
    CHECK(jotgate_requirement_new(bytes_of(document), strlen(document), &error) == NULL);
    CHECK(is_text(jotgate_error_path(error), "scopes.all[1]") && jotgate_error_message(error).len > 0);
    jotgate_error_free(error);
    CHECK(jotgate_requirement_new(NULL, 1, &error) == NULL);
    CHECK(is_text(jotgate_error_path(error), ""));
    jotgate_error_free(error);
    CHECK(jotgate_requirement_new(bytes_of("\xff"), 1, NULL) == NULL);
    jotgate_requirement_free(NULL);
}

static void what_cannot_be_asked_leaves_no_permission(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    jotgate_requirement *requirement = requirement_of("{\"claims\":[{\"claim\":\"sub\"}]}");
    uint8_t buffer[512];
    jotgate_verdict verdict = accepted(validator, buffer, sizeof buffer);
    const jotgate_verdict good = verdict;
    CHECK(jotgate_require(NULL, requirement, buffer, &verdict) == JOTGATE_NULL_ARGUMENT);
    CHECK(verdict.kind == JOTGATE_VERDICT_NONE);
    verdict = good;
    CHECK(jotgate_require(validator, NULL, buffer, &verdict) == JOTGATE_NULL_ARGUMENT);
    CHECK(verdict.kind == JOTGATE_VERDICT_NONE);
    verdict = good;
    CHECK(jotgate_require(validator, requirement, NULL, &verdict) == JOTGATE_NULL_ARGUMENT);
    CHECK(verdict.kind == JOTGATE_VERDICT_NONE);
    CHECK(jotgate_require(validator, requirement, buffer, NULL) == JOTGATE_NULL_ARGUMENT);
    verdict = good;
    verdict.header_len = SIZE_MAX;
    CHECK(jotgate_require(validator, requirement, buffer, &verdict) == JOTGATE_INVALID_ARGUMENT);
    CHECK(verdict.kind == JOTGATE_VERDICT_NONE);
    verdict = good;
    verdict.size = 1;
    CHECK(jotgate_require(validator, requirement, buffer, &verdict) == JOTGATE_INVALID_ARGUMENT);
    CHECK(verdict.kind == JOTGATE_VERDICT_NONE);

    /* Of another buffer, of a validator with more issuers, or of another one. */
    verdict = good;
    memset(buffer + good.header_len, ' ', good.payload_len);
    CHECK(jotgate_require(validator, requirement, buffer, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_REJECTED && verdict.code == JOTGATE_CODE_INTERNAL_ERROR);
    verdict = accepted(validator, buffer, sizeof buffer);
    verdict.issuer = 1;
    CHECK(jotgate_require(validator, requirement, buffer, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_REJECTED && verdict.code == JOTGATE_CODE_INTERNAL_ERROR);
    verdict = accepted(validator, buffer, sizeof buffer);
    verdict.origin = 0;
    CHECK(jotgate_require(validator, requirement, buffer, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_REJECTED && verdict.code == JOTGATE_CODE_INTERNAL_ERROR);
    jotgate_validator *other = validator_of(POLICY_INLINE);
    verdict = accepted(other, buffer, sizeof buffer);
    CHECK(jotgate_require(validator, requirement, buffer, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_REJECTED && verdict.code == JOTGATE_CODE_INTERNAL_ERROR);
    jotgate_validator_free(other);
    jotgate_requirement_free(requirement);
    jotgate_validator_free(validator);
}

static void scopes_are_told_without_refusing(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    uint8_t buffer[512];
    jotgate_verdict verdict = accepted(validator, buffer, sizeof buffer);
    char text[64] = {0};
    size_t needed = 0;
    CHECK(jotgate_scopes(&verdict, buffer, (uint8_t *)text, sizeof text, &needed) == JOTGATE_OK);
    CHECK(needed == 2 && strcmp(text, "[]") == 0);
    CHECK(jotgate_has_scope(&verdict, buffer, bytes_of("a"), 1) == 0);
    CHECK(jotgate_scopes(&verdict, buffer, NULL, 0, &needed) == JOTGATE_BUFFER_TOO_SMALL && needed == 2);

    /* Any claim may be named; that of an empty name is nowhere. */
    verdict.scope_claim = text_of("sub");
    CHECK(jotgate_has_scope(&verdict, buffer, bytes_of("alice"), 5) == 1);
    CHECK(jotgate_has_scope(&verdict, buffer, bytes_of("alic"), 4) == 0);
    CHECK(jotgate_scopes(&verdict, buffer, (uint8_t *)text, sizeof text, &needed) == JOTGATE_OK);
    CHECK(strcmp(text, "[\"alice\"]") == 0);
    verdict.scope_claim.len = 0;
    CHECK(jotgate_has_scope(&verdict, buffer, bytes_of("alice"), 5) == 0);
    verdict.kind = JOTGATE_VERDICT_REJECTED;
    CHECK(jotgate_has_scope(&verdict, buffer, bytes_of("alice"), 5) == 0);
    CHECK(jotgate_has_scope(NULL, buffer, bytes_of("alice"), 5) == 0);
    CHECK(jotgate_scopes(&verdict, buffer, NULL, 0, &needed) == JOTGATE_INVALID_ARGUMENT && needed == 0);
    jotgate_validator_free(validator);
}

int main(void)
{
    RUN(a_token_that_is_what_is_asked_for_keeps_its_verdict);
    RUN(a_token_that_lacks_something_is_refused_and_answered);
    RUN(a_request_without_a_token_is_never_enough);
    RUN(what_is_no_requirement_is_refused);
    RUN(what_cannot_be_asked_leaves_no_permission);
    RUN(scopes_are_told_without_refusing);
    return finish();
}
