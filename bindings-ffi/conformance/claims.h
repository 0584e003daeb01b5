/* Claims as jotgate.h gives them one by one, and what two verdicts on one token have in common. */
#ifndef JOTGATE_CONFORMANCE_CLAIMS_H
#define JOTGATE_CONFORMANCE_CLAIMS_H

#include "jotgate.h"

#include <json-c/json.h>
#include <stdbool.h>

/* How much of a buffer header, payload and the table of the claims have. */
size_t room_of(const jotgate_verdict *verdict);

/* Ends the program unless the claims of an accepted token, read one by one, are those of its payload. */
void check_claims(json_object *test, const jotgate_verdict *verdict, const uint8_t *buffer);

/* Whether two validators have said the same of a token, and of its claims. */
bool are_alike(const jotgate_verdict *one, const uint8_t *buffer, const jotgate_verdict *other, const uint8_t *other_buffer);

#endif
