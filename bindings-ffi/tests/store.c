/* Validators of several processes that share one store of key sets. The host does the fetches, as in pull.c. */
#include "support.h"

#include <pthread.h>

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS INT64_C(3600000)

enum { THREADS = 8 };

/* What all processes share, and an issuer that counts. */
typedef struct host {
    pthread_mutex_t mutex;
    char *stored; /* NULL: nothing was saved yet. */
    int saves;
    int requests;
} host;

static void host_init(host *host)
{
    memset(host, 0, sizeof *host);
    pthread_mutex_init(&host->mutex, NULL);
}

static void host_destroy(host *host)
{
    free(host->stored);
    pthread_mutex_destroy(&host->mutex);
}

static char *copy_of(const char *text)
{
    char *copy = calloc(strlen(text) + 1, 1);
    CHECK(copy != NULL);
    return strcpy(copy, text);
}

/* The caller frees the text; NULL when there is none. */
static char *load(host *host)
{
    pthread_mutex_lock(&host->mutex);
    char *text = host->stored == NULL ? NULL : copy_of(host->stored);
    pthread_mutex_unlock(&host->mutex);
    return text;
}

static void save(host *host, const jotgate_validator *validator)
{
    size_t needed = 0;
    CHECK(jotgate_export_keys(validator, NULL, 0, &needed) == JOTGATE_BUFFER_TOO_SMALL);
    char *text = calloc(needed + 1, 1);
    CHECK(text != NULL);
    CHECK(jotgate_export_keys(validator, (uint8_t *)text, needed, &needed) == JOTGATE_OK);
    pthread_mutex_lock(&host->mutex);
    free(host->stored);
    host->stored = text;
    host->saves++;
    pthread_mutex_unlock(&host->mutex);
}

static int32_t settle(const jotgate_validator *validator, uint64_t id, const char *text, int64_t now_ms)
{
    int32_t settled = 99;
    CHECK(jotgate_settle_fetch(validator, id, bytes_of(text), strlen(text), now_ms, &settled) == JOTGATE_OK);
    return settled;
}

/* How a host does a fetch: from the store when that has an answer, else from the issuer and into the store. */
static void do_fetch(host *host, const jotgate_validator *validator, uint64_t id, int64_t now_ms)
{
    char *text = load(host);
    const bool settled = text != NULL && settle(validator, id, text, now_ms) == 1;
    free(text);
    if (settled) {
        return;
    }
    pthread_mutex_lock(&host->mutex);
    host->requests++;
    pthread_mutex_unlock(&host->mutex);
    answer_fetch(validator, id, now_ms);
    if (jotgate_export_due(validator)) {
        save(host, validator);
    }
}

static jotgate_verdict validate_and_fetch(host *host, const jotgate_validator *validator, const char *token,
                                          int64_t now_ms)
{
    jotgate_verdict verdict = validate_at(validator, token, now_ms);
    jotgate_fetch *fetch;
    while (verdict.fetch_due && (fetch = jotgate_take_fetch(validator, now_ms)) != NULL) {
        do_fetch(host, validator, fetch->id, now_ms);
        jotgate_fetch_free(fetch);
    }
    return verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED ? validate_at(validator, token, now_ms) : verdict;
}

/* The only fetch that a validator without keys wants. */
static jotgate_fetch *first_fetch(const jotgate_validator *validator, int64_t now_ms)
{
    CHECK(validate_at(validator, GOOD_TOKEN, now_ms).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    jotgate_fetch *fetch = jotgate_take_fetch(validator, now_ms);
    CHECK(fetch != NULL);
    return fetch;
}

/* What a process has saved that fetched its keys at this time; the caller frees it. */
static char *saved_at(int64_t now_ms)
{
    host host;
    host_init(&host);
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    CHECK(validate_and_fetch(&host, validator, GOOD_TOKEN, now_ms).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_validator_free(validator);
    char *text = load(&host);
    CHECK(text != NULL);
    host_destroy(&host);
    return text;
}

static void two_validators_share_one_fetch(void)
{
    host host;
    host_init(&host);
    jotgate_validator *first = validator_of(POLICY_FETCHED);
    jotgate_validator *second = validator_of(POLICY_FETCHED);
    CHECK(validate_and_fetch(&host, first, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(host.requests == 1 && host.saves == 1);
    CHECK(validate_and_fetch(&host, second, GOOD_TOKEN, NOW_MS + MINUTE_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(host.requests == 1 && host.saves == 1);

    /* When the sets are due, whoever comes first asks the issuer, and the other one finds what that has brought. */
    CHECK(validate_and_fetch(&host, second, GOOD_TOKEN, NOW_MS + HOUR_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(host.requests == 2 && host.saves == 2);
    CHECK(validate_and_fetch(&host, first, GOOD_TOKEN, NOW_MS + HOUR_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(host.requests == 2 && host.saves == 2);
    CHECK(validate_at(first, GOOD_TOKEN, NOW_MS + HOUR_MS).fetch_due == 0);

    char health[2048] = "";
    size_t needed = 0;
    CHECK(jotgate_health(first, NOW_MS + HOUR_MS, (uint8_t *)health, sizeof health - 1, &needed) == JOTGATE_OK);
    CHECK(strstr(health, "\"fetches\":2") != NULL && strstr(health, "\"shared\":1") != NULL);
    jotgate_validator_free(second);
    jotgate_validator_free(first);
    host_destroy(&host);
}

typedef struct pushed {
    host *host;
    int64_t now_ms;
} pushed;

static void fetch_at_once(void *context, const jotgate_validator *validator, const jotgate_fetch *fetch)
{
    pushed *pushed = context;
    do_fetch(pushed->host, validator, fetch->id, pushed->now_ms);
}

static void a_fetcher_may_use_the_store(void)
{
    host host;
    host_init(&host);
    pushed pushed = {.host = &host, .now_ms = NOW_MS};
    for (int i = 0; i < 2; i++) {
        jotgate_validator *validator = validator_of(POLICY_FETCHED);
        CHECK(jotgate_set_fetcher(validator, fetch_at_once, &pushed) == JOTGATE_OK);
        CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
        jotgate_validator_free(validator);
    }
    CHECK(host.requests == 1 && host.saves == 1);
    host_destroy(&host);
}

static void what_is_of_no_use_leaves_the_fetch_to_be_done(void)
{
    char *old = saved_at(NOW_MS);
    const struct {
        const char *text;
        int64_t now_ms;
        jotgate_status status;
    } offers[] = {
        {"", NOW_MS, JOTGATE_SNAPSHOT_REFUSED},
        {"{}", NOW_MS, JOTGATE_SNAPSHOT_REFUSED},
        {KEY_SET, NOW_MS, JOTGATE_SNAPSHOT_REFUSED},
        {"\xff", NOW_MS, JOTGATE_INVALID_UTF8},
        {old, NOW_MS - 24 * HOUR_MS, JOTGATE_SNAPSHOT_REFUSED}, /* of a time that has not come yet */
        {old, NOW_MS + HOUR_MS, JOTGATE_OK},                    /* due to be refreshed itself */
    };
    for (size_t i = 0; i < sizeof offers / sizeof offers[0]; i++) {
        const int64_t now_ms = offers[i].now_ms;
        jotgate_validator *validator = validator_of(POLICY_FETCHED);
        jotgate_fetch *fetch = first_fetch(validator, now_ms);
        int32_t settled = 99;
        CHECK(jotgate_settle_fetch(validator, fetch->id, bytes_of(offers[i].text), strlen(offers[i].text), now_ms,
                                   &settled) == offers[i].status);
        CHECK(settled == 0);
        answer_fetch(validator, fetch->id, now_ms);
        CHECK(jotgate_export_due(validator) == 1);
        CHECK(validate_at(validator, GOOD_TOKEN, now_ms).kind == JOTGATE_VERDICT_ACCEPTED);
        jotgate_fetch_free(fetch);
        jotgate_validator_free(validator);
    }
    free(old);
}

static void a_key_that_the_store_lacks_is_asked_for(void)
{
    char *text = saved_at(NOW_MS);
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    jotgate_fetch *fetch = first_fetch(validator, NOW_MS);
    CHECK(settle(validator, fetch->id, text, NOW_MS) == 1);
    jotgate_fetch_free(fetch);

    CHECK(validate_at(validator, OTHER_KEY_TOKEN, NOW_MS + MINUTE_MS).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    fetch = jotgate_take_fetch(validator, NOW_MS + MINUTE_MS);
    CHECK(fetch != NULL);
    CHECK(settle(validator, fetch->id, text, NOW_MS + MINUTE_MS) == 0);
    answer_fetch(validator, fetch->id, NOW_MS + MINUTE_MS);
    CHECK(validate_at(validator, OTHER_KEY_TOKEN, NOW_MS + MINUTE_MS).code == JOTGATE_CODE_UNKNOWN_KEY);
    jotgate_fetch_free(fetch);
    jotgate_validator_free(validator);
    free(text);
}

static void no_store_answers_a_forced_refresh(void)
{
    char *newer = saved_at(NOW_MS + MINUTE_MS);
    host host;
    host_init(&host);
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    (void)validate_and_fetch(&host, validator, GOOD_TOKEN, NOW_MS);
    CHECK(jotgate_refresh_keys(validator) == JOTGATE_OK);
    jotgate_fetch *fetch = jotgate_take_fetch(validator, NOW_MS + MINUTE_MS);
    CHECK(fetch != NULL);
    CHECK(settle(validator, fetch->id, newer, NOW_MS + MINUTE_MS) == 0);
    answer_fetch(validator, fetch->id, NOW_MS + MINUTE_MS);
    CHECK(jotgate_export_due(validator) == 1);
    jotgate_fetch_free(fetch);
    jotgate_validator_free(validator);
    host_destroy(&host);
    free(newer);
}

static void an_export_is_due_once_and_for_fetched_sets_alone(void)
{
    char *text = saved_at(NOW_MS);
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    CHECK(jotgate_export_due(NULL) == 0);
    CHECK(jotgate_export_due(validator) == 0);
    jotgate_fetch *fetch = first_fetch(validator, NOW_MS);
    CHECK(jotgate_fail_fetch(validator, fetch->id, JOTGATE_FETCH_TIMEOUT, NOW_MS) == JOTGATE_OK);
    CHECK(jotgate_export_due(validator) == 0);
    jotgate_fetch_free(fetch);

    const int64_t later = NOW_MS + MINUTE_MS;
    fetch = first_fetch(validator, later);
    CHECK(settle(validator, fetch->id, text, later) == 1);
    CHECK(jotgate_export_due(validator) == 0);
    jotgate_fetch_free(fetch);

    CHECK(jotgate_refresh_keys(validator) == JOTGATE_OK);
    fetch = jotgate_take_fetch(validator, later);
    CHECK(fetch != NULL);
    answer_fetch(validator, fetch->id, later);
    CHECK(jotgate_export_due(validator) == 1);
    CHECK(jotgate_export_due(validator) == 0);
    jotgate_fetch_free(fetch);
    jotgate_validator_free(validator);
    free(text);
}

static void a_fetch_that_has_ended_or_never_was_is_not_settled(void)
{
    char *text = saved_at(NOW_MS);
    jotgate_validator *idle = validator_of(POLICY_FETCHED);
    CHECK(settle(idle, 1, text, NOW_MS) == 0);
    CHECK(settle(idle, UINT64_MAX, text, NOW_MS) == 0);
    jotgate_validator_free(idle);

    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    jotgate_fetch *fetch = first_fetch(validator, NOW_MS);
    CHECK(settle(validator, fetch->id, text, NOW_MS) == 1);
    CHECK(settle(validator, fetch->id, text, NOW_MS) == 0);
    /* What the issuer says too late changes nothing. */
    CHECK(jotgate_complete_fetch(validator, fetch->id, 500, NULL, 0, NULL, 0, NOW_MS) == JOTGATE_OK);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_fetch_free(fetch);
    jotgate_validator_free(validator);
    free(text);
}

static void arguments_are_checked(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    int32_t settled = 99;
    CHECK(jotgate_settle_fetch(NULL, 1, bytes_of("{}"), 2, NOW_MS, &settled) == JOTGATE_NULL_ARGUMENT && settled == 0);
    settled = 99;
    CHECK(jotgate_settle_fetch(validator, 1, NULL, 2, NOW_MS, &settled) == JOTGATE_NULL_ARGUMENT && settled == 0);
    CHECK(jotgate_settle_fetch(validator, 1, bytes_of("{}"), 2, NOW_MS, NULL) == JOTGATE_NULL_ARGUMENT);
    settled = 99;
    CHECK(jotgate_settle_fetch(validator, 1, bytes_of("{}"), SIZE_MAX, NOW_MS, &settled) == JOTGATE_INVALID_ARGUMENT &&
          settled == 0);
    jotgate_validator_free(validator);
}

/* One thread of a process that starts while another one has its keys already. */
typedef struct process {
    host *host;
    jotgate_validator *validator;
} process;

static void *validate_in_a_process(void *argument)
{
    process *process = argument;
    jotgate_verdict verdict;
    do { /* Another thread of the process may have the fetch. */
        verdict = validate_and_fetch(process->host, process->validator, GOOD_TOKEN, NOW_MS);
    } while (verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED);
    return NULL;
}

static void many_threads_find_what_another_process_has_fetched(void)
{
    host host;
    host_init(&host);
    jotgate_validator *first = validator_of(POLICY_FETCHED);
    (void)validate_and_fetch(&host, first, GOOD_TOKEN, NOW_MS);
    process second = {.host = &host, .validator = validator_of(POLICY_FETCHED)};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, validate_in_a_process, &second) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    CHECK(host.requests == 1 && host.saves == 1);
    jotgate_validator_free(second.validator);
    jotgate_validator_free(first);
    host_destroy(&host);
}

int main(void)
{
    RUN(two_validators_share_one_fetch);
    RUN(a_fetcher_may_use_the_store);
    RUN(what_is_of_no_use_leaves_the_fetch_to_be_done);
    RUN(a_key_that_the_store_lacks_is_asked_for);
    RUN(no_store_answers_a_forced_refresh);
    RUN(an_export_is_due_once_and_for_fetched_sets_alone);
    RUN(a_fetch_that_has_ended_or_never_was_is_not_settled);
    RUN(arguments_are_checked);
    RUN(many_threads_find_what_another_process_has_fetched);
    return finish();
}
