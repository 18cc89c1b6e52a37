/* SPDX-License-Identifier: MIT */
/*
 * inepro PRO380-Mod, PRO380-CT, PRO380 Solare: three-phase meters.
 *
 * Source: the PRO380 manual (product version 2.03) leaves out its register table; the PRO1 manual
 * (2.18) prints the one that both families share. All rows but the serial number were compared with
 * a public dump of one real PRO380-Mod (software 2.18, protocol 3.20, hardware 1.32).
 * All values are high word first, high byte first. A new PRO380-CT is silent until its transformer
 * ratio has been set at the meter.
 */
#include <kwh/map.h>

/* clang-format off */
static KWH_CONST struct kwh_row rows[] = {
    /* YYWWNNNN */
    KWH_HOLDING(0x4000, HEX32,   1,    SERIAL_NUMBER,                   KWH_MANUAL),
    KWH_HOLDING(0x4002, HEX16,   1,    METER_CODE,                      KWH_MANUAL),
    KWH_HOLDING(0x4003, INT16,   1,    DEVICE_ADDRESS,                  KWH_MANUAL),
    /* the speed itself, no enumeration; the specification begins at 1200, this table at 300 */
    KWH_HOLDING(0x4004, INT16,   1,    BAUD_RATE,                       KWH_MANUAL),
    KWH_HOLDING(0x4005, FLOAT32, 1,    PROTOCOL_VERSION,                KWH_MANUAL),
    KWH_HOLDING(0x4007, FLOAT32, 1,    SOFTWARE_VERSION,                KWH_MANUAL),
    KWH_HOLDING(0x4009, FLOAT32, 1,    HARDWARE_VERSION,                KWH_MANUAL),
    KWH_HOLDING(0x400B, INT16,   1,    RATED_CURRENT,                   KWH_MANUAL),
    /* BCD by analogy; 0 on a direct-connected meter */
    KWH_HOLDING(0x400C, BCD16,   1,    CT_PRIMARY,                      KWH_INFERRED),
    KWH_HOLDING(0x400D, FLOAT32, 1,    PULSE_RATE,                      KWH_MANUAL),
    /* binary here, BCD on M-Bus; code 10 locks for ever, and it is the example of the manual */
    KWH_HOLDING(0x400F, INT16,   1,    COMBINATION_CODE,                KWH_MANUAL),
    /* BCD: 0x0025 is 25 s */
    KWH_HOLDING(0x4010, BCD16,   1,    DISPLAY_CYCLE_TIME,              KWH_MANUAL),
    /* odd is in this table and not in the appendix of the PRO380 */
    KWH_HOLDING(0x4011, INT16,   1,    PARITY,                          KWH_MANUAL),
    /* "1F", "2R": the second character decides */
    KWH_HOLDING(0x4012, ASCII16, 1,    CURRENT_DIRECTION_L1,            KWH_MANUAL),
    KWH_HOLDING(0x4013, ASCII16, 1,    CURRENT_DIRECTION_L2,            KWH_MANUAL),
    KWH_HOLDING(0x4014, ASCII16, 1,    CURRENT_DIRECTION_L3,            KWH_MANUAL),
    /* means something on a PRO1 only; a constant 0 would pass for good health */
    KWH_HOLDING(0x4015, INT16,   1,    ERROR_CODE,                      KWH_INFERRED | KWH_HIDDEN),
    /* printed as signed */
    KWH_HOLDING(0x4016, UINT16,  1,    POWER_DOWN_COUNTER,              KWH_MANUAL),
    KWH_HOLDING(0x4017, INT16,   1,    QUADRANT,                        KWH_MANUAL),
    KWH_HOLDING(0x4018, INT16,   1,    QUADRANT_L1,                     KWH_MANUAL),
    KWH_HOLDING(0x4019, INT16,   1,    QUADRANT_L2,                     KWH_MANUAL),
    KWH_HOLDING(0x401A, INT16,   1,    QUADRANT_L3,                     KWH_MANUAL),
    KWH_HOLDING(0x401B, HEX32,   1,    SOFTWARE_CHECKSUM,               KWH_MANUAL),
    KWH_HOLDING(0x401D, HEX32,   1,    STATUS_WORD,                     KWH_INFERRED),
    /* one word, printed as CT mode; two words with another meaning on a 2PU */
    KWH_HOLDING(0x401F, INT16,   1,    CT_SECONDARY,                    KWH_INFERRED),

    /* 0.0 on a three-phase meter, as is 0x500A */
    KWH_HOLDING(0x5000, FLOAT32, 1,    VOLTAGE,                         KWH_MANUAL | KWH_HIDDEN),
    KWH_HOLDING(0x5002, FLOAT32, 1,    VOLTAGE_L1,                      KWH_MANUAL),
    KWH_HOLDING(0x5004, FLOAT32, 1,    VOLTAGE_L2,                      KWH_MANUAL),
    KWH_HOLDING(0x5006, FLOAT32, 1,    VOLTAGE_L3,                      KWH_MANUAL),
    KWH_HOLDING(0x5008, FLOAT32, 1,    FREQUENCY,                       KWH_MANUAL),
    KWH_HOLDING(0x500A, FLOAT32, 1,    CURRENT,                         KWH_MANUAL | KWH_HIDDEN),
    /* negative while the phase is in reverse, as are L2 and L3 */
    KWH_HOLDING(0x500C, FLOAT32, 1,    CURRENT_L1,                      KWH_MANUAL),
    KWH_HOLDING(0x500E, FLOAT32, 1,    CURRENT_L2,                      KWH_MANUAL),
    KWH_HOLDING(0x5010, FLOAT32, 1,    CURRENT_L3,                      KWH_MANUAL),
    KWH_HOLDING(0x5012, FLOAT32, KILO, ACTIVE_POWER,                    KWH_MANUAL),
    KWH_HOLDING(0x5014, FLOAT32, KILO, ACTIVE_POWER_L1,                 KWH_MANUAL),
    KWH_HOLDING(0x5016, FLOAT32, KILO, ACTIVE_POWER_L2,                 KWH_MANUAL),
    KWH_HOLDING(0x5018, FLOAT32, KILO, ACTIVE_POWER_L3,                 KWH_MANUAL),
    KWH_HOLDING(0x501A, FLOAT32, KILO, REACTIVE_POWER,                  KWH_MANUAL),
    KWH_HOLDING(0x501C, FLOAT32, KILO, REACTIVE_POWER_L1,               KWH_MANUAL),
    KWH_HOLDING(0x501E, FLOAT32, KILO, REACTIVE_POWER_L2,               KWH_MANUAL),
    KWH_HOLDING(0x5020, FLOAT32, KILO, REACTIVE_POWER_L3,               KWH_MANUAL),
    KWH_HOLDING(0x5022, FLOAT32, KILO, APPARENT_POWER,                  KWH_MANUAL),
    KWH_HOLDING(0x5024, FLOAT32, KILO, APPARENT_POWER_L1,               KWH_MANUAL),
    KWH_HOLDING(0x5026, FLOAT32, KILO, APPARENT_POWER_L2,               KWH_MANUAL),
    KWH_HOLDING(0x5028, FLOAT32, KILO, APPARENT_POWER_L3,               KWH_MANUAL),
    /* never negative; |P| / sqrt(P^2 + Q^2) and not |P| / S */
    KWH_HOLDING(0x502A, FLOAT32, 1,    POWER_FACTOR_MAGNITUDE,          KWH_MANUAL),
    KWH_HOLDING(0x502C, FLOAT32, 1,    POWER_FACTOR_MAGNITUDE_L1,       KWH_MANUAL),
    KWH_HOLDING(0x502E, FLOAT32, 1,    POWER_FACTOR_MAGNITUDE_L2,       KWH_MANUAL),
    KWH_HOLDING(0x5030, FLOAT32, 1,    POWER_FACTOR_MAGNITUDE_L3,       KWH_MANUAL),

    /* what it counts depends on the combination code */
    KWH_HOLDING(0x6000, FLOAT32, KILO, ACTIVE_ENERGY_COMBINED,          KWH_MANUAL),
    KWH_HOLDING(0x6002, FLOAT32, KILO, ACTIVE_ENERGY_COMBINED_T1,       KWH_MANUAL),
    KWH_HOLDING(0x6004, FLOAT32, KILO, ACTIVE_ENERGY_COMBINED_T2,       KWH_MANUAL),
    KWH_HOLDING(0x6006, FLOAT32, KILO, ACTIVE_ENERGY_COMBINED_L1,       KWH_MANUAL),
    KWH_HOLDING(0x6008, FLOAT32, KILO, ACTIVE_ENERGY_COMBINED_L2,       KWH_MANUAL),
    KWH_HOLDING(0x600A, FLOAT32, KILO, ACTIVE_ENERGY_COMBINED_L3,       KWH_MANUAL),
    KWH_HOLDING(0x600C, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT,            KWH_MANUAL),
    KWH_HOLDING(0x600E, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_T1,         KWH_MANUAL),
    KWH_HOLDING(0x6010, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_T2,         KWH_MANUAL),
    KWH_HOLDING(0x6012, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_L1,         KWH_MANUAL),
    KWH_HOLDING(0x6014, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_L2,         KWH_MANUAL),
    KWH_HOLDING(0x6016, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_L3,         KWH_MANUAL),
    /* a positive number */
    KWH_HOLDING(0x6018, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT,            KWH_MANUAL),
    KWH_HOLDING(0x601A, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT_T1,         KWH_MANUAL),
    KWH_HOLDING(0x601C, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT_T2,         KWH_MANUAL),
    KWH_HOLDING(0x601E, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT_L1,         KWH_MANUAL),
    KWH_HOLDING(0x6020, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT_L2,         KWH_MANUAL),
    KWH_HOLDING(0x6022, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT_L3,         KWH_MANUAL),
    KWH_HOLDING(0x6024, FLOAT32, KILO, REACTIVE_ENERGY_COMBINED,        KWH_MANUAL),
    KWH_HOLDING(0x6026, FLOAT32, KILO, REACTIVE_ENERGY_COMBINED_T1,     KWH_MANUAL),
    KWH_HOLDING(0x6028, FLOAT32, KILO, REACTIVE_ENERGY_COMBINED_T2,     KWH_MANUAL),
    KWH_HOLDING(0x602A, FLOAT32, KILO, REACTIVE_ENERGY_COMBINED_L1,     KWH_MANUAL),
    KWH_HOLDING(0x602C, FLOAT32, KILO, REACTIVE_ENERGY_COMBINED_L2,     KWH_MANUAL),
    KWH_HOLDING(0x602E, FLOAT32, KILO, REACTIVE_ENERGY_COMBINED_L3,     KWH_MANUAL),
    KWH_HOLDING(0x6030, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT,          KWH_MANUAL),
    KWH_HOLDING(0x6032, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT_T1,       KWH_MANUAL),
    KWH_HOLDING(0x6034, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT_T2,       KWH_MANUAL),
    KWH_HOLDING(0x6036, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT_L1,       KWH_MANUAL),
    KWH_HOLDING(0x6038, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT_L2,       KWH_MANUAL),
    KWH_HOLDING(0x603A, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT_L3,       KWH_MANUAL),
    KWH_HOLDING(0x603C, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT,          KWH_MANUAL),
    KWH_HOLDING(0x603E, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT_T1,       KWH_MANUAL),
    KWH_HOLDING(0x6040, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT_T2,       KWH_MANUAL),
    KWH_HOLDING(0x6042, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT_L1,       KWH_MANUAL),
    KWH_HOLDING(0x6044, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT_L2,       KWH_MANUAL),
    KWH_HOLDING(0x6046, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT_L3,       KWH_MANUAL),
    /* one word, so all that follows is at odd addresses; 11 and 12 are only written */
    KWH_HOLDING(0x6048, INT16,   1,    TARIFF,                          KWH_MANUAL),
    /* printed as one word by function 06, but the frame has two by function 16 */
    KWH_HOLDING(0x6049, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_RESETTABLE, KWH_MANUAL),
};
/* clang-format on */

static KWH_CONST struct kwh_block blocks[] = {{.rows = rows, .count = KWH_COUNT(rows)}};

/* clang-format off */
static KWH_CONST struct kwh_choice baud_rates[] = {
    {.code = 300},  {.code = 600},  {.code = 1200},
    {.code = 2400}, {.code = 4800}, {.code = 9600},
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
    {.code = 11, .word = KWH_TEXT("forward_minus_reverse_vector_pulse")},
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
    KWH_CHOICE_ITEM(CURRENT_DIRECTION_L2,  0, directions, 0),
    KWH_CHOICE_ITEM(CURRENT_DIRECTION_L3,  0, directions, 0),
    KWH_RANGE_ITEM(POWER_DOWN_COUNTER,  6, 0, 0, KWH_RISK_COUNTER_RESET),
    KWH_CHOICE_ITEM(TARIFF,             6, tariffs, 0),
    KWH_RANGE_ITEM(ACTIVE_ENERGY_IMPORT_RESETTABLE, 16, 0, 0, KWH_RISK_COUNTER_RESET),
};
/* clang-format on */

static KWH_CONST struct kwh_model models[] = {
    {.code = 0x0102, .name = KWH_TEXT("PRO380-Mod")},
    {.code = 0x0103, .name = KWH_TEXT("PRO380-CT")},
    {.code = 0x2007, .name = KWH_TEXT("PRO380 Solare")},
    {.code = 0x2008, .name = KWH_TEXT("PRO380-CT Solare")},
};

static KWH_CONST char old_firmware[] = "PRO380 with old firmware";

static KWH_CONST struct kwh_lookalike lookalikes[] = {
    {.code = 0x0101, .name = KWH_TEXT("PRO1 or PRO2")},
    {.code = 0x2009, .name = KWH_TEXT("PRO1 Solare")},
    {.code = 0x2010, .name = KWH_TEXT("PRO2 Solare")},
    {.code = 0x1111, .name = KWH_TEXT("4PU")},
    {.code = 0x1112, .name = KWH_TEXT("4PS")},
    {.code = 0x1113, .name = KWH_TEXT("2PU CT")},
    /* the counters at 0x6000 are integers there */
    {.code = 0x3201, .name = KWH_TEXT("GROW N1"), .error = KWH_ERROR_OTHER_ENCODING},
    {.code = 0x3203, .name = KWH_TEXT("GROW N380"), .error = KWH_ERROR_OTHER_ENCODING},
    /* Firmware up to about 1.14 has a map of its own, of which little is known: 0x2007 was seen at
     * this address, the other codes are those of today. */
    {.code = 0x0102, .name = old_firmware, .address = 0x1010, .error = KWH_ERROR_OTHER_ENCODING},
    {.code = 0x0103, .name = old_firmware, .address = 0x1010, .error = KWH_ERROR_OTHER_ENCODING},
    {.code = 0x2007, .name = old_firmware, .address = 0x1010, .error = KWH_ERROR_OTHER_ENCODING},
    {.code = 0x2008, .name = old_firmware, .address = 0x1010, .error = KWH_ERROR_OTHER_ENCODING},
};

static KWH_CONST struct kwh_line_settings lines[] = {{9600, 8, 'E', 1}};

/* Eight digits of 10 Wh; what comes behind is in no manual. With transformers to 9995 A. */
static KWH_CONST struct kwh_counter counter = {
    .modulus = {1, 9}, .resolution = {1, 1}, .power_max_w = 8300000};

KWH_MAP_DECLARE(inepro_pro380_modbus);
KWH_CONST struct kwh_map kwh_map_inepro_pro380_modbus = {
    .name = KWH_TEXT("inepro_pro380"),
    .title = KWH_TEXT("inepro PRO380-Mod"),
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
    {0x4000, "year, week, number; the 12 printed digits are a product prefix (PRO380 0257, "
             "PRO380-CT 0260) and these 8"},
    {0x4002, "the codes are from the maker's own library; 0102 seen on a PRO380"},
    {0x4003, "default 1; 0 is broadcast; the acknowledgment is expected from the old address"},
    {0x4004, "default 9600; 300 and 600 on this family only; acknowledged at the old speed"},
    {0x4005, "two decimals"},
    {0x4007, "two decimals"},
    {0x4009, "two decimals"},
    {0x400B, "highest current: 100 A direct, 5 or 6 A with transformers"},
    {0x400C, "primary current of the transformers, set once at the meter; 0 seen on a "
             "direct-connected one"},
    {0x400D, "imp/kWh; the manual says that an infrared tool is needed, the register table "
             "offers it here"},
    {0x400F, "code 10 cannot be undone; code 6 is printed with a sign that contradicts its name"},
    {0x4010, "default 10 s"},
    {0x4011, "default even; odd is in the register table, but not in the appendix of the PRO380"},
    {0x4012, "seen as phase digit and F or R"},
    {0x4013, "seen as phase digit and F or R"},
    {0x4014, "seen as phase digit and F or R"},
    {0x4015, "reads 0; later register tables give it to the PRO1 only"},
    {0x4016, "number of power losses; writing 0 clears it"},
    {0x4017, "1: P+ Q+, 2: P- Q+, 3: P- Q-, 4: P+ Q-"},
    {0x401B, "of the firmware"},
    {0x401D, "00110111 on a healthy meter, as S 11 111 on its display: program, EEPROM; phases "
             "L1, L2, L3"},
    {0x401F, "secondary current of the transformers; 5 seen on a direct-connected meter"},
    {0x5000, "reads 0.0; PRO1 only"},
    {0x500A, "reads 0.0; PRO1 only"},
    {0x500C, "negative while this phase is in reverse"},
    {0x500E, "negative while this phase is in reverse"},
    {0x5010, "negative while this phase is in reverse"},
    {0x5012, "negative = reverse"},
    {0x5014, "negative = reverse"},
    {0x5016, "negative = reverse"},
    {0x5018, "negative = reverse"},
    {0x501A, "signed"},
    {0x501C, "signed"},
    {0x501E, "signed"},
    {0x5020, "signed"},
    {0x5022, "sum of the phases' apparent powers"},
    {0x502A, "unsigned; |P| / sqrt(P^2 + Q^2)"},
    {0x502C, "unsigned"},
    {0x502E, "unsigned"},
    {0x5030, "unsigned"},
    {0x6000, "follows the combination code; the forward counter with code 1"},
    {0x6018, "a positive number"},
    {0x6024, "follows the combination code, too"},
    {0x603C, "a positive number"},
    {0x6048, "11 and 12 switch to 1 and 2 without storing it; a 230 V input may switch, too"},
    {0x6049, "trip counter of forward energy; writing 0 clears it"},
};

static const char *const aliases[] = {"PRO380", "PRO380-Mod", "PRO380-CT", "Solar-Log PRO380"};

KWH_NOTES_DECLARE(inepro_pro380_modbus);
const struct kwh_map_notes kwh_notes_inepro_pro380_modbus = {
    .notes = remarks,
    .count = KWH_COUNT(remarks),
    .aliases = aliases,
    .alias_count = KWH_COUNT(aliases),
};
#endif

#ifdef KWH_MAP_PROOF
static const char proof_source[] = "public dump of a real PRO380-Mod, serial number left out";

static const uint16_t proof_4[] = {
    0x0102, 0x0001, 0x2580, 0x404C, 0xCCCD, 0x400B, 0x851F, 0x3FA8, 0xF5C3, 0x0064,
    0x0000, 0x447A, 0x0000, 0x0001, 0x0010, 0x0001, 0x3146, 0x3252, 0x3352, 0x0000,
    0x000C, 0x0004, 0x0004, 0x0003, 0x0003, 0x0D01, 0x2D35, 0x0011, 0x0111, 0x0005,
};
static const uint16_t proof_5[] = {
    0x0000, 0x0000, 0x436A, 0x4CCD, 0x4369, 0x6666, 0x436A, 0x6666, 0x4247, 0xEB85,
    0x0000, 0x0000, 0x4081, 0x999A, 0xBFCF, 0x5C29, 0xC009, 0x999A, 0x3E33, 0x3333,
    0x3F66, 0x6666, 0xBE6D, 0x9168, 0xBEFB, 0xE76D, 0xBF11, 0xA9FC, 0xBE79, 0xDB23,
    0xBE84, 0x1893, 0xBD87, 0x2B02, 0x3FE3, 0x74BC, 0x3F6E, 0x978D, 0x3EB1, 0xA9FC,
    0x3EFE, 0x76C9, 0x3E94, 0x7AE1, 0x3F78, 0x51EC, 0x3F2B, 0x851F, 0x3F7D, 0x70A4,
};
static const uint16_t proof_6[] = {
    0x466B, 0x581F, 0x466B, 0x581F, 0x0000, 0x0000, 0x4592, 0x9971, 0x45B3, 0xB252, 0x4590,
    0x6452, 0x466B, 0x581F, 0x466B, 0x581F, 0x0000, 0x0000, 0x4592, 0x9971, 0x45B3, 0xB252,
    0x4590, 0x6452, 0x469E, 0x43D2, 0x469E, 0x43D2, 0x0000, 0x0000, 0x45D2, 0x6F1F, 0x45CA,
    0x9B85, 0x45DC, 0x048F, 0x4305, 0x9EB8, 0x4305, 0x9EB8, 0x0000, 0x0000, 0x42FA, 0x23D7,
    0x4005, 0x1EB8, 0x40CE, 0xB852, 0x4305, 0x9EB8, 0x4305, 0x9EB8, 0x0000, 0x0000, 0x42FA,
    0x23D7, 0x4005, 0x1EB8, 0x40CE, 0xB852, 0x4643, 0xEB29, 0x4643, 0xEB29, 0x0000, 0x0000,
    0x4592, 0x6F9A, 0x45B1, 0x8CB8, 0x4507, 0xB3D7, 0x0001, 0x466B, 0x40AE,
};
static const struct kwh_proof_span proof_spans[] = {
    {KWH_SPACE_HOLDING, 0x4002, KWH_COUNT(proof_4), proof_4},
    {KWH_SPACE_HOLDING, 0x5000, KWH_COUNT(proof_5), proof_5},
    {KWH_SPACE_HOLDING, 0x6000, KWH_COUNT(proof_6), proof_6},
};
static const struct kwh_proof_value proof_values[] = {
    {"meter_code", "0102"},
    {"device_address", "1"},
    {"baud_rate", "9600"},
    {"protocol_version", "3.2"},
    {"software_version", "2.18"},
    {"hardware_version", "1.32"},
    {"rated_current", "100"},
    {"ct_primary", "0"},
    {"pulse_rate", "1000"},
    {"combination_code", "forward"},
    {"display_cycle_time", "10"},
    {"parity", "even"},
    {"current_direction_l1", "forward"},
    {"current_direction_l2", "reverse"},
    {"current_direction_l3", "reverse"},
    {"error_code", "0x0000"},
    {"power_down_counter", "12"},
    {"quadrant", "4"},
    {"quadrant_l1", "4"},
    {"quadrant_l2", "3"},
    {"quadrant_l3", "3"},
    {"software_checksum", "0D012D35"},
    {"status_word", "00110111"},
    {"ct_secondary", "5"},
    {"voltage", "0"},
    {"voltage_l1", "234.3"},
    {"voltage_l2", "233.4"},
    {"voltage_l3", "234.4"},
    {"frequency", "49.98"},
    {"current", "0"},
    {"current_l1", "4.05"},
    {"current_l2", "-1.62"},
    {"current_l3", "-2.15"},
    {"active_power", "175"},
    {"active_power_l1", "900"},
    {"active_power_l2", "-232"},
    {"active_power_l3", "-492"},
    {"reactive_power", "-569"},
    {"reactive_power_l1", "-244"},
    {"reactive_power_l2", "-258"},
    {"reactive_power_l3", "-66"},
    {"apparent_power", "1777"},
    {"apparent_power_l1", "932"},
    {"apparent_power_l2", "347"},
    {"apparent_power_l3", "497"},
    {"power_factor_magnitude", "0.29"},
    {"power_factor_magnitude_l1", "0.97"},
    {"power_factor_magnitude_l2", "0.67"},
    {"power_factor_magnitude_l3", "0.99"},
    {"active_energy_combined", "15062030"},
    {"active_energy_combined_t1", "15062030"},
    {"active_energy_combined_t2", "0"},
    {"active_energy_combined_l1", "4691180"},
    {"active_energy_combined_l2", "5750290"},
    {"active_energy_combined_l3", "4620540"},
    {"active_energy_import", "15062030"},
    {"active_energy_import_t1", "15062030"},
    {"active_energy_import_t2", "0"},
    {"active_energy_import_l1", "4691180"},
    {"active_energy_import_l2", "5750290"},
    {"active_energy_import_l3", "4620540"},
    {"active_energy_export", "20257910"},
    {"active_energy_export_t1", "20257910"},
    {"active_energy_export_t2", "0"},
    {"active_energy_export_l1", "6733890"},
    {"active_energy_export_l2", "6483440"},
    {"active_energy_export_l3", "7040570"},
    {"reactive_energy_combined", "133620"},
    {"reactive_energy_combined_t1", "133620"},
    {"reactive_energy_combined_t2", "0"},
    {"reactive_energy_combined_l1", "125070"},
    {"reactive_energy_combined_l2", "2080"},
    {"reactive_energy_combined_l3", "6460"},
    {"reactive_energy_import", "133620"},
    {"reactive_energy_import_t1", "133620"},
    {"reactive_energy_import_t2", "0"},
    {"reactive_energy_import_l1", "125070"},
    {"reactive_energy_import_l2", "2080"},
    {"reactive_energy_import_l3", "6460"},
    {"reactive_energy_export", "12538790"},
    {"reactive_energy_export_t1", "12538790"},
    {"reactive_energy_export_t2", "0"},
    {"reactive_energy_export_l1", "4685950"},
    {"reactive_energy_export_l2", "5681590"},
    {"reactive_energy_export_l3", "2171240"},
    {"tariff", "1"},
    {"active_energy_import_resettable", "15056170"},
};

KWH_PROOF_DECLARE(inepro_pro380_modbus);
const struct kwh_map_proof kwh_proof_inepro_pro380_modbus = {
    .source = proof_source,
    .spans = proof_spans,
    .span_count = KWH_COUNT(proof_spans),
    .values = proof_values,
    .value_count = KWH_COUNT(proof_values),
};
#endif

/* ------------------------------------------------------------------------------------------------
 * M-Bus: PRO380-Mb.
 *
 * Sources: the manual prints no record, so these are a public script that reads such a meter, the
 * public output of another program for one, and the PRO1, whose telegram is the usual one here as
 * far as is known. No telegram of a PRO380 as bytes is public. Energies are as on a PRO1: maximum
 * is forward, minimum reverse. After CI B4 the storage number is the phase.
 * Writable: the manual speaks of speed and secondary address, but prints no frame, and a public
 * report says that writing failed; so nothing is here.
 */

/* clang-format off */
static KWH_CONST struct kwh_record mbus_usual[] = {
    /* the total follows the combination code */
    KWH_RECORD(1, 1, ACTIVE_ENERGY_COMBINED,    KWH_PUBLIC,   0x0C, 0x04),
    KWH_RECORD(2, 1, ACTIVE_ENERGY_COMBINED_T1, KWH_PUBLIC,   0x8C, 0x10, 0x04),
    KWH_RECORD(3, 1, ACTIVE_ENERGY_COMBINED_T2, KWH_PUBLIC,   0x8C, 0x20, 0x04),
    KWH_RECORD(4, 1, ACTIVE_ENERGY_IMPORT,      KWH_INFERRED, 0x1C, 0x04),
    KWH_RECORD(5, 1, ACTIVE_ENERGY_IMPORT_T1,   KWH_INFERRED, 0x9C, 0x10, 0x04),
    KWH_RECORD(6, 1, ACTIVE_ENERGY_IMPORT_T2,   KWH_INFERRED, 0x9C, 0x20, 0x04),
    KWH_RECORD(7, 1, ACTIVE_ENERGY_EXPORT,      KWH_PUBLIC,   0x2C, 0x04),
    KWH_RECORD(8, 1, ACTIVE_ENERGY_EXPORT_T1,   KWH_INFERRED, 0xAC, 0x10, 0x04),
    /* seen by another program as the ninth record of a real meter */
    KWH_RECORD(9, 1, ACTIVE_ENERGY_EXPORT_T2,   KWH_PUBLIC,   0xAC, 0x20, 0x04),
};

/* The order of these records is not known. */
static KWH_CONST struct kwh_record mbus_phases[] = {
    KWH_RECORD(10, 1, VOLTAGE_L1,                KWH_PUBLIC,   0x4B, 0xFD, 0x47),
    KWH_RECORD(11, 1, VOLTAGE_L2,                KWH_PUBLIC,   0x8B, 0x01, 0xFD, 0x47),
    KWH_RECORD(12, 1, VOLTAGE_L3,                KWH_PUBLIC,   0xCB, 0x01, 0xFD, 0x47),
    /* the VIF says mA, the script divides by 100: one of them is off by 10 */
    KWH_RECORD(13, 1, CURRENT_L1,                KWH_INFERRED, 0x4B, 0xFD, 0x59),
    KWH_RECORD(14, 1, CURRENT_L2,                KWH_INFERRED, 0x8B, 0x01, 0xFD, 0x59),
    KWH_RECORD(15, 1, CURRENT_L3,                KWH_INFERRED, 0xCB, 0x01, 0xFD, 0x59),
    /* 0.1 W by the VIF; the script takes fewer digits and divides by 1000 to kW; sign unknown */
    KWH_RECORD(16, 1, ACTIVE_POWER_L1,           KWH_INFERRED, 0x4C, 0x2A),
    KWH_RECORD(17, 1, ACTIVE_POWER_L2,           KWH_INFERRED, 0x8C, 0x01, 0x2A),
    KWH_RECORD(18, 1, ACTIVE_POWER_L3,           KWH_INFERRED, 0xCC, 0x01, 0x2A),
    KWH_RECORD(19, 1, ACTIVE_POWER,              KWH_INFERRED, 0x0C, 0x2A),
    KWH_RECORD(20, 1, ACTIVE_ENERGY_COMBINED_L1, KWH_PUBLIC,   0x4C, 0x04),
    KWH_RECORD(21, 1, ACTIVE_ENERGY_COMBINED_L2, KWH_PUBLIC,   0x8C, 0x01, 0x04),
    KWH_RECORD(22, 1, ACTIVE_ENERGY_COMBINED_L3, KWH_PUBLIC,   0xCC, 0x01, 0x04),
    KWH_RECORD(23, 1, ACTIVE_ENERGY_EXPORT_L1,   KWH_PUBLIC,   0x6C, 0x04),
    KWH_RECORD(24, 1, ACTIVE_ENERGY_EXPORT_L2,   KWH_PUBLIC,   0xAC, 0x01, 0x04),
    KWH_RECORD(25, 1, ACTIVE_ENERGY_EXPORT_L3,   KWH_PUBLIC,   0xEC, 0x01, 0x04),
};
/* clang-format on */

static KWH_CONST struct kwh_block mbus_blocks[] = {
    {.records = mbus_usual, .count = KWH_COUNT(mbus_usual)},
    {.records = mbus_phases, .count = KWH_COUNT(mbus_phases), .telegram = 0xB4},
};

/* 9600 by the manual, 2400 on public meters. */
static KWH_CONST struct kwh_line_settings mbus_lines[] = {{9600, 8, 'E', 1}, {2400, 8, 'E', 1}};

static KWH_CONST struct kwh_mbus_family mbus_family = {
    .manufacturer = 0x25CD, /* INM; on the wire CD 25, printed 25 CD by the PRO1 */
    .version = 1,
    .medium = 2,
    .usual = 0xB1, /* sent by the script when it is done; what it does is inferred */
};

KWH_MAP_DECLARE(inepro_pro380_mbus);
KWH_CONST struct kwh_map kwh_map_inepro_pro380_mbus = {
    .name = KWH_TEXT("inepro_pro380"),
    .title = KWH_TEXT("inepro PRO380-Mb"),
    .blocks = mbus_blocks,
    .block_count = KWH_COUNT(mbus_blocks),
    .lines = mbus_lines,
    .line_count = KWH_COUNT(mbus_lines),
    .protocol = KWH_PROTOCOL_MBUS,
    .default_address = 0, /* the manual says 0 and 1, public meters have 0 */
    .mbus = &mbus_family,
    .counter = &counter,
};

#if KWH_MAP_NOTES
static const struct kwh_note mbus_remarks[] = {
    {1, "follows the combination code"},
    {4, "function field of a maximum, used for forward; as on a PRO1"},
    {5, "function field of a maximum, used for forward; as on a PRO1"},
    {6, "function field of a maximum, used for forward; as on a PRO1"},
    {7, "function field of a minimum, used for reverse"},
    {8, "function field of a minimum, used for reverse; as on a PRO1"},
    {9, "function field of a minimum, used for reverse"},
    {10, "storage number used for the phase, here and below"},
    {13, "mA by its VIF; a public script divides by 100"},
    {14, "mA by its VIF; a public script divides by 100"},
    {15, "mA by its VIF; a public script divides by 100"},
    {16, "0.1 W by its VIF; scale and sign unproven"},
    {17, "0.1 W by its VIF; scale and sign unproven"},
    {18, "0.1 W by its VIF; scale and sign unproven"},
    {19, "0.1 W by its VIF; scale and sign unproven"},
    {20, "follows the combination code"},
    {21, "follows the combination code"},
    {22, "follows the combination code"},
    {23, "function field of a minimum, used for reverse"},
    {24, "function field of a minimum, used for reverse"},
    {25, "function field of a minimum, used for reverse"},
};

static const char *const mbus_aliases[] = {"PRO380", "PRO380-Mb"};

KWH_NOTES_DECLARE(inepro_pro380_mbus);
const struct kwh_map_notes kwh_notes_inepro_pro380_mbus = {
    .notes = mbus_remarks,
    .count = KWH_COUNT(mbus_remarks),
    .aliases = mbus_aliases,
    .alias_count = KWH_COUNT(mbus_aliases),
};
#endif

#ifdef KWH_MAP_PROOF
static const char mbus_proof_source[] =
    "no telegram of this meter is public: that of a PRO1, and the "
    "records that a public script reads, put together with "
    "values of a PRO380-Mod";

/* clang-format off */
/* that of a PRO1 */
static const uint8_t mbus_proof_usual[] = {
    0x68, 0x4B, 0x4B, 0x68, 0x08, 0x00, 0x72,
    0x00, 0x00, 0x00, 0x00, 0xCD, 0x25, 0x01, 0x02, 0x02, 0x00, 0x00, 0x00,
    0x0C, 0x04, 0x14, 0x48, 0x60, 0x01,
    0x8C, 0x10, 0x04, 0x23, 0x80, 0x35, 0x00,
    0x8C, 0x20, 0x04, 0x91, 0x67, 0x24, 0x01,
    0x1C, 0x04, 0x46, 0x13, 0x69, 0x00,
    0x9C, 0x10, 0x04, 0x56, 0x34, 0x12, 0x00,
    0x9C, 0x20, 0x04, 0x90, 0x78, 0x56, 0x00,
    0x2C, 0x04, 0x68, 0x34, 0x91, 0x00,
    0xAC, 0x10, 0x04, 0x67, 0x45, 0x23, 0x00,
    0xAC, 0x20, 0x04, 0x01, 0x89, 0x67, 0x00,
    0x7C, 0x16,
};

/* after CI B4 */
static const uint8_t mbus_proof_phases[] = {
    0x68, 0x79, 0x79, 0x68, 0x08, 0x00, 0x72,
    0x00, 0x00, 0x00, 0x00, 0xCD, 0x25, 0x01, 0x02, 0x02, 0x00, 0x00, 0x00,
    0x4B, 0xFD, 0x47, 0x30, 0x34, 0x02,
    0x8B, 0x01, 0xFD, 0x47, 0x40, 0x33, 0x02,
    0xCB, 0x01, 0xFD, 0x47, 0x40, 0x34, 0x02,
    0x4B, 0xFD, 0x59, 0x50, 0x40, 0x00,
    0x8B, 0x01, 0xFD, 0x59, 0x20, 0x16, 0x00,
    0xCB, 0x01, 0xFD, 0x59, 0x50, 0x21, 0x00,
    0x4C, 0x2A, 0x00, 0x90, 0x00, 0x00,
    0x8C, 0x01, 0x2A, 0x20, 0x23, 0x00, 0x00,
    0xCC, 0x01, 0x2A, 0x20, 0x49, 0x00, 0x00,
    0x0C, 0x2A, 0x50, 0x17, 0x00, 0x00,
    0x4C, 0x04, 0x18, 0x91, 0x46, 0x00,
    0x8C, 0x01, 0x04, 0x29, 0x50, 0x57, 0x00,
    0xCC, 0x01, 0x04, 0x54, 0x20, 0x46, 0x00,
    0x6C, 0x04, 0x88, 0x33, 0x67, 0x00,
    0xAC, 0x01, 0x04, 0x44, 0x83, 0x64, 0x00,
    0xEC, 0x01, 0x04, 0x57, 0x40, 0x70, 0x00,
    0x9B, 0x16,
};
/* clang-format on */

static const struct kwh_proof_telegram mbus_proof_telegrams[] = {
    {0, sizeof mbus_proof_usual, mbus_proof_usual},
    {0xB4, sizeof mbus_proof_phases, mbus_proof_phases},
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
    {"voltage_l1", "234.30"},
    {"voltage_l2", "233.40"},
    {"voltage_l3", "234.40"},
    {"current_l1", "4.050"},
    {"current_l2", "1.620"},
    {"current_l3", "2.150"},
    {"active_power_l1", "900.0"},
    {"active_power_l2", "232.0"},
    {"active_power_l3", "492.0"},
    {"active_power", "175.0"},
    {"active_energy_combined_l1", "4691180"},
    {"active_energy_combined_l2", "5750290"},
    {"active_energy_combined_l3", "4620540"},
    {"active_energy_export_l1", "6733880"},
    {"active_energy_export_l2", "6483440"},
    {"active_energy_export_l3", "7040570"},
};

KWH_PROOF_DECLARE(inepro_pro380_mbus);
const struct kwh_map_proof kwh_proof_inepro_pro380_mbus = {
    .source = mbus_proof_source,
    .telegrams = mbus_proof_telegrams,
    .telegram_count = KWH_COUNT(mbus_proof_telegrams),
    .values = mbus_proof_values,
    .value_count = KWH_COUNT(mbus_proof_values),
};
#endif
