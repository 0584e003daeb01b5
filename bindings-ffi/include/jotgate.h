/*
 * jotgate: your API gateway's JWT policy, inside your process.
 *
 * A validator is made from a policy document and answers one question: may this token pass? It does no I/O, reads no
 * clock and starts no thread: the caller hands in the time, and fetches key sets when it is asked to.
 *
 * Conventions that hold for every function:
 *
 * - The object comes first, inputs follow, outputs come last. A `const` object may be used by any number of threads at
 *   once; jotgate_validator_free is the only function that must have the validator to itself.
 * - Text and bytes are a pointer and a length, never NUL-terminated. With a length of 0 the pointer may be NULL. What
 *   comes in is read during the call and never kept. A length beyond PTRDIFF_MAX is refused.
 * - Every pointer is checked for NULL: JOTGATE_NULL_ARGUMENT. Beyond that a pointer must be what its type says: nothing
 *   can find out that an object was freed already, or that a length is a lie.
 * - An object of a `_new` or `_take` function belongs to the caller, who frees it exactly once with the matching
 *   `_free`. Freeing NULL does nothing. What a jotgate_bytes points to belongs to the library, and its documentation
 *   says how long it lives.
 * - Outputs are written as documented, also on failure. A verdict is zeroed first, and a zeroed verdict is no
 *   permission: only `kind == JOTGATE_VERDICT_ACCEPTED` (or SKIPPED, for a route that asks for no token) lets a request
 *   pass.
 * - There is no errno, no thread-local state and no global. A bug inside the library ends in JOTGATE_PANIC, not in a
 *   crash, and never lets a token pass.
 * - Numbers and names in this file are stable; new ones may be added.
 */


#ifndef JOTGATE_H
#define JOTGATE_H

/* Made by cbindgen from bindings-ffi/src: change it there. */

#include <stddef.h>
#include <stdint.h>

/**
 * The request carries no token where the policy looks for one.
 */
#define JOTGATE_CODE_MISSING_TOKEN 1001

/**
 * The request carries several tokens that differ (RFC 6750 section 2: one method per request).
 */
#define JOTGATE_CODE_MULTIPLE_TOKENS 1002

/**
 * Not three strict base64url segments that hold strict JSON objects (RFC 7515 section 5.2, RFC 7519 section 7.2).
 */
#define JOTGATE_CODE_MALFORMED_TOKEN 2001

/**
 * A token of a kind that is not read: encrypted, compressed, nested or with a detached payload.
 */
#define JOTGATE_CODE_UNSUPPORTED_TOKEN 2002

/**
 * The header demands an extension (`crit`, RFC 7515 section 4.1.11); none is supported.
 */
#define JOTGATE_CODE_UNSUPPORTED_CRITICAL 2003

/**
 * The token is longer than the policy's `limits.token_bytes`.
 */
#define JOTGATE_CODE_TOKEN_TOO_LARGE 2004

/**
 * There is no `iss` claim (RFC 7519 section 4.1.1).
 */
#define JOTGATE_CODE_MISSING_ISSUER 3001

/**
 * `iss` is none of the policy's issuers, byte for byte.
 */
#define JOTGATE_CODE_UNKNOWN_ISSUER 3002

/**
 * The header's `alg` is not in the issuer's list (RFC 8725 section 3.1).
 */
#define JOTGATE_CODE_ALGORITHM_NOT_ALLOWED 4001

/**
 * The issuer has no key of this `kid`, and all its key sets have been asked.
 */
#define JOTGATE_CODE_UNKNOWN_KEY 5001

/**
 * Several different keys fit the token.
 */
#define JOTGATE_CODE_AMBIGUOUS_KEY 5002

/**
 * The issuer has a key of this `kid`, but it cannot verify this token.
 */
#define JOTGATE_CODE_UNUSABLE_KEY 5003

/**
 * The signature does not verify under the key (RFC 7515 section 5.2).
 */
#define JOTGATE_CODE_INVALID_SIGNATURE 6001

/**
 * `exp` has passed (RFC 7519 section 4.1.4).
 */
#define JOTGATE_CODE_EXPIRED 7001

/**
 * `nbf` lies ahead (RFC 7519 section 4.1.5).
 */
#define JOTGATE_CODE_NOT_YET_VALID 7002

/**
 * `iat` lies ahead (RFC 7519 section 4.1.6).
 */
#define JOTGATE_CODE_ISSUED_IN_FUTURE 7003

/**
 * The token was issued longer ago than the policy's `max_age`.
 */
#define JOTGATE_CODE_TOO_OLD 7004

/**
 * The token lives longer than the policy's `max_lifetime`.
 */
#define JOTGATE_CODE_LIFETIME_TOO_LONG 7005

/**
 * A claim that the policy requires is absent or `null`.
 */
#define JOTGATE_CODE_MISSING_CLAIM 7006

/**
 * A claim has a type or value that its definition does not allow.
 */
#define JOTGATE_CODE_INVALID_CLAIM 7007

/**
 * The header's `typ` is not one that the policy accepts (RFC 8725 section 3.11).
 */
#define JOTGATE_CODE_INVALID_TYPE 7008

/**
 * None of the policy's audiences is in `aud` (RFC 7519 section 4.1.3).
 */
#define JOTGATE_CODE_AUDIENCE_MISMATCH 7009

/**
 * A claim rule of the policy does not hold.
 */
#define JOTGATE_CODE_CLAIM_REJECTED 7010

/**
 * The client id is none of the known ones.
 */
#define JOTGATE_CODE_CLIENT_NOT_ALLOWED 8001

/**
 * The token lacks a scope that is needed (RFC 6750 section 3.1).
 */
#define JOTGATE_CODE_INSUFFICIENT_SCOPE 9001

/**
 * The host says that the token was revoked.
 */
#define JOTGATE_CODE_REVOKED 10001

/**
 * No usable key set is at hand, so the token can be neither accepted nor refused: answer 503, not 401.
 */
#define JOTGATE_CODE_KEYS_UNAVAILABLE 11001

/**
 * The policy document is wrong; only construction reports it.
 */
#define JOTGATE_CODE_POLICY_ERROR 12001

/**
 * A bug in this library or its host; the token is refused.
 */
#define JOTGATE_CODE_INTERNAL_ERROR 13001

/**
 * The failure of a fetch: no connection, a TLS failure, a connection that broke.
 */
#define JOTGATE_FETCH_CONNECTION 1

/**
 * The failure of a fetch: no complete answer within `timeout_ms`.
 */
#define JOTGATE_FETCH_TIMEOUT 2

/**
 * The failure of a fetch: a body longer than `max_body`.
 */
#define JOTGATE_FETCH_TOO_LARGE 3

/**
 * The failure of a fetch: given up by the host, for instance because it shuts down.
 */
#define JOTGATE_FETCH_CANCELLED 4

/**
 * The failure of a fetch: the host's own code failed.
 */
#define JOTGATE_FETCH_CALLBACK 5

/**
 * The call brought no verdict. Refuse the request.
 */
#define JOTGATE_VERDICT_NONE 0

/**
 * The token may pass.
 */
#define JOTGATE_VERDICT_ACCEPTED 1

/**
 * The token must not pass; `code` says why.
 */
#define JOTGATE_VERDICT_REJECTED 2

/**
 * Nobody can say, because the issuer's keys cannot be had before `retry_at_ms`. Answer 503, not 401.
 */
#define JOTGATE_VERDICT_UNAVAILABLE 3

/**
 * Keys must be fetched first. Do the fetches, wait until one of the validator's fetches has ended, validate again.
 */
#define JOTGATE_VERDICT_KEYS_NEEDED 4

/**
 * The policy asks for no token here: the request may pass, without claims.
 */
#define JOTGATE_VERDICT_SKIPPED 5

/**
 * Why a policy document was refused. Opaque; free it with jotgate_error_free.
 */
typedef struct jotgate_error jotgate_error;

/**
 * A compiled policy with its key sets. Opaque; free it with jotgate_validator_free.
 *
 * Any number of threads may use one validator at once. A child process may go on using it after a fork.
 */
typedef struct jotgate_validator jotgate_validator;

/**
 * What became of a call. It says nothing about the token: that is the verdict's business.
 */
typedef uint32_t jotgate_status;

/**
 * Borrowed bytes, never NUL-terminated. UTF-8 wherever the library hands them out.
 *
 * Where the library hands out a text that may be missing, `data` is NULL when it is.
 */
typedef struct jotgate_bytes {
    /**
     * The first byte.
     */
    const uint8_t *data;
    /**
     * How many bytes there are.
     */
    size_t len;
} jotgate_bytes;

/**
 * The answer to "may this token pass?".
 */
typedef struct jotgate_verdict {
    /**
     * One of JOTGATE_VERDICT_NONE and its neighbours.
     */
    uint32_t kind;
    /**
     * REJECTED, UNAVAILABLE: the number of the code, see jotgate_code_name. Else 0.
     */
    uint32_t code;
    /**
     * 1 when jotgate_take_fetch has work, else 0: look at it after every verdict.
     */
    uint32_t fetch_due;
    /**
     * The entry of the policy's `issuers`, counted from 0; -1 when the validation got not that far.
     */
    int32_t issuer;
    /**
     * REJECTED, SKIPPED: the entry of the policy's `routes` that the request took, counted from 0; -1 when there is none.
     */
    int32_t route;
    /**
     * UNAVAILABLE: when to try again, in milliseconds since the Unix epoch. Else 0.
     */
    int64_t retry_at_ms;
    /**
     * REJECTED: the name of the claim that the code is about. Lives as long as the validator. `data` is NULL when
     * there is none.
     */
    struct jotgate_bytes claim;
    /**
     * REJECTED: what was expected, for operators and not for clients. Lives as long as the library is loaded. `data`
     * is NULL when there is none.
     */
    struct jotgate_bytes detail;
    /**
     * ACCEPTED: the header, a JSON object, is `buffer[0]` up to `buffer[header_len]`. Else 0.
     */
    size_t header_len;
    /**
     * ACCEPTED: the payload, a JSON object, is the next `payload_len` bytes of the buffer. Where the policy maps claims,
     * it has them under their mapped names. Else 0.
     */
    size_t payload_len;
    /**
     * ACCEPTED: the claim `exp` in seconds since the Unix epoch, NaN when there is none. Else 0.
     */
    double expires_at;
    /**
     * ACCEPTED: the claim `nbf` in seconds since the Unix epoch, NaN when there is none. Else 0.
     */
    double not_before;
    /**
     * ACCEPTED: the claim `iat` in seconds since the Unix epoch, NaN when there is none. Else 0.
     */
    double issued_at;
    /**
     * ACCEPTED: the name of the payload's claim that names the client which the caller must look up before it lets the
     * token pass; see jotgate_validator_new_with_client_lookup. Its value is a text. Lives as long as the validator.
     * `data` is NULL when there is nothing to look up.
     */
    struct jotgate_bytes client_claim;
} jotgate_verdict;

/**
 * The form in which a report is written: one of JOTGATE_FORM_*.
 */
typedef uint32_t jotgate_form;

/**
 * One HTTP header field line.
 */
typedef struct jotgate_field {
    /**
     * The field's name, in any case where the caller gives it, in lower case where the library does.
     */
    struct jotgate_bytes name;
    /**
     * The field's value, without surrounding white space.
     */
    struct jotgate_bytes value;
} jotgate_field;

/**
 * A file that a text names. Everything is borrowed for the call.
 */
typedef struct jotgate_file {
    /**
     * The file's name, in UTF-8; folders in front of it do not count.
     */
    struct jotgate_bytes name;
    /**
     * What is in it.
     */
    struct jotgate_bytes content;
} jotgate_file;

/**
 * A gateway whose policies are read: one of JOTGATE_PRODUCT_*.
 */
typedef uint32_t jotgate_product;

/**
 * An HTTP request, as far as a policy looks at it. Everything is borrowed for the call.
 */
typedef struct jotgate_request {
    /**
     * The method as sent, such as `GET`. UTF-8.
     */
    struct jotgate_bytes method;
    /**
     * The path without the query. UTF-8.
     */
    struct jotgate_bytes path;
    /**
     * The query as sent, without the question mark; empty when there is none. UTF-8.
     */
    struct jotgate_bytes query;
    /**
     * All header fields, one entry per field line; `headers_len` of them.
     *
     * What is not UTF-8 in a field is read as U+FFFD, which no token may hold: such a field cannot be refused as a
     * whole, since any client may send one that has nothing to do with tokens.
     */
    const struct jotgate_field *headers;
    /**
     * How many header fields there are.
     */
    size_t headers_len;
} jotgate_request;

/**
 * One GET that the host is asked to do with its own HTTP client.
 *
 * Send the header fields as given, follow no redirect, and verify the server's certificate. Give up after
 * `timeout_ms`, counted from start to end, or when the body (after content decoding) grows beyond `max_body`. End
 * every fetch with exactly one jotgate_complete_fetch or jotgate_fail_fetch, whatever the status was. A fetch that is
 * never ended is given up by the validator some seconds after its timeout.
 */
typedef struct jotgate_fetch {
    /**
     * Names the fetch when it ends.
     */
    uint64_t id;
    /**
     * An absolute URL.
     */
    struct jotgate_bytes url;
    /**
     * The longest time for the whole exchange, in milliseconds.
     */
    uint64_t timeout_ms;
    /**
     * The longest body to read, in bytes.
     */
    size_t max_body;
    /**
     * Header fields to send, names in lower case; `headers_len` of them.
     */
    const struct jotgate_field *headers;
    /**
     * How many header fields there are.
     */
    size_t headers_len;
} jotgate_fetch;

/**
 * Does one fetch, or starts it.
 *
 * `context` is what was given to jotgate_set_fetcher. `fetch` is borrowed until the function returns: copy what is
 * needed longer. The fetch may be ended (jotgate_complete_fetch, jotgate_fail_fetch) before the function returns or at
 * any time later, by any thread. The function runs on a thread that validates, with no lock held, and may call every
 * function of the validator but jotgate_validator_free. It must return: no longjmp, no C++ exception.
 */
typedef void (*jotgate_fetcher)(void *context,
                                const struct jotgate_validator *validator,
                                const struct jotgate_fetch *fetch);

/**
 * How a policy document is written: one of JOTGATE_FORMAT_*.
 */
typedef uint32_t jotgate_policy_format;

/**
 * JSON, the same in every language.
 */
#define JOTGATE_FORM_JSON 0

/**
 * Lines for people, without colours.
 */
#define JOTGATE_FORM_TEXT 1

/**
 * Lines for people, with ANSI escape sequences for a terminal.
 */
#define JOTGATE_FORM_COLOURED 2

/**
 * JSON, without duplicate members.
 */
#define JOTGATE_FORMAT_JSON 1

/**
 * YAML 1.2, without anchors, tags and words that other versions of YAML read differently.
 */
#define JOTGATE_FORMAT_YAML 2

/**
 * TOML 1.1, without dates and infinities.
 */
#define JOTGATE_FORMAT_TOML 3

/**
 * MuleSoft: the YAML of Flex Gateway or the JSON of API Manager.
 */
#define JOTGATE_PRODUCT_MULESOFT 1

/**
 * WSO2 API Manager: its deployment.toml, which may name a trust store.
 */
#define JOTGATE_PRODUCT_WSO2 2

/**
 * The call did what it is documented to do.
 */
#define JOTGATE_OK 0

/**
 * A pointer that must point to something was NULL.
 */
#define JOTGATE_NULL_ARGUMENT 1

/**
 * Text that must be UTF-8 was not.
 */
#define JOTGATE_INVALID_UTF8 2

/**
 * The caller's buffer cannot hold the result. The length that would do has been written where the function says.
 */
#define JOTGATE_BUFFER_TOO_SMALL 3

/**
 * A bug inside the library was caught. The validator stays usable, the call had no result.
 */
#define JOTGATE_PANIC 4

/**
 * An argument that can never be right: a length beyond PTRDIFF_MAX, a misaligned pointer, an unknown number, a call
 * out of order.
 */
#define JOTGATE_INVALID_ARGUMENT 5

/**
 * The text is no snapshot of jotgate_export_keys, it holds a document that is no key set, or it was written later than now.
 */
#define JOTGATE_SNAPSHOT_REFUSED 6

/**
 * The text is no policy document; jotgate_error says why.
 */
#define JOTGATE_POLICY_REFUSED 7

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Writes the HTTP answer that the policy's `responses` asks for, as JSON:
 * `{"status":401,"headers":[["WWW-Authenticate","Bearer"]],"body":"..."}`.
 *
 * Send status, header fields and body as they are. A verdict without a result (NONE) is answered as an internal error,
 * one that still waits for keys (KEYS_NEEDED) as keys that are unavailable. `now_ms` is the current time, from which
 * `Retry-After` is counted.
 *
 * `*needed` becomes the length of the JSON with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `buffer` stays
 * untouched; else 0.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_BUFFER_TOO_SMALL, or JOTGATE_INVALID_ARGUMENT for a verdict that
 * lets the request pass.
 */
jotgate_status jotgate_answer(const struct jotgate_validator *validator,
                              const struct jotgate_verdict *verdict,
                              int64_t now_ms,
                              uint8_t *buffer,
                              size_t buffer_len,
                              size_t *needed);

/**
 * The stable name of a code, such as `expired`, the same in every language. `data` is NULL for an unknown number.
 *
 * The text lives as long as the library is loaded.
 */
struct jotgate_bytes jotgate_code_name(uint32_t code);

/**
 * The version of the library, such as `0.1.0`. The text lives as long as the library is loaded.
 */
struct jotgate_bytes jotgate_version(void);

/**
 * Where in the document the mistake is, such as `issuers[0].audience`; empty when it is about the whole document.
 *
 * The text lives as long as the error. `data` is NULL when `error` is.
 */
struct jotgate_bytes jotgate_error_path(const struct jotgate_error *error);

/**
 * What is wrong and what was expected. For people: its wording may change.
 *
 * The text lives as long as the error. `data` is NULL when `error` is.
 */
struct jotgate_bytes jotgate_error_message(const struct jotgate_error *error);

/**
 * What to do about it; `data` is NULL when there is no hint or `error` is NULL.
 *
 * The text lives as long as the error.
 */
struct jotgate_bytes jotgate_error_hint(const struct jotgate_error *error);

/**
 * Frees an error, and with it the texts that it handed out. NULL is fine.
 */
void jotgate_error_free(struct jotgate_error *error);

/**
 * Writes why a token may pass at the time `as_of_ms`, or why not: every check with what it expected and what it found,
 * and how the key sets of its issuer are.
 *
 * It comes to the verdict of jotgate_validate, but it starts no fetch and gives no claims: validate first, with the
 * fetches that this asks for. `now_ms` is the current time, and `as_of_ms` mostly the same. The JSON has the members
 * `verdict`, `code`, `claim`, `detail`, `issuer`, `route`, `retry_at`, `at`, `verified`, `checks` and `key_sets`; a
 * check has `check`, `outcome`, `code`, `verified`, `expected`, `found` and `note`. It shows the values of claims that a
 * check looked at, and never the token, its signature or keys: it is for operators, not for whoever sent the token.
 *
 * `*needed` becomes the length of the text with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `buffer` stays
 * untouched; else 0. The length may have changed when you ask again.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT or JOTGATE_BUFFER_TOO_SMALL.
 */
jotgate_status jotgate_explain(const struct jotgate_validator *validator,
                               const uint8_t *token,
                               size_t token_len,
                               int64_t as_of_ms,
                               int64_t now_ms,
                               jotgate_form form,
                               uint8_t *buffer,
                               size_t buffer_len,
                               size_t *needed);

/**
 * Writes why a request may pass or not: as jotgate_explain, with the request's route and the place of its token first.
 *
 * Returns what jotgate_explain returns, and JOTGATE_INVALID_UTF8 when method, path or query are not UTF-8.
 */
jotgate_status jotgate_explain_request(const struct jotgate_validator *validator,
                                       const struct jotgate_request *request,
                                       int64_t as_of_ms,
                                       int64_t now_ms,
                                       jotgate_form form,
                                       uint8_t *buffer,
                                       size_t buffer_len,
                                       size_t *needed);

/**
 * Writes what a policy document (JSON text in UTF-8) allows and its author may not have meant, the worst first: as JSON
 * a list of objects with `code`, `severity` (`high`, `medium` or `low`), `path`, `message` and `hint`.
 *
 * With JOTGATE_POLICY_REFUSED the document is no policy, and `*error` is a jotgate_error that belongs to the caller;
 * else `*error` is NULL. `error` may be NULL when nobody wants to know. `*needed` is as for jotgate_explain.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT, JOTGATE_INVALID_UTF8, JOTGATE_BUFFER_TOO_SMALL or
 * JOTGATE_POLICY_REFUSED.
 */
jotgate_status jotgate_lint(const uint8_t *policy,
                            size_t policy_len,
                            jotgate_form form,
                            uint8_t *buffer,
                            size_t buffer_len,
                            size_t *needed,
                            struct jotgate_error **error);

/**
 * Writes the oldest event that was not taken yet, as a JSON object, and takes it:
 * `{"at":1800000000.0,"source":0,"event":"fetch_ok","status":200,"bytes":512}`.
 *
 * `at` is Unix seconds with fractions, and `source` the place of the key set in what jotgate_health writes. `event` is
 * `fetch_started`, `fetch_ok`, `fetch_failed`, `keys_changed`, `key_skipped`, `stale_served`, `unknown_kid` or
 * `flood_limited`, and further members depend on it; new kinds and members may be added. Nothing in it comes from a
 * token. Ask again until there is none, for instance after each fetch; the latest 256 are kept for hosts that do not.
 *
 * `*needed` becomes the length of the JSON with JOTGATE_OK, or 0 when there is no event. With JOTGATE_BUFFER_TOO_SMALL,
 * where `buffer` stays untouched, it is the length that would do, and the event stays for the next call.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT or JOTGATE_BUFFER_TOO_SMALL.
 */
jotgate_status jotgate_poll_event(const struct jotgate_validator *validator,
                                  uint8_t *buffer,
                                  size_t buffer_len,
                                  size_t *needed);

/**
 * Takes one fetch that is to be done, or NULL when there is none.
 *
 * Call it after a verdict whose `fetch_due` is 1, until it returns NULL; every fetch is handed out once, to one caller.
 * The fetches that JOTGATE_VERDICT_KEYS_NEEDED waits for come first, then refreshes that nobody waits for: do those in
 * the background. The fetch belongs to the caller; free it with jotgate_fetch_free, at the latest after it has ended.
 * NULL also when `validator` is NULL.
 */
struct jotgate_fetch *jotgate_take_fetch(const struct jotgate_validator *validator, int64_t now_ms);

/**
 * Frees a fetch of jotgate_take_fetch, never one that a jotgate_fetcher was handed. NULL is fine.
 *
 * Freeing a fetch does not end it: see jotgate_complete_fetch and jotgate_fail_fetch.
 */
void jotgate_fetch_free(struct jotgate_fetch *fetch);

/**
 * Ends a fetch with an HTTP answer, of whatever status, and wakes what waits for it: validate again.
 *
 * `body` is counted after content decoding. Everything is read during the call and copied where needed. Header fields
 * that are not UTF-8 are passed over. An id that is unknown, ended already or given up is ignored.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT or JOTGATE_INVALID_ARGUMENT; after a failure the fetch has not ended.
 */
jotgate_status jotgate_complete_fetch(const struct jotgate_validator *validator,
                                      uint64_t id,
                                      uint16_t status,
                                      const struct jotgate_field *headers,
                                      size_t headers_len,
                                      const uint8_t *body,
                                      size_t body_len,
                                      int64_t now_ms);

/**
 * Ends a fetch without an answer, for a reason of JOTGATE_FETCH_CONNECTION and its neighbours.
 *
 * An id that is unknown, ended already or given up is ignored.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, or JOTGATE_INVALID_ARGUMENT for an unknown reason; after a failure the
 * fetch has not ended.
 */
jotgate_status jotgate_fail_fetch(const struct jotgate_validator *validator,
                                  uint64_t id,
                                  uint32_t failure,
                                  int64_t now_ms);

/**
 * Registers the function that does fetches, once per validator and before its first validation.
 *
 * From then on jotgate_validate and jotgate_validate_request call it for every fetch, first for those that the verdict
 * needs, and ask again while fetches end before it returns. JOTGATE_VERDICT_KEYS_NEEDED then means that a fetch is still
 * under way: validate again when it has ended. Without a fetcher, take fetches with jotgate_take_fetch.
 *
 * `fetcher` and `context` must stay usable, from every thread that validates, until the validator is freed.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT (`context` may be NULL), or JOTGATE_INVALID_ARGUMENT when there is a
 * fetcher already.
 */
jotgate_status jotgate_set_fetcher(struct jotgate_validator *validator,
                                   jotgate_fetcher fetcher,
                                   void *context);

/**
 * Whether the policy's `forward` changes requests: 1 or 0; 0 also when `validator` is NULL.
 *
 * For hosts that cannot change requests, which should not take such a policy.
 */
int32_t jotgate_forwards(const struct jotgate_validator *validator);

/**
 * Writes how the policy's `forward` changes a request before it goes on, as JSON:
 * `{"remove":["X-User","authorization"],"set":[["X-User","alice"]],"query":null}`.
 *
 * Remove the header fields of these names, which compare without case; then set the fields of `set`, whose values are
 * visible ASCII and spaces; then replace the query, unless it is null. Call it for every request that goes on: for an
 * accepted token with the payload that jotgate_validate_request has written, for a request that needed none (SKIPPED)
 * with NULL and 0. In both cases fields that claims could set are removed, so that no client can send its own.
 *
 * `*needed` becomes the length of the JSON with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `buffer` stays
 * untouched; else 0.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT, JOTGATE_INVALID_UTF8 or JOTGATE_BUFFER_TOO_SMALL.
 */
jotgate_status jotgate_forward(const struct jotgate_validator *validator,
                               const struct jotgate_request *request,
                               const uint8_t *payload,
                               size_t payload_len,
                               uint8_t *buffer,
                               size_t buffer_len,
                               size_t *needed);

/**
 * The stable name of a product, such as `mulesoft`, the same in every language. `data` is NULL for an unknown number; the
 * numbers run from 1 on without a gap.
 *
 * The text lives as long as the library is loaded.
 */
struct jotgate_bytes jotgate_product_name(jotgate_product product);

/**
 * Reads a gateway's policy (at most 1 MiB) and writes a JSON object: `policy` is a policy document, `notes` says of each
 * parameter what became of it (`kind`, `source`, `target`, `message`), and `complete` whether all that bears on verdicts
 * came over. What is not complete is for an operator to finish: do not use it as it is.
 *
 * `files` are further files that the text names, such as a trust store. Nobody has to give them: a note says what is
 * missing.
 *
 * With JOTGATE_POLICY_REFUSED no policy can be read from the text, and `*error` is a jotgate_error that belongs to the
 * caller; else `*error` is NULL. `error` may be NULL when nobody wants to know.
 *
 * `*needed` becomes the length of the JSON with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `buffer` stays
 * untouched; else 0.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT (an unknown product, for one),
 * JOTGATE_INVALID_UTF8, JOTGATE_BUFFER_TOO_SMALL or JOTGATE_POLICY_REFUSED.
 */
jotgate_status jotgate_import(jotgate_product product,
                              const uint8_t *text,
                              size_t text_len,
                              const struct jotgate_file *files,
                              size_t file_count,
                              uint8_t *buffer,
                              size_t buffer_len,
                              size_t *needed,
                              struct jotgate_error **error);

/**
 * Writes how the key sets are, for health checks and metrics, as a JSON object:
 * `{"sources":[{"issuer":0,"url":"...","state":"fresh","keys":2,...}],"events_dropped":0}`, one source for each URL of
 * the policy.
 *
 * `state` is `empty`, `fresh`, `due`, `stale` or `expired`. Times are Unix seconds and durations seconds, both with
 * fractions. New members may be added.
 *
 * `*needed` becomes the length of the JSON with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `buffer` stays
 * untouched; else 0. The length may have changed when you ask again.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT or JOTGATE_BUFFER_TOO_SMALL.
 */
jotgate_status jotgate_health(const struct jotgate_validator *validator,
                              int64_t now_ms,
                              uint8_t *buffer,
                              size_t buffer_len,
                              size_t *needed);

/**
 * Writes the fetched key sets as text, for jotgate_import_keys in a later process or on another host.
 *
 * It holds public keys and URLs, and whoever can change it can make tokens pass: store it like the policy.
 *
 * `*needed` is as for jotgate_health, and so is what is returned.
 */
jotgate_status jotgate_export_keys(const struct jotgate_validator *validator,
                                   uint8_t *buffer,
                                   size_t buffer_len,
                                   size_t *needed);

/**
 * Begins with the key sets that jotgate_export_keys wrote, as if they had been fetched when they were.
 *
 * A set counts only for the URL that it came from, only as long as it is not past the policy's `max_stale`, and only if
 * it is newer than the set at hand. `*imported` becomes the number of sources that this was of use for; 0 after a
 * failure, which changes nothing.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT, JOTGATE_INVALID_UTF8, or
 * JOTGATE_SNAPSHOT_REFUSED.
 */
jotgate_status jotgate_import_keys(const struct jotgate_validator *validator,
                                   const uint8_t *snapshot,
                                   size_t snapshot_len,
                                   int64_t now_ms,
                                   size_t *imported);

/**
 * Offers a text that jotgate_export_keys wrote in another process in place of doing a fetch, for hosts that share one store
 * of key sets. What in it is newer than the sets at hand is taken in.
 *
 * `*settled` becomes 1 when that answers the fetch: it has ended, and what waits for it validates again. It becomes 0 when
 * the fetch is still to be done: where the set in the text is due to be refreshed itself, where it lacks the key that a
 * token asked for, for a fetch of jotgate_refresh_keys, for an id that names no fetch, and after a failure.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT, JOTGATE_INVALID_UTF8, or
 * JOTGATE_SNAPSHOT_REFUSED.
 */
jotgate_status jotgate_settle_fetch(const struct jotgate_validator *validator,
                                    uint64_t id,
                                    const uint8_t *snapshot,
                                    size_t snapshot_len,
                                    int64_t now_ms,
                                    int32_t *settled);

/**
 * Whether a fetch has brought or confirmed a key set since this was last asked: 1 or 0; 0 also when `validator` is NULL.
 *
 * After 1, jotgate_export_keys has something for the store that other processes lack.
 */
int32_t jotgate_export_due(const struct jotgate_validator *validator);

/**
 * Makes a fetch due for every key set, past all caches, except for those that wait after a failure: for an operator who
 * knows that keys were revoked, and for warming up before the first token. jotgate_take_fetch hands them out; with a
 * fetcher, the next validation calls it for them.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT or JOTGATE_INVALID_ARGUMENT.
 */
jotgate_status jotgate_refresh_keys(const struct jotgate_validator *validator);

/**
 * Says when jotgate_take_fetch could next have a refresh to hand out, for hosts that like timers; none is needed, since
 * every verdict says whether one is due.
 *
 * `*at_ms` becomes that time in milliseconds since the Unix epoch, which may have passed; INT64_MAX while nothing but a
 * token would start a fetch, and after a failure.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT or JOTGATE_INVALID_ARGUMENT.
 */
jotgate_status jotgate_next_wakeup(const struct jotgate_validator *validator, int64_t *at_ms);

/**
 * Writes a policy document as the JSON text that jotgate_validator_new reads. JSON comes back as it is.
 *
 * With JOTGATE_POLICY_REFUSED the text cannot be read in this format, and `*error` is a jotgate_error that belongs to the
 * caller, whose path is a line and a column; else `*error` is NULL. `error` may be NULL when nobody wants to know. What
 * the fields of the document mean is not looked at.
 *
 * `*needed` becomes the length of the JSON with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `buffer` stays
 * untouched; else 0.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT, JOTGATE_INVALID_UTF8, JOTGATE_BUFFER_TOO_SMALL or
 * JOTGATE_POLICY_REFUSED.
 */
jotgate_status jotgate_policy_to_json(const uint8_t *text,
                                      size_t text_len,
                                      jotgate_policy_format format,
                                      uint8_t *buffer,
                                      size_t buffer_len,
                                      size_t *needed,
                                      struct jotgate_error **error);

/**
 * The JSON Schema (2020-12) of the policy document, for editors and for checks before a deployment. What it takes may
 * still be refused: jotgate_validator_new alone knows all rules.
 *
 * The text lives as long as the library is loaded.
 */
struct jotgate_bytes jotgate_policy_schema(void);

/**
 * Makes a validator from a policy document: JSON text in UTF-8.
 *
 * `seed` is any random number; it spreads the refreshes of many processes over time and protects nothing. The document
 * is read during the call and not kept. The validator belongs to the caller.
 *
 * Returns NULL when the document is refused, and then `*error` is a jotgate_error that belongs to the caller; after a
 * success `*error` is NULL. `error` may be NULL when nobody wants to know.
 *
 * A policy that leaves it to the caller which clients are allowed (`client_id: { allowed: host }`) is refused: see
 * jotgate_validator_new_with_client_lookup.
 */
struct jotgate_validator *jotgate_validator_new(const uint8_t *policy,
                                                size_t policy_len,
                                                uint64_t seed,
                                                struct jotgate_error **error);

/**
 * Makes a validator for a caller that looks clients up, where the policy says `client_id: { allowed: host }`.
 *
 * By calling this the caller promises: when the `client_claim` of an accepted verdict is not NULL, it looks up the
 * client that this claim of the payload names, and refuses the token with JOTGATE_CODE_CLIENT_NOT_ALLOWED unless it
 * knows the client. Any other policy works as with jotgate_validator_new, which says the rest.
 */
struct jotgate_validator *jotgate_validator_new_with_client_lookup(const uint8_t *policy,
                                                                   size_t policy_len,
                                                                   uint64_t seed,
                                                                   struct jotgate_error **error);

/**
 * Frees a validator, and with it the claim names in its verdicts. NULL is fine.
 *
 * No other call on the validator may be running or follow: not from other threads, and not for its fetches that have
 * not ended.
 */
void jotgate_validator_free(struct jotgate_validator *validator);

/**
 * Validates a token: the compact form, without the word Bearer.
 *
 * `now_ms` is the current time in milliseconds since the Unix epoch. An accepted token's header and payload are written
 * to `buffer`, one after the other; a buffer as long as the token suffices, unless the policy maps claims to longer
 * names. The verdict is zeroed first.
 *
 * Returns JOTGATE_OK when there is a verdict, whichever it is. With JOTGATE_BUFFER_TOO_SMALL the token was accepted,
 * but the verdict has the kind NONE and only `header_len` and `payload_len` are set: ask again with that much room.
 * With any other status the verdict stays zeroed.
 */
jotgate_status jotgate_validate(const struct jotgate_validator *validator,
                                const uint8_t *token,
                                size_t token_len,
                                int64_t now_ms,
                                uint8_t *buffer,
                                size_t buffer_len,
                                struct jotgate_verdict *verdict);

/**
 * Says whether a token could have passed at the time `as_of_ms`, with the keys of the time `now_ms`: for audits and
 * replays. jotgate_validate with another time than the clock's would make the key sets older or younger instead.
 *
 * In all else it does what jotgate_validate does, and returns what that returns.
 */
jotgate_status jotgate_validate_as_of(const struct jotgate_validator *validator,
                                      const uint8_t *token,
                                      size_t token_len,
                                      int64_t as_of_ms,
                                      int64_t now_ms,
                                      uint8_t *buffer,
                                      size_t buffer_len,
                                      struct jotgate_verdict *verdict);

/**
 * Validates a request: finds the token where the policy looks for it, then goes on as jotgate_validate does.
 *
 * A buffer as long as the query and all header values together suffices, unless the policy maps claims to longer names.
 *
 * Returns what jotgate_validate returns, and JOTGATE_INVALID_UTF8 when method, path or query are not UTF-8.
 */
jotgate_status jotgate_validate_request(const struct jotgate_validator *validator,
                                        const struct jotgate_request *request,
                                        int64_t now_ms,
                                        uint8_t *buffer,
                                        size_t buffer_len,
                                        struct jotgate_verdict *verdict);

/**
 * Says whether a request's token could have passed at the time `as_of_ms`, with the keys of the time `now_ms`; see
 * jotgate_validate_as_of.
 *
 * In all else it does what jotgate_validate_request does, and returns what that returns.
 */
jotgate_status jotgate_validate_request_as_of(const struct jotgate_validator *validator,
                                              const struct jotgate_request *request,
                                              int64_t as_of_ms,
                                              int64_t now_ms,
                                              uint8_t *buffer,
                                              size_t buffer_len,
                                              struct jotgate_verdict *verdict);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* JOTGATE_H */
