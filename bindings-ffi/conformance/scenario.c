/*
 * Plays scenarios: a clock that stands where the steps set it, and an issuer that answers as they say.
 *
 * The C interface can do all that the core can, so this plays the scenarios of every kind of `api`.
 */
#include "scenario.h"

#include "driver.h"
#include "jotgate.h"
#include "report.h"
#include "request.h"
#include "require.h"
#include "stage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double seconds(int64_t millis)
{
    return (double)millis / 1000.0;
}

/* Keeps what is asked for more later; the buffer is the stage's from then on. */
static void keep(stage *stage, const char *name, const jotgate_verdict *verdict, waiter *waiter)
{
    stage->accepted = resize(stage->accepted, (stage->accepted_len + 1) * sizeof *stage->accepted);
    stage->accepted[stage->accepted_len++] = (accepted){name, *verdict, waiter->buffer};
    waiter->buffer = NULL;
}

/* The verdict, which must be there now or once the validation has lost its patience; and after it the work that is due. */
static void show_verdict(stage *stage, const char *name, waiter *waiter, json_object *shown)
{
    jotgate_verdict verdict;
    do {
        if (waits(stage, waiter) && !lose_patience(stage, waiter)) {
            give_up(id_of(stage->scenario), "a validation waits for work that nobody releases");
        }
    } while (!ask(stage, waiter, &verdict));
    json_object_object_add(shown, "verdict", json_object_new_string(verdict_name(stage->scenario, &verdict)));
    add_text(shown, "code", jotgate_code_name(verdict.code));
    if (verdict.kind == JOTGATE_VERDICT_UNAVAILABLE) {
        const double wait = seconds(verdict.retry_at_ms - stage->now_ms);
        json_object_object_add(shown, "retry_after", json_object_new_double(wait));
    }
    json_object_object_add(shown, "asked", json_object_new_int64(waiter->asked));
    if (verdict.kind == JOTGATE_VERDICT_ACCEPTED) {
        keep(stage, name, &verdict, waiter);
    }
    run_due(stage);
}

/* What comes of asking something of the token that was accepted last under this name. */
static void show_required(const stage *stage, json_object *how, json_object *shown)
{
    const char *of = json_object_get_string(member(stage, how, "of"));
    const accepted *token = NULL;
    for (size_t i = 0; i < stage->accepted_len; i++) {
        token = strcmp(stage->accepted[i].name, of) == 0 ? &stage->accepted[i] : token;
    }
    jotgate_requirement *requirement = compiled(member(stage, how, "asks"), NULL);
    if (token == NULL || requirement == NULL) {
        give_up(id_of(stage->scenario), "nothing was accepted under this name, or no requirement is asked");
    }
    jotgate_verdict verdict = token->verdict;
    require(stage, jotgate_require(stage->validator, requirement, token->buffer, &verdict));
    json_object_object_add(shown, "verdict", json_object_new_string(verdict_name(stage->scenario, &verdict)));
    if (verdict.kind != JOTGATE_VERDICT_ACCEPTED) {
        add_text(shown, "code", jotgate_code_name(verdict.code));
        add_text(shown, "claim", verdict.claim);
        json_object_object_add(shown, "challenge",
                               challenge_of(stage->scenario, stage->validator, requirement, stage->now_ms, &verdict));
    }
    jotgate_requirement_free(requirement);
}

/* A verdict that is there at once is given again. */
static void begin(stage *stage, json_object *how)
{
    waiter *begun = resize(NULL, sizeof *begun);
    *begun = (waiter){
        .name = json_object_get_string(member(stage, how, "name")),
        .token = json_object_get_string(member(stage, how, "token")),
        .validator = stage->validator,
    };
    jotgate_verdict verdict;
    (void)ask(stage, begun, &verdict);
    stage->begun = resize(stage->begun, (stage->begun_len + 1) * sizeof *stage->begun);
    stage->begun[stage->begun_len++] = begun;
}

/* The latest validation that was begun under this name. */
static waiter *begun(const stage *stage, json_object *name)
{
    for (size_t i = stage->begun_len; i > 0; i--) {
        if (strcmp(stage->begun[i - 1]->name, json_object_get_string(name)) == 0) {
            return stage->begun[i - 1];
        }
    }
    give_up(id_of(stage->scenario), "no validation was begun under this name");
}

static void show_waiting(stage *stage, waiter *waiter, json_object *shown)
{
    jotgate_verdict verdict;
    const bool waiting = waits(stage, waiter) || !ask(stage, waiter, &verdict);
    json_object_object_add(shown, "waiting", json_object_new_boolean(waiting));
    json_object_object_add(shown, "asked", json_object_new_int64(waiter->asked));
}

static void set_manner(json_object *how, const char *part, does *does)
{
    const char *manner = json_object_get_string(json_object_object_get(how, part));
    if (manner != NULL) {
        *does = strcmp(manner, "hold") == 0 ? HOLD : strcmp(manner, "fail") == 0 ? FAIL : WORK;
    }
}

static void show_replaced(stage *stage, json_object *document, json_object *shown)
{
    jotgate_error *error = replace_policy(stage, document);
    json_object_object_add(shown, "replaced", json_object_new_boolean(error == NULL));
    if (error != NULL) {
        json_object_object_add(shown, "code", json_object_new_string("policy_error"));
        add_text(shown, "path", jotgate_error_path(error));
        jotgate_error_free(error);
    }
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
        char text[4096];
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

static json_object *warnings(const stage *stage)
{
    json_object *texts = json_object_new_array();
    for (;;) {
        char text[4096];
        size_t needed = 0;
        require(stage, jotgate_poll_warning(stage->validator, (uint8_t *)text, sizeof text, &needed));
        if (needed == 0) {
            return texts;
        }
        json_object_array_add(texts, json_object_new_string_len(text, (int)needed));
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

/* The steps of `"api": "driver"`. */
static bool act_as_driver(stage *stage, const char *name, json_object *how, json_object *shown)
{
    if (strcmp(name, "store_does") == 0) {
        set_manner(how, "load", &stage->load);
        set_manner(how, "save", &stage->save);
    } else if (strcmp(name, "store_release") == 0) {
        const bool loads = strcmp(json_object_get_string(how), "load") == 0;
        release(stage, loads ? JOTGATE_WORK_LOAD : JOTGATE_WORK_SAVE, NULL);
    } else if (strcmp(name, "overrun") == 0) {
        overrun(stage);
    } else if (strcmp(name, "waiting") == 0) {
        show_waiting(stage, begun(stage, how), shown);
    } else if (strcmp(name, "saved") == 0) {
        json_object_object_add(shown, "saved", stage->landed);
        stage->landed = json_object_new_array();
    } else if (strcmp(name, "reissue") == 0) {
        forget(stage);
        require(stage, jotgate_reissue_work(stage->validator, stage->now_ms));
        run_due(stage);
    } else {
        return false;
    }
    return true;
}

/* Takes the one step that `name` stands for; false for a name that is no step. */
static bool act(stage *stage, const char *name, json_object *how, json_object *shown)
{
    if (strcmp(name, "serve") == 0) {
        serve(stage, how);
    } else if (strcmp(name, "validate") == 0) {
        waiter waiter = {.token = json_object_get_string(how), .validator = stage->validator};
        show_verdict(stage, waiter.token, &waiter, shown);
        free(waiter.buffer);
    } else if (strcmp(name, "begin") == 0) {
        begin(stage, how);
    } else if (strcmp(name, "end") == 0) {
        show_verdict(stage, json_object_get_string(how), begun(stage, how), shown);
    } else if (strcmp(name, "release") == 0) {
        release(stage, JOTGATE_WORK_FETCH, json_object_get_string(how));
    } else if (strcmp(name, "requested") == 0) {
        json_object_object_add(shown, "requested", json_object_get(stage->last));
    } else if (strcmp(name, "poll") == 0) {
        const int64_t before = stage->fetches;
        run_due(stage);
        json_object_object_add(shown, "polled", json_object_new_int64(stage->fetches - before));
    } else if (strcmp(name, "wakeup") == 0) {
        json_object_object_add(shown, "wakeup", wakeup(stage));
    } else if (strcmp(name, "refresh") == 0) {
        require(stage, jotgate_refresh_keys(stage->validator));
        run_due(stage);
    } else if (strcmp(name, "refresh_keys") == 0) {
        require(stage, jotgate_refresh_keys(stage->validator));
    } else if (strcmp(name, "export") == 0) {
        json_object_object_add(stage->snapshots, json_object_get_string(how), exported(stage));
    } else if (strcmp(name, "restart") == 0) {
        forget(stage);
        open_validator(stage);
    } else if (strcmp(name, "replace") == 0) {
        show_replaced(stage, how, shown);
    } else if (strcmp(name, "require") == 0) {
        show_required(stage, how, shown);
    } else if (strcmp(name, "import") == 0) {
        json_object_object_add(shown, "imported", imported(stage, how));
    } else if (strcmp(name, "store") == 0) {
        json_object_put(stage->stored);
        stage->stored = json_object_get(how);
    } else if (strcmp(name, "health") == 0) {
        json_object_object_add(shown, "health", health(stage, how));
    } else if (strcmp(name, "events") == 0) {
        json_object_object_add(shown, "events", events(stage));
    } else if (strcmp(name, "warnings") == 0) {
        json_object_object_add(shown, "warnings", warnings(stage));
    } else {
        return act_as_driver(stage, name, how, shown);
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
    json_object_object_add(shown, "loads", json_object_new_int64(stage->loads));
    json_object_object_add(shown, "saves", json_object_new_int64(stage->saves));
    return shown;
}

void play_scenario(FILE *report, json_object *scenario, bool push)
{
    stage stage = {
        .scenario = scenario,
        /* A validator that calls a worker asks again by itself, so nobody could count how often. */
        .push = push && strcmp(json_object_get_string(json_object_object_get(scenario, "api")), "driver") != 0,
        .served = json_object_new_object(),
        .landed = json_object_new_array(),
        .snapshots = json_object_new_object(),
    };
    const int64_t start_ms = json_object_get_int64(member(&stage, scenario, "start")) * 1000;
    stage.now_ms = start_ms;
    json_object *steps = member(&stage, scenario, "steps");
    for (size_t i = 0; i < json_object_array_length(steps); i++) {
        json_object *step = json_object_array_get_idx(steps, i);
        stage.shares = stage.shares || json_object_object_get_ex(step, "store", NULL) ||
                       json_object_object_get_ex(step, "store_does", NULL);
    }
    open_validator(&stage);
    json_object *shown = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(steps); i++) {
        json_object_array_add(shown, take_step(&stage, json_object_array_get_idx(steps, i), start_ms));
    }
    json_object *line = json_object_new_object();
    json_object_object_add(line, "id", json_object_get(json_object_object_get(scenario, "id")));
    json_object_object_add(line, "steps", shown);
    write_line(report, line, NULL, (jotgate_bytes){NULL, 0});
    json_object_put(line);
    close_stage(&stage);
}
