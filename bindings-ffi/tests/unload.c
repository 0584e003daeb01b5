/*
 * A thread that outlives the library: `unload LIBRARY` opens it on a thread that refuses a token, closes it and then ends.
 *
 * It closes the library amid the ending: after what Rust has registered for the thread has run, which keeps a library loaded,
 * and before what C has registered. The system takes keys in the order in which they were made.
 */
#include "fixtures.h"
#include "jotgate.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* By memcpy, because C has no cast from what dlsym gives to a function. */
#define FIND(handle, name)                            \
    do {                                              \
        void *found = dlsym(handle, "jotgate_" #name); \
        memcpy(&name, &found, sizeof name);           \
    } while (0)

static __typeof__(&jotgate_validator_new) validator_new;
static __typeof__(&jotgate_validator_free) validator_free;
static __typeof__(&jotgate_validate) validate;

static int refuses(const char *policy, const char *token)
{
    jotgate_options options = {.size = sizeof options, .seed = 1};
    jotgate_validator *validator = validator_new((const uint8_t *)policy, strlen(policy), &options, NULL);
    jotgate_question question = {
        .size = sizeof question, .token = {.data = (const uint8_t *)token, .len = strlen(token)}};
    jotgate_verdict verdict = {.size = sizeof verdict};
    uint8_t buffer[4096];
    int status = validate(validator, &question, NOW_MS, buffer, sizeof buffer, &verdict);
    validator_free(validator);
    return status == JOTGATE_OK && verdict.code == JOTGATE_CODE_INVALID_SIGNATURE;
}

static int closed;

static void close_library(void *library)
{
    closed = dlclose(library) == 0;
}

static void *use(void *path)
{
    pthread_key_t last;
    void *library = NULL;
    if (pthread_key_create(&last, close_library) != 0 || (library = dlopen(path, RTLD_NOW | RTLD_LOCAL)) == NULL ||
        pthread_setspecific(last, library) != 0) {
        return NULL;
    }
    FIND(library, validator_new);
    FIND(library, validator_free);
    FIND(library, validate);
    return refuses(POLICY_INLINE, FORGED_TOKEN) ? path : NULL;
}

int main(int count, char **arguments)
{
    pthread_t thread;
    void *refused = NULL;
    if (count != 2 || pthread_create(&thread, NULL, use, arguments[1]) != 0 || pthread_join(thread, &refused) != 0 ||
        refused == NULL || !closed) {
        puts("FAILED a_thread_outlives_the_library");
        return EXIT_FAILURE;
    }
    puts("ok a_thread_outlives_the_library");
    return EXIT_SUCCESS;
}
