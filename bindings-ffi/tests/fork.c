/*
 * A process that forks while other threads validate, as servers with worker processes do: the child has only the thread
 * that forked, so whatever another thread was in the middle of stays as it is for ever.
 */
#define _DEFAULT_SOURCE /* for fork */
#include "support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 3, CHILD_SECONDS = 30, FORKS = 400 };

/* More of them in `make soak`. Each begins at NOW_MS again: at this pace the token's lifetime, 76 years, is over in some minutes. */
#ifndef ROUNDS
#define ROUNDS 1
#endif

static jotgate_validator *validator;
static atomic_bool stop;
static atomic_long clock_ms;

/* Time runs so fast that keys expire, are fetched and come back all the time. */
static void *validate_until_stopped(void *argument)
{
    (void)argument;
    while (!atomic_load(&stop)) {
        int64_t now_ms = NOW_MS + atomic_fetch_add(&clock_ms, 600000);
        (void)validate_at(validator, GOOD_TOKEN, now_ms);
        (void)do_fetches(validator, now_ms);
    }
    return NULL;
}

static int child(void)
{
    alarm(CHILD_SECONDS); /* A child that hangs is killed, and the parent sees the signal. */
    int64_t now_ms = NOW_MS + atomic_load(&clock_ms);
    if (jotgate_reissue_work(validator, now_ms) != JOTGATE_OK) {
        return 3;
    }
    for (int i = 0; i < 20; i++) {
        now_ms += INT64_C(48) * 3600 * 1000; /* Past everything: the keys are gone and must be fetched anew. */
        jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, now_ms);
        if (verdict.kind != JOTGATE_VERDICT_KEYS_NEEDED) {
            return 1;
        }
        (void)do_fetches(validator, now_ms);
        if (validate_at(validator, GOOD_TOKEN, now_ms).kind != JOTGATE_VERDICT_ACCEPTED) {
            return 2;
        }
    }
    return 0;
}

static void one_round(void)
{
    atomic_store(&stop, false);
    atomic_store(&clock_ms, 0);
    validator = validator_of(POLICY_FETCHED);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, validate_until_stopped, NULL) == 0);
    }
    for (int i = 0; i < FORKS; i++) {
        pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            _exit(child());
        }
        int status = -1;
        CHECK(waitpid(pid, &status, 0) == pid);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    jotgate_validator_free(validator);
}

static void children_go_on_validating(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        one_round();
    }
}

int main(void)
{
    RUN(children_go_on_validating);
    return finish();
}
