/* Many tokens in one call. */
#include "support.h"

#include <stdatomic.h>

enum { MANY = 1000, ROOM = 1 << 20 };

/* A batch of tokens that repeat, and what comes of it. */
typedef struct crossing {
    jotgate_bytes tokens[MANY];
    jotgate_batch batch;
    jotgate_verdict verdicts[MANY];
    uint8_t *buffer;
    size_t room;
    size_t needed;
} crossing;

static crossing *crossing_of(const char *const *tokens, size_t kinds, size_t len, size_t room)
{
    crossing *made = calloc(1, sizeof *made);
    for (size_t i = 0; i < len; i++) {
        made->tokens[i] = text_of(tokens[i % kinds]);
    }
    made->batch = (jotgate_batch){.size = sizeof made->batch, .tokens = made->tokens, .tokens_len = len};
    made->verdicts[0].size = sizeof made->verdicts[0];
    made->room = room;
    made->buffer = malloc(room); /* as long as it says, so that the sanitizer sees what is written behind it */
    return made;
}

static void crossing_free(crossing *crossing)
{
    free(crossing->buffer);
    free(crossing);
}

static jotgate_status cross(crossing *crossing, const jotgate_validator *validator)
{
    return jotgate_validate_many(validator, &crossing->batch, NOW_MS, crossing->buffer, crossing->room, &crossing->needed,
                                 crossing->verdicts, crossing->batch.tokens_len);
}

/* Whether a verdict of a batch is the one on the token alone, text and all. */
static bool is_alike(const jotgate_validator *validator, const crossing *crossing, size_t place)
{
    uint8_t buffer[4096];
    jotgate_question question = about_bytes(crossing->tokens[place].data, crossing->tokens[place].len);
    jotgate_verdict alone = no_verdict();
    CHECK(jotgate_validate(validator, &question, NOW_MS, buffer, sizeof buffer, &alone) == JOTGATE_OK);
    const jotgate_verdict *verdict = &crossing->verdicts[place];
    size_t length = alone.header_len + alone.payload_len + alone.members * JOTGATE_MEMBER_SIZE;
    return verdict->size == sizeof *verdict && verdict->kind == alone.kind && verdict->code == alone.code &&
           verdict->issuer == alone.issuer && verdict->header_len == alone.header_len &&
           verdict->payload_len == alone.payload_len && verdict->members == alone.members && verdict->claim.data == alone.claim.data &&
           verdict->detail.len == alone.detail.len && verdict->retry_at_ms == alone.retry_at_ms &&
           memcmp(crossing->buffer + verdict->text_at, buffer, length) == 0;
}

static const char *const MIXED[] = {GOOD_TOKEN, FORGED_TOKEN, EXPIRED_TOKEN, "", NO_DATES_TOKEN, "no token", GOOD_TOKEN};

static void each_token_has_the_verdict_that_it_has_alone(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    const size_t lengths[] = {1, 7, 64, 65, MANY};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        for (uint32_t threads = 0; threads < 4; threads++) {
            crossing *all = crossing_of(MIXED, 7, lengths[i], ROOM);
            all->batch.threads = threads;
            CHECK(cross(all, validator) == JOTGATE_OK);
            for (size_t place = 0; place < lengths[i]; place++) {
                CHECK(is_alike(validator, all, place));
            }
            crossing_free(all);
        }
    }
    jotgate_validator_free(validator);
}

static void no_tokens_need_no_memory(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    jotgate_batch batch = {.size = sizeof batch};
    size_t needed = 7;
    CHECK(jotgate_validate_many(validator, &batch, NOW_MS, NULL, 0, &needed, NULL, 0) == JOTGATE_OK);
    CHECK(needed == 0);
    jotgate_validator_free(validator);
}

static void a_batch_is_judged_for_its_own_time(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    crossing *all = crossing_of(MIXED, 7, 7, ROOM);
    all->batch.has_as_of = 1;
    all->batch.as_of_ms = INT64_C(1599999999000);
    CHECK(cross(all, validator) == JOTGATE_OK);
    CHECK(all->verdicts[2].kind == JOTGATE_VERDICT_ACCEPTED);
    crossing_free(all);
    jotgate_validator_free(validator);
}

static void without_room_for_all_nothing_is_accepted(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    const size_t length = GOOD_ROOM;
    const size_t rooms[] = {0, length, 2 * length - 1};
    for (size_t i = 0; i < 3; i++) {
        crossing *all = crossing_of(MIXED, 7, 7, rooms[i]);
        CHECK(cross(all, validator) == JOTGATE_BUFFER_TOO_SMALL);
        CHECK(all->needed == 2 * length);
        for (size_t place = 0; place < 7; place++) {
            CHECK(all->verdicts[place].kind == JOTGATE_VERDICT_NONE && all->verdicts[place].payload_len == 0);
        }
        crossing_free(all);
    }
    crossing *all = crossing_of(MIXED, 7, 7, 2 * length);
    CHECK(cross(all, validator) == JOTGATE_OK);
    CHECK(all->verdicts[6].text_at == length);
    CHECK(memcmp(all->buffer + length + strlen(GOOD_HEADER), GOOD_PAYLOAD, strlen(GOOD_PAYLOAD)) == 0);
    crossing_free(all);
    jotgate_validator_free(validator);
}

static void a_key_set_is_fetched_once_for_all(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    crossing *all = crossing_of(MIXED, 7, MANY, ROOM);
    CHECK(cross(all, validator) == JOTGATE_OK);
    CHECK(all->verdicts[0].kind == JOTGATE_VERDICT_KEYS_NEEDED && all->verdicts[0].wait_for_len == 1);
    CHECK(all->verdicts[3].kind == JOTGATE_VERDICT_REJECTED && all->verdicts[3].work_due == 1);
    CHECK(do_fetches(validator, NOW_MS) == 1);
    CHECK(cross(all, validator) == JOTGATE_OK);
    CHECK(all->verdicts[0].kind == JOTGATE_VERDICT_ACCEPTED && all->verdicts[0].work_due == 0);
    crossing_free(all);
    jotgate_validator_free(validator);
}

static void an_outage_is_told_once_for_all(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    crossing *all = crossing_of(MIXED, 7, MANY, 2048);
    CHECK(cross(all, validator) == JOTGATE_OK);
    jotgate_work *fetch = only_fetch(validator, NOW_MS);
    CHECK(jotgate_report_failed(validator, fetch->id, JOTGATE_FAILURE_CONNECTION, bytes_of("refused"), 7, NOW_MS) ==
          JOTGATE_OK);
    jotgate_work_free(fetch);
    CHECK(cross(all, validator) == JOTGATE_OK);
    for (size_t place = 0; place < MANY; place++) {
        CHECK(is_alike(validator, all, place));
    }
    CHECK(all->verdicts[0].kind == JOTGATE_VERDICT_UNAVAILABLE && all->verdicts[0].detail.len > 0);
    CHECK(all->verdicts[6].detail.data == all->verdicts[0].detail.data && all->needed == 0);
    crossing_free(all);
    all = crossing_of(MIXED, 7, 7, 0);
    CHECK(cross(all, validator) == JOTGATE_OK);
    CHECK(all->verdicts[0].kind == JOTGATE_VERDICT_UNAVAILABLE && all->verdicts[0].detail.data == NULL);
    crossing_free(all);
    jotgate_validator_free(validator);
}

static void answer_pushed(void *context, const jotgate_validator *validator, const jotgate_work *fetch)
{
    atomic_fetch_add((atomic_int *)context, 1);
    answer_fetch(validator, fetch->id, NOW_MS);
}

static void leave_pushed(void *context, const jotgate_validator *validator, const jotgate_work *fetch)
{
    (void)validator;
    *(uint64_t *)context = fetch->id;
}

static void a_worker_is_called_once_for_all(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    atomic_int calls = 0;
    CHECK(jotgate_set_worker(validator, answer_pushed, &calls) == JOTGATE_OK);
    crossing *all = crossing_of(MIXED, 7, MANY, ROOM);
    CHECK(cross(all, validator) == JOTGATE_OK);
    for (size_t place = 0; place < MANY; place++) {
        CHECK(is_alike(validator, all, place));
    }
    CHECK(all->verdicts[0].kind == JOTGATE_VERDICT_ACCEPTED);
    CHECK(calls == 1);
    crossing_free(all);
    jotgate_validator_free(validator);

    uint64_t id = 0;
    validator = validator_of(POLICY_FETCHED);
    CHECK(jotgate_set_worker(validator, leave_pushed, &id) == JOTGATE_OK);
    all = crossing_of(MIXED, 7, MANY, ROOM);
    CHECK(cross(all, validator) == JOTGATE_OK);
    CHECK(all->verdicts[0].kind == JOTGATE_VERDICT_KEYS_NEEDED && all->verdicts[0].wait_for[0] == id);
    crossing_free(all);
    jotgate_validator_free(validator);
}

static void each_undecided_token_has_its_own_question(void)
{
    jotgate_options options = plain_options();
    options.client_lookup = 1;
    jotgate_validator *validator = validator_with(POLICY_WITH_LOOKUP, options);
    crossing *all = crossing_of(MIXED, 7, 14, ROOM);
    CHECK(cross(all, validator) == JOTGATE_OK);
    CHECK(all->needed == 0);
    const size_t asked[] = {0, 6, 7, 13};
    for (size_t i = 0; i < 4; i++) {
        jotgate_verdict *verdict = &all->verdicts[asked[i]];
        CHECK(verdict->kind == JOTGATE_VERDICT_UNDECIDED && is_text(verdict->client_id, "alice"));
        if (i == 3) {
            jotgate_undecided_free(verdict->undecided);
            continue;
        }
        uint32_t answer = i == 0 ? JOTGATE_ANSWER_NO : JOTGATE_ANSWER_YES;
        CHECK(jotgate_answer_question(&verdict->undecided, answer, all->buffer, all->room, verdict) == JOTGATE_OK);
        CHECK(verdict->kind == (i == 0 ? JOTGATE_VERDICT_REJECTED : JOTGATE_VERDICT_ACCEPTED));
        CHECK(verdict->text_at == 0);
    }
    crossing_free(all);
    jotgate_validator_free(validator);
}

static void refused_calls_leave_no_permission(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    crossing *all = crossing_of(MIXED, 1, 3, ROOM);
    CHECK(cross(all, validator) == JOTGATE_OK);
    CHECK(all->verdicts[2].kind == JOTGATE_VERDICT_ACCEPTED);
    all->batch.tokens = NULL;
    CHECK(cross(all, validator) == JOTGATE_NULL_ARGUMENT);
    for (size_t place = 0; place < 3; place++) {
        CHECK(all->verdicts[place].kind == JOTGATE_VERDICT_NONE);
    }
    all->batch.tokens = all->tokens;
    CHECK(jotgate_validate_many(NULL, &all->batch, NOW_MS, NULL, 0, &all->needed, all->verdicts, 3) ==
          JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_validate_many(validator, NULL, NOW_MS, NULL, 0, &all->needed, all->verdicts, 3) ==
          JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_validate_many(validator, &all->batch, NOW_MS, NULL, 1, &all->needed, all->verdicts, 3) ==
          JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_validate_many(validator, &all->batch, NOW_MS, NULL, 0, NULL, all->verdicts, 3) ==
          JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_validate_many(validator, &all->batch, NOW_MS, NULL, 0, &all->needed, NULL, 3) ==
          JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_validate_many(validator, &all->batch, NOW_MS, NULL, 0, &all->needed, all->verdicts, 2) ==
          JOTGATE_INVALID_ARGUMENT);
    CHECK(jotgate_validate_many(validator, &all->batch, NOW_MS, NULL, 0, &all->needed, all->verdicts, SIZE_MAX) ==
          JOTGATE_INVALID_ARGUMENT);
    crossing_free(all);
    jotgate_validator_free(validator);
}

int main(void)
{
    RUN(each_token_has_the_verdict_that_it_has_alone);
    RUN(no_tokens_need_no_memory);
    RUN(a_batch_is_judged_for_its_own_time);
    RUN(without_room_for_all_nothing_is_accepted);
    RUN(a_key_set_is_fetched_once_for_all);
    RUN(an_outage_is_told_once_for_all);
    RUN(a_worker_is_called_once_for_all);
    RUN(each_undecided_token_has_its_own_question);
    RUN(refused_calls_leave_no_permission);
    return finish();
}
