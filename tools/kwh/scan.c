/* SPDX-License-Identifier: MIT */
/* kwh scan: which meters are on a line, each as soon as it is found. */
#include "scan.h"

#include "names.h"
#include "output.h"

#include <inttypes.h>
#include <unistd.h>

#define PROGRESS_US 200000u

void scan_clear_progress(struct scan *scan)
{
    if (scan->progress && scan->shown_us != 0)
        fprintf(stderr, "\r%78s\r", "");
    scan->shown_us = 0;
}

void scan_show_progress(struct scan *scan, uint32_t done, uint32_t total)
{
    uint32_t now = link_now_us(&scan->link);
    char settings[SETTINGS_TEXT], left[32] = "";
    if (!scan->progress || (scan->shown_us != 0 && now - scan->shown_us < PROGRESS_US))
        return;
    if (done > 0 && total > done) {
        uint64_t each_us = (now - scan->start_us) / done;
        snprintf(left, sizeof left, ", %" PRIu64 " s left",
                 each_us * (total - done) / 1000000u + 1u);
    }
    if (link_is_serial(&scan->link))
        print_settings(&scan->link.host.settings, settings);
    else
        snprintf(settings, sizeof settings, "network");
    fprintf(stderr, "\r%s, %s: %" PRIu32 " of %" PRIu32 ", %u found%s   ", settings, scan->pass,
            done, total, scan->found, left);
    fflush(stderr);
    scan->shown_us = now | 1u;
}

void scan_begin_pass(struct scan *scan, const char *pass)
{
    scan->pass = pass;
    scan->start_us = link_now_us(&scan->link);
}

void scan_csv_titles(struct scan *scan, const char *const *titles, size_t count)
{
    if (!scan->titled)
        csv_record(titles, count);
    scan->titled = true;
}

static enum exit_code scan_line(struct scan *scan)
{
    bool mbus = link_is_mbus(&scan->link);
    enum kwh_error error = mbus ? scan_mbus(scan) : scan_modbus(scan);
    scan_clear_progress(scan);
    if (error != KWH_OK && error != KWH_ERROR_INTERRUPTED)
        link_complain(&scan->link, error, kwh_line_failure(&scan->link.host.line));
    if (error != KWH_OK)
        return exit_code_of(error);
    if (scan->found > 0)
        return EXIT_CODE_OK;
    complain("%s: no meter answers; %s", scan->link.target_text,
             mbus ? "is the bus powered, and do the meters have another speed?"
                  : "is it powered, are A and B not swapped, and do the meters have other line "
                    "settings?");
    return EXIT_CODE_NO_ANSWER;
}

/* Options that the other protocol has no use for. */
static enum exit_code check_options(const struct options *options, bool mbus)
{
    if (mbus && (options->quick || options->first_address >= 0))
        return usage_error("--quick and --addresses are for Modbus");
    if (!mbus && (options->primary || options->secondary || options->letters))
        return usage_error("--primary, --secondary and --letters are for M-Bus");
    return EXIT_CODE_OK;
}

/* What can be told of the LINK before it is opened. */
static enum exit_code check_link(const struct options *options)
{
    struct kwh_target target;
    if (options->argument_count != 1)
        return usage_error(options->argument_count < 1 ? "LINK is missing" : "one LINK at a time");
    enum exit_code code = parse_target("LINK", options->arguments[0], &target);
    if (code != EXIT_CODE_OK)
        return code;
    bool mbus = kwh_scheme_protocol(target.scheme) == KWH_PROTOCOL_MBUS;
    if (target.has_address && mbus)
        return usage_error("a LINK has no address; @s with F for open digits limits the search");
    if (target.has_address)
        return usage_error("a LINK has no address; --addresses %u asks for this one alone",
                           (unsigned)target.address);
    return check_options(options, mbus);
}

enum exit_code scan_command(const struct options *options)
{
    static struct scan scan;
    enum exit_code code = check_link(options);
    if (code != EXIT_CODE_OK)
        return code;
    scan.options = options;
    scan.progress = !options->quiet && isatty(STDERR_FILENO) != 0;
    code = link_open(&scan.link, options, options->arguments[0]);
    if (code == EXIT_CODE_OK)
        code = scan_line(&scan);
    link_close(&scan.link);
    return code;
}
