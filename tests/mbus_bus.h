/* SPDX-License-Identifier: MIT */
/*
 * A wired M-Bus with many meters, for tests of what asks them: meters, copper and master's UART.
 *
 *     struct mbus_bus bus;
 *     mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
 *     mbus_bus_add(&bus, 5, "12345678 CD25 01 02")->delay_us = 30000;
 *     kwh_mbus_search_secondary(&search, &bus.line, NULL, false);
 *     while (mbus_bus_run(&bus, &search.dialogue))
 *         ... search.found ...
 *     mbus_bus_close(&bus);
 *
 * What meters send at the same time overlaps bit by bit, 0 over 1, at whatever shift their delays
 * give: the UART samples what is on the wire, and a character whose parity or stop bit is then
 * wrong is told to the line as damaged, or with `hides_damage` as if it were good. A meter does not
 * listen while it answers, or is about to. Time is virtual; everything random comes from `seed`.
 *
 * The meters are written from the standard (EN 13757-2, -3) and share no code with the library.
 * Each has one telegram: 12-byte header, one energy record.
 */
#ifndef TESTS_MBUS_BUS_H
#define TESTS_MBUS_BUS_H

#include "hex.h"

#include <kwh/mbus.h>
#include <stdlib.h>

#define MBUS_BUS_METERS 250
#define MBUS_BUS_HEARD  600

/* What a sender has on the wire, from start_ns up to end_ns. */
struct mbus_sending {
    uint64_t start_ns, end_ns;
    uint8_t bytes[300];
    size_t count;
    bool wrong_parity; /* noise */
};

/* A character, and when the driver has it. */
struct mbus_heard {
    uint64_t at_ns;
    uint8_t byte;
    bool damaged;
};

/* A meter. What it does is set after mbus_bus_add(). */
struct mbus_meter {
    uint8_t address;      /* primary */
    uint8_t secondary[8]; /* as on the wire: identification, manufacturer, version, medium */
    uint32_t delay_us;    /* from the end of a request to its answer; default 11 bit times */
    int selected_as;      /* address in its answers to FD: -1 its primary one (default), 0, 0xFD */
    uint32_t energy_wh;   /* its one value; default different for each */
    uint8_t ci;           /* of its telegram: 0x72 (default); 0x78 and 0x70, error 8, tell no
                             address; 0x73 tells the identification alone */
    bool mute;            /* acknowledges, but never sends a telegram */
    bool empty;           /* says E5 where a telegram is due */
    bool selects_all;     /* takes any selection for its own */
    uint8_t vif;          /* of its one value: 0x03 (default), Wh; 0x04, ten of them */
    unsigned parts;       /* telegrams of a readout, 1 (default) or more; each has 1 Wh more */
    unsigned part;        /* state: the one that was sent last */
    bool selected;        /* state */
    uint8_t access;       /* state: access number of the next telegram */
    uint8_t fcb[2];       /* state: the last REQ_UD2, to its address and to FD; 0: none yet */
    struct mbus_sending sending;
};

/* What becomes of one character of the meters' answers, counted from 0. */
struct mbus_fault {
    enum {
        MBUS_FAULT_NONE,
        MBUS_FAULT_LOST,
        MBUS_FAULT_DOUBLED,
        MBUS_FAULT_DAMAGED, /* parity is wrong */
        MBUS_FAULT_FLIPPED, /* in one bit, and nobody notices */
        MBUS_FAULT_STRAY,   /* another stands before it */
        MBUS_FAULT_LATE     /* and all behind it, up to the next request */
    } kind;
    unsigned at;
    uint8_t value; /* FLIPPED: a mask; STRAY: the other */
    uint32_t delay_us;
};

struct mbus_bus {
    struct kwh_line line;
    struct kwh_backend backend; /* for blocking calls; it cannot tell damage */
    size_t count;               /* of meters */
    /* May be changed after mbus_bus_open(). */
    uint32_t epoch_us;  /* what the clock shows at the beginning */
    uint32_t tick_us;   /* how coarse it is; set line.timing.tick_us, too */
    uint32_t flush_us;  /* a converter hands over what it has each so many us; 0: at once */
    uint32_t jitter_us; /* of every answer, 0 up to this, random */
    unsigned noise;     /* percent of requests followed by one to three damaged characters */
    unsigned loss;      /* percent of requests that a meter does not understand */
    bool echo;          /* the converter returns what it sends */
    bool hides_damage;  /* the driver does not tell parity errors */
    uint32_t seed;      /* not 0 */
    struct mbus_fault fault;
    /* May be read. */
    uint64_t now_ns;                                /* true time */
    unsigned selections, initializations, readouts; /* requests so far */
    unsigned damaged, characters;                   /* so far, of answers */
    /* private */
    uint32_t bit_ns;
    uint64_t uart_ns; /* from where the UART looks for the next start bit */
    uint64_t idle_ns; /* from here on nobody sends */
    struct mbus_sending noise_sending;
    size_t heard_count;
    uint64_t late_ns; /* what fault.delay_us does to the rest of an answer */
    uint32_t steps;
    /* What is written before it is read: mbus_bus_open() leaves it as it is. */
    struct mbus_meter meters[MBUS_BUS_METERS];
    struct mbus_heard heard[MBUS_BUS_HEARD];
    uint8_t buffer[KWH_MBUS_BUFFER];
};

static inline void mbus_bus_expect(bool condition)
{
    if (!condition)
        abort();
}

/* 0 up to below `limit`. */
static inline uint32_t mbus_bus_random(struct mbus_bus *bus, uint32_t limit)
{
    bus->seed ^= bus->seed << 13;
    bus->seed ^= bus->seed >> 17;
    bus->seed ^= bus->seed << 5;
    return limit == 0 ? 0 : bus->seed % limit;
}

/* ------------------------------------------------------------------------------------------------
 * The meters
 */

static inline uint8_t mbus_bus_sum(const uint8_t *bytes, size_t count)
{
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += bytes[i];
    return (uint8_t)(sum & 0xFFu);
}

/* The n-th decimal digits of a number as BCD, low byte first. */
static inline void mbus_bus_bcd(uint8_t *bytes, size_t count, uint32_t number)
{
    for (size_t i = 0; i < count; i++, number /= 100)
        bytes[i] = (uint8_t)(number / 10 % 10 << 4 | number % 10);
}

/* What follows the CI field; returns how many bytes. */
static inline size_t mbus_meter_data(struct mbus_meter *meter, uint8_t *data)
{
    static const uint8_t busy[] = {8};
    static const uint8_t unit[] = {0, 0, 0x45, 0x78}; /* access, status; electricity, 10 Wh, none */
    size_t length = 0;

    memset(data, 0, 19);
    if (meter->ci == 0x70) {
        memcpy(data, busy, sizeof busy);
        return sizeof busy;
    }
    if (meter->ci == 0x73) {
        memcpy(data, meter->secondary, 4);
        memcpy(data + 4, unit, sizeof unit);
        mbus_bus_bcd(data + 8, 4, meter->energy_wh / 10);
        return 16;
    }
    if (meter->ci == 0x72) {
        memcpy(data, meter->secondary, 8);
        data[8] = meter->access++; /* status and signature are 0 */
        length = 12;
    }
    data[length] = 0x0C; /* eight BCD digits */
    data[length + 1] = meter->vif;
    mbus_bus_bcd(data + length + 2, 4, meter->energy_wh + meter->part);
    length += 6;
    if (meter->part + 1 < meter->parts)
        data[length++] = 0x1F; /* more records follow */
    return length;
}

static inline size_t mbus_meter_telegram(struct mbus_meter *meter, uint8_t address, uint8_t *frame)
{
    size_t size = 3 + mbus_meter_data(meter, frame + 7);

    frame[0] = frame[3] = 0x68;
    frame[1] = frame[2] = (uint8_t)size;
    frame[4] = 0x08;
    frame[5] = address;
    frame[6] = meter->ci;
    frame[4 + size] = mbus_bus_sum(frame + 4, size);
    frame[5 + size] = 0x16;
    return size + 6;
}

/* F in the pattern fits any digit; FF of the other bytes, any byte. */
static inline bool mbus_meter_is_meant(const struct mbus_meter *meter, const uint8_t *pattern)
{
    for (size_t i = 0; i < 8; i++) {
        unsigned differs = (unsigned)(pattern[i] ^ meter->secondary[i]);
        bool low_any = i < 4 ? (pattern[i] & 15u) == 15u : pattern[i] == 0xFF;
        bool high_any = i < 4 ? pattern[i] >> 4 == 15u : pattern[i] == 0xFF;
        if (((differs & 15u) != 0 && !low_any) || (differs >> 4 != 0 && !high_any))
            return false;
    }
    return true;
}

/* REQ_UD2: what is asked for again is said again, and before that there must be a first time. */
static inline size_t mbus_meter_read(struct mbus_meter *meter, uint8_t c, bool selected,
                                     uint8_t *answer)
{
    uint8_t *last = &meter->fcb[selected ? 1 : 0];
    uint8_t as = selected && meter->selected_as >= 0 ? (uint8_t)meter->selected_as : meter->address;
    bool again = (c & 0x10u) != 0 && (*last == c || (*last == 0 && (c & 0x20u) == 0));

    if (meter->mute || (again && *last == 0))
        return 0;
    if (*last == 0)
        meter->part = 0;
    else if (!again)
        meter->part = (meter->part + 1) % meter->parts;
    *last = c;
    meter->access = (uint8_t)(meter->access - (again ? 1 : 0));
    return meter->empty ? 1 : mbus_meter_telegram(meter, as, answer);
}

/* What a meter answers; returns how many bytes. The request is whole and right. */
static inline size_t mbus_meter_hear(struct mbus_meter *meter, const uint8_t *request, size_t count,
                                     uint8_t *answer)
{
    bool is_long = request[0] == 0x68;
    uint8_t c = request[is_long ? 4 : 1], address = request[is_long ? 5 : 2];
    bool to_selected = address == 0xFD && meter->selected;
    bool asked = address == meter->address || address == 0xFE || to_selected;

    answer[0] = 0xE5;
    if (is_long && address == 0xFD && request[6] == 0x52 && (c == 0x53 || c == 0x73) &&
        count == 17) {
        meter->selected = meter->selects_all || mbus_meter_is_meant(meter, request + 7);
        meter->fcb[1] = 0;
        return meter->selected ? 1 : 0;
    }
    if (c == 0x40 && (address == 0xFD || address == 0xFF))
        meter->selected = false;
    if (c == 0x40)
        meter->fcb[to_selected ? 1 : 0] = 0;
    if (!asked)
        return 0;
    if (c == 0x4B || c == 0x5B || c == 0x7B)
        return mbus_meter_read(meter, c, to_selected, answer);
    return c == 0x40 || c == 0x53 || c == 0x73 ? 1 : 0;
}

/* A new meter: primary address, and the secondary one as kwh_mbus_secondary_print() prints it:
 * identification, manufacturer low byte first, version, medium. */
static inline struct mbus_meter *mbus_bus_add(struct mbus_bus *bus, uint8_t address,
                                              const char *secondary)
{
    struct mbus_meter *meter = &bus->meters[bus->count++];
    uint8_t bytes[8];

    mbus_bus_expect(bus->count <= MBUS_BUS_METERS && hex(secondary, bytes, 8) == 8);
    memset(meter, 0, sizeof *meter);
    meter->address = address;
    for (size_t i = 0; i < 8; i++)
        meter->secondary[i] = i < 4 ? bytes[3 - i] : bytes[i];
    meter->delay_us = 11 * bus->bit_ns / 1000;
    meter->selected_as = -1;
    meter->energy_wh = (uint32_t)bus->count * 1234567u;
    meter->ci = 0x72;
    meter->vif = 0x03;
    meter->parts = 1;
    return meter;
}

/* ------------------------------------------------------------------------------------------------
 * The wire, seen from the master: 0 while any sender sends 0
 */

/* Bit n of a sending: start, eight, parity, stop. */
static inline bool mbus_sending_bit(const struct mbus_sending *sending, uint32_t n)
{
    uint8_t byte = sending->bytes[n / 11];
    unsigned bit = (unsigned)(n % 11), parity = byte;

    if (bit == 0 || bit == 10)
        return bit == 10;
    if (bit <= 8)
        return ((unsigned)byte >> (bit - 1) & 1u) != 0;
    parity ^= parity >> 4;
    parity ^= parity >> 2;
    parity ^= parity >> 1;
    return ((parity & 1u) != 0) != sending->wrong_parity;
}

/* The bit that is on the wire `ns` after the start. Most sendings are shorter than the 4 s of 32
 * bits, and small processors divide those at once. */
static inline uint32_t mbus_sending_place(uint64_t ns, uint32_t bit_ns)
{
    return ns <= UINT32_MAX ? (uint32_t)ns / bit_ns : (uint32_t)(ns / bit_ns);
}

static inline void mbus_sending_start(struct mbus_bus *bus, struct mbus_sending *sending,
                                      uint64_t start_ns)
{
    sending->start_ns = start_ns;
    sending->end_ns = start_ns + (uint64_t)sending->count * 11 * bus->bit_ns;
    if (sending->count > 0 && sending->end_ns > bus->idle_ns)
        bus->idle_ns = sending->end_ns;
}

/* The first moment from `ns` on, and before `limit_ns`, at which the sender pulls the wire to 0;
 * `limit_ns` when there is none. */
static inline uint64_t mbus_sending_low(const struct mbus_sending *sending, uint32_t bit_ns,
                                        uint64_t ns, uint64_t limit_ns)
{
    uint64_t from = ns > sending->start_ns ? ns : sending->start_ns;
    uint64_t begins;
    uint32_t n;

    if (from >= sending->end_ns || from >= limit_ns)
        return limit_ns;
    n = mbus_sending_place(from - sending->start_ns, bit_ns);
    while (n < sending->count * 11 && mbus_sending_bit(sending, n))
        n++;
    begins = sending->start_ns + (uint64_t)n * bit_ns;
    if (n == sending->count * 11 || begins >= limit_ns)
        return limit_ns;
    return begins > from ? begins : from;
}

/* When the wire is 0 next: UINT64_MAX, never. */
static inline uint64_t mbus_bus_low(const struct mbus_bus *bus, uint64_t ns)
{
    uint64_t first = UINT64_MAX;

    if (ns >= bus->idle_ns)
        return first;
    first = mbus_sending_low(&bus->noise_sending, bus->bit_ns, ns, first);
    for (size_t i = 0; i < bus->count; i++)
        first = mbus_sending_low(&bus->meters[i].sending, bus->bit_ns, ns, first);
    return first;
}

static inline bool mbus_sending_is_low(const struct mbus_sending *sending, uint32_t bit_ns,
                                       uint64_t ns)
{
    return ns >= sending->start_ns && ns < sending->end_ns &&
           !mbus_sending_bit(sending, mbus_sending_place(ns - sending->start_ns, bit_ns));
}

/* Whether it is 0 now. */
static inline bool mbus_bus_is_low(const struct mbus_bus *bus, uint64_t ns)
{
    bool low = mbus_sending_is_low(&bus->noise_sending, bus->bit_ns, ns);

    for (size_t i = 0; i < bus->count && !low; i++)
        low = mbus_sending_is_low(&bus->meters[i].sending, bus->bit_ns, ns);
    return low;
}

/* A character reaches the driver. */
static inline void mbus_bus_insert(struct mbus_bus *bus, uint64_t at_ns, uint8_t byte, bool damaged)
{
    size_t place = bus->heard_count++;
    mbus_bus_expect(place < MBUS_BUS_HEARD);
    for (; place > 0 && bus->heard[place - 1].at_ns > at_ns; place--)
        bus->heard[place] = bus->heard[place - 1];
    bus->heard[place].at_ns = at_ns;
    bus->heard[place].byte = byte;
    bus->heard[place].damaged = damaged;
    bus->damaged += damaged ? 1 : 0;
}

/* A character of an answer, with what the fault makes of it. */
static inline void mbus_bus_answer(struct mbus_bus *bus, uint64_t at_ns, uint8_t byte, bool damaged)
{
    const struct mbus_fault *fault = &bus->fault;
    bool hit = fault->kind != MBUS_FAULT_NONE && bus->characters == fault->at;

    bus->characters++;
    if (hit && fault->kind == MBUS_FAULT_LATE)
        bus->late_ns = UINT64_C(1000) * fault->delay_us;
    at_ns += bus->late_ns;
    if (hit && fault->kind == MBUS_FAULT_LOST)
        return;
    if (hit && fault->kind == MBUS_FAULT_STRAY)
        mbus_bus_insert(bus, at_ns, fault->value, false);
    if (hit && fault->kind == MBUS_FAULT_FLIPPED)
        byte ^= fault->value;
    mbus_bus_insert(bus, at_ns, byte, damaged || (hit && fault->kind == MBUS_FAULT_DAMAGED));
    if (hit && fault->kind == MBUS_FAULT_DOUBLED)
        mbus_bus_insert(bus, at_ns, byte, damaged);
}

/* The character whose start bit begins at `start_ns`; the UART has it in the middle of its stop
 * bit, and if that is missing, goes on when the wire is idle. */
static inline void mbus_bus_sample(struct mbus_bus *bus, uint64_t start_ns)
{
    uint64_t at_ns = start_ns + UINT64_C(10) * bus->bit_ns + bus->bit_ns / 2;
    bool stop = !mbus_bus_is_low(bus, at_ns);
    unsigned value = 0, ones = 0;

    for (unsigned bit = 1; bit <= 9; bit++) {
        uint64_t middle_ns = start_ns + (uint64_t)bit * bus->bit_ns + bus->bit_ns / 2;
        unsigned high = mbus_bus_is_low(bus, middle_ns) ? 0 : 1;
        ones += high;
        value |= bit <= 8 ? high << (bit - 1) : 0;
    }
    mbus_bus_answer(bus, at_ns, (uint8_t)value, ones % 2 != 0 || !stop);
    for (bus->uart_ns = at_ns; mbus_bus_is_low(bus, bus->uart_ns);)
        bus->uart_ns += bus->bit_ns / 8;
}

/* The UART at work, up to this moment. */
static inline void mbus_bus_hear(struct mbus_bus *bus, uint64_t until_ns)
{
    for (;;) {
        uint64_t start_ns = mbus_bus_low(bus, bus->uart_ns);
        if (start_ns == UINT64_MAX || start_ns + UINT64_C(11) * bus->bit_ns > until_ns)
            return;
        mbus_bus_sample(bus, start_ns);
    }
}

/* ------------------------------------------------------------------------------------------------
 * The master's side
 */

static inline uint32_t mbus_bus_clock(const struct mbus_bus *bus)
{
    uint64_t us = bus->now_ns / 1000;
    return bus->epoch_us + (uint32_t)(us - us % bus->tick_us);
}

static inline void mbus_bus_count_request(struct mbus_bus *bus, const uint8_t *bytes)
{
    if (bytes[0] == 0x68)
        bus->selections++;
    else if (bytes[1] == 0x40)
        bus->initializations++;
    else
        bus->readouts++;
}

/* The request reaches the meters when its last bit has left; what they answer is settled there. */
static inline void mbus_bus_send(struct mbus_bus *bus, const uint8_t *bytes, size_t count)
{
    uint64_t end = bus->now_ns + (uint64_t)count * 11 * bus->bit_ns;
    uint64_t window_ns = UINT64_C(330) * bus->bit_ns + 50000000;

    mbus_bus_hear(bus, bus->now_ns); /* before anything new is on the wire */
    bus->late_ns = 0;
    mbus_bus_count_request(bus, bytes);
    for (size_t i = 0; i < bus->count; i++) {
        struct mbus_meter *meter = &bus->meters[i];
        if (meter->sending.end_ns > bus->now_ns || mbus_bus_random(bus, 100) < bus->loss)
            continue;
        meter->sending.count = mbus_meter_hear(meter, bytes, count, meter->sending.bytes);
        mbus_sending_start(bus, &meter->sending,
                           end + UINT64_C(1000) * meter->delay_us +
                               UINT64_C(1000) * mbus_bus_random(bus, bus->jitter_us + 1));
    }
    if (mbus_bus_random(bus, 100) < bus->noise) {
        struct mbus_sending *noise = &bus->noise_sending;
        uint64_t at_ns = end + mbus_bus_random(bus, (uint32_t)(window_ns / 1000)) * UINT64_C(1000);
        noise->count = 1 + mbus_bus_random(bus, 3);
        mbus_sending_start(bus, noise, at_ns);
        noise->wrong_parity = true;
        for (size_t i = 0; i < noise->count; i++)
            noise->bytes[i] = (uint8_t)mbus_bus_random(bus, 256);
    }
    for (size_t i = 0; bus->echo && i < count; i++)
        mbus_bus_insert(bus, bus->now_ns + (i + 1) * UINT64_C(11) * bus->bit_ns, bytes[i], false);
}

/* When the driver hands over what it has at this moment. */
static inline uint64_t mbus_bus_flushed(const struct mbus_bus *bus, uint64_t at_ns)
{
    uint64_t flush_ns = UINT64_C(1000) * bus->flush_us;
    return flush_ns == 0 ? at_ns : (at_ns + flush_ns - 1) / flush_ns * flush_ns;
}

/* Time passes until bytes are there, or up to `until_us`; what is there then, at most up to the
 * first damaged byte. */
static inline size_t mbus_bus_receive(struct mbus_bus *bus, uint8_t *room, size_t capacity,
                                      uint32_t until_us, bool *damaged)
{
    int32_t wait = (int32_t)(until_us - mbus_bus_clock(bus));
    uint64_t until_ns = bus->now_ns + (wait > 0 ? UINT64_C(1000) * (uint64_t)wait : 0) +
                        UINT64_C(1000) * bus->tick_us; /* or its clock would stand still */
    size_t got = 0;

    *damaged = false;
    mbus_bus_hear(bus, until_ns);
    if (bus->heard_count == 0 || mbus_bus_flushed(bus, bus->heard[0].at_ns) > until_ns) {
        bus->now_ns = until_ns;
        return 0;
    }
    if (mbus_bus_flushed(bus, bus->heard[0].at_ns) > bus->now_ns)
        bus->now_ns = mbus_bus_flushed(bus, bus->heard[0].at_ns);
    while (got < bus->heard_count && got < capacity && !*damaged &&
           bus->heard[got].at_ns <= bus->now_ns) {
        *damaged = bus->heard[got].damaged && !bus->hides_damage;
        room[got] = bus->heard[got].byte;
        got++;
    }
    bus->heard_count -= got;
    memmove(bus->heard, bus->heard + got, bus->heard_count * sizeof bus->heard[0]);
    return got;
}

/* Carries out what the line or a dialogue on it wants: SEND or RECEIVE. */
static inline void mbus_bus_carry_out(struct mbus_bus *bus, const struct kwh_step *step)
{
    bool damaged = false;

    mbus_bus_expect(++bus->steps < 10000000); /* else it goes on for ever */
    if (step->action == KWH_ACTION_SEND) {
        mbus_bus_send(bus, step->bytes, step->count);
        kwh_line_sent(&bus->line, step->count, mbus_bus_clock(bus));
    } else if (step->action == KWH_ACTION_RECEIVE) {
        size_t got = mbus_bus_receive(bus, step->room, step->capacity, step->until_us, &damaged);
        if (damaged)
            kwh_line_got_damaged(&bus->line, got, mbus_bus_clock(bus));
        else
            kwh_line_got(&bus->line, got, mbus_bus_clock(bus));
    }
}

/* Carries a dialogue on to its next result: true; or to its end. */
static inline bool mbus_bus_run(struct mbus_bus *bus, struct kwh_dialogue *dialogue)
{
    struct kwh_step step;
    do {
        kwh_dialogue_step(dialogue, &bus->line, mbus_bus_clock(bus), &step);
        mbus_bus_carry_out(bus, &step);
    } while (step.action != KWH_ACTION_RESULT && step.action != KWH_ACTION_FINISHED);
    return step.action == KWH_ACTION_RESULT;
}

static inline uint32_t mbus_bus_backend_now(void *context)
{
    return mbus_bus_clock(context);
}

static inline enum kwh_error mbus_bus_backend_send(void *context, const uint8_t *bytes,
                                                   size_t count, size_t *sent)
{
    mbus_bus_send(context, bytes, count);
    *sent = count;
    return KWH_OK;
}

static inline enum kwh_error mbus_bus_backend_receive(void *context, uint8_t *room, size_t capacity,
                                                      uint32_t until_us, size_t *got)
{
    bool damaged;
    *got = mbus_bus_receive(context, room, capacity, until_us, &damaged);
    return KWH_OK;
}

/* An empty bus of this speed, 8E1, and its line with the times that converters need. */
static inline void mbus_bus_open(struct mbus_bus *bus, KWH_CONST struct kwh_framing *framing,
                                 uint32_t baud)
{
    const struct kwh_line_settings settings = {baud, 8, 'E', 1};

    memset(bus, 0, offsetof(struct mbus_bus, meters));
    bus->bit_ns = 1000000000u / baud;
    bus->tick_us = 1;
    bus->seed = 1;
    mbus_bus_expect(kwh_line_init(&bus->line, framing, bus->buffer, sizeof bus->buffer) == KWH_OK);
    kwh_mbus_set_speed(&bus->line, &settings, KWH_MBUS_ALLOWANCE_US);
    bus->backend.context = bus;
    bus->backend.now_us = mbus_bus_backend_now;
    bus->backend.send = mbus_bus_backend_send;
    bus->backend.receive = mbus_bus_backend_receive;
    bus->line.backend = &bus->backend;
}

/* Coarser clock, or later: for both sides. */
static inline void mbus_bus_set_clock(struct mbus_bus *bus, uint32_t tick_us, uint32_t epoch_us)
{
    bus->tick_us = tick_us;
    bus->epoch_us = epoch_us;
    bus->line.timing.tick_us = tick_us;
}

/* Virtual time so far. */
static inline uint32_t mbus_bus_ms(const struct mbus_bus *bus)
{
    return (uint32_t)(bus->now_ns / 1000000);
}

#endif
