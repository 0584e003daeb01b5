/* A worker for jotgate_set_worker that does the fetches of a validator with libcurl. */
#ifndef CURL_WORKER_H
#define CURL_WORKER_H

#include "jotgate.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Does one piece of work before it returns, on the thread that validates. Call curl_global_init before the first thread starts.
 * `context` is NULL or the path of a file of certificates, in PEM, that are trusted in place of the system's.
 */
void curl_worker(void *context, const jotgate_validator *validator, const jotgate_work *work);

#ifdef __cplusplus
}
#endif

#endif
