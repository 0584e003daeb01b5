/* The test kit: an issuer that mints what the program's own policy takes, and what it refuses. */
#include "support.h"

#define SHIPPED                                                                                 \
    "{\"version\":1,\"issuers\":[{\"issuer\":\"https://idp.example.com/\",\"audience\":\"orders\"," \
    "\"algorithms\":[\"ES256\"],\"keys\":{\"jwks_uri\":\"https://idp.example.com/jwks\"}}]}"

static jotgate_testing_issuer *issuer_of(const char *options, jotgate_error **error)
{
    return jotgate_testing_issuer_new(bytes_of(options), strlen(options), error);
}

/* The issuer of SHIPPED, at the time of the tests. */
static jotgate_testing_issuer *issuer(void)
{
    static char options[1024];
    char *to = options + sprintf(options, "{\"now\":%lld,\"policy\":\"", (long long)(NOW_MS / 1000));
    for (const char *from = SHIPPED; *from != 0; from++) {
        if (*from == '"') {
            *to++ = '\\';
        }
        *to++ = *from;
    }
    strcpy(to, "\"}");
    jotgate_testing_issuer *made = issuer_of(options, NULL);
    CHECK(made != NULL);
    return made;
}

/* What the word gives, which the caller frees. */
static char *called(const jotgate_testing_issuer *issuer, const char *word, const char *arguments)
{
    jotgate_error *error = NULL;
    jotgate_testing_answer *answer =
        jotgate_testing_issuer_call(issuer, bytes_of(word), strlen(word), bytes_of(arguments), strlen(arguments), &error);
    CHECK(answer != NULL && error == NULL);
    jotgate_bytes text = jotgate_testing_answer_text(answer);
    char *copy = calloc(text.len + 1, 1);
    memcpy(copy, text.data, text.len);
    jotgate_testing_answer_free(answer);
    return copy;
}

/* The same of a JSON text, without its quotes and escapes. */
static char *called_text(const jotgate_testing_issuer *issuer, const char *word, const char *arguments)
{
    char *text = called(issuer, word, arguments), *to = text;
    CHECK(text[0] == '"');
    for (const char *from = text + 1; from[1] != 0; from++) {
        if (*from == '\\') {
            from++;
        }
        *to++ = *from;
    }
    *to = 0;
    return text;
}

static uint32_t code_of(const jotgate_validator *validator, const char *token)
{
    return validate_at(validator, token, NOW_MS).code;
}

static void a_good_token_passes_and_a_bad_one_gets_its_code(void)
{
    jotgate_testing_issuer *idp = issuer();
    char *policy = called_text(idp, "policy", "{}");
    jotgate_validator *validator = validator_of(policy);
    char *token = called_text(idp, "token", "{\"subject\":\"alice\"}");
    CHECK(validate_at(validator, token, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    char *bad = called(idp, "bad", "{\"code\":\"expired\"}");
    char *start = strstr(bad, "\"token\":\"");
    CHECK(start != NULL);
    if (start != NULL) {
        start += strlen("\"token\":\"");
        *strchr(start, '"') = 0;
        CHECK(code_of(validator, start) == JOTGATE_CODE_EXPIRED);
    }
    jotgate_validator_free(validator);
    jotgate_testing_issuer_free(idp);
    free(policy);
    free(token);
    free(bad);
}

static void a_word_does_its_work_once(void)
{
    jotgate_testing_issuer *idp = issuer();
    char *second = called_text(idp, "rotate", "{}"), *third = called_text(idp, "rotate", "{\"overlap\":false}");
    CHECK(strcmp(second, "test-2") == 0 && strcmp(third, "test-3") == 0);
    char *nothing = called(idp, "break_keys", "{\"fault\":\"gone\"}");
    CHECK(strcmp(nothing, "null") == 0);
    char *served = called(idp, "serve", "{\"url\":\"https://idp.example.com/jwks\"}");
    CHECK(strstr(served, "\"status\":404") != NULL);
    jotgate_testing_issuer_free(idp);
    free(second);
    free(third);
    free(nothing);
    free(served);
}

static void mistakes_are_errors(void)
{
    jotgate_error *error = NULL;
    CHECK(issuer_of("{\"polcy\":\"\"}", &error) == NULL && error != NULL);
    CHECK(is_text(jotgate_error_path(error), ""));
    CHECK(jotgate_error_message(error).len > 0);
    jotgate_error_free(error);
    CHECK(issuer_of("{\"polcy\":\"\"}", NULL) == NULL);
    CHECK(jotgate_testing_issuer_new(NULL, 1, &error) == NULL && error != NULL);
    jotgate_error_free(error);
    CHECK(jotgate_testing_issuer_new(bytes_of("\xff"), 1, &error) == NULL && error != NULL);
    jotgate_error_free(error);

    jotgate_testing_issuer *idp = issuer();
    const uint8_t *word = bytes_of("bad"), *arguments = bytes_of("{\"code\":\"ambiguous_key\"}");
    CHECK(jotgate_testing_issuer_call(idp, word, 3, arguments, strlen((const char *)arguments), &error) == NULL);
    CHECK(is_text(jotgate_error_hint(error),
                  "rotate with an overlap first, so that two keys fit; try_all_keys tries both"));
    jotgate_error_free(error);
    CHECK(jotgate_testing_issuer_call(NULL, word, 3, arguments, 2, &error) == NULL && error != NULL);
    jotgate_error_free(error);
    CHECK(jotgate_testing_issuer_call(idp, NULL, 3, arguments, 2, NULL) == NULL);
    CHECK(jotgate_testing_issuer_call(idp, word, 3, NULL, 2, NULL) == NULL);
    jotgate_testing_issuer_free(idp);
    jotgate_testing_issuer_free(NULL);
    jotgate_testing_answer_free(NULL);
    CHECK(jotgate_testing_answer_text(NULL).data == NULL);
}

static void the_table_of_codes_is_there(void)
{
    jotgate_testing_answer *answer = jotgate_testing_recipes();
    jotgate_bytes text = jotgate_testing_answer_text(answer);
    CHECK(text.len > 1000 && text.data[0] == '[');
    jotgate_testing_answer_free(answer);
}

int main(void)
{
    RUN(a_good_token_passes_and_a_bad_one_gets_its_code);
    RUN(a_word_does_its_work_once);
    RUN(mistakes_are_errors);
    RUN(the_table_of_codes_is_there);
    return finish();
}
