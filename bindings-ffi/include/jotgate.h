/*
 * jotgate: your API gateway's JWT policy, inside your process.
 *
 * A validator is made from a policy document and answers one question: may this token pass? It does no I/O, reads no
 * clock and starts no thread, but for those of jotgate_validate_many, which end with the call: the caller hands in the time,
 * and does the work that it is asked to do: key sets are fetched by the caller's own HTTP client.
 *
 * What follows holds for every function; comments on a function say only what it has beside that.
 *
 * Calls
 *
 * - Names begin with jotgate_ or JOTGATE_, and the shared library exports no other. The object comes first, inputs follow,
 *   outputs come last.
 * - A `const` object stays as it is for whoever else uses it.
 * - Outputs are written as documented, also on failure. A verdict is zeroed first, and a zeroed verdict is no
 *   permission: a request passes only with the kind JOTGATE_VERDICT_ACCEPTED, or with JOTGATE_VERDICT_SKIPPED, where the
 *   policy asks for no token.
 *
 * Ownership
 *
 * - What a function makes belongs to the caller, who frees it exactly once with the `_free` of its type: what jotgate_..._new,
 *   jotgate_validator_replace, jotgate_poll_work, the test kit and `error` parameters hand out, and the token of an undecided
 *   verdict. Freeing NULL does nothing.
 * - What comes in is read during the call and never kept, but for the worker and its context.
 * - What a jotgate_bytes points to belongs to the library, and its comment says how long it lives.
 *
 * Lengths and texts
 *
 * - Text and bytes are a pointer and a length in bytes, never NUL-terminated, and may hold NUL. With a length of 0 the pointer may
 *   be NULL. A length beyond PTRDIFF_MAX is refused; any other is taken as it is, and what is longer than its kind may be is
 *   refused for that: no length is cut to 32 bits.
 * - Texts are UTF-8: JOTGATE_INVALID_UTF8. Tokens, header fields and causes may be any bytes, because clients and other libraries
 *   make them: a token that is no text is malformed, in the others what is no text is replaced.
 * - Where the length of a result is not known, `buffer` and `buffer_len` are the room for it and `*needed` is what it takes:
 *   ask once more after JOTGATE_BUFFER_TOO_SMALL. A `buffer_len` of 0 only asks for the length.
 *
 * Pointers
 *
 * - Every pointer is checked for NULL (JOTGATE_NULL_ARGUMENT) and for its alignment (JOTGATE_INVALID_ARGUMENT). Beyond that it must
 *   be what its type says: nothing can find out that an object was freed already, that memory is shorter than its length says,
 *   or that two threads write to it. Sanitizers and valgrind do see that.
 *
 * Sizes and versions
 *
 * - A structure that begins with a `size` may grow by further fields in later versions. The caller sets it to its sizeof:
 *   the library reads and writes that much. A size that no version has is refused with JOTGATE_INVALID_ARGUMENT, and so
 *   are fields that a newer caller sets and the library does not know. Set fields that you do not use to 0.
 * - Numbers and names in this file are stable; new ones may be added, so let `switch` have a `default` that refuses.
 * - JOTGATE_ABI_VERSION is the number in the name of the shared library, libjotgate.so.1, so that the loader finds one that fits.
 *   Who loads it by hand compares jotgate_abi_version(). jotgate_version() is the release.
 *
 * Errors
 *
 * - A jotgate_status says whether a call did its work, and nothing of the token; jotgate_status_name has its name. Why a token is
 *   refused is the verdict's `code`; jotgate_code_name has its name, the same in every language. Why a document is refused is a
 *   jotgate_error. There is no errno, no thread-local state and no global.
 * - A bug inside of the library is caught in the call: the status is JOTGATE_PANIC, or what the function returns for nothing (NULL,
 *   0); the verdict has the kind NONE, and jotgate_answer makes an internal error of it: 500. Its objects can still be used. It
 *   never ends the process and never lets a token pass. Only memory that cannot be had ends the process, as it does elsewhere in Rust.
 *
 * Threads and forks
 *
 * - Any number of threads may use one object at once, whichever of them has made it. A `_free` must have it to itself, and so must
 *   jotgate_answer_question and what says so. No function waits for another thread, but jotgate_validate_many for its own.
 * - No lock is held in any call, so a child process may go on with all objects after a fork, also of a process with threads. It
 *   calls jotgate_reissue_work, since nobody in it does what the parent had begun.
 * - Stacks of 128 KiB suffice, whatever a token, a key set or a document holds.
 * - Once loaded, the shared library stays until the process ends: threads that have used it may end later.
 *
 * Callbacks
 *
 * - There is one, jotgate_worker, for those who do not poll. It is called by jotgate_validate and jotgate_validate_many, on the
 *   thread that called them, with no lock held; it may call every function of its validator but `_free`, and must return.
 * - Work is reported from any thread, in the callback or later. The first report of an id counts, and others are ignored,
 *   whatever they say. Work that is never reported is given up some seconds after its timeout. What is reported to a validator
 *   comes before its jotgate_validator_free; work that ends after that is not reported, or to the one that has come in its place.
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
 * No route of the policy names the request, and the policy says `unmatched: deny`.
 */
#define JOTGATE_CODE_UNMATCHED_REQUEST 1003

/**
 * Servers read the path of the request in more than one way, and one of them could let it pass somewhere.
 */
#define JOTGATE_CODE_AMBIGUOUS_TARGET 1004

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
 * The token is bound to a key (`cnf`, RFC 7800 section 3.1), and nothing proves that the client holds it.
 */
#define JOTGATE_CODE_CONFIRMATION_FAILED 7011

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
 * The version of the interface that this header describes. It grows when something in it changes that a program could
 * notice without asking for it; new functions, numbers, and fields at the end of structures with a `size` do not.
 */
#define JOTGATE_ABI_VERSION 1

/**
 * What came of a validation.
 *
 * The call brought no verdict. Refuse the request.
 */
#define JOTGATE_VERDICT_NONE 0

/**
 * The token may pass.
 */
#define JOTGATE_VERDICT_ACCEPTED 1

/**
 * The token must not pass; the code says why.
 */
#define JOTGATE_VERDICT_REJECTED 2

/**
 * Nobody can say, because the issuer's keys cannot be had for now. Answer 503, not 401.
 */
#define JOTGATE_VERDICT_UNAVAILABLE 3

/**
 * Keys must be got first. Do the work that is due, wait for what the verdict waits for, ask again.
 */
#define JOTGATE_VERDICT_KEYS_NEEDED 4

/**
 * The policy asks for no token here: the request may pass, without claims.
 */
#define JOTGATE_VERDICT_SKIPPED 5

/**
 * The token passes the policy, and the host has to be asked about it: it must not pass before the host's answer.
 */
#define JOTGATE_VERDICT_UNDECIDED 6

/**
 * What the host is asked about a token.
 *
 * Whether the host knows the client that the token names.
 */
#define JOTGATE_QUESTION_CLIENT 1

/**
 * Whether the token was revoked.
 */
#define JOTGATE_QUESTION_REVOKED 2

/**
 * What the host answers.
 *
 * The host knows the client; the token was revoked.
 */
#define JOTGATE_ANSWER_YES 1

/**
 * The host does not know the client; the token was not revoked.
 */
#define JOTGATE_ANSWER_NO 2

/**
 * The host cannot say: its look-up failed, or gave neither.
 */
#define JOTGATE_ANSWER_FAILED 3

/**
 * Origins of tokens that no validator has.
 *
 * That of what test kits give: every validator takes it.
 */
#define JOTGATE_ORIGIN_ANY_VALIDATOR 1

/**
 * What kind of work is to be done.
 *
 * Look into the store that processes share.
 */
#define JOTGATE_WORK_LOAD 1

/**
 * Do one GET.
 */
#define JOTGATE_WORK_FETCH 2

/**
 * Put a text into the store.
 */
#define JOTGATE_WORK_SAVE 3

/**
 * Why nothing came of a piece of work.
 *
 * No connection, a failed TLS handshake, a connection that broke.
 */
#define JOTGATE_FAILURE_CONNECTION 1

/**
 * No end within the work's timeout.
 */
#define JOTGATE_FAILURE_TIMEOUT 2

/**
 * The body was longer than the work allows.
 */
#define JOTGATE_FAILURE_TOO_LARGE 3

/**
 * The host gave the work up, for instance because it shuts down.
 */
#define JOTGATE_FAILURE_CANCELLED 4

/**
 * The host's own function failed.
 */
#define JOTGATE_FAILURE_CALLBACK 5

/**
 * The server's certificate is not trusted, not valid now, or not for this host.
 */
#define JOTGATE_FAILURE_CERTIFICATE 6

/**
 * How a policy document is written.
 *
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
 * A gateway whose policies are read.
 *
 * MuleSoft: the YAML of Flex Gateway or the JSON of API Manager.
 */
#define JOTGATE_PRODUCT_MULESOFT 1

/**
 * WSO2 API Manager: its deployment.toml, which may name a trust store.
 */
#define JOTGATE_PRODUCT_WSO2 2

/**
 * The type of a claim's value.
 *
 * `null`.
 */
#define JOTGATE_KIND_NULL 0

/**
 * `true` or `false`.
 */
#define JOTGATE_KIND_BOOLEAN 1

/**
 * A number.
 */
#define JOTGATE_KIND_NUMBER 2

/**
 * A text.
 */
#define JOTGATE_KIND_STRING 3

/**
 * A list.
 */
#define JOTGATE_KIND_ARRAY 4

/**
 * An object.
 */
#define JOTGATE_KIND_OBJECT 5

/**
 * The table of claims behind a payload.
 *
 * How many bytes the record of one claim has.
 */
#define JOTGATE_MEMBER_SIZE 17

/**
 * Added to the kind of the value: the name is written with escapes.
 */
#define JOTGATE_MEMBER_NAME_ESCAPED 16

/**
 * Added to the kind of the value: it is a string that is written with escapes.
 */
#define JOTGATE_MEMBER_TEXT_ESCAPED 32

/**
 * Why a policy document was refused. Opaque; free it with jotgate_error_free.
 */
typedef struct jotgate_error jotgate_error;

/**
 * What an endpoint asks for. Opaque; free it with jotgate_requirement_free. It belongs to no validator, and any number of threads
 * may use it at once.
 */
typedef struct jotgate_requirement jotgate_requirement;

/**
 * What a word of the kit came to. Opaque; free it with jotgate_testing_answer_free.
 */
typedef struct jotgate_testing_answer jotgate_testing_answer;

/**
 * An issuer for tests, which mints tokens, publishes keys, changes them, and breaks. Opaque; free it with
 * jotgate_testing_issuer_free.
 *
 * Any number of threads may use one at once. Its keys are made with it and gone with it: there is none in the library.
 */
typedef struct jotgate_testing_issuer jotgate_testing_issuer;

/**
 * A token that passes the policy and waits for the host's answer. Opaque; it is no permission, and the only way to one is
 * jotgate_answer_question.
 */
typedef struct jotgate_undecided jotgate_undecided;

/**
 * A compiled policy with its key sets. Opaque; free it with jotgate_validator_free.
 *
 * Any number of threads may use one validator at once. A child process may go on using it after a fork; see
 * jotgate_reissue_work.
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
 * The answer to "may this token pass?". Set `size`, and nothing else, before the first call.
 */
typedef struct jotgate_verdict {
    /**
     * sizeof(jotgate_verdict). The library leaves it as it is.
     */
    size_t size;
    /**
     * One of JOTGATE_VERDICT_NONE and its neighbours.
     */
    uint32_t kind;
    /**
     * REJECTED, UNAVAILABLE: the number of the code, see jotgate_code_name. Else 0.
     */
    uint32_t code;
    /**
     * The entry of the policy's `issuers`, counted from 0; -1 when the validation got not that far.
     */
    int32_t issuer;
    /**
     * REJECTED, SKIPPED: the entry of the policy's `routes` that the request took, counted from 0; -1 when there is none.
     */
    int32_t route;
    /**
     * 1 when jotgate_poll_work has work, else 0: look at it after every jotgate_validate.
     */
    uint32_t work_due;
    /**
     * UNDECIDED: what is asked, one of JOTGATE_QUESTION_CLIENT and its neighbours. Else 0.
     */
    uint32_t question;
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
     * REJECTED: what was expected, for operators and not for clients. Lives as long as the library is loaded. UNAVAILABLE: what
     * is the matter with the keys, in `buffer` where it fits there. `data` is NULL when there is none.
     */
    struct jotgate_bytes detail;
    /**
     * ACCEPTED: the header, a JSON object, is the first `header_len` bytes of the buffer, from `text_at` on. Else 0.
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
     * UNDECIDED: the token that the question is about. It belongs to the caller, who answers it with
     * jotgate_answer_question or gives it up with jotgate_undecided_free before this structure is used again. Else NULL.
     */
    struct jotgate_undecided *undecided;
    /**
     * UNDECIDED, CLIENT: the client that the token names. Lives as long as `undecided`. Else `data` is NULL.
     */
    struct jotgate_bytes client_id;
    /**
     * UNDECIDED, CLIENT: the name of the claim that names it. Lives as long as `undecided`. Else `data` is NULL.
     */
    struct jotgate_bytes client_claim;
    /**
     * KEYS_NEEDED: for how long to wait at most, in milliseconds. Else 0.
     */
    uint64_t patience_ms;
    /**
     * KEYS_NEEDED: the ids of the work that may bring the keys; `wait_for_len` of them. Where a policy names more key sets
     * for one issuer, these are the first.
     */
    uint64_t wait_for[8];
    /**
     * How many ids there are. Else 0.
     */
    size_t wait_for_len;
    /**
     * ACCEPTED: where in `buffer` the header begins. 0 unless jotgate_validate_many writes many texts there.
     */
    size_t text_at;
    /**
     * ACCEPTED: how many claims the payload has. Behind it the buffer holds a table of them, JOTGATE_MEMBER_SIZE bytes for
     * each, which jotgate_find_member and jotgate_member_at read. Else 0.
     */
    size_t members;
    /**
     * ACCEPTED: the time that the token was judged for, in milliseconds since the Unix epoch. Else 0.
     */
    int64_t judged_for_ms;
    /**
     * ACCEPTED: in which claim jotgate_require and jotgate_scopes look for scopes. `data` is NULL for the first of `scope` and
     * `scp` that is there, and `len` is 0 where it is not for a token whose claims grant none, whatever they are called. Lives as
     * long as the validator. Else `data` is NULL.
     */
    struct jotgate_bytes scope_claim;
    /**
     * ACCEPTED: which validator has accepted the token, and under which of its policies: for jotgate_require, and without any
     * further meaning. Below 2^52. Else 0.
     */
    uint64_t origin;
} jotgate_verdict;

/**
 * One thing that is wrong with a policy document. Its texts live as long as the error.
 */
typedef struct jotgate_problem {
    /**
     * Where in the document, as jotgate_error_path says.
     */
    struct jotgate_bytes path;
    /**
     * What is wrong and what was expected.
     */
    struct jotgate_bytes message;
    /**
     * What to do about it; `data` is NULL when there is no hint.
     */
    struct jotgate_bytes hint;
    /**
     * The line in the document's text, from 1 on; 0 where it is not known.
     */
    uint32_t line;
    /**
     * The column in that line, in characters from 1 on; 0 where it is not known.
     */
    uint32_t column;
} jotgate_problem;

/**
 * How a policy document is written: one of JOTGATE_FORMAT_*.
 */
typedef uint32_t jotgate_policy_format;

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
 * An HTTP request, as far as a policy looks at it. Everything is borrowed for the call.
 */
typedef struct jotgate_request {
    /**
     * sizeof(jotgate_request).
     */
    size_t size;
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
    /**
     * All of the above in one piece of memory, for callers that cannot hand over pointers to pointers; `data` is NULL
     * otherwise, and nothing else is looked at where it is not. It is a list of texts, each its length in four bytes,
     * big-endian, and its bytes: method, path, query, and then name, value, name, value, and so on, of at most 1,048,576
     * fields; more are JOTGATE_INVALID_ARGUMENT.
     */
    struct jotgate_bytes packed;
} jotgate_request;

/**
 * What is to be judged: a token, or a request with a token somewhere in it. Set all else to 0.
 */
typedef struct jotgate_question {
    /**
     * sizeof(jotgate_question).
     */
    size_t size;
    /**
     * A token in the compact form, without the word Bearer, where `request` is NULL.
     */
    struct jotgate_bytes token;
    /**
     * The request: it takes its route, its token is found where the policy looks for it, and is judged.
     */
    const struct jotgate_request *request;
    /**
     * Whether `as_of_ms` is set: 1 or 0.
     */
    uint32_t has_as_of;
    /**
     * The time that the token is judged for, in milliseconds since the Unix epoch, where that is not the clock's: for audits
     * and for replays of old tokens. Key sets go by the clock all the same.
     */
    int64_t as_of_ms;
} jotgate_question;

/**
 * The form in which a report is written: one of JOTGATE_FORM_*.
 */
typedef uint32_t jotgate_form;

/**
 * A gateway whose policies are read: one of JOTGATE_PRODUCT_*.
 */
typedef uint32_t jotgate_product;

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
 * Tokens that are judged in one call. Set all else to 0.
 */
typedef struct jotgate_batch {
    /**
     * sizeof(jotgate_batch).
     */
    size_t size;
    /**
     * The tokens in the compact form, without the word Bearer; `tokens_len` of them.
     */
    const struct jotgate_bytes *tokens;
    /**
     * How many tokens there are.
     */
    size_t tokens_len;
    /**
     * The tokens in one piece of memory, for callers that cannot hand over pointers to pointers; `data` is NULL otherwise,
     * and `tokens` is not looked at where it is not. Each token is its length in four bytes, big-endian, and its bytes;
     * `tokens_len` of them, and nothing behind them.
     */
    struct jotgate_bytes packed;
    /**
     * The most threads to use, the calling one among them; 0 is one for each processor. A batch that is short has fewer.
     */
    uint32_t threads;
    /**
     * Whether `as_of_ms` is set: 1 or 0.
     */
    uint32_t has_as_of;
    /**
     * The time that the tokens are judged for, as in jotgate_question.
     */
    int64_t as_of_ms;
} jotgate_batch;

/**
 * One claim of an accepted token, as pieces of the buffer that the verdict was written to: they live as long as that. Set
 * `size`, and nothing else, before the first call.
 */
typedef struct jotgate_member {
    /**
     * sizeof(jotgate_member). The library leaves it as it is.
     */
    size_t size;
    /**
     * One of JOTGATE_KIND_NULL and its neighbours.
     */
    uint32_t kind;
    /**
     * 1 when the name or the text is written with escapes, which jotgate_unescape resolves. Else 0.
     */
    uint32_t has_escapes;
    /**
     * The value as JSON, as it was signed: a string with its quotes, a list or an object as a whole. `data` is NULL when there
     * is no such claim.
     */
    struct jotgate_bytes json;
    /**
     * The name; `data` is NULL when it is written with escapes.
     */
    struct jotgate_bytes name;
    /**
     * The name as it is written, without its quotes: what jotgate_unescape takes.
     */
    struct jotgate_bytes raw_name;
    /**
     * STRING: the text. `data` is NULL when it is written with escapes, and for every other kind.
     */
    struct jotgate_bytes text;
    /**
     * STRING: the text as it is written, without its quotes: what jotgate_unescape takes. It is not the text where there are
     * escapes: never compare it. `data` is NULL for every other kind.
     */
    struct jotgate_bytes raw_text;
} jotgate_member;

/**
 * What a host has read of a variable or a file.
 */
typedef struct jotgate_reading {
    /**
     * The bytes; `data` is NULL where nothing could be read.
     */
    struct jotgate_bytes bytes;
    /**
     * Where nothing could be read: 0 when there is no such variable or file, else 1.
     */
    uint8_t exists;
} jotgate_reading;

/**
 * What a caller says of itself when it makes a validator.
 */
typedef struct jotgate_options {
    /**
     * sizeof(jotgate_options).
     */
    size_t size;
    /**
     * 1 when the caller answers who a client is, else 0. It is asked with JOTGATE_QUESTION_CLIENT where the policy says
     * `client_id: { allowed: host }`; without this, such a policy is refused.
     */
    uint32_t client_lookup;
    /**
     * 1 when the caller answers whether a token was revoked, else 0. It is asked with JOTGATE_QUESTION_REVOKED about each
     * token that passes.
     */
    uint32_t revocation_check;
    /**
     * 1 when the caller has a store of key sets that processes share, else 0. Work of the kinds JOTGATE_WORK_LOAD and
     * JOTGATE_WORK_SAVE is given out then.
     */
    uint32_t store;
    /**
     * A random number of this validator's own that no client knows. It spreads the refreshes of many processes over time,
     * and hashes the key ids that tokens make up.
     */
    uint64_t seed;
} jotgate_options;

/**
 * One piece of work: a look into a store, a GET, or a text for the store.
 *
 * Each piece is handed out once, to one caller. Run it for no longer than `timeout_ms`, and report its end once: what came
 * of it, or jotgate_report_failed with JOTGATE_FAILURE_TIMEOUT as soon as its time is over. Then wake those who wait for its
 * id, and poll again. Work that is never reported is given up by the validator some seconds after its timeout.
 */
typedef struct jotgate_work {
    /**
     * How long this structure is, set by the library: fields beyond that are not there.
     */
    size_t size;
    /**
     * One of JOTGATE_WORK_LOAD and its neighbours. Report what you do not know as failed, with JOTGATE_FAILURE_CALLBACK.
     */
    uint32_t kind;
    /**
     * Names the work when it is reported.
     */
    uint64_t id;
    /**
     * The longest time for the whole of it, in milliseconds.
     */
    uint64_t timeout_ms;
    /**
     * FETCH: an absolute URL. Do one GET: follow no redirect, and verify the server's certificate. Else `data` is NULL.
     */
    struct jotgate_bytes url;
    /**
     * FETCH: header fields to send, names in lower case; `headers_len` of them.
     */
    const struct jotgate_field *headers;
    /**
     * FETCH: how many header fields there are.
     */
    size_t headers_len;
    /**
     * FETCH: the longest body to read, in bytes, counted after content decoding.
     */
    size_t max_body;
    /**
     * SAVE: the text that is to be in the store, in place of what is there. Else `data` is NULL.
     */
    struct jotgate_bytes text;
} jotgate_work;

/**
 * What an issuer answered to a fetch, of whatever status. Everything is borrowed for the call. Set all else to 0.
 */
typedef struct jotgate_response {
    /**
     * sizeof(jotgate_response).
     */
    size_t size;
    /**
     * The HTTP status code.
     */
    uint32_t status;
    /**
     * The header fields, one entry per field line; `headers_len` of them. What is not UTF-8 is passed over.
     */
    const struct jotgate_field *headers;
    /**
     * How many header fields there are.
     */
    size_t headers_len;
    /**
     * The header fields in one piece of memory, in place of the two above; `data` is NULL otherwise. It is a list of texts
     * as in a jotgate_request: name, value, name, value, and so on.
     */
    struct jotgate_bytes packed_headers;
    /**
     * The body, after content decoding.
     */
    struct jotgate_bytes body;
} jotgate_response;

/**
 * Does one piece of work, or starts it.
 *
 * `context` is what was given to jotgate_set_worker. `work` is borrowed until the function returns: copy what is needed
 * longer. It may be reported (jotgate_report_fetched and its neighbours) before the function returns or at any time later,
 * by any thread. The function runs on a thread that validates, with no lock held, and may call every function of the
 * validator but jotgate_validator_free. It must return: no longjmp, no C++ exception.
 */
typedef void (*jotgate_worker)(void *context, const struct jotgate_validator *validator, const struct jotgate_work *work);

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
 * Send status, header fields and body as they are. A verdict without a result (NONE) is answered as an internal error, and
 * so is one whose question nobody has answered (UNDECIDED); one that still waits for keys (KEYS_NEEDED) as keys that are
 * unavailable. `now_ms` is the current time, from which `Retry-After` is counted.
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
 * As jotgate_answer, for an endpoint that asks for something itself (jotgate_require): where a scope lacks, the challenge names
 * those of the requirement too (RFC 6750 section 3).
 */
jotgate_status jotgate_answer_with(const struct jotgate_validator *validator,
                                   const struct jotgate_requirement *requirement,
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
 * The version of the interface that the library has: compare it with JOTGATE_ABI_VERSION before the first call.
 */
uint32_t jotgate_abi_version(void);

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
 * How many things are wrong, at most 20. The first of them is what jotgate_error_path and its neighbours tell. 0 when `error` is
 * NULL.
 */
size_t jotgate_error_problem_count(const struct jotgate_error *error);

/**
 * One of the things that are wrong, from 0 on. All of it is zero where there is none of that number.
 */
struct jotgate_problem jotgate_error_problem(const struct jotgate_error *error, size_t index);

/**
 * Looks up the lines and columns of an error in the text that its document was read from. What is no such text changes nothing.
 *
 * Nobody else may use the error during the call.
 */
void jotgate_error_locate(struct jotgate_error *error,
                          const uint8_t *text,
                          size_t text_len,
                          jotgate_policy_format format);

/**
 * Tells an error in the names of a language's own types for policy documents: for packages on this interface, whose users have
 * written no document. `names` is 4 for the methods of Java's PolicyDocument and 5 for the fields of Go's Policy; any other number
 * changes nothing.
 *
 * Nobody else may use the error during the call, and texts that it has handed out before are gone.
 */
void jotgate_error_in_names(struct jotgate_error *error,
                            uint32_t names);

/**
 * Frees an error, and with it the texts that it handed out. NULL is fine.
 */
void jotgate_error_free(struct jotgate_error *error);

/**
 * Writes why a token or a request may pass, or why not: every check with what it expected and what it found, and how the key
 * sets of its issuer are; of a request also its route and the place of its token.
 *
 * It comes to the verdict of jotgate_validate, but it changes nothing and gives no claims: validate first, with the work
 * that this asks for. The JSON has the members
 * `verdict`, `code`, `claim`, `detail`, `issuer`, `route`, `retry_at`, `at`, `verified`, `checks` and `key_sets`; a
 * check has `check`, `outcome`, `code`, `verified`, `expected`, `found` and `note`. It shows the values of claims that a
 * check looked at, and never the token, its signature or keys: it is for operators, not for whoever sent the token.
 *
 * `*needed` becomes the length of the text with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `buffer` stays
 * untouched; else 0. The length may have changed when you ask again.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT, JOTGATE_BUFFER_TOO_SMALL, or JOTGATE_INVALID_UTF8
 * when method, path or query are not UTF-8.
 */
jotgate_status jotgate_explain(const struct jotgate_validator *validator,
                               const struct jotgate_question *question,
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
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT, JOTGATE_BUFFER_TOO_SMALL or JOTGATE_POLICY_REFUSED,
 * this also where the text is not UTF-8.
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
 * `fetch_started`, `fetch_ok`, `fetch_failed`, `keys_changed`, `key_skipped`, `key_lenient`, `stale_served`, `unknown_kid` or
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
 * Writes the oldest warning that was not taken yet, one line of text for your log, and takes it.
 *
 * There is one for each time that a source of keys ceases to bring any, until it brings some again: with its URL, the
 * problem, the cause that was reported, and what to do. Ask again after each report until there is none; the latest 16 are kept.
 *
 * `*needed` becomes the length of the text with JOTGATE_OK, or 0 when there is no warning. With JOTGATE_BUFFER_TOO_SMALL,
 * where `buffer` stays untouched, it is the length that would do, and the warning stays for the next call.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT or JOTGATE_BUFFER_TOO_SMALL.
 */
jotgate_status jotgate_poll_warning(const struct jotgate_validator *validator,
                                    uint8_t *buffer,
                                    size_t buffer_len,
                                    size_t *needed);

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
 * accepted token with the payload that jotgate_validate has written, for a request that needed none (SKIPPED)
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
 * Makes a fetch due for every key set, past all caches, except for those that wait after a failure: for an operator who
 * knows that keys were revoked, and for warming up before the first token. jotgate_poll_work hands them out; with a
 * worker, the next validation calls it for them.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT or JOTGATE_INVALID_ARGUMENT.
 */
jotgate_status jotgate_refresh_keys(const struct jotgate_validator *validator);

/**
 * Says when jotgate_poll_work could next have work, for hosts that like timers; none is needed, since
 * every verdict says whether one is due.
 *
 * `*at_ms` becomes that time in milliseconds since the Unix epoch, which may have passed; INT64_MAX while nothing but a
 * token would start a fetch, and after a failure.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT or JOTGATE_INVALID_ARGUMENT.
 */
jotgate_status jotgate_next_wakeup(const struct jotgate_validator *validator, int64_t *at_ms);

/**
 * Validates many tokens: `verdicts` becomes for each, in their order, what jotgate_validate gives.
 *
 * `verdicts` has `verdicts_len` places, one for each token: another number than the batch's `tokens_len` is refused. Set the
 * `size` of the first: the others lie that far apart, and have theirs set. All are zeroed first.
 *
 * The headers, payloads and tables of claims of all accepted tokens are written to `buffer`, one token behind the other; `text_at`
 * of each verdict says where its own begin. `*needed` becomes the length of them all. How long a buffer suffices is as for
 * jotgate_validate, with the length of all tokens together. Details of UNAVAILABLE come behind them, where they fit.
 *
 * `work_due` is the same in all verdicts. Key sets are fetched once for all tokens: have the work done as after
 * jotgate_validate, wait for one of each `wait_for`, and ask again about the tokens with JOTGATE_VERDICT_KEYS_NEEDED alone. Each
 * token that is UNDECIDED has a question of its own, which is answered or given up as ever.
 *
 * The threads that help have ended when it returns, and none of them calls the worker. A token whose validation meets a bug of the
 * library is rejected with JOTGATE_CODE_INTERNAL_ERROR, and the others have their verdicts.
 *
 * Returns JOTGATE_OK when there is a verdict on each token. With JOTGATE_BUFFER_TOO_SMALL no verdict is given, to no
 * token: ask again with a buffer of `*needed` bytes. With every status but JOTGATE_OK all verdicts have the kind NONE; where
 * it is the size of the first verdict that is refused, or their number, that first one alone.
 */
jotgate_status jotgate_validate_many(const struct jotgate_validator *validator,
                                     const struct jotgate_batch *batch,
                                     int64_t now_ms,
                                     uint8_t *buffer,
                                     size_t buffer_len,
                                     size_t *needed,
                                     struct jotgate_verdict *verdicts,
                                     size_t verdicts_len);

/**
 * Finds the claim of exactly this name, also where the token writes it with escapes. Nothing of the payload is read again.
 *
 * `verdict` is what a call has written, and `buffer` what the same call has written to. The member is zeroed first: its
 * `json.data` is NULL when there is no such claim, and JOTGATE_OK is returned. JOTGATE_INVALID_ARGUMENT when the verdict is
 * not of the kind ACCEPTED, or the buffer is not the one that belongs to it.
 */
jotgate_status jotgate_find_member(const struct jotgate_verdict *verdict,
                                   const uint8_t *buffer,
                                   const uint8_t *name,
                                   size_t name_len,
                                   struct jotgate_member *member);

/**
 * The claim of this place, counted from 0 in the order of the payload; there are `verdict->members`. All else is as for
 * jotgate_find_member; a place beyond the last is JOTGATE_INVALID_ARGUMENT.
 */
jotgate_status jotgate_member_at(const struct jotgate_verdict *verdict,
                                 const uint8_t *buffer,
                                 size_t place,
                                 struct jotgate_member *member);

/**
 * Finds a claim of a token that is not decided on, for the host to find its answer, as jotgate_find_member does: it is not
 * accepted. Its pieces live as long as the token.
 */
jotgate_status jotgate_undecided_find_member(const struct jotgate_undecided *undecided,
                                             const uint8_t *name,
                                             size_t name_len,
                                             struct jotgate_member *member);

/**
 * Writes where the claims of a token that is not decided on stand in jotgate_undecided_payload: as the table behind the payload
 * of an accepted token says it, JOTGATE_MEMBER_SIZE bytes for each. For bindings that keep the payload.
 *
 * `*needed` becomes the length of the table, also with JOTGATE_BUFFER_TOO_SMALL; else 0.
 */
jotgate_status jotgate_undecided_members(const struct jotgate_undecided *undecided,
                                         uint8_t *buffer,
                                         size_t buffer_len,
                                         size_t *needed);

/**
 * Resolves the escapes of a `raw_name` or `raw_text`. A buffer as long as that suffices. The text may hold NUL characters.
 *
 * `*needed` becomes the length of the text, also with JOTGATE_BUFFER_TOO_SMALL. JOTGATE_INVALID_ARGUMENT when no JSON string
 * reads like that.
 */
jotgate_status jotgate_unescape(const uint8_t *raw,
                                size_t raw_len,
                                uint8_t *buffer,
                                size_t buffer_len,
                                size_t *needed);

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
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT, JOTGATE_BUFFER_TOO_SMALL or JOTGATE_POLICY_REFUSED,
 * this also where the text is not UTF-8.
 */
jotgate_status jotgate_policy_to_json(const uint8_t *text,
                                      size_t text_len,
                                      jotgate_policy_format format,
                                      uint8_t *buffer,
                                      size_t buffer_len,
                                      size_t *needed,
                                      struct jotgate_error **error);

/**
 * Writes what a policy document, as JSON, leaves to the host to read: a JSON list of objects with `kind` (`env` or `file`),
 * `name` (of the variable or the file) and `read_bytes` (so many and no more). Most documents leave nothing: `[]`.
 *
 * A path that is not absolute starts at the folder of the policy file, or at the working directory. What was read goes to
 * jotgate_policy_fill. `error`, `needed` and what is returned are as for jotgate_policy_to_json.
 */
jotgate_status jotgate_policy_references(const uint8_t *policy,
                                         size_t policy_len,
                                         uint8_t *buffer,
                                         size_t buffer_len,
                                         size_t *needed,
                                         struct jotgate_error **error);

/**
 * Writes the policy document with what the host has read, in the order of jotgate_policy_references.
 *
 * With JOTGATE_POLICY_REFUSED one of the texts is not there or not what it should be; the error names the variable or the file,
 * and nothing of what is in it. `error`, `needed` and what is returned are as for jotgate_policy_to_json.
 */
jotgate_status jotgate_policy_fill(const uint8_t *policy,
                                   size_t policy_len,
                                   const struct jotgate_reading *readings,
                                   size_t reading_count,
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
 * Writes which parts of requests the policy reads, beside method and path, as JSON:
 * `{"headers":["authorization","cookie"],"query":false}`.
 *
 * `headers` has the names of the header fields in lower case; it is null when all fields are read. It stays the same as
 * long as the validator lives, so ask once. A request with these parts alone (the fields of these names, which compare
 * without case, all lines of each in their order, and an empty query where `query` is false) gets the same from
 * jotgate_validate, jotgate_explain and jotgate_forward as the whole one, and costs less. Whether jotgate_forward has
 * anything to say tells jotgate_forwards.
 *
 * `*needed` becomes the length of the JSON with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `buffer` stays
 * untouched; else 0.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, JOTGATE_INVALID_ARGUMENT or JOTGATE_BUFFER_TOO_SMALL.
 */
jotgate_status jotgate_reads(const struct jotgate_validator *validator,
                             uint8_t *buffer,
                             size_t buffer_len,
                             size_t *needed);

/**
 * Makes a requirement from its document, JSON text in UTF-8: an object of `scopes` (`all`, `any`) and `claims` (a list of rules),
 * each as a route of a policy has it, such as `{"scopes":{"all":["orders:write"]}}`. Make it once, when the program starts.
 *
 * The document is read during the call and not kept. Returns NULL when it is refused, and then `*error` is a jotgate_error that
 * belongs to the caller, whose path begins at the object, such as `scopes.all[0]`; after a success `*error` is NULL. `error` may be
 * NULL when nobody wants to know.
 */
struct jotgate_requirement *jotgate_requirement_new(const uint8_t *document,
                                                    size_t document_len,
                                                    struct jotgate_error **error);

/**
 * Frees a requirement, and with it the claim names in the verdicts that it has refused. NULL is fine.
 */
void jotgate_requirement_free(struct jotgate_requirement *requirement);

/**
 * Asks an accepted token for what an endpoint needs beside what the policy asks: the scopes first, read from the claims that the
 * token's issuer entry names, then the rules.
 *
 * `verdict` and `buffer` are what a call has written for the token: a call on this validator, or on one in whose place it has come by
 * jotgate_validator_replace. A token that is what is asked for leaves the verdict as it is.
 * For one that is not, the verdict becomes REJECTED, with the codes and claims that a route would give, and without `issuer` where
 * another policy has accepted the token; `claim` lives as long as the validator and the requirement. The token of another validator
 * becomes REJECTED with JOTGATE_CODE_INTERNAL_ERROR. A verdict of the kind SKIPPED becomes REJECTED with
 * JOTGATE_CODE_MISSING_TOKEN. Answer a refused request with jotgate_answer_with.
 *
 * Returns JOTGATE_OK in these cases. With any other status the verdict has the kind NONE: JOTGATE_INVALID_ARGUMENT for a verdict of
 * another kind, or when the buffer is not the one that belongs to it.
 */
jotgate_status jotgate_require(const struct jotgate_validator *validator,
                               const struct jotgate_requirement *requirement,
                               const uint8_t *buffer,
                               struct jotgate_verdict *verdict);

/**
 * Writes the scopes of an accepted token (RFC 6749 section 3.3) as JSON, a list of texts: those of the first claim that is there of
 * those in which the token's issuer entry looks for scopes, `scope` and `scp` by default.
 *
 * `verdict` and `buffer` are what a call has written for the token; JOTGATE_INVALID_ARGUMENT when the verdict is not of the kind
 * ACCEPTED. `*needed` becomes the length of the JSON with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `text` stays
 * untouched; else 0.
 */
jotgate_status jotgate_scopes(const struct jotgate_verdict *verdict,
                              const uint8_t *buffer,
                              uint8_t *text,
                              size_t text_len,
                              size_t *needed);

/**
 * Whether an accepted token has this scope: 1 or 0; 0 also when the verdict is of another kind, or an argument is wrong.
 */
int32_t jotgate_has_scope(const struct jotgate_verdict *verdict,
                          const uint8_t *buffer,
                          const uint8_t *scope,
                          size_t scope_len);

/**
 * The name of a status, such as `buffer_too_small`: that of its constant, in lower case and without JOTGATE_. `data` is NULL for
 * an unknown number.
 *
 * The text lives as long as the library is loaded.
 */
struct jotgate_bytes jotgate_status_name(jotgate_status status);

/**
 * Makes an issuer for the tests of a program that validates tokens: nothing else in this library needs it. It is in every
 * build, of which it takes a twentieth, so that tests link what runs.
 *
 * The options are a JSON object in UTF-8, and each may be left out: `policy` (the text of the program's own policy
 * document), `issuer` (which of its issuers), `audience` (where there is no policy), `algorithm`, `kid`, `claims` (what all
 * tokens have) and `now` (seconds since 1970, where its clock stands). An RSA key takes a tenth of a second or so.
 *
 * Returns NULL when it cannot be made, and then `*error` is a jotgate_error that belongs to the caller and has no path;
 * after a success `*error` is NULL. `error` may be NULL when nobody wants to know.
 */
struct jotgate_testing_issuer *jotgate_testing_issuer_new(const uint8_t *options,
                                                          size_t options_len,
                                                          struct jotgate_error **error);

/**
 * Does what `word` names, with arguments that are a JSON object, and gives what comes of it as JSON. A word does its work
 * once, whatever the length of what it gives; that belongs to the caller.
 *
 * - `name`: the `iss` of its tokens.
 * - `policy`: the text of the program's policy, with the keys of now in place of its own. `policy_for` (`policy`): the same
 *   of another text, where a test has several issuers. `policy_fetching` (`base`): with the key set at `BASE/jwks` instead.
 * - `token` (`subject`, `audience`, `scopes`, `client`, `lifetime`, `claims`, `without`, `header`, `algorithm`, `kid`, `now`): a
 *   token that is good under the policy, but for what is said.
 * - `bad` (`code`, `token` as for that word, `method`, `path`): what the policy refuses with that code: `code`, `what`, `token`
 *   or null, `method`, `target` and `headers`, a list of pairs.
 * - `jwks`: the text of the key set. `metadata` (`jwks_uri`): that of the issuer's metadata.
 * - `serve` (`url`): what a GET is answered: `status`, or null where no answer comes, `content_type`, `body` and `fault`.
 * - `rotate` (`overlap`, true by default, and `kid`): the id of the new key. `retire_keys`: null, and the keys that do not
 *   sign any more leave the set.
 * - `break_keys` (`fault`: `html`, `empty`, `wrong_key`, `error`, `gone`, `slow` or `unreachable`) and `mend`: null.
 *
 * Returns NULL when that cannot be done, and then `*error` is as for jotgate_testing_issuer_new.
 */
struct jotgate_testing_answer *jotgate_testing_issuer_call(const struct jotgate_testing_issuer *issuer,
                                                           const uint8_t *word,
                                                           size_t word_len,
                                                           const uint8_t *arguments,
                                                           size_t arguments_len,
                                                           struct jotgate_error **error);

/**
 * What the kit makes of each code: a list of objects with `code`, `makeable` (whether a token or a request can give it),
 * `what` (is bad about that) and `needs` (what the policy must say for it). NULL only after a bug in the library.
 */
struct jotgate_testing_answer *jotgate_testing_recipes(void);

/**
 * The text of an answer: JSON in UTF-8. It lives as long as the answer. `data` is NULL when `answer` is.
 */
struct jotgate_bytes jotgate_testing_answer_text(const struct jotgate_testing_answer *answer);

/**
 * Frees an answer. NULL is fine.
 */
void jotgate_testing_answer_free(struct jotgate_testing_answer *answer);

/**
 * Frees an issuer, and with it its keys. NULL is fine. No other call on it may be running or follow.
 */
void jotgate_testing_issuer_free(struct jotgate_testing_issuer *issuer);

/**
 * Goes on with what the host says to the verdict's `question`: one of JOTGATE_ANSWER_YES and its neighbours; any other
 * number counts as FAILED.
 *
 * `undecided` points to where the caller keeps the token, mostly `&verdict.undecided`, and `verdict` may be the same
 * verdict. `*undecided` becomes NULL when the question is answered, so that it cannot be answered twice; the verdict may
 * hold the next question then. An unknown client is rejected with JOTGATE_CODE_CLIENT_NOT_ALLOWED, and so is one whose
 * look-up failed; a revoked token with JOTGATE_CODE_REVOKED, and one whose check failed with JOTGATE_CODE_INTERNAL_ERROR.
 *
 * Returns JOTGATE_OK when there is a verdict, as jotgate_validate has it, with `work_due` 0. With
 * JOTGATE_BUFFER_TOO_SMALL `header_len`, `payload_len` and `members` say how much room an accepted token would need, as
 * with jotgate_validate; the buffer must have it whatever the answer is, and nothing is answered then. JOTGATE_NULL_ARGUMENT
 * also when `*undecided` is NULL. With any status but JOTGATE_OK the verdict has the kind NONE, and `*undecided` is as before,
 * except with JOTGATE_PANIC, where it is NULL.
 */
jotgate_status jotgate_answer_question(struct jotgate_undecided **undecided,
                                       uint32_t answer,
                                       uint8_t *buffer,
                                       size_t buffer_len,
                                       struct jotgate_verdict *verdict);

/**
 * The header of a token that is not decided on, a JSON object, for the host to find its answer. Lives as long as the token.
 * `data` is NULL when `undecided` is.
 */
struct jotgate_bytes jotgate_undecided_header(const struct jotgate_undecided *undecided);

/**
 * The payload of a token that is not decided on, a JSON object, for the host to find its answer: it is not accepted. Lives
 * as long as the token. `data` is NULL when `undecided` is.
 */
struct jotgate_bytes jotgate_undecided_payload(const struct jotgate_undecided *undecided);

/**
 * Gives up a token without an answer: refuse it. NULL is fine; not after jotgate_answer_question, which frees it.
 */
void jotgate_undecided_free(struct jotgate_undecided *undecided);

/**
 * Makes a validator from a policy document: JSON text in UTF-8.
 *
 * The document is read during the call and not kept. The validator belongs to the caller.
 *
 * Returns NULL when the document or the options are refused, and then `*error` is a jotgate_error that belongs to the
 * caller; after a success `*error` is NULL. `error` may be NULL when nobody wants to know.
 */
struct jotgate_validator *jotgate_validator_new(const uint8_t *policy,
                                                size_t policy_len,
                                                const struct jotgate_options *options,
                                                struct jotgate_error **error);

/**
 * Makes the validator of another policy in the place of this one, with what this one has learnt: a policy that is replaced
 * while the program runs.
 *
 * Ask the new one from now on. A question that was begun with the old one ends there, and so does what is asked about its
 * verdict: jotgate_answer_question, jotgate_answer, jotgate_forward. When none is left, free the old one with
 * jotgate_validator_free; the new one does not need it. Threads that share a validator read it through an atomic pointer.
 *
 * Key sets of sources whose place and options are the same go on, with their freshness, their pauses after failures and the
 * work that is out for them; others are fetched when they are needed. Work, reports, events, warnings, the health of key sets,
 * exports and imports are those of the newest, whichever of the two is asked. The options of the old one and its worker are the
 * new one's too; the worker is called with the validator that was asked.
 *
 * `now_ms` is the time, for the event `policy_replaced`. Replace one policy at a time.
 *
 * Returns NULL when the document is refused, as jotgate_validator_new does, and `*error` says why. Nothing has changed then.
 */
struct jotgate_validator *jotgate_validator_replace(const struct jotgate_validator *validator,
                                                    const uint8_t *policy,
                                                    size_t policy_len,
                                                    int64_t now_ms,
                                                    struct jotgate_error **error);

/**
 * Frees a validator, and with it the claim names in its verdicts. NULL is fine.
 *
 * No other call on the validator may be running or follow: not from other threads, and not for its work that has not been
 * reported. Answer its tokens that are not decided on before, or give them up.
 */
void jotgate_validator_free(struct jotgate_validator *validator);

/**
 * Validates a token or a request.
 *
 * `now_ms` is the current time in milliseconds since the Unix epoch. An accepted token's header and payload and the table of
 * its claims are written to `buffer`, one behind the other. A buffer of four times the token's length suffices, for a request
 * one of four times the lengths of the query and all header values together, unless the policy maps claims to longer names;
 * twice is enough for nearly all tokens. The verdict is zeroed first.
 *
 * With JOTGATE_VERDICT_UNDECIDED nothing is written to the buffer: ask the host what `question` says and go on with
 * jotgate_answer_question.
 *
 * Returns JOTGATE_OK when there is a verdict, whichever it is. With JOTGATE_BUFFER_TOO_SMALL the token was accepted,
 * but the verdict has the kind NONE and only `header_len`, `payload_len` and `members` are set: ask again with room for
 * `header_len + payload_len + members * JOTGATE_MEMBER_SIZE` bytes.
 * With any other status (JOTGATE_INVALID_UTF8 when method, path or query are no text) the verdict has the kind NONE.
 */
jotgate_status jotgate_validate(const struct jotgate_validator *validator,
                                const struct jotgate_question *question,
                                int64_t now_ms,
                                uint8_t *buffer,
                                size_t buffer_len,
                                struct jotgate_verdict *verdict);

/**
 * Takes one piece of work that is to be done, or NULL when there is none.
 *
 * Call it after a verdict whose `work_due` is 1 and after each report, until it returns NULL. What validations wait for
 * comes first, then refreshes that nobody waits for, and saves: do those in the background. The work belongs to the caller;
 * free it with jotgate_work_free. NULL also when `validator` is NULL.
 */
struct jotgate_work *jotgate_poll_work(const struct jotgate_validator *validator,
                                       int64_t now_ms);

/**
 * Frees work of jotgate_poll_work, never what a jotgate_worker was handed. NULL is fine. It may outlive its validator.
 *
 * Freeing work does not report it: see jotgate_report_fetched and its neighbours.
 */
void jotgate_work_free(struct jotgate_work *work);

/**
 * Reports a FETCH with its HTTP answer, whatever the status was.
 *
 * Everything is read during the call and copied where needed. As for all reports, an id that is unknown, reported already
 * or given up is ignored.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT or JOTGATE_INVALID_ARGUMENT; after a failure the work is not reported.
 */
jotgate_status jotgate_report_fetched(const struct jotgate_validator *validator,
                                      uint64_t id,
                                      const struct jotgate_response *response,
                                      int64_t now_ms);

/**
 * Reports a LOAD with the text that the store has, one of jotgate_export_keys; NULL and 0 when there is none.
 *
 * What in it is newer than the sets at hand is taken in. It may spare the fetch: it does not where the set in the text is due
 * to be refreshed itself, or lacks the key that a token asked for.
 *
 * Returns JOTGATE_OK, or JOTGATE_INVALID_UTF8 or JOTGATE_SNAPSHOT_REFUSED for your log: the work has ended and the fetch is
 * made. After JOTGATE_NULL_ARGUMENT or JOTGATE_INVALID_ARGUMENT the work is not reported.
 */
jotgate_status jotgate_report_loaded(const struct jotgate_validator *validator,
                                     uint64_t id,
                                     const uint8_t *text,
                                     size_t text_len,
                                     int64_t now_ms);

/**
 * Reports a SAVE whose text is in the store, also when that comes after its timeout: an older text may lie on top of a newer
 * one then, and the newer one is handed out once more.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT or JOTGATE_INVALID_ARGUMENT.
 */
jotgate_status jotgate_report_saved(const struct jotgate_validator *validator,
                                    uint64_t id,
                                    int64_t now_ms);

/**
 * Reports work of which nothing came, for a reason of JOTGATE_FAILURE_CONNECTION and its neighbours.
 *
 * `cause` are the words that your HTTP client or store has for it, such as `could not resolve host`; NULL and 0 when there are
 * none, and what is not UTF-8 is replaced. Its first 300 characters stand in jotgate_health, in the event, in what
 * jotgate_explain says and in the warning: in one line, without user names and passwords of URLs and without what looks like a
 * token.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT, or JOTGATE_INVALID_ARGUMENT for an unknown reason; after a failure the work is
 * not reported.
 */
jotgate_status jotgate_report_failed(const struct jotgate_validator *validator,
                                     uint64_t id,
                                     uint32_t failure,
                                     const uint8_t *cause,
                                     size_t cause_len,
                                     int64_t now_ms);

/**
 * Has everything that is out handed out anew, with all its time: for a child process after a fork, in which nobody does what
 * the parent had begun.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT or JOTGATE_INVALID_ARGUMENT.
 */
jotgate_status jotgate_reissue_work(const struct jotgate_validator *validator,
                                    int64_t now_ms);

/**
 * Registers the function that does work, once per validator and before its first validation.
 *
 * From then on jotgate_validate calls it for all work that is due, first for what the verdict needs, and asks again while
 * there is some. So does jotgate_validate_many, on the thread that called it. JOTGATE_VERDICT_KEYS_NEEDED then means that work is still under way: validate again when one of `wait_for`
 * has been reported. Without a worker, take work with jotgate_poll_work.
 *
 * `worker` and `context` must stay usable, from every thread that validates, until the validator is freed.
 *
 * Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT (`context` may be NULL), or JOTGATE_INVALID_ARGUMENT when there is a
 * worker already.
 */
jotgate_status jotgate_set_worker(struct jotgate_validator *validator,
                                  jotgate_worker worker,
                                  void *context);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* JOTGATE_H */
