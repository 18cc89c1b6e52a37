/* SPDX-License-Identifier: MIT */
/* One table of all options; each subcommand names those that it takes. */
#include "output.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

struct option_row {
    char id;
    bool is_short;
    const char *name, *argument, *help;
};

static const struct option_row rows[] = {
    {'m', true, "map", "MAP", "the meter's map, or an alias"},
    {'o', true, "output", "FORMAT", NULL},
    {'E', false, "explain", NULL, "show the requests, predicted and measured bus time"},
    {'O', false, "obis", NULL, "show OBIS codes"},
    {'r', false, "request", "HEX", "the request that the frame answers"},
    {'a', false, "at", "ADDRESS", "address of the first register of an answer, as 0x5000"},
    {'s', false, "seed", "NUMBER", "another load; the same number gives the same load"},
    {'S', false, "set", "NAME=VALUE",
     "pin a value; may be given often; VALUE+ is a counter that counts on from there"},
    {'F', false, "fault", "LIST", "troubles of the line and the meters, see above"},
    {'i', false, "from", "SOURCE", "take the measurements from a TARGET or a report"},
    {'M', false, "max-age", "SECONDS", "how old a value of SOURCE may be; 10"},
    {'d', false, "as-delivered", NULL, "each hears its factory line settings alone; rtu:pty"},
    {'b', false, "baud", "NUMBER", "line speed; 9600"},
    {'l', false, "line", "FORMAT", "character format; 8E1"},
    {'g', false, "turnaround-ms", "NUMBER", "from a request to its answer; what the map says"},
    {'x', false, "max-registers", "NUMBER", "most registers in a request; what the map calls safe"},
    {'T', false, "timeout", "MS", "how long to wait for an answer; what the map says, or 1000"},
    {'R', false, "retries", "NUMBER", "attempts after the first; 2"},
    {'p', false, "primary", NULL, "M-Bus: by primary address only"},
    {'y', false, "secondary", NULL, "M-Bus: by secondary address only"},
    {'L', false, "letters", NULL, "M-Bus: identifications may have digits A to E"},
    {'A', false, "addresses", "FIRST-LAST", "Modbus: addresses to ask; 1-247"},
    {'k', false, "quick", NULL, "Modbus: only the first, quick pass"},
    {'D', false, "dry-run", NULL, "show the frames that would be written, and write none"},
    {'Y', false, "yes", NULL, "do not ask; needed where there is no terminal"},
    {'1', false, "allow-link-change", NULL, "the meter may be reached differently afterwards"},
    {'2', false, "allow-counter-reset", NULL, "a counter may be cleared"},
    {'3', false, "allow-irreversible", NULL, "it may be something that cannot be undone"},
    {'4', false, "no-follow", NULL, "move the meter where this link cannot follow, as a gateway"},
    {'W', false, "password-file", "FILE", "first line: the password; else KWH_PASSWORD"},
    {'w', false, "default-password", NULL, "try the password with which the meter is delivered"},
    {'B', false, "restart", NULL, "start the meter anew at the end"},
    {'v', true, "verbose", NULL, "show the frames and what they mean"},
    {'q', true, "quiet", NULL, "no messages but errors"},
    {'C', false, "no-color", NULL, "no colors; also with NO_COLOR in the environment"},
    {'h', true, "help", NULL, "this text"},
};

#define ROWS        KWH_COUNT(rows)
#define HELP_INDENT 29

static bool takes(const struct subcommand *subcommand, const struct option_row *row)
{
    return strchr(subcommand->letters, row->id) != NULL;
}

static const char *formats(const struct subcommand *subcommand)
{
    if (strchr(subcommand->letters, 'J') != NULL)
        return "table or json";
    return strchr(subcommand->letters, 'K') != NULL ? "table, json, csv or c"
                                                    : "table, json or csv";
}

static const char *help_of(const struct subcommand *subcommand, const struct option_row *row)
{
    return row->help != NULL ? row->help : formats(subcommand);
}

void print_help(const struct subcommand *subcommand, FILE *file)
{
    size_t width = help_width();
    fprintf(file, "usage: kwh %s [OPTION...] %s\n\n", subcommand->name, subcommand->synopsis);
    fprintf(file, "kwh %s: %s.\n\n", subcommand->name, subcommand->summary);
    print_wrapped(file, subcommand->explanation, 0, width);
    fputs("\n\n", file);
    for (size_t i = 0; i < ROWS; i++) {
        char name[40];
        if (!takes(subcommand, &rows[i]))
            continue;
        snprintf(name, sizeof name, "%s%s%s", rows[i].name, rows[i].argument != NULL ? " " : "",
                 rows[i].argument != NULL ? rows[i].argument : "");
        fprintf(file, "  %c%c%c --%-20s ", rows[i].is_short ? '-' : ' ',
                rows[i].is_short ? rows[i].id : ' ', rows[i].is_short ? ',' : ' ', name);
        print_wrapped(file, help_of(subcommand, &rows[i]), HELP_INDENT, width - HELP_INDENT);
        fputc('\n', file);
    }
}

cJSON *option_array(const struct subcommand *subcommand)
{
    cJSON *array = json_array();
    for (size_t i = 0; i < ROWS; i++) {
        const char letter[2] = {rows[i].id, '\0'};
        if (!takes(subcommand, &rows[i]))
            continue;
        cJSON *object = json_object();
        json_text(object, "letter", rows[i].is_short ? letter : NULL);
        json_text(object, "name", rows[i].name);
        json_text(object, "argument", rows[i].argument);
        json_text(object, "help", help_of(subcommand, &rows[i]));
        json_append(array, object);
    }
    return array;
}

/* The number in a text, decimal or 0x; false when it is none or out of range. */
static bool parse_number(const char *text, long minimum, long maximum, long *number)
{
    char *end;
    errno = 0;
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    *number = strtol(text, &end, hexadecimal ? 16 : 10);
    return errno == 0 && end != text && *end == '\0' && *number >= minimum && *number <= maximum;
}

static enum exit_code take_number(const struct option_row *row, const char *text, long minimum,
                                  long maximum, long *number)
{
    if (!parse_number(text, minimum, maximum, number)) {
        return usage_error("--%s %s: not a number from %ld to %ld", row->name, text, minimum,
                           maximum);
    }
    return EXIT_CODE_OK;
}

static enum exit_code take_output(struct options *options, const char *text)
{
    static const char *const names[] = {"table", "json", "csv"};
    const char *letters = options->subcommand->letters;
    options->as_c = strchr(letters, 'K') != NULL && strcmp(text, "c") == 0;
    if (options->as_c)
        return EXIT_CODE_OK;
    for (size_t i = 0; i < KWH_COUNT(names); i++) {
        options->output = (enum output_format)i;
        if (strcmp(text, names[i]) == 0 &&
            (options->output != OUTPUT_CSV || strchr(letters, 'J') == NULL))
            return EXIT_CODE_OK;
    }
    return usage_error("-o %s: not %s", text, formats(options->subcommand));
}

static enum exit_code take_seed(struct options *options, const struct option_row *row,
                                const char *text)
{
    char *end;
    errno = 0;
    options->seed = strtoul(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || text[0] == '-' || options->seed > UINT32_MAX)
        return usage_error("--%s %s: not a number from 0 to 4294967295", row->name, text);
    return EXIT_CODE_OK;
}

static enum exit_code take_pin(struct options *options, const char *text)
{
    if (strchr(text, '=') == NULL || text[0] == '=')
        return usage_error("--set %s: not NAME=VALUE", text);
    options->pins[options->pin_count++] = text;
    return EXIT_CODE_OK;
}

static enum exit_code take_addresses(struct options *options, const struct option_row *row,
                                     const char *text)
{
    char *end;
    options->first_address = options->last_address = strtol(text, &end, 10);
    bool right = text[0] >= '0' && text[0] <= '9';
    if (*end == '-') {
        right = right && end[1] >= '0' && end[1] <= '9';
        options->last_address = strtol(end + 1, &end, 10);
    }
    if (!right || *end != '\0' || options->first_address < 1 ||
        options->first_address > options->last_address ||
        options->last_address > KWH_MODBUS_SEARCH_MAX)
        return usage_error("--%s %s: not FIRST-LAST, from 1 to 247", row->name, text);
    return EXIT_CODE_OK;
}

/* Numbers and their range. */
static enum exit_code take_plain_number(struct options *options, const struct option_row *row,
                                        const char *text)
{
    const struct {
        char id;
        long minimum, maximum, *number;
    } numbers[] = {
        {'a', 0, 0xFFFF, &options->at},           {'b', 50, 4000000, &options->baud},
        {'g', 0, 60000, &options->turnaround_ms}, {'x', 1, 125, &options->max_registers},
        {'T', 1, 600000, &options->timeout_ms},   {'R', 0, 100, &options->retries},
        {'M', 1, 86400, &options->max_age_s},
    };
    size_t i = 0;
    while (i + 1 < KWH_COUNT(numbers) && numbers[i].id != row->id)
        i++;
    return take_number(row, text, numbers[i].minimum, numbers[i].maximum, numbers[i].number);
}

/* What only has to be remembered; false for other options. */
static bool remember(struct options *options, char id, const char *text)
{
    const struct {
        char id;
        const char **text;
        bool *flag;
    } places[] = {{'m', &options->map, NULL},
                  {'F', &options->fault, NULL},
                  {'i', &options->from, NULL},
                  {'r', &options->request, NULL},
                  {'l', &options->line, NULL},
                  {'E', NULL, &options->explain},
                  {'O', NULL, &options->obis},
                  {'q', NULL, &options->quiet},
                  {'C', NULL, &options->no_color},
                  {'p', NULL, &options->primary},
                  {'y', NULL, &options->secondary},
                  {'L', NULL, &options->letters},
                  {'k', NULL, &options->quick},
                  {'d', NULL, &options->as_delivered},
                  {'D', NULL, &options->dry_run},
                  {'Y', NULL, &options->yes},
                  {'1', NULL, &options->allow_link_change},
                  {'2', NULL, &options->allow_counter_reset},
                  {'3', NULL, &options->allow_irreversible},
                  {'4', NULL, &options->no_follow},
                  {'W', &options->password_file, NULL},
                  {'B', NULL, &options->restart},
                  {'w', NULL, &options->default_password}};
    for (size_t i = 0; i < KWH_COUNT(places); i++) {
        if (places[i].id != id)
            continue;
        if (places[i].text != NULL)
            *places[i].text = text;
        else
            *places[i].flag = true;
        return true;
    }
    return false;
}

static enum exit_code take(struct options *options, const struct option_row *row, const char *text)
{
    if (remember(options, row->id, text))
        return EXIT_CODE_OK;
    switch (row->id) {
    case 'o':
        return take_output(options, text);
    case 's':
        return take_seed(options, row, text);
    case 'A':
        return take_addresses(options, row, text);
    case 'S':
        return take_pin(options, text);
    case 'v':
        options->verbose++;
        return EXIT_CODE_OK;
    default:
        return take_plain_number(options, row, text);
    }
}

/* The option that getopt_long() could not take. */
static enum exit_code refuse(char **argv, int answer)
{
    const char *word = argv[optind - 1];
    if (optopt != 0 && strncmp(word, "--", 2) != 0) {
        return answer == ':' ? usage_error("option -%c needs a value", optopt)
                             : usage_error("unknown option -%c", optopt);
    }
    return answer == ':' ? usage_error("option %s needs a value", word)
                         : usage_error("unknown option %s", word);
}

/* What may harm a meter is allowed by its whole name, and so that nobody has to know which options
 * those are, the others are, too. */
static bool is_abbreviated(char **argv, const char *name)
{
    const char *word = argv[optind - 1];
    if (optarg == word)
        word = argv[optind - 2];
    return strcspn(word + 2, "=") != strlen(name);
}

static enum exit_code parse_all(const struct subcommand *subcommand, int argc, char **argv,
                                struct options *options, bool *done)
{
    struct option longs[ROWS + 1];
    char shorts[2 * ROWS + 2] = ":";
    size_t count = 0, at = 1;
    memset(longs, 0, sizeof longs);
    for (size_t i = 0; i < ROWS; i++) {
        if (!takes(subcommand, &rows[i]))
            continue;
        longs[count].name = rows[i].name;
        longs[count].has_arg = rows[i].argument != NULL ? required_argument : no_argument;
        longs[count++].val = rows[i].id;
        if (rows[i].is_short) {
            shorts[at++] = rows[i].id;
            if (rows[i].argument != NULL)
                shorts[at++] = ':';
        }
    }
    opterr = 0;
    int at_long = -1;
    for (int id; (id = getopt_long(argc, argv, shorts, longs, &at_long)) != -1; at_long = -1) {
        const struct option_row *row = rows;
        if (id == '?' || id == ':')
            return refuse(argv, id);
        if (at_long >= 0 && is_abbreviated(argv, longs[at_long].name))
            return usage_error("write out --%s", longs[at_long].name);
        if (id == 'h') {
            print_help(subcommand, stdout);
            *done = true;
            return EXIT_CODE_OK;
        }
        while (row->id != id)
            row++;
        enum exit_code code = take(options, row, optarg);
        if (code != EXIT_CODE_OK)
            return code;
    }
    return EXIT_CODE_OK;
}

enum exit_code parse_options(const struct subcommand *subcommand, int argc, char **argv,
                             struct options *options, bool *done)
{
    memset(options, 0, sizeof *options);
    options->subcommand = subcommand;
    options->timeout_ms = options->retries = options->baud = -1;
    options->turnaround_ms = options->max_registers = options->at = -1;
    options->first_address = options->last_address = -1;
    options->seed = 1;
    options->max_age_s = 10;
    options->pins = allocate((size_t)argc, sizeof *options->pins);
    enum exit_code code = parse_all(subcommand, argc, argv, options, done);
    options->arguments = argv + optind;
    options->argument_count = argc - optind;
    return code;
}

void free_options(struct options *options)
{
    free(options->pins);
    options->pins = NULL;
}
