/*
 * fetch POLICY TOKEN...: validates tokens with the policy of a file, whose key sets come over the network by libcurl.
 *
 * Prints a line for each token, and to standard error what an operator should read. Exits with 0 when all of them may pass.
 */
#include "curl_worker.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t now_ms(void)
{
    return (int64_t)time(NULL) * 1000;
}

/* Something that no client knows. */
static uint64_t seed(void)
{
    uint64_t seed = 0;
    FILE *random = fopen("/dev/urandom", "rb");
    if (random == NULL || fread(&seed, sizeof seed, 1, random) != 1) {
        fputs("there is no source of random numbers\n", stderr);
        exit(2);
    }
    fclose(random);
    return seed;
}

static jotgate_validator *validator_of(const char *path)
{
    static uint8_t policy[1 << 16];
    FILE *file = fopen(path, "rb");
    const size_t len = file == NULL ? 0 : fread(policy, 1, sizeof policy, file);
    if (file != NULL) {
        fclose(file);
    }
    const jotgate_options options = {.size = sizeof options, .seed = seed()};
    jotgate_error *error = NULL;
    jotgate_validator *validator = jotgate_validator_new(policy, len, &options, &error);
    if (validator == NULL) {
        const jotgate_bytes message = jotgate_error_message(error);
        fprintf(stderr, "%s: %.*s\n", path, (int)message.len, (const char *)message.data);
        jotgate_error_free(error);
        exit(2);
    }
    jotgate_set_worker(validator, curl_worker, getenv("EXAMPLE_CERTIFICATES"));
    return validator;
}

static void print(const char *what, jotgate_bytes text)
{
    printf("%s %.*s\n", what, (int)text.len, (const char *)text.data);
}

static void log_warnings(const jotgate_validator *validator)
{
    uint8_t line[4096];
    size_t len = 0;
    while (jotgate_poll_warning(validator, line, sizeof line, &len) == JOTGATE_OK && len > 0) {
        fprintf(stderr, "warning: %.*s\n", (int)len, (const char *)line);
    }
}

/* Whether the token may pass. */
static int passes(const jotgate_validator *validator, const char *token)
{
    const size_t len = strlen(token);
    const size_t room = 4 * len + 2048;
    uint8_t *buffer = malloc(room);
    const jotgate_question question = {.size = sizeof question, .token = {(const uint8_t *)token, len}};
    jotgate_verdict verdict = {.size = sizeof verdict};
    const jotgate_status status = jotgate_validate(validator, &question, now_ms(), buffer, room, &verdict);
    if (status != JOTGATE_OK) {
        print("failed", jotgate_status_name(status));
    } else if (verdict.kind == JOTGATE_VERDICT_ACCEPTED) {
        print("accepted", (jotgate_bytes){buffer + verdict.header_len, verdict.payload_len});
    } else if (verdict.kind == JOTGATE_VERDICT_UNAVAILABLE) {
        print("unavailable", verdict.detail);
    } else {
        print("rejected", jotgate_code_name(verdict.code));
    }
    log_warnings(validator);
    free(buffer);
    return status == JOTGATE_OK && verdict.kind == JOTGATE_VERDICT_ACCEPTED;
}

int main(int count, char **arguments)
{
    if (count < 3 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        fprintf(stderr, "usage: %s POLICY TOKEN...\n", arguments[0]);
        return 2;
    }
    jotgate_validator *validator = validator_of(arguments[1]);
    int refused = 0;
    for (int i = 2; i < count; i++) {
        refused += !passes(validator, arguments[i]);
    }
    jotgate_validator_free(validator);
    curl_global_cleanup();
    return refused > 0;
}
