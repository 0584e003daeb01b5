/*
 * service POLICY [PORT]: a small service on loopback. GET /orders wants a good token, POST /orders the scope orders:write as well.
 *
 * libmicrohttpd serves, libcurl fetches the keys, and json-c reads the answers that the policy asks for. It prints its port, and
 * serves until its standard input ends.
 */
#include "curl_worker.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <json-c/json.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_FIELDS = 100, THREADS = 4 };

/* What all requests share. */
typedef struct service {
    jotgate_validator *validator;
    jotgate_requirement *writing;
    pthread_mutex_t mutex;
    pthread_cond_t reported;
    unsigned long reports;
} service;

/* The header fields of a request, and how long their values are together. */
typedef struct fields {
    jotgate_field list[MOST_FIELDS];
    size_t len;
    size_t bytes;
    int too_many;
} fields;

static int64_t now_ms(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static jotgate_bytes bytes_of(const char *text, size_t len)
{
    return (jotgate_bytes){(const uint8_t *)text, len};
}

/* Fetches on the thread whose request needs it first, and wakes those that wait for the same. */
static void fetch(void *context, const jotgate_validator *validator, const jotgate_work *work)
{
    service *service = context;
    curl_worker(NULL, validator, work);
    pthread_mutex_lock(&service->mutex);
    service->reports++;
    pthread_cond_broadcast(&service->reported);
    pthread_mutex_unlock(&service->mutex);
}

/* Waits until something was reported since; false when the patience is over. */
static int waited(service *service, unsigned long since, uint64_t patience_ms)
{
    struct timespec until;
    timespec_get(&until, TIME_UTC);
    until.tv_sec += (time_t)(patience_ms / 1000) + 1;
    int status = 0;
    pthread_mutex_lock(&service->mutex);
    while (service->reports == since && status == 0) {
        status = pthread_cond_timedwait(&service->reported, &service->mutex, &until);
    }
    pthread_mutex_unlock(&service->mutex);
    return status == 0;
}

static jotgate_verdict judge(service *service, const jotgate_request *request, uint8_t *buffer, size_t room)
{
    const jotgate_question question = {.size = sizeof question, .request = request};
    jotgate_verdict verdict = {.size = sizeof verdict};
    for (;;) {
        pthread_mutex_lock(&service->mutex);
        const unsigned long since = service->reports;
        pthread_mutex_unlock(&service->mutex);
        /* With any other status the verdict has the kind NONE, which passes nowhere. */
        (void)jotgate_validate(service->validator, &question, now_ms(), buffer, room, &verdict);
        if (verdict.kind != JOTGATE_VERDICT_KEYS_NEEDED) {
            return verdict;
        }
        if (!waited(service, since, verdict.patience_ms)) {
            for (size_t i = 0; i < verdict.wait_for_len; i++) {
                jotgate_report_failed(service->validator, verdict.wait_for[i], JOTGATE_FAILURE_TIMEOUT, NULL, 0, now_ms());
            }
        }
    }
}

static enum MHD_Result send_text(struct MHD_Connection *connection, unsigned int status, const char *text,
                                 struct json_object *headers)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    const size_t count = headers == NULL ? 0 : json_object_array_length(headers);
    for (size_t i = 0; i < count; i++) {
        struct json_object *header = json_object_array_get_idx(headers, i);
        MHD_add_response_header(response, json_object_get_string(json_object_array_get_idx(header, 0)),
                                json_object_get_string(json_object_array_get_idx(header, 1)));
    }
    const enum MHD_Result sent = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return sent;
}

/* Sends what the policy wants to be answered to a request that may not pass. */
static enum MHD_Result refuse(struct MHD_Connection *connection, const service *service, const jotgate_verdict *verdict)
{
    char text[8192];
    size_t len = 0;
    if (jotgate_answer_with(service->validator, service->writing, verdict, now_ms(), (uint8_t *)text, sizeof text - 1, &len) !=
        JOTGATE_OK) {
        return send_text(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "", NULL);
    }
    text[len] = 0;
    struct json_object *answer = json_tokener_parse(text);
    const enum MHD_Result sent =
        send_text(connection, (unsigned int)json_object_get_int(json_object_object_get(answer, "status")),
                  json_object_get_string(json_object_object_get(answer, "body")), json_object_object_get(answer, "headers"));
    json_object_put(answer);
    return sent;
}

static enum MHD_Result take_field(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    fields *fields = context;
    (void)kind;
    if (fields->len == MOST_FIELDS) {
        fields->too_many = 1;
        return MHD_NO;
    }
    const size_t len = value == NULL ? 0 : strlen(value);
    fields->list[fields->len++] = (jotgate_field){bytes_of(name, strlen(name)), bytes_of(value, len)};
    fields->bytes += len;
    return MHD_YES;
}

/* What the application does for whom the token names. */
static enum MHD_Result orders(struct MHD_Connection *connection, const jotgate_verdict *verdict, const uint8_t *buffer)
{
    jotgate_member subject = {.size = sizeof subject};
    char text[1024];
    if (jotgate_find_member(verdict, buffer, (const uint8_t *)"sub", 3, &subject) != JOTGATE_OK || subject.json.data == NULL ||
        subject.json.len > 512) {
        return send_text(connection, MHD_HTTP_FORBIDDEN, "{\"orders_of\":null}\n", NULL);
    }
    snprintf(text, sizeof text, "{\"orders_of\":%.*s}\n", (int)subject.json.len, (const char *)subject.json.data);
    return send_text(connection, MHD_HTTP_OK, text, NULL);
}

/* The target as it was sent: the policy sees what the client wrote, and so does the choice of what is done. */
static void *keep_target(void *context, const char *target, struct MHD_Connection *connection)
{
    (void)context;
    (void)connection;
    const size_t len = strlen(target);
    char *copy = malloc(len + 1);
    return copy == NULL ? NULL : memcpy(copy, target, len + 1);
}

static void forget_target(void *context, struct MHD_Connection *connection, void **target, enum MHD_RequestTerminationCode end)
{
    (void)context;
    (void)connection;
    (void)end;
    free(*target);
    *target = NULL;
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *decoded, const char *method,
                              const char *version, const char *body, size_t *body_len, void **target)
{
    service *service = context;
    (void)decoded;
    (void)version;
    (void)body;
    const char *path = *target;
    fields fields = {.len = 0};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, take_field, &fields);
    if (path == NULL || fields.too_many) {
        return send_text(connection, MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE, "", NULL);
    }
    *body_len = 0; /* Nobody reads it here. */
    const char *query = strchr(path, '?');
    const size_t path_len = query == NULL ? strlen(path) : (size_t)(query - path);
    const jotgate_request request = {.size = sizeof request,
                                     .method = bytes_of(method, strlen(method)),
                                     .path = bytes_of(path, path_len),
                                     .query = query == NULL ? bytes_of(NULL, 0) : bytes_of(query + 1, strlen(query + 1)),
                                     .headers = fields.list,
                                     .headers_len = fields.len};
    const size_t room = 4 * (strlen(path) + fields.bytes) + 2048;
    uint8_t *buffer = malloc(room);
    jotgate_verdict verdict = judge(service, &request, buffer, room);
    /* Where the policy asks for no token there is none that could have the scope: it is refused as missing. */
    if (verdict.kind == JOTGATE_VERDICT_SKIPPED || (verdict.kind == JOTGATE_VERDICT_ACCEPTED && strcmp(method, "POST") == 0)) {
        (void)jotgate_require(service->validator, service->writing, buffer, &verdict);
    }
    enum MHD_Result sent = MHD_NO;
    if (verdict.kind != JOTGATE_VERDICT_ACCEPTED) {
        sent = refuse(connection, service, &verdict);
    } else if (path_len == strlen("/orders") && memcmp(path, "/orders", path_len) == 0) {
        sent = orders(connection, &verdict, buffer);
    } else {
        sent = send_text(connection, MHD_HTTP_NOT_FOUND, "", NULL);
    }
    free(buffer);
    return sent;
}

static void open_service(service *service, const char *path)
{
    static const char writing[] = "{\"scopes\":{\"all\":[\"orders:write\"]}}";
    static uint8_t policy[1 << 16];
    jotgate_options options = {.size = sizeof options};
    FILE *random = fopen("/dev/urandom", "rb"), *file = fopen(path, "rb");
    if (random == NULL || file == NULL || fread(&options.seed, sizeof options.seed, 1, random) != 1) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(2);
    }
    const size_t len = fread(policy, 1, sizeof policy, file);
    fclose(file);
    fclose(random);
    jotgate_error *error = NULL;
    service->validator = jotgate_validator_new(policy, len, &options, &error);
    service->writing = jotgate_requirement_new((const uint8_t *)writing, sizeof writing - 1, NULL);
    if (service->validator == NULL) {
        const jotgate_bytes message = jotgate_error_message(error);
        fprintf(stderr, "%s: %.*s\n", path, (int)message.len, (const char *)message.data);
        jotgate_error_free(error);
        exit(2);
    }
    jotgate_set_worker(service->validator, fetch, service);
}

int main(int count, char **arguments)
{
    static service service = {.mutex = PTHREAD_MUTEX_INITIALIZER, .reported = PTHREAD_COND_INITIALIZER};
    if (count < 2 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        fprintf(stderr, "usage: %s POLICY [PORT]\n", arguments[0]);
        return 2;
    }
    open_service(&service, arguments[1]);
    const struct sockaddr_in loopback = {.sin_family = AF_INET,
                                         .sin_port = htons((uint16_t)(count > 2 ? atoi(arguments[2]) : 0)),
                                         .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_AUTO_INTERNAL_THREAD, 0, NULL, NULL, handle, &service, MHD_OPTION_SOCK_ADDR, &loopback,
                         MHD_OPTION_THREAD_POOL_SIZE, (unsigned int)THREADS, MHD_OPTION_URI_LOG_CALLBACK, keep_target, NULL,
                         MHD_OPTION_NOTIFY_COMPLETED, forget_target, NULL, MHD_OPTION_END);
    if (daemon == NULL) {
        fputs("the port cannot be had\n", stderr);
        return 2;
    }
    printf("%d\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    while (getchar() != EOF) {
    }
    MHD_stop_daemon(daemon);
    jotgate_requirement_free(service.writing);
    jotgate_validator_free(service.validator);
    curl_global_cleanup();
    return 0;
}
