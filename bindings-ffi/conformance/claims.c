#include "claims.h"

#include "report.h"
#include "request.h"

#include <stdlib.h>
#include <string.h>

enum { JSON_DEPTH = 512 };

size_t room_of(const jotgate_verdict *verdict)
{
    return verdict->header_len + verdict->payload_len + verdict->members * JOTGATE_MEMBER_SIZE;
}

/* A text without escapes, NUL-terminated, although it may hold such characters; the caller frees it. */
static char *resolved(json_object *test, jotgate_bytes plain, jotgate_bytes raw, size_t *len)
{
    char *text = resize(NULL, raw.len + 1);
    *len = plain.len;
    if (plain.data != NULL) {
        memcpy(text, plain.data, plain.len);
    } else if (jotgate_unescape(raw.data, raw.len, (uint8_t *)text, raw.len, len) != JOTGATE_OK) {
        give_up(id_of(test), "a text cannot be unescaped");
    }
    text[*len] = '\0';
    return text;
}

/* JSON of any type, which json-c takes for complete only with the NUL behind it. */
static json_object *parsed(jotgate_bytes json)
{
    char *text = resize(NULL, json.len + 1);
    memcpy(text, json.data, json.len);
    text[json.len] = '\0';
    json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH);
    json_object *value = json_tokener_parse_ex(tokener, text, (int)json.len + 1);
    json_tokener_free(tokener);
    free(text);
    return value;
}

/* Whether the claim is the payload's member of its name, of the type that is said. */
static bool is_member(json_object *test, json_object *payload, const jotgate_member *claim, const char *name)
{
    static const json_type types[][2] = {
        [JOTGATE_KIND_NULL] = {json_type_null, json_type_null},
        [JOTGATE_KIND_BOOLEAN] = {json_type_boolean, json_type_boolean},
        [JOTGATE_KIND_NUMBER] = {json_type_int, json_type_double},
        [JOTGATE_KIND_STRING] = {json_type_string, json_type_string},
        [JOTGATE_KIND_ARRAY] = {json_type_array, json_type_array},
        [JOTGATE_KIND_OBJECT] = {json_type_object, json_type_object},
    };
    json_object *expected = NULL;
    if (claim->kind > JOTGATE_KIND_OBJECT || !json_object_object_get_ex(payload, name, &expected)) {
        return false;
    }
    const json_type type = json_object_get_type(expected);
    json_object *value = parsed(claim->json);
    bool alike = json_object_equal(value, expected) && (type == types[claim->kind][0] || type == types[claim->kind][1]);
    json_object_put(value);
    if (alike && claim->kind == JOTGATE_KIND_STRING) {
        size_t len;
        char *text = resolved(test, claim->text, claim->raw_text, &len);
        alike = len == (size_t)json_object_get_string_len(expected) &&
                memcmp(text, json_object_get_string(expected), len) == 0;
        free(text);
    }
    return alike;
}

void check_claims(json_object *test, const jotgate_verdict *verdict, const uint8_t *buffer)
{
    json_object *payload = parsed((jotgate_bytes){buffer + verdict->text_at + verdict->header_len, verdict->payload_len});
    bool alike = true;
    bool known = true; /* json-c cuts names off at a NUL character */
    for (size_t place = 0; place < verdict->members; place++) {
        jotgate_member claim = {.size = sizeof claim};
        jotgate_member found = {.size = sizeof found};
        alike = alike && jotgate_member_at(verdict, buffer, place, &claim) == JOTGATE_OK;
        if (!alike) {
            break;
        }
        size_t len;
        char *name = resolved(test, claim.name, claim.raw_name, &len);
        alike = jotgate_find_member(verdict, buffer, (const uint8_t *)name, len, &found) == JOTGATE_OK &&
                found.json.data == claim.json.data;
        if (strlen(name) < len) {
            known = false;
        } else {
            alike = alike && is_member(test, payload, &claim, name);
        }
        free(name);
    }
    if (!alike || (known && (size_t)json_object_object_length(payload) != verdict->members)) {
        give_up(id_of(test), "claims read one by one are others than those of the payload");
    }
    json_object_put(payload);
}

static bool are_alike_texts(jotgate_bytes one, jotgate_bytes other)
{
    return (one.data == NULL) == (other.data == NULL) && one.len == other.len &&
           (one.len == 0 || memcmp(one.data, other.data, one.len) == 0);
}

bool are_alike(const jotgate_verdict *one, const uint8_t *buffer, const jotgate_verdict *other, const uint8_t *other_buffer)
{
    const size_t room = room_of(one);
    return one->kind == other->kind && one->code == other->code && one->issuer == other->issuer &&
           one->route == other->route && one->retry_at_ms == other->retry_at_ms &&
           are_alike_texts(one->claim, other->claim) && one->header_len == other->header_len &&
           one->payload_len == other->payload_len && one->members == other->members &&
           one->judged_for_ms == other->judged_for_ms && are_alike_texts(one->scope_claim, other->scope_claim) &&
           memcmp(&one->expires_at, &other->expires_at, sizeof one->expires_at) == 0 &&
           (room == 0 || memcmp(buffer + one->text_at, other_buffer + other->text_at, room) == 0);
}
