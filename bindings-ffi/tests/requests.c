/* HTTP requests in, HTTP answers out. */
#include "support.h"

static jotgate_verdict validate_fields(const jotgate_validator *validator, const jotgate_field *fields, size_t len)
{
    jotgate_request request = {.size = sizeof request,
                               .method = text_of("GET"),
                               .path = text_of("/orders"),
                               .headers = fields,
                               .headers_len = len};
    return ask_at(validator, about_request(&request), NOW_MS);
}

/* The answer as text; the caller frees it. */
static char *answer_to(const jotgate_validator *validator, const jotgate_verdict *verdict, int64_t now_ms)
{
    size_t needed = 0;
    CHECK(jotgate_answer(validator, verdict, now_ms, NULL, 0, &needed) == JOTGATE_BUFFER_TOO_SMALL);
    CHECK(needed > 0);
    char *text = calloc(needed + 1, 1);
    size_t written = 0;
    CHECK(text != NULL);
    CHECK(jotgate_answer(validator, verdict, now_ms, (uint8_t *)text, needed, &written) == JOTGATE_OK);
    CHECK(written == needed && strlen(text) == needed);
    return text;
}

static void the_token_is_found_in_the_header(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    jotgate_field fields[] = {
        {.name = text_of("Host"), .value = text_of("api.test")},
        {.name = text_of("aUTHORIZATION"), .value = text_of("bearer " GOOD_TOKEN)},
        {.name = text_of("X-Empty"), .value = {NULL, 0}},
    };
    CHECK(validate_fields(validator, fields, 3).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(validate_fields(validator, fields, 1).code == JOTGATE_CODE_MISSING_TOKEN);

    fields[0] = (jotgate_field){.name = text_of("Authorization"), .value = text_of("Bearer " EXPIRED_TOKEN)};
    CHECK(validate_fields(validator, fields, 3).code == JOTGATE_CODE_MULTIPLE_TOKENS);
    jotgate_validator_free(validator);
}

static void bytes_that_are_no_text_disturb_nothing_but_the_token(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    jotgate_field fields[] = {
        {.name = text_of("X-City"), .value = text_of("Z\xfcrich")},
        {.name = text_of("Authorization"), .value = text_of("Bearer " GOOD_TOKEN)},
    };
    CHECK(validate_fields(validator, fields, 2).kind == JOTGATE_VERDICT_ACCEPTED);
    fields[1].value = text_of("Bearer " GOOD_TOKEN "\xff");
    CHECK(validate_fields(validator, fields, 2).code == JOTGATE_CODE_MALFORMED_TOKEN);
    jotgate_validator_free(validator);
}

/* Requests as Go and others hand them over. */
static void a_request_may_be_packed(void)
{
    static const char head[] = "\0\0\0\3GET\0\0\0\1/\0\0\0\0\0\0\0\x0d" "Authorization\0\0\0";
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    uint8_t packed[1024];
    const size_t value = strlen("Bearer " GOOD_TOKEN);
    size_t len = sizeof head - 1;
    memcpy(packed, head, len);
    packed[len - 1] = (uint8_t)(value >> 8);
    packed[len++] = (uint8_t)value;
    memcpy(packed + len, "Bearer " GOOD_TOKEN, value);
    len += value;
    jotgate_request request = {.size = sizeof request, .packed = {packed, len}};
    CHECK(ask_at(validator, about_request(&request), NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    request.packed.len = sizeof "\0\0\0\3GET\0\0\0\1/\0\0\0\0" - 1;
    CHECK(ask_at(validator, about_request(&request), NOW_MS).code == JOTGATE_CODE_MISSING_TOKEN);
    for (size_t cut = 0; cut < len; cut += cut < 12 ? 1 : 12) {
        const jotgate_question question = about_request(&request);
        jotgate_verdict verdict = no_verdict();
        request.packed.len = len - 1 - cut;
        CHECK(jotgate_validate(validator, &question, NOW_MS, NULL, 0, &verdict) == JOTGATE_INVALID_ARGUMENT ||
              request.packed.len == sizeof "\0\0\0\3GET\0\0\0\1/\0\0\0\0" - 1);
    }
    jotgate_validator_free(validator);
}

static void a_policy_tells_what_it_reads_and_whether_it_changes_requests(void)
{
    const struct {
        const char *policy;
        int32_t forwards;
        const char *reads;
    } policies[] = {
        {POLICY_WITH_FORWARD, 1, "{\"headers\":null,\"query\":false}"},
        {POLICY_INLINE, 0, "{\"headers\":[\"authorization\"],\"query\":false}"},
    };
    size_t needed = 1;
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++) {
        jotgate_validator *validator = validator_of(policies[i].policy);
        char reads[64] = {0};
        CHECK(jotgate_forwards(validator) == policies[i].forwards);
        CHECK(jotgate_reads(validator, (uint8_t *)reads, 1, &needed) == JOTGATE_BUFFER_TOO_SMALL);
        CHECK(jotgate_reads(validator, (uint8_t *)reads, needed, &needed) == JOTGATE_OK);
        CHECK(strcmp(reads, policies[i].reads) == 0);
        jotgate_validator_free(validator);
    }
    CHECK(jotgate_forwards(NULL) == 0);
    CHECK(jotgate_reads(NULL, NULL, 0, &needed) == JOTGATE_NULL_ARGUMENT && needed == 0);
}

static void claims_go_on_as_header_fields(void)
{
    jotgate_validator *validator = validator_of(POLICY_WITH_FORWARD);
    jotgate_field fields[] = {
        {.name = text_of("Authorization"), .value = text_of("Bearer " GOOD_TOKEN)},
        {.name = text_of("x-user"), .value = text_of("root")},
    };
    jotgate_request request = {.size = sizeof request,
                               .method = text_of("GET"),
                               .path = text_of("/orders"),
                               .headers = fields,
                               .headers_len = 2};
    char text[256] = {0};
    size_t needed = 0;
    CHECK(jotgate_forward(validator, &request, bytes_of(GOOD_PAYLOAD), strlen(GOOD_PAYLOAD), NULL, 0, &needed) ==
          JOTGATE_BUFFER_TOO_SMALL);
    CHECK(jotgate_forward(validator, &request, bytes_of(GOOD_PAYLOAD), strlen(GOOD_PAYLOAD), (uint8_t *)text,
                          sizeof text - 1, &needed) == JOTGATE_OK);
    CHECK(strcmp(text, "{\"remove\":[\"X-User\",\"authorization\"],\"set\":[[\"X-User\",\"alice\"]],\"query\":null}") == 0);
    CHECK(needed == strlen(text));

    memset(text, 0, sizeof text);
    CHECK(jotgate_forward(validator, &request, NULL, 0, (uint8_t *)text, sizeof text - 1, &needed) == JOTGATE_OK);
    CHECK(strcmp(text, "{\"remove\":[\"X-User\",\"authorization\"],\"set\":[],\"query\":null}") == 0);
    CHECK(jotgate_forward(validator, NULL, NULL, 0, NULL, 0, &needed) == JOTGATE_NULL_ARGUMENT && needed == 0);
    CHECK(jotgate_forward(validator, &request, bytes_of("\xff"), 1, NULL, 0, &needed) == JOTGATE_INVALID_UTF8);
    jotgate_validator_free(validator);
}

static void method_path_and_query_must_be_text(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    for (int part = 0; part < 3; part++) {
        jotgate_request request = {
            .size = sizeof request, .method = text_of("GET"), .path = text_of("/"), .query = text_of("a=b")};
        *(part == 0 ? &request.method : part == 1 ? &request.path : &request.query) = text_of("\xff");
        uint8_t buffer[16];
        const jotgate_question question = about_request(&request);
        jotgate_verdict verdict = no_verdict();
        CHECK(jotgate_validate(validator, &question, NOW_MS, buffer, sizeof buffer, &verdict) == JOTGATE_INVALID_UTF8);
        CHECK(verdict.kind == JOTGATE_VERDICT_NONE);
    }
    jotgate_validator_free(validator);
}

static void a_missing_token_is_answered_with_a_challenge(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    jotgate_verdict verdict = validate_fields(validator, NULL, 0);
    char *answer = answer_to(validator, &verdict, NOW_MS);
    CHECK(strstr(answer, "\"status\":401") != NULL);
    CHECK(strstr(answer, "[\"WWW-Authenticate\",\"Bearer\"]") != NULL);
    CHECK(strstr(answer, "\"body\":\"") != NULL);
    free(answer);
    jotgate_validator_free(validator);
}

static void unavailable_keys_are_answered_with_the_time_to_wait(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    jotgate_verdict verdict = {.size = sizeof verdict,
                               .kind = JOTGATE_VERDICT_UNAVAILABLE,
                               .code = JOTGATE_CODE_KEYS_UNAVAILABLE,
                               .retry_at_ms = NOW_MS + 4200};
    char *answer = answer_to(validator, &verdict, NOW_MS);
    CHECK(strstr(answer, "\"status\":503") != NULL);
    CHECK(strstr(answer, "[\"Retry-After\",\"5\"]") != NULL);
    free(answer);

    verdict = validate_at(validator, GOOD_TOKEN, NOW_MS);
    CHECK(verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED);
    answer = answer_to(validator, &verdict, NOW_MS);
    CHECK(strstr(answer, "\"status\":503") != NULL);
    free(answer);
    jotgate_validator_free(validator);
}

static void what_makes_no_sense_is_answered_as_an_internal_error(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    const size_t size = sizeof(jotgate_verdict);
    const jotgate_verdict verdicts[] = {
        {.size = size},
        {.size = size, .kind = JOTGATE_VERDICT_UNDECIDED},
        {.size = size, .kind = JOTGATE_VERDICT_REJECTED, .code = 0},
        {.size = size, .kind = JOTGATE_VERDICT_REJECTED, .code = 424242, .issuer = INT32_MAX},
        {.size = size, .kind = JOTGATE_VERDICT_REJECTED, .code = JOTGATE_CODE_INTERNAL_ERROR, .issuer = INT32_MIN},
    };
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++) {
        char *answer = answer_to(validator, &verdicts[i], NOW_MS);
        CHECK(strstr(answer, "\"status\":500") != NULL);
        free(answer);
    }
    jotgate_validator_free(validator);
}

static void what_may_pass_has_no_answer(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    const uint32_t kinds[] = {JOTGATE_VERDICT_ACCEPTED, JOTGATE_VERDICT_SKIPPED, 99};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        jotgate_verdict verdict = {.size = sizeof verdict, .kind = kinds[i]};
        uint8_t buffer[16];
        size_t needed = 99;
        CHECK(jotgate_answer(validator, &verdict, NOW_MS, buffer, sizeof buffer, &needed) == JOTGATE_INVALID_ARGUMENT);
        CHECK(needed == 0);
    }
    jotgate_validator_free(validator);
}

static void an_answer_is_written_whole_or_not_at_all(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    jotgate_verdict verdict = validate_at(validator, FORGED_TOKEN, NOW_MS);
    uint8_t buffer[1024];
    size_t needed = 0;
    (void)jotgate_answer(validator, &verdict, NOW_MS, NULL, 0, &needed);
    CHECK(needed > 0 && needed < sizeof buffer);
    memset(buffer, 0xa5, sizeof buffer);
    CHECK(jotgate_answer(validator, &verdict, NOW_MS, buffer, needed - 1, &needed) == JOTGATE_BUFFER_TOO_SMALL);
    for (size_t i = 0; i < sizeof buffer; i++) {
        CHECK(buffer[i] == 0xa5);
    }
    CHECK(jotgate_answer(validator, &verdict, NOW_MS, buffer, needed, &needed) == JOTGATE_OK);
    CHECK(buffer[needed - 1] == '}' && buffer[needed] == 0xa5);
    jotgate_validator_free(validator);
}

int main(void)
{
    RUN(the_token_is_found_in_the_header);
    RUN(bytes_that_are_no_text_disturb_nothing_but_the_token);
    RUN(a_request_may_be_packed);
    RUN(a_policy_tells_what_it_reads_and_whether_it_changes_requests);
    RUN(claims_go_on_as_header_fields);
    RUN(method_path_and_query_must_be_text);
    RUN(a_missing_token_is_answered_with_a_challenge);
    RUN(unavailable_keys_are_answered_with_the_time_to_wait);
    RUN(what_makes_no_sense_is_answered_as_an_internal_error);
    RUN(what_may_pass_has_no_answer);
    RUN(an_answer_is_written_whole_or_not_at_all);
    return finish();
}
