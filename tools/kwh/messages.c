/* SPDX-License-Identifier: MIT */
/* What goes to standard error, and what ends the program early. */
#include "command.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *speaker;
static volatile sig_atomic_t signal_came;
static int output_errno; /* of the first output that did not arrive */

void complain_as(const char *subcommand)
{
    speaker = subcommand;
}

static void say(const char *format, va_list arguments) PRINTF_LIKE(1, 0);

static void say(const char *format, va_list arguments)
{
    fputs(speaker != NULL ? "kwh " : "kwh", stderr);
    fputs(speaker != NULL ? speaker : "", stderr);
    fputs(": ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

enum exit_code usage_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    if (speaker != NULL)
        fprintf(stderr, "try: kwh %s --help\n", speaker);
    else
        fputs("try: kwh --help\n", stderr);
    return EXIT_CODE_USAGE;
}

void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count != 0 ? count : 1, size);
    if (memory == NULL) {
        complain("out of memory");
        exit(EXIT_CODE_INTERNAL);
    }
    return memory;
}

/* Nobody reads on: end as a program that does not ignore SIGPIPE. */
static void die_of_closed_pipe(void)
{
    (void)signal(SIGPIPE, SIG_DFL);
    (void)raise(SIGPIPE);
    _Exit(128 + SIGPIPE); /* it is blocked */
}

void flush_output(void)
{
    bool failed = ferror(stdout) != 0; /* what was printed just now may have filled the buffer */
    failed = fflush(stdout) != 0 || failed;
    if (failed && output_errno == 0)
        output_errno = errno;
    if (output_errno == EPIPE)
        die_of_closed_pipe();
}

enum exit_code finish_output(enum exit_code code)
{
    flush_output();
    if (output_errno == 0 && !ferror(stdout))
        return code;
    complain("cannot write to standard output%s%s", output_errno != 0 ? ": " : "",
             output_errno != 0 ? strerror(output_errno) : "");
    return EXIT_CODE_INTERNAL;
}

static void note_signal(int number)
{
    (void)number;
    signal_came = 1;
}

bool interrupted(void)
{
    return signal_came != 0;
}

/* Without SA_RESTART, so that a wait ends. */
void catch_signals(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = note_signal;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

enum exit_code exit_code_of(enum kwh_error error)
{
    switch ((int)error) {
    case KWH_OK:
        return EXIT_CODE_OK;
    case KWH_ERROR_TIMEOUT:
    case KWH_ERROR_ONLY_ECHO:
    case KWH_ERROR_GATEWAY_TARGET: /* the gateway says that the meter is silent */
        return EXIT_CODE_NO_ANSWER;
    case KWH_ERROR_DISCONNECTED:
    case KWH_ERROR_IO:
    case KWH_ERROR_PORT_OPEN:
    case KWH_ERROR_PORT_LOCKED:
    case KWH_ERROR_PORT_FORBIDDEN:
    case KWH_ERROR_PORT_SPEED:
    case KWH_ERROR_PORT_NAME:
        return EXIT_CODE_PORT;
    case KWH_ERROR_UNKNOWN_METER:
    case KWH_ERROR_OTHER_FAMILY:
    case KWH_ERROR_NOT_IDENTIFIED:
    case KWH_ERROR_DATA_TYPE:
    case KWH_ERROR_OTHER_ENCODING:
        return EXIT_CODE_OTHER_METER;
    case KWH_ERROR_SYNTAX:
    case KWH_ERROR_UNKNOWN_NAME:
    case KWH_ERROR_NOT_IN_MAP:
    case KWH_ERROR_NO_CODE:
    case KWH_ERROR_UNSUPPORTED:
        return EXIT_CODE_USAGE;
    case KWH_ERROR_RISK:
    case KWH_ERROR_CANNOT_FOLLOW:
    case KWH_ERROR_ADDRESS_TAKEN:
    case KWH_ERROR_LOCKED:
        return EXIT_CODE_DECLINED;
    case KWH_ERROR_NOT_TAKEN:
        return EXIT_CODE_NOT_VERIFIED;
    case KWH_ERROR_INTERRUPTED:
        return EXIT_CODE_INTERRUPTED;
    default:
        return kwh_error_class(error) == KWH_ERROR_CLASS_CALLER ? EXIT_CODE_INTERNAL
                                                                : EXIT_CODE_PROTOCOL;
    }
}
