/* Policies of other gateways: what the library makes of them. */
#ifndef JOTGATE_CONFORMANCE_IMPORT_H
#define JOTGATE_CONFORMANCE_IMPORT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>

/* Reports an import as the library writes it, or where the text is wrong. Nothing is fetched, so `push` means nothing. */
void run_import(FILE *report, json_object *test, bool push);

#endif
