/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/mbus_record.h>

#include "hex.h"
#include "mbus_line.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Telegrams lie at the end of this, so that a sanitizer sees a read past theirs. */
static uint8_t memory[KWH_MBUS_DATA_MAX + 1];
static struct kwh_mbus_records records;
static struct kwh_mbus_record record;
static uint8_t *data;
static size_t size;

/* A telegram of a CI field without header: 78 and 51, or 73 with its 16 bytes. */
static void telegram(uint8_t ci, const char *bytes)
{
    struct kwh_mbus_telegram header;
    uint8_t copy[sizeof memory];

    size = hex(bytes, copy, sizeof copy);
    data = memory + sizeof memory - size;
    memcpy(data, copy, size);
    assert_int_equal(kwh_mbus_telegram_decode(ci, data, size, &header), KWH_OK);
    kwh_mbus_records_init(&records, &header);
}

static bool next(void)
{
    return kwh_mbus_next(&records, data, size, &record);
}

static void ends_with(enum kwh_error error)
{
    assert_false(next());
    assert_string_equal(kwh_error_name(records.error), kwh_error_name(error));
    assert_int_equal(record.header_length, 0);
    assert_int_equal(record.status, KWH_STATUS_OK);
    assert_false(next());
    assert_string_equal(kwh_error_name(records.error), kwh_error_name(error));
}

static void next_is(const char *expected)
{
    char line[320];

    assert_true(next());
    mbus_line(data, size, &record, line, sizeof line);
    assert_string_equal(line, expected);
}

/* One record that is the whole telegram. */
static void is(const char *bytes, const char *expected)
{
    telegram(0x78, bytes);
    next_is(expected);
    ends_with(KWH_OK);
}

static void fails(const char *bytes, enum kwh_error error)
{
    telegram(0x78, bytes);
    ends_with(error);
}

static void integers(void **state)
{
    (void)state;
    is("01 5B F6", "flow temperature: -10 \xC2\xB0\x43");
    is("01 5B 7F", "flow temperature: 127 \xC2\xB0\x43");
    is("02 2B 00 80", "power: -32768 W");
    is("03 AB FC 01 79 29 ED", "power: -1234567 W l1");
    is("04 03 15 CD 5B 07", "energy: 123456789 Wh");
    is("04 03 FF FF FF FF", "energy: -1 Wh");
    is("06 03 FF FF FF FF FF 7F", "energy: 140737488355327 Wh");
    is("06 03 00 00 00 00 00 80", "energy: -140737488355328 Wh");
    is("07 03 FF FF FF FF FF FF FF 7F", "energy: 9223372036854775807 Wh");
    is("07 03 01 00 00 00 00 00 20 00", "energy: 9007199254740993 Wh");
    is("07 03 00 00 00 00 00 00 00 80", "energy: -9223372036854775808 Wh");
}

/* Types C and D: addresses, versions and flags have no sign. */
static void unsigned_integers(void **state)
{
    (void)state;
    is("01 7A FA", "bus address: 250");
    is("02 FD 17 00 80", "FD17: 32768");
    is("04 78 FF FF FF FF", "fabrication no: 4294967295");
    is("07 79 78 56 34 12 CD 25 01 02", "enhanced identification: 144438225756509816");
    is("07 79 00 00 00 00 00 00 00 80", "enhanced identification:  !overflow");
    is("01 FD 08 FF", "FD08: 255");
    is("01 FD 1B 80", "FD1B: 128");
    is("01 FD 1E 80", "FD1E: -128");
    is("01 FD 3A 80", "FD3A: -128");
    is("01 FD 60 80", "FD60: -128");
    is("01 FD 74 FF", "remaining battery life: 22032000 s");
    is("01 FD FD 00 FF", "FDFD00: 255");
    is("01 83 FC 11 FF", "energy: 255 Wh");
    is("01 83 FC 12 80", "energy: 128 Wh");
}

static void digits(void **state)
{
    (void)state;
    is("0C 04 56 34 12 F0", "energy: -1234560 Wh");
    is("0C 04 14 48 60 01", "energy: 16048140 Wh");
    is("0A 5A 21 F3", "flow temperature: -32.1 \xC2\xB0\x43");
    is("09 13 F1", "volume: -0.001 m^3");
    is("0B FD 3A 05 95 99", "FD3A: 999505");
    is("0E 03 99 99 99 99 99 99", "energy: 999999999999 Wh");
    is("0E 03 99 99 99 99 99 F9", "energy: -99999999999 Wh");
    is("0A 5A 45 A3", "flow temperature:  \xC2\xB0\x43 !digits");
    is("0A 5A BB DB", "flow temperature:  \xC2\xB0\x43 !digits");
    is("09 13 E1", "volume:  m^3 !digits");
    is("0A 13 A0 01", "volume:  m^3 !digits");
    is("0A 13 0A F0", "volume:  m^3 !digits");
    is("0C 13 FF FF FF FF", "volume:  m^3 !absent");
    is("0A 13 FF FE", "volume:  m^3 !digits");
    is("0A 13 FE FF", "volume:  m^3 !digits");
}

static void reals(void **state)
{
    (void)state;
    is("05 2B 00 00 49 42", "power: 50.25 W");
    is("05 2E 00 00 49 42", "power: 50250 W");
    is("05 2B CD CC CC 3D", "power: 0.1 W");
    is("05 2B 00 00 C0 7F", "power:  W !nan");
    is("05 2B 00 00 80 7F", "power:  W !infinite");
    is("05 2B 00 00 80 FF", "power:  W !infinite");
    is("05 22 00 00 C0 3F", "on time: 5400.0 s"); /* 1.5 h */
}

static void variable_length(void **state)
{
    (void)state;
    is("0D 78 03 43 42 41", "fabrication no: ABC");
    is("0D 78 00", "fabrication no: ");
    is("0D 78 04 00 00 42 41", "fabrication no: AB");
    is("0D 78 04 42 00 07 41", "fabrication no: A??B");
    is("0D 78 02 B5 E9", "fabrication no: \xC3\xA9\xC2\xB5");
    is("0D 78 02 9F 7F", "fabrication no: ??");
    is("0D 13 C2 78 56", "volume: 5.678 m^3");
    is("0D 13 D2 78 56", "volume: -5.678 m^3");
    is("0D 13 C2 78 F6", "volume:  m^3 !digits");
    is("0D 13 C2 FF FF", "volume:  m^3 !absent");
    is("0D 03 C9 99 99 99 99 99 99 99 99 99", "energy: 999999999999999999 Wh");
    is("0D 03 CA 01 00 00 00 00 00 00 00 00 00", "energy: 1 Wh");
    is("0D 03 CA 07 58 77 54 68 03 72 33 22 09", "energy: 9223372036854775807 Wh");
    is("0D 03 DA 07 58 77 54 68 03 72 33 22 09", "energy: -9223372036854775807 Wh");
    is("0D 03 CA 08 58 77 54 68 03 72 33 22 09", "energy:  Wh !overflow");
    is("0D 03 CA 07 88 77 54 68 03 72 33 22 09", "energy:  Wh !overflow");
    is("0D 03 CF 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99", "energy:  Wh !overflow");
    is("0D 03 C0", "energy:  Wh !absent");
    is("0D 03 E0", "energy:  Wh !absent");
    is("0D 03 E1 FE", "energy: -2 Wh");
    is("0D 03 E5 01 00 00 00 01", "energy: 4294967297 Wh");
    is("0D 03 E8 FF FF FF FF FF FF FF FF", "energy: -1 Wh");
    is("0D 03 E9 01 02 03 04 05 06 07 08 09", "energy: 010203040506070809 Wh");
    is("0D 78 F0 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F",
       "fabrication no: 000102030405060708090A0B0C0D0E0F");
    is("0D FD 3B 02 01 02", "FD3B: 0102");
    is("0D FD 76 01 A5", "FD76: A5");
    is("0D 6D 03 01 02 03", "date time: 010203"); /* type M, whose layout is not public */
}

/* What follows a variable length is found again. */
static void variable_lengths_in_bytes(void **state)
{
    static const struct {
        uint8_t lvar;
        uint8_t length;
    } lengths[] = {{0x00, 0},  {0xBF, 191}, {0xC0, 0},  {0xCF, 15}, {0xD0, 0},
                   {0xDF, 15}, {0xE0, 0},   {0xEF, 15}, {0xF0, 16}, {0xF1, 20},
                   {0xF2, 24}, {0xF3, 28},  {0xF4, 32}, {0xF5, 48}, {0xF6, 64}};

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        telegram(0x78, "0D 78");
        data = memory;
        memset(memory, 0x31, sizeof memory);
        memcpy(memory, "\x0D\x78", 2);
        memory[2] = lengths[i].lvar;
        memcpy(memory + 3 + lengths[i].length, "\x02\x2B\x10\x00", 4);
        size = 7u + lengths[i].length;
        assert_true(next());
        assert_int_equal(record.lvar, lengths[i].lvar);
        assert_int_equal(record.data_length, lengths[i].length);
        next_is("power: 16 W");
        ends_with(KWH_OK);
    }
    for (unsigned lvar = 0xF7; lvar <= 0xFF; lvar++) {
        telegram(0x78, "0D 78 F7 00 00 00 00 00 00 00 00");
        data[2] = (uint8_t)lvar;
        ends_with(KWH_ERROR_RESERVED_LVAR);
    }
}

static void dates(void **state)
{
    (void)state;
    is("02 6C 54 3B", "date: 2026-11-20");
    is("02 6C 7F CC", "date: 1999-12-31");
    is("02 6C 01 A1", "date: 2080-01-01");
    is("02 6C 21 A1", "date: 1981-01-01");
    is("02 6C 1D 12", "date: 2008-02-29");
    is("02 6C 3D 12", "date:  !date"); /* 29 February 2009 */
    is("02 6C 1F 14", "date:  !date"); /* 31 April */
    is("02 6C FF FF", "date:  !date");
    is("02 6C 00 00", "date:  !date");
    is("02 6C E1 F1", "date:  !date"); /* every 1 January */
    is("02 6C 01 10", "date:  !date"); /* month 0 */
    is("02 6C 01 1D", "date:  !date"); /* month 13 */
    is("02 6C 00 11", "date:  !date"); /* every day */
    is("02 6C 81 C1", "date:  !date"); /* year 100 */
    is("04 6C 1E 2A 54 3B", "date:  !date");
    is("00 6C", "date:  !absent");
    is("02 6D 54 3B", "date time: 2026-11-20");
    is("05 6D 54 3B 00 00", "date time:  !date");
    is("01 6D 01", "date time:  !date");
    is("07 6D 01 00 00 00 00 00 00 00", "date time:  !date");
}

static void dates_with_time(void **state)
{
    (void)state;
    is("04 6D 1E 2A 54 3B", "date time: 2026-11-20 10:30");
    is("04 6D 1E 0A 54 3B", "date time: 2026-11-20 10:30");
    is("04 6D 1E 8A 54 3B", "date time: 2026-11-20 10:30 summer");
    is("04 6D 1E 4A 54 3B", "date time: 2126-11-20 10:30");
    is("04 6D 3B 17 54 3B", "date time: 2026-11-20 23:59");
    is("04 6D 3C 17 54 3B", "date time:  !date"); /* minute 60 */
    is("04 6D 3B 18 54 3B", "date time:  !date"); /* hour 24 */
    is("04 6D 3F 1F 54 3B", "date time:  !date"); /* every */
    is("04 6D 80 00 00 00", "date time:  !date");
    is("04 6D 9E 2A 54 3B", "date time:  !date");                    /* marked as invalid */
    is("06 6D 0F 1E AA 54 3B 2F", "date time: 2026-11-20 10:30:15"); /* Friday, week 47 */
    is("06 6D 4F 1E AA 54 3B 2F", "date time: 2026-11-20 10:30:15 summer");
    is("06 6D 0F 9E AA 54 3B 2F", "date time:  !date"); /* marked as invalid */
    is("06 6D 3C 1E AA 54 3B 2F", "date time:  !date"); /* second 60 */
    is("06 6D 0F 1E AA 54 3B 36", "date time:  !date"); /* week 54 */
    is("03 6D 0F 1E 0A", "date time: 663055 10:30:15");
    is("03 6D FF FF FF", "date time: -1 !date");
    is("03 6D 00 00 18", "date time: 1572864 !date"); /* hour 24 */
    is("0E 6D 15 30 10 20 11 26", "date time: 261120103015 2026-11-20 10:30:15");
    is("0E ED 00 00 00 00 01 01 99", "date time: 990101000000 1999-01-01 00:00:00");
    is("0E 6D 00 00 00 31 02 26", "date time: 260231000000 !date");
    is("0E 6D 60 00 00 28 02 26", "date time: 260228000060 !date");
    is("0E 6D FF FF FF FF FF FF", "date time:  !absent");
    is("0E 6D 00 00 00 31 02 F6", "date time: -60231000000 !date");
    is("0C 6D 01 01 20 26", "date time: 26200101 !date");
    is("02 FD 30 54 3B", "FD30: 2026-11-20");
    is("02 FD 70 54 3B", "FD70: 2026-11-20");
    is("02 83 6E 54 3B", "energy: 2026-11-20 Wh modified");
    is("04 83 39 1E 2A 54 3B", "energy: 2026-11-20 10:30 Wh modified");
}

/* Primary codes, the first and last of each range with count 1. */
static void primary_codes(void **state)
{
    (void)state;
    is("01 00 01", "energy: 0.001 Wh");
    is("01 07 01", "energy: 10000 Wh");
    is("01 08 01", "energy: 1 J");
    is("01 0F 01", "energy: 10000000 J");
    is("01 10 01", "volume: 0.000001 m^3");
    is("01 17 01", "volume: 10 m^3");
    is("01 18 01", "mass: 0.001 kg");
    is("01 1F 01", "mass: 10000 kg");
    is("01 20 01", "on time: 1 s");
    is("01 21 01", "on time: 60 s");
    is("01 22 01", "on time: 3600 s");
    is("01 23 01", "on time: 86400 s");
    is("01 24 01", "operating time: 1 s");
    is("01 27 01", "operating time: 86400 s");
    is("01 28 01", "power: 0.001 W");
    is("01 2F 01", "power: 10000 W");
    is("01 30 01", "power: 1 J/h");
    is("01 37 01", "power: 10000000 J/h");
    is("01 38 01", "volume flow: 0.000001 m^3/h");
    is("01 3F 01", "volume flow: 10 m^3/h");
    is("01 40 01", "volume flow: 0.0000001 m^3/min");
    is("01 47 01", "volume flow: 1 m^3/min");
    is("01 48 01", "volume flow: 0.000000001 m^3/s");
    is("01 4F 01", "volume flow: 0.01 m^3/s");
    is("01 50 01", "mass flow: 0.001 kg/h");
    is("01 57 01", "mass flow: 10000 kg/h");
    is("01 58 01", "flow temperature: 0.001 \xC2\xB0\x43");
    is("01 5F 01", "return temperature: 1 \xC2\xB0\x43");
    is("01 60 01", "temperature difference: 0.001 K");
    is("01 63 01", "temperature difference: 1 K");
    is("01 64 01", "external temperature: 0.001 \xC2\xB0\x43");
    is("01 67 01", "external temperature: 1 \xC2\xB0\x43");
    is("01 68 01", "pressure: 0.001 bar");
    is("01 6B 01", "pressure: 1 bar");
    is("01 6E 01", "heat cost: 1");
    is("01 6F 01", "6F: 1");
    is("01 70 01", "averaging duration: 1 s");
    is("01 77 01", "actuality duration: 86400 s");
    is("01 7B 01", "7B: 1");
    is("01 7D 01", "7D: 1");
    is("01 7E 01", "any: 1");
    is("01 7F 01", "manufacturer specific: 1 maker");
}

static void codes_behind_fb(void **state)
{
    (void)state;
    is("01 FB 00 01", "energy: 100000 Wh");
    is("01 FB 01 01", "energy: 1000000 Wh");
    is("01 FB 02 01", "reactive energy: 1000 varh");
    is("01 FB 03 01", "reactive energy: 10000 varh");
    is("01 FB 04 01", "apparent energy: 1000 VAh");
    is("01 FB 05 01", "apparent energy: 10000 VAh");
    is("01 FB 06 01", "FB06: 0.1 ?");
    is("01 FB 07 01", "FB07: 1");
    is("01 FB 08 01", "energy: 100000000 J");
    is("01 FB 0C 01", "energy: 100000 cal");
    is("01 FB 0F 01", "energy: 100000000 cal");
    is("01 FB 10 01", "volume: 100 m^3");
    is("01 FB 11 01", "volume: 1000 m^3");
    is("01 FB 14 01", "reactive power: 1 var");
    is("01 FB 17 01", "reactive power: 1000 var");
    is("01 FB 18 01", "mass: 100000 kg");
    is("01 FB 1A 01", "relative humidity: 0.1 %");
    is("01 FB 1B 01", "relative humidity: 1 %");
    is("01 FB 20 01", "volume: 1 ft^3");
    is("01 FB 21 01", "volume: 0.1 ft^3");
    is("01 FB 22 01", "volume: 0.1 gal ?");
    is("01 FB 23 01", "volume: 1 gal ?");
    is("01 FB 24 01", "volume flow: 0.001 gal/min ?");
    is("01 FB 25 01", "volume flow: 1 gal/min ?");
    is("01 FB 26 01", "volume flow: 1 gal/h ?");
    is("01 FB 28 01", "power: 100000 W");
    is("01 FB 29 01", "power: 1000000 W");
    is("01 FB 2A 01", "phase angle of voltages: 0.1 deg ?");
    is("01 FB 2B 01", "phase angle of current: 0.1 deg ?");
    is("01 FB 2C 01", "frequency: 0.001 Hz");
    is("01 FB 2F 01", "frequency: 1 Hz");
    is("01 FB 30 01", "power: 100000000 J/h");
    is("01 FB 34 01", "apparent power: 1 VA");
    is("01 FB 37 01", "apparent power: 1000 VA");
    is("01 FB 5B 01", "flow temperature: 1 \xC2\xB0\x46 ?");
    is("01 FB 5C 01", "return temperature: 0.001 \xC2\xB0\x46 ?");
    is("01 FB 63 01", "temperature difference: 1 \xC2\xB0\x46 ?");
    is("01 FB 67 01", "external temperature: 1 \xC2\xB0\x46 ?");
    is("01 FB 68 01", "FB68: 1");
    is("01 FB 73 01", "temperature limit: 1 \xC2\xB0\x46 ?");
    is("01 FB 74 01", "temperature limit: 0.001 \xC2\xB0\x43");
    is("01 FB 78 01", "cumulated maximum power: 0.001 W");
    is("01 FB 7F 01", "cumulated maximum power: 10000 W");
}

static void codes_behind_fd(void **state)
{
    (void)state;
    is("01 FD 00 01", "credit: 0.001");
    is("01 FD 07 01", "debit: 1");
    is("01 FD 0E 01", "FD0E: 1");
    is("01 FD 1D 01", "FD1D: 1");
    is("01 FD 23 01", "FD23: 1");
    is("01 FD 24 01", "storage interval: 1 s");
    is("01 FD 27 01", "storage interval: 86400 s");
    is("01 FD 28 01", "storage interval: 1 month");
    is("01 FD 29 01", "storage interval: 1 year");
    is("01 FD 2A 01", "FD2A: 1");
    is("01 FD 2B 01", "FD2B: 1");
    is("01 FD 2C 01", "duration since readout: 1 s");
    is("01 FD 2F 01", "duration since readout: 86400 s");
    is("01 FD 31 01", "duration of tariff: 60 s");
    is("01 FD 33 01", "duration of tariff: 86400 s");
    is("01 FD 34 01", "period of tariff: 1 s");
    is("01 FD 37 01", "period of tariff: 86400 s");
    is("01 FD 38 01", "period of tariff: 1 month");
    is("01 FD 39 01", "period of tariff: 1 year");
    is("01 FD 3A 01", "FD3A: 1");
    is("01 FD 3C 01", "period of transmission: 1 s");
    is("01 FD 3F 01", "period of transmission: 86400 s");
    is("01 FD 40 01", "voltage: 0.000000001 V");
    is("01 FD 4F 01", "voltage: 1000000 V");
    is("01 FD 50 01", "current: 0.000000000001 A");
    is("01 FD 5F 01", "current: 1000 A");
    is("01 FD 61 01", "FD61: 1");
    is("01 FD 66 FF", "FD66: 255");
    is("01 FD 68 01", "duration since cumulation: 3600 s");
    is("01 FD 69 01", "duration since cumulation: 86400 s");
    is("01 FD 6A 01", "duration since cumulation: 1 month");
    is("01 FD 6B 01", "duration since cumulation: 1 year");
    is("01 FD 6C 01", "operating time of battery: 3600 s");
    is("01 FD 6D 01", "operating time of battery: 86400 s");
    is("01 FD 6E 01", "operating time of battery: 1 month");
    is("01 FD 6F 01", "operating time of battery: 1 year");
    is("01 FD 71 C4", "RF level: -60 dBm");
    is("01 FD 75 FF", "FD75: 255");
    is("01 FD 7C 01", "FD7C: 1");
    is("01 FD 7D 01", "FD7D: 1");
    is("01 FD FD 02 0C", "remaining battery life: 12 month");
    is("01 FD FD 03 0C", "remaining battery life: 12 year");
    is("01 FD FD 3E 0C", "FDFD3E: 12");
    is("01 FD FD FD 02 0C", "FDFD7D: 12 !error"); /* no table behind this one: 02 is a VIFE */
}

static void factors(void **state)
{
    (void)state;
    is("02 FD BA 73 DC 03", "FD3A: 0.988");
    is("04 FB 97 72 BC FE FF FF", "reactive power: -32.4 var");
    is("04 FB 82 75 63 91 00 00", "reactive energy: 3721900 varh");
    is("01 83 70 01", "energy: 0.000001 Wh");
    is("01 83 77 01", "energy: 10 Wh");
    is("01 83 7D 01", "energy: 1000 Wh");
    is("01 83 FD FD 7D 01", "energy: 1000000000 Wh");
    is("01 A1 77 01", "on time: 600 s");
    is("01 84 F0 F0 F0 F0 F0 F0 F0 F0 F0 70 01",
       "energy: 0.00000000000000000000000000000000000000000000000000000000001 Wh");
    is("04 DB 7B 64 00 00 00", "flow temperature: 101 \xC2\xB0\x43");
    is("01 DA 7A 64", "flow temperature: 10.1 \xC2\xB0\x43"); /* 10 + 0.1 */
    is("01 DB 78 00", "flow temperature: 0.001 \xC2\xB0\x43");
    is("01 DB FB 79 01", "flow temperature: 2.01 \xC2\xB0\x43");
    is("01 DB 7B FE", "flow temperature: -1 \xC2\xB0\x43");
    is("07 D8 7B 18 FC FF FF FF FF FF 7F", "flow temperature:  \xC2\xB0\x43 !overflow");
    is("07 D8 7B 17 FC FF FF FF FF FF 7F", "flow temperature: 9223372036854775.807 \xC2\xB0\x43");
    is("01 A1 7B 01", "on time: 120 s"); /* 1 min + 1 min */
    is("07 21 FF FF FF FF FF FF FF 7F", "on time:  s !overflow");
    is("07 21 00 00 00 00 00 00 00 03", "on time:  s !overflow"); /* 64 bits, but unsigned */
    is("07 21 00 00 00 00 00 00 00 80", "on time:  s !overflow");
    is("07 87 7B FF FF FF FF FF FF FF 7F", "energy:  Wh !overflow");
    is("05 83 F0 F0 F0 F0 F0 F0 F0 F0 F0 70 01 00 00 00",
       "energy: 0."
       "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
       "0000000000000000000000001 Wh");
}

static void marks(void **state)
{
    static const char *const phases[] = {"l1", "l2", "l3", "n", "l1_l2", "l2_l3", "l3_l1"};
    char bytes[32], expected[64];

    (void)state;
    for (unsigned i = 0; i < COUNT(phases); i++) {
        snprintf(bytes, sizeof bytes, "02 FD C7 FC %02X E4 59", i + 1);
        snprintf(expected, sizeof expected, "voltage: 230.12 V %s", phases[i]);
        is(bytes, expected);
    }
    is("01 83 3B 01", "energy: 1 Wh import");
    is("01 83 3C 01", "energy: 1 Wh export");
    is("01 83 FC 0C 01", "energy: 1 Wh net");
    is("01 83 FC 10 01", "energy: 1 Wh gross");
    is("04 FB 82 F3 3C 15 CD 5B 07", "reactive energy: 123456789 varh export");
    is("01 83 FC 08 01", "energy: 1 Wh q1");
    is("01 83 FC 0B 01", "energy: 1 Wh q4");
    is("01 83 FC 81 3B 01", "energy: 1 Wh l1 import");
    is("01 83 FC 00 01", "energy: 1 Wh modified");
    is("01 83 FC 0D 01", "energy: 1 Wh modified");
    is("01 83 FC 15 01", "energy: 1 Wh modified");
    is("01 83 FC 7F 01", "energy: 1 Wh modified");
    is("01 83 7C 01", "energy: 1 Wh"); /* an extension of nothing */
    is("01 83 00 01", "energy: 1 Wh");
    is("01 83 1D 01", "energy: 1 Wh");
    is("01 83 12 01", "energy: 1 Wh modified");
    is("01 83 08 01", "energy: 1 Wh modified");
    is("01 83 28 01", "energy: 1 Wh modified");
    is("01 83 40 01", "energy: 1 Wh modified");
    is("01 83 50 01", "energy: 1 Wh modified");
    is("01 83 60 01", "energy: 1 Wh modified");
    is("01 83 7E 01", "energy: 1 Wh modified");
}

/* FF 01 is no FC 01: what the maker says is not understood, but the rest of the record is. */
static void manufacturer(void **state)
{
    (void)state;
    is("04 AB FF 01 64 00 00 00", "power: 100 W maker");
    is("01 83 7F 64", "energy: 100 Wh maker");
    is("01 83 FF F3 3C 64", "energy: 100 Wh maker");
    is("01 83 F3 FF 3C 64", "energy: 0.100 Wh maker");
    is("01 FF F3 3C 64", "manufacturer specific: 100 maker");
    is("01 FE 3C 64", "any: 100 export");
}

static void plain_text(void **state)
{
    (void)state;
    is("09 7C 01 54 02", "plain text: 2 T");
    is("02 FC 03 48 52 25 74 2C 01", "plain text: 3.00 %RH");
    is("02 FC 74 03 48 52 25 2C 01", "plain text: 3.00 %RH");
    is("02 FC FC 81 74 01 41 2C 01", "plain text: 3.00 A l1");
    is("02 FC 01 41 FC 81 74 2C 01", "plain text: 3.00 A l1");
    is("01 7C 00 02", "plain text: 2");
    is("01 FC 00 74 02", "plain text: 0.02"); /* no text: then in front of the VIFE */
    is("0D 7C 01 41 02 42 43", "plain text: CB A");
    is("0D FC 74 01 41 02 42 43", "plain text: CB A");
    is("01 7C 01 B3 05", "plain text: 5 \xC2\xB3");
    fails("01 7C", KWH_ERROR_CUT_VIF);
    fails("01 7C 02 41", KWH_ERROR_CUT_VIF);
    fails("01 7C 01 41", KWH_ERROR_CUT_DATA);
    fails("01 FC 01 41", KWH_ERROR_CUT_VIF);
    fails("01 FC 01 41 74", KWH_ERROR_CUT_DATA);
    fails("01 FC 01 41 80 80 80 80 80 80 80 80 80 80 00 01", KWH_ERROR_TOO_MANY_VIFE);
    /* VIFE first would fit, but 07 is no character */
    telegram(0x78, "01 FC 02 03 42 74 07 01 03 05");
    next_is("plain text: 0.07 B?");
    next_is("energy: 5 Wh");
    /* nor is a DEL or what lies behind the text */
    telegram(0x78, "01 FC 02 03 42 74 7F 01 03 05");
    next_is("plain text: 1.27 B?");
    telegram(0x78, "01 FC 02 03 42 74 9F 01 03 05");
    next_is("plain text: -0.97 B?");
    telegram(0x78, "01 FC 02 03 42 74 A0 01 03 05");
    next_is("plain text: 1 \xC2\xA0tB !error");
}

static void plain_text_position(void **state)
{
    (void)state;
    telegram(0x78, "02 FC 03 48 52 25 74 2C 01");
    assert_true(next());
    assert_int_equal(record.header_at, 0);
    assert_int_equal(record.header_length, 7);
    assert_int_equal(record.text_at, 3);
    assert_int_equal(record.text_length, 3);
    assert_int_equal(record.vife_at, 6);
    assert_int_equal(record.vife_count, 1);
    assert_int_equal(record.data_at, 7);
    telegram(0x78, "02 FC 74 03 48 52 25 2C 01");
    assert_true(next());
    assert_int_equal(record.header_length, 7);
    assert_int_equal(record.text_at, 4);
    assert_int_equal(record.vife_at, 2);
    assert_int_equal(record.vife_count, 1);
    assert_int_equal(record.data_at, 7);
}

static void is_number(const char *bytes, enum kwh_mbus_function function, uint64_t storage,
                      uint32_t tariff, uint16_t subunit)
{
    telegram(0x78, bytes);
    assert_true(next());
    assert_int_equal(record.function, function);
    assert_int_equal(record.storage, storage);
    assert_int_equal(record.tariff, tariff);
    assert_int_equal(record.subunit, subunit);
    ends_with(KWH_OK);
}

static void storage_tariff_subunit(void **state)
{
    (void)state;
    is_number("04 03 01 00 00 00", KWH_MBUS_INSTANTANEOUS, 0, 0, 0);
    is_number("44 03 01 00 00 00", KWH_MBUS_INSTANTANEOUS, 1, 0, 0);
    is_number("1C 04 46 13 69 00", KWH_MBUS_MAXIMUM, 0, 0, 0);
    is_number("AC 20 04 01 89 67 00", KWH_MBUS_MINIMUM, 0, 2, 0);
    is_number("34 03 01 00 00 00", KWH_MBUS_ERROR_STATE, 0, 0, 0);
    is_number("84 10 03 01 00 00 00", KWH_MBUS_INSTANTANEOUS, 0, 1, 0);
    is_number("84 80 10 03 01 00 00 00", KWH_MBUS_INSTANTANEOUS, 0, 4, 0);
    is_number("84 40 03 01 00 00 00", KWH_MBUS_INSTANTANEOUS, 0, 0, 1);
    is_number("84 80 40 03 01 00 00 00", KWH_MBUS_INSTANTANEOUS, 0, 0, 2);
    is_number("84 C0 40 03 01 00 00 00", KWH_MBUS_INSTANTANEOUS, 0, 0, 3);
    is_number("8C 01 03 01 00 00 00", KWH_MBUS_INSTANTANEOUS, 2, 0, 0);
    is_number("CC 01 03 01 00 00 00", KWH_MBUS_INSTANTANEOUS, 3, 0, 0);
    is_number("DA 02 3B 13 01", KWH_MBUS_MAXIMUM, 5, 0, 0);
    is_number("C4 FF FF 7F 03 01 00 00 00", KWH_MBUS_INSTANTANEOUS, 8191, 63, 7);
    is_number("84 00 03 01 00 00 00", KWH_MBUS_INSTANTANEOUS, 0, 0, 0);
    /* ten DIFE: 41, 20 and 10 bits */
    is_number("C4 FF FF FF FF FF FF FF FF FF 7F 03 01 00 00 00", KWH_MBUS_INSTANTANEOUS,
              UINT64_C(0x1FFFFFFFFFF), 0xFFFFF, 0x3FF);
    is_number("84 80 80 80 80 80 80 80 80 80 48 03 01 00 00 00", KWH_MBUS_INSTANTANEOUS,
              UINT64_C(0x10000000000), 0, 0x200);
}

static void damaged(void **state)
{
    (void)state;
    fails("84", KWH_ERROR_CUT_DIF);
    fails("84 80", KWH_ERROR_CUT_DIF);
    fails("04", KWH_ERROR_CUT_VIF);
    fails("84 00", KWH_ERROR_CUT_VIF);
    fails("04 83", KWH_ERROR_CUT_VIF);
    fails("04 83 BB", KWH_ERROR_CUT_VIF);
    fails("04 FB", KWH_ERROR_CUT_VIF);
    fails("04 FD", KWH_ERROR_CUT_VIF);
    fails("04 FD FD", KWH_ERROR_CUT_VIF);
    fails("04 FF", KWH_ERROR_CUT_VIF);
    fails("04 03", KWH_ERROR_CUT_DATA);
    fails("04 03 01 00 00", KWH_ERROR_CUT_DATA);
    fails("0D 78", KWH_ERROR_CUT_DATA);
    fails("0D 78 02 41", KWH_ERROR_CUT_DATA);
    fails("84 80 80 80 80 80 80 80 80 80 80 00 03 01 00 00 00", KWH_ERROR_TOO_MANY_DIFE);
    fails("04 83 BB BB BB BB BB BB BB BB BB BB 3B 01 00 00 00", KWH_ERROR_TOO_MANY_VIFE);
    is("04 83 BB BB BB BB BB BB BB BB BB 3B 01 00 00 00", "energy: 1 Wh import");
    is("01 FD BA BB BB BB BB BB BB BB BB BB 3B 01", "FD3A: 1 import");
    for (unsigned dif = 0x3F; dif <= 0xFF; dif += 0x10) {
        telegram(0x78, "3F 00 00 00");
        data[0] = (uint8_t)dif;
        ends_with(KWH_ERROR_RESERVED_DIF);
    }
}

/* A telegram cut short keeps the records before the cut. */
static void records_before_a_cut(void **state)
{
    (void)state;
    telegram(0x78, "03 13 15 31 00 DA 02 3B 13 01 8B 60 04 37 18");
    next_is("volume: 12.565 m^3");
    next_is("volume flow: 0.113 m^3/h");
    ends_with(KWH_ERROR_CUT_DATA);
}

static void fillers_and_ends(void **state)
{
    (void)state;
    telegram(0x78, "2F 2F 01 03 05 2F 2F 01 2B 07 2F");
    next_is("energy: 5 Wh");
    next_is("power: 7 W");
    ends_with(KWH_OK);
    assert_false(records.more_records_follow);
    assert_int_equal(records.manufacturer_length, 0);
    telegram(0x78, "");
    ends_with(KWH_OK);
    telegram(0x78, "01 03 05 0F 01 03 05");
    next_is("energy: 5 Wh");
    ends_with(KWH_OK);
    assert_false(records.more_records_follow);
    assert_int_equal(records.manufacturer_at, 4);
    assert_int_equal(records.manufacturer_length, 3);
    telegram(0x78, "01 03 05 1F");
    next_is("energy: 5 Wh");
    ends_with(KWH_OK);
    assert_true(records.more_records_follow);
    assert_int_equal(records.manufacturer_at, 4);
    assert_int_equal(records.manufacturer_length, 0);
}

static void no_data(void **state)
{
    (void)state;
    is("08 13", "volume:  m^3 !absent");
    is("00 13", "volume:  m^3 !absent");
    assert_int_equal(record.form, KWH_MBUS_FORM_NOTHING);
}

/* In an answer: an error in place of the value, which is never to be used. */
static void record_errors(void **state)
{
    static const uint8_t errors[] = {0x01, 0x07, 0x0B, 0x0F, 0x15, 0x16, 0x17, 0x18, 0x1C};
    char bytes[16];

    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        snprintf(bytes, sizeof bytes, "01 83 %02X 05", errors[i]);
        is(bytes, "energy: 5 Wh !error");
        telegram(0x78, bytes);
        assert_true(next());
        assert_int_equal(record.report, errors[i]);
        assert_false(record.modified);
    }
    is("00 83 15", "energy:  Wh !error");
}

/* To the meter the same codes are actions, and there are ways to ask for records. */
static void commands(void **state)
{
    (void)state;
    telegram(0x51, "01 7A 08");
    next_is("bus address: 8");
    ends_with(KWH_OK);
    telegram(0x51, "0C 86 01 10 00 00 00");
    next_is("energy: 10000 Wh");
    assert_int_equal(record.report, 1);
    telegram(0x51, "40 DA 0B");
    next_is("flow temperature:  \xC2\xB0\x43 !absent");
    assert_int_equal(record.report, 0x0B);
    assert_int_equal(record.storage, 1);
    telegram(0x51, "08 83 09");
    next_is("energy:  Wh !absent");
    assert_int_equal(record.report, 9);
    assert_false(record.modified);
    telegram(0x51, "0C 86 00 07 01 00 00");
    next_is("energy: 107000 Wh");
    assert_int_equal(record.report, 0);
    telegram(0x51, "08 13 08 5A");
    next_is("volume:  m^3 !absent");
    next_is("flow temperature:  \xC2\xB0\x43 !absent");
    ends_with(KWH_OK);
    telegram(0x51, "C8 3F 7E");
    next_is("any:  !absent");
    assert_int_equal(record.storage, 31);
    assert_int_equal(record.tariff, 3);
    telegram(0x51, "7F");
    next_is("global readout:  !absent");
    assert_int_equal(record.header_length, 1);
    ends_with(KWH_OK);
    telegram(0x51, "01 03 05 3F");
    next_is("energy: 5 Wh");
    ends_with(KWH_ERROR_RESERVED_DIF);
}

/* The example of the M-Bus documentation, and its variants. */
static void fixed_structure(void **state)
{
    (void)state;
    telegram(0x73, "78 56 34 12 0A 00 E9 7E 01 00 00 00 35 01 00 00");
    next_is("volume: 0.001 m^3");
    assert_int_equal(record.storage, 0);
    assert_int_equal(record.header_length, 0);
    next_is("volume: 0.135 m^3");
    assert_int_equal(record.storage, 1);
    ends_with(KWH_OK);
    /* binary, stored at a fixed date */
    telegram(0x73, "78 56 34 12 0A 03 02 15 FF FF FF FF 35 01 00 00");
    next_is("energy: -1 Wh");
    assert_int_equal(record.storage, 1);
    next_is("power: 3090 W");
    assert_int_equal(record.storage, 1);
    /* medium 12: high byte first */
    telegram(0x73, "12 34 56 78 0A 00 05 CE 12 34 56 78 00 00 00 01");
    next_is("energy: 12345678000 Wh");
    next_is("energy: 1000000 J");
    /* each unit's first and last code */
    telegram(0x73, "78 56 34 12 0A 00 0A 0B 01 00 00 00 01 00 00 00");
    next_is("energy: 100000000 Wh");
    next_is("energy: 1000 J");
    telegram(0x73, "78 56 34 12 0A 00 1C 1D 01 00 00 00 01 00 00 00");
    next_is("power: 100000000 W");
    next_is("power: 1000 J/h");
    telegram(0x73, "78 56 34 12 0A 00 26 37 01 00 00 00 01 00 00 00");
    next_is("volume: 0.000001 m^3");
    next_is("volume flow: 100 m^3/h");
    telegram(0x73, "78 56 34 12 0A 00 38 39 01 00 00 00 01 00 00 00");
    next_is("temperature: 0.001 \xC2\xB0\x43");
    next_is("heat cost: 1");
    telegram(0x73, "78 56 34 12 0A 00 3F 3E 01 00 00 00 FF FF FF FF");
    next_is("3F: 1");
    next_is("3F:  !absent");
}

/* Mode 2: every field the other way round, texts in reading order. */
static void most_significant_first(void **state)
{
    struct kwh_mbus_telegram header = {.content = KWH_MBUS_DATA, .msb_first = true};

    (void)state;
    telegram(0x78, "04 03 00 00 01 02 0A 5A 04 25 05 2B 42 49 00 00 02 6C 3B 54 0D 78 03 41 42 43");
    kwh_mbus_records_init(&records, &header);
    next_is("energy: 258 Wh");
    next_is("flow temperature: 42.5 \xC2\xB0\x43");
    next_is("power: 50.25 W");
    next_is("date: 2026-11-20");
    next_is("fabrication no: ABC");
    ends_with(KWH_OK);
    telegram(0x78, "09 7C 02 41 42 05 0D 78 03 41 42 00");
    kwh_mbus_records_init(&records, &header);
    next_is("plain text: 5 AB");
    next_is("fabrication no: AB");
}

static void no_records(void **state)
{
    struct kwh_mbus_telegram header = {.content = KWH_MBUS_ALARM};

    (void)state;
    telegram(0x78, "01 03 05");
    kwh_mbus_records_init(&records, &header);
    ends_with(KWH_OK);
    header.content = KWH_MBUS_FIXED;
    kwh_mbus_records_init(&records, &header);
    ends_with(KWH_OK);
    header.content = 0xFF;
    kwh_mbus_records_init(&records, &header);
    ends_with(KWH_OK);
    header.content = KWH_MBUS_DATA;
    header.encryption = KWH_MBUS_AES_CBC;
    kwh_mbus_records_init(&records, &header);
    ends_with(KWH_ERROR_ENCRYPTED);
    header.encryption = KWH_MBUS_PLAIN;
    kwh_mbus_records_init(&records, &header);
    data = memory;
    size = KWH_MBUS_DATA_MAX + 1;
    ends_with(KWH_ERROR_ARGUMENT);
}

static void texts_that_do_not_fit(void **state)
{
    char text[8] = "x";

    (void)state;
    telegram(0x78, "0D 7C 02 42 41 03 43 42 E9");
    assert_true(next());
    assert_int_equal(kwh_mbus_text(data, size, &record, text, 4), KWH_ERROR_CAPACITY);
    assert_string_equal(text, "");
    assert_int_equal(kwh_mbus_text(data, size, &record, text, 0), KWH_ERROR_CAPACITY);
    assert_int_equal(kwh_mbus_text(data, size, &record, text, 5), KWH_OK);
    assert_string_equal(text, "\xC3\xA9\x42\x43");
    assert_int_equal(kwh_mbus_text(data, size - 1, &record, text, 5), KWH_ERROR_NO_VALUE);
    assert_string_equal(text, "");
    assert_int_equal(kwh_mbus_unit_text(data, size, &record, text, 2), KWH_ERROR_CAPACITY);
    assert_string_equal(text, "");
    assert_int_equal(kwh_mbus_unit_text(data, size, &record, text, 3), KWH_OK);
    assert_string_equal(text, "AB");
    assert_int_equal(kwh_mbus_unit_text(data, 2, &record, text, 3), KWH_ERROR_NO_VALUE);
    telegram(0x78, "01 03 05");
    assert_true(next());
    memcpy(text, "x", 2);
    assert_int_equal(kwh_mbus_text(data, size, &record, text, sizeof text), KWH_ERROR_NO_VALUE);
    assert_string_equal(text, "");
    assert_int_equal(kwh_mbus_unit_text(data, size, &record, text, 2), KWH_ERROR_CAPACITY);
    assert_string_equal(text, "");
    assert_int_equal(kwh_mbus_unit_text(data, size, &record, text, 0), KWH_ERROR_CAPACITY);
    assert_int_equal(kwh_mbus_unit_text(data, size, &record, text, 3), KWH_OK);
    assert_string_equal(text, "Wh");
}

static void sizes(void **state)
{
    (void)state;
    assert_in_range(sizeof records + sizeof record, 1, 128);
}

/* Numbers of kinds are API. */
static void kinds_are_frozen(void **state)
{
    static const char *const names[] = {"energy", "volume", "mass"};

    (void)state;
    assert_int_equal(KWH_MBUS_KIND_CODE, 0);
    assert_int_equal(KWH_MBUS_KIND_ENERGY, 1);
    assert_int_equal(KWH_MBUS_KIND_POWER, 6);
    assert_int_equal(KWH_MBUS_KIND_PRESSURE, 13);
    assert_int_equal(KWH_MBUS_KIND_BUS_ADDRESS, 21);
    assert_int_equal(KWH_MBUS_KIND_PLAIN_TEXT, 24);
    assert_int_equal(KWH_MBUS_KIND_CURRENT, 31);
    assert_int_equal(KWH_MBUS_KIND_STORAGE_INTERVAL, 37);
    assert_int_equal(KWH_MBUS_KIND_GLOBAL_READOUT, 49);
    for (uint8_t i = 0; i < COUNT(names); i++) {
        char text[KWH_MBUS_KIND_TEXT];
        record.kind = (uint8_t)(i + 1);
        kwh_mbus_kind_print(&record, text);
        assert_string_equal(text, names[i]);
    }
    assert_string_equal(kwh_mbus_function_name(KWH_MBUS_MAXIMUM), "maximum");
    assert_string_equal(kwh_mbus_function_name((enum kwh_mbus_function)4), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(unsigned_integers),
        cmocka_unit_test(digits),
        cmocka_unit_test(reals),
        cmocka_unit_test(variable_length),
        cmocka_unit_test(variable_lengths_in_bytes),
        cmocka_unit_test(dates),
        cmocka_unit_test(dates_with_time),
        cmocka_unit_test(primary_codes),
        cmocka_unit_test(codes_behind_fb),
        cmocka_unit_test(codes_behind_fd),
        cmocka_unit_test(factors),
        cmocka_unit_test(marks),
        cmocka_unit_test(manufacturer),
        cmocka_unit_test(plain_text),
        cmocka_unit_test(plain_text_position),
        cmocka_unit_test(storage_tariff_subunit),
        cmocka_unit_test(damaged),
        cmocka_unit_test(records_before_a_cut),
        cmocka_unit_test(fillers_and_ends),
        cmocka_unit_test(no_data),
        cmocka_unit_test(record_errors),
        cmocka_unit_test(commands),
        cmocka_unit_test(fixed_structure),
        cmocka_unit_test(most_significant_first),
        cmocka_unit_test(no_records),
        cmocka_unit_test(texts_that_do_not_fit),
        cmocka_unit_test(sizes),
        cmocka_unit_test(kinds_are_frozen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
