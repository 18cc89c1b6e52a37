/* SPDX-License-Identifier: MIT */
/*
 * inepro 2PU CT, 4PU, 4PS: three-phase meters, the 2PU CT with current transformers.
 *
 * Source: the manual of the 2PU CT of 2025, which is that of the two others, too.
 */
#include <kwh/map.h>

/* ------------------------------------------------------------------------------------------------
 * M-Bus.
 *
 * One telegram that keeps to EN 13757-3:2018. The text of the manual has its DIF apart from the
 * rest of the records; they were put together again, and every length and example value bears it
 * out.
 */

/* clang-format off */
static const struct kwh_record mbus_records[] = {
    KWH_RECORD(1, 1, ACTIVE_ENERGY_IMPORT,              KWH_MANUAL, 0x04, 0x03),
    KWH_RECORD(2, 1, ACTIVE_ENERGY_IMPORT_T1,           KWH_MANUAL, 0x84, 0x10, 0x03),
    KWH_RECORD(3, 1, ACTIVE_ENERGY_IMPORT_T2,           KWH_MANUAL, 0x84, 0x20, 0x03),
    KWH_RECORD(4, 1, ACTIVE_ENERGY_IMPORT_T3,           KWH_MANUAL, 0x84, 0x30, 0x03),
    KWH_RECORD(5, 1, ACTIVE_ENERGY_IMPORT_T4,           KWH_MANUAL, 0x84, 0x80, 0x10, 0x03),
    /* backward flow by VIFE 3C; forward is not marked */
    KWH_RECORD(6, 1, ACTIVE_ENERGY_EXPORT,              KWH_MANUAL, 0x04, 0x83, 0x3C),
    KWH_RECORD(7, 1, ACTIVE_ENERGY_EXPORT_T1,           KWH_MANUAL, 0x84, 0x10, 0x83, 0x3C),
    KWH_RECORD(8, 1, ACTIVE_ENERGY_EXPORT_T2,           KWH_MANUAL, 0x84, 0x20, 0x83, 0x3C),
    KWH_RECORD(9, 1, ACTIVE_ENERGY_EXPORT_T3,           KWH_MANUAL, 0x84, 0x30, 0x83, 0x3C),
    KWH_RECORD(10, 1, ACTIVE_ENERGY_EXPORT_T4,          KWH_MANUAL, 0x84, 0x80, 0x10, 0x83, 0x3C),
    /* what it counts follows the combination code, whatever VIFE FC 10 says */
    KWH_RECORD(11, 1, ACTIVE_ENERGY_COMBINED_RESETTABLE, KWH_MANUAL, 0x04, 0x83, 0xFC, 0x10),
    /* kvarh by VIF FB 02, a thousandth of it by VIFE 73 */
    KWH_RECORD(12, 1, REACTIVE_ENERGY_IMPORT,           KWH_MANUAL, 0x04, 0xFB, 0x82, 0x73),
    KWH_RECORD(13, 1, REACTIVE_ENERGY_EXPORT,           KWH_MANUAL, 0x04, 0xFB, 0x82, 0xF3, 0x3C),
    /* phases by VIFE FC 01 to FC 03 */
    KWH_RECORD(14, 1, VOLTAGE_L1,                       KWH_MANUAL, 0x02, 0xFD, 0xC7, 0xFC, 0x01),
    KWH_RECORD(15, 1, VOLTAGE_L2,                       KWH_MANUAL, 0x02, 0xFD, 0xC7, 0xFC, 0x02),
    KWH_RECORD(16, 1, VOLTAGE_L3,                       KWH_MANUAL, 0x02, 0xFD, 0xC7, 0xFC, 0x03),
    /* 24 bits end at 8388.607 A; what is more wraps into negative numbers */
    KWH_RECORD(17, 1, CURRENT_L1,                       KWH_MANUAL, 0x03, 0xFD, 0xD9, 0xFC, 0x01),
    KWH_RECORD(18, 1, CURRENT_L2,                       KWH_MANUAL, 0x03, 0xFD, 0xD9, 0xFC, 0x02),
    KWH_RECORD(19, 1, CURRENT_L3,                       KWH_MANUAL, 0x03, 0xFD, 0xD9, 0xFC, 0x03),
    /* signed */
    KWH_RECORD(20, 1, ACTIVE_POWER,                     KWH_MANUAL, 0x03, 0x2B),
    KWH_RECORD(21, 1, ACTIVE_POWER_L1,                  KWH_MANUAL, 0x03, 0xAB, 0xFC, 0x01),
    KWH_RECORD(22, 1, ACTIVE_POWER_L2,                  KWH_MANUAL, 0x03, 0xAB, 0xFC, 0x02),
    KWH_RECORD(23, 1, ACTIVE_POWER_L3,                  KWH_MANUAL, 0x03, 0xAB, 0xFC, 0x03),
    KWH_RECORD(24, 1, REACTIVE_POWER,                   KWH_MANUAL, 0x03, 0xFB, 0x14),
    KWH_RECORD(25, 1, REACTIVE_POWER_L1,                KWH_MANUAL, 0x03, 0xFB, 0x94, 0xFC, 0x01),
    KWH_RECORD(26, 1, REACTIVE_POWER_L2,                KWH_MANUAL, 0x03, 0xFB, 0x94, 0xFC, 0x02),
    KWH_RECORD(27, 1, REACTIVE_POWER_L3,                KWH_MANUAL, 0x03, 0xFB, 0x94, 0xFC, 0x03),
    KWH_RECORD(28, 1, APPARENT_POWER,                   KWH_MANUAL, 0x03, 0xFB, 0x34),
    /* FD 3A has no scale, the example has two decimals; told from the CT ratio by its DIF */
    KWH_RECORD(29, CENTI, POWER_FACTOR_MAGNITUDE,       KWH_MANUAL, 0x0A, 0xFD, 0x3A),
    KWH_RECORD(30, 1, FREQUENCY,                        KWH_MANUAL, 0x03, 0xFB, 0x2C),
    /* plain-text VIF, the letter T; may be written, too */
    KWH_RECORD(31, 1, TARIFF,                           KWH_MANUAL, 0x09, 0x7C, 0x01, 0x54),
    /* PPPPSS, primary and secondary current, 9995/5 is 999505; of a 2PU CT only */
    KWH_RECORD(32, 1, CT_RATIO,                         KWH_MANUAL, 0x0B, 0xFD, 0x3A),

    /* Settings. E5 is the answer to anything: it does not prove that one was taken. */
    KWH_RECORD_BAUD_RATE(33, KWH_MANUAL),
    KWH_RECORD(34, 1, DEVICE_ADDRESS,   KWH_MANUAL | KWH_WRITE_ONLY, 0x01, 0x7A),
    /* printed high byte first, but all else is low byte first */
    KWH_RECORD(35, 1, SERIAL_NUMBER,    KWH_INFERRED | KWH_WRITE_ONLY, 0x0C, 0x79),
    /* code 05 locks for ever, and it is the example of the manual */
    KWH_RECORD(36, 1, COMBINATION_CODE, KWH_MANUAL | KWH_WRITE_ONLY, 0x09, 0xFD, 0x3A),
    KWH_RECORD(37, CENTI, PULSE_RATE,   KWH_MANUAL | KWH_WRITE_ONLY, 0x0C, 0xFD, 0x3A),
    KWH_RECORD(38, 1, ACTIVE_ENERGY_COMBINED_RESETTABLE, KWH_MANUAL | KWH_WRITE_ONLY, 0x0C, 0x04),
    KWH_RECORD(39, 1, POWER_DOWN_COUNTER, KWH_MANUAL | KWH_WRITE_ONLY, 0x0A, 0xFD, 0x60),
};

static const struct kwh_block mbus_blocks[] = {
    {.records = mbus_records, .count = KWH_COUNT(mbus_records)},
};

static const struct kwh_choice mbus_baud_rates[] = {
    {.code = 300}, {.code = 600}, {.code = 1200}, {.code = 2400}, {.code = 4800}, {.code = 9600},
};

/* 3 and 4 stay in the display for ever, once they were set. */
static const struct kwh_choice mbus_tariffs[] = {
    {.code = 1},
    {.code = 2},
    {.code = 3, .risk = KWH_RISK_IRREVERSIBLE},
    {.code = 4, .risk = KWH_RISK_IRREVERSIBLE},
};

/* Not the numbers of a PRO1 or PRO380. */
static const struct kwh_choice mbus_combination_codes[] = {
    {.code = 1, .word = "forward"},
    {.code = 2, .word = "reverse"},
    {.code = 3, .word = "forward_plus_reverse"},
    {.code = 4, .word = "forward_minus_reverse"},
    {.code = 5, .risk = KWH_RISK_IRREVERSIBLE, .word = "forward_minus_reverse_vector"},
};

static const struct kwh_choice mbus_pulse_rates[] = {
    {.code = 10000}, {.code = 2000}, {.code = 1000}, {.code = 100}, {.code = 10}, {.code = 1},
    {.code = 1, .exponent = -1}, {.code = 1, .exponent = -2},
};

static const struct kwh_item mbus_items[] = {
    KWH_CHOICE_ITEM(BAUD_RATE,         0xB8, mbus_baud_rates, KWH_RISK_LINK_CHANGE),
    KWH_RANGE_ITEM(DEVICE_ADDRESS,     0x51, 0, 250, KWH_RISK_LINK_CHANGE),
    KWH_RANGE_ITEM(SERIAL_NUMBER,      0x51, 0, 99999999, KWH_RISK_LINK_CHANGE),
    KWH_CHOICE_ITEM(TARIFF,            0x51, mbus_tariffs, 0),
    KWH_CHOICE_ITEM(COMBINATION_CODE,  0x51, mbus_combination_codes, 0),
    KWH_CHOICE_ITEM(PULSE_RATE,        0x51, mbus_pulse_rates, 0),
    KWH_RANGE_ITEM(ACTIVE_ENERGY_COMBINED_RESETTABLE, 0x51, 0, 0, KWH_RISK_COUNTER_RESET),
    KWH_RANGE_ITEM(POWER_DOWN_COUNTER, 0x51, 0, 0, KWH_RISK_COUNTER_RESET),
};
/* clang-format on */

static const struct kwh_line_settings mbus_lines[] = {{2400, 8, 'E', 1}};

/* A PRO1 has the same header: only its records tell it apart. */
static const struct kwh_mbus_family mbus_family = {
    .manufacturer = 0x25CD, /* INM */
    .version = 1,
    .medium = 2,
};

KWH_MAP_DECLARE(inepro_2pu_mbus);
const struct kwh_map kwh_map_inepro_2pu_mbus = {
    .name = "inepro_2pu",
    .title = "inepro 2PU CT, 4PU, 4PS with M-Bus",
    .blocks = mbus_blocks,
    .block_count = KWH_COUNT(mbus_blocks),
    .items = mbus_items,
    .item_count = KWH_COUNT(mbus_items),
    .lines = mbus_lines,
    .line_count = KWH_COUNT(mbus_lines),
    .protocol = KWH_PROTOCOL_MBUS,
    .default_address = 0,
    .mbus = &mbus_family,
};

#if KWH_MAP_NOTES
static const struct kwh_note mbus_remarks[] = {
    {11, "follows the combination code"},
    {17, "at most 8388.607 A: more wraps into negative numbers"},
    {18, "at most 8388.607 A: more wraps into negative numbers"},
    {19, "at most 8388.607 A: more wraps into negative numbers"},
    {20, "signed"},
    {24, "signed"},
    {29, "unsigned, two decimals by the example; the CT ratio has the same VIF"},
    {31, "tariffs 3 and 4 stay in the display once they were set; 230 V inputs switch 1 and 2, "
         "too"},
    {32, "primary and secondary current as PPPPSS: 999505 is 9995/5; of a 2PU CT only"},
    {33, "default 2400; CI B8 is 300, B9 600, BA 1200, BB 2400, BC 4800, BD 9600; acknowledged at "
         "the old speed"},
    {34, "acknowledged from the old address"},
    {35, "the secondary address, 8 digits; the byte order of the example contradicts its text: "
         "read the header back"},
    {36, "code 5 cannot be undone; other numbers than on a PRO1"},
    {37, "imp/kWh, default 1000"},
    {38, "writing 0 clears it"},
    {39, "number of power losses; writing 0 clears it"},
};

static const char *const mbus_aliases[] = {"2PU", "2PU CT", "4PU", "4PS"};

KWH_NOTES_DECLARE(inepro_2pu_mbus);
const struct kwh_map_notes kwh_notes_inepro_2pu_mbus = {
    .notes = mbus_remarks,
    .count = KWH_COUNT(mbus_remarks),
    .aliases = mbus_aliases,
    .alias_count = KWH_COUNT(mbus_aliases),
};
#endif

#ifdef KWH_MAP_PROOF
static const char mbus_proof_source[] = "header, records and examples of the manual, put together";

/* clang-format off */
static const uint8_t mbus_proof_telegram[] = {
    0x68, 0xF4, 0xF4, 0x68, 0x08, 0x00, 0x72,
    0x46, 0x02, 0x02, 0x19, 0xCD, 0x25, 0x01, 0x02, 0x04, 0x00, 0x00, 0x00,
    0x04, 0x03, 0x15, 0xCD, 0x5B, 0x07,
    0x84, 0x10, 0x03, 0x15, 0xCD, 0x5B, 0x07,
    0x84, 0x20, 0x03, 0x15, 0xCD, 0x5B, 0x07,
    0x84, 0x30, 0x03, 0x15, 0xCD, 0x5B, 0x07,
    0x84, 0x80, 0x10, 0x03, 0x15, 0xCD, 0x5B, 0x07,
    0x04, 0x83, 0x3C, 0x15, 0xCD, 0x5B, 0x07,
    0x84, 0x10, 0x83, 0x3C, 0x15, 0xCD, 0x5B, 0x07,
    0x84, 0x20, 0x83, 0x3C, 0x15, 0xCD, 0x5B, 0x07,
    0x84, 0x30, 0x83, 0x3C, 0x15, 0xCD, 0x5B, 0x07,
    0x84, 0x80, 0x10, 0x83, 0x3C, 0x15, 0xCD, 0x5B, 0x07,
    0x04, 0x83, 0xFC, 0x10, 0x15, 0xCD, 0x5B, 0x07,
    0x04, 0xFB, 0x82, 0x73, 0x15, 0xCD, 0x5B, 0x07,
    0x04, 0xFB, 0x82, 0xF3, 0x3C, 0x15, 0xCD, 0x5B, 0x07,
    0x02, 0xFD, 0xC7, 0xFC, 0x01, 0xE4, 0x59,
    0x02, 0xFD, 0xC7, 0xFC, 0x02, 0xE4, 0x59,
    0x02, 0xFD, 0xC7, 0xFC, 0x03, 0xE4, 0x59,
    0x03, 0xFD, 0xD9, 0xFC, 0x01, 0x1B, 0x87, 0x01,
    0x03, 0xFD, 0xD9, 0xFC, 0x02, 0x1B, 0x87, 0x01,
    0x03, 0xFD, 0xD9, 0xFC, 0x03, 0x1B, 0x87, 0x01,
    0x03, 0x2B, 0x87, 0xD6, 0x12,
    0x03, 0xAB, 0xFC, 0x01, 0x87, 0xD6, 0x12,
    0x03, 0xAB, 0xFC, 0x02, 0x87, 0xD6, 0x12,
    0x03, 0xAB, 0xFC, 0x03, 0x79, 0x29, 0xED,
    0x03, 0xFB, 0x14, 0x87, 0xD6, 0x12,
    0x03, 0xFB, 0x94, 0xFC, 0x01, 0x87, 0xD6, 0x12,
    0x03, 0xFB, 0x94, 0xFC, 0x02, 0x87, 0xD6, 0x12,
    0x03, 0xFB, 0x94, 0xFC, 0x03, 0x87, 0xD6, 0x12,
    0x03, 0xFB, 0x34, 0x87, 0xD6, 0x12,
    0x0A, 0xFD, 0x3A, 0x00, 0x01,
    0x03, 0xFB, 0x2C, 0x37, 0xC7, 0x00,
    0x09, 0x7C, 0x01, 0x54, 0x01,
    0x0B, 0xFD, 0x3A, 0x05, 0x95, 0x99,
    0xAB, 0x16,
};
/* clang-format on */

static const struct kwh_proof_telegram mbus_proof_telegrams[] = {
    {0, sizeof mbus_proof_telegram, mbus_proof_telegram},
};

static const struct kwh_proof_value mbus_proof_values[] = {
    {"serial_number", "19020246"},
    {"mbus_manufacturer", "INM"},
    {"mbus_version", "1"},
    {"mbus_medium", "electricity"},
    {"mbus_access_number", "4"},
    {"mbus_status", "0x00"},
    {"mbus_signature", "0000"},
    {"active_energy_import", "123456789"},
    {"active_energy_import_t1", "123456789"},
    {"active_energy_import_t2", "123456789"},
    {"active_energy_import_t3", "123456789"},
    {"active_energy_import_t4", "123456789"},
    {"active_energy_export", "123456789"},
    {"active_energy_export_t1", "123456789"},
    {"active_energy_export_t2", "123456789"},
    {"active_energy_export_t3", "123456789"},
    {"active_energy_export_t4", "123456789"},
    {"active_energy_combined_resettable", "123456789"},
    {"reactive_energy_import", "123456789"},
    {"reactive_energy_export", "123456789"},
    {"voltage_l1", "230.12"},
    {"voltage_l2", "230.12"},
    {"voltage_l3", "230.12"},
    {"current_l1", "100.123"},
    {"current_l2", "100.123"},
    {"current_l3", "100.123"},
    {"active_power", "1234567"},
    {"active_power_l1", "1234567"},
    {"active_power_l2", "1234567"},
    {"active_power_l3", "-1234567"},
    {"reactive_power", "1234567"},
    {"reactive_power_l1", "1234567"},
    {"reactive_power_l2", "1234567"},
    {"reactive_power_l3", "1234567"},
    {"apparent_power", "1234567"},
    {"power_factor_magnitude", "1.00"},
    {"frequency", "50.999"},
    {"tariff", "1"},
    {"ct_ratio", "999505"},
};

KWH_PROOF_DECLARE(inepro_2pu_mbus);
const struct kwh_map_proof kwh_proof_inepro_2pu_mbus = {
    .source = mbus_proof_source,
    .telegrams = mbus_proof_telegrams,
    .telegram_count = KWH_COUNT(mbus_proof_telegrams),
    .values = mbus_proof_values,
    .value_count = KWH_COUNT(mbus_proof_values),
};
#endif
