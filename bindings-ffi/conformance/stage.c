#include "stage.h"

#include "driver.h"
#include "report.h"
#include "request.h"

#include <stdlib.h>
#include <string.h>

json_object *member(const stage *stage, json_object *object, const char *name)
{
    json_object *found = NULL;
    if (!json_object_object_get_ex(object, name, &found)) {
        give_up(id_of(stage->scenario), "something has no member of this name");
    }
    return found;
}

void require(const stage *stage, jotgate_status status)
{
    if (status != JOTGATE_OK) {
        give_up(id_of(stage->scenario), "a call failed");
    }
}

json_object *exported(const stage *stage)
{
    size_t needed = 0;
    (void)jotgate_export_keys(stage->validator, NULL, 0, &needed);
    char *text = resize(NULL, needed + 1);
    require(stage, jotgate_export_keys(stage->validator, (uint8_t *)text, needed, &needed));
    json_object *snapshot = json_object_new_string_len(text, (int)needed);
    free(text);
    return snapshot;
}

void open_validator(stage *stage)
{
    jotgate_validator_free(stage->validator);
    jotgate_bytes policy = {0};
    const char *text = json_object_to_json_string_length(member(stage, stage->scenario, "policy"),
                                                         JSON_C_TO_STRING_PLAIN, &policy.len);
    /* Each has a seed of its own: no scenario depends on the jitter, but a token belongs to the validator that has accepted it. */
    const jotgate_options options = {.size = sizeof options, .store = stage->shares, .seed = ++stage->opened};
    stage->validator = jotgate_validator_new((const uint8_t *)text, policy.len, &options, NULL);
    if (stage->validator == NULL) {
        give_up(id_of(stage->scenario), "the policy is refused");
    }
    if (stage->push) {
        require(stage, jotgate_set_worker(stage->validator, push_work, stage));
    }
}

jotgate_error *replace_policy(stage *stage, json_object *document)
{
    jotgate_bytes policy = {0};
    const char *text = json_object_to_json_string_length(document, JSON_C_TO_STRING_PLAIN, &policy.len);
    jotgate_error *error = NULL;
    jotgate_validator *next =
        jotgate_validator_replace(stage->validator, (const uint8_t *)text, policy.len, stage->now_ms, &error);
    if (next != NULL) {
        stage->replaced = resize(stage->replaced, (stage->replaced_len + 1) * sizeof *stage->replaced);
        stage->replaced[stage->replaced_len++] = stage->validator;
        stage->validator = next;
    }
    return error;
}

void close_stage(stage *stage)
{
    forget(stage);
    for (size_t i = 0; i < stage->replaced_len; i++) {
        jotgate_validator_free(stage->replaced[i]);
    }
    free(stage->replaced);
    for (size_t i = 0; i < stage->begun_len; i++) {
        free(stage->begun[i]->buffer);
        free(stage->begun[i]);
    }
    free(stage->begun);
    for (size_t i = 0; i < stage->accepted_len; i++) {
        free(stage->accepted[i].buffer);
    }
    free(stage->accepted);
    json_object_put(stage->landed);
    json_object_put(stage->stored);
    json_object_put(stage->last);
    json_object_put(stage->snapshots);
    json_object_put(stage->served);
    jotgate_validator_free(stage->validator);
}
