/* Why keys are not at hand: what a host's HTTP client said, and who is told. */
#include "support.h"

#define WORDS "connect: no route to host"

/* What stands in the policy in place of keys: nothing. */
#define POLICY_WITHOUT_KEYS "{\"version\":1,\"issuers\":[{" ISSUER_AND_AUDIENCE "}]}"

/* Reports the one fetch that a token asks for as failed, with these words. */
static void fail_fetch(const jotgate_validator *validator, const char *cause, size_t len, int64_t now_ms)
{
    CHECK(validate_at(validator, GOOD_TOKEN, now_ms).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    jotgate_work *fetch = only_fetch(validator, now_ms);
    CHECK(jotgate_report_failed(validator, fetch->id, JOTGATE_FAILURE_CONNECTION, bytes_of(cause), len, now_ms) ==
          JOTGATE_OK);
    jotgate_work_free(fetch);
}

static jotgate_validator *validator_after(const char *cause)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    fail_fetch(validator, cause, strlen(cause), NOW_MS);
    return validator;
}

/* Writes a text for which there must be room, with a NUL behind it. */
#define TEXT_OF(call, text)                                          \
    do {                                                             \
        size_t needed = 0;                                           \
        uint8_t *buffer = (uint8_t *)(text);                         \
        const size_t len = sizeof(text) - 1;                         \
        CHECK((call) == JOTGATE_OK);                                 \
        (text)[needed] = '\0';                                       \
    } while (0)

static void health_events_and_reports_have_the_cause(void)
{
    jotgate_validator *validator = validator_after(WORDS);
    char text[8192];
    TEXT_OF(jotgate_health(validator, NOW_MS, buffer, len, &needed), text);
    CHECK(strstr(text, "\"last_error_cause\":\"" WORDS "\"") != NULL);
    TEXT_OF(jotgate_poll_event(validator, buffer, len, &needed), text);
    CHECK(strstr(text, "fetch_started") != NULL);
    TEXT_OF(jotgate_poll_event(validator, buffer, len, &needed), text);
    CHECK(strstr(text, "\"cause\":\"" WORDS "\"") != NULL);
    const jotgate_question question = about_token(GOOD_TOKEN);
    TEXT_OF(jotgate_explain(validator, &question, NOW_MS, JOTGATE_FORM_JSON, buffer, len, &needed), text);
    CHECK(strstr(text, "\"last_error_cause\":\"" WORDS "\"") != NULL);
    jotgate_validator_free(validator);
}

static void causes_may_be_any_bytes(void)
{
    const struct {
        const char *said;
        const char *shown;
    } causes[] = {
        {"Z\xfcrich", "\"last_error_cause\":\"Z\xef\xbf\xbdrich\""},
        {"one\r\n\ttwo", "\"last_error_cause\":\"one two\""},
        {"\x1b[2J", "\"last_error_cause\":\"\\\\u{1b}[2J\""},
        {"sent " GOOD_TOKEN, "\"last_error_cause\":\"sent eyJ\xe2\x80\xa6\""},
        {"", "\"last_error_cause\":null"},
    };
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        jotgate_validator *validator = validator_after(causes[i].said);
        char text[8192];
        TEXT_OF(jotgate_health(validator, NOW_MS, buffer, len, &needed), text);
        CHECK(strstr(text, causes[i].shown) != NULL);
        jotgate_validator_free(validator);
    }
}

static void a_cause_is_cut(void)
{
    enum { LONG = 1 << 20 };
    char *cause = malloc(LONG);
    CHECK(cause != NULL);
    memset(cause, 'x', LONG);
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    fail_fetch(validator, cause, LONG, NOW_MS);
    free(cause);
    char text[8192];
    TEXT_OF(jotgate_health(validator, NOW_MS, buffer, len, &needed), text);
    CHECK(strstr(text, "xxxxxxxx\xe2\x80\xa6\"") != NULL);
    jotgate_validator_free(validator);
}

static void an_unavailable_verdict_says_what_is_the_matter(void)
{
    jotgate_validator *validator = validator_after(WORDS);
    const jotgate_question question = about_token(GOOD_TOKEN);
    uint8_t buffer[4096];
    jotgate_verdict verdict = no_verdict();
    CHECK(jotgate_validate(validator, &question, NOW_MS, buffer, sizeof buffer, &verdict) == JOTGATE_OK);
    CHECK(verdict.kind == JOTGATE_VERDICT_UNAVAILABLE);
    CHECK(verdict.detail.data == buffer && verdict.detail.len > 0 && verdict.detail.len < sizeof buffer);
    char detail[sizeof buffer];
    memcpy(detail, buffer, verdict.detail.len);
    detail[verdict.detail.len] = '\0';
    CHECK(strstr(detail, "https://issuer.test/jwks") != NULL && strstr(detail, WORDS) != NULL);

    /* It is for operators: the answer to the client has nothing of it. */
    char answer[4096];
    size_t needed = 0;
    CHECK(jotgate_answer(validator, &verdict, NOW_MS, (uint8_t *)answer, sizeof answer - 1, &needed) == JOTGATE_OK);
    answer[needed] = '\0';
    CHECK(strstr(answer, "503") != NULL && strstr(answer, "issuer.test") == NULL && strstr(answer, "route") == NULL);

    /* Exactly as much room, one byte less, and none. */
    const size_t fits = verdict.detail.len;
    const size_t rooms[] = {fits, fits - 1, 1, 0};
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        uint8_t *room = malloc(rooms[i] + 1);
        CHECK(room != NULL);
        memset(room, '#', rooms[i] + 1);
        verdict = no_verdict();
        CHECK(jotgate_validate(validator, &question, NOW_MS, rooms[i] == 0 ? NULL : room, rooms[i], &verdict) ==
              JOTGATE_OK);
        CHECK(verdict.kind == JOTGATE_VERDICT_UNAVAILABLE && verdict.retry_at_ms > NOW_MS);
        const bool has_room = rooms[i] == fits;
        CHECK(has_room ? verdict.detail.data == room && verdict.detail.len == fits
                       : verdict.detail.data == NULL && verdict.detail.len == 0);
        CHECK(room[rooms[i]] == '#' && (has_room || room[0] == '#'));
        free(room);
    }
    jotgate_validator_free(validator);
}

static void no_warning_is_left(const jotgate_validator *validator)
{
    size_t needed = 99;
    CHECK(jotgate_poll_warning(validator, NULL, 0, &needed) == JOTGATE_OK && needed == 0);
}

static void next_warning_has(const jotgate_validator *validator, const char *part)
{
    char text[4096];
    TEXT_OF(jotgate_poll_warning(validator, buffer, len, &needed), text);
    CHECK(strstr(text, part) != NULL && strchr(text, '\n') == NULL);
}

/* A time at which the fetch after a failure is due. */
static int64_t retry_of(const jotgate_validator *validator, int64_t now_ms)
{
    const jotgate_verdict verdict = validate_at(validator, GOOD_TOKEN, now_ms);
    CHECK(verdict.kind == JOTGATE_VERDICT_UNAVAILABLE);
    return verdict.retry_at_ms;
}

static void there_is_one_warning_for_each_outage(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    no_warning_is_left(validator);
    int64_t now_ms = NOW_MS;
    for (int i = 0; i < 3; i++) {
        fail_fetch(validator, WORDS, strlen(WORDS), now_ms);
        now_ms = retry_of(validator, now_ms);
    }
    next_warning_has(validator, WORDS);
    no_warning_is_left(validator);

    CHECK(validate_at(validator, GOOD_TOKEN, now_ms).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    CHECK(do_fetches(validator, now_ms) == 1);
    no_warning_is_left(validator);
    CHECK(jotgate_refresh_keys(validator) == JOTGATE_OK);
    jotgate_work *fetch = only_fetch(validator, now_ms);
    CHECK(respond(validator, fetch->id, 500, "", now_ms) == JOTGATE_OK);
    jotgate_work_free(fetch);
    next_warning_has(validator, "https://issuer.test/jwks: status_500");
    no_warning_is_left(validator);
    jotgate_validator_free(validator);
}

static void a_warning_without_room_stays(void)
{
    jotgate_validator *validator = validator_after(WORDS);
    uint8_t buffer[8] = "intact";
    size_t first = 0;
    size_t needed = 0;
    CHECK(jotgate_poll_warning(validator, NULL, 0, &first) == JOTGATE_BUFFER_TOO_SMALL);
    CHECK(first > sizeof buffer);
    CHECK(jotgate_poll_warning(validator, buffer, sizeof buffer, &needed) == JOTGATE_BUFFER_TOO_SMALL);
    CHECK(needed == first);
    CHECK(memcmp(buffer, "intact", sizeof "intact") == 0);
    next_warning_has(validator, WORDS);
    no_warning_is_left(validator);
    jotgate_validator_free(validator);
}

static void null_is_refused(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    uint8_t buffer[8];
    size_t needed = 99;
    CHECK(jotgate_poll_warning(NULL, buffer, sizeof buffer, &needed) == JOTGATE_NULL_ARGUMENT);
    CHECK(needed == 0);
    CHECK(jotgate_poll_warning(validator, NULL, 1, &needed) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_poll_warning(validator, buffer, sizeof buffer, NULL) == JOTGATE_NULL_ARGUMENT);
    jotgate_validator_free(validator);
}

static void a_policy_without_keys_asks_the_issuer_where_they_are(void)
{
    jotgate_validator *validator = validator_of(POLICY_WITHOUT_KEYS);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    jotgate_work *fetch = only_fetch(validator, NOW_MS);
    CHECK(is_text(fetch->url, "https://issuer.test/.well-known/openid-configuration"));
    CHECK(respond(validator, fetch->id, 200,
                  "{\"issuer\":\"https://issuer.test/\",\"jwks_uri\":\"https://issuer.test/keys\"}",
                  NOW_MS) == JOTGATE_OK);
    jotgate_work_free(fetch);
    fetch = only_fetch(validator, NOW_MS);
    CHECK(is_text(fetch->url, "https://issuer.test/keys"));
    answer_fetch(validator, fetch->id, NOW_MS);
    jotgate_work_free(fetch);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_ACCEPTED);
    no_warning_is_left(validator);
    jotgate_validator_free(validator);
}

int main(void)
{
    RUN(health_events_and_reports_have_the_cause);
    RUN(causes_may_be_any_bytes);
    RUN(a_cause_is_cut);
    RUN(an_unavailable_verdict_says_what_is_the_matter);
    RUN(there_is_one_warning_for_each_outage);
    RUN(a_warning_without_room_stays);
    RUN(null_is_refused);
    RUN(a_policy_without_keys_asks_the_issuer_where_they_are);
    return finish();
}
