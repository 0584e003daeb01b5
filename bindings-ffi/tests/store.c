/* Validators of several processes that share one store of key sets. The host does the work, as in pull.c. */
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

static void save(host *host, jotgate_bytes text)
{
    char *copy = calloc(text.len + 1, 1);
    CHECK(copy != NULL && text.len > 0);
    memcpy(copy, text.data, text.len);
    pthread_mutex_lock(&host->mutex);
    free(host->stored);
    host->stored = copy;
    host->saves++;
    pthread_mutex_unlock(&host->mutex);
}

/* How a host does one piece of work. */
static void do_piece(host *host, const jotgate_validator *validator, const jotgate_work *work, int64_t now_ms)
{
    if (work->kind == JOTGATE_WORK_LOAD) {
        char *text = load(host);
        CHECK(jotgate_report_loaded(validator, work->id, bytes_of(text), text == NULL ? 0 : strlen(text), now_ms) ==
              JOTGATE_OK);
        free(text);
    } else if (work->kind == JOTGATE_WORK_SAVE) {
        save(host, work->text);
        CHECK(jotgate_report_saved(validator, work->id, now_ms) == JOTGATE_OK);
    } else {
        pthread_mutex_lock(&host->mutex);
        host->requests++;
        pthread_mutex_unlock(&host->mutex);
        answer_fetch(validator, work->id, now_ms);
    }
}

static void do_work(host *host, const jotgate_validator *validator, int64_t now_ms)
{
    jotgate_work *work;
    while ((work = jotgate_poll_work(validator, now_ms)) != NULL) {
        do_piece(host, validator, work, now_ms);
        jotgate_work_free(work);
    }
}

static jotgate_verdict validate_and_work(host *host, const jotgate_validator *validator, const char *token,
                                         int64_t now_ms)
{
    jotgate_verdict verdict = validate_at(validator, token, now_ms);
    if (verdict.work_due) {
        do_work(host, validator, now_ms);
    }
    return verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED ? validate_at(validator, token, now_ms) : verdict;
}

static jotgate_validator *sharing_validator(void)
{
    jotgate_options options = plain_options();
    options.store = 1;
    return validator_with(POLICY_FETCHED, options);
}

/* The next work, which must be of this kind; frees it and gives its id. */
static uint64_t next_is(const jotgate_validator *validator, uint32_t kind, int64_t now_ms)
{
    jotgate_work *work = jotgate_poll_work(validator, now_ms);
    CHECK(work != NULL && work->kind == kind && work->timeout_ms > 0);
    CHECK((work->text.data != NULL) == (kind == JOTGATE_WORK_SAVE));
    CHECK((work->url.data != NULL) == (kind == JOTGATE_WORK_FETCH));
    const uint64_t id = work->id;
    jotgate_work_free(work);
    return id;
}

/* The look into the store that a validator without keys begins with. */
static uint64_t first_load(const jotgate_validator *validator, int64_t now_ms)
{
    jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, now_ms);
    CHECK(verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED && verdict.wait_for_len == 1);
    const uint64_t id = next_is(validator, JOTGATE_WORK_LOAD, now_ms);
    CHECK(id == verdict.wait_for[0]);
    return id;
}

/* What a process has saved that fetched its keys at this time; the caller frees it. */
static char *saved_at(int64_t now_ms)
{
    host host;
    host_init(&host);
    jotgate_validator *validator = sharing_validator();
    CHECK(validate_and_work(&host, validator, GOOD_TOKEN, now_ms).kind == JOTGATE_VERDICT_ACCEPTED);
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
    jotgate_validator *first = sharing_validator();
    jotgate_validator *second = sharing_validator();
    CHECK(validate_and_work(&host, first, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(host.requests == 1 && host.saves == 1);
    CHECK(validate_and_work(&host, second, GOOD_TOKEN, NOW_MS + MINUTE_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(host.requests == 1 && host.saves == 1);

    /* When the sets are due, whoever comes first asks the issuer, and the other one finds what that has brought. */
    CHECK(validate_and_work(&host, second, GOOD_TOKEN, NOW_MS + HOUR_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(host.requests == 2 && host.saves == 2);
    CHECK(validate_and_work(&host, first, GOOD_TOKEN, NOW_MS + HOUR_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(host.requests == 2 && host.saves == 2);
    CHECK(validate_at(first, GOOD_TOKEN, NOW_MS + HOUR_MS).work_due == 0);

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

static void work_at_once(void *context, const jotgate_validator *validator, const jotgate_work *work)
{
    pushed *pushed = context;
    do_piece(pushed->host, validator, work, pushed->now_ms);
}

static void a_worker_may_use_the_store(void)
{
    host host;
    host_init(&host);
    pushed pushed = {.host = &host, .now_ms = NOW_MS};
    for (int i = 0; i < 2; i++) {
        jotgate_validator *validator = sharing_validator();
        CHECK(jotgate_set_worker(validator, work_at_once, &pushed) == JOTGATE_OK);
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
        {"", NOW_MS, JOTGATE_OK}, /* nothing is there */
        {"{}", NOW_MS, JOTGATE_SNAPSHOT_REFUSED},
        {KEY_SET, NOW_MS, JOTGATE_SNAPSHOT_REFUSED},
        {"\xff", NOW_MS, JOTGATE_INVALID_UTF8},
        {old, NOW_MS - 24 * HOUR_MS, JOTGATE_SNAPSHOT_REFUSED}, /* of a time that has not come yet */
        {old, NOW_MS + HOUR_MS, JOTGATE_OK},                    /* due to be refreshed itself */
    };
    for (size_t i = 0; i < sizeof offers / sizeof offers[0]; i++) {
        const int64_t now_ms = offers[i].now_ms;
        jotgate_validator *validator = sharing_validator();
        const uint64_t id = first_load(validator, now_ms);
        CHECK(jotgate_report_loaded(validator, id, bytes_of(offers[i].text), strlen(offers[i].text), now_ms) ==
              offers[i].status);
        answer_fetch(validator, next_is(validator, JOTGATE_WORK_FETCH, now_ms), now_ms);
        (void)next_is(validator, JOTGATE_WORK_SAVE, now_ms);
        CHECK(jotgate_poll_work(validator, now_ms) == NULL);
        CHECK(validate_at(validator, GOOD_TOKEN, now_ms).kind == JOTGATE_VERDICT_ACCEPTED);
        jotgate_validator_free(validator);
    }
    free(old);
}

static void a_store_that_fails_costs_nothing_but_the_fetch(void)
{
    jotgate_validator *validator = sharing_validator();
    const uint64_t load = first_load(validator, NOW_MS);
    CHECK(jotgate_report_failed(validator, load, JOTGATE_FAILURE_CALLBACK, NULL, 0, NOW_MS) == JOTGATE_OK);
    answer_fetch(validator, next_is(validator, JOTGATE_WORK_FETCH, NOW_MS), NOW_MS);
    const uint64_t saving = next_is(validator, JOTGATE_WORK_SAVE, NOW_MS);
    CHECK(jotgate_report_failed(validator, saving, JOTGATE_FAILURE_CALLBACK, NULL, 0, NOW_MS) == JOTGATE_OK);
    CHECK(jotgate_poll_work(validator, NOW_MS) == NULL);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_validator_free(validator);
}

static void a_key_that_the_store_lacks_is_asked_for(void)
{
    char *text = saved_at(NOW_MS);
    jotgate_validator *validator = sharing_validator();
    uint64_t id = first_load(validator, NOW_MS);
    CHECK(jotgate_report_loaded(validator, id, bytes_of(text), strlen(text), NOW_MS) == JOTGATE_OK);
    CHECK(jotgate_poll_work(validator, NOW_MS) == NULL);

    const int64_t later = NOW_MS + MINUTE_MS;
    CHECK(validate_at(validator, OTHER_KEY_TOKEN, later).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    id = next_is(validator, JOTGATE_WORK_LOAD, later);
    CHECK(jotgate_report_loaded(validator, id, bytes_of(text), strlen(text), later) == JOTGATE_OK);
    answer_fetch(validator, next_is(validator, JOTGATE_WORK_FETCH, later), later);
    CHECK(validate_at(validator, OTHER_KEY_TOKEN, later).code == JOTGATE_CODE_UNKNOWN_KEY);
    jotgate_validator_free(validator);
    free(text);
}

static void no_store_answers_a_forced_refresh(void)
{
    host host;
    host_init(&host);
    jotgate_validator *validator = sharing_validator();
    (void)validate_and_work(&host, validator, GOOD_TOKEN, NOW_MS);
    CHECK(jotgate_refresh_keys(validator) == JOTGATE_OK);
    answer_fetch(validator, next_is(validator, JOTGATE_WORK_FETCH, NOW_MS + MINUTE_MS), NOW_MS + MINUTE_MS);
    (void)next_is(validator, JOTGATE_WORK_SAVE, NOW_MS + MINUTE_MS);
    jotgate_validator_free(validator);
    host_destroy(&host);
}

/* Has a refresh done, as after jotgate_refresh_keys. */
static void refresh(const jotgate_validator *validator, int64_t now_ms)
{
    CHECK(jotgate_refresh_keys(validator) == JOTGATE_OK);
    answer_fetch(validator, next_is(validator, JOTGATE_WORK_FETCH, now_ms), now_ms);
}

static void one_save_is_out_at_a_time(void)
{
    jotgate_validator *validator = sharing_validator();
    refresh(validator, NOW_MS);
    const uint64_t slow = next_is(validator, JOTGATE_WORK_SAVE, NOW_MS);
    refresh(validator, NOW_MS + 1000);
    CHECK(jotgate_poll_work(validator, NOW_MS + 1000) == NULL);
    CHECK(jotgate_report_saved(validator, slow, NOW_MS + 1000) == JOTGATE_OK);
    const uint64_t newest = next_is(validator, JOTGATE_WORK_SAVE, NOW_MS + 1000);
    CHECK(newest != slow);
    CHECK(jotgate_report_saved(validator, newest, NOW_MS + 1000) == JOTGATE_OK);
    CHECK(jotgate_poll_work(validator, NOW_MS + 1000) == NULL);
    jotgate_validator_free(validator);
}

static void what_a_late_save_has_covered_is_saved_again(void)
{
    jotgate_validator *validator = sharing_validator();
    refresh(validator, NOW_MS);
    const uint64_t hanging = next_is(validator, JOTGATE_WORK_SAVE, NOW_MS);
    CHECK(jotgate_report_failed(validator, hanging, JOTGATE_FAILURE_TIMEOUT, NULL, 0, NOW_MS) == JOTGATE_OK);
    refresh(validator, NOW_MS + 1000);
    const uint64_t newest = next_is(validator, JOTGATE_WORK_SAVE, NOW_MS + 1000);
    CHECK(jotgate_report_saved(validator, newest, NOW_MS + 1000) == JOTGATE_OK);
    CHECK(jotgate_report_saved(validator, hanging, NOW_MS + 2000) == JOTGATE_OK);
    (void)next_is(validator, JOTGATE_WORK_SAVE, NOW_MS + 2000);
    jotgate_validator_free(validator);
}

static void without_a_store_nothing_is_loaded_or_saved(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    jotgate_work *fetch = only_fetch(validator, NOW_MS);
    answer_fetch(validator, fetch->id, NOW_MS);
    jotgate_work_free(fetch);
    CHECK(jotgate_poll_work(validator, NOW_MS) == NULL);
    jotgate_validator_free(validator);
}

static void reports_on_work_that_is_not_out_are_ignored(void)
{
    char *text = saved_at(NOW_MS);
    jotgate_validator *validator = sharing_validator();
    const uint64_t id = first_load(validator, NOW_MS);
    const uint64_t others[] = {0, id + 1, UINT64_MAX};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        CHECK(jotgate_report_loaded(validator, others[i], bytes_of(text), strlen(text), NOW_MS) == JOTGATE_OK);
        CHECK(jotgate_report_saved(validator, others[i], NOW_MS) == JOTGATE_OK);
    }
    CHECK(jotgate_report_saved(validator, id, NOW_MS) == JOTGATE_OK); /* of another kind */
    CHECK(jotgate_poll_work(validator, NOW_MS) == NULL);
    CHECK(jotgate_report_loaded(validator, id, bytes_of(text), strlen(text), NOW_MS) == JOTGATE_OK);
    CHECK(jotgate_report_failed(validator, id, JOTGATE_FAILURE_TIMEOUT, NULL, 0, NOW_MS) == JOTGATE_OK); /* too late */
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    jotgate_validator_free(validator);
    free(text);
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
    do { /* Another thread of the process may have the work. */
        verdict = validate_and_work(process->host, process->validator, GOOD_TOKEN, NOW_MS);
    } while (verdict.kind == JOTGATE_VERDICT_KEYS_NEEDED);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED);
    return NULL;
}

static void many_threads_find_what_another_process_has_fetched(void)
{
    host host;
    host_init(&host);
    jotgate_validator *first = sharing_validator();
    (void)validate_and_work(&host, first, GOOD_TOKEN, NOW_MS);
    process second = {.host = &host, .validator = sharing_validator()};
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
    RUN(a_worker_may_use_the_store);
    RUN(what_is_of_no_use_leaves_the_fetch_to_be_done);
    RUN(a_store_that_fails_costs_nothing_but_the_fetch);
    RUN(a_key_that_the_store_lacks_is_asked_for);
    RUN(no_store_answers_a_forced_refresh);
    RUN(one_save_is_out_at_a_time);
    RUN(what_a_late_save_has_covered_is_saved_again);
    RUN(without_a_store_nothing_is_loaded_or_saved);
    RUN(reports_on_work_that_is_not_out_are_ignored);
    RUN(many_threads_find_what_another_process_has_fetched);
    return finish();
}
