#include "driver.h"

#include "report.h"
#include "request.h"

#include <stdlib.h>
#include <string.h>

static char *copy_of(jotgate_bytes text)
{
    char *copy = resize(NULL, text.len + 1);
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return copy;
}

static bool is_out(const stage *stage, uint64_t id)
{
    for (size_t i = 0; i < stage->out_len; i++) {
        if (stage->out[i] == id) {
            return true;
        }
    }
    return false;
}

static void take(stage *stage, uint64_t id)
{
    stage->out = resize(stage->out, (stage->out_len + 1) * sizeof *stage->out);
    stage->out[stage->out_len++] = id;
}

static void reported(stage *stage, uint64_t id)
{
    for (size_t i = 0; i < stage->out_len; i++) {
        if (stage->out[i] == id) {
            stage->out[i] = stage->out[--stage->out_len];
            return;
        }
    }
}

static void fail_with(stage *stage, uint64_t id, uint32_t failure, jotgate_bytes cause)
{
    require(stage, jotgate_report_failed(stage->validator, id, failure, cause.data, cause.len, stage->now_ms));
    reported(stage, id);
}

static void fail(stage *stage, uint64_t id, uint32_t failure)
{
    fail_with(stage, id, failure, (jotgate_bytes){NULL, 0});
}

/* Reports a fetch with what its URL answers now. */
static void answer(stage *stage, const piece *fetch)
{
    json_object *served = json_object_object_get(stage->served, fetch->url);
    if (!json_object_is_type(served, json_type_object)) {
        const bool timeout = served != NULL && strcmp(json_object_get_string(served), "timeout") == 0;
        fail(stage, fetch->id, timeout ? JOTGATE_FAILURE_TIMEOUT : JOTGATE_FAILURE_CONNECTION);
        return;
    }
    json_object *words = NULL;
    if (json_object_object_get_ex(served, "down", &words)) {
        fail_with(stage, fetch->id, JOTGATE_FAILURE_CONNECTION, text_of_json(words));
        return;
    }
    fields headers = fields_of_json(json_object_object_get(served, "headers"));
    jotgate_response response = response_of_json(served, &headers);
    require(stage, jotgate_report_fetched(stage->validator, fetch->id, &response, stage->now_ms));
    reported(stage, fetch->id);
    fields_free(&headers);
}

/* Reports what is in the store. A text that is of no use is for a host's log. */
static void load(stage *stage, uint64_t id)
{
    jotgate_bytes text = {NULL, 0};
    if (stage->stored != NULL) {
        text = text_of_json(stage->stored);
    }
    jotgate_status status = jotgate_report_loaded(stage->validator, id, text.data, text.len, stage->now_ms);
    if (status != JOTGATE_SNAPSHOT_REFUSED) {
        require(stage, status);
    }
    reported(stage, id);
}

/* The key ids of a snapshot. */
static json_object *kids_of(json_object *text)
{
    json_object *kids = json_object_new_array();
    json_object *snapshot = json_tokener_parse(json_object_get_string(text));
    json_object *sources = json_object_object_get(snapshot, "sources");
    for (size_t i = 0; i < json_object_array_length(sources); i++) {
        json_object *source = json_object_array_get_idx(sources, i);
        json_object *document = json_tokener_parse(json_object_get_string(json_object_object_get(source, "document")));
        json_object *keys = json_object_object_get(document, "keys");
        for (size_t key = 0; keys != NULL && key < json_object_array_length(keys); key++) {
            json_object *kid = json_object_object_get(json_object_array_get_idx(keys, key), "kid");
            if (kid != NULL) {
                json_object_array_add(kids, json_object_get(kid));
            }
        }
        json_object_put(document);
    }
    json_object_put(snapshot);
    return kids;
}

static void save(stage *stage, const piece *save)
{
    json_object_put(stage->stored);
    stage->stored = json_object_get(save->text);
    json_object_array_add(stage->landed, kids_of(save->text));
    require(stage, jotgate_report_saved(stage->validator, save->id, stage->now_ms));
    reported(stage, save->id);
}

static void drop(piece *piece)
{
    free(piece->url);
    json_object_put(piece->request);
    json_object_put(piece->text);
}

/* The members of a fetch under the names that steps have for them. */
static json_object *request_of(const stage *stage, const jotgate_work *fetch)
{
    json_object *request = json_object_new_object();
    add_text(request, "url", fetch->url);
    json_object_object_add(request, "timeout", json_object_new_double((double)fetch->timeout_ms / 1000.0));
    json_object_object_add(request, "max_body", json_object_new_int64((int64_t)fetch->max_body));
    for (size_t i = 0; i < fetch->headers_len; i++) {
        if (memchr(fetch->headers[i].name.data, 0, fetch->headers[i].name.len) != NULL) {
            give_up(id_of(stage->scenario), "a header field has a strange name");
        }
        char *name = copy_of(fetch->headers[i].name);
        for (char *at = name; *at != '\0'; at++) {
            *at = *at == '-' ? '_' : *at;
        }
        add_text(request, name, fetch->headers[i].value);
        free(name);
    }
    return request;
}

static piece piece_of(stage *stage, const jotgate_work *work)
{
    take(stage, work->id);
    piece piece = {.kind = work->kind, .id = work->id, .until_ms = stage->now_ms + (int64_t)work->timeout_ms};
    if (work->kind == JOTGATE_WORK_FETCH) {
        piece.url = copy_of(work->url);
        piece.request = request_of(stage, work);
    } else if (work->kind == JOTGATE_WORK_SAVE) {
        piece.text = json_object_new_string_len((const char *)work->text.data, (int)work->text.len);
    }
    return piece;
}

static void end(stage *stage, const piece *piece)
{
    switch (piece->kind) {
    case JOTGATE_WORK_LOAD:
        load(stage, piece->id);
        break;
    case JOTGATE_WORK_SAVE:
        save(stage, piece);
        break;
    default:
        answer(stage, piece);
        break;
    }
}

/* Counts the work, and says what becomes of it. */
static does begin(stage *stage, const piece *piece)
{
    if (piece->kind == JOTGATE_WORK_LOAD) {
        stage->loads++;
        return stage->load;
    }
    if (piece->kind == JOTGATE_WORK_SAVE) {
        stage->saves++;
        return stage->save;
    }
    stage->fetches++;
    json_object_put(stage->last);
    stage->last = json_object_get(piece->request);
    json_object *served = json_object_object_get(stage->served, piece->url);
    const bool holds =
        json_object_is_type(served, json_type_string) && strcmp(json_object_get_string(served), "hold") == 0;
    return holds ? HOLD : WORK;
}

/* Takes the piece over. */
static void run(stage *stage, piece piece)
{
    switch (begin(stage, &piece)) {
    case HOLD:
        stage->held = resize(stage->held, (stage->held_len + 1) * sizeof *stage->held);
        stage->held[stage->held_len++] = piece;
        return;
    case FAIL:
        fail(stage, piece.id, JOTGATE_FAILURE_CALLBACK);
        break;
    case WORK:
        end(stage, &piece);
        break;
    }
    drop(&piece);
}

void push_work(void *context, const jotgate_validator *validator, const jotgate_work *work)
{
    (void)validator;
    run(context, piece_of(context, work));
}

void run_due(stage *stage)
{
    for (;;) {
        piece *due = NULL;
        size_t len = 0;
        jotgate_work *work;
        while ((work = jotgate_poll_work(stage->validator, stage->now_ms)) != NULL) {
            due = resize(due, (len + 1) * sizeof *due);
            due[len++] = piece_of(stage, work);
            jotgate_work_free(work);
        }
        for (size_t i = 0; i < len; i++) {
            run(stage, due[i]);
        }
        free(due);
        if (len == 0) {
            return;
        }
    }
}

bool ask(stage *stage, waiter *waiter, jotgate_verdict *verdict)
{
    const jotgate_bytes token = text_of_json(member(stage, member(stage, stage->scenario, "tokens"), waiter->token));
    const jotgate_question question = {.size = sizeof question, .token = token};
    waiter->buffer = resize(waiter->buffer, 4 * token.len + 1);
    do {
        *verdict = (jotgate_verdict){.size = sizeof *verdict};
        require(stage, jotgate_validate(waiter->validator, &question, stage->now_ms, waiter->buffer, 4 * token.len,
                                        verdict));
        waiter->asked++;
        if (verdict->kind != JOTGATE_VERDICT_KEYS_NEEDED) {
            break;
        }
        memcpy(waiter->wait_for, verdict->wait_for, sizeof waiter->wait_for);
        waiter->wait_for_len = verdict->wait_for_len;
        waiter->until_ms = stage->now_ms + (int64_t)verdict->patience_ms;
        run_due(stage);
    } while (!waits(stage, waiter));
    return verdict->kind != JOTGATE_VERDICT_KEYS_NEEDED;
}

bool waits(const stage *stage, const waiter *waiter)
{
    for (size_t i = 0; i < waiter->wait_for_len; i++) {
        if (!is_out(stage, waiter->wait_for[i])) {
            return false;
        }
    }
    return waiter->wait_for_len > 0;
}

bool lose_patience(stage *stage, const waiter *waiter)
{
    if (stage->now_ms < waiter->until_ms) {
        return false;
    }
    for (size_t i = 0; i < waiter->wait_for_len; i++) {
        fail(stage, waiter->wait_for[i], JOTGATE_FAILURE_TIMEOUT);
    }
    run_due(stage);
    return true;
}

void release(stage *stage, uint32_t kind, const char *url)
{
    piece *held = stage->held;
    const size_t len = stage->held_len;
    stage->held = NULL;
    stage->held_len = 0;
    for (size_t i = 0; i < len; i++) {
        if (held[i].kind == kind && (url == NULL || strcmp(held[i].url, url) == 0)) {
            end(stage, &held[i]);
            drop(&held[i]);
        } else {
            stage->held = resize(stage->held, (stage->held_len + 1) * sizeof *stage->held);
            stage->held[stage->held_len++] = held[i];
        }
    }
    free(held);
    run_due(stage);
}

void overrun(stage *stage)
{
    for (size_t i = 0; i < stage->held_len; i++) {
        if (stage->held[i].until_ms <= stage->now_ms && is_out(stage, stage->held[i].id)) {
            fail(stage, stage->held[i].id, JOTGATE_FAILURE_TIMEOUT);
        }
    }
    run_due(stage);
}

void forget(stage *stage)
{
    for (size_t i = 0; i < stage->held_len; i++) {
        drop(&stage->held[i]);
    }
    free(stage->held);
    stage->held = NULL;
    stage->held_len = 0;
    free(stage->out);
    stage->out = NULL;
    stage->out_len = 0;
}
