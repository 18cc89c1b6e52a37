/* SPDX-License-Identifier: MIT */
/*
 * A simulated meter: its values agree with each other as on a real one, its counters with its
 * powers; pins and settings hold; every register of every map can be served.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <kwh/host.h>
#include <kwh/port_memory.h>

#include <string.h>

#define HOUR_S 3600

static struct kwh_simulation *new_meter(const char *map, uint32_t seed)
{
    struct kwh_simulation *meter = NULL;
    assert_int_equal(kwh_simulation_new(&meter, kwh_host_find_map(map), seed), KWH_OK);
    assert_non_null(meter);
    return meter;
}

/* A value as a count of 10^exponent, which must be exact. */
static int64_t value_at(struct kwh_simulation *meter, uint32_t quantity, int exponent)
{
    struct kwh_reading reading;
    int64_t count = 0;
    assert_int_equal(kwh_simulation_value(meter, quantity, &reading), KWH_OK);
    assert_int_equal(reading.form, KWH_FORM_DECIMAL);
    assert_int_equal(kwh_decimal_to_int64(reading.decimal, exponent, KWH_ROUND_NONE, &count),
                     KWH_OK);
    return count;
}

static void assert_between(int64_t value, int64_t low, int64_t high)
{
    if (value < low || value > high)
        fail_msg("%lld is not from %lld to %lld", (long long)value, (long long)low,
                 (long long)high);
}

static const uint32_t voltages[] = {KWH_VOLTAGE_L1, KWH_VOLTAGE_L2, KWH_VOLTAGE_L3};
static const uint32_t currents[] = {KWH_CURRENT_L1, KWH_CURRENT_L2, KWH_CURRENT_L3};
static const uint32_t active[] = {KWH_ACTIVE_POWER_L1, KWH_ACTIVE_POWER_L2, KWH_ACTIVE_POWER_L3};
static const uint32_t reactive[] = {KWH_REACTIVE_POWER_L1, KWH_REACTIVE_POWER_L2,
                                    KWH_REACTIVE_POWER_L3};
static const uint32_t apparent[] = {KWH_APPARENT_POWER_L1, KWH_APPARENT_POWER_L2,
                                    KWH_APPARENT_POWER_L3};
static const uint32_t factors[] = {KWH_POWER_FACTOR_MAGNITUDE_L1, KWH_POWER_FACTOR_MAGNITUDE_L2,
                                   KWH_POWER_FACTOR_MAGNITUDE_L3};
static const uint32_t imports[] = {KWH_ACTIVE_ENERGY_IMPORT_L1, KWH_ACTIVE_ENERGY_IMPORT_L2,
                                   KWH_ACTIVE_ENERGY_IMPORT_L3};
static const uint32_t exports[] = {KWH_ACTIVE_ENERGY_EXPORT_L1, KWH_ACTIVE_ENERGY_EXPORT_L2,
                                   KWH_ACTIVE_ENERGY_EXPORT_L3};

static int64_t sum_of(struct kwh_simulation *meter, const uint32_t quantities[3], int exponent)
{
    int64_t sum = 0;
    for (int i = 0; i < 3; i++)
        sum += value_at(meter, quantities[i], exponent);
    return sum;
}

/* P = U I PF, S = U I, S^2 = P^2 + Q^2, within the resolution of the values. */
static void check_phase(struct kwh_simulation *meter, int i)
{
    int64_t centivolt = value_at(meter, voltages[i], -2);
    int64_t milliampere = value_at(meter, currents[i], -3);
    int64_t deciwatt = value_at(meter, active[i], -1);
    int64_t decivar = value_at(meter, reactive[i], -1);
    int64_t deci_va = value_at(meter, apparent[i], -1);
    int64_t factor = value_at(meter, factors[i], -3);

    assert_between(centivolt, 20700, 25300);
    assert_between(factor, 0, 1000);
    int64_t product = centivolt * milliampere; /* 10^-5 VA */
    int64_t size = product < 0 ? -product : product;
    assert_between(deci_va - size / 10000, -1, 1);
    assert_between(product * factor / 10000000 - deciwatt, -2 - deci_va / 1500, 2 + deci_va / 1500);
    int64_t off = deci_va * deci_va - deciwatt * deciwatt - decivar * decivar;
    assert_between(off, 0, 2 * deci_va + 1);
}

static void values_agree(void **state)
{
    (void)state;
    struct kwh_simulation *meter = new_meter("inepro_pro380", 3);
    for (int minute = 0; minute < 24 * 60; minute += 7) {
        for (int i = 0; i < 3; i++)
            check_phase(meter, i);
        int64_t p = value_at(meter, KWH_ACTIVE_POWER, -1);
        int64_t q = value_at(meter, KWH_REACTIVE_POWER, -1);
        int64_t factor = value_at(meter, KWH_POWER_FACTOR_MAGNITUDE, -3);
        assert_int_equal(p, sum_of(meter, active, -1));
        assert_int_equal(q, sum_of(meter, reactive, -1));
        assert_int_equal(value_at(meter, KWH_APPARENT_POWER, -1), sum_of(meter, apparent, -1));
        /* of the sum: |P| / sqrt(P^2 + Q^2), so PF^2 (P^2 + Q^2) = P^2 */
        int64_t square = p * p + q * q, wide = 2 * factor * square / 1000 + square / 1000;
        assert_between(factor * factor * square / 1000000 - p * p, -wide / 500 - 1, wide / 500 + 1);
        assert_between(value_at(meter, KWH_FREQUENCY, -2), 4990, 5010);
        assert_int_equal(value_at(meter, KWH_ACTIVE_ENERGY_IMPORT, -3), sum_of(meter, imports, -3));
        assert_int_equal(value_at(meter, KWH_ACTIVE_ENERGY_EXPORT, -3), sum_of(meter, exports, -3));
        assert_int_equal(value_at(meter, KWH_ACTIVE_ENERGY_IMPORT, -3),
                         value_at(meter, KWH_ACTIVE_ENERGY_IMPORT_T1, -3) +
                             value_at(meter, KWH_ACTIVE_ENERGY_IMPORT_T2, -3));
        kwh_simulation_advance(meter, 7 * 60000);
    }
    kwh_simulation_free(meter);
}

/* An hour, second by second: what the powers come to is what was counted. */
static void energies_follow_the_powers(void **state)
{
    (void)state;
    struct kwh_simulation *meter = new_meter("inepro_pro380", 9);
    int64_t import[3], export[3], import_ds[3] = {0}, export_ds[3] = {0};
    bool exported = false;
    for (int i = 0; i < 3; i++) {
        import[i] = value_at(meter, imports[i], -3);
        export[i] = value_at(meter, exports[i], -3);
    }
    for (int second = 0; second < HOUR_S; second++) {
        for (int i = 0; i < 3; i++) {
            int64_t deciwatt = value_at(meter, active[i], -1);
            import_ds[i] += deciwatt > 0 ? deciwatt : 0;
            export_ds[i] += deciwatt < 0 ? -deciwatt : 0;
            exported = exported || deciwatt < 0;
        }
        kwh_simulation_advance(meter, 1000);
    }
    assert_true(exported);
    for (int i = 0; i < 3; i++) {
        /* 36 tenths of a watt-second are a milliwatt-hour; less than one of them is cut off */
        assert_int_equal(value_at(meter, imports[i], -3) - import[i], import_ds[i] / 36);
        assert_int_equal(value_at(meter, exports[i], -3) - export[i], export_ds[i] / 36);
    }
    kwh_simulation_free(meter);
}

/* Time may come in any pieces. */
static void pieces_of_time_do_not_matter(void **state)
{
    (void)state;
    struct kwh_simulation *a = new_meter("inepro_pro380", 5), *b = new_meter("inepro_pro380", 5);
    struct kwh_simulation *other = new_meter("inepro_pro380", 6);
    kwh_simulation_advance(a, 777 * 1000);
    for (int i = 0; i < 1000; i++)
        kwh_simulation_advance(b, 777);
    kwh_simulation_advance(other, 777 * 1000);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(value_at(a, active[i], -1), value_at(b, active[i], -1));
        assert_int_equal(value_at(a, imports[i], -3), value_at(b, imports[i], -3));
        assert_int_not_equal(value_at(a, active[i], -1), value_at(other, active[i], -1));
    }
    kwh_simulation_free(a);
    kwh_simulation_free(b);
    kwh_simulation_free(other);
}

static void the_load_moves(void **state)
{
    (void)state;
    struct kwh_simulation *meter = new_meter("inepro_pro1", 1);
    int64_t low = INT64_MAX, high = 0;
    for (int i = 0; i < 600; i++) {
        int64_t deciwatt = value_at(meter, KWH_ACTIVE_POWER, -1);
        low = deciwatt < low ? deciwatt : low;
        high = deciwatt > high ? deciwatt : high;
        kwh_simulation_advance(meter, 1000);
    }
    assert_true(low > 0);
    assert_true(high > 2 * low);
    assert_int_equal(value_at(meter, KWH_VOLTAGE, -2), value_at(meter, KWH_VOLTAGE_L1, -2));
    kwh_simulation_free(meter);
}

static void tariffs_and_combination_codes(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        int forward, reverse;
    } codes[] = {{"forward", 1, 0},
                 {"reverse", 0, -1},
                 {"forward_plus_reverse", 1, 1},
                 {"forward_minus_reverse", 1, -1}};
    struct kwh_simulation *meter = new_meter("inepro_pro380", 2);
    assert_int_equal(value_at(meter, KWH_TARIFF, 0), 1); /* it starts at noon */
    int64_t t1 = value_at(meter, KWH_ACTIVE_ENERGY_IMPORT_T1, -3);
    int64_t t2 = value_at(meter, KWH_ACTIVE_ENERGY_IMPORT_T2, -3);
    assert_int_equal(kwh_simulation_pin(meter, "tariff", "2"), KWH_OK);
    kwh_simulation_advance(meter, HOUR_S * 1000);
    assert_int_equal(value_at(meter, KWH_ACTIVE_ENERGY_IMPORT_T1, -3), t1);
    assert_true(value_at(meter, KWH_ACTIVE_ENERGY_IMPORT_T2, -3) > t2);

    for (size_t i = 0; i < KWH_COUNT(codes); i++) {
        assert_int_equal(kwh_simulation_pin(meter, "combination_code", codes[i].word), KWH_OK);
        assert_int_equal(value_at(meter, KWH_ACTIVE_ENERGY_COMBINED, -3),
                         codes[i].forward * value_at(meter, KWH_ACTIVE_ENERGY_IMPORT, -3) +
                             codes[i].reverse * value_at(meter, KWH_ACTIVE_ENERGY_EXPORT, -3));
    }
    kwh_simulation_free(meter);
}

/* With the vector sum the phases cancel out at each moment: what the power of all says, second by
 * second, and not what those of the phases say. */
static void the_vector_sum_follows_the_power_of_all_phases(void **state)
{
    (void)state;
    struct kwh_simulation *meter = new_meter("inepro_pro380", 2);
    int64_t import, export, of_phases, sums[2] = {0, 0};
    int64_t both = value_at(meter, KWH_ACTIVE_ENERGY_IMPORT, -3) -
                   value_at(meter, KWH_ACTIVE_ENERGY_EXPORT, -3);
    of_phases = value_at(meter, KWH_ACTIVE_ENERGY_EXPORT, -3);
    assert_int_equal(kwh_simulation_pin(meter, "combination_code", "forward_minus_reverse_vector"),
                     KWH_OK);
    import = value_at(meter, KWH_ACTIVE_ENERGY_IMPORT, -3);
    export = value_at(meter, KWH_ACTIVE_ENERGY_EXPORT, -3);
    assert_int_equal(import - export, both);
    assert_int_equal(value_at(meter, KWH_ACTIVE_ENERGY_COMBINED, -3), both);
    assert_in_range(export, 1, of_phases - 1);
    for (unsigned second = 0; second < 7200; second++) {
        int64_t power = value_at(meter, KWH_ACTIVE_POWER, -1);
        sums[power < 0 ? 1 : 0] += power < 0 ? -power : power;
        kwh_simulation_advance(meter, 1000);
    }
    assert_true(sums[0] > 0 && sums[1] > 0);
    assert_in_range(value_at(meter, KWH_ACTIVE_ENERGY_IMPORT, -3) - import, sums[0] / 36 - 1,
                    sums[0] / 36 + 1);
    assert_in_range(value_at(meter, KWH_ACTIVE_ENERGY_EXPORT, -3) - export, sums[1] / 36 - 1,
                    sums[1] / 36 + 1);
    kwh_simulation_free(meter);
}

static void night_has_its_tariff(void **state)
{
    (void)state;
    struct kwh_simulation *meter = new_meter("inepro_pro380", 2);
    kwh_simulation_advance(meter, 11 * HOUR_S * 1000); /* 23 o'clock */
    assert_int_equal(value_at(meter, KWH_TARIFF, 0), 2);
    kwh_simulation_advance(meter, 9 * HOUR_S * 1000); /* 8 o'clock */
    assert_int_equal(value_at(meter, KWH_TARIFF, 0), 1);
    kwh_simulation_free(meter);
}

static void pins(void **state)
{
    (void)state;
    struct kwh_simulation *meter = new_meter("inepro_pro1", 1);
    assert_int_equal(kwh_simulation_pin(meter, "voltage_l1", "230.12"), KWH_OK);
    kwh_simulation_advance(meter, 60000);
    assert_int_equal(value_at(meter, KWH_VOLTAGE_L1, -2), 23012);
    assert_int_equal(kwh_simulation_pin(meter, "voltage_l1_v", "229"), KWH_OK);
    assert_int_equal(value_at(meter, KWH_VOLTAGE_L1, 0), 229);
    assert_int_equal(kwh_simulation_pin(meter, "voltage_l2", "230"), KWH_ERROR_NOT_IN_MAP);
    assert_int_equal(kwh_simulation_pin(meter, "voltag_l1", "230"), KWH_ERROR_UNKNOWN_NAME);
    assert_int_equal(kwh_simulation_pin(meter, "voltage_l1", "much"), KWH_ERROR_SYNTAX);
    assert_int_equal(kwh_simulation_pin(meter, "parity", "mark"), KWH_ERROR_UNKNOWN_NAME);
    assert_int_equal(value_at(meter, KWH_VOLTAGE_L1, 0), 229);
    struct kwh_reading reading;
    assert_int_equal(kwh_simulation_value(meter, KWH_VOLTAGE_L2, &reading), KWH_ERROR_NOT_IN_MAP);
    assert_false(kwh_reading_has_value(&reading));
    kwh_simulation_free(meter);
    kwh_simulation_free(NULL);
}

static void assert_answer(const struct kwh_slave *slave, const uint8_t *request, size_t length,
                          const uint8_t *answer, size_t answer_length)
{
    uint8_t got[KWH_MODBUS_PDU_MAX];
    assert_int_equal(kwh_slave_answer(slave, request, length, got), answer_length);
    assert_memory_equal(got, answer, answer_length);
}

/* The registers of a PRO380: 230.12 V is 43661EB8, its code 0102, 9600 Bd 2580, even parity 1. */
static void registers(void **state)
{
    (void)state;
    static const uint8_t voltage[] = {3, 0x50, 0x02, 0, 2}, item[] = {3, 0x40, 0x02, 0, 3};
    static const uint8_t parity[] = {3, 0x40, 0x11, 0, 2};
    static const uint8_t volts[] = {3, 4, 0x43, 0x66, 0x1E, 0xB8};
    static const uint8_t code[] = {3, 6, 0x01, 0x02, 0x00, 0x07, 0x25, 0x80};
    static const uint8_t even[] = {3, 4, 0x00, 0x01, 0x31, 0x46};
    struct kwh_simulation *meter = new_meter("inepro_pro380", 1);
    struct kwh_slave slave;
    kwh_simulation_slave(meter, 7, &slave);
    assert_int_equal(slave.address, 7);
    assert_int_equal(kwh_simulation_pin(meter, "voltage_l1", "230.12"), KWH_OK);
    assert_answer(&slave, voltage, sizeof voltage, volts, sizeof volts);
    assert_answer(&slave, item, sizeof item, code, sizeof code);
    assert_answer(&slave, parity, sizeof parity, even, sizeof even);
    kwh_simulation_free(meter);
}

static void writing(void **state)
{
    (void)state;
    static const uint8_t odd[] = {6, 0x40, 0x11, 0, 3}, never[] = {6, 0x40, 0x11, 0, 9};
    static const uint8_t refused[] = {0x86, 3};
    static const uint8_t clear[] = {16, 0x60, 0x49, 0, 2, 4, 0, 0, 0, 0};
    static const uint8_t cleared[] = {16, 0x60, 0x49, 0, 2};
    struct kwh_simulation *meter = new_meter("inepro_pro380", 1);
    struct kwh_reading reading;
    struct kwh_slave slave;
    kwh_simulation_slave(meter, 1, &slave);
    assert_answer(&slave, odd, sizeof odd, odd, sizeof odd);
    assert_int_equal(kwh_simulation_value(meter, KWH_PARITY, &reading), KWH_OK);
    assert_string_equal(reading.word, "odd");
    assert_answer(&slave, never, sizeof never, refused, sizeof refused);

    assert_true(value_at(meter, KWH_ACTIVE_ENERGY_IMPORT_RESETTABLE, -3) > 0);
    assert_answer(&slave, clear, sizeof clear, cleared, sizeof cleared);
    assert_int_equal(value_at(meter, KWH_ACTIVE_ENERGY_IMPORT_RESETTABLE, -3), 0);
    int64_t before = value_at(meter, KWH_ACTIVE_ENERGY_IMPORT, -3);
    kwh_simulation_advance(meter, HOUR_S * 1000);
    assert_int_equal(value_at(meter, KWH_ACTIVE_ENERGY_IMPORT_RESETTABLE, -3),
                     value_at(meter, KWH_ACTIVE_ENERGY_IMPORT, -3) - before);
    kwh_simulation_free(meter);
}

/* Every register that can be read has a value that fits it, in every map, for days. */
/* A meter that has everything: what the maps of today do not ask of a simulated one yet. */
#define COUNTER(address, name) KWH_HOLDING(address, INT64, MILLI, name, KWH_INFERRED)
static const struct kwh_row wide_rows[] = {
    COUNTER(0x000, VOLTAGE_L1),
    COUNTER(0x004, VOLTAGE_L2),
    COUNTER(0x008, VOLTAGE_L3),
    COUNTER(0x00C, VOLTAGE_L1_L2),
    COUNTER(0x010, VOLTAGE_L2_L3),
    COUNTER(0x014, VOLTAGE_L3_L1),
    COUNTER(0x018, VOLTAGE_MEAN),
    COUNTER(0x01C, VOLTAGE_MEAN_LL),
    COUNTER(0x020, CURRENT_L1),
    COUNTER(0x024, CURRENT_L2),
    COUNTER(0x028, CURRENT_L3),
    COUNTER(0x02C, CURRENT_N),
    COUNTER(0x030, CURRENT_SUM),
    COUNTER(0x034, CURRENT_MEAN),
    COUNTER(0x038, CURRENT_L1_DEMAND),
    COUNTER(0x03C, CURRENT_L1_MAX_DEMAND),
    COUNTER(0x040, ACTIVE_POWER),
    COUNTER(0x044, ACTIVE_POWER_IMPORT),
    COUNTER(0x048, ACTIVE_POWER_EXPORT),
    COUNTER(0x04C, ACTIVE_POWER_GROSS),
    COUNTER(0x050, ACTIVE_POWER_DEMAND),
    COUNTER(0x054, ACTIVE_POWER_MAX_DEMAND),
    COUNTER(0x058, POWER_FACTOR),
    COUNTER(0x05C, POWER_FACTOR_LEAD_LAG),
    COUNTER(0x060, POWER_FACTOR_L3),
    COUNTER(0x064, PHASE_ANGLE),
    COUNTER(0x068, PHASE_ANGLE_L1),
    COUNTER(0x06C, THD_VOLTAGE_L1),
    COUNTER(0x070, THD_CURRENT_L1),
    COUNTER(0x074, CHARGE),
    COUNTER(0x078, OPERATING_TIME_T1),
    COUNTER(0x07C, OPERATING_TIME_T2),
    COUNTER(0x080, APPARENT_ENERGY),
    COUNTER(0x084, ACTIVE_ENERGY_IMPORT),
    COUNTER(0x088, ACTIVE_ENERGY_EXPORT),
    COUNTER(0x08C, ACTIVE_ENERGY_GROSS),
    COUNTER(0x090, ACTIVE_ENERGY_NET),
    COUNTER(0x094, ACTIVE_ENERGY_IMPORT_DAY),
    COUNTER(0x098, ACTIVE_ENERGY_IMPORT_PREVIOUS_DAY),
    COUNTER(0x09C, ACTIVE_ENERGY_IMPORT_WEEK),
    COUNTER(0x0A0, ACTIVE_ENERGY_IMPORT_MONTH),
    COUNTER(0x0A4, ACTIVE_ENERGY_IMPORT_ROLLOVERS),
    COUNTER(0x0A8, REACTIVE_ENERGY_IMPORT),
    COUNTER(0x0AC, REACTIVE_ENERGY_EXPORT),
    COUNTER(0x0B0, REACTIVE_ENERGY_Q1),
    COUNTER(0x0B4, REACTIVE_ENERGY_Q2),
    COUNTER(0x0B8, REACTIVE_ENERGY_Q3),
    COUNTER(0x0BC, REACTIVE_ENERGY_Q4),
    COUNTER(0x0C0, REACTIVE_ENERGY_INDUCTIVE_IMPORT),
    COUNTER(0x0C4, REACTIVE_ENERGY_CAPACITIVE_IMPORT),
};
static const struct kwh_block wide_blocks[] = {{.rows = wide_rows, .count = KWH_COUNT(wide_rows)}};
static const struct kwh_map wide_map = {
    .name = "wide", .title = "everything", .blocks = wide_blocks, .block_count = 1};

static int64_t milli(struct kwh_simulation *meter, uint32_t quantity)
{
    return value_at(meter, quantity, -3);
}

static void check_wide(struct kwh_simulation *meter)
{
    int64_t u = milli(meter, KWH_VOLTAGE_L1), power = milli(meter, KWH_ACTIVE_POWER);
    int64_t demand = milli(meter, KWH_ACTIVE_POWER_DEMAND);
    assert_between(milli(meter, KWH_VOLTAGE_L1_L2) * 1000 / u, 1690, 1775); /* sqrt 3 */
    assert_between(milli(meter, KWH_VOLTAGE_MEAN) * 3 - sum_of(meter, voltages, -3), -60, 60);
    assert_between(milli(meter, KWH_VOLTAGE_MEAN_LL) * 3 - milli(meter, KWH_VOLTAGE_L1_L2) -
                       milli(meter, KWH_VOLTAGE_L2_L3) - milli(meter, KWH_VOLTAGE_L3_L1),
                   -60, 60);
    assert_between(milli(meter, KWH_CURRENT_MEAN) * 3 - milli(meter, KWH_CURRENT_SUM), -3, 3);
    assert_between(milli(meter, KWH_CURRENT_N), 0, milli(meter, KWH_CURRENT_SUM));
    assert_true(milli(meter, KWH_CURRENT_L1_MAX_DEMAND) >= milli(meter, KWH_CURRENT_L1_DEMAND));
    assert_int_equal(milli(meter, KWH_ACTIVE_POWER_IMPORT), power > 0 ? power : 0);
    assert_int_equal(milli(meter, KWH_ACTIVE_POWER_EXPORT), power < 0 ? -power : 0);
    assert_int_equal(milli(meter, KWH_ACTIVE_POWER_GROSS), power < 0 ? -power : power);
    assert_true(milli(meter, KWH_ACTIVE_POWER_MAX_DEMAND) >= demand);
    assert_int_equal(milli(meter, KWH_POWER_FACTOR) < 0, power < 0);
    assert_between(milli(meter, KWH_POWER_FACTOR_LEAD_LAG), -1000, 1000);
    assert_between(milli(meter, KWH_PHASE_ANGLE_L1), -180000, 180000);
    assert_true(milli(meter, KWH_THD_VOLTAGE_L1) > 0 && milli(meter, KWH_THD_CURRENT_L1) > 0);
    assert_int_equal(milli(meter, KWH_ACTIVE_ENERGY_GROSS),
                     milli(meter, KWH_ACTIVE_ENERGY_IMPORT) +
                         milli(meter, KWH_ACTIVE_ENERGY_EXPORT));
    assert_int_equal(milli(meter, KWH_ACTIVE_ENERGY_NET),
                     milli(meter, KWH_ACTIVE_ENERGY_IMPORT) -
                         milli(meter, KWH_ACTIVE_ENERGY_EXPORT));
    assert_int_equal(milli(meter, KWH_REACTIVE_ENERGY_IMPORT),
                     milli(meter, KWH_REACTIVE_ENERGY_Q1) + milli(meter, KWH_REACTIVE_ENERGY_Q2));
    assert_int_equal(milli(meter, KWH_REACTIVE_ENERGY_EXPORT),
                     milli(meter, KWH_REACTIVE_ENERGY_Q3) + milli(meter, KWH_REACTIVE_ENERGY_Q4));
    assert_int_equal(milli(meter, KWH_REACTIVE_ENERGY_INDUCTIVE_IMPORT),
                     milli(meter, KWH_REACTIVE_ENERGY_Q1));
    assert_int_equal(milli(meter, KWH_REACTIVE_ENERGY_CAPACITIVE_IMPORT),
                     milli(meter, KWH_REACTIVE_ENERGY_Q2));
    assert_int_equal(milli(meter, KWH_ACTIVE_ENERGY_IMPORT_ROLLOVERS), 0);
}

static void everything_agrees(void **state)
{
    struct kwh_simulation *meter = NULL;
    struct kwh_reading reading;
    (void)state;
    assert_int_equal(kwh_simulation_new(&meter, NULL, 1), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_simulation_new(&meter, &wide_map, 1), KWH_OK);
    for (int hour = 0; hour < 40; hour++) {
        int64_t day = milli(meter, KWH_ACTIVE_ENERGY_IMPORT_DAY);
        check_wide(meter);
        kwh_simulation_advance(meter, 3600000);
        if (milli(meter, KWH_ACTIVE_ENERGY_IMPORT_DAY) < day) /* midnight */
            assert_true(milli(meter, KWH_ACTIVE_ENERGY_IMPORT_PREVIOUS_DAY) >= day);
        assert_true(milli(meter, KWH_ACTIVE_ENERGY_IMPORT_WEEK) >=
                    milli(meter, KWH_ACTIVE_ENERGY_IMPORT_DAY));
        assert_true(milli(meter, KWH_ACTIVE_ENERGY_IMPORT_MONTH) >=
                    milli(meter, KWH_ACTIVE_ENERGY_IMPORT_WEEK));
    }
    assert_true(milli(meter, KWH_OPERATING_TIME_T1) + milli(meter, KWH_OPERATING_TIME_T2) >=
                40 * HOUR_S * INT64_C(1000));
    assert_true(milli(meter, KWH_CHARGE) > 0 && milli(meter, KWH_APPARENT_ENERGY) > 0);
    assert_int_equal(kwh_simulation_value(meter, KWH_TARIFF, &reading), KWH_ERROR_NOT_IN_MAP);
    kwh_simulation_free(meter);
    kwh_simulation_free(NULL);
}

/* A meter of M-Bus: phases, an item in BCD, a choice, and what is told nowhere but in the header.
 */
static const struct kwh_record records[] = {
    KWH_RECORD(1, 1, ACTIVE_ENERGY_IMPORT, KWH_MANUAL, 0x0C, 0x04),
    KWH_RECORD(2, 1, VOLTAGE_L1, KWH_MANUAL, 0x02, 0xFD, 0x48),
    KWH_RECORD(3, 1, ACTIVE_POWER_L2, KWH_MANUAL, 0x04, 0x2B),
    KWH_RECORD(4, 1, SOFTWARE_CHECKSUM, KWH_MANUAL, 0x0C, 0xFD, 0x0F),
    KWH_RECORD(5, 1, COMBINATION_CODE, KWH_MANUAL, 0x09, 0xFD, 0x3A),
    KWH_RECORD(6, 1, CURRENT_L1, KWH_MANUAL, 0x01, 0xFD, 0x59),
};
static const struct kwh_block record_blocks[] = {{.records = records, .count = KWH_COUNT(records)}};
static const struct kwh_choice codes[] = {{.code = 4, .word = "reverse"}};
static const struct kwh_item record_items[] = {
    {.quantity = KWH_COMBINATION_CODE, .choices = codes, .choice_count = 1}};
static const struct kwh_mbus_family family = {.manufacturer = 0x25CD, .version = 1, .medium = 2};
static const struct kwh_map mbus_map = {.name = "test",
                                        .title = "test meter",
                                        .blocks = record_blocks,
                                        .block_count = 1,
                                        .items = record_items,
                                        .item_count = 1,
                                        .protocol = KWH_PROTOCOL_MBUS,
                                        .mbus = &family};

/* The same household as on Modbus, whoever asks; told as far as the records can. */
static void over_mbus(void **state)
{
    struct kwh_simulation *same = new_meter("inepro_pro380", 7), *meter = NULL;
    struct kwh_reading reading;
    struct kwh_slave slave;
    (void)state;
    assert_int_equal(kwh_simulation_new(&meter, &mbus_map, 7), KWH_OK);
    kwh_simulation_slave(meter, 250, &slave);
    assert_int_equal(slave.address, 250);
    for (int hour = 0; hour < 3; hour++) {
        assert_int_equal(value_at(meter, KWH_VOLTAGE_L1, -2), value_at(same, KWH_VOLTAGE_L1, -2));
        assert_int_equal(value_at(meter, KWH_ACTIVE_POWER_L2, -1),
                         value_at(same, KWH_ACTIVE_POWER_L2, -1));
        assert_int_equal(value_at(meter, KWH_ACTIVE_ENERGY_IMPORT, -3),
                         value_at(same, KWH_ACTIVE_ENERGY_IMPORT, -3));
        kwh_simulation_advance(meter, UINT32_C(3600000));
        kwh_simulation_advance(same, UINT32_C(3600000));
    }
    assert_int_equal(kwh_simulation_pin(meter, "active_power_l2", "-12.5"), KWH_OK);
    assert_int_equal(value_at(meter, KWH_ACTIVE_POWER_L2, -1), -125);
    assert_int_equal(kwh_simulation_pin(meter, "active_power_l1", "1"), KWH_ERROR_NOT_IN_MAP);
    assert_int_equal(kwh_simulation_pin(meter, "active_power_l2", "much"), KWH_ERROR_SYNTAX);

    assert_int_equal(kwh_simulation_value(meter, KWH_COMBINATION_CODE, &reading), KWH_OK);
    assert_string_equal(reading.word, "reverse"); /* the one choice that there is */
    assert_int_equal(kwh_simulation_value(meter, KWH_SOFTWARE_CHECKSUM, &reading), KWH_OK);
    assert_int_equal(reading.length, 8); /* of eight BCD digits: 0D012D35 is none of them */
    assert_int_equal(reading.digits, 0);

    /* The number of the header, which the map does not have. */
    assert_int_equal(kwh_simulation_value(meter, KWH_SERIAL_NUMBER, &reading), KWH_OK);
    assert_int_equal(reading.digits, 0x24430007);
    assert_int_equal(kwh_simulation_pin(meter, "serial_number", "12345678"), KWH_OK);
    assert_int_equal(kwh_simulation_value(meter, KWH_SERIAL_NUMBER, &reading), KWH_OK);
    assert_int_equal(reading.digits, 0x12345678);
    assert_int_equal(kwh_simulation_pin(meter, "serial_number", "1234567A"), KWH_ERROR_SYNTAX);

    /* One byte of 0.001 A ends at 0.127: what does not fit reads 0. */
    assert_int_equal(value_at(meter, KWH_CURRENT_L1, -3), 0);
    kwh_simulation_free(meter);
    kwh_simulation_free(same);
}

static enum kwh_error encode(const struct kwh_map *map, const struct kwh_row *row,
                             const struct kwh_reading *reading)
{
    const struct kwh_record *record = kwh_record_of(map, row);
    uint8_t bytes[KWH_MBUS_DATA_MAX];
    size_t size = 0;
    return record != NULL ? kwh_record_encode(map, record, reading, bytes, sizeof bytes, &size)
                          : kwh_row_encode(map, row, reading, bytes, sizeof bytes);
}

static void all_maps_can_be_served(void **state)
{
    (void)state;
    for (size_t i = 0; i < kwh_maps_count; i++) {
        const struct kwh_map *map = kwh_maps[i].map;
        struct kwh_simulation *meter = NULL;
        struct kwh_slave slave;
        assert_int_equal(kwh_simulation_new(&meter, map, 1), KWH_OK);
        kwh_simulation_slave(meter, 1, &slave);
        for (int day = 0; day < 40; day += 13) {
            struct kwh_map_iterator rows = {map, slave.profiles, 0, 0};
            for (const struct kwh_row *row; (row = kwh_map_next(&rows)) != NULL;) {
                struct kwh_reading reading;
                if (kwh_row_write_only(row))
                    continue;
                assert_int_equal(slave.value(slave.context, row, &reading), KWH_OK);
                if (encode(map, row, &reading) != KWH_OK)
                    fail_msg("%s: row 0x%04X", map->name, (unsigned)row->address);
            }
            kwh_simulation_advance(meter, UINT32_C(13) * 86400000);
        }
        kwh_simulation_free(meter);
    }
}

/* ------------------------------------------------------------------------------------------------
 * Read as any meter: over Modbus RTU on a wire in memory, while its load stands still.
 */

struct wire {
    struct kwh_simulation *simulation;
    struct kwh_slave slave;
    struct kwh_server server;
    struct kwh_port_memory port;
    struct kwh_line line;
    uint8_t room[KWH_RESPONDER_BUFFER], buffer[KWH_MODBUS_RTU_BUFFER];
};

static void connect_meter(struct wire *wire, const struct kwh_map *map)
{
    assert_int_equal(kwh_simulation_new(&wire->simulation, map, 4), KWH_OK);
    kwh_simulation_advance(wire->simulation, 20 * HOUR_S * 1000);
    kwh_simulation_slave(wire->simulation, 1, &wire->slave);
    assert_int_equal(kwh_server_init(&wire->server, &kwh_modbus_rtu_server, wire->room,
                                     sizeof wire->room, &wire->slave, 1),
                     KWH_OK);
    kwh_port_memory_server(&wire->port, &wire->server, NULL, NULL);
    assert_int_equal(kwh_line_init(&wire->line, &kwh_modbus_rtu, wire->buffer, sizeof wire->buffer),
                     KWH_OK);
    wire->line.backend = &wire->port.backend;
}

/* Among all maps, if the bus can tell. */
static void meet(struct wire *wire, const struct kwh_map *map, struct kwh_meter *meter)
{
    static const struct kwh_map *candidates[64];
    struct kwh_identify identify;
    size_t count = 0;
    assert_in_range(kwh_maps_count, 1, KWH_COUNT(candidates));
    for (size_t i = 0; i < kwh_maps_count; i++)
        candidates[count++] = kwh_maps[i].map;
    if (map->identity_words == 0) {
        assert_int_equal(kwh_meter_init(meter, &wire->line, map, 1), KWH_OK);
        return;
    }
    assert_int_equal(kwh_identify_init(&identify, &wire->line, 1, candidates, count), KWH_OK);
    assert_int_equal(kwh_identify_run(&identify), KWH_OK);
    assert_ptr_equal(identify.map, map);
    assert_int_equal(kwh_identify_meter(&identify, meter), KWH_OK);
}

/* Every value of the readout is had, and is that of the simulation as far as the row can tell. */
static size_t read_everything(struct wire *wire, struct kwh_meter *meter)
{
    static struct kwh_plan_entry entries[1000];
    struct kwh_reading reading, truth, again;
    struct kwh_plan plan;
    size_t count = 0;
    kwh_plan_init(&plan, meter->map, meter->profiles, entries, KWH_COUNT(entries));
    assert_int_equal(kwh_plan_add_readout(&plan), KWH_OK);
    kwh_plan_make(&plan, NULL);
    kwh_meter_begin(meter, &plan);
    while (kwh_meter_next(meter, &reading)) {
        const struct kwh_row *row = kwh_plan_row(&plan, (uint16_t)count++);
        uint8_t bytes[32];
        char name[KWH_QUANTITY_TEXT];
        assert_int_equal(kwh_quantity_print(reading.quantity, name, sizeof name), KWH_OK);
        if (!kwh_reading_has_value(&reading))
            fail_msg("%s: %s is %s", meter->map->name, name,
                     kwh_status_name((enum kwh_status)reading.status));
        assert_int_equal(kwh_simulation_value(wire->simulation, row->quantity, &truth), KWH_OK);
        assert_int_equal(kwh_row_encode(meter->map, row, &truth, bytes, sizeof bytes), KWH_OK);
        kwh_row_decode(meter->map, row, bytes, &again);
        if (kwh_decimal_compare(reading.decimal, again.decimal) != 0)
            fail_msg("%s: %s is read as another value", meter->map->name, name);
    }
    assert_int_equal(meter->dialogue.error, KWH_OK);
    assert_int_equal(count, plan.count);
    return count;
}

static void all_modbus_maps_are_told_and_read(void **state)
{
    static struct wire wire;
    size_t values = 0;
    (void)state;
    for (size_t i = 0; i < kwh_maps_count; i++) {
        struct kwh_meter meter;
        if (kwh_maps[i].map->protocol != KWH_PROTOCOL_MODBUS)
            continue;
        connect_meter(&wire, kwh_maps[i].map);
        meet(&wire, kwh_maps[i].map, &meter);
        values += read_everything(&wire, &meter);
        kwh_simulation_free(wire.simulation);
    }
    assert_true(values > 300);
}

/* The older hardware behind the map of the COUNTIS, which the simulation does not choose. */
static void an_older_countis_is_told_and_read(void **state)
{
    static const struct kwh_model model[] = {
        {.code = 0x0053004F, .profiles = 8 | 16 | 32, .name = "older"}};
    static struct wire wire;
    struct kwh_map map = *kwh_host_find_map("socomec_countis_e4x");
    const struct kwh_map *const candidates[] = {kwh_host_find_map("socomec_countis_e4x")};
    struct kwh_identify identify;
    struct kwh_reading reading;
    struct kwh_meter meter;
    (void)state;
    map.models = model;
    map.model_count = 1;
    connect_meter(&wire, &map);
    assert_int_equal(kwh_identify_init(&identify, &wire.line, 1, candidates, 1), KWH_OK);
    assert_int_equal(kwh_identify_run(&identify), KWH_OK);
    assert_string_equal(identify.fits->name, "COUNTIS E44");
    assert_int_equal(identify.profiles, 8 | 16 | 32);
    assert_int_equal(kwh_identify_meter(&identify, &meter), KWH_OK);
    assert_int_equal(read_everything(&wire, &meter), 79);
    assert_int_equal(kwh_meter_read_one(&meter, KWH_CT_SECONDARY, &reading), KWH_OK);
    assert_int_equal(reading.decimal.mantissa, 5);
    assert_int_equal(kwh_meter_read_one(&meter, KWH_DEMAND_TIME, &reading), KWH_OK);
    assert_int_equal(reading.time.year, 2026);
    assert_int_equal(reading.time.day, 2); /* it starts at noon of the first */
    assert_int_equal(reading.time.hour, 8);
    assert_int_equal(kwh_meter_read_one(&meter, KWH_DEVICE_ADDRESS, &reading),
                     KWH_ERROR_NOT_IN_MAP);
    kwh_simulation_free(wire.simulation);
}

static void a_countis_takes_its_tariff_and_is_cleared(void **state)
{
    static const uint8_t set[] = {6, 0x9E, 0x21, 0, 3}, never[] = {6, 0x9E, 0x21, 0, 5};
    static const uint8_t clear[] = {6, 0x9E, 0x40, 0, 0x20}, some[] = {6, 0xE2, 0x22, 0, 1};
    static const uint8_t save[] = {6, 0xE2, 0, 0, 0xA1}, refused[] = {0x86, 3};
    static const uint8_t read[] = {3, 0x9E, 0x21, 0, 1}, absent[] = {0x83, 2};
    struct kwh_simulation *meter = new_meter("socomec_countis_e4x", 1);
    struct kwh_slave slave;
    (void)state;
    kwh_simulation_slave(meter, 1, &slave);
    assert_answer(&slave, set, sizeof set, set, sizeof set);
    assert_answer(&slave, never, sizeof never, refused, sizeof refused);
    assert_answer(&slave, read, sizeof read, absent, sizeof absent);
    assert_int_equal(value_at(meter, KWH_TARIFF, 0), 3);
    assert_answer(&slave, save, sizeof save, save, sizeof save);
    assert_true(value_at(meter, KWH_ACTIVE_ENERGY_IMPORT_RESETTABLE, -3) > 0);
    assert_answer(&slave, clear, sizeof clear, clear, sizeof clear);
    assert_int_equal(value_at(meter, KWH_ACTIVE_ENERGY_IMPORT_RESETTABLE, -3), 0);
    kwh_simulation_advance(meter, HOUR_S * 1000);
    assert_answer(&slave, some, sizeof some, some, sizeof some);
    assert_int_equal(value_at(meter, KWH_ACTIVE_ENERGY_IMPORT_RESETTABLE, -3), 0);
    kwh_simulation_free(meter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_agree),
        cmocka_unit_test(energies_follow_the_powers),
        cmocka_unit_test(pieces_of_time_do_not_matter),
        cmocka_unit_test(the_load_moves),
        cmocka_unit_test(tariffs_and_combination_codes),
        cmocka_unit_test(the_vector_sum_follows_the_power_of_all_phases),
        cmocka_unit_test(night_has_its_tariff),
        cmocka_unit_test(pins),
        cmocka_unit_test(registers),
        cmocka_unit_test(writing),
        cmocka_unit_test(everything_agrees),
        cmocka_unit_test(over_mbus),
        cmocka_unit_test(all_maps_can_be_served),
        cmocka_unit_test(all_modbus_maps_are_told_and_read),
        cmocka_unit_test(an_older_countis_is_told_and_read),
        cmocka_unit_test(a_countis_takes_its_tariff_and_is_cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
