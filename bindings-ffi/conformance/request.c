#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text that grows. */
typedef struct text {
    char *data;
    size_t len;
} text;

void *resize(void *memory, size_t size)
{
    void *resized = realloc(memory, size);
    if (resized == NULL) {
        fputs("out of memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    return resized;
}

jotgate_bytes text_of_json(json_object *text)
{
    return (jotgate_bytes){
        .data = (const uint8_t *)json_object_get_string(text),
        .len = (size_t)json_object_get_string_len(text),
    };
}

static jotgate_bytes bytes_of(const char *text)
{
    return (jotgate_bytes){.data = (const uint8_t *)text, .len = strlen(text)};
}

static void append(text *text, jotgate_bytes bytes)
{
    text->data = resize(text->data, text->len + bytes.len + 1);
    if (bytes.len > 0) {
        memcpy(text->data + text->len, bytes.data, bytes.len);
    }
    text->len += bytes.len;
    text->data[text->len] = '\0';
}

/* Percent-encodes everything but unreserved characters (RFC 3986 section 2.3). */
static void append_encoded(text *text, jotgate_bytes bytes)
{
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (size_t i = 0; i < bytes.len; i++) {
        if (memchr(unreserved, bytes.data[i], sizeof unreserved - 1) != NULL) {
            append(text, (jotgate_bytes){.data = &bytes.data[i], .len = 1});
        } else {
            char escape[4];
            snprintf(escape, sizeof escape, "%%%02X", bytes.data[i]);
            append(text, bytes_of(escape));
        }
    }
}

static void add_field(fields *fields, jotgate_bytes name, jotgate_bytes value)
{
    fields->items = resize(fields->items, (fields->len + 1) * sizeof *fields->items);
    fields->items[fields->len++] = (jotgate_field){.name = name, .value = value};
}

fields fields_of_json(json_object *object)
{
    fields fields = {0};
    if (object == NULL) {
        return fields;
    }
    json_object_object_foreach(object, name, value)
    {
        if (!json_object_is_type(value, json_type_array)) {
            add_field(&fields, bytes_of(name), text_of_json(value));
            continue;
        }
        for (size_t i = 0; i < json_object_array_length(value); i++) {
            add_field(&fields, bytes_of(name), text_of_json(json_object_array_get_idx(value, i)));
        }
    }
    return fields;
}

void fields_free(fields *fields)
{
    free(fields->items);
}

/* `name=value` pairs, joined. */
static text pairs_of_json(json_object *object, const char *separator, void (*append_part)(text *, jotgate_bytes))
{
    text pairs = {0};
    fields fields = fields_of_json(object);
    for (size_t i = 0; i < fields.len; i++) {
        append(&pairs, bytes_of(i == 0 ? "" : separator));
        append_part(&pairs, fields.items[i].name);
        append(&pairs, bytes_of("="));
        append_part(&pairs, fields.items[i].value);
    }
    fields_free(&fields);
    return pairs;
}

jotgate_response response_of_json(json_object *object, const fields *headers)
{
    return (jotgate_response){
        .size = sizeof(jotgate_response),
        .status = (uint32_t)json_object_get_int(json_object_object_get(object, "status")),
        .headers = headers->items,
        .headers_len = headers->len,
        .body = text_of_json(json_object_object_get(object, "body")),
    };
}

request request_of_json(json_object *object)
{
    text query = pairs_of_json(json_object_object_get(object, "query"), "&", append_encoded);
    text cookie = pairs_of_json(json_object_object_get(object, "cookies"), "; ", append);
    request request = {
        .headers = fields_of_json(json_object_object_get(object, "headers")),
        .query = query.data,
        .cookie = cookie.data,
        .buffer_len = query.len,
    };
    if (cookie.len > 0) {
        add_field(&request.headers, bytes_of("Cookie"), (jotgate_bytes){(const uint8_t *)cookie.data, cookie.len});
    }
    for (size_t i = 0; i < request.headers.len; i++) {
        request.buffer_len += request.headers.items[i].value.len;
    }
    request.view = (jotgate_request){
        .size = sizeof(jotgate_request),
        .method = text_of_json(json_object_object_get(object, "method")),
        .path = text_of_json(json_object_object_get(object, "path")),
        .query = {.data = (const uint8_t *)query.data, .len = query.len},
        .headers = request.headers.items,
        .headers_len = request.headers.len,
    };
    return request;
}

void request_free(request *request)
{
    fields_free(&request->headers);
    free(request->query);
    free(request->cookie);
}
