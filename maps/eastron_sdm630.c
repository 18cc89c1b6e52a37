/* SPDX-License-Identifier: MIT */
/*
 * Eastron SDM630-Modbus and SDM630MCT: three-phase, direct or with current transformers.
 *
 * Source: Eastron's protocol papers and public programs, compared with those of its relatives: all
 * have one layout of floats, high word first, in which each model has values of its own.
 * An older paper has a register for the prefix of the energies, k or M, and other editions another
 * sign of the power factor. Its settings are not here: password and lock changed places with those
 * of the SDM72, and nobody tells the codes of the pulse output.
 */
#include <kwh/map.h>

/* Read by address alone. */
#define COPY (KWH_PUBLIC | KWH_RANK_1 | KWH_HIDDEN)

/* clang-format off */
static KWH_CONST struct kwh_row rows[] = {
    KWH_HOLDING(0xFC02, HEX16,   1,    METER_CODE, KWH_PUBLIC),

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
    KWH_INPUT(0x0024, FLOAT32, 1,    PHASE_ANGLE_L1,            KWH_PUBLIC),
    KWH_INPUT(0x0026, FLOAT32, 1,    PHASE_ANGLE_L2,            KWH_PUBLIC),
    KWH_INPUT(0x0028, FLOAT32, 1,    PHASE_ANGLE_L3,            KWH_PUBLIC),
    KWH_INPUT(0x002A, FLOAT32, 1,    VOLTAGE_MEAN,              KWH_PUBLIC),
    KWH_INPUT(0x002E, FLOAT32, 1,    CURRENT_MEAN,              KWH_PUBLIC),
    /* sum of the three currents, not that of the neutral */
    KWH_INPUT(0x0030, FLOAT32, 1,    CURRENT_SUM,               KWH_PUBLIC),
    KWH_INPUT(0x0034, FLOAT32, 1,    ACTIVE_POWER,              KWH_PUBLIC),
    KWH_INPUT(0x0038, FLOAT32, 1,    APPARENT_POWER,            KWH_PUBLIC),
    KWH_INPUT(0x003C, FLOAT32, 1,    REACTIVE_POWER,            KWH_PUBLIC),
    /* the sign is that of the current in one edition, capacitive + and inductive - in another */
    KWH_INPUT(0x003E, FLOAT32, 1,    POWER_FACTOR,              KWH_PUBLIC),
    KWH_INPUT(0x0042, FLOAT32, 1,    PHASE_ANGLE,               KWH_PUBLIC),
    KWH_INPUT(0x0046, FLOAT32, 1,    FREQUENCY,                 KWH_PUBLIC),
    /* an older paper lets them be MWh, by a setting at holding register 0x001E */
    KWH_INPUT(0x0048, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT,      KWH_PUBLIC),
    KWH_INPUT(0x004A, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT,      KWH_PUBLIC),
    KWH_INPUT(0x004C, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT,    KWH_PUBLIC),
    KWH_INPUT(0x004E, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT,    KWH_PUBLIC),
    KWH_INPUT(0x0050, FLOAT32, KILO, APPARENT_ENERGY,           KWH_PUBLIC),
    KWH_INPUT(0x0052, FLOAT32, 1,    CHARGE,                    KWH_PUBLIC),
    KWH_INPUT(0x0054, FLOAT32, 1,    ACTIVE_POWER_DEMAND,       KWH_PUBLIC),
    KWH_INPUT(0x0056, FLOAT32, 1,    ACTIVE_POWER_MAX_DEMAND,   KWH_PUBLIC),
    KWH_INPUT(0x0064, FLOAT32, 1,    APPARENT_POWER_DEMAND,     KWH_PUBLIC),
    KWH_INPUT(0x0066, FLOAT32, 1,    APPARENT_POWER_MAX_DEMAND, KWH_PUBLIC),
    KWH_INPUT(0x0068, FLOAT32, 1,    CURRENT_N_DEMAND,          KWH_PUBLIC),
    KWH_INPUT(0x006A, FLOAT32, 1,    CURRENT_N_MAX_DEMAND,      KWH_PUBLIC),
    /* known from public programs only */
    KWH_INPUT(0x006C, FLOAT32, 1,    REACTIVE_POWER_DEMAND,     KWH_PUBLIC),
    KWH_INPUT(0x006E, FLOAT32, 1,    REACTIVE_POWER_MAX_DEMAND, KWH_PUBLIC),
    KWH_INPUT(0x00C8, FLOAT32, 1,    VOLTAGE_L1_L2,             KWH_PUBLIC),
    KWH_INPUT(0x00CA, FLOAT32, 1,    VOLTAGE_L2_L3,             KWH_PUBLIC),
    KWH_INPUT(0x00CC, FLOAT32, 1,    VOLTAGE_L3_L1,             KWH_PUBLIC),
    KWH_INPUT(0x00CE, FLOAT32, 1,    VOLTAGE_MEAN_LL,           KWH_PUBLIC),
    KWH_INPUT(0x00E0, FLOAT32, 1,    CURRENT_N,                 KWH_PUBLIC),
    KWH_INPUT(0x00EA, FLOAT32, 1,    THD_VOLTAGE_L1,            KWH_PUBLIC),
    KWH_INPUT(0x00EC, FLOAT32, 1,    THD_VOLTAGE_L2,            KWH_PUBLIC),
    KWH_INPUT(0x00EE, FLOAT32, 1,    THD_VOLTAGE_L3,            KWH_PUBLIC),
    KWH_INPUT(0x00F0, FLOAT32, 1,    THD_CURRENT_L1,            KWH_PUBLIC),
    KWH_INPUT(0x00F2, FLOAT32, 1,    THD_CURRENT_L2,            KWH_PUBLIC),
    KWH_INPUT(0x00F4, FLOAT32, 1,    THD_CURRENT_L3,            KWH_PUBLIC),
    KWH_INPUT(0x00F8, FLOAT32, 1,    THD_VOLTAGE_MEAN,          KWH_PUBLIC),
    KWH_INPUT(0x00FA, FLOAT32, 1,    THD_CURRENT_MEAN,          KWH_PUBLIC),
    /* 0x003E with the sign turned; known from public programs */
    KWH_INPUT(0x00FE, FLOAT32, 1,    POWER_FACTOR,              COPY),
    KWH_INPUT(0x0102, FLOAT32, 1,    CURRENT_L1_DEMAND,         KWH_PUBLIC),
    KWH_INPUT(0x0104, FLOAT32, 1,    CURRENT_L2_DEMAND,         KWH_PUBLIC),
    KWH_INPUT(0x0106, FLOAT32, 1,    CURRENT_L3_DEMAND,         KWH_PUBLIC),
    KWH_INPUT(0x0108, FLOAT32, 1,    CURRENT_L1_MAX_DEMAND,     KWH_PUBLIC),
    KWH_INPUT(0x010A, FLOAT32, 1,    CURRENT_L2_MAX_DEMAND,     KWH_PUBLIC),
    KWH_INPUT(0x010C, FLOAT32, 1,    CURRENT_L3_MAX_DEMAND,     KWH_PUBLIC),
    KWH_INPUT(0x014E, FLOAT32, 1,    THD_VOLTAGE_L1_L2,         KWH_PUBLIC),
    KWH_INPUT(0x0150, FLOAT32, 1,    THD_VOLTAGE_L2_L3,         KWH_PUBLIC),
    KWH_INPUT(0x0152, FLOAT32, 1,    THD_VOLTAGE_L3_L1,         KWH_PUBLIC),
    KWH_INPUT(0x0154, FLOAT32, 1,    THD_VOLTAGE_MEAN_LL,       KWH_PUBLIC),
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
    KWH_INPUT(0x016C, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT_L1, KWH_PUBLIC),
    KWH_INPUT(0x016E, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT_L2, KWH_PUBLIC),
    KWH_INPUT(0x0170, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT_L3, KWH_PUBLIC),
    KWH_INPUT(0x0172, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT_L1, KWH_PUBLIC),
    KWH_INPUT(0x0174, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT_L2, KWH_PUBLIC),
    KWH_INPUT(0x0176, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT_L3, KWH_PUBLIC),
    KWH_INPUT(0x0178, FLOAT32, KILO, REACTIVE_ENERGY_GROSS_L1,  KWH_PUBLIC),
    KWH_INPUT(0x017A, FLOAT32, KILO, REACTIVE_ENERGY_GROSS_L2,  KWH_PUBLIC),
    KWH_INPUT(0x017C, FLOAT32, KILO, REACTIVE_ENERGY_GROSS_L3,  KWH_PUBLIC),
};
/* clang-format on */

static KWH_CONST struct kwh_block blocks[] = {
    {.rows = rows, .count = KWH_COUNT(rows)},
};

static KWH_CONST struct kwh_model models[] = {
    {.code = 0x0070, .name = KWH_TEXT("SDM630-Modbus")},
    {.code = 0x0079, .name = KWH_TEXT("SDM630MCT")},
    {.code = 0x0088, .name = KWH_TEXT("SDM630MCT")},
};

static KWH_CONST struct kwh_lookalike lookalikes[] = {
    {.code = 0x002B, .name = KWH_TEXT("SDM230-Modbus")},
    {.code = 0x0020, .name = KWH_TEXT("SDM120-Modbus")},
    {.code = 0x0084, .name = KWH_TEXT("SDM72D-M or SDM72D-M-2")},
    {.code = 0x0087, .name = KWH_TEXT("SDM72D-M-2")},
    {.code = 0x0089, .name = KWH_TEXT("SDM72D-M-2")},
};

static KWH_CONST uint16_t edges[] = {0x00C8, 0x014E};

static KWH_CONST struct kwh_line_settings lines[] = {{9600, 8, 'N', 1}, {9600, 8, 'E', 1}};

/* What comes behind its last digit is in no source. Transformers to 9999 A. */
static KWH_CONST struct kwh_counter counter = {
    .modulus = {0, 0}, .resolution = {0, 0}, .power_max_w = 8300000};

KWH_MAP_DECLARE(eastron_sdm630_modbus);
KWH_CONST struct kwh_map kwh_map_eastron_sdm630_modbus = {
    .name = KWH_TEXT("eastron_sdm630"),
    .title = KWH_TEXT("Eastron SDM630-Modbus, SDM630MCT"),
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
    .request_safe = 80, /* 40 values, says Eastron */
    .alignment = 2,
    .default_address = 1,
    .quiet_ms = 100, /* Eastron asks for 60 of the older series */
    .answer_ms = 500,
    .holes_read_zero = 1,
    .counter = &counter,
};

#if KWH_MAP_NOTES
static const struct kwh_note remarks[] = {
    {0xFC02, "0070 of an SDM630-Modbus, 0079 and 0088 of an SDM630MCT"},
};

static const struct kwh_note input_remarks[] = {
    {0x0024, "degrees; sign not said"},
    {0x0048, "kWh; an older paper knows units that were set to MWh"},
    {0x0052, "ampere-hours of all phases"},
    {0x0054, "over the demand period that is set"},
    {0x0156, "import + export"},
    {0x0158, "import + export"},
};

static const char *const aliases[] = {"SDM630", "SDM630-Modbus", "SDM630-Modbus-V2", "SDM630MCT"};

KWH_NOTES_DECLARE(eastron_sdm630_modbus);
const struct kwh_map_notes kwh_notes_eastron_sdm630_modbus = {
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

static const uint16_t proof_FC02[] = {0x0070};
static const uint16_t proof_0000[] = {0x4366, 0x3334};
static const uint16_t proof_0046[] = {0x4248, 0x0000};
static const struct kwh_proof_span proof_spans[] = {
    {KWH_SPACE_HOLDING, 0xFC02, KWH_COUNT(proof_FC02), proof_FC02},
    {KWH_SPACE_INPUT, 0x0000, KWH_COUNT(proof_0000), proof_0000},
    {KWH_SPACE_INPUT, 0x0046, KWH_COUNT(proof_0046), proof_0046},
};
static const struct kwh_proof_value proof_values[] = {
    {"meter_code", "0070"},
    {"voltage_l1", "230.20001"},
    {"frequency", "50"},
};

KWH_PROOF_DECLARE(eastron_sdm630_modbus);
const struct kwh_map_proof kwh_proof_eastron_sdm630_modbus = {
    .source = proof_source,
    .spans = proof_spans,
    .span_count = KWH_COUNT(proof_spans),
    .values = proof_values,
    .value_count = KWH_COUNT(proof_values),
};
#endif
