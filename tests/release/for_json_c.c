/* What Debian's json-c asks for where `release.proof` links the runner in C with it, and zig's libraries do not have. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#ifdef __aarch64__
/* gcc calls libgcc for an exchange of four bytes, of which zig has the forms of C11 alone and not this older one. */
int __aarch64_cas4_sync(int expected, int wanted, int *place)
{
    __atomic_compare_exchange_n(place, &expected, wanted, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return expected;
}
#endif

/* With glibc gcc has the lengths of buffers checked, and musl has no such checks. Debian has json-c for glibc alone, and nothing else
 * of it differs. */
#ifndef __GLIBC__
int __vfprintf_chk(FILE *stream, int flag, const char *format, va_list arguments)
{
    (void)flag;
    return vfprintf(stream, format, arguments);
}

int __fprintf_chk(FILE *stream, int flag, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int written = __vfprintf_chk(stream, flag, format, arguments);
    va_end(arguments);
    return written;
}

int __vsnprintf_chk(char *text, size_t limit, int flag, size_t size, const char *format, va_list arguments)
{
    (void)flag;
    return vsnprintf(text, limit < size ? limit : size, format, arguments);
}

int __snprintf_chk(char *text, size_t limit, int flag, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int written = __vsnprintf_chk(text, limit, flag, size, format, arguments);
    va_end(arguments);
    return written;
}

int __vasprintf_chk(char **text, int flag, const char *format, va_list arguments)
{
    (void)flag;
    return vasprintf(text, format, arguments);
}

char *__strcat_chk(char *text, const char *more, size_t size)
{
    (void)size;
    return strcat(text, more);
}

void __vsyslog_chk(int priority, int flag, const char *format, va_list arguments)
{
    (void)flag;
    vsyslog(priority, format, arguments);
}
#endif
