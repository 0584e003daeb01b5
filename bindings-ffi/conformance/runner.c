/*
 * runner VECTORS RAW_REPORT START_INDEX: runs the cases, scenarios, explanations, imports or documents of a vector file from an
 * index on through jotgate.h, and appends a JSON line for each, as soon as it has run.
 *
 * Those with an even index poll for their fetches, those with an odd index have them pushed: both styles must come to the
 * same verdicts.
 */
#include "claims.h"
#include "document.h"
#include "import.h"
#include "jotgate.h"
#include "report.h"
#include "request.h"
#include "require.h"
#include "scenario.h"

#include <json-c/json.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JSON_DEPTH = 512 };

static char *read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        give_up(path, "cannot be opened");
    }
    char *content = NULL;
    size_t size = 0;
    size_t got = 1;
    for (*len = 0; got > 0; *len += got) {
        size = *len + 65536;
        content = resize(content, size);
        got = fread(content + *len, 1, size - *len, file);
    }
    if (ferror(file)) {
        give_up(path, "cannot be read");
    }
    fclose(file);
    return content;
}

static json_object *read_json(const char *path)
{
    size_t len;
    char *content = read_file(path, &len);
    json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH);
    json_object *document = len <= INT32_MAX ? json_tokener_parse_ex(tokener, content, (int)len) : NULL;
    if (document == NULL) {
        give_up(path, "is not JSON");
    }
    json_tokener_free(tokener);
    free(content);
    return document;
}

/* Milliseconds; a clock beyond their range stands still at its end. */
static int64_t now_of(json_object *test)
{
    double millis = round(json_object_get_double(json_object_object_get(test, "now")) * 1000.0);
    if (millis >= 9.2e18) {
        return INT64_MAX;
    }
    return millis <= -9.2e18 ? INT64_MIN : (int64_t)millis;
}

/* Answers a fetch from the case; a URL that is not in it means that the connection failed. */
static void answer_fetch(json_object *test, const jotgate_validator *validator, const jotgate_work *fetch)
{
    const int64_t now_ms = now_of(test);
    json_object *responses = json_object_object_get(test, "responses");
    char *url = resize(NULL, fetch->url.len + 1);
    memcpy(url, fetch->url.data, fetch->url.len);
    url[fetch->url.len] = '\0';
    json_object *served = responses == NULL ? NULL : json_object_object_get(responses, url);
    free(url);

    jotgate_status status;
    if (served == NULL) {
        status = jotgate_report_failed(validator, fetch->id, JOTGATE_FAILURE_CONNECTION, NULL, 0, now_ms);
    } else {
        fields headers = fields_of_json(json_object_object_get(served, "headers"));
        jotgate_response response = response_of_json(served, &headers);
        status = jotgate_report_fetched(validator, fetch->id, &response, now_ms);
        fields_free(&headers);
    }
    if (status != JOTGATE_OK) {
        give_up(id_of(test), "a fetch could not be reported");
    }
}

static void push_fetch(void *context, const jotgate_validator *validator, const jotgate_work *fetch)
{
    answer_fetch(context, validator, fetch);
}

static bool do_fetches(json_object *test, const jotgate_validator *validator)
{
    bool any = false;
    jotgate_work *fetch;
    while ((fetch = jotgate_poll_work(validator, now_of(test))) != NULL) {
        answer_fetch(test, validator, fetch);
        jotgate_work_free(fetch);
        any = true;
    }
    return any;
}

/* What the host says to a question, as the case has it; NULL for a question that it has no function for. */
static const char *said(json_object *test, const char *question)
{
    json_object *host = json_object_object_get(test, "host");
    return host == NULL ? NULL : json_object_get_string(json_object_object_get(host, question));
}

static uint32_t answer_of(const char *said)
{
    if (said != NULL && strcmp(said, "yes") == 0) {
        return JOTGATE_ANSWER_YES;
    }
    return said != NULL && strcmp(said, "no") == 0 ? JOTGATE_ANSWER_NO : JOTGATE_ANSWER_FAILED;
}

/* Goes on until the host has been asked all that there is to ask. */
static jotgate_status answer_questions(json_object *test, uint8_t **buffer, jotgate_verdict *verdict)
{
    jotgate_status status = JOTGATE_OK;
    while (status == JOTGATE_OK && verdict->kind == JOTGATE_VERDICT_UNDECIDED) {
        const char *question = verdict->question == JOTGATE_QUESTION_CLIENT ? "client" : "revoked";
        const uint32_t answer = answer_of(said(test, question));
        const size_t len = 4 * (jotgate_undecided_header(verdict->undecided).len +
                                jotgate_undecided_payload(verdict->undecided).len);
        *buffer = resize(*buffer, len);
        status = jotgate_answer_question(&verdict->undecided, answer, *buffer, len, verdict);
    }
    return status;
}

/* What a case asks; the caller frees its request. */
static jotgate_question question_of(json_object *test, request *request)
{
    *request = (struct request){0};
    jotgate_question question = {.size = sizeof question};
    json_object *token = json_object_object_get(test, "token");
    if (token != NULL) {
        question.token = text_of_json(token);
    } else {
        *request = request_of_json(json_object_object_get(test, "request"));
        question.request = &request->view;
    }
    return question;
}

/* `room` is what the claims are known to need: they may have longer names than in the token. */
static jotgate_status validate_with_room(json_object *test, const jotgate_validator *validator, uint8_t **buffer,
                                         size_t room, jotgate_verdict *verdict)
{
    request request;
    const jotgate_question question = question_of(test, &request);
    const size_t suffices = 4 * (question.request == NULL ? question.token.len : request.buffer_len);
    const size_t len = room > suffices ? room : suffices;
    *buffer = resize(*buffer, len + 1);
    *verdict = (jotgate_verdict){.size = sizeof *verdict};
    jotgate_status status = jotgate_validate(validator, &question, now_of(test), *buffer, len, verdict);
    request_free(&request);
    return status;
}

static jotgate_status validate_once(json_object *test, const jotgate_validator *validator, uint8_t **buffer,
                                    jotgate_verdict *verdict)
{
    jotgate_status status = validate_with_room(test, validator, buffer, 0, verdict);
    if (status == JOTGATE_BUFFER_TOO_SMALL) {
        status = validate_with_room(test, validator, buffer, room_of(verdict), verdict);
    }
    return status == JOTGATE_OK ? answer_questions(test, buffer, verdict) : status;
}

/* The line takes over what the case tells besides. */
static void report_verdict(FILE *report, json_object *test, json_object *line, const jotgate_verdict *verdict,
                           const uint8_t *buffer)
{
    jotgate_bytes claims = {NULL, 0};
    if (verdict->kind == JOTGATE_VERDICT_ACCEPTED) {
        claims = (jotgate_bytes){.data = buffer + verdict->header_len, .len = verdict->payload_len};
    }
    json_object_object_add(line, "id", json_object_new_string(id_of(test)));
    json_object_object_add(line, "verdict", json_object_new_string(verdict_name(test, verdict)));
    add_text(line, "code", jotgate_code_name(verdict->code));
    add_text(line, "claim", verdict->claim);
    json_object_object_add(line, "path", NULL);
    write_line(report, line, "claims", claims);
    json_object_put(line);
}

static void report_policy_error(FILE *report, json_object *test, const jotgate_error *error)
{
    json_object *line = json_object_new_object();
    json_object_object_add(line, "id", json_object_new_string(id_of(test)));
    json_object_object_add(line, "verdict", json_object_new_string("policy_error"));
    add_text(line, "code", jotgate_code_name(JOTGATE_CODE_POLICY_ERROR));
    json_object_object_add(line, "claim", NULL);
    add_text(line, "path", jotgate_error_path(error));
    json_object *paths = json_object_new_array();
    for (size_t i = 0; i < jotgate_error_problem_count(error); i++) {
        const jotgate_bytes path = jotgate_error_problem(error, i).path;
        json_object_array_add(paths, json_object_new_string_len((const char *)path.data, (int)path.len));
    }
    json_object_object_add(line, "paths", paths);
    write_line(report, line, NULL, (jotgate_bytes){NULL, 0});
    json_object_put(line);
}

/* A validator that has judged nothing yet; NULL with the policy error. */
static jotgate_validator *opened(json_object *test, bool push, jotgate_error **error)
{
    size_t policy_len;
    const char *policy = json_object_to_json_string_length(json_object_object_get(test, "policy"),
                                                           JSON_C_TO_STRING_PLAIN, &policy_len);
    const jotgate_options options = {
        .size = sizeof options,
        .client_lookup = said(test, "client") != NULL,
        .revocation_check = said(test, "revoked") != NULL,
    };
    jotgate_validator *validator = jotgate_validator_new((const uint8_t *)policy, policy_len, &options, error);
    if (validator != NULL && push && jotgate_set_worker(validator, push_fetch, test) != JOTGATE_OK) {
        give_up(id_of(test), "the worker was refused");
    }
    return validator;
}

/* A validator that has come to its verdict, so that it has its keys; NULL for a policy error, which is reported. */
static jotgate_validator *judged(FILE *report, json_object *test, bool push, uint8_t **buffer, jotgate_verdict *verdict)
{
    jotgate_error *error = NULL;
    jotgate_validator *validator = opened(test, push, &error);
    if (validator == NULL) {
        report_policy_error(report, test, error);
        jotgate_error_free(error);
        return NULL;
    }
    do {
        if (validate_once(test, validator, buffer, verdict) != JOTGATE_OK) {
            give_up(id_of(test), "there is no verdict");
        }
    } while (verdict->kind == JOTGATE_VERDICT_KEYS_NEEDED && do_fetches(test, validator));
    return validator;
}

/* Ends the program unless the token has the same verdict, and the same claims, in a batch, with keys that are not there yet. */
static void judge_together(json_object *test, bool push, const jotgate_verdict *alone, const uint8_t *alone_buffer)
{
    jotgate_validator *validator = opened(test, push, NULL);
    const jotgate_bytes token = text_of_json(json_object_object_get(test, "token"));
    const jotgate_bytes tokens[] = {token, token};
    const jotgate_batch batch = {.size = sizeof batch, .tokens = tokens, .tokens_len = 2};
    jotgate_verdict verdicts[2] = {{.size = sizeof verdicts[0]}};
    uint8_t *buffer = NULL;
    size_t needed = 0;
    jotgate_status status;
    do {
        buffer = resize(buffer, needed + 1);
        status = jotgate_validate_many(validator, &batch, now_of(test), buffer, needed, &needed, verdicts, 2);
    } while (status == JOTGATE_BUFFER_TOO_SMALL ||
             (verdicts[1].kind == JOTGATE_VERDICT_KEYS_NEEDED && do_fetches(test, validator)));
    for (size_t i = 0; i < 2; i++) {
        uint8_t *own = NULL;
        const bool asked = verdicts[i].kind == JOTGATE_VERDICT_UNDECIDED;
        status = status == JOTGATE_OK ? answer_questions(test, &own, &verdicts[i]) : status;
        if (status != JOTGATE_OK || !are_alike(&verdicts[i], asked ? own : buffer, alone, alone_buffer)) {
            give_up(id_of(test), "the verdict is another one in a batch");
        }
        free(own);
    }
    free(buffer);
    jotgate_validator_free(validator);
}

/* Reports the verdict, or what came of what the case asks for behind it. */
static void report_required(FILE *report, json_object *test, const jotgate_validator *validator,
                            jotgate_verdict *verdict, const uint8_t *buffer)
{
    jotgate_error *error = NULL;
    jotgate_requirement *requirement = requirement_of(test, &error);
    if (error != NULL) {
        report_policy_error(report, test, error);
        jotgate_error_free(error);
        return;
    }
    json_object *line = json_object_new_object();
    if (requirement != NULL) {
        require_of(test, validator, requirement, now_of(test), buffer, verdict, line);
    }
    report_verdict(report, test, line, verdict, buffer);
    jotgate_requirement_free(requirement);
}

static void run_case(FILE *report, json_object *test, bool push)
{
    uint8_t *buffer = NULL;
    jotgate_verdict verdict;
    jotgate_validator *validator = judged(report, test, push, &buffer, &verdict);
    if (validator != NULL) {
        if (verdict.kind == JOTGATE_VERDICT_ACCEPTED) {
            check_claims(test, &verdict, buffer);
        }
        if (json_object_object_get(test, "token") != NULL) {
            judge_together(test, push, &verdict, buffer);
        }
        report_required(report, test, validator, &verdict, buffer);
    }
    free(buffer);
    jotgate_validator_free(validator);
}

static jotgate_status explain_once(json_object *test, const jotgate_validator *validator, jotgate_form form,
                                   char *buffer, size_t len, size_t *needed)
{
    request request;
    const jotgate_question question = question_of(test, &request);
    jotgate_status status =
        jotgate_explain(validator, &question, now_of(test), form, (uint8_t *)buffer, len, needed);
    request_free(&request);
    return status;
}

/* The caller frees the text. */
static char *explanation(json_object *test, const jotgate_validator *validator, jotgate_form form)
{
    size_t needed = 0;
    (void)explain_once(test, validator, form, NULL, 0, &needed);
    char *text = resize(NULL, needed + 1);
    if (explain_once(test, validator, form, text, needed, &needed) != JOTGATE_OK) {
        give_up(id_of(test), "there is no explanation");
    }
    text[needed] = '\0';
    return text;
}

static void run_explanation(FILE *report, json_object *test, bool push)
{
    uint8_t *buffer = NULL;
    jotgate_verdict verdict;
    jotgate_validator *validator = judged(report, test, push, &buffer, &verdict);
    if (validator != NULL) {
        char *json = explanation(test, validator, JOTGATE_FORM_JSON);
        char *text = explanation(test, validator, JOTGATE_FORM_TEXT);
        json_object *line = json_object_new_object();
        json_object_object_add(line, "id", json_object_new_string(id_of(test)));
        json_object_object_add(line, "explanation", json_tokener_parse(json));
        json_object_object_add(line, "text", json_object_new_string(text));
        write_line(report, line, NULL, (jotgate_bytes){NULL, 0});
        json_object_put(line);
        free(text);
        free(json);
    }
    free(buffer);
    jotgate_validator_free(validator);
}

/* How the members of a file are run, by the name of their list. */
static const struct kind {
    const char *name;
    void (*run)(FILE *report, json_object *test, bool push);
} kinds[] = {{"cases", run_case}, {"scenarios", play_scenario}, {"explanations", run_explanation},
           {"imports", run_import}, {"documents", run_document}};

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s VECTORS RAW_REPORT START_INDEX\n", argv[0]);
        return EXIT_FAILURE;
    }
    char *end;
    size_t start = (size_t)strtoull(argv[3], &end, 10);
    if (end == argv[3] || *end != '\0') {
        give_up(argv[3], "is no index");
    }
    json_object *vectors = read_json(argv[1]);
    FILE *report = fopen(argv[2], "ab");
    if (report == NULL) {
        give_up(argv[2], "cannot be opened");
    }
    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        json_object *all = json_object_object_get(vectors, kinds[kind].name);
        for (size_t i = start; all != NULL && i < json_object_array_length(all); i++) {
            kinds[kind].run(report, json_object_array_get_idx(all, i), i % 2 == 1);
        }
    }
    fclose(report);
    json_object_put(vectors);
    return EXIT_SUCCESS;
}
