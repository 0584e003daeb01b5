/* How the key sets are, and key sets that outlive their validator. */
#include "support.h"

#define HOUR_MS INT64_C(3600000)

/* A validator that has fetched its keys at NOW_MS. */
static jotgate_validator *validator_with_keys(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    CHECK(validate_at(validator, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    CHECK(do_fetches(validator, NOW_MS) == 1);
    return validator;
}

/* The caller frees the texts that these give. */
static char *health_of(const jotgate_validator *validator, int64_t now_ms)
{
    size_t needed = 0;
    CHECK(jotgate_health(validator, now_ms, NULL, 0, &needed) == JOTGATE_BUFFER_TOO_SMALL);
    char *text = calloc(needed + 1, 1);
    CHECK(text != NULL);
    CHECK(jotgate_health(validator, now_ms, (uint8_t *)text, needed, &needed) == JOTGATE_OK);
    CHECK(strlen(text) == needed);
    return text;
}

static char *exported(const jotgate_validator *validator)
{
    size_t needed = 0;
    CHECK(jotgate_export_keys(validator, NULL, 0, &needed) == JOTGATE_BUFFER_TOO_SMALL);
    char *text = calloc(needed + 1, 1);
    CHECK(text != NULL);
    CHECK(jotgate_export_keys(validator, (uint8_t *)text, needed, &needed) == JOTGATE_OK);
    CHECK(strlen(text) == needed);
    return text;
}

static void health_tells_of_every_source(void)
{
    jotgate_validator *validator = validator_of(POLICY_FETCHED);
    char *health = health_of(validator, NOW_MS);
    CHECK(strstr(health, "\"url\":\"https://issuer.test/jwks\"") != NULL);
    CHECK(strstr(health, "\"state\":\"empty\"") != NULL);
    free(health);
    jotgate_validator_free(validator);

    validator = validator_with_keys();
    health = health_of(validator, NOW_MS + 5000);
    CHECK(strstr(health, "\"state\":\"fresh\"") != NULL);
    CHECK(strstr(health, "\"age\":5.0") != NULL);
    CHECK(strstr(health, "\"keys\":1") != NULL);
    free(health);
    jotgate_validator_free(validator);

    validator = validator_of(POLICY_INLINE);
    health = health_of(validator, NOW_MS);
    CHECK(strstr(health, "\"sources\":[]") != NULL);
    free(health);
    jotgate_validator_free(validator);
}

static void imported_keys_need_no_fetch(void)
{
    jotgate_validator *first = validator_with_keys();
    char *snapshot = exported(first);
    jotgate_validator_free(first);

    jotgate_validator *second = validator_of(POLICY_FETCHED);
    size_t imported = 99;
    CHECK(jotgate_import_keys(second, bytes_of(snapshot), strlen(snapshot), NOW_MS, &imported) == JOTGATE_OK);
    CHECK(imported == 1);
    jotgate_verdict verdict = validate_at(second, GOOD_TOKEN, NOW_MS);
    CHECK(verdict.kind == JOTGATE_VERDICT_ACCEPTED && verdict.work_due == 0);
    CHECK(jotgate_poll_work(second, NOW_MS) == NULL);

    /* The same once more is nothing new, and no help where nothing is fetched. */
    CHECK(jotgate_import_keys(second, bytes_of(snapshot), strlen(snapshot), NOW_MS, &imported) == JOTGATE_OK);
    CHECK(imported == 0);
    jotgate_validator_free(second);
    jotgate_validator *inline_keys = validator_of(POLICY_INLINE);
    CHECK(jotgate_import_keys(inline_keys, bytes_of(snapshot), strlen(snapshot), NOW_MS, &imported) == JOTGATE_OK);
    CHECK(imported == 0);
    jotgate_validator_free(inline_keys);
    free(snapshot);
}

static void what_is_no_snapshot_is_refused(void)
{
    jotgate_validator *validator = validator_with_keys();
    char *snapshot = exported(validator);
    const char *const texts[] = {"", "{}", "[]", KEY_SET, "{\"version\":2,\"sources\":[]}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t imported = 99;
        CHECK(jotgate_import_keys(validator, bytes_of(texts[i]), strlen(texts[i]), NOW_MS, &imported) ==
              JOTGATE_SNAPSHOT_REFUSED);
        CHECK(imported == 0);
    }
    size_t imported = 99;
    CHECK(jotgate_import_keys(validator, bytes_of("\xff"), 1, NOW_MS, &imported) == JOTGATE_INVALID_UTF8);
    CHECK(imported == 0);

    jotgate_validator *earlier = validator_of(POLICY_FETCHED);
    CHECK(jotgate_import_keys(earlier, bytes_of(snapshot), strlen(snapshot), NOW_MS - 24 * HOUR_MS, &imported) ==
          JOTGATE_SNAPSHOT_REFUSED);
    CHECK(validate_at(earlier, GOOD_TOKEN, NOW_MS).kind == JOTGATE_VERDICT_KEYS_NEEDED);
    jotgate_validator_free(earlier);
    jotgate_validator_free(validator);
    free(snapshot);
}

static void the_next_wakeup_is_when_a_refresh_is_due(void)
{
    jotgate_validator *validator = validator_with_keys();
    int64_t at_ms = 0;
    CHECK(jotgate_next_wakeup(validator, &at_ms) == JOTGATE_OK);
    CHECK(at_ms > NOW_MS && at_ms <= NOW_MS + HOUR_MS);
    CHECK(jotgate_poll_work(validator, at_ms - 1) == NULL);
    jotgate_work *fetch = jotgate_poll_work(validator, at_ms);
    CHECK(fetch != NULL);
    jotgate_work_free(fetch);
    jotgate_validator_free(validator);

    validator = validator_of(POLICY_INLINE);
    CHECK(jotgate_next_wakeup(validator, &at_ms) == JOTGATE_OK && at_ms == INT64_MAX);
    jotgate_validator_free(validator);
}

int main(void)
{
    RUN(health_tells_of_every_source);
    RUN(imported_keys_need_no_fetch);
    RUN(what_is_no_snapshot_is_refused);
    RUN(the_next_wakeup_is_when_a_refresh_is_due);
    return finish();
}
