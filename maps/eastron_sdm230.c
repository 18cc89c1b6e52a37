/* SPDX-License-Identifier: MIT */
/*
 * Eastron SDM230-Modbus: single-phase, 100 A, two tariffs.
 *
 * Source: Eastron's protocol papers and public programs, compared with those of its relatives: all
 * have one layout of floats, high word first, in which each model has values of its own.
 * Its settings, BCD from 0xF500 on, are not here.
 */
#include <kwh/map.h>

/* clang-format off */
static KWH_CONST struct kwh_row rows[] = {
    KWH_HOLDING(0xFC02, HEX16,   1,    METER_CODE, KWH_PUBLIC),

    KWH_INPUT(0x0000, FLOAT32, 1,    VOLTAGE,                           KWH_PUBLIC),
    KWH_INPUT(0x0006, FLOAT32, 1,    CURRENT,                           KWH_PUBLIC),
    /* the only power there is: 0x0034 belongs to three-phase meters */
    KWH_INPUT(0x000C, FLOAT32, 1,    ACTIVE_POWER,                      KWH_PUBLIC),
    KWH_INPUT(0x0012, FLOAT32, 1,    APPARENT_POWER,                    KWH_PUBLIC),
    KWH_INPUT(0x0018, FLOAT32, 1,    REACTIVE_POWER,                    KWH_PUBLIC),
    KWH_INPUT(0x001E, FLOAT32, 1,    POWER_FACTOR,                      KWH_PUBLIC),
    KWH_INPUT(0x0024, FLOAT32, 1,    PHASE_ANGLE,                       KWH_PUBLIC),
    KWH_INPUT(0x0046, FLOAT32, 1,    FREQUENCY,                         KWH_PUBLIC),
    KWH_INPUT(0x0048, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT,              KWH_PUBLIC),
    KWH_INPUT(0x004A, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT,              KWH_PUBLIC),
    KWH_INPUT(0x004C, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT,            KWH_PUBLIC),
    KWH_INPUT(0x004E, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT,            KWH_PUBLIC),
    KWH_INPUT(0x0054, FLOAT32, 1,    ACTIVE_POWER_DEMAND,               KWH_PUBLIC),
    KWH_INPUT(0x0056, FLOAT32, 1,    ACTIVE_POWER_MAX_DEMAND,           KWH_PUBLIC),
    KWH_INPUT(0x0058, FLOAT32, 1,    ACTIVE_POWER_IMPORT_DEMAND,        KWH_PUBLIC),
    KWH_INPUT(0x005A, FLOAT32, 1,    ACTIVE_POWER_IMPORT_MAX_DEMAND,    KWH_PUBLIC),
    KWH_INPUT(0x005C, FLOAT32, 1,    ACTIVE_POWER_EXPORT_DEMAND,        KWH_PUBLIC),
    KWH_INPUT(0x005E, FLOAT32, 1,    ACTIVE_POWER_EXPORT_MAX_DEMAND,    KWH_PUBLIC),
    KWH_INPUT(0x0102, FLOAT32, 1,    CURRENT_DEMAND,                    KWH_PUBLIC),
    KWH_INPUT(0x0108, FLOAT32, 1,    CURRENT_MAX_DEMAND,                KWH_PUBLIC),
    /* import + export, unless the measuring mode at 0xF920 was changed */
    KWH_INPUT(0x0156, FLOAT32, KILO, ACTIVE_ENERGY_COMBINED,            KWH_PUBLIC),
    KWH_INPUT(0x0158, FLOAT32, KILO, REACTIVE_ENERGY_GROSS,             KWH_PUBLIC),
    /* expected to follow the measuring mode, as 0x130C and 0x130E */
    KWH_INPUT(0x0180, FLOAT32, KILO, ACTIVE_ENERGY_COMBINED_RESETTABLE, KWH_PUBLIC),
    KWH_INPUT(0x0182, FLOAT32, KILO, REACTIVE_ENERGY_GROSS_RESETTABLE,  KWH_PUBLIC),
    KWH_INPUT(0x130C, FLOAT32, KILO, ACTIVE_ENERGY_COMBINED_T1,         KWH_PUBLIC),
    KWH_INPUT(0x130E, FLOAT32, KILO, ACTIVE_ENERGY_COMBINED_T2,         KWH_PUBLIC),
    KWH_INPUT(0x1314, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_T1,           KWH_PUBLIC),
    KWH_INPUT(0x1316, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_T2,           KWH_PUBLIC),
    KWH_INPUT(0x131C, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT_T1,           KWH_PUBLIC),
    KWH_INPUT(0x131E, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT_T2,           KWH_PUBLIC),
    KWH_INPUT(0x1324, FLOAT32, KILO, REACTIVE_ENERGY_GROSS_T1,          KWH_PUBLIC),
    KWH_INPUT(0x1326, FLOAT32, KILO, REACTIVE_ENERGY_GROSS_T2,          KWH_PUBLIC),
    KWH_INPUT(0x132C, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT_T1,         KWH_PUBLIC),
    KWH_INPUT(0x132E, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT_T2,         KWH_PUBLIC),
    KWH_INPUT(0x1334, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT_T1,         KWH_PUBLIC),
    KWH_INPUT(0x1336, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT_T2,         KWH_PUBLIC),
};
/* clang-format on */

static KWH_CONST struct kwh_block blocks[] = {
    {.rows = rows, .count = KWH_COUNT(rows)},
};

static KWH_CONST struct kwh_model models[] = {
    {.code = 0x002B, .name = KWH_TEXT("SDM230-Modbus")},
};

static KWH_CONST struct kwh_lookalike lookalikes[] = {
    {.code = 0x0070, .name = KWH_TEXT("SDM630-Modbus")},
    {.code = 0x0079, .name = KWH_TEXT("SDM630MCT")},
    {.code = 0x0088, .name = KWH_TEXT("SDM630MCT")},
    {.code = 0x0020, .name = KWH_TEXT("SDM120-Modbus")},
    {.code = 0x0084, .name = KWH_TEXT("SDM72D-M or SDM72D-M-2")},
    {.code = 0x0087, .name = KWH_TEXT("SDM72D-M-2")},
    {.code = 0x0089, .name = KWH_TEXT("SDM72D-M-2")},
};

static KWH_CONST uint16_t edges[] = {0x0102, 0x0156, 0x130C};

static KWH_CONST struct kwh_line_settings lines[] = {{2400, 8, 'N', 1}, {9600, 8, 'N', 1}};

/* What comes behind its last digit is in no source. */
static KWH_CONST struct kwh_counter counter = {
    .modulus = {0, 0}, .resolution = {0, 0}, .power_max_w = 27600};

KWH_MAP_DECLARE(eastron_sdm230_modbus);
KWH_CONST struct kwh_map kwh_map_eastron_sdm230_modbus = {
    .name = KWH_TEXT("eastron_sdm230"),
    .title = KWH_TEXT("Eastron SDM230-Modbus"),
    .blocks = blocks,
    .block_count = KWH_COUNT(blocks),
    .models = models,
    .model_count = KWH_COUNT(models),
    .lookalikes = lookalikes,
    .lookalike_count = KWH_COUNT(lookalikes),
    .lines = lines,
    .line_count = KWH_COUNT(lines),
    .edges = edges,
    .edge_count = KWH_COUNT(edges),
    .identity_address = 0xFC02,
    .identity_words = 1,
    .identity_space = KWH_SPACE_HOLDING,
    .protocol = KWH_PROTOCOL_MODBUS,
    .order = KWH_ORDER_ABCD,
    .request_safe = 60, /* 30 values; 40 in one sentence of the paper */
    .alignment = 2,
    .default_address = 1,
    .quiet_ms = 100, /* Eastron asks for 60 of the older series */
    .answer_ms = 500,
    .holes_read_zero = 1,
    .counter = &counter,
};

#if KWH_MAP_NOTES
static const struct kwh_note remarks[] = {
    {0xFC02, "002B"},
};

static const struct kwh_note input_remarks[] = {
    {0x0024, "degrees; sign not said"},
    {0x0156, "follows the measuring mode: import + export unless changed"},
    {0x0158, "import + export"},
    {0x0180, "expected to follow the measuring mode"},
    {0x130C, "expected to follow the measuring mode"},
    {0x130E, "expected to follow the measuring mode"},
};

static const char *const aliases[] = {"SDM230", "SDM230-Modbus"};

KWH_NOTES_DECLARE(eastron_sdm230_modbus);
const struct kwh_map_notes kwh_notes_eastron_sdm230_modbus = {
    .notes = remarks,
    .count = KWH_COUNT(remarks),
    .input_notes = input_remarks,
    .input_count = KWH_COUNT(input_remarks),
    .aliases = aliases,
    .alias_count = KWH_COUNT(aliases),
};
#endif

#ifdef KWH_MAP_PROOF
static const char proof_source[] = "example frames of the maker's papers";

static const uint16_t proof_FC02[] = {0x002B};
static const uint16_t proof_0000[] = {0x4366, 0x3334};
static const uint16_t proof_0046[] = {0x4248, 0x0000};
static const struct kwh_proof_span proof_spans[] = {
    {KWH_SPACE_HOLDING, 0xFC02, KWH_COUNT(proof_FC02), proof_FC02},
    {KWH_SPACE_INPUT, 0x0000, KWH_COUNT(proof_0000), proof_0000},
    {KWH_SPACE_INPUT, 0x0046, KWH_COUNT(proof_0046), proof_0046},
};
static const struct kwh_proof_value proof_values[] = {
    {"meter_code", "002B"},
    {"voltage", "230.20001"},
    {"frequency", "50"},
};

KWH_PROOF_DECLARE(eastron_sdm230_modbus);
const struct kwh_map_proof kwh_proof_eastron_sdm230_modbus = {
    .source = proof_source,
    .spans = proof_spans,
    .span_count = KWH_COUNT(proof_spans),
    .values = proof_values,
    .value_count = KWH_COUNT(proof_values),
};
#endif
