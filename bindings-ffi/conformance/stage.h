/* The host of a scenario: its clock, its issuer, its store, and a validator that it drives as hosts do. */
#ifndef JOTGATE_CONFORMANCE_STAGE_H
#define JOTGATE_CONFORMANCE_STAGE_H

#include "jotgate.h"

#include <json-c/json.h>
#include <stdbool.h>

/* A fetch whose answer is due, or waits for its release. */
typedef struct flight {
    uint64_t id;
    char *url;
    json_object *request; /* Its members, as a step asks for them. */
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
    int64_t fetches; /* Requests that the issuer had. */
    bool shares;     /* Whether there is a store. */
    json_object *stored;
    int64_t saves;
} stage;

/* A member of an object; the scenario is wrong without it. */
json_object *member(const stage *stage, json_object *object, const char *name);

/* Ends the program unless a call went well. */
void require(const stage *stage, jotgate_status status);

/* Replaces the validator by one that knows nothing yet. */
void open_validator(stage *stage);

/* As the driver of a host; the verdict is KEYS_NEEDED when it has to wait. */
jotgate_verdict validate(stage *stage, const char *token_name);

/* Does the work that there is, all of it taken before the first has an answer, and says whether there was any. */
bool run_due(stage *stage);

/* Answers the held fetches of a URL, and does the work that follows. */
void release(stage *stage, const char *url);

/* The key sets as a text. */
json_object *exported(const stage *stage);

void close_stage(stage *stage);

#endif
