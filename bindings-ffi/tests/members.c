/* Single claims of an accepted token, from the table that lies behind its payload. */
#include "support.h"

#define POLICY_UNSIGNED                                                                               \
    "{\"version\":1,\"issuers\":[{\"issuer\":\"https://issuer.test/\",\"audience\":\"any\",\"required_claims\":[]," \
    "\"keys\":{\"accept_unsigned\":true}}]}"

/* { "iss" : "https://issuer.test/", "\u0061b":"c\n\"", "l": [1, {"a":2}],"o":{},"n":-1.5e3,"t":true,"z":null, "":"ü" } */
#define ODD_TOKEN                                                                                     \
    "eyJhbGciOiJub25lIn0.eyAiaXNzIiA6ICJodHRwczovL2lzc3Vlci50ZXN0LyIsICJcdTAwNjFiIjoiY1xuXCIiLCAibCI6IFsxLCB7ImEiOjJ9XSw" \
    "ibyI6e30sIm4iOi0xLjVlMywidCI6dHJ1ZSwieiI6bnVsbCwgIiI6IsO8IiB9."

typedef struct accepted {
    jotgate_verdict verdict;
    uint8_t *buffer; /* exactly as long as what was written, so that the sanitizer sees what is read behind it */
} accepted;

static size_t room_of(const jotgate_verdict *verdict)
{
    return verdict->header_len + verdict->payload_len + verdict->members * JOTGATE_MEMBER_SIZE;
}

static accepted accepted_of(const char *policy, const char *token)
{
    jotgate_validator *validator = validator_of(policy);
    jotgate_question question = about_token(token);
    accepted made = {.verdict = no_verdict()};
    CHECK(jotgate_validate(validator, &question, NOW_MS, NULL, 0, &made.verdict) == JOTGATE_BUFFER_TOO_SMALL);
    const size_t room = room_of(&made.verdict);
    CHECK(room <= 4 * strlen(token));
    made.buffer = malloc(room);
    CHECK(jotgate_validate(validator, &question, NOW_MS, made.buffer, room, &made.verdict) == JOTGATE_OK);
    CHECK(made.verdict.kind == JOTGATE_VERDICT_ACCEPTED && room_of(&made.verdict) == room);
    jotgate_validator_free(validator);
    return made;
}

static jotgate_member found(const accepted *accepted, const char *name)
{
    jotgate_member member = {.size = sizeof member};
    CHECK(jotgate_find_member(&accepted->verdict, accepted->buffer, bytes_of(name), strlen(name), &member) == JOTGATE_OK);
    return member;
}

static void a_claim_is_found_by_its_name(void)
{
    accepted good = accepted_of(POLICY_INLINE, GOOD_TOKEN);
    CHECK(good.verdict.members == 5);
    jotgate_member subject = found(&good, "sub");
    CHECK(subject.kind == JOTGATE_KIND_STRING && subject.has_escapes == 0);
    CHECK(is_text(subject.text, "alice") && is_text(subject.raw_text, "alice") && is_text(subject.json, "\"alice\""));
    CHECK(is_text(subject.name, "sub") && is_text(subject.raw_name, "sub"));
    jotgate_member expires = found(&good, "exp");
    CHECK(expires.kind == JOTGATE_KIND_NUMBER && is_text(expires.json, "4102444800.5") && expires.text.data == NULL);
    static const char *const absent[] = {"", "su", "subb", "SUB", "https://issuer.test/"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        jotgate_member none = found(&good, absent[i]);
        CHECK(none.json.data == NULL && none.name.data == NULL && none.size == sizeof none);
    }
    free(good.buffer);
}

static void claims_of_all_types_come_in_their_order(void)
{
    static const struct {
        const char *name, *raw_name, *json;
        uint32_t kind;
    } claims[] = {
        {"iss", "iss", "\"https://issuer.test/\"", JOTGATE_KIND_STRING},
        {"ab", "\\u0061b", "\"c\\n\\\"\"", JOTGATE_KIND_STRING},
        {"l", "l", "[1, {\"a\":2}]", JOTGATE_KIND_ARRAY},
        {"o", "o", "{}", JOTGATE_KIND_OBJECT},
        {"n", "n", "-1.5e3", JOTGATE_KIND_NUMBER},
        {"t", "t", "true", JOTGATE_KIND_BOOLEAN},
        {"z", "z", "null", JOTGATE_KIND_NULL},
        {"", "", "\"\xc3\xbc\"", JOTGATE_KIND_STRING},
    };
    const size_t count = sizeof claims / sizeof claims[0];
    accepted odd = accepted_of(POLICY_UNSIGNED, ODD_TOKEN);
    CHECK(odd.verdict.members == count);
    jotgate_member member = {.size = sizeof member};
    for (size_t i = 0; i < count; i++) {
        CHECK(jotgate_member_at(&odd.verdict, odd.buffer, i, &member) == JOTGATE_OK);
        CHECK(member.kind == claims[i].kind && is_text(member.json, claims[i].json));
        CHECK(is_text(member.raw_name, claims[i].raw_name));
        CHECK(found(&odd, claims[i].name).json.data == member.json.data);
    }
    CHECK(jotgate_member_at(&odd.verdict, odd.buffer, count, &member) == JOTGATE_INVALID_ARGUMENT);
    CHECK(member.json.data == NULL);
    free(odd.buffer);
}

static void escapes_are_resolved_where_there_are_some(void)
{
    accepted odd = accepted_of(POLICY_UNSIGNED, ODD_TOKEN);
    jotgate_member member = found(&odd, "ab");
    CHECK(member.has_escapes == 1 && member.name.data == NULL && member.text.data == NULL);
    uint8_t text[16];
    size_t needed = 0;
    CHECK(jotgate_unescape(member.raw_name.data, member.raw_name.len, text, sizeof text, &needed) == JOTGATE_OK);
    CHECK(is_text((jotgate_bytes){text, needed}, "ab"));
    CHECK(jotgate_unescape(member.raw_text.data, member.raw_text.len, text, 2, &needed) == JOTGATE_BUFFER_TOO_SMALL);
    CHECK(needed == 3);
    CHECK(jotgate_unescape(member.raw_text.data, member.raw_text.len, text, needed, &needed) == JOTGATE_OK);
    CHECK(is_text((jotgate_bytes){text, needed}, "c\n\""));
    static const char *const wrong[] = {"\\", "\"", "\\x", "\\ud800", "\n", "\xff"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        jotgate_bytes raw = text_of(wrong[i]);
        CHECK(jotgate_unescape(raw.data, raw.len, text, sizeof text, &needed) == JOTGATE_INVALID_ARGUMENT && needed == 0);
    }
    CHECK(jotgate_unescape(NULL, 0, NULL, 0, &needed) == JOTGATE_OK && needed == 0);
    CHECK(jotgate_unescape(NULL, 1, text, sizeof text, &needed) == JOTGATE_NULL_ARGUMENT);
    free(odd.buffer);
}

/* A table that belongs to another payload, or to none, gives wrong claims or none; it never leads out of the buffer. */
static void foreign_tables_lead_nowhere(void)
{
    accepted good = accepted_of(POLICY_INLINE, GOOD_TOKEN);
    const size_t room = room_of(&good.verdict);
    const size_t table = good.verdict.header_len + good.verdict.payload_len;
    jotgate_member member = {.size = sizeof member};
    for (size_t at = table; at < room; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            good.buffer[at] ^= (uint8_t)(1u << bit);
            for (size_t place = 0; place < good.verdict.members; place++) {
                jotgate_status status = jotgate_member_at(&good.verdict, good.buffer, place, &member);
                CHECK(status == JOTGATE_OK || (status == JOTGATE_INVALID_ARGUMENT && member.json.data == NULL));
                CHECK(status != JOTGATE_OK || member.json.len <= good.verdict.payload_len);
            }
            (void)jotgate_find_member(&good.verdict, good.buffer, bytes_of("absent"), 6, &member);
            good.buffer[at] ^= (uint8_t)(1u << bit);
        }
    }
    memset(good.buffer + table, 0xff, room - table);
    CHECK(jotgate_member_at(&good.verdict, good.buffer, 0, &member) == JOTGATE_INVALID_ARGUMENT);
    CHECK(jotgate_find_member(&good.verdict, good.buffer, bytes_of("sub"), 3, &member) == JOTGATE_INVALID_ARGUMENT);

    /* Claims where the payload is shorter than the table says. */
    accepted fresh = accepted_of(POLICY_INLINE, GOOD_TOKEN);
    for (size_t len = 0; len < fresh.verdict.payload_len; len++) {
        jotgate_verdict shorter = fresh.verdict;
        shorter.header_len += shorter.payload_len - len;
        shorter.payload_len = len;
        jotgate_status status = jotgate_find_member(&shorter, fresh.buffer, bytes_of("iat"), 3, &member);
        CHECK(status == JOTGATE_OK || status == JOTGATE_INVALID_ARGUMENT);
        CHECK(status == JOTGATE_OK || member.json.data == NULL);
    }
    free(fresh.buffer);
    free(good.buffer);
}

static void claims_come_of_accepted_tokens_alone(void)
{
    accepted good = accepted_of(POLICY_INLINE, GOOD_TOKEN);
    jotgate_member member = {.size = sizeof member, .kind = 7};
    for (uint32_t kind = 0; kind < 8; kind++) {
        jotgate_verdict verdict = good.verdict;
        verdict.kind = kind;
        jotgate_status expected = kind == JOTGATE_VERDICT_ACCEPTED ? JOTGATE_OK : JOTGATE_INVALID_ARGUMENT;
        CHECK(jotgate_find_member(&verdict, good.buffer, bytes_of("sub"), 3, &member) == expected);
        CHECK((member.json.data != NULL) == (expected == JOTGATE_OK));
    }
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    jotgate_verdict refused = validate_at(validator, EXPIRED_TOKEN, NOW_MS);
    CHECK(refused.members == 0);
    CHECK(jotgate_find_member(&refused, good.buffer, bytes_of("sub"), 3, &member) == JOTGATE_INVALID_ARGUMENT);
    jotgate_validator_free(validator);
    free(good.buffer);
}

static void wrong_arguments_are_refused(void)
{
    accepted good = accepted_of(POLICY_INLINE, GOOD_TOKEN);
    const uint8_t *name = bytes_of("sub");
    jotgate_member member = {.size = sizeof member};
    CHECK(jotgate_find_member(NULL, good.buffer, name, 3, &member) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_find_member(&good.verdict, NULL, name, 3, &member) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_find_member(&good.verdict, good.buffer, NULL, 3, &member) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_find_member(&good.verdict, good.buffer, name, 3, NULL) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_member_at(&good.verdict, good.buffer, 0, NULL) == JOTGATE_NULL_ARGUMENT);
    CHECK(jotgate_member_at(&good.verdict, good.buffer, SIZE_MAX, &member) == JOTGATE_INVALID_ARGUMENT);
    jotgate_member small = {.size = 8};
    CHECK(jotgate_find_member(&good.verdict, good.buffer, name, 3, &small) == JOTGATE_INVALID_ARGUMENT);
    const size_t lies[] = {SIZE_MAX, SIZE_MAX / JOTGATE_MEMBER_SIZE, (size_t)PTRDIFF_MAX};
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        jotgate_verdict lying = good.verdict;
        lying.members = lies[i];
        CHECK(jotgate_find_member(&lying, good.buffer, name, 3, &member) == JOTGATE_INVALID_ARGUMENT);
        lying = good.verdict;
        lying.text_at = lies[i];
        lying.header_len = SIZE_MAX - lies[i] + 1;
        CHECK(jotgate_find_member(&lying, good.buffer, name, 3, &member) == JOTGATE_INVALID_ARGUMENT);
    }
    free(good.buffer);
}

static void each_token_of_a_batch_has_its_claims(void)
{
    jotgate_validator *validator = validator_of(POLICY_INLINE);
    const jotgate_bytes tokens[] = {text_of(GOOD_TOKEN), text_of(EXPIRED_TOKEN), text_of(GOOD_TOKEN)};
    const jotgate_batch batch = {.size = sizeof batch, .tokens = tokens, .tokens_len = 3};
    jotgate_verdict verdicts[3] = {{.size = sizeof verdicts[0]}};
    uint8_t buffer[4096];
    size_t needed = 0;
    CHECK(jotgate_validate_many(validator, &batch, NOW_MS, buffer, sizeof buffer, &needed, verdicts, 3) == JOTGATE_OK);
    CHECK(needed == room_of(&verdicts[0]) + room_of(&verdicts[2]) && verdicts[2].text_at == room_of(&verdicts[0]));
    for (size_t place = 0; place < 3; place += 2) {
        jotgate_member member = {.size = sizeof member};
        CHECK(jotgate_find_member(&verdicts[place], buffer, bytes_of("sub"), 3, &member) == JOTGATE_OK);
        CHECK(is_text(member.text, "alice") && member.json.data > buffer + verdicts[place].text_at);
    }
    CHECK(verdicts[1].members == 0);
    jotgate_validator_free(validator);
}

int main(void)
{
    RUN(a_claim_is_found_by_its_name);
    RUN(claims_of_all_types_come_in_their_order);
    RUN(escapes_are_resolved_where_there_are_some);
    RUN(foreign_tables_lead_nowhere);
    RUN(claims_come_of_accepted_tokens_alone);
    RUN(wrong_arguments_are_refused);
    RUN(each_token_of_a_batch_has_its_claims);
    return finish();
}
