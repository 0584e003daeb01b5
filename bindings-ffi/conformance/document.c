#include "document.h"

#include "jotgate.h"
#include "report.h"
#include "request.h"

#include <stdlib.h>
#include <string.h>

/* A text that the library writes: `ask` is called once for its length and once for the text. The caller frees it; NULL with
 * the error of the policy. */
typedef jotgate_status asked(void *context, uint8_t *buffer, size_t len, size_t *needed, jotgate_error **error);

static uint8_t *text_from(asked *ask, void *context, size_t *len, jotgate_error **error)
{
    uint8_t *buffer = NULL;
    *len = 0;
    jotgate_status status = ask(context, NULL, 0, len, error);
    if (status == JOTGATE_BUFFER_TOO_SMALL) {
        buffer = resize(NULL, *len + 1);
        status = ask(context, buffer, *len, len, error);
    }
    if (status == JOTGATE_POLICY_REFUSED) {
        free(buffer);
        return NULL;
    }
    if (status != JOTGATE_OK || buffer == NULL) {
        give_up("a document", "there is neither a text nor an error");
    }
    buffer[*len] = '\0';
    return buffer;
}

struct document {
    json_object *test;
    jotgate_bytes text;
    jotgate_policy_format format;
    const jotgate_reading *readings;
    size_t reading_count;
};

static jotgate_status to_json(void *context, uint8_t *buffer, size_t len, size_t *needed, jotgate_error **error)
{
    const struct document *document = context;
    return jotgate_policy_to_json(document->text.data, document->text.len, document->format, buffer, len, needed, error);
}

static jotgate_status references(void *context, uint8_t *buffer, size_t len, size_t *needed, jotgate_error **error)
{
    const struct document *document = context;
    return jotgate_policy_references(document->text.data, document->text.len, buffer, len, needed, error);
}

static jotgate_status fill(void *context, uint8_t *buffer, size_t len, size_t *needed, jotgate_error **error)
{
    const struct document *document = context;
    return jotgate_policy_fill(document->text.data, document->text.len, document->readings, document->reading_count,
                               buffer, len, needed, error);
}

/* A variable of the environment, or a file as the case has it. */
static jotgate_reading reading_of(json_object *test, json_object *wanted)
{
    const char *name = json_object_get_string(json_object_object_get(wanted, "name"));
    const char *text = NULL;
    if (strcmp(json_object_get_string(json_object_object_get(wanted, "kind")), "env") == 0) {
        text = getenv(name);
    } else {
        text = json_object_get_string(json_object_object_get(json_object_object_get(test, "files"), name));
    }
    const bool is_folder = strcmp(name, ".") == 0;
    return (jotgate_reading){.bytes = {(const uint8_t *)text, text == NULL ? 0 : strlen(text)}, .exists = is_folder};
}

/* The document in JSON, with what it leaves to the host. The caller frees it; NULL with the error. */
static uint8_t *filled(json_object *test, jotgate_bytes json, size_t *len, jotgate_error **error)
{
    struct document document = {.test = test, .text = json};
    uint8_t *list = text_from(references, &document, len, error);
    if (list == NULL) {
        return NULL;
    }
    json_object *wanted = json_tokener_parse((const char *)list);
    free(list);
    document.reading_count = json_object_array_length(wanted);
    jotgate_reading *readings = resize(NULL, (document.reading_count + 1) * sizeof *readings);
    for (size_t i = 0; i < document.reading_count; i++) {
        readings[i] = reading_of(test, json_object_array_get_idx(wanted, i));
    }
    document.readings = readings;
    uint8_t *policy = text_from(fill, &document, len, error);
    free(readings);
    json_object_put(wanted);
    return policy;
}

static jotgate_validator *loaded(json_object *test, const struct document *document, jotgate_error **error)
{
    size_t len;
    uint8_t *json = text_from(to_json, (void *)document, &len, error);
    if (json == NULL) {
        return NULL;
    }
    uint8_t *policy = filled(test, (jotgate_bytes){json, len}, &len, error);
    free(json);
    if (policy == NULL) {
        return NULL;
    }
    const jotgate_options options = {.size = sizeof options};
    jotgate_validator *validator = jotgate_validator_new(policy, len, &options, error);
    free(policy);
    return validator;
}

static json_object *problems_of(const jotgate_error *error)
{
    json_object *problems = json_object_new_array();
    for (size_t i = 0; i < jotgate_error_problem_count(error); i++) {
        const jotgate_problem problem = jotgate_error_problem(error, i);
        json_object *told = json_object_new_object();
        add_text(told, "path", problem.path);
        json_object_object_add(told, "line", json_object_new_int64(problem.line));
        json_object_object_add(told, "column", json_object_new_int64(problem.column));
        json_object_array_add(problems, told);
    }
    return problems;
}

static const char *verdict_on(json_object *test, const jotgate_validator *validator)
{
    const jotgate_bytes token = text_of_json(json_object_object_get(test, "token"));
    const jotgate_question question = {.size = sizeof question, .token = token};
    const int64_t now = json_object_get_int64(json_object_object_get(test, "now")) * 1000;
    jotgate_verdict verdict = {.size = sizeof verdict};
    uint8_t *buffer = resize(NULL, 2 * token.len + 1);
    jotgate_status status = jotgate_validate(validator, &question, now, buffer, 2 * token.len, &verdict);
    free(buffer);
    return status == JOTGATE_OK && verdict.kind == JOTGATE_VERDICT_ACCEPTED ? "accepted" : "not accepted";
}

void run_document(FILE *report, json_object *test, bool push)
{
    (void)push;
    const char *format = json_object_get_string(json_object_object_get(test, "format"));
    const struct document document = {
        .test = test,
        .text = text_of_json(json_object_object_get(test, "text")),
        .format = strcmp(format, "yaml") == 0   ? JOTGATE_FORMAT_YAML
                  : strcmp(format, "toml") == 0 ? JOTGATE_FORMAT_TOML
                                                : JOTGATE_FORMAT_JSON,
    };
    json_object *line = json_object_new_object();
    json_object_object_add(line, "id", json_object_new_string(id_of(test)));
    jotgate_error *error = NULL;
    jotgate_validator *validator = loaded(test, &document, &error);
    if (validator == NULL) {
        jotgate_error_locate(error, document.text.data, document.text.len, document.format);
        json_object_object_add(line, "problems", problems_of(error));
        jotgate_error_free(error);
    } else {
        json_object_object_add(line, "verdict", json_object_new_string(verdict_on(test, validator)));
        jotgate_validator_free(validator);
    }
    write_line(report, line, NULL, (jotgate_bytes){NULL, 0});
    json_object_put(line);
}
