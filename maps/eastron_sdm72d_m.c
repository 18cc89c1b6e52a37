/* SPDX-License-Identifier: MIT */
/*
 * Eastron SDM72D-M, first generation: three-phase, 100 A, energies and total powers alone.
 *
 * Source: Eastron's protocol papers and public programs, compared with those of its relatives: all
 * have one layout of floats, high word first, in which each model has values of its own.
 * Its meter code is that of some SDM72D-M-2, too, which have a voltage where this one has nothing.
 */
#include <kwh/map.h>

/* Profile: values that some units may have. */
#define REACTIVE_DIRECTIONS 1u

/* clang-format off */
static KWH_CONST struct kwh_row rows[] = {
    KWH_HOLDING(0x0012, FLOAT32, 1,    PARITY_STOP_BITS,      KWH_PUBLIC),
    KWH_HOLDING(0x0014, FLOAT32, 1,    DEVICE_ADDRESS,        KWH_PUBLIC),
    /* in clear */
    KWH_HOLDING(0x0018, FLOAT32, 1,    PASSWORD,              KWH_PUBLIC | KWH_HIDDEN),
    KWH_HOLDING(0x001C, FLOAT32, 1,    BAUD_RATE,             KWH_PUBLIC),
    KWH_HOLDING(0x003A, FLOAT32, 1,    DISPLAY_CYCLE_TIME,    KWH_PUBLIC),
    KWH_HOLDING(0x003C, FLOAT32, 60,   BACKLIGHT_TIME,        KWH_PUBLIC),
    KWH_HOLDING(0xF010, HEX16,   1,    ACTION_RESET_COUNTERS, KWH_PUBLIC | KWH_WRITE_ONLY),
    KWH_HOLDING(0xFC02, HEX16,   1,    METER_CODE,            KWH_PUBLIC),

    /* import + export in a published readout, 6452 = 6432 + 20 W; their difference is signed */
    KWH_INPUT(0x0034, FLOAT32, 1,    ACTIVE_POWER_GROSS,                KWH_INFERRED),
    KWH_INPUT(0x0048, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT,              KWH_PUBLIC),
    KWH_INPUT(0x004A, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT,              KWH_PUBLIC),
    KWH_INPUT(0x0156, FLOAT32, KILO, ACTIVE_ENERGY_GROSS,               KWH_PUBLIC),
    KWH_INPUT(0x0180, FLOAT32, KILO, ACTIVE_ENERGY_GROSS_RESETTABLE,    KWH_PUBLIC),
    KWH_INPUT(0x0184, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_RESETTABLE,   KWH_PUBLIC),
    KWH_INPUT(0x0186, FLOAT32, KILO, ACTIVE_ENERGY_EXPORT_RESETTABLE,   KWH_PUBLIC),
    KWH_INPUT(0x0500, FLOAT32, 1,    ACTIVE_POWER_IMPORT,               KWH_PUBLIC),
    KWH_INPUT(0x0502, FLOAT32, 1,    ACTIVE_POWER_EXPORT,               KWH_PUBLIC),
};

/* Known from one public header file. */
static KWH_CONST struct kwh_row reactive_directions_rows[] = {
    KWH_INPUT(0x0188, FLOAT32, KILO, REACTIVE_ENERGY_IMPORT_RESETTABLE, KWH_INFERRED),
    KWH_INPUT(0x018A, FLOAT32, KILO, REACTIVE_ENERGY_EXPORT_RESETTABLE, KWH_INFERRED),
};
/* clang-format on */

static KWH_CONST struct kwh_block blocks[] = {
    {.rows = rows, .count = KWH_COUNT(rows)},
    {.rows = reactive_directions_rows,
     .count = KWH_COUNT(reactive_directions_rows),
     .profiles = REACTIVE_DIRECTIONS},
};

/* 1 V and more: a second generation, which is read by its own map. A hole reads 0. */
static KWH_CONST struct kwh_selector selectors[] = {
    KWH_SELECTOR(REQUIRE, INPUT, 0x0000, 2, 0, 0x3F7FFFFF, .error = KWH_ERROR_OTHER_FAMILY),
    KWH_SELECTOR(PROFILES, INPUT, 0x0188, 2, 1, UINT32_MAX, .profiles = REACTIVE_DIRECTIONS),
};

/* clang-format off */
static KWH_CONST struct kwh_choice line_formats[] = {
    {.code = 0, .word = KWH_TEXT("none_1")},
    {.code = 1, .word = KWH_TEXT("even_1")},
    {.code = 2, .word = KWH_TEXT("odd_1")},
    {.code = 3, .word = KWH_TEXT("none_2")},
};

static KWH_CONST struct kwh_choice baud_rates[] = {
    {.code = 0, .word = KWH_TEXT("2400")},
    {.code = 1, .word = KWH_TEXT("4800")},
    {.code = 2, .word = KWH_TEXT("9600")},
    {.code = 3, .word = KWH_TEXT("19200")},
    {.code = 5, .word = KWH_TEXT("1200")},
};

static KWH_CONST struct kwh_choice resets[] = {
    {.code = 3, .word = KWH_TEXT("resettable_energy")},
};

static KWH_CONST struct kwh_item items[] = {
    KWH_CHOICE_ITEM(PARITY_STOP_BITS,      16, line_formats, KWH_RISK_LINK_CHANGE,
                    .flags = KWH_ITEM_RESTART),
    KWH_RANGE_ITEM(DEVICE_ADDRESS,         16, 1, 247, KWH_RISK_LINK_CHANGE),
    /* who forgets it is locked out */
    KWH_RANGE_ITEM(PASSWORD,               16, 0, 9999, KWH_RISK_IRREVERSIBLE),
    KWH_CHOICE_ITEM(BAUD_RATE,             16, baud_rates, KWH_RISK_LINK_CHANGE),
    KWH_RANGE_ITEM(DISPLAY_CYCLE_TIME,     16, 0, 30, 0),
    KWH_RANGE_ITEM(BACKLIGHT_TIME,         16, 0, 7200, 0),
    KWH_CHOICE_ITEM(ACTION_RESET_COUNTERS, 16, resets, KWH_RISK_COUNTER_RESET),
};
/* clang-format on */

static KWH_CONST struct kwh_model models[] = {
    {.code = 0x0084, .name = KWH_TEXT("SDM72D-M")},
};

static KWH_CONST struct kwh_lookalike lookalikes[] = {
    {.code = 0x0070, .name = KWH_TEXT("SDM630-Modbus")},
    {.code = 0x0079, .name = KWH_TEXT("SDM630MCT")},
    {.code = 0x0088, .name = KWH_TEXT("SDM630MCT")},
    {.code = 0x002B, .name = KWH_TEXT("SDM230-Modbus")},
    {.code = 0x0020, .name = KWH_TEXT("SDM120-Modbus")},
    {.code = 0x0087, .name = KWH_TEXT("SDM72D-M-2")},
    {.code = 0x0089, .name = KWH_TEXT("SDM72D-M-2")},
};

static KWH_CONST uint16_t edges[] = {0x0156, 0x0500, 0xF010, 0xFC02};

static KWH_CONST struct kwh_line_settings lines[] = {{9600, 8, 'N', 1}, {9600, 8, 'E', 1}};

/* What comes behind its last digit is in no source. */
static KWH_CONST struct kwh_counter counter = {
    .modulus = {0, 0}, .resolution = {0, 0}, .power_max_w = 83000};

KWH_MAP_DECLARE(eastron_sdm72d_m_modbus);
KWH_CONST struct kwh_map kwh_map_eastron_sdm72d_m_modbus = {
    .name = KWH_TEXT("eastron_sdm72d_m"),
    .title = KWH_TEXT("Eastron SDM72D-M, first generation"),
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
    .edges = edges,
    .edge_count = KWH_COUNT(edges),
    .selectors = selectors,
    .selector_count = KWH_COUNT(selectors),
    .identity_address = 0xFC02,
    .identity_words = 1,
    .identity_space = KWH_SPACE_HOLDING,
    .protocol = KWH_PROTOCOL_MODBUS,
    .order = KWH_ORDER_ABCD,
    .request_safe = 60, /* 30 values, says Eastron */
    .alignment = 2,
    .default_address = 1,
    .quiet_ms = 100, /* Eastron asks for 60 of the older series */
    .answer_ms = 500,
    .holes_read_zero = 1,
    .counter = &counter,
};

#if KWH_MAP_NOTES
static const struct kwh_note remarks[] = {
    {0x0012, "parity and stop bits"},
    {0x0018, "writing sets a new one"},
    {0x003A, "0: the display stays; 1 to 30 s"},
    {0x003C, "0: always on; up to 7200 s"},
    {0xF010, "one register by function 16"},
    {0xFC02, "0084, as of some SDM72D-M-2"},
};

static const struct kwh_note input_remarks[] = {
    {0x0034, "import + export in the one published readout, and not the difference"},
    {0x0156, "import + export"},
    {0x0188, "inferred from one public header file; given when it is not 0"},
    {0x018A, "inferred from one public header file; given when 0x0188 is not 0"},
};

static const char *const aliases[] = {"SDM72D-M", "SDM72DM", "SDM72D-M-1"};
static const char *const profiles[] = {"reactive_directions"};

KWH_NOTES_DECLARE(eastron_sdm72d_m_modbus);
const struct kwh_map_notes kwh_notes_eastron_sdm72d_m_modbus = {
    .notes = remarks,
    .count = KWH_COUNT(remarks),
    .input_notes = input_remarks,
    .input_count = KWH_COUNT(input_remarks),
    .aliases = aliases,
    .alias_count = KWH_COUNT(aliases),
    .profiles = profiles,
    .profile_count = KWH_COUNT(profiles),
};
#endif

#ifdef KWH_MAP_PROOF
static const char proof_source[] = "a published readout, 6452 W = 6432 W + 20 W, as floats";

static const uint16_t proof_FC02[] = {0x0084};
static const uint16_t proof_0034[] = {0x45C9, 0xA000};
static const uint16_t proof_0500[] = {0x45C9, 0x0000, 0x41A0, 0x0000};
static const struct kwh_proof_span proof_spans[] = {
    {KWH_SPACE_HOLDING, 0xFC02, KWH_COUNT(proof_FC02), proof_FC02},
    {KWH_SPACE_INPUT, 0x0034, KWH_COUNT(proof_0034), proof_0034},
    {KWH_SPACE_INPUT, 0x0500, KWH_COUNT(proof_0500), proof_0500},
};
static const struct kwh_proof_value proof_values[] = {
    {"meter_code", "0084"},
    {"active_power_gross", "6452"},
    {"active_power_import", "6432"},
    {"active_power_export", "20"},
};

KWH_PROOF_DECLARE(eastron_sdm72d_m_modbus);
const struct kwh_map_proof kwh_proof_eastron_sdm72d_m_modbus = {
    .source = proof_source,
    .spans = proof_spans,
    .span_count = KWH_COUNT(proof_spans),
    .values = proof_values,
    .value_count = KWH_COUNT(proof_values),
};
#endif
