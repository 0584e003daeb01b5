/* The lines of the report, and how a run ends early. */
#ifndef JOTGATE_CONFORMANCE_REPORT_H
#define JOTGATE_CONFORMANCE_REPORT_H

#include "jotgate.h"

#include <json-c/json.h>
#include <stdio.h>

/* The id of a case or a scenario. */
const char *id_of(json_object *test);

/* Ends the program: the case counts as crashed, and the rest is run from the next one on. */
_Noreturn void give_up(const char *where, const char *why);

/* The word of the vectors for what came out of a case or a step. */
const char *verdict_name(json_object *test, const jotgate_verdict *verdict);

/* Adds a text, or null when there is none. */
void add_text(json_object *line, const char *name, jotgate_bytes text);

/*
 * Writes the report's line. `raw` is JSON of the library's that goes in as one more member, as it is, so that nothing can
 * get lost on the way; there is none when its data is NULL.
 */
void write_line(FILE *report, json_object *line, const char *name, jotgate_bytes raw);

#endif
