/*
 * validate POLICY JWKS [TOKEN]: validates a token with the policy of one file and the key set of another.
 *
 * The token comes from the command line or, without one, from standard input. What a real host gets from the network
 * with its HTTP client comes from the file JWKS here, whatever the policy's URL is. Prints the verdict, and header and
 * claims of an accepted token. Exits with 0 when the token may pass, with 1 when it may not and with 2 when nobody knows.
 */
#include "jotgate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_INPUT = 1 << 20 };

typedef struct input {
    uint8_t *data;
    size_t len;
} input;

static input read_all(FILE *file, const char *name)
{
    input input = {.data = malloc(MAX_INPUT), .len = 0};
    if (file != NULL && input.data != NULL) {
        input.len = fread(input.data, 1, MAX_INPUT, file);
    }
    if (input.len == 0 || input.len == MAX_INPUT) {
        fprintf(stderr, "%s: cannot be read, empty or too long\n", name);
        exit(2);
    }
    return input;
}

static input read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    input input = read_all(file, path);
    fclose(file);
    return input;
}

static int64_t now_ms(void)
{
    return (int64_t)time(NULL) * 1000;
}

/* Does one fetch, the only kind of work without a store. It ends at once here; a host with an event loop would start it and
 * report it later. */
static void fetch_from_file(void *context, const jotgate_validator *validator, const jotgate_work *work)
{
    const char *path = context;
    fprintf(stderr, "fetching %.*s from %s\n", (int)work->url.len, (const char *)work->url.data, path);
    input body = read_file(path);
    if (body.len > work->max_body) {
        jotgate_report_failed(validator, work->id, JOTGATE_FAILURE_TOO_LARGE, NULL, 0, now_ms());
    } else {
        jotgate_response response = {.size = sizeof response, .status = 200, .body = {body.data, body.len}};
        jotgate_report_fetched(validator, work->id, &response, now_ms());
    }
    free(body.data);
}

static void print(const char *label, jotgate_bytes text)
{
    if (text.data != NULL) {
        printf("%s: %.*s\n", label, (int)text.len, (const char *)text.data);
    }
}

static jotgate_validator *make_validator(const char *path, char *jwks_path)
{
    input policy = read_file(path);
    jotgate_error *error = NULL;
    /* A server takes a random number that no client knows. */
    jotgate_options options = {.size = sizeof options, .seed = (uint64_t)time(NULL)};
    jotgate_validator *validator = jotgate_validator_new(policy.data, policy.len, &options, &error);
    free(policy.data);
    if (validator == NULL) {
        print("policy error at", jotgate_error_path(error));
        print("message", jotgate_error_message(error));
        print("hint", jotgate_error_hint(error));
        jotgate_error_free(error);
        return NULL;
    }
    jotgate_set_worker(validator, fetch_from_file, jwks_path);
    return validator;
}

static int report(const jotgate_verdict *verdict, const uint8_t *buffer)
{
    jotgate_member subject = {.size = sizeof subject};
    switch (verdict->kind) {
    case JOTGATE_VERDICT_ACCEPTED:
        puts("accepted");
        /* Nothing of the payload is read again for it. A text with escapes would have to go through jotgate_unescape. */
        if (jotgate_find_member(verdict, buffer, (const uint8_t *)"sub", 3, &subject) == JOTGATE_OK) {
            print("subject", subject.text);
        }
        print("header", (jotgate_bytes){buffer, verdict->header_len});
        print("claims", (jotgate_bytes){buffer + verdict->header_len, verdict->payload_len});
        return 0;
    case JOTGATE_VERDICT_REJECTED:
        print("rejected", jotgate_code_name(verdict->code));
        print("claim", verdict->claim);
        print("detail", verdict->detail);
        return 1;
    case JOTGATE_VERDICT_UNAVAILABLE:
        print("unavailable", jotgate_code_name(verdict->code));
        print("detail", verdict->detail);
        printf("retry in: %.1f s\n", (double)(verdict->retry_at_ms - now_ms()) / 1000.0);
        return 2;
    default:
        puts("no verdict");
        return 2;
    }
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: %s POLICY JWKS [TOKEN]\n", argv[0]);
        return 2;
    }
    jotgate_validator *validator = make_validator(argv[1], argv[2]);
    if (validator == NULL) {
        return 2;
    }
    input token = argc == 4 ? (input){(uint8_t *)argv[3], strlen(argv[3])} : read_all(stdin, "standard input");
    while (token.len > 0 && token.data[token.len - 1] == '\n') {
        token.len--;
    }
    /* Four times the token suffices; what is the matter with the keys has room in a longer one. */
    const size_t len = 4 * token.len + 2048;
    uint8_t *buffer = malloc(len);
    jotgate_question question = {.size = sizeof question, .token = {token.data, token.len}};
    jotgate_verdict verdict = {.size = sizeof verdict};
    jotgate_status status = jotgate_validate(validator, &question, now_ms(), buffer, len, &verdict);
    int exit_code = status == JOTGATE_OK ? report(&verdict, buffer) : 2;
    free(buffer);
    if (argc == 3) {
        free(token.data);
    }
    jotgate_validator_free(validator);
    return exit_code;
}
