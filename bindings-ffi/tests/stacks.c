/*
 * The deepest inputs on threads with the smallest stack that a system gives: musl's 128 KiB. A stack that overflows ends the
 * process, and everything here may come from a token, a key set or a file, so all of it is bounded.
 */
#include "support.h"

#include <pthread.h>

enum { SMALL_STACK = 128 * 1024, DEEPEST = 64, FAR_TOO_DEEP = 100000 };

/* For documents that operators write. Their readers are not optimised in the build of the tests, and take several times what they
 * ship with; `make soak` has them on the small stack. */
#ifndef DOCUMENT_STACK
#define DOCUMENT_STACK (1024 * 1024)
#endif

#define UNSIGNED_ISSUER                                                                              \
    "\"issuer\":\"https://issuer.test/\",\"audience\":\"any\",\"required_claims\":[],\"keys\":{\"accept_unsigned\":true}"

#define POLICY_DEEP                                                                           \
    "{\"version\":1,\"limits\":{\"json_depth\":64},\"issuers\":[{" UNSIGNED_ISSUER "}]," \
    "\"forward\":{\"claims_to_headers\":{\"sub\":\"X-User\"}}}"

static void *call(void *argument)
{
    void (*body)(void);
    memcpy(&body, argument, sizeof body);
    body();
    return NULL;
}

static void on_a_stack(size_t size, void (*body)(void))
{
    pthread_attr_t attributes;
    pthread_t thread;
    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstacksize(&attributes, size) == 0);
    CHECK(pthread_create(&thread, &attributes, call, &body) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(pthread_attr_destroy(&attributes) == 0);
}

/* `open` and `close` so often around a middle, between two ends. The caller frees it. */
static char *nested(const char *begin, const char *open, size_t levels, const char *middle, const char *close, const char *end)
{
    const size_t len = strlen(begin) + levels * (strlen(open) + strlen(close)) + strlen(middle) + strlen(end);
    char *text = malloc(len + 1), *to = text;
    CHECK(text != NULL);
    to += sprintf(to, "%s", begin);
    for (size_t level = 0; level < levels; level++) {
        to = strcpy(to, open) + strlen(open);
    }
    to += sprintf(to, "%s", middle);
    for (size_t level = 0; level < levels; level++) {
        to = strcpy(to, close) + strlen(close);
    }
    sprintf(to, "%s", end);
    return text;
}

/* An unsigned token of this payload. The caller frees it. */
static char *token_of(const char *payload)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const size_t len = strlen(payload);
    char *token = malloc(32 + len * 4 / 3 + 4), *to = token;
    CHECK(token != NULL);
    to += sprintf(to, "eyJhbGciOiJub25lIn0."); /* {"alg":"none"} */
    for (size_t at = 0; at < len; at += 3) {
        uint32_t bits = 0;
        for (size_t i = 0; i < 3; i++) {
            bits = bits << 8 | (at + i < len ? (uint8_t)payload[at + i] : 0);
        }
        for (size_t i = 0; i < 4 && at + i <= len; i++) {
            *to++ = alphabet[bits >> (18 - 6 * i) & 63];
        }
    }
    strcpy(to, ".");
    return token;
}

static char *deep_token(const char *open, const char *close, size_t levels)
{
    char *payload = nested("{\"iss\":\"https://issuer.test/\",\"sub\":\"alice\",\"deep\":", open, levels, "1", close, "}");
    char *token = token_of(payload);
    free(payload);
    return token;
}

static void explain_and_forward(const jotgate_validator *validator, const jotgate_question *question)
{
    static uint8_t text[1 << 16];
    size_t needed = 0;
    for (jotgate_form form = JOTGATE_FORM_JSON; form <= JOTGATE_FORM_COLOURED; form++) {
        CHECK(jotgate_explain(validator, question, NOW_MS, form, text, sizeof text, &needed) == JOTGATE_OK && needed > 0);
    }
    const jotgate_request request = {.size = sizeof request, .method = text_of("GET"), .path = text_of("/")};
    CHECK(jotgate_forward(validator, &request, NULL, 0, text, sizeof text, &needed) == JOTGATE_OK);
}

static void read_everything(const jotgate_validator *validator, const char *token)
{
    static uint8_t buffer[1 << 16], text[1 << 16];
    const jotgate_question question = about_token(token);
    jotgate_verdict verdict = no_verdict();
    size_t needed = 0;
    CHECK(jotgate_validate(validator, &question, NOW_MS, buffer, sizeof buffer, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_member member = {.size = sizeof member};
    CHECK(jotgate_find_member(&verdict, buffer, bytes_of("deep"), 4, &member) == JOTGATE_OK && member.json.len > 64);
    CHECK(jotgate_scopes(&verdict, buffer, text, sizeof text, &needed) == JOTGATE_OK);
    const jotgate_request request = {.size = sizeof request, .method = text_of("GET"), .path = text_of("/")};
    CHECK(jotgate_forward(validator, &request, buffer + verdict.header_len, verdict.payload_len, text, sizeof text, &needed) ==
          JOTGATE_OK);
    static const char asks[] = "{\"claims\":[{\"claim\":[\"deep\",\"x\"],\"equals\":1}]}";
    jotgate_requirement *requirement = jotgate_requirement_new(bytes_of(asks), strlen(asks), NULL);
    CHECK(jotgate_require(validator, requirement, buffer, &verdict) == JOTGATE_OK && verdict.kind == JOTGATE_VERDICT_REJECTED);
    jotgate_requirement_free(requirement);
    explain_and_forward(validator, &question);
}

static void the_deepest_token(void)
{
    jotgate_validator *validator = validator_of(POLICY_DEEP);
    const char *const pairs[][2] = {{"[", "]"}, {"{\"x\":", "}"}};
    for (size_t i = 0; i < 2; i++) {
        char *token = deep_token(pairs[i][0], pairs[i][1], DEEPEST - 1);
        read_everything(validator, token);
        free(token);
        token = deep_token(pairs[i][0], pairs[i][1], DEEPEST);
        CHECK(validate_at(validator, token, NOW_MS).code == JOTGATE_CODE_MALFORMED_TOKEN);
        free(token);
    }
    char *token = deep_token("[", "]", FAR_TOO_DEEP);
    CHECK(validate_at(validator, token, NOW_MS).code == JOTGATE_CODE_TOKEN_TOO_LARGE);
    free(token);
    jotgate_validator_free(validator);
}

/* Whatever comes of it: the process lives. */
static void read_document(const char *document, jotgate_policy_format format)
{
    static uint8_t buffer[1 << 20];
    const uint8_t *text = bytes_of(document);
    const size_t len = strlen(document);
    size_t needed = 0;
    jotgate_error *error = NULL;
    (void)jotgate_policy_to_json(text, len, format, buffer, sizeof buffer, &needed, &error);
    jotgate_error_free(error);
    error = NULL;
    const jotgate_options options = plain_options();
    CHECK(jotgate_validator_new(text, len, &options, &error) == NULL);
    jotgate_error_locate(error, text, len, format);
    jotgate_error_free(error);
    CHECK(jotgate_lint(text, len, JOTGATE_FORM_JSON, buffer, sizeof buffer, &needed, NULL) == JOTGATE_POLICY_REFUSED);
    (void)jotgate_policy_references(text, len, buffer, sizeof buffer, &needed, NULL);
    (void)jotgate_policy_fill(text, len, NULL, 0, buffer, sizeof buffer, &needed, NULL);
    CHECK(jotgate_requirement_new(text, len, NULL) == NULL);
    (void)jotgate_import(JOTGATE_PRODUCT_MULESOFT, text, len, NULL, 0, buffer, sizeof buffer, &needed, NULL);
    (void)jotgate_import(JOTGATE_PRODUCT_WSO2, text, len, NULL, 0, buffer, sizeof buffer, &needed, NULL);
    CHECK(jotgate_testing_issuer_new(text, len, NULL) == NULL);
}

static void the_deepest_documents(void)
{
    const size_t levels[] = {DEEPEST - 2, DEEPEST, 2 * DEEPEST, 1000, FAR_TOO_DEEP};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        char *const documents[] = {
            nested("{\"version\":1,\"issuers\":", "[", levels[i], "1", "]", "}"),
            nested("{\"version\":1,\"x\":", "{\"x\":", levels[i], "1", "}", "}"),
            nested("version: 1\nissuers: ", "[", levels[i], "1", "]", "\n"),
            nested("- ", "- ", levels[i], "1", "", "\n"),
            nested("version = 1\nissuers = ", "[", levels[i], "1", "]", "\n"),
            nested("x = ", "{ x = ", levels[i], "1", " }", "\n"),
            nested("[x", ".x", levels[i], "]", "", "\n"),
        };
        for (size_t d = 0; d < sizeof documents / sizeof documents[0]; d++) {
            read_document(documents[d], d < 2 ? JOTGATE_FORMAT_JSON : d < 4 ? JOTGATE_FORMAT_YAML : JOTGATE_FORMAT_TOML);
            free(documents[d]);
        }
    }
}

static void report_deep(const char *policy, const char *document)
{
    jotgate_validator *validator = validator_of(policy);
    (void)validate_at(validator, GOOD_TOKEN, NOW_MS);
    jotgate_work *fetch = only_fetch(validator, NOW_MS);
    CHECK(respond(validator, fetch->id, 200, document, NOW_MS) == JOTGATE_OK);
    jotgate_work_free(fetch);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind != JOTGATE_VERDICT_ACCEPTED);
    size_t imported = 0;
    CHECK(jotgate_import_keys(validator, bytes_of(document), strlen(document), NOW_MS, &imported) == JOTGATE_SNAPSHOT_REFUSED);
    jotgate_validator_free(validator);
}

static void the_deepest_key_sets(void)
{
    const size_t levels[] = {29, 32, DEEPEST, FAR_TOO_DEEP};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        char *document = nested("{\"keys\":[{\"kty\":\"OKP\",\"x\":", "[", levels[i], "1", "]", "}],\"issuer\":{}}");
        report_deep(POLICY_FETCHED, document);
        report_deep("{\"version\":1,\"issuers\":[{" ISSUER_AND_AUDIENCE ",\"keys\":{\"discovery\":true}}]}", document);
        free(document);
    }
}

/* A policy with this text between two others, and a token under it, where it is one. */
static void judge_with(const char *before, const char *text, const char *after)
{
    char *policy = nested(before, "", 0, text, "", after);
    const jotgate_options options = plain_options();
    jotgate_validator *validator = jotgate_validator_new(bytes_of(policy), strlen(policy), &options, NULL);
    if (validator != NULL) {
        char *token = deep_token("{\"a\":", "}", 20);
        const jotgate_field field = {.name = text_of("Authorization"), .value = text_of("Bearer x")};
        const jotgate_request request = {.size = sizeof request,
                                         .method = text_of("GET"),
                                         .path = text_of("/aaaaaaaa"),
                                         .headers = &field,
                                         .headers_len = 1};
        (void)validate_at(validator, token, NOW_MS);
        (void)ask_at(validator, about_request(&request), NOW_MS);
        const jotgate_question question = about_token(token);
        explain_and_forward(validator, &question);
        free(token);
    }
    jotgate_validator_free(validator);
    free(policy);
}

static void the_deepest_expressions(void)
{
    const struct {
        const char *open, *middle, *close;
    } forms[] = {
        {"(", "true", ")"}, {"!(", "true", ")"}, {"!", "true", ""},    {"true?true:", "true", ""}, {"[1,", "1", "]"},
        {"", "claims", ".a"}, {"", "claims", "[0]"}, {"", "1", "+1"}, {"", "true", "&&now>1"},  {"size(", "claims", ")"},
        {"claims.map(x,", "x", ")"}, {"claims[", "claims", "]"},
    };
    const size_t levels[] = {8, 15, 16, 30, 250, 1000, 4000};
    for (size_t form = 0; form < sizeof forms / sizeof forms[0]; form++) {
        for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
            char *text = nested("", forms[form].open, levels[i], forms[form].middle, forms[form].close, "");
            judge_with("{\"version\":1,\"issuers\":[{" UNSIGNED_ISSUER ",\"claims\":[{\"expression\":\"", text, "\"}]}]}");
            free(text);
        }
    }
}

static void the_deepest_regular_expressions(void)
{
    const struct {
        const char *open, *close;
    } forms[] = {{"(", ")"}, {"(?:", ")*"}, {"(a|", ")"}, {"[a&&", "]"}, {"(?:a?", "){2}"}};
    const size_t levels[] = {7, 12, 14, 16, 22, 29, 100, 250, 500};
    for (size_t form = 0; form < sizeof forms / sizeof forms[0]; form++) {
        for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
            char *text = nested("/", forms[form].open, levels[i], "a", forms[form].close, "");
            judge_with("{\"version\":1,\"issuers\":[{" UNSIGNED_ISSUER "}],\"routes\":[{\"path_regex\":\"", text, "\"}]}");
            judge_with("{\"version\":1,\"issuers\":[{" UNSIGNED_ISSUER ",\"claims\":[{\"claim\":\"sub\",\"matches\":\"", text,
                       "\"}]}]}");
            free(text);
        }
    }
}

static void the_deepest_conditions_of_a_gateway(void)
{
    static uint8_t buffer[1 << 20];
    const size_t levels[] = {8, 16, DEEPEST, 1000, FAR_TOO_DEEP};
    const char *const forms[][2] = {{"(", ")"}, {"!(", ")"}, {"if (true) ", " else true"}, {"[", "]"}};
    for (size_t form = 0; form < sizeof forms / sizeof forms[0]; form++) {
        for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
            char *text = nested("{\"signingMethod\":\"rsa\",\"jwtKeyOrigin\":\"jwks\",\"jwksUrl\":\"https://idp.test/jwks\","
                                "\"skipClientIdValidation\":true,\"validateCustomClaim\":true,"
                                "\"mandatoryCustomClaims\":[{\"key\":\"k\",\"value\":\"#[",
                                forms[form][0], levels[i], "vars.claimSet.x == 'y'", forms[form][1], "]\"}]}");
            size_t needed = 0;
            const jotgate_status status = jotgate_import(JOTGATE_PRODUCT_MULESOFT, bytes_of(text), strlen(text), NULL, 0,
                                                         buffer, sizeof buffer, &needed, NULL);
            CHECK(status == JOTGATE_OK || status == JOTGATE_BUFFER_TOO_SMALL || status == JOTGATE_POLICY_REFUSED);
            free(text);
        }
    }
}

static void the_deepest_claims_of_a_test_kit(void)
{
    jotgate_testing_issuer *issuer = jotgate_testing_issuer_new(bytes_of("{\"algorithm\":\"ES256\"}"), 21, NULL);
    CHECK(issuer != NULL);
    const size_t levels[] = {30, DEEPEST, 120, FAR_TOO_DEEP};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        char *arguments = nested("{\"claims\":{\"deep\":", "[", levels[i], "1", "]", "}}");
        jotgate_testing_answer_free(jotgate_testing_issuer_call(issuer, bytes_of("token"), 5, bytes_of(arguments),
                                                                strlen(arguments), NULL));
        free(arguments);
    }
    jotgate_testing_issuer_free(issuer);
}

#define RUN_ON(size, body)                                       \
    do {                                                         \
        test_failed = false;                                     \
        on_a_stack(size, body);                                  \
        failed_tests += test_failed;                             \
        printf("%s %s\n", test_failed ? "FAILED" : "ok", #body); \
        fflush(stdout);                                          \
    } while (0)

int main(void)
{
    RUN_ON(SMALL_STACK, the_deepest_token);
    RUN_ON(DOCUMENT_STACK, the_deepest_documents);
    RUN_ON(SMALL_STACK, the_deepest_key_sets);
    RUN_ON(SMALL_STACK, the_deepest_expressions);
    RUN_ON(DOCUMENT_STACK, the_deepest_regular_expressions);
    RUN_ON(DOCUMENT_STACK, the_deepest_conditions_of_a_gateway);
    RUN_ON(DOCUMENT_STACK, the_deepest_claims_of_a_test_kit);
    return finish();
}
