/* What an endpoint asks for in code, once the token was accepted. */
#ifndef JOTGATE_CONFORMANCE_REQUIRE_H
#define JOTGATE_CONFORMANCE_REQUIRE_H

#include "jotgate.h"

#include <json-c/json.h>

/* The requirement of a case; NULL where it asks for nothing, and where its document is refused, with the error. */
jotgate_requirement *requirement_of(json_object *test, jotgate_error **error);

/* The requirement of a document. */
jotgate_requirement *compiled(json_object *document, jotgate_error **error);

/* The field WWW-Authenticate of the answer; NULL when there is none. */
json_object *challenge_of(json_object *test, const jotgate_validator *validator, const jotgate_requirement *requirement,
                          int64_t now_ms, const jotgate_verdict *verdict);

/* Asks for it, and adds to the line what only such a case tells: the scopes, or the challenge. */
void require_of(json_object *test, const jotgate_validator *validator, const jotgate_requirement *requirement,
                int64_t now_ms, const uint8_t *buffer, jotgate_verdict *verdict, json_object *line);

#endif
