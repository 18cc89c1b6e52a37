/* SPDX-License-Identifier: MIT */
/* What the subcommands of kwh share: exit codes, options, messages. */
#ifndef COMMAND_H
#define COMMAND_H

#include <kwh/host.h>

#include <stdbool.h>
#include <stdio.h>

/* Exit codes: part of the interface. */
enum exit_code {
    EXIT_CODE_OK = 0,
    EXIT_CODE_INTERNAL = 1,
    EXIT_CODE_USAGE = 2,
    EXIT_CODE_PORT = 3, /* port or connection */
    EXIT_CODE_NO_ANSWER = 4,
    EXIT_CODE_PROTOCOL = 5, /* protocol error, or the meter refused */
    EXIT_CODE_PARTIAL = 6,
    EXIT_CODE_OTHER_METER = 7,
    EXIT_CODE_DECLINED = 8,     /* we refused, or the user said no */
    EXIT_CODE_NOT_VERIFIED = 9, /* a write of which it is not proven that the meter took it */
    EXIT_CODE_INTERRUPTED = 130
};

/* The exit code that an error of the library comes to. */
enum exit_code exit_code_of(enum kwh_error error);

enum output_format {
    OUTPUT_TABLE,
    OUTPUT_JSON,
    OUTPUT_CSV
};

struct options {
    const struct subcommand *subcommand;
    const char *map; /* NULL: identify */
    enum output_format output;
    bool as_c; /* of plan: -o c */
    int verbose;
    bool quiet, explain, obis, no_color;
    bool primary, secondary, letters, quick;                 /* of scan */
    long first_address, last_address;                        /* -1: not given */
    bool as_delivered;                                       /* of simulate */
    long timeout_ms;                                         /* -1: not given */
    bool yes, dry_run, no_follow, restart, default_password; /* of set */
    bool allow_link_change, allow_counter_reset, allow_irreversible;
    const char *password_file;
    long retries;
    long baud;
    const char *line;
    long turnaround_ms;
    long max_registers;
    unsigned long seed;
    const char *request; /* of decode */
    long at;
    const char **pins; /* of simulate: NAME=VALUE */
    size_t pin_count;
    const char *fault; /* of simulate */
    const char *from;  /* of simulate: TARGET or report */
    long max_age_s;
    char **arguments;
    int argument_count;
};

/* A subcommand: a row of the table in main.c. */
struct subcommand {
    const char *name, *synopsis, *summary;
    const char *letters;     /* the options it takes, see options.c; of -o, J: no csv, K: c, too */
    const char *explanation; /* for its --help */
    enum exit_code (*run)(const struct options *options);
};

enum exit_code decode_command(const struct options *options);
enum exit_code identify_command(const struct options *options);
enum exit_code maps_command(const struct options *options);
enum exit_code plan_command(const struct options *options);
enum exit_code scan_command(const struct options *options);
enum exit_code raw_command(const struct options *options);
enum exit_code report_command(const struct options *options);
enum exit_code read_command(const struct options *options);
enum exit_code get_command(const struct options *options);
enum exit_code set_command(const struct options *options);
enum exit_code simulate_command(const struct options *options);

/* Parses the arguments behind the subcommand. EXIT_CODE_OK: go on; *done: --help was printed. */
enum exit_code parse_options(const struct subcommand *subcommand, int argc, char **argv,
                             struct options *options, bool *done);
void free_options(struct options *options);
void print_help(const struct subcommand *subcommand, FILE *file);

/* "kwh read: ..." on standard error, in one line. */
#if defined(__GNUC__)
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#else
#define PRINTF_LIKE(text, first)
#endif
void complain(const char *format, ...) PRINTF_LIKE(1, 2);
/* The same and a hint; returns EXIT_CODE_USAGE. */
enum exit_code usage_error(const char *format, ...) PRINTF_LIKE(1, 2);
/* The name that messages begin with. */
void complain_as(const char *subcommand);

/* Sends on what was printed so far. A reader that has gone ends the program as SIGPIPE would;
 * another failure is kept for the end. */
void flush_output(void);
/* The same at the end: EXIT_CODE_INTERNAL and a message when something did not arrive. */
enum exit_code finish_output(enum exit_code code);

/* malloc() that ends the program when there is no memory. */
void *allocate(size_t count, size_t size);

/* True once Ctrl-C or SIGTERM came. */
bool interrupted(void);
void catch_signals(void);

#endif
