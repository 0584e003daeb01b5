/*
 * What cgo cannot do by itself: structures that point to other structures.
 *
 * Cgo forbids Go memory that points to other Go memory, and a question about a request is such a thing. So Go packs all texts
 * of a request into one piece of memory (jotgate_request.packed), and the structures around it are made here.
 */
#ifndef JOTGATE_BRIDGE_H
#define JOTGATE_BRIDGE_H

#include "platform.h"

/* One clear error in place of those of the compiler and the linker. */
#if !__has_include("library.h") || defined(JOTGATE_NO_LIBRARY)
#error "jotgate: this copy of the module has no library for this platform: get a released version, or run make build-go in the repository"
#else
#include "jotgate.h"
#if defined(__linux__) && !defined(__GLIBC__) && !defined(JOTGATE_MUSL)
#error "jotgate: this C library is musl: build with -tags musl"
#endif
#if defined(__GLIBC__) && defined(JOTGATE_MUSL)
#error "jotgate: this C library is glibc: build without -tags musl, or set CC to a compiler for musl"
#endif
#endif

static inline jotgate_bytes jotgate_go_bytes(const uint8_t *data, size_t len) {
    jotgate_bytes bytes = {data, len};
    return bytes;
}

static inline jotgate_request jotgate_go_request(const uint8_t *packed, size_t len) {
    jotgate_request request = {.size = sizeof request, .packed = jotgate_go_bytes(packed, len)};
    return request;
}

/* `text` is a token, or a packed request where there is a place for one; `as_of_ms` may be NULL. */
static inline jotgate_question jotgate_go_question(const uint8_t *text, size_t len, jotgate_request *request,
                                                   const int64_t *as_of_ms) {
    jotgate_question question = {.size = sizeof question};
    if (request != NULL) {
        *request = jotgate_go_request(text, len);
        question.request = request;
    } else {
        question.token = jotgate_go_bytes(text, len);
    }
    if (as_of_ms != NULL) {
        question.has_as_of = 1;
        question.as_of_ms = *as_of_ms;
    }
    return question;
}

static inline jotgate_status jotgate_go_validate(const jotgate_validator *validator, const uint8_t *text, size_t len,
                                                 uint32_t is_request, const int64_t *as_of_ms, int64_t now_ms,
                                                 uint8_t *buffer, size_t buffer_len, jotgate_verdict *verdict) {
    jotgate_request request;
    jotgate_question question = jotgate_go_question(text, len, is_request != 0 ? &request : NULL, as_of_ms);
    jotgate_status status = jotgate_validate(validator, &question, now_ms, buffer, buffer_len, verdict);
    /* The detail of UNAVAILABLE lies in the buffer, which is Go's memory, and C may keep no pointer to that. So Go learns the
     * length: the detail is the beginning of the buffer. */
    if (verdict->kind == JOTGATE_VERDICT_UNAVAILABLE) {
        verdict->detail.data = NULL;
    }
    return status;
}

/* The verdicts and the buffer are C's memory, so that verdicts may point into the buffer. */
static inline jotgate_status jotgate_go_validate_many(const jotgate_validator *validator, const uint8_t *packed,
                                                      size_t len, uint32_t threads, const int64_t *as_of_ms,
                                                      int64_t now_ms, uint8_t *buffer, size_t buffer_len,
                                                      size_t *needed, jotgate_verdict *verdicts, size_t verdicts_len) {
    jotgate_batch batch = {.size = sizeof batch, .tokens_len = verdicts_len, .threads = threads};
    batch.packed = jotgate_go_bytes(packed, len);
    if (as_of_ms != NULL) {
        batch.has_as_of = 1;
        batch.as_of_ms = *as_of_ms;
    }
    verdicts[0].size = sizeof verdicts[0];
    return jotgate_validate_many(validator, &batch, now_ms, buffer, buffer_len, needed, verdicts, verdicts_len);
}

static inline jotgate_status jotgate_go_explain(const jotgate_validator *validator, const uint8_t *text, size_t len,
                                                uint32_t is_request, const int64_t *as_of_ms, int64_t now_ms,
                                                jotgate_form form, uint8_t *buffer, size_t buffer_len, size_t *needed) {
    jotgate_request request;
    jotgate_question question = jotgate_go_question(text, len, is_request != 0 ? &request : NULL, as_of_ms);
    return jotgate_explain(validator, &question, now_ms, form, buffer, buffer_len, needed);
}

static inline jotgate_status jotgate_go_forward(const jotgate_validator *validator, const uint8_t *packed, size_t len,
                                                const uint8_t *payload, size_t payload_len, uint8_t *buffer,
                                                size_t buffer_len, size_t *needed) {
    jotgate_request request = jotgate_go_request(packed, len);
    return jotgate_forward(validator, &request, payload, payload_len, buffer, buffer_len, needed);
}

/* What a verdict points to, beside its own memory: C may keep no pointer to Go's. */
static inline jotgate_status jotgate_go_require(const jotgate_validator *validator, const jotgate_requirement *requirement,
                                                const uint8_t *text, const uint8_t *scope_claim, size_t scope_claim_len,
                                                jotgate_verdict *verdict) {
    verdict->scope_claim = jotgate_go_bytes(scope_claim, scope_claim_len);
    jotgate_status status = jotgate_require(validator, requirement, text, verdict);
    verdict->scope_claim.data = NULL;
    return status;
}

static inline jotgate_status jotgate_go_scopes(const uint8_t *text, const uint8_t *scope_claim, size_t scope_claim_len,
                                               jotgate_verdict *verdict, uint8_t *buffer, size_t buffer_len,
                                               size_t *needed) {
    verdict->scope_claim = jotgate_go_bytes(scope_claim, scope_claim_len);
    jotgate_status status = jotgate_scopes(verdict, text, buffer, buffer_len, needed);
    verdict->scope_claim.data = NULL;
    return status;
}

static inline jotgate_status jotgate_go_report_fetched(const jotgate_validator *validator, uint64_t id, uint32_t status,
                                                       const uint8_t *packed_headers, size_t headers_len,
                                                       const uint8_t *body, size_t body_len, int64_t now_ms) {
    jotgate_response response = {.size = sizeof response, .status = status};
    response.packed_headers = jotgate_go_bytes(packed_headers, headers_len);
    response.body = jotgate_go_bytes(body, body_len);
    return jotgate_report_fetched(validator, id, &response, now_ms);
}

#endif /* JOTGATE_BRIDGE_H */
