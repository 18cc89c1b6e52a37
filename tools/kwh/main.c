/* SPDX-License-Identifier: MIT */
/* kwh: reads, explains and simulates electricity meters. */
#include "output.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct subcommand subcommands[] = {
    {"read", "TARGET... [NAME...]", "read meters, or some of their values", "moEvqTRCOh",
     "Without NAME all measurements are read. A NAME is one of `kwh maps MAP`, with or without its "
     "unit (voltage_l1, voltage_l1_v), or an OBIS code (1-0:1.8.0). Without -m the meter is "
     "identified; with -m it is still checked.\n"
     "\n"
     "Several TARGETs are read one after another, each whatever becomes of the others; those on "
     "one "
     "line share its port, which is set to the line settings of each. The exit status is that of "
     "the first that was not read in full.\n"
     "\n"
     "TARGET is LINK[@ADDRESS]: rtu:/dev/ttyUSB0,baud=9600,line=8E1@1, tcp:host:502@1, "
     "rtutcp:host:port@1, mbus:/dev/ttyUSB0,baud=2400@5, mbustcp:host:port@s12345678 (a secondary "
     "address), sim:inepro_pro380@1. Further keys of a LINK: timeout_ms=, retries=, map=, gap_ms= "
     "(silence between frames), echo=auto|on|off (rtu, mbus), allowance_ms= (M-Bus: what a "
     "converter adds to the times of the standard), seed= (sim).",
     read_command},
    {"identify", "TARGET", "say which meter answers, and why", "ovqTRCh",
     "Asks for what identifies the known families, and for serial number and versions. TARGET is "
     "as for `kwh read`.",
     identify_command},
    {"get", "TARGET... [NAME...]", "read settings and identity", "moEvqTRCh",
     "Without NAME all that the meter tells of itself, what can be set among it; `kwh maps MAP` "
     "says which values it may have. Otherwise as `kwh read`.",
     get_command},
    {"set", "TARGET NAME=VALUE...", "change settings", "moDY1234WwBvqTRCh",
     "All values are checked before the first is sent. Then one after another, those that move the "
     "link last: the old value is read, the new one written once, the meter followed to its new "
     "address or line settings, and read back. Asks before it writes. What would move the link, "
     "clear a counter or cannot be undone is refused unless it is allowed by name.\n"
     "\n"
     "Exit 8: refused here, nothing was written; 9: written, but it is not proven that the meter "
     "took it; 5: the meter refused.",
     set_command},
    {"scan", "LINK", "find the meters on a line", "okApyLTRvqCh",
     "Each meter is told once, as soon as it is found, as a TARGET that is ready to be read. At a "
     "serial port without baud= the factory line settings of the known meters are tried in turn. "
     "Ctrl-C ends it; what was found stays.\n"
     "\n"
     "Modbus (rtu:/dev/ttyUSB0, rtutcp:host:port, tcp:host for the units of a gateway): one short "
     "question for each address, and any valid answer counts; at 9600 Bd half a minute for all. "
     "Then once more, slowly, where nobody answered, unless --quick. Who answers is identified.\n"
     "\n"
     "M-Bus (mbus:/dev/ttyUSB0,baud=2400, mbustcp:host:port): by secondary address, digit by digit "
     "wherever several answer, then by primary address, which takes one or two minutes for all; "
     "@s12FFFFFF behind LINK limits the search to what may stand for F.",
     scan_command},
    {"decode", "[HEX|-]", "explain captured frames", "oJmravCh",
     "Modbus RTU, Modbus TCP and M-Bus are told apart by themselves. Frames are hexadecimal, with "
     "or without blanks, colons and 0x; without HEX, or with -, they come from standard input, a "
     "line for each or for request and answer together. With -m the registers of an answer get "
     "their names, when its request stands before it or is given with --request or --at; so do the "
     "records of an M-Bus telegram.",
     decode_command},
    {"simulate", "MAP[@ADDRESS][,MAP[@ADDRESS]...] LINK", "be a meter, or several on one line",
     "sSFiMdvqh",
     "LINK is rtu:/dev/ttyUSB0, rtu:pty (a new pseudo-terminal), tcp:host:port, rtutcp:host:port, "
     "mbus:/dev/ttyUSB0, mbus:pty or mbustcp:host:port; port 0 takes a free one. The first line on "
     "standard output is the TARGET "
     "to read, one line for each meter. Ends with SIGINT or SIGTERM. Meters answer at any line "
     "settings of a pseudo-terminal, unless they are to be --as-delivered: then two of different "
     "settings may even have one address.\n"
     "\n"
     "--fault gives the line and the meters troubles of the field, LIST joined by commas: "
     "drop=0.01 "
     "of the bytes, either way (over tcp: of the answers), flip=1e-4 of the bits, noise=0.1 of the "
     "answers behind stray bytes, delay=300 ms before each answer, echo of the requests, limit=60 "
     "registers in a request, hole=0x5002 or hole=0x5002-0x500B for registers that are missing.\n"
     "\n"
     "--from presents another meter as this one: the measurements and the serial number are those "
     "of the meter at a TARGET, which is read about once a second, identity and settings those of "
     "MAP. What that meter does not have is exception 02; what cannot be had just now, or is older "
     "than --max-age, is exception 04, on M-Bus a record that is missing. A file of `kwh report` "
     "is a source, too; as the same MAP it is that meter again with all that it sent.",
     simulate_command},
    {"raw", "TARGET VERB ...", "ask for what has no name", "oY3TRvqCh",
     "kwh raw TARGET read [holding|input] ADDRESS COUNT\n"
     "kwh raw TARGET write ADDRESS WORD...\n"
     "kwh raw TARGET pdu HEX...\n"
     "kwh raw TARGET mbus C [CI [DATA...]]\n"
     "kwh raw TARGET mbus FRAME\n"
     "\n"
     "ADDRESS, COUNT and WORD (0 to 65535) are decimal or 0x. One WORD is written by function 06, "
     "several are by 16. HEX is a function and what follows it, without address and CRC; C, CI and "
     "DATA are hexadecimal as well, the address is that of TARGET; FRAME is a whole frame of "
     "M-Bus. "
     "The frame count bit is yours: behind 40 a meter takes 7B and 73, and 5B or 53 for a "
     "repetition."
     "\n\n"
     "What may change the meter (write, a function that is not known to read only, SND_UD of "
     "M-Bus) needs --yes and --allow-irreversible; else nothing is sent and it is said what would "
     "be: exit 8. It is sent once and never repeated, and what comes back is no proof: read it "
     "back. Nothing here knows what a register means to a meter.",
     raw_command},
    {"report", "TARGET", "all that a meter sends, to be sent in", "mTRvqCh",
     "Reads only, and prints one JSON document for people who make maps: report (1, the form), "
     "time, library, protocol, link (scheme, baud, line, address; not the device or host), map, "
     "title, model, code, why, masked_digits, registers, telegrams, duration_ms, error.\n"
     "\n"
     "registers: of each request its space, address and count, and words, hexadecimal; or null "
     "and the error, an exception by its name. All registers of the map are asked for, and those "
     "that identify meters; of a meter that no map describes only these. telegrams: whole frames "
     "of M-Bus, and the CI field that asked for one of its own.\n"
     "\n"
     "The digits of the serial number are replaced by 0 wherever they are found, in registers, "
     "records and headers; masked_digits says how many it has. `kwh simulate --from FILE` makes a "
     "meter of a report again.",
     report_command},
    {"maps", "[MAP]", "list the known meters, or the registers of one", "oCh",
     "Works offline. MAP may be a brand's own name, see the list.", maps_command},
    {"plan", "MAP [NAME...]", "show requests and bus time of a readout", "oKblgxCh",
     "Works offline. The plan is the one with the least bus time under the limits of the meter. -o "
     "c prints it as constants for firmware that makes no plans, see kwh/fixed_plan.h.",
     plan_command},
};

static const struct {
    enum exit_code code;
    const char *words;
} exits[] = {
    {EXIT_CODE_OK, "ok"},
    {EXIT_CODE_INTERNAL, "internal"},
    {EXIT_CODE_USAGE, "usage"},
    {EXIT_CODE_PORT, "port or connection"},
    {EXIT_CODE_NO_ANSWER, "no answer"},
    {EXIT_CODE_PROTOCOL, "protocol error or refused by the meter"},
    {EXIT_CODE_PARTIAL, "partial result"},
    {EXIT_CODE_OTHER_METER, "wrong or unknown meter"},
    {EXIT_CODE_DECLINED, "refused here, or the user said no"},
    {EXIT_CODE_NOT_VERIFIED, "write not verified"},
    {EXIT_CODE_INTERRUPTED, "interrupted"},
};

#define SUMMARY_INDENT 40
#define EXITS_MAX      512

static void print_exits(FILE *file, size_t width)
{
    char text[EXITS_MAX] = "Exit: ";
    for (size_t i = 0; i < KWH_COUNT(exits); i++) {
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s%d %s", i > 0 ? "; " : "",
                 (int)exits[i].code, exits[i].words);
    }
    print_wrapped(file, text, 0, width);
    fputs(".\n", file);
}

static void print_usage(FILE *file)
{
    size_t width = help_width();
    fputs("usage: kwh SUBCOMMAND [OPTION...] ...\n\n", file);
    for (size_t i = 0; i < KWH_COUNT(subcommands); i++) {
        fprintf(file, "  kwh %-9s %-22s  ", subcommands[i].name,
                strlen(subcommands[i].synopsis) > 22 ? "MAP[@ADDRESS],... LINK"
                                                     : subcommands[i].synopsis);
        print_wrapped(file, subcommands[i].summary, SUMMARY_INDENT, width - SUMMARY_INDENT);
        fputc('\n', file);
    }
    fputs("\n  kwh SUBCOMMAND --help    its options\n"
          "  kwh --version\n\n",
          file);
    print_exits(file, width);
}

/* All of the help as JSON, from which the manual pages are made. */
static void print_reference(void)
{
    cJSON *reference = json_object(), *commands = json_array(), *codes = json_array();
    for (size_t i = 0; i < KWH_COUNT(subcommands); i++) {
        cJSON *command = json_object();
        json_text(command, "name", subcommands[i].name);
        json_text(command, "synopsis", subcommands[i].synopsis);
        json_text(command, "summary", subcommands[i].summary);
        json_text(command, "explanation", subcommands[i].explanation);
        json_item(command, "options", option_array(&subcommands[i]));
        json_append(commands, command);
    }
    for (size_t i = 0; i < KWH_COUNT(exits); i++) {
        cJSON *code = json_object();
        json_unsigned(code, "code", (uint64_t)exits[i].code);
        json_text(code, "words", exits[i].words);
        json_append(codes, code);
    }
    json_item(reference, "subcommands", commands);
    json_item(reference, "exits", codes);
    json_print(reference);
}

static const struct subcommand *find_subcommand(const char *name)
{
    for (size_t i = 0; i < KWH_COUNT(subcommands); i++)
        if (strcmp(subcommands[i].name, name) == 0)
            return &subcommands[i];
    return NULL;
}

/* A closed standard descriptor would be given to the meter's port, and messages would go there. */
static void occupy_standard_descriptors(void)
{
    for (int descriptor = 0; descriptor <= 2; descriptor++) {
        if (fcntl(descriptor, F_GETFD) == -1) {
            /* The wrong way round, so that using it is an error that shows. */
            int opened = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY);
            if (opened != descriptor)
                exit(EXIT_CODE_INTERNAL);
        }
    }
}

static enum exit_code run(const struct subcommand *subcommand, int argc, char **argv)
{
    struct options options;
    bool done = false;
    enum exit_code code = parse_options(subcommand, argc, argv, &options, &done);
    if (code == EXIT_CODE_OK && !done)
        code = subcommand->run(&options);
    free_options(&options);
    return code;
}

int main(int argc, char **argv)
{
    const char *first = argc > 1 ? argv[1] : "";
    occupy_standard_descriptors();
    (void)signal(SIGPIPE, SIG_IGN); /* of a meter; that of standard output is looked for */
    if (strcmp(first, "help") == 0 && argc > 2 && find_subcommand(argv[2]) != NULL) {
        print_help(find_subcommand(argv[2]), stdout);
        return (int)finish_output(EXIT_CODE_OK);
    }
    if (strcmp(first, "help") == 0 && argc > 2 && strcmp(argv[2], "--json") == 0) {
        print_reference();
        return (int)finish_output(EXIT_CODE_OK);
    }
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0 || strcmp(first, "help") == 0) {
        print_usage(stdout);
        return (int)finish_output(EXIT_CODE_OK);
    }
    if (strcmp(first, "--version") == 0) {
        printf("kwh %d.%d.%d\n", KWH_VERSION_MAJOR, KWH_VERSION_MINOR, KWH_VERSION_PATCH);
        return (int)finish_output(EXIT_CODE_OK);
    }
    const struct subcommand *subcommand = find_subcommand(first);
    if (subcommand == NULL) {
        return (int)(argc < 2 ? usage_error("a subcommand is missing")
                              : usage_error("unknown subcommand '%s'", first));
    }
    complain_as(subcommand->name);
    return (int)finish_output(run(subcommand, argc - 1, argv + 1));
}
