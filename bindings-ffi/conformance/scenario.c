/*
 * Plays scenarios: a clock that stands where the steps set it, and an issuer that answers as they say.
 *
 * The C interface can do all that the core can, so this plays the scenarios of every kind of `api`.
 */
#include "scenario.h"

#include "jotgate.h"
#include "report.h"
#include "request.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A fetch that is out. */
typedef struct flight {
    uint64_t id;
    char *url;
} flight;

typedef struct flights {
    flight *items;
    size_t len;
} flights;

typedef struct stage {
    json_object *scenario;
    jotgate_validator *validator;
    bool push;
    int64_t now_ms;
    json_object *served;    /* What URLs answer now. */
    json_object *begun;     /* Tokens of validations that wait, by name. */
    json_object *snapshots; /* Texts, by name. */
    json_object *last;      /* Members of the last request. */
    flights held;
    int64_t fetches;
} stage;

/* A member of an object; the scenario is wrong without it. */
static json_object *member(const stage *stage, json_object *object, const char *name)
{
    json_object *found = NULL;
    if (!json_object_object_get_ex(object, name, &found)) {
        give_up(id_of(stage->scenario), "something has no member of this name");
    }
    return found;
}

static void require(const stage *stage, jotgate_status status)
{
    if (status != JOTGATE_OK) {
        give_up(id_of(stage->scenario), "a call failed");
    }
}

static double seconds(int64_t millis)
{
    return (double)millis / 1000.0;
}

/* Ends a fetch with what its URL answers now. */
static void answer(const stage *stage, const flight *flight)
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

static void add(flights *flights, flight flight)
{
    flights->items = resize(flights->items, (flights->len + 1) * sizeof *flights->items);
    flights->items[flights->len++] = flight;
}

static void clear(flights *flights)
{
    for (size_t i = 0; i < flights->len; i++) {
        free(flights->items[i].url);
    }
    free(flights->items);
    *flights = (struct flights){NULL, 0};
}

/* Counts a fetch and remembers its request. */
static flight begin_flight(stage *stage, const jotgate_fetch *fetch)
{
    stage->fetches++;
    json_object_put(stage->last);
    stage->last = json_object_new_object();
    add_text(stage->last, "url", fetch->url);
    json_object_object_add(stage->last, "timeout", json_object_new_double(seconds((int64_t)fetch->timeout_ms)));
    json_object_object_add(stage->last, "max_body", json_object_new_int64((int64_t)fetch->max_body));
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
        add_text(stage->last, name, fetch->headers[i].value);
    }
    flight flight = {.id = fetch->id, .url = resize(NULL, fetch->url.len + 1)};
    memcpy(flight.url, fetch->url.data, fetch->url.len);
    flight.url[fetch->url.len] = '\0';
    return flight;
}

/* Answers a fetch, or holds it. Takes the flight over. */
static void finish_flight(stage *stage, flight flight)
{
    json_object *served = json_object_object_get(stage->served, flight.url);
    if (json_object_is_type(served, json_type_string) && strcmp(json_object_get_string(served), "hold") == 0) {
        add(&stage->held, flight);
        return;
    }
    answer(stage, &flight);
    free(flight.url);
}

static void push_fetch(void *context, const jotgate_validator *validator, const jotgate_fetch *fetch)
{
    (void)validator;
    finish_flight(context, begin_flight(context, fetch));
}

/* Runs the fetches that can be taken, all of them taken before the first has an answer, and says how many they were. */
static size_t run_due(stage *stage)
{
    flights due = {NULL, 0};
    jotgate_fetch *fetch;
    while ((fetch = jotgate_take_fetch(stage->validator, stage->now_ms)) != NULL) {
        add(&due, begin_flight(stage, fetch));
        jotgate_fetch_free(fetch);
    }
    const size_t count = due.len;
    for (size_t i = 0; i < due.len; i++) {
        finish_flight(stage, due.items[i]);
    }
    free(due.items);
    return count;
}

/* As the driver of a host; the verdict is KEYS_NEEDED when it has to wait. */
static jotgate_verdict validate(stage *stage, const char *name)
{
    jotgate_bytes token = text_of_json(member(stage, member(stage, stage->scenario, "tokens"), name));
    uint8_t *buffer = resize(NULL, token.len + 1);
    jotgate_verdict verdict;
    do {
        require(stage, jotgate_validate(stage->validator, token.data, token.len, stage->now_ms, buffer, token.len,
                                        &verdict));
    } while (verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED && run_due(stage) > 0);
    free(buffer);
    return verdict;
}

/* The verdict, which must be there now, and after it the fetches that are due. */
static void show_verdict(stage *stage, const char *token, json_object *shown)
{
    jotgate_verdict verdict = validate(stage, token);
    json_object_object_add(shown, "verdict", json_object_new_string(verdict_name(stage->scenario, &verdict)));
    add_text(shown, "code", jotgate_code_name(verdict.code));
    if (verdict.kind == JOTGATE_VERDICT_UNAVAILABLE) {
        const double wait = seconds(verdict.retry_at_ms - stage->now_ms);
        json_object_object_add(shown, "retry_after", json_object_new_double(wait));
    }
    (void)run_due(stage);
}

static void release(stage *stage, const char *url)
{
    flights held = stage->held;
    stage->held = (flights){NULL, 0};
    for (size_t i = 0; i < held.len; i++) {
        if (strcmp(held.items[i].url, url) == 0) {
            answer(stage, &held.items[i]);
            free(held.items[i].url);
        } else {
            add(&stage->held, held.items[i]);
        }
    }
    free(held.items);
}

static void open_validator(stage *stage)
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

static json_object *exported(const stage *stage)
{
    size_t needed = 0;
    (void)jotgate_export_keys(stage->validator, NULL, 0, &needed);
    char *text = resize(NULL, needed + 1);
    require(stage, jotgate_export_keys(stage->validator, (uint8_t *)text, needed, &needed));
    json_object *snapshot = json_object_new_string_len(text, (int)needed);
    free(text);
    return snapshot;
}

static json_object *imported(const stage *stage, json_object *from)
{
    json_object *kept = json_object_object_get(from, "kept");
    json_object *snapshot = kept != NULL ? member(stage, stage->snapshots, json_object_get_string(kept))
                                         : member(stage, from, "text");
    jotgate_bytes text = text_of_json(snapshot);
    size_t count = 0;
    jotgate_status status = jotgate_import_keys(stage->validator, text.data, text.len, stage->now_ms, &count);
    if (status == JOTGATE_SNAPSHOT_REFUSED) {
        return json_object_new_string("refused");
    }
    require(stage, status);
    return json_object_new_int64((int64_t)count);
}

static json_object *health(const stage *stage, json_object *of)
{
    size_t needed = 0;
    (void)jotgate_health(stage->validator, stage->now_ms, NULL, 0, &needed);
    char *text = resize(NULL, needed + 1);
    require(stage, jotgate_health(stage->validator, stage->now_ms, (uint8_t *)text, needed, &needed));
    text[needed] = '\0';
    json_object *all = json_tokener_parse(text);
    free(text);
    const size_t source = (size_t)json_object_get_int(json_object_object_get(of, "source"));
    json_object *found = json_object_get(json_object_array_get_idx(member(stage, all, "sources"), source));
    json_object_put(all);
    return found;
}

static json_object *events(const stage *stage)
{
    json_object *names = json_object_new_array();
    for (;;) {
        char text[1024];
        size_t needed = 0;
        require(stage, jotgate_poll_event(stage->validator, (uint8_t *)text, sizeof text - 1, &needed));
        if (needed == 0) {
            return names;
        }
        text[needed] = '\0';
        json_object *event = json_tokener_parse(text);
        json_object_array_add(names, json_object_get(member(stage, event, "event")));
        json_object_put(event);
    }
}

static json_object *wakeup(const stage *stage)
{
    int64_t at_ms;
    require(stage, jotgate_next_wakeup(stage->validator, &at_ms));
    return at_ms == INT64_MAX ? NULL : json_object_new_double(seconds(at_ms - stage->now_ms));
}

static void serve(stage *stage, json_object *answers)
{
    json_object_object_foreach(answers, url, what)
    {
        json_object_object_add(stage->served, url, json_object_get(what));
    }
}

/* Takes the one step that `name` stands for; false for a name that is no step. */
static bool act(stage *stage, const char *name, json_object *how, json_object *shown)
{
    if (strcmp(name, "serve") == 0) {
        serve(stage, how);
    } else if (strcmp(name, "validate") == 0) {
        show_verdict(stage, json_object_get_string(how), shown);
    } else if (strcmp(name, "begin") == 0) {
        json_object *token = member(stage, how, "token");
        (void)validate(stage, json_object_get_string(token));
        json_object_object_add(stage->begun, json_object_get_string(member(stage, how, "name")),
                               json_object_get(token));
    } else if (strcmp(name, "end") == 0) {
        show_verdict(stage, json_object_get_string(member(stage, stage->begun, json_object_get_string(how))), shown);
    } else if (strcmp(name, "release") == 0) {
        release(stage, json_object_get_string(how));
    } else if (strcmp(name, "requested") == 0) {
        json_object_object_add(shown, "requested", json_object_get(stage->last));
    } else if (strcmp(name, "poll") == 0) {
        json_object_object_add(shown, "polled", json_object_new_int64((int64_t)run_due(stage)));
    } else if (strcmp(name, "wakeup") == 0) {
        json_object_object_add(shown, "wakeup", wakeup(stage));
    } else if (strcmp(name, "refresh") == 0) {
        require(stage, jotgate_refresh_keys(stage->validator));
        (void)run_due(stage);
    } else if (strcmp(name, "refresh_keys") == 0) {
        require(stage, jotgate_refresh_keys(stage->validator));
    } else if (strcmp(name, "export") == 0) {
        json_object_object_add(stage->snapshots, json_object_get_string(how), exported(stage));
    } else if (strcmp(name, "restart") == 0) {
        open_validator(stage);
    } else if (strcmp(name, "import") == 0) {
        json_object_object_add(shown, "imported", imported(stage, how));
    } else if (strcmp(name, "health") == 0) {
        json_object_object_add(shown, "health", health(stage, how));
    } else if (strcmp(name, "events") == 0) {
        json_object_object_add(shown, "events", events(stage));
    } else {
        return false;
    }
    return true;
}

/* What a step expects is not looked at: the judge reads that. */
static json_object *take_step(stage *stage, json_object *step, int64_t start_ms)
{
    json_object *shown = json_object_new_object();
    json_object *at = json_object_object_get(step, "at");
    if (at != NULL) {
        stage->now_ms = start_ms + (int64_t)llround(json_object_get_double(at) * 1000.0);
    }
    bool taken = false;
    json_object_object_foreach(step, name, how)
    {
        taken = taken || act(stage, name, how, shown);
    }
    if (!taken) {
        give_up(id_of(stage->scenario), "a step is none that is known");
    }
    json_object_object_add(shown, "fetches", json_object_new_int64(stage->fetches));
    return shown;
}

void play_scenario(FILE *report, json_object *scenario, bool push)
{
    stage stage = {
        .scenario = scenario,
        .push = push,
        .served = json_object_new_object(),
        .begun = json_object_new_object(),
        .snapshots = json_object_new_object(),
    };
    const int64_t start_ms = json_object_get_int64(member(&stage, scenario, "start")) * 1000;
    stage.now_ms = start_ms;
    open_validator(&stage);
    json_object *steps = member(&stage, scenario, "steps");
    json_object *shown = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(steps); i++) {
        json_object_array_add(shown, take_step(&stage, json_object_array_get_idx(steps, i), start_ms));
    }
    json_object *line = json_object_new_object();
    json_object_object_add(line, "id", json_object_get(json_object_object_get(scenario, "id")));
    json_object_object_add(line, "steps", shown);
    write_line(report, line, NULL, (jotgate_bytes){NULL, 0});
    json_object_put(line);
    clear(&stage.held);
    json_object_put(stage.last);
    json_object_put(stage.snapshots);
    json_object_put(stage.begun);
    json_object_put(stage.served);
    jotgate_validator_free(stage.validator);
}
