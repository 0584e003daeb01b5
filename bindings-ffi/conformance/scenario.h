/* Key-set scenarios: the life of fetched keys, step by step. */
#ifndef JOTGATE_CONFORMANCE_SCENARIO_H
#define JOTGATE_CONFORMANCE_SCENARIO_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>

/* Plays a scenario and reports what each of its steps showed. */
void play_scenario(FILE *report, json_object *scenario, bool push);

#endif
