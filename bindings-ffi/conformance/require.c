#include "require.h"

#include "report.h"
#include "request.h"

#include <stdlib.h>
#include <string.h>

jotgate_requirement *requirement_of(json_object *test, jotgate_error **error)
{
    json_object *document = json_object_object_get(test, "require");
    if (document == NULL) {
        return NULL;
    }
    return compiled(document, error);
}

jotgate_requirement *compiled(json_object *document, jotgate_error **error)
{
    size_t len;
    const char *text = json_object_to_json_string_length(document, JSON_C_TO_STRING_PLAIN, &len);
    return jotgate_requirement_new((const uint8_t *)text, len, error);
}

/* The scopes of an accepted token, which jotgate_has_scope must all know. */
static json_object *scopes_of(json_object *test, const uint8_t *buffer, const jotgate_verdict *verdict)
{
    size_t needed = 0;
    (void)jotgate_scopes(verdict, buffer, NULL, 0, &needed);
    char *text = resize(NULL, needed + 1);
    if (jotgate_scopes(verdict, buffer, (uint8_t *)text, needed, &needed) != JOTGATE_OK) {
        give_up(id_of(test), "the scopes cannot be had");
    }
    text[needed] = '\0';
    json_object *scopes = json_tokener_parse(text);
    free(text);
    for (size_t i = 0; i < json_object_array_length(scopes); i++) {
        json_object *scope = json_object_array_get_idx(scopes, i);
        const uint8_t *name = (const uint8_t *)json_object_get_string(scope);
        if (jotgate_has_scope(verdict, buffer, name, (size_t)json_object_get_string_len(scope)) != 1) {
            give_up(id_of(test), "a scope is not there when it is asked for");
        }
    }
    return scopes;
}

json_object *challenge_of(json_object *test, const jotgate_validator *validator, const jotgate_requirement *requirement,
                          int64_t now_ms, const jotgate_verdict *verdict)
{
    size_t needed = 0;
    (void)jotgate_answer_with(validator, requirement, verdict, now_ms, NULL, 0, &needed);
    char *text = resize(NULL, needed + 1);
    if (jotgate_answer_with(validator, requirement, verdict, now_ms, (uint8_t *)text, needed, &needed) != JOTGATE_OK) {
        give_up(id_of(test), "there is no answer");
    }
    text[needed] = '\0';
    json_object *answer = json_tokener_parse(text);
    free(text);
    json_object *headers = json_object_object_get(answer, "headers");
    json_object *challenge = NULL;
    for (size_t i = 0; i < json_object_array_length(headers); i++) {
        json_object *header = json_object_array_get_idx(headers, i);
        if (strcmp(json_object_get_string(json_object_array_get_idx(header, 0)), "WWW-Authenticate") == 0) {
            challenge = json_object_get(json_object_array_get_idx(header, 1));
        }
    }
    json_object_put(answer);
    return challenge;
}

void require_of(json_object *test, const jotgate_validator *validator, const jotgate_requirement *requirement,
                int64_t now_ms, const uint8_t *buffer, jotgate_verdict *verdict, json_object *line)
{
    if (verdict->kind == JOTGATE_VERDICT_ACCEPTED &&
        jotgate_require(validator, requirement, buffer, verdict) != JOTGATE_OK) {
        give_up(id_of(test), "the token cannot be asked");
    }
    if (verdict->kind == JOTGATE_VERDICT_ACCEPTED) {
        json_object_object_add(line, "scopes", scopes_of(test, buffer, verdict));
    } else {
        json_object_object_add(line, "challenge", challenge_of(test, validator, requirement, now_ms, verdict));
    }
}
