/* Policy files: what is wrong with them and where, and what is filled in from elsewhere. */
#ifndef JOTGATE_CONFORMANCE_DOCUMENT_H
#define JOTGATE_CONFORMANCE_DOCUMENT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>

/* Reports the verdict on the case's token, or what is wrong with its document. Nothing is fetched, so `push` means nothing. */
void run_document(FILE *report, json_object *test, bool push);

#endif
