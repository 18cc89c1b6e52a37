/* SPDX-License-Identifier: MIT */
/*
 * inepro PRO1-Mod and PRO2-Mod: single-phase meters.
 *
 * Source: the PRO1 manual (product version 2.18). It prints one register table for this family and
 * the PRO380; the rows with an asterisk are not here. Nothing was compared with a real PRO1: signs
 * are those seen on a PRO380.
 * All values are high word first, high byte first.
 */
#include <kwh/map.h>

/* clang-format off */
static KWH_CONST struct kwh_row rows[] = {
    /* YYWWNNNN */
    KWH_HOLDING(0x4000, HEX32,   1,    SERIAL_NUMBER,                   KWH_MANUAL),
    /* a PRO2 has the same code and a rated current of 100 A */
    KWH_HOLDING(0x4002, HEX16,   1,    METER_CODE,                      KWH_MANUAL),
    KWH_HOLDING(0x4003, INT16,   1,    DEVICE_ADDRESS,                  KWH_MANUAL),
    /* the speed itself, no enumeration; the menu lacks 2400 and has 300 and 600 of M-Bus */
    KWH_HOLDING(0x4004, INT16,   1,    BAUD_RATE,                       KWH_MANUAL),
    KWH_HOLDING(0x4005, FLOAT32, 1,    PROTOCOL_VERSION,                KWH_MANUAL),
    KWH_HOLDING(0x4007, FLOAT32, 1,    SOFTWARE_VERSION,                KWH_MANUAL),
    KWH_HOLDING(0x4009, FLOAT32, 1,    HARDWARE_VERSION,                KWH_MANUAL),
    KWH_HOLDING(0x400B, INT16,   1,    RATED_CURRENT,                   KWH_MANUAL),
    KWH_HOLDING(0x400D, FLOAT32, 1,    PULSE_RATE,                      KWH_MANUAL),
    /* binary here, BCD on M-Bus; code 10 locks for ever, and it is the example of the manual */
    KWH_HOLDING(0x400F, INT16,   1,    COMBINATION_CODE,                KWH_MANUAL),
    /* BCD: 0x0025 is 25 s */
    KWH_HOLDING(0x4010, BCD16,   1,    DISPLAY_CYCLE_TIME,              KWH_MANUAL),
    KWH_HOLDING(0x4011, INT16,   1,    PARITY,                          KWH_MANUAL),
    /* the second character decides, as on a PRO380 */
    KWH_HOLDING(0x4012, ASCII16, 1,    CURRENT_DIRECTION_L1,            KWH_INFERRED),
    /* the meaning of its bits is not printed */
    KWH_HOLDING(0x4015, INT16,   1,    ERROR_CODE,                      KWH_INFERRED),
    /* printed as signed */
    KWH_HOLDING(0x4016, UINT16,  1,    POWER_DOWN_COUNTER,              KWH_MANUAL),
    KWH_HOLDING(0x4017, INT16,   1,    QUADRANT,                        KWH_MANUAL),
    KWH_HOLDING(0x401B, HEX32,   1,    SOFTWARE_CHECKSUM,               KWH_MANUAL),
    KWH_HOLDING(0x401D, HEX32,   1,    STATUS_WORD,                     KWH_INFERRED),

    /* 0x5002 and 0x500C are printed too and should read the same as 0x5000 and 0x500A */
    KWH_HOLDING(0x5000, FLOAT32, 1,    VOLTAGE,                         KWH_MANUAL),
    KWH_HOLDING(0x5002, FLOAT32, 1,    VOLTAGE_L1,                      KWH_MANUAL),
    KWH_HOLDING(0x5008, FLOAT32, 1,    FREQUENCY,                       KWH_MANUAL),
    KWH_HOLDING(0x500A, FLOAT32, 1,    CURRENT,                         KWH_MANUAL),
    KWH_HOLDING(0x500C, FLOAT32, 1,    CURRENT_L1,                      KWH_MANUAL),
    KWH_HOLDING(0x5012, FLOAT32, KILO, ACTIVE_POWER,                    KWH_MANUAL),
    KWH_HOLDING(0x501A, FLOAT32, KILO, REACTIVE_POWER,                  KWH_MANUAL),
    KWH_HOLDING(0x5022, FLOAT32, KILO, APPARENT_POWER,                  KWH_MANUAL),
    /* never negative, as seen on a PRO380 */
    KWH_HOLDING(0x502A, FLOAT32, 1,    POWER_FACTOR_MAGNITUDE,          KWH_MANUAL),

    /* what it counts depends on the combination code */
    KWH_HOLDING(0x6000, FLOAT32, KILO, ACTIVE_ENERGY_COMBINED,          KWH_MANUAL),
    KWH_HOLDING(0x6002, FLOAT32, KILO, ACTIVE_ENERGY_COMBINED_T1,       KWH_MANUAL),
    KWH_HOLDING(0x6004, FLOAT32, KILO, ACTIVE_ENERGY_COMBINED_T2,       KWH_MANUAL),
    KWH_HOLDING(0x600C, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT,            KWH_MANUAL),
    KWH_HOLDING(0x600E, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_T1,         KWH_MANUAL),
    KWH_HOLDING(0x6010, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_T2,         KWH_MANUAL),
    /* a positive number, as seen on a PRO380 */
    KWH_HOLDING(0x6018, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT,            KWH_MANUAL),
    KWH_HOLDING(0x601A, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT_T1,         KWH_MANUAL),
    KWH_HOLDING(0x601C, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT_T2,         KWH_MANUAL),
    KWH_HOLDING(0x6024, FLOAT32, KILO, REACTIVE_ENERGY_COMBINED,        KWH_MANUAL),
    KWH_HOLDING(0x6026, FLOAT32, KILO, REACTIVE_ENERGY_COMBINED_T1,     KWH_MANUAL),
    KWH_HOLDING(0x6028, FLOAT32, KILO, REACTIVE_ENERGY_COMBINED_T2,     KWH_MANUAL),
    KWH_HOLDING(0x6030, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT,          KWH_MANUAL),
    KWH_HOLDING(0x6032, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT_T1,       KWH_MANUAL),
    KWH_HOLDING(0x6034, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT_T2,       KWH_MANUAL),
    KWH_HOLDING(0x603C, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT,          KWH_MANUAL),
    KWH_HOLDING(0x603E, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT_T1,       KWH_MANUAL),
    KWH_HOLDING(0x6040, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT_T2,       KWH_MANUAL),
    /* one word, so all that follows is at odd addresses; 11 and 12 are only written */
    KWH_HOLDING(0x6048, INT16,   1,    TARIFF,                          KWH_MANUAL),
    /* printed as one word by function 06, but the frame has two by function 16 */
    KWH_HOLDING(0x6049, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_RESETTABLE, KWH_MANUAL),
};
/* clang-format on */

static KWH_CONST struct kwh_block blocks[] = {{.rows = rows, .count = KWH_COUNT(rows)}};

/* clang-format off */
static KWH_CONST struct kwh_choice baud_rates[] = {
    {.code = 1200}, {.code = 2400}, {.code = 4800}, {.code = 9600},
};

static KWH_CONST struct kwh_choice pulse_rates[] = {
    {.code = 10000}, {.code = 2000}, {.code = 1000}, {.code = 100}, {.code = 10}, {.code = 1},
    {.code = 1, .exponent = -1}, {.code = 1, .exponent = -2},
};

static KWH_CONST struct kwh_choice combination_codes[] = {
    {.code = 1, .word = KWH_TEXT("forward")},
    {.code = 4, .word = KWH_TEXT("reverse")},
    {.code = 5, .word = KWH_TEXT("forward_plus_reverse")},
    {.code = 6, .word = KWH_TEXT("reverse_minus_forward")},
    {.code = 9, .word = KWH_TEXT("forward_minus_reverse")},
    {.code = 10, .risk = KWH_RISK_IRREVERSIBLE, .word = KWH_TEXT("forward_minus_reverse_vector")},
};

static KWH_CONST struct kwh_choice parities[] = {
    {.code = 1, .word = KWH_TEXT("even")},
    {.code = 2, .word = KWH_TEXT("none")},
    {.code = 3, .word = KWH_TEXT("odd")},
};

static KWH_CONST struct kwh_choice directions[] = {
    {.code = 'F', .word = KWH_TEXT("forward")},
    {.code = 'R', .word = KWH_TEXT("reverse")},
};

/* 11 and 12 switch to 1 and 2 without storing it. */
static KWH_CONST struct kwh_choice tariffs[] = {
    {.code = 1}, {.code = 2}, {.code = 11, .reads_as = 1}, {.code = 12, .reads_as = 2},
};

static KWH_CONST struct kwh_item items[] = {
    KWH_RANGE_ITEM(DEVICE_ADDRESS,      6, 1, 247, KWH_RISK_LINK_CHANGE),
    KWH_CHOICE_ITEM(BAUD_RATE,          6, baud_rates, KWH_RISK_LINK_CHANGE),
    KWH_CHOICE_ITEM(PULSE_RATE,        16, pulse_rates, 0),
    KWH_CHOICE_ITEM(COMBINATION_CODE,   6, combination_codes, 0),
    KWH_RANGE_ITEM(DISPLAY_CYCLE_TIME,  6, 1, 30, 0),
    KWH_CHOICE_ITEM(PARITY,             6, parities, KWH_RISK_LINK_CHANGE),
    KWH_CHOICE_ITEM(CURRENT_DIRECTION_L1,  0, directions, 0),
    KWH_RANGE_ITEM(POWER_DOWN_COUNTER,  6, 0, 0, KWH_RISK_COUNTER_RESET),
    KWH_CHOICE_ITEM(TARIFF,             6, tariffs, 0),
    KWH_RANGE_ITEM(ACTIVE_ENERGY_IMPORT_RESETTABLE, 16, 0, 0, KWH_RISK_COUNTER_RESET),
};
/* clang-format on */

static KWH_CONST struct kwh_model models[] = {
    {.code = 0x0101, .quantity = KWH_RATED_CURRENT, .value = 100, .name = KWH_TEXT("PRO2-Mod")},
    {.code = 0x0101, .name = KWH_TEXT("PRO1-Mod")},
    {.code = 0x2009, .name = KWH_TEXT("PRO1 Solare")},
    {.code = 0x2010, .name = KWH_TEXT("PRO2 Solare")},
};

static KWH_CONST struct kwh_lookalike lookalikes[] = {
    {.code = 0x0102, .name = KWH_TEXT("PRO380-Mod")},
    {.code = 0x0103, .name = KWH_TEXT("PRO380-CT")},
    {.code = 0x2007, .name = KWH_TEXT("PRO380 Solare")},
    {.code = 0x2008, .name = KWH_TEXT("PRO380-CT Solare")},
    {.code = 0x1111, .name = KWH_TEXT("4PU")},
    {.code = 0x1112, .name = KWH_TEXT("4PS")},
    {.code = 0x1113, .name = KWH_TEXT("2PU CT")},
    /* the counters at 0x6000 are integers there */
    {.code = 0x3201, .name = KWH_TEXT("GROW N1"), .error = KWH_ERROR_OTHER_ENCODING},
    {.code = 0x3203, .name = KWH_TEXT("GROW N380"), .error = KWH_ERROR_OTHER_ENCODING},
};

static KWH_CONST struct kwh_line_settings lines[] = {{9600, 8, 'E', 1}};

/* 10^9 Wh: the eight BCD digits of 10 Wh of the M-Bus side; that the registers do the same is ours.
 * 100 A is a PRO2; 20 % more than at 230 V. */
static KWH_CONST struct kwh_counter counter = {
    .modulus = {1, 9}, .resolution = {1, 1}, .power_max_w = 27600};

KWH_MAP_DECLARE(inepro_pro1_modbus);
KWH_CONST struct kwh_map kwh_map_inepro_pro1_modbus = {
    .name = KWH_TEXT("inepro_pro1"),
    .title = KWH_TEXT("inepro PRO1-Mod, PRO2-Mod"),
    .blocks = blocks,
    .block_count = KWH_COUNT(blocks),
    .items = items,
    .item_count = KWH_COUNT(items),
    .models = models,
    .model_count = KWH_COUNT(models),
    .lookalikes = lookalikes,
    .lookalike_count = KWH_COUNT(lookalikes),
    .lines = lines,
    .line_count = KWH_COUNT(lines),
    .identity_address = 0x4002,
    .identity_words = 1,
    .identity_space = KWH_SPACE_HOLDING,
    .protocol = KWH_PROTOCOL_MODBUS,
    .order = KWH_ORDER_ABCD,
    .request_safe = 120, /* what the maker's own library asks for; 75 seen on a PRO380 */
    .default_address = 1,
    .counter = &counter,
};

#if KWH_MAP_NOTES
static const struct kwh_note remarks[] = {
    {0x4000, "year, week, number; the 12 printed digits are a product prefix (PRO1 0254, PRO2 "
             "0287) and these 8"},
    {0x4002, "the codes are from the maker's own library"},
    {0x4003, "default 1; 0 is broadcast; the acknowledgment is expected from the old address"},
    {0x4004, "default 9600; acknowledged at the old speed"},
    {0x4005, "two decimals"},
    {0x4007, "two decimals"},
    {0x4009, "two decimals"},
    {0x400B, "highest current: 45 A of a PRO1, 100 A of a PRO2"},
    {0x400D, "imp/kWh"},
    {0x400F, "code 10 cannot be undone on a PRO380, and surely not here; code 6 is printed with "
             "a doubtful sign"},
    {0x4010, "default 10 s"},
    {0x4011, "default even"},
    {0x4012, "F or R is expected in the second character"},
    {0x4015, "0 when healthy; the display knows Err 01, EEPROM, and Err 02, program"},
    {0x4016, "number of power losses; writing 0 clears it"},
    {0x4017, "1: P+ Q+, 2: P- Q+, 3: P- Q-, 4: P+ Q-"},
    {0x401B, "of the firmware"},
    {0x401D, "bits not printed; on a PRO380 they follow the S page of the display"},
    {0x5000, "the voltage of a single-phase meter"},
    {0x500A, "the current of a single-phase meter"},
    {0x5012, "signed on a PRO380; the sign of reverse flow is not printed"},
    {0x6000, "follows the combination code"},
    {0x6018, "positive on a PRO380"},
    {0x6024, "follows the combination code, too"},
    {0x603C, "positive on a PRO380"},
    {0x6048, "11 and 12 switch to 1 and 2 without storing it; a 230 V input may switch, too"},
    {0x6049, "trip counter of forward energy; writing 0 clears it"},
};

static const char *const aliases[] = {"PRO1", "PRO1-Mod", "PRO2", "PRO2-Mod"};

KWH_NOTES_DECLARE(inepro_pro1_modbus);
const struct kwh_map_notes kwh_notes_inepro_pro1_modbus = {
    .notes = remarks,
    .count = KWH_COUNT(remarks),
    .aliases = aliases,
    .alias_count = KWH_COUNT(aliases),
};
#endif

#ifdef KWH_MAP_PROOF
static const char proof_source[] = "the manual's write examples; measurements from a PRO380";

/* Settings: what the write examples of the manual leave in the registers. */
static const uint16_t proof_code[] = {0x0101, 0x000A, 0x2580};
static const uint16_t proof_current[] = {0x002D};
static const uint16_t proof_settings[] = {0x4120, 0x0000, 0x000A, 0x0025, 0x0002};
static const uint16_t proof_losses[] = {0x0000};
static const uint16_t proof_tariff[] = {0x0002, 0x0000, 0x0000};
/* Measurements: registers of the shared table as a PRO380 holds them. */
static const uint16_t proof_5002[] = {0x436A, 0x4CCD};
static const uint16_t proof_5008[] = {0x4247, 0xEB85};
static const uint16_t proof_500C[] = {0x4081, 0x999A};
static const uint16_t proof_5012[] = {0x3E33, 0x3333};
static const uint16_t proof_501A[] = {0xBF11, 0xA9FC};
static const uint16_t proof_5022[] = {0x3FE3, 0x74BC};
static const uint16_t proof_502A[] = {0x3E94, 0x7AE1};
static const uint16_t proof_600C[] = {0x466B, 0x581F, 0x466B, 0x581F, 0x0000, 0x0000};
static const uint16_t proof_6018[] = {0x469E, 0x43D2, 0x469E, 0x43D2, 0x0000, 0x0000};
static const uint16_t proof_6024[] = {0x4305, 0x9EB8, 0x4305, 0x9EB8, 0x0000, 0x0000};
static const uint16_t proof_6030[] = {0x4305, 0x9EB8, 0x4305, 0x9EB8, 0x0000, 0x0000};
static const uint16_t proof_603C[] = {0x4643, 0xEB29, 0x4643, 0xEB29, 0x0000, 0x0000};
static const struct kwh_proof_span proof_spans[] = {
    {KWH_SPACE_HOLDING, 0x4002, KWH_COUNT(proof_code), proof_code},
    {KWH_SPACE_HOLDING, 0x400B, KWH_COUNT(proof_current), proof_current},
    {KWH_SPACE_HOLDING, 0x400D, KWH_COUNT(proof_settings), proof_settings},
    {KWH_SPACE_HOLDING, 0x4016, KWH_COUNT(proof_losses), proof_losses},
    {KWH_SPACE_HOLDING, 0x5002, KWH_COUNT(proof_5002), proof_5002},
    {KWH_SPACE_HOLDING, 0x5008, KWH_COUNT(proof_5008), proof_5008},
    {KWH_SPACE_HOLDING, 0x500C, KWH_COUNT(proof_500C), proof_500C},
    {KWH_SPACE_HOLDING, 0x5012, KWH_COUNT(proof_5012), proof_5012},
    {KWH_SPACE_HOLDING, 0x501A, KWH_COUNT(proof_501A), proof_501A},
    {KWH_SPACE_HOLDING, 0x5022, KWH_COUNT(proof_5022), proof_5022},
    {KWH_SPACE_HOLDING, 0x502A, KWH_COUNT(proof_502A), proof_502A},
    {KWH_SPACE_HOLDING, 0x600C, KWH_COUNT(proof_600C), proof_600C},
    {KWH_SPACE_HOLDING, 0x6018, KWH_COUNT(proof_6018), proof_6018},
    {KWH_SPACE_HOLDING, 0x6024, KWH_COUNT(proof_6024), proof_6024},
    {KWH_SPACE_HOLDING, 0x6030, KWH_COUNT(proof_6030), proof_6030},
    {KWH_SPACE_HOLDING, 0x603C, KWH_COUNT(proof_603C), proof_603C},
    {KWH_SPACE_HOLDING, 0x6048, KWH_COUNT(proof_tariff), proof_tariff},
};
static const struct kwh_proof_value proof_values[] = {
    {"meter_code", "0101"},
    {"device_address", "10"},
    {"baud_rate", "9600"},
    {"rated_current", "45"},
    {"pulse_rate", "10"},
    {"combination_code", "forward_minus_reverse_vector"},
    {"display_cycle_time", "25"},
    {"parity", "none"},
    {"power_down_counter", "0"},
    {"tariff", "2"},
    {"active_energy_import_resettable", "0"},
    {"voltage_l1", "234.3"},
    {"frequency", "49.98"},
    {"current_l1", "4.05"},
    {"active_power", "175"},
    {"reactive_power", "-569"},
    {"apparent_power", "1777"},
    {"power_factor_magnitude", "0.29"},
    {"active_energy_import", "15062030"},
    {"active_energy_import_t1", "15062030"},
    {"active_energy_import_t2", "0"},
    {"active_energy_export", "20257910"},
    {"active_energy_export_t1", "20257910"},
    {"active_energy_export_t2", "0"},
    {"reactive_energy_combined", "133620"},
    {"reactive_energy_combined_t1", "133620"},
    {"reactive_energy_combined_t2", "0"},
    {"reactive_energy_import", "133620"},
    {"reactive_energy_import_t1", "133620"},
    {"reactive_energy_import_t2", "0"},
    {"reactive_energy_export", "12538790"},
    {"reactive_energy_export_t1", "12538790"},
    {"reactive_energy_export_t2", "0"},
};

KWH_PROOF_DECLARE(inepro_pro1_modbus);
const struct kwh_map_proof kwh_proof_inepro_pro1_modbus = {
    .source = proof_source,
    .spans = proof_spans,
    .span_count = KWH_COUNT(proof_spans),
    .values = proof_values,
    .value_count = KWH_COUNT(proof_values),
};
#endif

/* ------------------------------------------------------------------------------------------------
 * M-Bus: PRO1-Mb.
 *
 * Source: the same manual. One telegram of nine energies; the function field of the DIF tells the
 * direction, against the standard: instantaneous is the total, maximum forward, minimum reverse.
 */

/* clang-format off */
static KWH_CONST struct kwh_record mbus_records[] = {
    /* the total follows the combination code; the example of the manual is forward + reverse */
    KWH_RECORD(1, 1, ACTIVE_ENERGY_COMBINED,    KWH_MANUAL, 0x0C, 0x04),
    KWH_RECORD(2, 1, ACTIVE_ENERGY_COMBINED_T1, KWH_MANUAL, 0x8C, 0x10, 0x04),
    KWH_RECORD(3, 1, ACTIVE_ENERGY_COMBINED_T2, KWH_MANUAL, 0x8C, 0x20, 0x04),
    KWH_RECORD(4, 1, ACTIVE_ENERGY_IMPORT,      KWH_MANUAL, 0x1C, 0x04),
    KWH_RECORD(5, 1, ACTIVE_ENERGY_IMPORT_T1,   KWH_MANUAL, 0x9C, 0x10, 0x04),
    KWH_RECORD(6, 1, ACTIVE_ENERGY_IMPORT_T2,   KWH_MANUAL, 0x9C, 0x20, 0x04),
    KWH_RECORD(7, 1, ACTIVE_ENERGY_EXPORT,      KWH_MANUAL, 0x2C, 0x04),
    KWH_RECORD(8, 1, ACTIVE_ENERGY_EXPORT_T1,   KWH_MANUAL, 0xAC, 0x10, 0x04),
    KWH_RECORD(9, 1, ACTIVE_ENERGY_EXPORT_T2,   KWH_MANUAL, 0xAC, 0x20, 0x04),

    /* Settings. E5 is the answer to anything: it does not prove that one was taken. */
    KWH_RECORD_BAUD_RATE(10, KWH_MANUAL),
    KWH_RECORD(11, 1, DEVICE_ADDRESS,   KWH_MANUAL | KWH_WRITE_ONLY, 0x01, 0x7A),
    /* printed high byte first, but all else is low byte first */
    KWH_RECORD(12, 1, SERIAL_NUMBER,    KWH_INFERRED | KWH_WRITE_ONLY, 0x0C, 0x79),
    KWH_RECORD(13, 1, TARIFF,           KWH_MANUAL | KWH_WRITE_ONLY, 0x09, 0x7C, 0x01, 0x54),
    /* FD 3A is this, the pulse rate and more: the DIF tells; BCD here, binary on Modbus */
    KWH_RECORD(14, 1, COMBINATION_CODE, KWH_MANUAL | KWH_WRITE_ONLY, 0x09, 0xFD, 0x3A),
    KWH_RECORD(15, CENTI, PULSE_RATE,   KWH_MANUAL | KWH_WRITE_ONLY, 0x0C, 0xFD, 0x3A),
    /* the header of the total, which it does not reset */
    KWH_RECORD(16, 1, ACTIVE_ENERGY_IMPORT_RESETTABLE, KWH_MANUAL | KWH_WRITE_ONLY, 0x0C, 0x04),
    KWH_RECORD(17, 1, POWER_DOWN_COUNTER, KWH_MANUAL | KWH_WRITE_ONLY, 0x0A, 0xFD, 0x60),
};

static KWH_CONST struct kwh_block mbus_blocks[] = {
    {.records = mbus_records, .count = KWH_COUNT(mbus_records)},
};

static KWH_CONST struct kwh_choice mbus_baud_rates[] = {
    {.code = 300}, {.code = 600}, {.code = 1200}, {.code = 2400}, {.code = 4800}, {.code = 9600},
};

static KWH_CONST struct kwh_choice mbus_tariffs[] = {{.code = 1}, {.code = 2}};

static KWH_CONST struct kwh_item mbus_items[] = {
    KWH_CHOICE_ITEM(BAUD_RATE,         0xB8, mbus_baud_rates, KWH_RISK_LINK_CHANGE),
    KWH_RANGE_ITEM(DEVICE_ADDRESS,     0x51, 0, 250, KWH_RISK_LINK_CHANGE),
    KWH_RANGE_ITEM(SERIAL_NUMBER,      0x51, 0, 99999999, KWH_RISK_LINK_CHANGE),
    KWH_CHOICE_ITEM(TARIFF,            0x51, mbus_tariffs, 0),
    KWH_CHOICE_ITEM(COMBINATION_CODE,  0x51, combination_codes, 0),
    KWH_CHOICE_ITEM(PULSE_RATE,        0x51, pulse_rates, 0),
    KWH_RANGE_ITEM(ACTIVE_ENERGY_IMPORT_RESETTABLE, 0x51, 0, 0, KWH_RISK_COUNTER_RESET),
    KWH_RANGE_ITEM(POWER_DOWN_COUNTER, 0x51, 0, 0, KWH_RISK_COUNTER_RESET),
};
/* clang-format on */

static KWH_CONST struct kwh_line_settings mbus_lines[] = {{9600, 8, 'E', 1}};

/* A 2PU has the same header: only its records tell it apart. */
static KWH_CONST struct kwh_mbus_family mbus_family = {
    .manufacturer = 0x25CD, /* INM; on the wire CD 25, printed 25 CD by the PRO1 */
    .version = 1,
    .medium = 2,
};

KWH_MAP_DECLARE(inepro_pro1_mbus);
KWH_CONST struct kwh_map kwh_map_inepro_pro1_mbus = {
    .name = KWH_TEXT("inepro_pro1"),
    .title = KWH_TEXT("inepro PRO1-Mb"),
    .blocks = mbus_blocks,
    .block_count = KWH_COUNT(mbus_blocks),
    .items = mbus_items,
    .item_count = KWH_COUNT(mbus_items),
    .lines = mbus_lines,
    .line_count = KWH_COUNT(mbus_lines),
    .protocol = KWH_PROTOCOL_MBUS,
    .default_address = 0,
    .mbus = &mbus_family,
    .counter = &counter,
};

#if KWH_MAP_NOTES
static const struct kwh_note mbus_remarks[] = {
    {1, "follows the combination code"},
    {4, "function field of a maximum, used for forward"},
    {5, "function field of a maximum, used for forward"},
    {6, "function field of a maximum, used for forward"},
    {7, "function field of a minimum, used for reverse"},
    {8, "function field of a minimum, used for reverse"},
    {9, "function field of a minimum, used for reverse"},
    {10, "default 9600; CI B8 is 300, B9 600, BA 1200, BB 2400, BC 4800, BD 9600; acknowledged at "
         "the old speed"},
    {11, "printed as 0 to 247 and as 0 to 250; acknowledged from the old address"},
    {12, "the secondary address, 8 digits; the byte order of the example contradicts its text: "
         "read the header back"},
    {13, "plain-text VIF, the letter T"},
    {14, "code 10 cannot be undone on a PRO380, and surely not here; code 6 is printed with a "
         "doubtful sign"},
    {15, "imp/kWh"},
    {16, "trip counter of forward energy; writing 0 clears it"},
    {17, "number of power losses; writing 0 clears it"},
};

static const char *const mbus_aliases[] = {"PRO1", "PRO1-Mb"};

KWH_NOTES_DECLARE(inepro_pro1_mbus);
const struct kwh_map_notes kwh_notes_inepro_pro1_mbus = {
    .notes = mbus_remarks,
    .count = KWH_COUNT(mbus_remarks),
    .aliases = mbus_aliases,
    .alias_count = KWH_COUNT(mbus_aliases),
};
#endif

#ifdef KWH_MAP_PROOF
static const char mbus_proof_source[] = "the telegram of the manual, with its length and checksum";

/* clang-format off */
static const uint8_t mbus_proof_telegram[] = {
    0x68, 0x4B, 0x4B, 0x68, 0x08, 0x00, 0x72,
    0x00, 0x00, 0x00, 0x00, 0xCD, 0x25, 0x01, 0x02, 0x02, 0x00, 0x00, 0x00,
    0x0C,       0x04, 0x14, 0x48, 0x60, 0x01,
    0x8C, 0x10, 0x04, 0x23, 0x80, 0x35, 0x00,
    0x8C, 0x20, 0x04, 0x91, 0x67, 0x24, 0x01,
    0x1C,       0x04, 0x46, 0x13, 0x69, 0x00,
    0x9C, 0x10, 0x04, 0x56, 0x34, 0x12, 0x00,
    0x9C, 0x20, 0x04, 0x90, 0x78, 0x56, 0x00,
    0x2C,       0x04, 0x68, 0x34, 0x91, 0x00,
    0xAC, 0x10, 0x04, 0x67, 0x45, 0x23, 0x00,
    0xAC, 0x20, 0x04, 0x01, 0x89, 0x67, 0x00,
    0x7C, 0x16,
};
/* clang-format on */

static const struct kwh_proof_telegram mbus_proof_telegrams[] = {
    {0, sizeof mbus_proof_telegram, mbus_proof_telegram},
};

static const struct kwh_proof_value mbus_proof_values[] = {
    {"serial_number", "00000000"},
    {"mbus_manufacturer", "INM"},
    {"mbus_version", "1"},
    {"mbus_medium", "electricity"},
    {"mbus_access_number", "2"},
    {"mbus_status", "0x00"},
    {"mbus_signature", "0000"},
    {"active_energy_combined", "16048140"},
    {"active_energy_combined_t1", "3580230"},
    {"active_energy_combined_t2", "12467910"},
    {"active_energy_import", "6913460"},
    {"active_energy_import_t1", "1234560"},
    {"active_energy_import_t2", "5678900"},
    {"active_energy_export", "9134680"},
    {"active_energy_export_t1", "2345670"},
    {"active_energy_export_t2", "6789010"},
};

KWH_PROOF_DECLARE(inepro_pro1_mbus);
const struct kwh_map_proof kwh_proof_inepro_pro1_mbus = {
    .source = mbus_proof_source,
    .telegrams = mbus_proof_telegrams,
    .telegram_count = KWH_COUNT(mbus_proof_telegrams),
    .values = mbus_proof_values,
    .value_count = KWH_COUNT(mbus_proof_values),
};
#endif
