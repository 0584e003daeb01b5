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

/* Ends a fetch with what its URL answers now. */
static void end_flight(const stage *stage, const flight *flight)
{
    json_object *served = json_object_object_get(stage->served, flight->url);
    if (!json_object_is_type(served, json_type_object)) {
        const bool timeout = served != NULL && strcmp(json_object_get_string(served), "timeout") == 0;
        const uint32_t failure = timeout ? JOTGATE_FETCH_TIMEOUT : JOTGATE_FETCH_CONNECTION;
        require(stage, jotgate_fail_fetch(stage->validator, flight->id, failure, stage->now_ms));
        return;
    }
    fields headers = fields_of_json(json_object_object_get(served, "headers"));
    jotgate_bytes body = text_of_json(member(stage, served, "body"));
    const uint16_t status = (uint16_t)json_object_get_int(member(stage, served, "status"));
    require(stage, jotgate_complete_fetch(stage->validator, flight->id, status, headers.items, headers.len, body.data,
                                          body.len, stage->now_ms));
    fields_free(&headers);
}

/* Answers a fetch, and puts what that brought into the store. */
static void answer(stage *stage, const flight *flight)
{
    end_flight(stage, flight);
    if (stage->shares && jotgate_export_due(stage->validator)) {
        json_object_put(stage->stored);
        stage->stored = exported(stage);
        stage->saves++;
    }
}

/* Whether what the store has spares the request. */
static bool is_settled(const stage *stage, const flight *flight)
{
    if (!stage->shares || stage->stored == NULL) {
        return false;
    }
    jotgate_bytes text = text_of_json(stage->stored);
    int32_t settled = 0;
    jotgate_status status =
        jotgate_settle_fetch(stage->validator, flight->id, text.data, text.len, stage->now_ms, &settled);
    if (status != JOTGATE_SNAPSHOT_REFUSED) {
        require(stage, status);
    }
    return settled == 1;
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

static flight flight_of(const stage *stage, const jotgate_fetch *fetch)
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

/* Does a fetch: from the store, from the issuer, or not yet when the issuer holds it. Takes the flight over. */
static void do_flight(stage *stage, flight flight)
{
    if (is_settled(stage, &flight)) {
        drop(&flight);
        return;
    }
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

static void push_fetch(void *context, const jotgate_validator *validator, const jotgate_fetch *fetch)
{
    (void)validator;
    do_flight(context, flight_of(context, fetch));
}

bool run_due(stage *stage)
{
    flights due = {NULL, 0};
    jotgate_fetch *fetch;
    while ((fetch = jotgate_take_fetch(stage->validator, stage->now_ms)) != NULL) {
        add(&due, flight_of(stage, fetch));
        jotgate_fetch_free(fetch);
    }
    for (size_t i = 0; i < due.len; i++) {
        do_flight(stage, due.items[i]);
    }
    free(due.items);
    return due.len > 0;
}

jotgate_verdict validate(stage *stage, const char *token_name)
{
    jotgate_bytes token = text_of_json(member(stage, member(stage, stage->scenario, "tokens"), token_name));
    uint8_t *buffer = resize(NULL, token.len + 1);
    jotgate_verdict verdict;
    do {
        require(stage, jotgate_validate(stage->validator, token.data, token.len, stage->now_ms, buffer, token.len,
                                        &verdict));
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
}

void open_validator(stage *stage)
{
    jotgate_validator_free(stage->validator);
    jotgate_bytes policy = {0};
    const char *text = json_object_to_json_string_length(member(stage, stage->scenario, "policy"),
                                                         JSON_C_TO_STRING_PLAIN, &policy.len);
    stage->validator = jotgate_validator_new((const uint8_t *)text, policy.len, 0, NULL);
    if (stage->validator == NULL) {
        give_up(id_of(stage->scenario), "the policy is refused");
    }
    if (stage->push) {
        require(stage, jotgate_set_fetcher(stage->validator, push_fetch, stage));
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
