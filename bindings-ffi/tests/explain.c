/* Reports for operators: explanations and warnings about policies; and policies in other formats. */
#include "support.h"

/* The explanation of a token as text; the caller frees it. */
static char *explain(const jotgate_validator *validator, const char *token, int64_t as_of_ms, jotgate_form form)
{
    jotgate_question question = about_token(token);
    question.has_as_of = 1;
    question.as_of_ms = as_of_ms;
    size_t needed = 0, written = 0;
    CHECK(jotgate_explain(validator, &question, NOW_MS, form, NULL, 0, &needed) == JOTGATE_BUFFER_TOO_SMALL);
    char *text = calloc(needed + 1, 1);
    CHECK(needed > 0 && text != NULL);
    CHECK(jotgate_explain(validator, &question, NOW_MS, form, (uint8_t *)text, needed, &written) == JOTGATE_OK);
    CHECK(written == needed && strlen(text) == needed);
    return text;
}

static void an_explanation_names_the_verdict_and_the_checks(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    char *json = explain(validator, GOOD_TOKEN, NOW_MS, JOTGATE_FORM_JSON);
    CHECK(strncmp(json, "{\"verdict\":\"accepted\",\"code\":null,", 33) == 0);
    CHECK(strstr(json, "{\"check\":\"signature\",\"outcome\":\"passed\"") != NULL);
    free(json);

    json = explain(validator, FORGED_TOKEN, NOW_MS, JOTGATE_FORM_JSON);
    CHECK(strncmp(json, "{\"verdict\":\"rejected\",\"code\":\"invalid_signature\",", 48) == 0);
    CHECK(strstr(json, "\"verified\":false") != NULL);
    CHECK(strstr(json, "e8uIAGhK9Vo4rNBSOq") == NULL);
    free(json);
    jotgate_validator_free(validator);
}

static void a_token_is_explained_for_another_time(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    char *text = explain(validator, EXPIRED_TOKEN, NOW_MS, JOTGATE_FORM_TEXT);
    CHECK(strncmp(text, "rejected: expired (exp)", 23) == 0);
    free(text);
    text = explain(validator, EXPIRED_TOKEN, INT64_C(1599999999000), JOTGATE_FORM_TEXT);
    CHECK(strncmp(text, "accepted\n", 9) == 0 && strchr(text, 0x1b) == NULL);
    free(text);
    text = explain(validator, EXPIRED_TOKEN, INT64_C(1599999999000), JOTGATE_FORM_COLOURED);
    CHECK(strchr(text, 0x1b) != NULL);
    free(text);
    jotgate_validator_free(validator);
}

static void an_explanation_takes_no_fetch(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    char *json = explain(validator, GOOD_TOKEN, NOW_MS, JOTGATE_FORM_JSON);
    CHECK(strncmp(json, "{\"verdict\":\"unavailable\",\"code\":\"keys_unavailable\"", 50) == 0);
    free(json);
    CHECK(jotgate_poll_work(validator, NOW_MS) == NULL);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    jotgate_work *fetch = jotgate_poll_work(validator, NOW_MS);
    CHECK(fetch != NULL);
    jotgate_work_free(fetch);
    jotgate_validator_free(validator);
}

static void a_request_is_explained_with_its_route(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    jotgate_request request = {.size = sizeof request, .method = text_of("GET"), .path = text_of("/orders")};
    jotgate_question question = about_request(&request);
    uint8_t buffer[8192] = {0};
    size_t needed = 0;
    CHECK(jotgate_explain(validator, &question, NOW_MS, JOTGATE_FORM_JSON, buffer, sizeof buffer - 1, &needed) == JOTGATE_OK);
    CHECK(needed > 0 && strstr((const char *)buffer, "\"code\":\"missing_token\"") != NULL);
    CHECK(strstr((const char *)buffer, "GET /orders") != NULL);
    request.path = text_of("\xff");
    CHECK(jotgate_explain(validator, &question, NOW_MS, JOTGATE_FORM_JSON, buffer, sizeof buffer, &needed) ==
          JOTGATE_INVALID_UTF8);
    CHECK(needed == 0);
    jotgate_validator_free(validator);
}

static void a_policy_is_warned_about(void)
{
    static const char policy[] = "{\"version\":1,\"issuers\":[{\"issuer\":\"https://issuer.test/\",\"audience\":\"any\","
                                 "\"keys\":{\"jwks\":" KEY_SET "}}]}";
    uint8_t buffer[8192];
    size_t needed = 0;
    jotgate_error *error = NULL;
    CHECK(jotgate_lint(bytes_of(policy), strlen(policy), JOTGATE_FORM_JSON, buffer, sizeof buffer, &needed, &error) ==
          JOTGATE_OK);
    CHECK(error == NULL && needed > 0);
    CHECK(memcmp(buffer, "[{\"code\":\"any_audience\",\"severity\":\"high\",\"path\":\"issuers[0].audience\"", 70) == 0);
    CHECK(jotgate_lint(bytes_of(policy), strlen(policy), JOTGATE_FORM_TEXT, buffer, 1, &needed, NULL) ==
          JOTGATE_BUFFER_TOO_SMALL);
    CHECK(needed > 1);
}

static void what_is_no_policy_has_an_error(void)
{
    uint8_t buffer[64];
    size_t needed = 9;
    jotgate_error *error = NULL;
    CHECK(jotgate_lint(bytes_of("{}"), 2, JOTGATE_FORM_JSON, buffer, sizeof buffer, &needed, &error) ==
          JOTGATE_POLICY_REFUSED);
    CHECK(needed == 0 && error != NULL && is_text(jotgate_error_path(error), "version"));
    jotgate_error_free(error);
    CHECK(jotgate_lint(bytes_of("{}"), 2, JOTGATE_FORM_JSON, buffer, sizeof buffer, &needed, NULL) ==
          JOTGATE_POLICY_REFUSED);
    CHECK(jotgate_lint(bytes_of("\xff"), 1, JOTGATE_FORM_JSON, buffer, sizeof buffer, &needed, NULL) ==
          JOTGATE_POLICY_REFUSED);
}

static jotgate_status to_json(const char *text, jotgate_policy_format format, char *json, size_t len,
                              jotgate_error **error)
{
    size_t needed = 0;
    jotgate_status status =
        jotgate_policy_to_json(bytes_of(text), strlen(text), format, (uint8_t *)json, len, &needed, error);
    json[status == JOTGATE_OK ? needed : 0] = 0;
    return status;
}

static void policies_come_in_three_formats(void)
{
    char json[256];
    jotgate_error *error = NULL;
    CHECK(to_json("version: 1\n", JOTGATE_FORMAT_YAML, json, sizeof json - 1, &error) == JOTGATE_OK);
    CHECK(strcmp(json, "{\"version\":1}") == 0);
    CHECK(to_json("version = 1\n", JOTGATE_FORMAT_TOML, json, sizeof json - 1, &error) == JOTGATE_OK);
    CHECK(strcmp(json, "{\"version\":1}") == 0);
    CHECK(to_json("{ \"version\" : 1 }", JOTGATE_FORMAT_JSON, json, sizeof json - 1, &error) == JOTGATE_OK);
    CHECK(strcmp(json, "{ \"version\" : 1 }") == 0 && error == NULL);
    CHECK(to_json("version: 1", JOTGATE_FORMAT_YAML, json, 3, &error) == JOTGATE_BUFFER_TOO_SMALL);
    CHECK(to_json("a: 1\na: 2\n", JOTGATE_FORMAT_YAML, json, sizeof json - 1, &error) == JOTGATE_POLICY_REFUSED);
    CHECK(is_text(jotgate_error_path(error), "line 2, column 1"));
    jotgate_error_free(error);
    CHECK(to_json("{}", 4, json, sizeof json - 1, NULL) == JOTGATE_INVALID_ARGUMENT);
}

static void arguments_are_checked(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    uint8_t buffer[8192];
    size_t needed = 0;
    const jotgate_question empty = about_token("");
    const jotgate_question torn = about_bytes(NULL, 1);
    CHECK(jotgate_explain(NULL, &empty, NOW_MS, JOTGATE_FORM_JSON, buffer, sizeof buffer, &needed) ==
          JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_explain(validator, &torn, NOW_MS, JOTGATE_FORM_JSON, buffer, sizeof buffer, &needed) ==
          JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_explain(validator, &empty, NOW_MS, JOTGATE_FORM_JSON, buffer, sizeof buffer, NULL) ==
          JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_explain(validator, &empty, NOW_MS, 3, buffer, sizeof buffer, &needed) == JOTGATE_INVALID_ARGUMENT);
    CHECK(jotgate_explain(validator, NULL, NOW_MS, JOTGATE_FORM_JSON, buffer, sizeof buffer, &needed) ==
          JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_lint(NULL, 1, JOTGATE_FORM_JSON, buffer, sizeof buffer, &needed, NULL) == JOTGATE_NULL_ARGUMENT);
    jotgate_validator_free(validator);
}

static void the_schema_knows_the_policy(void)
{
    jotgate_bytes schema = jotgate_policy_schema();
    char *text = calloc(schema.len + 1, 1);
    CHECK(schema.len > 0 && text != NULL);
    memcpy(text, schema.data, schema.len);
    CHECK(strstr(text, "\"issuers\"") != NULL && strstr(text, "2020-12") != NULL);
    free(text);
}

static void policies_of_gateways_are_imported(void)
{
    const char *wso2 = "[[apim.jwt.issuer]]\nname = \"https://idp.test/\"\njwks.url = \"https://idp.test/jwks\"\n";
    char text[4096] = "";
    size_t needed = 0;
    jotgate_error *error = NULL;
    CHECK(jotgate_import(JOTGATE_PRODUCT_WSO2, bytes_of(wso2), strlen(wso2), NULL, 0, (uint8_t *)text, sizeof text - 1,
                         &needed, &error) == JOTGATE_OK);
    CHECK(error == NULL && strlen(text) == needed);
    CHECK(strstr(text, "\"complete\":true") != NULL && strstr(text, "https://idp.test/jwks") != NULL);
    CHECK(jotgate_import(JOTGATE_PRODUCT_MULESOFT, bytes_of("a: 1"), 4, NULL, 0, (uint8_t *)text, sizeof text, &needed,
                         &error) == JOTGATE_POLICY_REFUSED);
    CHECK(error != NULL && jotgate_error_message(error).len > 0 && needed == 0);
    jotgate_error_free(error);
    CHECK(jotgate_import(JOTGATE_PRODUCT_WSO2, NULL, 1, NULL, 0, NULL, 0, &needed, NULL) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_import(JOTGATE_PRODUCT_WSO2, NULL, 0, NULL, 1, NULL, 0, &needed, NULL) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_import(0, NULL, 0, NULL, 0, NULL, 0, &needed, NULL) == JOTGATE_INVALID_ARGUMENT);
    CHECK(jotgate_product_name(JOTGATE_PRODUCT_WSO2).len == 4 && jotgate_product_name(0).data == NULL);
}

static void an_import_takes_the_files_that_it_names(void)
{
    const char *wso2 = "[truststore]\nfile_name = \"a.jks\"\n[[apim.jwt.issuer]]\nname = \"https://idp.test/\"\n";
    jotgate_file file = {
        .name = {.data = bytes_of("folder/a.jks"), .len = strlen("folder/a.jks")},
        .content = {.data = bytes_of("store"), .len = strlen("store")},
    };
    char text[4096] = "";
    size_t needed = 0;
    CHECK(jotgate_import(JOTGATE_PRODUCT_WSO2, bytes_of(wso2), strlen(wso2), &file, 1, (uint8_t *)text, sizeof text - 1,
                         &needed, NULL) == JOTGATE_OK);
    CHECK(strstr(text, "c3RvcmU=") != NULL);
}

int main(void)
{
    RUN(policies_of_gateways_are_imported);
    RUN(an_import_takes_the_files_that_it_names);
    RUN(the_schema_knows_the_policy);
    RUN(an_explanation_names_the_verdict_and_the_checks);
    RUN(a_token_is_explained_for_another_time);
    RUN(an_explanation_takes_no_fetch);
    RUN(a_request_is_explained_with_its_route);
    RUN(a_policy_is_warned_about);
    RUN(what_is_no_policy_has_an_error);
    RUN(policies_come_in_three_formats);
    RUN(arguments_are_checked);
    return finish();
}
