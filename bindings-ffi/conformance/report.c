#include "report.h"

#include <stdbool.h>
#include <stdlib.h>

const char *id_of(json_object *test)
{
    return json_object_get_string(json_object_object_get(test, "id"));
}

_Noreturn void give_up(const char *where, const char *why)
{
    fprintf(stderr, "%s: %s\n", where, why);
    exit(EXIT_FAILURE);
}

const char *verdict_name(json_object *test, const jotgate_verdict *verdict)
{
    static const char *const names[] = {
        [JOTGATE_VERDICT_ACCEPTED] = "accepted",
        [JOTGATE_VERDICT_REJECTED] = "rejected",
        [JOTGATE_VERDICT_UNAVAILABLE] = "unavailable",
        [JOTGATE_VERDICT_SKIPPED] = "skipped",
    };
    if (verdict->kind >= sizeof names / sizeof names[0] || names[verdict->kind] == NULL) {
        give_up(id_of(test), "the verdict is of an unexpected kind");
    }
    return names[verdict->kind];
}

void add_text(json_object *line, const char *name, jotgate_bytes text)
{
    json_object *value = NULL;
    if (text.data != NULL) {
        value = json_object_new_string_len((const char *)text.data, (int)text.len);
    }
    json_object_object_add(line, name, value);
}

void write_line(FILE *report, json_object *line, const char *name, jotgate_bytes raw)
{
    const int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
    size_t len;
    const char *text = json_object_to_json_string_length(line, flags, &len);
    fwrite(text, 1, len - 1, report); /* without the closing brace */
    if (raw.data != NULL) {
        fprintf(report, ",\"%s\":", name);
        for (size_t i = 0; i < raw.len; i++) {
            /* A line break can only be white space here: inside of a text JSON has it escaped. */
            const bool line_break = raw.data[i] == '\n' || raw.data[i] == '\r';
            fputc(line_break ? ' ' : raw.data[i], report);
        }
    }
    fputs("}\n", report);
    if (fflush(report) != 0 || ferror(report)) {
        give_up("the report", "cannot be written");
    }
}
