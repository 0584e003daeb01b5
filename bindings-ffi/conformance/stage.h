/* The host of a scenario: its clock, its issuer, its store, and its validator. */
#ifndef JOTGATE_CONFORMANCE_STAGE_H
#define JOTGATE_CONFORMANCE_STAGE_H

#include "jotgate.h"

#include <json-c/json.h>
#include <stdbool.h>

/* Work that was taken. It ends at once, or waits for a step that releases it. */
typedef struct piece {
    uint32_t kind;
    uint64_t id;
    int64_t until_ms;     /* Its timeout. */
    char *url;            /* FETCH */
    json_object *request; /* FETCH: its members, as a step asks for them. */
    json_object *text;    /* SAVE */
} piece;

/* A validation that may have to wait. */
typedef struct waiter {
    const char *name;
    const char *token;
    const jotgate_validator *validator; /* The one that it was begun with. */
    int64_t asked; /* How often it has asked the validator. */
    uint64_t wait_for[8];
    size_t wait_for_len;
    int64_t until_ms;
    uint8_t *buffer; /* What the latest verdict has written. */
} waiter;

/* A token that was accepted, as a host holds it. */
typedef struct accepted {
    const char *name; /* That of the token, or of the validation. */
    jotgate_verdict verdict;
    uint8_t *buffer;
} accepted;

/* What a function of the store does. */
typedef enum does { WORK, FAIL, HOLD } does;

typedef struct stage {
    json_object *scenario;
    jotgate_validator *validator;
    uint64_t opened; /* How many validators there were. */
    jotgate_validator **replaced; /* Those in whose place another one came. */
    size_t replaced_len;
    bool push;
    int64_t now_ms;
    json_object *served;    /* What URLs answer now. */
    json_object *snapshots; /* Texts, by name. */
    json_object *last;      /* Members of the last request. */
    waiter **begun;
    size_t begun_len;
    accepted *accepted;
    size_t accepted_len;
    uint64_t *out; /* The ids of what was taken and not reported yet. */
    size_t out_len;
    piece *held;
    size_t held_len;
    int64_t fetches; /* Requests that the issuer had. */
    bool shares;     /* Whether there is a store. */
    json_object *stored;
    does load, save;
    int64_t loads, saves;
    json_object *landed; /* The key ids of the texts that came to lie in the store. */
} stage;

/* A member of an object; the scenario is wrong without it. */
json_object *member(const stage *stage, json_object *object, const char *name);

/* Ends the program unless a call went well. */
void require(const stage *stage, jotgate_status status);

/* Replaces the validator by one that knows nothing yet. */
void open_validator(stage *stage);

/* Has another policy come in the place of the one before, unless it is refused: then NULL is not what comes back. */
jotgate_error *replace_policy(stage *stage, json_object *document);

/* The key sets as a text. */
json_object *exported(const stage *stage);

void close_stage(stage *stage);

#endif
