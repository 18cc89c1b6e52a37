/* SPDX-License-Identifier: MIT */
/*
 * Eastron SDM220-Modbus: single-phase.
 *
 * Source: Eastron's protocol papers and public programs, compared with those of its relatives: all
 * have one layout of floats, high word first, in which each model has values of its own.
 * Known from public programs alone. Nobody tells its meter code: the map must be named.
 */
#include <kwh/map.h>

/* clang-format off */
static KWH_CONST struct kwh_row rows[] = {
    KWH_INPUT(0x0000, FLOAT32, 1,    VOLTAGE,                KWH_PUBLIC),
    KWH_INPUT(0x0006, FLOAT32, 1,    CURRENT,                KWH_PUBLIC),
    /* the only power there is: 0x0034 belongs to three-phase meters */
    KWH_INPUT(0x000C, FLOAT32, 1,    ACTIVE_POWER,           KWH_PUBLIC),
    KWH_INPUT(0x0012, FLOAT32, 1,    APPARENT_POWER,         KWH_PUBLIC),
    KWH_INPUT(0x0018, FLOAT32, 1,    REACTIVE_POWER,         KWH_PUBLIC),
    KWH_INPUT(0x001E, FLOAT32, 1,    POWER_FACTOR,           KWH_PUBLIC),
    KWH_INPUT(0x0024, FLOAT32, 1,    PHASE_ANGLE,            KWH_PUBLIC),
    KWH_INPUT(0x0046, FLOAT32, 1,    FREQUENCY,              KWH_PUBLIC),
    KWH_INPUT(0x0048, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT,   KWH_PUBLIC),
    KWH_INPUT(0x004A, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT,   KWH_PUBLIC),
    KWH_INPUT(0x004C, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT, KWH_PUBLIC),
    KWH_INPUT(0x004E, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT, KWH_PUBLIC),
    KWH_INPUT(0x0156, FLOAT32, KILO, ACTIVE_ENERGY_GROSS,    KWH_PUBLIC),
    KWH_INPUT(0x0158, FLOAT32, KILO, REACTIVE_ENERGY_GROSS,  KWH_PUBLIC),
};
/* clang-format on */

static KWH_CONST struct kwh_block blocks[] = {
    {.rows = rows, .count = KWH_COUNT(rows)},
};

static KWH_CONST uint16_t edges[] = {0x0156};

static KWH_CONST struct kwh_line_settings lines[] = {{2400, 8, 'N', 1}, {9600, 8, 'N', 1}};

/* What comes behind its last digit is in no source. */
static KWH_CONST struct kwh_counter counter = {
    .modulus = {0, 0}, .resolution = {0, 0}, .power_max_w = 27600};

KWH_MAP_DECLARE(eastron_sdm220_modbus);
KWH_CONST struct kwh_map kwh_map_eastron_sdm220_modbus = {
    .name = KWH_TEXT("eastron_sdm220"),
    .title = KWH_TEXT("Eastron SDM220-Modbus"),
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
    {0x0024, "degrees; sign not said"},
    {0x0156, "import + export"},
    {0x0158, "import + export"},
};

static const char *const aliases[] = {"SDM220", "SDM220-Modbus"};

KWH_NOTES_DECLARE(eastron_sdm220_modbus);
const struct kwh_map_notes kwh_notes_eastron_sdm220_modbus = {
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
    {"voltage", "230.20001"},
    {"frequency", "50"},
};

KWH_PROOF_DECLARE(eastron_sdm220_modbus);
const struct kwh_map_proof kwh_proof_eastron_sdm220_modbus = {
    .source = proof_source,
    .spans = proof_spans,
    .span_count = KWH_COUNT(proof_spans),
    .values = proof_values,
    .value_count = KWH_COUNT(proof_values),
};
#endif
