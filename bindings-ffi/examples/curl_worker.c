#include "curl_worker.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_FIELDS = 64 };

/* What came of a fetch so far. */
typedef struct answer {
    uint8_t *body;
    size_t len;
    size_t most;
    bool too_large;
    jotgate_field fields[MOST_FIELDS];
    size_t fields_len;
} answer;

static int64_t now_ms(void)
{
    return (int64_t)time(NULL) * 1000;
}

/* A copy with a NUL at its end, which libcurl wants; the caller frees it. NULL when there is no memory. */
static char *terminated(jotgate_bytes text, const char *between, jotgate_bytes more)
{
    const size_t between_len = strlen(between);
    char *copy = malloc(text.len + between_len + more.len + 1);
    if (copy != NULL) {
        memcpy(copy, text.data, text.len);
        memcpy(copy + text.len, between, between_len);
        if (more.len > 0) {
            memcpy(copy + text.len + between_len, more.data, more.len);
        }
        copy[text.len + between_len + more.len] = 0;
    }
    return copy;
}

static size_t take_body(char *data, size_t one, size_t len, void *context)
{
    answer *answer = context;
    (void)one; /* always 1 */
    if (len > answer->most - answer->len) {
        answer->too_large = true;
        return 0;
    }
    uint8_t *longer = realloc(answer->body, answer->len + len + 1);
    if (longer == NULL) {
        return 0;
    }
    memcpy(longer + answer->len, data, len);
    answer->body = longer;
    answer->len += len;
    return len;
}

static jotgate_bytes copied(const char *text)
{
    const size_t len = strlen(text);
    uint8_t *copy = malloc(len + 1);
    if (copy == NULL) {
        return (jotgate_bytes){NULL, 0};
    }
    memcpy(copy, text, len + 1);
    return (jotgate_bytes){copy, len};
}

/* How long a set stays fresh stands in the header fields, so all of them are handed on. */
static void take_fields(CURL *curl, answer *answer)
{
    struct curl_header *field = NULL;
    while (answer->fields_len < MOST_FIELDS && (field = curl_easy_nextheader(curl, CURLH_HEADER, -1, field)) != NULL) {
        answer->fields[answer->fields_len++] = (jotgate_field){copied(field->name), copied(field->value)};
    }
}

static void answer_free(answer *answer)
{
    for (size_t i = 0; i < answer->fields_len; i++) {
        free((void *)answer->fields[i].name.data);
        free((void *)answer->fields[i].value.data);
    }
    free(answer->body);
}

static uint32_t failure_of(CURLcode code, const answer *answer)
{
    if (answer->too_large) {
        return JOTGATE_FAILURE_TOO_LARGE;
    }
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return JOTGATE_FAILURE_TIMEOUT;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
        return JOTGATE_FAILURE_CERTIFICATE;
    default:
        return JOTGATE_FAILURE_CONNECTION;
    }
}

/* The header fields that the work asks for; the caller frees them. */
static struct curl_slist *fields_of(const jotgate_work *work)
{
    struct curl_slist *fields = NULL;
    for (size_t i = 0; i < work->headers_len; i++) {
        char *line = terminated(work->headers[i].name, ": ", work->headers[i].value);
        struct curl_slist *longer = line == NULL ? NULL : curl_slist_append(fields, line);
        free(line);
        if (longer != NULL) {
            fields = longer;
        }
    }
    return fields;
}

/* One GET, as the work describes it. libcurl follows no redirect and verifies certificates unless it is told otherwise. */
static CURLcode get(CURL *curl, const jotgate_work *work, const char *certificates, answer *answer)
{
    char *url = terminated(work->url, "", (jotgate_bytes){NULL, 0});
    struct curl_slist *fields = fields_of(work);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)work->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    if (certificates != NULL) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, certificates);
    }
    const CURLcode code = url == NULL ? CURLE_OUT_OF_MEMORY : curl_easy_perform(curl);
    curl_slist_free_all(fields);
    free(url);
    return code;
}

void curl_worker(void *context, const jotgate_validator *validator, const jotgate_work *work)
{
    CURL *curl = curl_easy_init();
    if (work->kind != JOTGATE_WORK_FETCH || curl == NULL) {
        jotgate_report_failed(validator, work->id, JOTGATE_FAILURE_CALLBACK, NULL, 0, now_ms());
        curl_easy_cleanup(curl);
        return;
    }
    char words[CURL_ERROR_SIZE] = "";
    answer answer = {.most = work->max_body};
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
    const CURLcode code = get(curl, work, context, &answer);
    if (code == CURLE_OK) {
        long status = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        take_fields(curl, &answer);
        const jotgate_response response = {.size = sizeof response,
                                           .status = (uint32_t)status,
                                           .headers = answer.fields,
                                           .headers_len = answer.fields_len,
                                           .body = {answer.body, answer.len}};
        jotgate_report_fetched(validator, work->id, &response, now_ms());
    } else {
        const char *cause = words[0] != 0 ? words : curl_easy_strerror(code);
        jotgate_report_failed(validator, work->id, failure_of(code, &answer), (const uint8_t *)cause, strlen(cause), now_ms());
    }
    answer_free(&answer);
    curl_easy_cleanup(curl);
}
