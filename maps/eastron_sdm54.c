/* SPDX-License-Identifier: MIT */
/*
 * Eastron SDM54: three-phase, two tariffs.
 *
 * Source: Eastron's protocol papers and public programs, compared with those of its relatives: all
 * have one layout of floats, high word first, in which each model has values of its own.
 * Known from public programs alone. Nobody tells its meter code: the map must be named.
 */
#include <kwh/map.h>

/* clang-format off */
static KWH_CONST struct kwh_row rows[] = {
    KWH_INPUT(0x0000, FLOAT32, 1,    VOLTAGE_L1,                KWH_PUBLIC),
    KWH_INPUT(0x0002, FLOAT32, 1,    VOLTAGE_L2,                KWH_PUBLIC),
    KWH_INPUT(0x0004, FLOAT32, 1,    VOLTAGE_L3,                KWH_PUBLIC),
    KWH_INPUT(0x0006, FLOAT32, 1,    CURRENT_L1,                KWH_PUBLIC),
    KWH_INPUT(0x0008, FLOAT32, 1,    CURRENT_L2,                KWH_PUBLIC),
    KWH_INPUT(0x000A, FLOAT32, 1,    CURRENT_L3,                KWH_PUBLIC),
    /* what the sign means is not said; import is expected to be positive */
    KWH_INPUT(0x000C, FLOAT32, 1,    ACTIVE_POWER_L1,           KWH_PUBLIC),
    KWH_INPUT(0x000E, FLOAT32, 1,    ACTIVE_POWER_L2,           KWH_PUBLIC),
    KWH_INPUT(0x0010, FLOAT32, 1,    ACTIVE_POWER_L3,           KWH_PUBLIC),
    KWH_INPUT(0x0012, FLOAT32, 1,    APPARENT_POWER_L1,         KWH_PUBLIC),
    KWH_INPUT(0x0014, FLOAT32, 1,    APPARENT_POWER_L2,         KWH_PUBLIC),
    KWH_INPUT(0x0016, FLOAT32, 1,    APPARENT_POWER_L3,         KWH_PUBLIC),
    KWH_INPUT(0x0018, FLOAT32, 1,    REACTIVE_POWER_L1,         KWH_PUBLIC),
    KWH_INPUT(0x001A, FLOAT32, 1,    REACTIVE_POWER_L2,         KWH_PUBLIC),
    KWH_INPUT(0x001C, FLOAT32, 1,    REACTIVE_POWER_L3,         KWH_PUBLIC),
    KWH_INPUT(0x001E, FLOAT32, 1,    POWER_FACTOR_L1,           KWH_PUBLIC),
    KWH_INPUT(0x0020, FLOAT32, 1,    POWER_FACTOR_L2,           KWH_PUBLIC),
    KWH_INPUT(0x0022, FLOAT32, 1,    POWER_FACTOR_L3,           KWH_PUBLIC),
    KWH_INPUT(0x0034, FLOAT32, 1,    ACTIVE_POWER,              KWH_PUBLIC),
    KWH_INPUT(0x0038, FLOAT32, 1,    APPARENT_POWER,            KWH_PUBLIC),
    KWH_INPUT(0x003C, FLOAT32, 1,    REACTIVE_POWER,            KWH_PUBLIC),
    KWH_INPUT(0x003E, FLOAT32, 1,    POWER_FACTOR,              KWH_PUBLIC),
    KWH_INPUT(0x0042, FLOAT32, 1,    PHASE_ANGLE,               KWH_PUBLIC),
    KWH_INPUT(0x0046, FLOAT32, 1,    FREQUENCY,                 KWH_PUBLIC),
    KWH_INPUT(0x0048, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT,      KWH_PUBLIC),
    KWH_INPUT(0x004A, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT,      KWH_PUBLIC),
    KWH_INPUT(0x00EA, FLOAT32, 1,    THD_VOLTAGE_L1,            KWH_PUBLIC),
    KWH_INPUT(0x00EC, FLOAT32, 1,    THD_VOLTAGE_L2,            KWH_PUBLIC),
    KWH_INPUT(0x00EE, FLOAT32, 1,    THD_VOLTAGE_L3,            KWH_PUBLIC),
    KWH_INPUT(0x00F8, FLOAT32, 1,    THD_VOLTAGE_MEAN,          KWH_PUBLIC),
    KWH_INPUT(0x0156, FLOAT32, KILO, ACTIVE_ENERGY_GROSS,       KWH_PUBLIC),
    KWH_INPUT(0x0158, FLOAT32, KILO, REACTIVE_ENERGY_GROSS,     KWH_PUBLIC),
    KWH_INPUT(0x015A, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_L1,   KWH_PUBLIC),
    KWH_INPUT(0x015C, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_L2,   KWH_PUBLIC),
    KWH_INPUT(0x015E, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_L3,   KWH_PUBLIC),
    KWH_INPUT(0x0160, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT_L1,   KWH_PUBLIC),
    KWH_INPUT(0x0162, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT_L2,   KWH_PUBLIC),
    KWH_INPUT(0x0164, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT_L3,   KWH_PUBLIC),
    KWH_INPUT(0x0166, FLOAT32, KILO, ACTIVE_ENERGY_GROSS_L1,    KWH_PUBLIC),
    KWH_INPUT(0x0168, FLOAT32, KILO, ACTIVE_ENERGY_GROSS_L2,    KWH_PUBLIC),
    KWH_INPUT(0x016A, FLOAT32, KILO, ACTIVE_ENERGY_GROSS_L3,    KWH_PUBLIC),
    KWH_INPUT(0x130C, FLOAT32, KILO, ACTIVE_ENERGY_GROSS_T1,    KWH_PUBLIC),
    KWH_INPUT(0x130E, FLOAT32, KILO, ACTIVE_ENERGY_GROSS_T2,    KWH_PUBLIC),
    KWH_INPUT(0x1314, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_T1,   KWH_PUBLIC),
    KWH_INPUT(0x1316, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_T2,   KWH_PUBLIC),
    KWH_INPUT(0x131C, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT_T1,   KWH_PUBLIC),
    KWH_INPUT(0x131E, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT_T2,   KWH_PUBLIC),
    KWH_INPUT(0x1324, FLOAT32, KILO, REACTIVE_ENERGY_GROSS_T1,  KWH_PUBLIC),
    KWH_INPUT(0x1326, FLOAT32, KILO, REACTIVE_ENERGY_GROSS_T2,  KWH_PUBLIC),
    KWH_INPUT(0x132C, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT_T1, KWH_PUBLIC),
    KWH_INPUT(0x132E, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT_T2, KWH_PUBLIC),
    KWH_INPUT(0x1334, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT_T1, KWH_PUBLIC),
    KWH_INPUT(0x1336, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT_T2, KWH_PUBLIC),
};
/* clang-format on */

static KWH_CONST struct kwh_block blocks[] = {
    {.rows = rows, .count = KWH_COUNT(rows)},
};

static KWH_CONST uint16_t edges[] = {0x00EA, 0x0156, 0x130C};

static KWH_CONST struct kwh_line_settings lines[] = {{9600, 8, 'N', 1}, {9600, 8, 'E', 1}};

/* What comes behind its last digit is in no source. */
static KWH_CONST struct kwh_counter counter = {
    .modulus = {0, 0}, .resolution = {0, 0}, .power_max_w = 83000};

KWH_MAP_DECLARE(eastron_sdm54_modbus);
KWH_CONST struct kwh_map kwh_map_eastron_sdm54_modbus = {
    .name = KWH_TEXT("eastron_sdm54"),
    .title = KWH_TEXT("Eastron SDM54"),
    .blocks = blocks,
    .block_count = KWH_COUNT(blocks),
    .lines = lines,
    .line_count = KWH_COUNT(lines),
    .edges = edges,
    .edge_count = KWH_COUNT(edges),
    .protocol = KWH_PROTOCOL_MODBUS,
    .order = KWH_ORDER_ABCD,
    .request_safe = 60, /* as of its relatives */
    .alignment = 2,
    .default_address = 1,
    .quiet_ms = 100, /* Eastron asks for 60 of the older series */
    .answer_ms = 500,
    .holes_read_zero = 1,
    .counter = &counter,
};

#if KWH_MAP_NOTES
static const struct kwh_note input_remarks[] = {
    {0x0042, "degrees; sign not said"}, {0x0156, "import + export"}, {0x0158, "import + export"},
    {0x130C, "import + export"},        {0x1324, "import + export"},
};

static const char *const aliases[] = {"SDM54", "SDM54-M"};

KWH_NOTES_DECLARE(eastron_sdm54_modbus);
const struct kwh_map_notes kwh_notes_eastron_sdm54_modbus = {
    .input_notes = input_remarks,
    .input_count = KWH_COUNT(input_remarks),
    .aliases = aliases,
    .alias_count = KWH_COUNT(aliases),
};
#endif

#ifdef KWH_MAP_PROOF
static const char proof_source[] = "example frames of the maker's papers";

static const uint16_t proof_0000[] = {0x4366, 0x3334};
static const uint16_t proof_0046[] = {0x4248, 0x0000};
static const struct kwh_proof_span proof_spans[] = {
    {KWH_SPACE_INPUT, 0x0000, KWH_COUNT(proof_0000), proof_0000},
    {KWH_SPACE_INPUT, 0x0046, KWH_COUNT(proof_0046), proof_0046},
};
static const struct kwh_proof_value proof_values[] = {
    {"voltage_l1", "230.20001"},
    {"frequency", "50"},
};

KWH_PROOF_DECLARE(eastron_sdm54_modbus);
const struct kwh_map_proof kwh_proof_eastron_sdm54_modbus = {
    .source = proof_source,
    .spans = proof_spans,
    .span_count = KWH_COUNT(proof_spans),
    .values = proof_values,
    .value_count = KWH_COUNT(proof_values),
};
#endif
