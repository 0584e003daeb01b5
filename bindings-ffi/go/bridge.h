/*
 * What cgo cannot do by itself: lists of texts.
 *
 * Cgo forbids Go memory that points to other Go memory, and a header field is such a thing. So Go writes all texts into
 * one block and their lengths into another, and the pointers are made here.
 */
#ifndef JOTGATE_BRIDGE_H
#define JOTGATE_BRIDGE_H

#include <stdlib.h>

#include "jotgate.h"

/* Texts one after the other, and the length of each. */
typedef struct jotgate_go_texts {
    const uint8_t *text;
    const size_t *lengths;
} jotgate_go_texts;

static inline jotgate_bytes jotgate_go_next(jotgate_go_texts *texts) {
    jotgate_bytes next = {texts->text, *texts->lengths};
    texts->text += next.len;
    texts->lengths += 1;
    return next;
}

/* Fields out of names and values in turn. NULL without memory: the library refuses that, as it refuses every NULL. */
static inline jotgate_field *jotgate_go_fields(jotgate_go_texts *texts, size_t fields_len) {
    jotgate_field *fields = calloc(fields_len + 1, sizeof *fields);
    for (size_t index = 0; fields != NULL && index < fields_len; index++) {
        fields[index].name = jotgate_go_next(texts);
        fields[index].value = jotgate_go_next(texts);
    }
    return fields;
}

/* A request whose fields must be freed: method, path, query, then the header fields. */
static inline jotgate_request jotgate_go_request(const uint8_t *text, const size_t *lengths, size_t headers_len) {
    jotgate_go_texts texts = {text, lengths};
    jotgate_request request = {.headers_len = headers_len};
    request.method = jotgate_go_next(&texts);
    request.path = jotgate_go_next(&texts);
    request.query = jotgate_go_next(&texts);
    request.headers = jotgate_go_fields(&texts, headers_len);
    return request;
}

static inline jotgate_status jotgate_go_validate_request(const jotgate_validator *validator, const uint8_t *text,
                                                         const size_t *lengths, size_t headers_len, int64_t as_of_ms,
                                                         int64_t now_ms, uint8_t *buffer, size_t buffer_len,
                                                         jotgate_verdict *verdict) {
    jotgate_request request = jotgate_go_request(text, lengths, headers_len);
    jotgate_status status =
        jotgate_validate_request_as_of(validator, &request, as_of_ms, now_ms, buffer, buffer_len, verdict);
    free((void *)request.headers);
    return status;
}

static inline jotgate_status jotgate_go_explain_request(const jotgate_validator *validator, const uint8_t *text,
                                                        const size_t *lengths, size_t headers_len, int64_t as_of_ms,
                                                        int64_t now_ms, jotgate_form form, uint8_t *buffer,
                                                        size_t buffer_len, size_t *needed) {
    jotgate_request request = jotgate_go_request(text, lengths, headers_len);
    jotgate_status status =
        jotgate_explain_request(validator, &request, as_of_ms, now_ms, form, buffer, buffer_len, needed);
    free((void *)request.headers);
    return status;
}

static inline jotgate_status jotgate_go_forward(const jotgate_validator *validator, const uint8_t *text,
                                                const size_t *lengths, size_t headers_len, const uint8_t *payload,
                                                size_t payload_len, uint8_t *buffer, size_t buffer_len,
                                                size_t *needed) {
    jotgate_request request = jotgate_go_request(text, lengths, headers_len);
    jotgate_status status = jotgate_forward(validator, &request, payload, payload_len, buffer, buffer_len, needed);
    free((void *)request.headers);
    return status;
}

/* `text` and `lengths`: the header fields. */
static inline jotgate_status jotgate_go_complete_fetch(const jotgate_validator *validator, uint64_t id,
                                                       uint16_t http_status, const uint8_t *text,
                                                       const size_t *lengths, size_t headers_len, const uint8_t *body,
                                                       size_t body_len, int64_t now_ms) {
    jotgate_go_texts texts = {text, lengths};
    jotgate_field *headers = jotgate_go_fields(&texts, headers_len);
    jotgate_status status =
        jotgate_complete_fetch(validator, id, http_status, headers, headers_len, body, body_len, now_ms);
    free(headers);
    return status;
}

#endif /* JOTGATE_BRIDGE_H */
