/* SPDX-License-Identifier: MIT */
/* Failures as people need them: what happened, where, and what to look at. */
#if !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif

#include <kwh/host.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct printer {
    char *text;
    size_t capacity, length;
};

#if defined(__GNUC__)
static void append(struct printer *printer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
#endif

static void append(struct printer *printer, const char *format, ...)
{
    size_t left = printer->length < printer->capacity ? printer->capacity - printer->length : 0;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(left > 0 ? printer->text + printer->length : NULL, left, format, arguments);
    va_end(arguments);
    printer->length += length > 0 ? (size_t)length : 0;
}

/* Links on which advice makes sense. */
#define RTU    (1u << KWH_SCHEME_RTU)
#define TCP    (1u << KWH_SCHEME_TCP)
#define RTUTCP (1u << KWH_SCHEME_RTUTCP)
#define SIM    (1u << KWH_SCHEME_SIM)
#define ANY    (RTU | TCP | RTUTCP | SIM)

/* The first that fits is given. */
static const struct hint {
    enum kwh_error error;
    unsigned schemes;
    const char *text;
} hints[] = {
    {KWH_ERROR_TIMEOUT, RTU,
     "Is the meter powered, is this its address, and are A and B not swapped?"},
    {KWH_ERROR_TIMEOUT, TCP,
     "Is this the unit of the meter? Behind a gateway: is the meter powered, and does the gateway "
     "wait long enough for it?"},
    {KWH_ERROR_TIMEOUT, RTUTCP,
     "Behind the converter: is the meter powered, is this its address, are A and B not swapped, "
     "and do speed and parity fit?"},
    {KWH_ERROR_TIMEOUT, SIM, "Is this its address?"},
    {KWH_ERROR_BAD_CRC, RTU,
     "Check speed and parity, the termination at both ends of the line, and that "
     "no two meters have this address."},
    {KWH_ERROR_BAD_CRC, ANY,
     "Check the converter's speed and parity, the termination of the line behind it, and that no "
     "two meters have this address."},
    {KWH_ERROR_NO_FRAME, RTU,
     "Check speed, parity and stop bits, and the termination at both ends of the line."},
    {KWH_ERROR_NO_FRAME, TCP,
     "Does this port speak Modbus TCP? For RTU frames through TCP write rtutcp: instead of tcp:."},
    {KWH_ERROR_NO_FRAME, ANY,
     "Check the converter's speed, parity and stop bits. If this port speaks Modbus TCP, write "
     "tcp: instead of rtutcp:."},
    {KWH_ERROR_ONLY_ECHO, RTU,
     "The adapter hears itself, but no meter: check its power, its address, and A and B."},
    {KWH_ERROR_ONLY_ECHO, ANY,
     "The other side returns what it gets: is it a meter, or a converter to one?"},
    {KWH_ERROR_OTHER_ANSWER, RTU,
     "Is another program or master on this line, or the timeout shorter than the meter needs?"},
    {KWH_ERROR_OTHER_ANSWER, ANY,
     "Does another program use the same gateway, or is the timeout shorter than it needs?"},
    {KWH_ERROR_COLLISION, ANY,
     "Do two meters have the same address, or is another master on this line?"},
    {KWH_ERROR_DISCONNECTED, RTU, "Is the adapter still plugged in?"},
    {KWH_ERROR_DISCONNECTED, ANY,
     "Is the other side still running? Gateways drop connections that they find idle."},
    {KWH_ERROR_NOT_IDENTIFIED, ANY, "Name the map of the meter."},
    {KWH_ERROR_ILLEGAL_FUNCTION, ANY, "Is the map the right one for this meter?"},
    {KWH_ERROR_ILLEGAL_DATA_ADDRESS, ANY, "Is the map the right one for this meter and its model?"},
    {KWH_ERROR_SERVER_DEVICE_BUSY, ANY, "Ask again later."},
    {KWH_ERROR_GATEWAY_PATH, ANY, "Check the settings of the gateway."},
    {KWH_ERROR_GATEWAY_TARGET, ANY,
     "The gateway works: check the power of the meter, its address, the "
     "wires, and the gateway's speed and parity."},
    {KWH_ERROR_PORT_OPEN, RTU, "Check the name, and that the adapter is plugged in."},
    {KWH_ERROR_PORT_OPEN, ANY, "Check host and port, and that the other side is up."},
    {KWH_ERROR_PORT_NAME, ANY, "Check how it is spelled, or give the number of its address."},
    {KWH_ERROR_PORT_LOCKED, ANY, "End the other program, or read through it."},
    {KWH_ERROR_PORT_FORBIDDEN, RTU,
     "Your user needs the group that owns the device, dialout on most systems."},
    {KWH_ERROR_PORT_SPEED, ANY, "Choose a speed and a character format that the adapter can do."},
};

static void print_request(struct printer *printer, const struct kwh_failure *failure)
{
    append(printer, ": address %u", failure->address);
    if (failure->function != 0)
        append(printer, ", function %02X", failure->function);
    if (failure->span_count != 0) {
        append(printer, ", %u register%s at 0x%04X", failure->span_count,
               failure->span_count == 1 ? "" : "s", failure->span_address);
    }
    if (failure->attempt > 1)
        append(printer, ", attempt %u", failure->attempt);
    if (failure->attempt != 0)
        append(printer, ", after %lu ms", (unsigned long)(failure->elapsed_us / 1000u));
    if (failure->bytes_seen != 0 && kwh_error_class(failure->error) == KWH_ERROR_CLASS_LINE &&
        kwh_error_exception(failure->error) == 0) {
        append(printer, ", %lu byte%s came", (unsigned long)failure->bytes_seen,
               failure->bytes_seen == 1 ? "" : "s");
    }
}

static void print_hint(struct printer *printer, const struct kwh_failure *failure,
                       enum kwh_scheme scheme)
{
    if (failure->error == KWH_ERROR_OTHER_ADDRESS) {
        append(printer,
               "\nAddress %u answered instead: is %u right, or is another master on this "
               "line?",
               failure->other_address, failure->address);
        return;
    }
    for (size_t i = 0; i < KWH_COUNT(hints); i++) {
        if (hints[i].error == failure->error && (hints[i].schemes >> scheme & 1u) != 0) {
            append(printer, "\n%s", hints[i].text);
            return;
        }
    }
}

enum kwh_error kwh_failure_print(const struct kwh_failure *failure, enum kwh_scheme scheme,
                                 char *text, size_t capacity)
{
    struct printer printer = {text, capacity, 0};
    bool request = failure->function != 0 || failure->attempt != 0;
    char system[128];

    append(&printer, "%s", kwh_error_text(failure->error));
    /* A port that did not open has no request. */
    if (request)
        print_request(&printer, failure);
    if (failure->host_errno != 0 && strerror_r(failure->host_errno, system, sizeof system) == 0)
        append(&printer, " (%s)", system);
    if (failure->error != KWH_OK) {
        append(&printer, "%s", request ? "." : "");
        print_hint(&printer, failure, scheme);
    }
    return printer.length < capacity ? KWH_OK : KWH_ERROR_CAPACITY;
}
