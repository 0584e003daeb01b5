/* HTTP requests of token cases, as jotgate.h takes them. */
#ifndef JOTGATE_CONFORMANCE_REQUEST_H
#define JOTGATE_CONFORMANCE_REQUEST_H

#include "jotgate.h"

#include <json-c/json.h>

/* Header fields that point into a case. */
typedef struct fields {
    jotgate_field *items;
    size_t len;
} fields;

/* A request and the texts that were put together for it. */
typedef struct request {
    jotgate_request view;
    fields headers;
    char *query;
    char *cookie;
    size_t buffer_len; /* Of the query and all header values: four times it is enough for any token in the request. */
} request;

/* A text of a case: UTF-8, in which U+0000 may occur. */
jotgate_bytes text_of_json(json_object *text);

/* The members of an object of texts, or of lists of texts, as one field per text. */
fields fields_of_json(json_object *object);
void fields_free(fields *fields);

/* What a URL answers: an object with status, body and the header fields that were made of it. */
jotgate_response response_of_json(json_object *object, const fields *headers);

request request_of_json(json_object *object);
void request_free(request *request);

/* Memory or the end of the program. */
void *resize(void *memory, size_t size);

#endif
