/* The driver of a scenario's host: what it does with work, and with validations that wait. */
#ifndef JOTGATE_CONFORMANCE_DRIVER_H
#define JOTGATE_CONFORMANCE_DRIVER_H

#include "stage.h"

/* Asks until there is a verdict, or until nothing of what is waited for has ended: then false. */
bool ask(stage *stage, waiter *waiter, jotgate_verdict *verdict);

/* Whether nothing of what a validation waits for has ended. */
bool waits(const stage *stage, const waiter *waiter);

/* Reports what the validation waits for as failed, when it has waited for long enough; whether it has. */
bool lose_patience(stage *stage, const waiter *waiter);

/* Does the work that there is and what follows from it. What is due at once is all taken before the first of it ends. */
void run_due(stage *stage);

/* Does what a validator with a worker hands out. */
void push_work(void *stage, const jotgate_validator *validator, const jotgate_work *work);

/* Ends what is held of this kind, for a fetch that of this URL, with what is served and stored now. */
void release(stage *stage, uint32_t kind, const char *url);

/* Reports what is held for longer than its timeout. It may end later nevertheless. */
void overrun(stage *stage);

/* Goes on in a process in which nobody does what was begun. */
void forget(stage *stage);

#endif
