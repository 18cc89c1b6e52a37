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
#define RTU     (1u << KWH_SCHEME_RTU)
#define TCP     (1u << KWH_SCHEME_TCP)
#define RTUTCP  (1u << KWH_SCHEME_RTUTCP)
#define SIM     (1u << KWH_SCHEME_SIM)
#define MBUS    (1u << KWH_SCHEME_MBUS)
#define MBUSTCP (1u << KWH_SCHEME_MBUSTCP)
#define SERIAL  (RTU | MBUS)
#define ON_MBUS (MBUS | MBUSTCP)
#define ANY     (RTU | TCP | RTUTCP | SIM | MBUS | MBUSTCP)

/* The first that fits is given. */
static const struct hint {
    enum kwh_error error;
    unsigned schemes;
    uint8_t address; /* that was asked; 0: whatever */
    const char *text;
} hints[] = {
    {KWH_ERROR_TIMEOUT, RTU, 0,
     "Is the meter powered, is this its address, and are A and B not swapped?"},
    {KWH_ERROR_TIMEOUT, TCP, 0,
     "Is this the unit of the meter? Behind a gateway: is the meter powered, and does the gateway "
     "wait long enough for it?"},
    {KWH_ERROR_TIMEOUT, RTUTCP, 0,
     "Behind the converter: is the meter powered, is this its address, are A and B not swapped, "
     "and do speed and parity fit?"},
    {KWH_ERROR_TIMEOUT, ON_MBUS, KWH_MBUS_SELECTED,
     "Has a meter on this bus this secondary address? Does the level converter feed the bus, and "
     "is "
     "this the meter's speed? As delivered inepro PRO meters have 9600 Bd, 2PU 2400."},
    {KWH_ERROR_TIMEOUT, MBUS, 0,
     "Does the level converter feed the bus, and are address and speed those of the meter? As "
     "delivered inepro PRO meters have 9600 Bd, 2PU 2400."},
    {KWH_ERROR_TIMEOUT, MBUSTCP, 0,
     "Behind the converter: is the bus fed, and are address and speed those of the meter? A slow "
     "converter needs a longer allowance_ms=."},
    {KWH_ERROR_TIMEOUT, SIM, 0, "Is this its address?"},
    {KWH_ERROR_BAD_CRC, RTU, 0,
     "Check speed and parity, the termination at both ends of the line, and that "
     "no two meters have this address."},
    {KWH_ERROR_CUT_FRAME, ON_MBUS, 0,
     "Does the converter pause inside an answer? A longer allowance_ms= bridges that. Else check "
     "that no two meters have this address."},
    {KWH_ERROR_BAD_CHECKSUM, ON_MBUS, 0,
     "Check the speed, that parity is even, and that no two meters have this address."},
    {KWH_ERROR_BAD_CRC, ANY, 0,
     "Check the converter's speed and parity, the termination of the line behind it, and that no "
     "two meters have this address."},
    {KWH_ERROR_NO_FRAME, RTU, 0,
     "Check speed, parity and stop bits, and the termination at both ends of the line."},
    {KWH_ERROR_NO_FRAME, MBUS, 0,
     "Check speed and parity, and that no two meters have this address."},
    {KWH_ERROR_NO_FRAME, MBUSTCP, 0,
     "Check the converter's speed and parity, and that its port passes M-Bus frames as they are."},
    {KWH_ERROR_NO_FRAME, TCP, 0,
     "Does this port speak Modbus TCP? For RTU frames through TCP write rtutcp: instead of tcp:."},
    {KWH_ERROR_NO_FRAME, ANY, 0,
     "Check the converter's speed, parity and stop bits. If this port speaks Modbus TCP, write "
     "tcp: instead of rtutcp:."},
    {KWH_ERROR_ONLY_ECHO, RTU, 0,
     "The adapter hears itself, but no meter: check its power, its address, and A and B."},
    {KWH_ERROR_ONLY_ECHO, MBUS, 0,
     "The level converter returns what it gets, and no meter answers: check the bus, the address "
     "and the speed."},
    {KWH_ERROR_ONLY_ECHO, ANY, 0,
     "The other side returns what it gets: is it a meter, or a converter to one?"},
    {KWH_ERROR_OTHER_ANSWER, SERIAL, 0,
     "Is another program or master on this line, or the timeout shorter than the meter needs?"},
    {KWH_ERROR_OTHER_ANSWER, ANY, 0,
     "Does another program use the same gateway, or is the timeout shorter than it needs?"},
    {KWH_ERROR_COLLISION, ON_MBUS, KWH_MBUS_SELECTED,
     "Do several meters have a secondary address that fits? Give more of its digits."},
    {KWH_ERROR_COLLISION, ON_MBUS, KWH_MBUS_ANY,
     "Address 254 is for a bus with one meter: give the meter's own, or its secondary address, as "
     "in @s12345678. With one meter, check speed and parity."},
    {KWH_ERROR_COLLISION, ON_MBUS, 0,
     "Do two meters have the same address? A search finds their secondary addresses: read them by "
     "these, as in @s12345678."},
    {KWH_ERROR_COLLISION, ANY, 0,
     "Do two meters have the same address, or is another master on this line?"},
    {KWH_ERROR_DISCONNECTED, SERIAL, 0, "Is the adapter still plugged in?"},
    {KWH_ERROR_DISCONNECTED, ANY, 0,
     "Is the other side still running? Gateways drop connections that they find idle."},
    {KWH_ERROR_NOT_IDENTIFIED, ANY, 0, "Name the map of the meter."},
    {KWH_ERROR_ILLEGAL_FUNCTION, ANY, 0, "Is the map the right one for this meter?"},
    {KWH_ERROR_ILLEGAL_DATA_ADDRESS, ANY, 0,
     "Is the map the right one for this meter and its model?"},
    {KWH_ERROR_SERVER_DEVICE_BUSY, ANY, 0, "Ask again later."},
    {KWH_ERROR_MBUS_BUSY, ANY, 0, "Ask again later."},
    {KWH_ERROR_MBUS_TOO_MANY_READOUTS, ANY, 0,
     "It allows so many readouts a day, to save its battery: ask again tomorrow."},
    {KWH_ERROR_GATEWAY_PATH, ANY, 0, "Check the settings of the gateway."},
    {KWH_ERROR_GATEWAY_TARGET, ANY, 0,
     "The gateway works: check the power of the meter, its address, the "
     "wires, and the gateway's speed and parity."},
    {KWH_ERROR_PORT_OPEN, SERIAL, 0, "Check the name, and that the adapter is plugged in."},
    {KWH_ERROR_PORT_OPEN, ANY, 0, "Check host and port, and that the other side is up."},
    {KWH_ERROR_PORT_NAME, ANY, 0, "Check how it is spelled, or give the number of its address."},
    {KWH_ERROR_PORT_LOCKED, ANY, 0, "End the other program, or read through it."},
    {KWH_ERROR_PORT_FORBIDDEN, SERIAL, 0,
     "Your user needs the group that owns the device, dialout on most systems."},
    {KWH_ERROR_PORT_SPEED, ANY, 0,
     "Choose a speed and a character format that the adapter can do."},
};

/* Without the frame count bit. */
static const struct {
    uint8_t c;
    const char *name;
} c_fields[] = {
    {KWH_MBUS_SND_NKE, "SND_NKE"},
    {KWH_MBUS_SND_UD, "SND_UD"},
    {KWH_MBUS_REQ_UD2, "REQ_UD2"},
    {KWH_MBUS_REQ_UD1, "REQ_UD1"},
};

static void print_c_field(struct printer *printer, uint8_t c)
{
    for (size_t i = 0; i < KWH_COUNT(c_fields); i++) {
        if (c_fields[i].c == (c & ~KWH_MBUS_FCB)) {
            append(printer, ", %s", c_fields[i].name);
            return;
        }
    }
    append(printer, ", C field %02X", c);
}

static void print_request(struct printer *printer, const struct kwh_failure *failure, bool mbus)
{
    append(printer, ": address %u", failure->address);
    if (mbus && failure->address == KWH_MBUS_SELECTED)
        append(printer, " (the selected meter)");
    if (mbus && failure->address == KWH_MBUS_ANY)
        append(printer, " (any meter)");
    if (mbus && failure->function != 0)
        print_c_field(printer, failure->function);
    else if (failure->function != 0)
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
        !kwh_error_is_busy(failure->error)) {
        append(printer, ", %lu byte%s came", (unsigned long)failure->bytes_seen,
               failure->bytes_seen == 1 ? "" : "s");
    }
}

/* The error whose hint is that of others, too: M-Bus frames that do not hold, and where several
 * meters were asked they are a collision. */
static enum kwh_error hinted(const struct kwh_failure *failure, bool mbus)
{
    enum kwh_error error = failure->error;
    bool damaged = error >= KWH_ERROR_BAD_START && error <= KWH_ERROR_BAD_STOP;

    if (mbus && damaged && failure->address >= KWH_MBUS_SELECTED)
        return KWH_ERROR_COLLISION;
    return damaged && error != KWH_ERROR_CUT_FRAME ? KWH_ERROR_BAD_CHECKSUM : error;
}

static bool fits(const struct hint *hint, enum kwh_error error, uint8_t address,
                 enum kwh_scheme scheme)
{
    return hint->error == error && (hint->schemes >> scheme & 1u) != 0 &&
           (hint->address == 0 || hint->address == address);
}

static void print_hint(struct printer *printer, const struct kwh_failure *failure,
                       enum kwh_scheme scheme)
{
    enum kwh_error error = hinted(failure, kwh_scheme_protocol(scheme) == KWH_PROTOCOL_MBUS);

    if (error == KWH_ERROR_OTHER_ADDRESS) {
        append(printer,
               "\nAddress %u answered instead: is %u right, or is another master on this "
               "line?",
               failure->other_address, failure->address);
        return;
    }
    for (size_t i = 0; i < KWH_COUNT(hints); i++) {
        if (fits(&hints[i], error, failure->address, scheme)) {
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

    append(&printer, "%s",
           failure->error == KWH_OK ? "Nothing failed on the line"
                                    : kwh_error_text(failure->error));
    /* A port that did not open has no request. */
    if (request)
        print_request(&printer, failure, kwh_scheme_protocol(scheme) == KWH_PROTOCOL_MBUS);
    if (failure->host_errno != 0 && strerror_r(failure->host_errno, system, sizeof system) == 0)
        append(&printer, " (%s)", system);
    if (failure->error != KWH_OK) {
        append(&printer, "%s", request ? "." : "");
        print_hint(&printer, failure, scheme);
    }
    return printer.length < capacity ? KWH_OK : KWH_ERROR_CAPACITY;
}
