/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <kwh/quantity.h>

/* The words of each field in the order of their numbers, which are frozen: append, never insert. */
/* clang-format off */
static KWH_CONST char kinds[] =
    "voltage\0" "current\0" "active_power\0" "reactive_power\0" "apparent_power\0"
    "power_factor\0" "frequency\0" "active_energy\0" "reactive_energy\0" "apparent_energy\0"
    "charge\0" "phase_angle\0" "thd_voltage\0" "thd_current\0" "operating_time\0" "temperature\0"
    "thermal_energy\0" "thermal_power\0" "volume\0" "volume_flow\0" "temperature_difference\0";
static KWH_CONST char natures[] =
    "inductive\0" "capacitive\0" "q1\0" "q2\0" "q3\0" "q4\0" "lead_lag\0" "magnitude\0"
    "supply\0" "return\0" "external\0";
static KWH_CONST char directions[] = "import\0" "export\0" "net\0" "gross\0" "combined\0";
static KWH_CONST char phases[] =
    "l1\0" "l2\0" "l3\0" "n\0" "l1_l2\0" "l2_l3\0" "l3_l1\0" "sum\0" "mean\0" "mean_ll\0";
static KWH_CONST char tariffs[] = "t1\0" "t2\0" "t3\0" "t4\0" "t5\0" "t6\0" "t7\0" "t8\0";
static KWH_CONST char pages[] = "h1\0" "h2\0" "h3\0" "h4\0" "h5\0" "h6\0" "h7\0" "h8\0";
static KWH_CONST char processes[] =
    "demand\0" "max_demand\0" "max\0" "min\0" "day\0" "previous_day\0" "week\0"
    "previous_week\0" "month\0" "previous_month\0" "rollovers\0" "balance\0";
static KWH_CONST char resettable[] = "resettable\0";
static KWH_CONST char secondary[] = "secondary\0";
static KWH_CONST char indexes[] =
    "1\0" "2\0" "3\0" "4\0" "5\0" "6\0" "7\0" "8\0" "9\0" "10\0" "11\0" "12\0" "13\0" "14\0" "15\0";
/* clang-format on */

static KWH_CONST char items[] = "serial_number\0"
                                "meter_code\0"
                                "device_address\0"
                                "baud_rate\0"
                                "parity\0"
                                "stop_bits\0"
                                "parity_stop_bits\0"
                                "protocol_version\0"
                                "software_version\0"
                                "hardware_version\0"
                                "rated_current\0"
                                "ct_ratio\0"
                                "ct_primary\0"
                                "ct_secondary\0"
                                "pulse_rate\0"
                                "pulse_width\0"
                                "pulse_output_mode\0"
                                "combination_code\0"
                                "display_cycle_time\0"
                                "current_direction\0"
                                "error_code\0"
                                "power_down_counter\0"
                                "quadrant\0"
                                "software_checksum\0"
                                "software_checksum_non_legal\0"
                                "status_word\0"
                                "data_type\0"
                                "screen_direction\0"
                                "obis_display\0"
                                "backlight_mode\0"
                                "backlight_time\0"
                                "tariff\0"
                                "tariff_count\0"
                                "network_type\0"
                                "password\0"
                                "reserved\0"
                                "phase_sequence\0"
                                "rollover_value\0"
                                "demand_period\0"
                                "demand_time\0"
                                "vendor_signature\0"
                                "vendor_name\0"
                                "product_family\0"
                                "product_id\0"
                                "product_code\0"
                                "product_name\0"
                                "product_name_extended\0"
                                "table_version\0"
                                "software_package\0"
                                "hardware_version_major\0"
                                "hardware_version_minor\0"
                                "com_board_version_major\0"
                                "com_board_version_minor\0"
                                "com_board_version_revision\0"
                                "com_board_version_build\0"
                                "com_board_build_date\0"
                                "com_board_package\0"
                                "com_board_id\0"
                                "factory_mode\0"
                                "mid_status\0"
                                "clock_day\0"
                                "clock_month\0"
                                "clock_year\0"
                                "clock_hour\0"
                                "clock_minute\0"
                                "clock_second\0"
                                "load_curve_count\0"
                                "load_curve_record_size\0"
                                "load_curve_period\0"
                                "load_curve_unit\0"
                                "load_curve_numerator\0"
                                "load_curve_denominator\0"
                                "load_curve_time\0"
                                "load_curve_incomplete\0"
                                "load_curve_value\0"
                                "mbus_manufacturer\0"
                                "mbus_version\0"
                                "mbus_medium\0"
                                "mbus_access_number\0"
                                "mbus_status\0"
                                "mbus_signature\0";

static KWH_CONST char actions[] = "action_unlock_settings\0"
                                  "action_reset_counters\0"
                                  "action_set_tariff\0"
                                  "action_reset_all_partial_energies\0"
                                  "action_reset_selected_partial_energies\0"
                                  "action_control_system\0"
                                  "action_reset_statistics\0"
                                  "action_reset_extremes\0"
                                  "action_reset_energies\0"
                                  "action_reset_pulse_inputs\0"
                                  "action_reset_tariffs\0"
                                  "action_step_load_curve\0";

/*
 * The grammar: the fields of each class in the order of the name, which is that of their bits,
 * highest first and without holes. The first field of a class is never empty.
 */
static KWH_CONST struct field {
    uint8_t name_class;
    uint8_t shift;
    KWH_CONST char *words;
} fields[] = {
    {KWH_CLASS_MEASUREMENT, 25, kinds},
    {KWH_CLASS_MEASUREMENT, 21, natures},
    {KWH_CLASS_MEASUREMENT, 18, directions},
    {KWH_CLASS_MEASUREMENT, 14, phases},
    {KWH_CLASS_MEASUREMENT, 10, tariffs},
    {KWH_CLASS_MEASUREMENT, 6, pages},
    {KWH_CLASS_MEASUREMENT, 2, processes},
    {KWH_CLASS_MEASUREMENT, 1, resettable},
    {KWH_CLASS_MEASUREMENT, 0, secondary},
    {KWH_CLASS_ITEM, 18, items},
    {KWH_CLASS_ITEM, 14, phases},
    {KWH_CLASS_ITEM, 10, indexes},
    {KWH_CLASS_ACTION, 18, actions},
};
#define FIELDS       (sizeof fields / sizeof fields[0])
#define CLASSES      (KWH_CLASS_ACTION + 1u)
#define CLASS_SHIFT  30
#define BELOW(shift) ((UINT32_C(1) << (shift)) - 1u)

/* Fields that exclude each other: a quadrant is a direction, an item has a phase or an index. */
static bool is_contradictory(uint32_t quantity)
{
    uint32_t nature = KWH_QUANTITY_NATURE(quantity);

    if (KWH_QUANTITY_CLASS(quantity) == KWH_CLASS_MEASUREMENT) {
        return nature >= KWH_NATURE_Q1 && nature <= KWH_NATURE_Q4 &&
               KWH_QUANTITY_DIRECTION(quantity) != KWH_DIRECTION_NONE;
    }
    return KWH_QUANTITY_PHASE(quantity) != KWH_PHASE_NONE && KWH_QUANTITY_TARIFF(quantity) != 0;
}

/* Appends a word, with an underscore between two. There is always room for the NUL at *length. */
static bool append(char *text, size_t capacity, size_t *length, KWH_CONST char *word)
{
    size_t at = *length;

    if (at > 0)
        text[at++] = '_';
    while (at < capacity) {
        text[at] = *word;
        if (*word == '\0') {
            *length = at;
            return true;
        }
        at++;
        word++;
    }
    return false;
}

static enum kwh_error print_fields(uint32_t quantity, char *text, size_t capacity)
{
    uint32_t rest = quantity & BELOW(CLASS_SHIFT);
    size_t length = 0;
    size_t i;

    for (i = 0; i < FIELDS; i++) {
        KWH_CONST struct field *field = &fields[i];
        uint32_t number = rest >> field->shift;
        KWH_CONST char *word;

        if (field->name_class != KWH_QUANTITY_CLASS(quantity) || (number == 0 && length > 0))
            continue;
        word = kwhi_word(field->words, number - 1); /* of 0: behind the end */
        if (*word == '\0')
            return KWH_ERROR_UNKNOWN_NAME;
        if (!append(text, capacity, &length, word))
            return KWH_ERROR_CAPACITY;
        rest &= BELOW(field->shift);
    }
    return rest == 0 && length > 0 ? KWH_OK : KWH_ERROR_UNKNOWN_NAME;
}

enum kwh_error kwh_quantity_print(uint32_t quantity, char *text, size_t capacity)
{
    enum kwh_error error = KWH_ERROR_UNKNOWN_NAME;

    if (capacity == 0)
        return KWH_ERROR_CAPACITY;
    if (!is_contradictory(quantity))
        error = print_fields(quantity, text, capacity);
    if (error != KWH_OK)
        text[0] = '\0';
    return error;
}

/* The letters of the word that text starts with, if it is this one as a whole; else 0. */
static size_t whole_word(KWH_CONST char *word, const char *text)
{
    size_t letters = 0;

    while (word[letters] != '\0') {
        if (text[letters] != word[letters])
            return 0;
        letters++;
    }
    return text[letters] == '\0' || text[letters] == '_' ? letters : 0;
}

/* The number of the longest word of a list that text starts with, 0 for none, and its letters. */
static uint32_t longest_word(KWH_CONST char *words, const char *text, size_t *letters)
{
    uint32_t number = 1;
    uint32_t longest = 0;

    *letters = 0;
    for (; *words != '\0'; words = kwhi_word(words, 1)) {
        size_t found = whole_word(words, text);

        if (found > *letters) {
            *letters = found;
            longest = number;
        }
        number++;
    }
    return longest;
}

/* What may follow the last field: nothing, or the suffix of the quantity's unit. */
static bool is_end(const char *rest, uint32_t quantity)
{
    size_t letters;

    if (*rest == '\0')
        return true;
    letters = whole_word(kwh_unit_suffix(kwh_quantity_unit(quantity)), rest + 1);
    return letters > 0 && rest[1 + letters] == '\0';
}

/* The quantity that text names in one class, or 0. */
static uint32_t parse_fields(uint32_t name_class, const char *text)
{
    uint32_t quantity = name_class << CLASS_SHIFT;
    const char *rest = text;
    size_t i;

    for (i = 0; i < FIELDS; i++) {
        const char *start = rest > text && *rest == '_' ? rest + 1 : rest;
        size_t letters;
        uint32_t number;

        if (fields[i].name_class != name_class)
            continue;
        number = longest_word(fields[i].words, start, &letters);
        if (number > 0) {
            quantity |= number << fields[i].shift;
            rest = start + letters;
        }
        if (rest == text)
            return 0;
    }
    return is_end(rest, quantity) && !is_contradictory(quantity) ? quantity : 0;
}

enum kwh_error kwh_quantity_parse(const char *text, uint32_t *quantity)
{
    uint32_t name_class;

    *quantity = 0;
    for (name_class = 0; name_class < CLASSES && *quantity == 0; name_class++)
        *quantity = parse_fields(name_class, text);
    return *quantity != 0 ? KWH_OK : KWH_ERROR_UNKNOWN_NAME;
}
