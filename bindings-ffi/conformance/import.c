#include "import.h"

#include "jotgate.h"
#include "report.h"
#include "request.h"

#include <stdlib.h>
#include <string.h>

/* `error` becomes one of the caller's with JOTGATE_POLICY_REFUSED. */
static jotgate_status import_once(json_object *test, uint8_t *buffer, size_t len, size_t *needed, jotgate_error **error)
{
    const char *kind = json_object_get_string(json_object_object_get(test, "kind"));
    jotgate_bytes text = text_of_json(json_object_object_get(test, "text"));
    jotgate_product product = 0;
    jotgate_bytes name;
    do {
        product++;
        name = jotgate_product_name(product);
        if (name.data == NULL || kind == NULL) {
            give_up(id_of(test), "is of an unknown kind");
        }
    } while (strlen(kind) != name.len || memcmp(kind, name.data, name.len) != 0);
    return jotgate_import(product, text.data, text.len, NULL, 0, buffer, len, needed, error);
}

void run_import(FILE *report, json_object *test, bool push)
{
    (void)push;
    json_object *line = json_object_new_object();
    json_object_object_add(line, "id", json_object_new_string(id_of(test)));
    jotgate_error *error = NULL;
    size_t needed = 0;
    jotgate_status status = import_once(test, NULL, 0, &needed, &error);
    if (status == JOTGATE_POLICY_REFUSED) {
        json_object *refusal = json_object_new_object();
        add_text(refusal, "path", jotgate_error_path(error));
        json_object_object_add(line, "error", refusal);
        jotgate_error_free(error);
        write_line(report, line, NULL, (jotgate_bytes){NULL, 0});
    } else {
        uint8_t *buffer = resize(NULL, needed + 1);
        status = import_once(test, buffer, needed, &needed, &error);
        if (status != JOTGATE_OK) {
            give_up(id_of(test), "there is neither an import nor an error");
        }
        write_line(report, line, "import", (jotgate_bytes){.data = buffer, .len = needed});
        free(buffer);
    }
    json_object_put(line);
}
