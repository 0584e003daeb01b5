#include "stage.h"

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

/* Reports a fetch with what its URL answers now. */
static void answer(const stage *stage, const flight *flight)
{
    json_object *served = json_object_object_get(stage->served, flight->url);
    if (!json_object_is_type(served, json_type_object)) {
        const bool timeout = served != NULL && strcmp(json_object_get_string(served), "timeout") == 0;
        const uint32_t failure = timeout ? JOTGATE_FAILURE_TIMEOUT : JOTGATE_FAILURE_CONNECTION;
        require(stage, jotgate_report_failed(stage->validator, flight->id, failure, stage->now_ms));
        return;
    }
    fields headers = fields_of_json(json_object_object_get(served, "headers"));
    jotgate_response response = response_of_json(served, &headers);
    require(stage, jotgate_report_fetched(stage->validator, flight->id, &response, stage->now_ms));
    fields_free(&headers);
}

/* Says what is in the store. */
static void load(const stage *stage, uint64_t id)
{
    jotgate_bytes text = {NULL, 0};
    if (stage->stored != NULL) {
        text = text_of_json(stage->stored);
    }
    jotgate_status status = jotgate_report_loaded(stage->validator, id, text.data, text.len, stage->now_ms);
    if (status != JOTGATE_SNAPSHOT_REFUSED) {
        require(stage, status);
    }
}

static void save(stage *stage, const jotgate_work *work)
{
    json_object_put(stage->stored);
    stage->stored = json_object_new_string_len((const char *)work->text.data, (int)work->text.len);
    stage->saves++;
    require(stage, jotgate_report_saved(stage->validator, work->id, stage->now_ms));
}

static void add(flights *flights, flight flight)
{
    flights->items = resize(flights->items, (flights->len + 1) * sizeof *flights->items);
    flights->items[flights->len++] = flight;
}

static void drop(flight *flight)
{
    free(flight->url);
    json_object_put(flight->request);
}

static flight flight_of(const stage *stage, const jotgate_work *fetch)
{
    flight flight = {.id = fetch->id, .url = resize(NULL, fetch->url.len + 1), .request = json_object_new_object()};
    memcpy(flight.url, fetch->url.data, fetch->url.len);
    flight.url[fetch->url.len] = '\0';
    add_text(flight.request, "url", fetch->url);
    json_object_object_add(flight.request, "timeout", json_object_new_double((double)fetch->timeout_ms / 1000.0));
    json_object_object_add(flight.request, "max_body", json_object_new_int64((int64_t)fetch->max_body));
    for (size_t i = 0; i < fetch->headers_len; i++) {
        char name[64];
        size_t len = fetch->headers[i].name.len;
        if (len >= sizeof name) {
            give_up(id_of(stage->scenario), "a header field has a long name");
        }
        for (size_t at = 0; at < len; at++) {
            const char c = (char)fetch->headers[i].name.data[at];
            name[at] = c == '-' ? '_' : c;
        }
        name[len] = '\0';
        add_text(flight.request, name, fetch->headers[i].value);
    }
    return flight;
}

/* Asks the issuer, or not yet when it holds its answer. Takes the flight over. */
static void fetch(stage *stage, flight flight)
{
    stage->fetches++;
    json_object_put(stage->last);
    stage->last = json_object_get(flight.request);
    json_object *served = json_object_object_get(stage->served, flight.url);
    if (json_object_is_type(served, json_type_string) && strcmp(json_object_get_string(served), "hold") == 0) {
        add(&stage->held, flight);
        return;
    }
    answer(stage, &flight);
    drop(&flight);
}

static void do_work(stage *stage, const jotgate_work *work)
{
    switch (work->kind) {
    case JOTGATE_WORK_LOAD:
        load(stage, work->id);
        break;
    case JOTGATE_WORK_SAVE:
        save(stage, work);
        break;
    default:
        fetch(stage, flight_of(stage, work));
        break;
    }
}

static void push_work(void *context, const jotgate_validator *validator, const jotgate_work *work)
{
    (void)validator;
    do_work(context, work);
}

bool run_due(stage *stage)
{
    bool any = false;
    for (;;) {
        jotgate_work **due = NULL;
        size_t len = 0;
        jotgate_work *work;
        while ((work = jotgate_poll_work(stage->validator, stage->now_ms)) != NULL) {
            due = resize(due, (len + 1) * sizeof *due);
            due[len++] = work;
        }
        for (size_t i = 0; i < len; i++) {
            do_work(stage, due[i]);
            jotgate_work_free(due[i]);
        }
        free(due);
        if (len == 0) {
            return any;
        }
        any = true;
    }
}

jotgate_verdict validate(stage *stage, const char *token_name)
{
    jotgate_bytes token = text_of_json(member(stage, member(stage, stage->scenario, "tokens"), token_name));
    uint8_t *buffer = resize(NULL, token.len + 1);
    const jotgate_question question = {.size = sizeof question, .token = token};
    jotgate_verdict verdict = {.size = sizeof verdict};
    do {
        require(stage, jotgate_validate(stage->validator, &question, stage->now_ms, buffer, token.len, &verdict));
    } while (verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED && run_due(stage));
    free(buffer);
    return verdict;
}

void release(stage *stage, const char *url)
{
    flights held = stage->held;
    stage->held = (flights){NULL, 0};
    for (size_t i = 0; i < held.len; i++) {
        if (strcmp(held.items[i].url, url) == 0) {
            answer(stage, &held.items[i]);
            drop(&held.items[i]);
        } else {
            add(&stage->held, held.items[i]);
        }
    }
    free(held.items);
    (void)run_due(stage);
}

void open_validator(stage *stage)
{
    jotgate_validator_free(stage->validator);
    jotgate_bytes policy = {0};
    const char *text = json_object_to_json_string_length(member(stage, stage->scenario, "policy"),
                                                         JSON_C_TO_STRING_PLAIN, &policy.len);
    const jotgate_options options = {.size = sizeof options, .store = stage->shares};
    stage->validator = jotgate_validator_new((const uint8_t *)text, policy.len, &options, NULL);
    if (stage->validator == NULL) {
        give_up(id_of(stage->scenario), "the policy is refused");
    }
    if (stage->push) {
        require(stage, jotgate_set_worker(stage->validator, push_work, stage));
    }
}

void close_stage(stage *stage)
{
    for (size_t i = 0; i < stage->held.len; i++) {
        drop(&stage->held.items[i]);
    }
    free(stage->held.items);
    json_object_put(stage->stored);
    json_object_put(stage->last);
    json_object_put(stage->snapshots);
    json_object_put(stage->begun);
    json_object_put(stage->served);
    jotgate_validator_free(stage->validator);
}
