/* Many threads on one validator: they validate, fetch and complete at the same time. */
#include "support.h"

#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 8 };

/* More of them in `make soak`. */
#ifndef ROUNDS
#define ROUNDS 300
#endif


/* How a host in C waits: a counter that every ended fetch moves on. */
typedef struct host {
    jotgate_validator *validator;
    pthread_mutex_t mutex;
    pthread_cond_t ended;
    unsigned long generation;
    atomic_int fetches;
    atomic_int accepted;
    int64_t now_ms;
} host;

static void host_init(host *host, const char *policy)
{
    memset(host, 0, sizeof *host);
    host->validator = validator_of(policy);
    host->now_ms = NOW_MS;
    pthread_mutex_init(&host->mutex, NULL);
    pthread_cond_init(&host->ended, NULL);
}

static void host_destroy(host *host)
{
    jotgate_validator_free(host->validator);
    pthread_cond_destroy(&host->ended);
    pthread_mutex_destroy(&host->mutex);
}

static unsigned long generation_of(host *host)
{
    pthread_mutex_lock(&host->mutex);
    unsigned long generation = host->generation;
    pthread_mutex_unlock(&host->mutex);
    return generation;
}

static void do_due_fetches(host *host)
{
    jotgate_work *fetch;
    while ((fetch = jotgate_poll_work(host->validator, host->now_ms)) != NULL) {
        atomic_fetch_add(&host->fetches, 1);
        answer_fetch(host->validator, fetch->id, host->now_ms);
        jotgate_work_free(fetch);
        pthread_mutex_lock(&host->mutex);
        host->generation++;
        pthread_cond_broadcast(&host->ended);
        pthread_mutex_unlock(&host->mutex);
    }
}

static jotgate_verdict validate_and_fetch(host *host, const char *token)
{
    for (;;) {
        unsigned long generation = generation_of(host);
        jotgate_verdict verdict = validate_at(host->validator, token, host->now_ms);
        if (verdict.work_due) {
            do_due_fetches(host);
        }
        if (verdict.kind != JOTGATE_VERDICT_KEYS_NEEDED) {
            return verdict;
        }
        pthread_mutex_lock(&host->mutex);
        while (host->generation == generation) {
            pthread_cond_wait(&host->ended, &host->mutex);
        }
        pthread_mutex_unlock(&host->mutex);
    }
}

static void *validate_many(void *argument)
{
    host *host = argument;
    for (int i = 0; i < ROUNDS; i++) {
        if (validate_and_fetch(host, GOOD_TOKEN).kind == JOTGATE_VERDICT_ACCEPTED) {
            atomic_fetch_add(&host->accepted, 1);
        }
        CHECK(validate_and_fetch(host, FORGED_TOKEN).code == JOTGATE_CODE_INVALID_SIGNATURE);
    }
    return NULL;
}

static void run_on_all_threads(void *(*body)(void *), void *argument)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, body, argument) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
}

static void all_threads_share_one_fetch(void)
{
    host host;
    host_init(&host, POLICY_FETCHED);
    run_on_all_threads(validate_many, &host);
    CHECK(atomic_load(&host.accepted) == THREADS * ROUNDS);
    CHECK(atomic_load(&host.fetches) == 1);

    /* An hour later the set is due: again one of them refreshes it, and nobody waits. */
    host.now_ms += INT64_C(3600000);
    run_on_all_threads(validate_many, &host);
    CHECK(atomic_load(&host.accepted) == 2 * THREADS * ROUNDS);
    CHECK(atomic_load(&host.fetches) == 2);
    host_destroy(&host);
}

static void fetch_at_once(void *context, const jotgate_validator *validator, const jotgate_work *fetch)
{
    host *host = context;
    atomic_fetch_add(&host->fetches, 1);
    answer_fetch(validator, fetch->id, host->now_ms);
}

/* Names in verdicts are the policy's: none points to what another thread's token has left. */
static void *refuse_mapped(void *argument)
{
    host *host = argument;
    for (int i = 0; i < ROUNDS; i++) {
        jotgate_verdict verdict = validate_at(host->validator, MAPPED_TOKEN, host->now_ms);
        CHECK(verdict.kind == JOTGATE_VERDICT_UNDECIDED && is_text(verdict.client_id, "alice@api.test"));
        CHECK(is_text(verdict.client_claim, "http://wso2.org/claims/emailaddress"));
        uint8_t buffer[512];
        CHECK(jotgate_answer_question(&verdict.undecided, JOTGATE_ANSWER_NO, buffer, sizeof buffer, &verdict) ==
              JOTGATE_OK);
        /* Under valgrind and the sanitizers this would be read after it was freed. */
        CHECK(is_text(verdict.claim, "http://wso2.org/claims/emailaddress"));
        CHECK(verdict.code == JOTGATE_CODE_CLIENT_NOT_ALLOWED);
    }
    return NULL;
}

static void a_mapped_client_is_refused_on_all_threads(void)
{
    jotgate_options options = plain_options();
    options.client_lookup = 1;
    host host;
    host_init(&host, POLICY_FETCHED);
    jotgate_validator_free(host.validator);
    host.validator = validator_with(POLICY_MAPPED, options);
    run_on_all_threads(refuse_mapped, &host);
    host_destroy(&host);
}

static void *validate_pushed(void *argument)
{
    host *host = argument;
    for (int i = 0; i < ROUNDS; i++) {
        /* KEYS_NEEDED while another thread is inside the worker. */
        jotgate_verdict verdict = validate_at(host->validator, GOOD_TOKEN, host->now_ms);
        CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED || verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED);
    }
    return NULL;
}

static void one_thread_does_the_work_at_a_time(void)
{
    host host;
    host_init(&host, POLICY_FETCHED);
    CHECK(jotgate_set_worker(host.validator, fetch_at_once, &host) == JOTGATE_OK);
    run_on_all_threads(validate_pushed, &host);
    CHECK(atomic_load(&host.fetches) == 1);
    CHECK(validate_at(host.validator, GOOD_TOKEN, host.now_ms).kind == JOTGATE_VERDICT_ACCEPTED);
    host_destroy(&host);
}

static void *make_and_free(void *argument)
{
    (void)argument;
    for (int i = 0; i < ROUNDS / 10; i++) {
        jotgate_validator *validator = validator_of(POLICY_INLINE);
        CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
        jotgate_validator_free(validator);
    }
    return NULL;
}

static void validators_are_independent(void)
{
    run_on_all_threads(make_and_free, NULL);
}

int main(void)
{
    RUN(a_mapped_client_is_refused_on_all_threads);
    RUN(all_threads_share_one_fetch);
    RUN(one_thread_does_the_work_at_a_time);
    RUN(validators_are_independent);
    return finish();
}
