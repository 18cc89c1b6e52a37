/* SPDX-License-Identifier: MIT */
/* kwh report: all that a meter sends, raw and without its serial number, to be sent in. */
#include "dump.h"
#include "identify.h"
#include "names.h"
#include "output.h"

#include <string.h>

struct report {
    struct link link;
    struct dump dump;
    unsigned masked; /* digits */
    int64_t time_ms;
    uint32_t duration_us;
};

/* Not the device or host, which is nobody's business. */
static void print_link(const struct report *report, cJSON *object)
{
    static const char *const schemes[] = {
        [KWH_SCHEME_RTU] = "rtu", [KWH_SCHEME_TCP] = "tcp",   [KWH_SCHEME_RTUTCP] = "rtutcp",
        [KWH_SCHEME_SIM] = "sim", [KWH_SCHEME_MBUS] = "mbus", [KWH_SCHEME_MBUSTCP] = "mbustcp"};
    const struct link *link = &report->link;
    const struct kwh_line_settings *settings = &link->host.settings;
    cJSON *item = json_object();
    char text[8];
    json_text(item, "scheme", schemes[link->target.scheme]);
    if (link_is_serial(link))
        json_unsigned(item, "baud", settings->baud);
    else
        json_null(item, "baud");
    snprintf(text, sizeof text, "%u%c%u", (unsigned)settings->data_bits, settings->parity,
             (unsigned)settings->stop_bits);
    json_text(item, "line", link_is_serial(link) ? text : NULL);
    if (link->target.has_secondary)
        json_null(item, "address");
    else
        json_unsigned(item, "address", link->address);
    json_item(object, "link", item);
}

/* The number is in what is said of an M-Bus meter, too. */
static void print_identity(struct report *report, cJSON *object, bool known)
{
    struct link *link = &report->link;
    char code[CODE_TEXT] = "", why[WHY_TEXT] = "";
    link->header.id = 0;
    if (known)
        identity_why(link, code, why);
    json_text(object, "map", link->map != NULL ? link->map->name : NULL);
    json_text(object, "title", link->map != NULL ? link->map->title : NULL);
    json_text(object, "model", link->model != NULL ? link->model->name : NULL);
    json_text(object, "code", code[0] != '\0' ? code : NULL);
    json_text(object, "why", why[0] != '\0' ? why : NULL);
}

static void print_report(struct report *report, bool known)
{
    cJSON *object = json_object();
    char text[TIME_TEXT];
    enum kwh_error error = report->link.error != KWH_OK ? report->link.error : report->dump.error;
    json_unsigned(object, "report", 1);
    print_time(report->time_ms, text);
    json_text(object, "time", text);
    snprintf(text, sizeof text, "%d.%d.%d", KWH_VERSION_MAJOR, KWH_VERSION_MINOR,
             KWH_VERSION_PATCH);
    json_text(object, "library", text);
    json_text(object, "protocol", link_is_mbus(&report->link) ? "mbus" : "modbus");
    print_link(report, object);
    print_identity(report, object, known);
    json_unsigned(object, "masked_digits", report->masked);
    dump_print(&report->dump, object);
    json_unsigned(object, "duration_ms", (report->duration_us + 500) / 1000);
    json_text(object, "error", error != KWH_OK ? kwh_error_name(error) : NULL);
    json_print(object);
}

static void tell(const struct report *report)
{
    if (report->masked > 0) {
        complain("%s: %u digits of the serial number were replaced by 0, wherever they were found",
                 report->link.target_text, report->masked);
    } else {
        complain("%s: the meter told no serial number; look yourself before you send it in",
                 report->link.target_text);
    }
}

static enum exit_code judge(const struct report *report)
{
    if (report->dump.error == KWH_OK)
        return EXIT_CODE_OK;
    bool some = report->dump.telegram_count > 0;
    for (size_t i = 0; i < report->dump.block_count; i++)
        some = some || report->dump.blocks[i].error == KWH_OK;
    return some && report->dump.error != KWH_ERROR_INTERRUPTED ? EXIT_CODE_PARTIAL
                                                               : exit_code_of(report->dump.error);
}

static enum exit_code make_report(struct report *report, const struct options *options)
{
    struct link *link = &report->link;
    enum exit_code code = link_open(link, options, options->arguments[0]);
    if (code != EXIT_CODE_OK)
        return code;
    uint32_t start = link_now_us(link);
    code = link_identify(link);
    bool known = code == EXIT_CODE_OK;
    if (!known && code != EXIT_CODE_OTHER_METER)
        return code;
    dump_read(link, &report->dump);
    if (report->dump.error != KWH_OK && report->dump.error != KWH_ERROR_INTERRUPTED)
        link_complain(link, report->dump.error, kwh_line_failure(&link->host.line));
    report->duration_us = link_now_us(link) - start;
    report->masked = dump_mask(&report->dump, link->map, link_profiles(link));
    print_report(report, known);
    if (!options->quiet)
        tell(report);
    return known ? judge(report) : code;
}

enum exit_code report_command(const struct options *options)
{
    static struct report report;
    if (options->argument_count < 1)
        return usage_error("TARGET is missing");
    if (options->argument_count > 1)
        return usage_error("one TARGET at a time, not '%s' too", options->arguments[1]);
    report.time_ms = utc_now_ms();
    enum exit_code code = make_report(&report, options);
    link_close(&report.link);
    dump_free(&report.dump);
    return code;
}
