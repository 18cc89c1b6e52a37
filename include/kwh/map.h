/* SPDX-License-Identifier: MIT */
/**
 * @file map.h
 * Maps: constant tables that say what a meter family can tell and be told.
 *
 * One file a family, one line a register, in the manual's order. Write your own with the macros
 * below; nothing has to be registered: a map is a constant that you name. Its tables say KWH_CONST
 * and their texts KWH_TEXT() (kwh/constant.h), so that they stay in the program memory of an AVR.
 * Everything here is read-only and may be shared by all threads.
 */
#ifndef KWH_MAP_H
#define KWH_MAP_H

#include <kwh/counter.h>
#include <kwh/line_settings.h>
#include <kwh/obis.h>
#include <kwh/reading.h>
#include <kwh/registers.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Number of elements of an array. */
#define KWH_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/** How registers are to be taken. Frozen: the numbers are in rows. */
enum kwh_type {
    KWH_TYPE_UINT16 = 0,
    KWH_TYPE_INT16 = 1,
    KWH_TYPE_UINT32 = 2,
    KWH_TYPE_INT32 = 3,
    KWH_TYPE_UINT48 = 4,
    KWH_TYPE_INT48 = 5,
    KWH_TYPE_UINT64 = 6,
    KWH_TYPE_INT64 = 7,
    KWH_TYPE_FLOAT32 = 8, /**< IEEE 754 binary32 */
    KWH_TYPE_BCD16 = 9,   /**< four decimal digits */
    KWH_TYPE_BCD32 = 10,
    KWH_TYPE_BCD64 = 11,
    KWH_TYPE_HEX16 = 12, /**< digits 0-F, leading zeros kept */
    KWH_TYPE_HEX32 = 13,
    KWH_TYPE_HEX48 = 14,
    KWH_TYPE_HEX64 = 15,
    KWH_TYPE_ASCII16 = 16,     /**< two characters; as a choice the low byte decides */
    KWH_TYPE_TEXT = 17,        /**< two characters a word; the scale field is words - 1 */
    KWH_TYPE_RECORD = 18,      /**< M-Bus: as the DIF of the record says */
    KWH_TYPE_TEXT16 = 19,      /**< one character a word, in its low byte; scale as of TEXT */
    KWH_TYPE_TIME32 = 20,      /**< seconds since 2000-01-01 00:00 */
    KWH_TYPE_UINT32_REST = 21, /**< UINT32, then a register of its ten-thousandths: one count */
    KWH_TYPE_INT32_REST = 22   /**< the same of INT32; the rest is added to a negative one, too */
};

/** What a count is worth in the base unit. Frozen: the numbers are in rows. */
enum kwh_scale {
    KWH_SCALE_1 = 0,
    KWH_SCALE_MILLI = 1, /**< 0.001 */
    KWH_SCALE_CENTI = 2, /**< 0.01 */
    KWH_SCALE_DECI = 3,  /**< 0.1 */
    KWH_SCALE_10 = 4,
    KWH_SCALE_100 = 5,
    KWH_SCALE_KILO = 6, /**< 1000 */
    KWH_SCALE_10K = 7,
    KWH_SCALE_100K = 8,
    KWH_SCALE_MEGA = 9,
    KWH_SCALE_36 = 10, /**< hundredths of an hour in seconds */
    KWH_SCALE_60 = 11  /**< minutes in seconds */
};

/** Which Modbus table a register is in. */
enum kwh_space {
    KWH_SPACE_HOLDING = 0, /**< read with function 03 */
    KWH_SPACE_INPUT = 1    /**< read with function 04 */
};

/**
 * One register value: 8 bytes. Rows are found in any order; write them in that of space and
 * address, as the maps of this library stand. Nothing but addresses is checked in a map of your
 * own: of two rows for one quantity the first is read by name, of two that overlap the first by
 * address.
 */
struct kwh_row {
    uint32_t quantity;
    uint16_t address; /**< protocol address, 0-based */
    uint16_t format;  /**< KWH_FORMAT() */
};

KWH_STATIC_ASSERT(sizeof(struct kwh_row) == 8, row_is_8_bytes);

/**
 * @name Flags of a row
 * @{
 */
#define KWH_INFERRED   0x0000u /**< certainty, KWH_CERTAINTY_INFERRED */
#define KWH_PUBLIC     0x0400u /**< certainty */
#define KWH_MANUAL     0x0800u /**< certainty */
#define KWH_HARDWARE   0x0C00u /**< certainty */
#define KWH_RANK_1     0x1000u /**< a coarser copy: read only by address */
#define KWH_RANK_2     0x2000u /**< a coarser copy */
#define KWH_RANK_3     0x3000u /**< a coarser copy */
#define KWH_HIDDEN     0x4000u /**< not published: never read by name */
#define KWH_WRITE_ONLY 0x8000u /**< cannot be read */
/** @} */

/** Format of a row: type 5 bits, scale 4, space 1, certainty 2, rank 2, hidden, write-only. */
#define KWH_FORMAT(type, scale, space, flags)                                                      \
    ((uint16_t)((unsigned)(type) | ((unsigned)(scale) << 5) | ((unsigned)(space) << 9) | (flags)))

/** @p address, or a failing compilation when it is no 16-bit address. */
#define KWH_MAP_ADDRESS(address)                                                                   \
    ((uint16_t)((address) + 0 * sizeof(char[(address) >= 0 && (address) <= 0xFFFF ? 1 : -1])))

/** A row of a holding register: KWH_HOLDING(0x5012, FLOAT32, KILO, ACTIVE_POWER, KWH_MANUAL). */
#define KWH_HOLDING(address_, type_, scale_, name_, flags_)                                        \
    {                                                                                              \
        .quantity = KWH_##name_, .address = KWH_MAP_ADDRESS(address_),                             \
        .format = KWH_FORMAT(KWH_TYPE_##type_, KWH_SCALE_##scale_, KWH_SPACE_HOLDING, flags_)      \
    }

/** A row of an input register. */
#define KWH_INPUT(address_, type_, scale_, name_, flags_)                                          \
    {                                                                                              \
        .quantity = KWH_##name_, .address = KWH_MAP_ADDRESS(address_),                             \
        .format = KWH_FORMAT(KWH_TYPE_##type_, KWH_SCALE_##scale_, KWH_SPACE_INPUT, flags_)        \
    }

/** A row of text in holding registers, 1 to 16 of them, two characters each. */
#define KWH_HOLDING_TEXT(address_, words_, name_, flags_)                                          \
    {                                                                                              \
        .quantity = KWH_##name_, .address = KWH_MAP_ADDRESS(address_),                             \
        .format = KWH_FORMAT(KWH_TYPE_TEXT, (words_)-1, KWH_SPACE_HOLDING, flags_)                 \
    }

/** A row of text in input registers. */
#define KWH_INPUT_TEXT(address_, words_, name_, flags_)                                            \
    {                                                                                              \
        .quantity = KWH_##name_, .address = KWH_MAP_ADDRESS(address_),                             \
        .format = KWH_FORMAT(KWH_TYPE_TEXT, (words_)-1, KWH_SPACE_INPUT, flags_)                   \
    }

/** A row of text in holding registers, one character each. */
#define KWH_HOLDING_TEXT16(address_, words_, name_, flags_)                                        \
    {                                                                                              \
        .quantity = KWH_##name_, .address = KWH_MAP_ADDRESS(address_),                             \
        .format = KWH_FORMAT(KWH_TYPE_TEXT16, (words_)-1, KWH_SPACE_HOLDING, flags_)               \
    }

/**
 * @name Fields of a row
 * @{
 */
static inline enum kwh_type kwh_row_type(KWH_CONST struct kwh_row *row)
{
    return (enum kwh_type)(row->format & 31u);
}
static inline enum kwh_scale kwh_row_scale(KWH_CONST struct kwh_row *row)
{
    return (enum kwh_scale)((row->format >> 5) & 15u);
}
static inline enum kwh_space kwh_row_space(KWH_CONST struct kwh_row *row)
{
    return (enum kwh_space)((row->format >> 9) & 1u);
}
static inline enum kwh_certainty kwh_row_certainty(KWH_CONST struct kwh_row *row)
{
    return (enum kwh_certainty)((row->format >> 10) & 3u);
}
static inline unsigned kwh_row_rank(KWH_CONST struct kwh_row *row)
{
    return (row->format >> 12) & 3u;
}
static inline bool kwh_row_hidden(KWH_CONST struct kwh_row *row)
{
    return (row->format & KWH_HIDDEN) != 0;
}
static inline bool kwh_row_write_only(KWH_CONST struct kwh_row *row)
{
    return (row->format & KWH_WRITE_ONLY) != 0;
}
/** @} */

/** Registers of a row's value, 1 to 16; 0 for a type this library does not know. */
KWH_API size_t kwh_row_words(KWH_CONST struct kwh_row *row);

/** The name of a type, `float32`; "" for one this library does not know. Never NULL. */
KWH_API KWH_CONST char *kwh_type_name(enum kwh_type type);

/** What a count is worth: 1000 for KWH_SCALE_KILO; 0 for a scale this library does not know. */
KWH_API struct kwh_decimal kwh_scale_value(enum kwh_scale scale);

/** Most bytes of a record's header that a map can tell. */
#define KWH_RECORD_HEADER 10

/**
 * One M-Bus record: the bytes from its DIF to its last VIFE, since makers bend the standard and
 * only the bytes tell; and a row, whose address is the record's number in this map and whose scale
 * comes on top of what the record says.
 */
struct kwh_record {
    struct kwh_row row;
    uint8_t occurrence; /**< 1: the first record with this header in the telegram; where others
                             follow with the same header, they must all be in the first telegram */
    uint8_t length;     /**< of the header; 0: no record, but the speed, set by a CI field */
    uint8_t header[KWH_RECORD_HEADER];
};
KWH_STATIC_ASSERT(sizeof(struct kwh_record) == 20, record_is_20_bytes);

/**
 * A row of a record, with the bytes of its header at the end:
 * KWH_RECORD(4, 1, ACTIVE_ENERGY_IMPORT, KWH_MANUAL, 0x1C, 0x04). Its scale is a power of ten.
 */
#define KWH_RECORD(number_, scale_, name_, flags_, ...)                                            \
    KWH_RECORD_AGAIN(number_, 1, scale_, name_, flags_, __VA_ARGS__)

/** The same of the second, third... record with this header in one telegram. */
#define KWH_RECORD_AGAIN(number_, occurrence_, scale_, name_, flags_, ...)                         \
    {                                                                                              \
        .row = {.quantity = KWH_##name_,                                                           \
                .address = KWH_MAP_ADDRESS(number_),                                               \
                .format = KWH_FORMAT(KWH_TYPE_RECORD, KWH_SCALE_##scale_, 0, flags_)},             \
        .occurrence = (occurrence_), .length = sizeof((const uint8_t[]){__VA_ARGS__}), .header = { \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

/** The row of the speed, which is in no record: a CI field sets it, see kwh_mbus_baud_ci(). */
#define KWH_RECORD_BAUD_RATE(number_, flags_)                                                      \
    {                                                                                              \
        .row = {.quantity = KWH_BAUD_RATE,                                                         \
                .address = KWH_MAP_ADDRESS(number_),                                               \
                .format = KWH_FORMAT(KWH_TYPE_RECORD, KWH_SCALE_1, 0, (flags_) | KWH_WRITE_ONLY)}, \
        .occurrence = 1                                                                            \
    }

/** Rows with a condition. */
struct kwh_block {
    KWH_CONST struct kwh_row *rows;
    uint16_t count;
    uint16_t profiles; /**< present when the meter has one of these profiles; 0 = always */
    KWH_CONST struct kwh_record *records; /**< M-Bus: in place of rows */
    uint8_t telegram; /**< M-Bus: the CI field that asks for this telegram; 0 = the usual one */
};

/** What writing a value may do to the meter; must be allowed by name. */
enum kwh_risk {
    KWH_RISK_NONE = 0,
    KWH_RISK_LINK_CHANGE = 1,   /**< the meter is reached differently afterwards */
    KWH_RISK_COUNTER_RESET = 2, /**< a counter is cleared */
    KWH_RISK_IRREVERSIBLE = 4   /**< cannot be undone over the bus */
};

/**
 * One value of a choice; or, of an item that is a number, one of the only numbers to be written.
 */
struct kwh_choice {
    /** The value times 10^-exponent: on the wire; of a number, and on M-Bus, with all scales. */
    int32_t code;
    int8_t exponent;      /**< 0 unless the code is a fraction, as 0.01 imp/kWh */
    uint8_t risk;         /**< enum kwh_risk, bits */
    int16_t reads_as;     /**< the code that is read after writing this one; 0 = the same */
    KWH_CONST char *word; /**< NULL: the number is the word */
};

/** What an item may be, and how it is written. */
struct kwh_item {
    uint32_t quantity;
    KWH_CONST struct kwh_choice *choices; /**< the only values, or NULL: minimum to maximum */
    uint8_t choice_count;
    uint8_t write_function; /**< 6 or 16; M-Bus: CI field, 51, of the speed B8; 0: read-only */
    int8_t exponent;        /**< of minimum and maximum */
    uint8_t risk;           /**< of every value, enum kwh_risk, bits */
    uint8_t flags;          /**< KWH_ITEM_... */
    uint32_t shown_by;      /**< of what cannot be read: the quantity that shows it; 0 = none */
    /**
     * Without choices: what may be written, in the base unit times 10^-exponent; bits and digits as
     * the number that they are.
     */
    int32_t minimum, maximum;
};

/**
 * @name What an item needs besides being written: flags
 * @{
 */
#define KWH_ITEM_SAVE      1u /**< it is lost at the next start unless kwh_writing.save follows */
#define KWH_ITEM_RESTART   2u /**< it takes effect at the next start */
#define KWH_ITEM_BROADCAST 4u /**< it may be written to all meters of a line at once */
/** @} */

/**
 * An item that is written with a number from a range. Its risk comes last, and behind it what else
 * it has: KWH_RANGE_ITEM(CT_PRIMARY, 6, 1, 12000, 0, .flags = KWH_ITEM_SAVE).
 */
#define KWH_RANGE_ITEM(name_, function_, minimum_, maximum_, ...)                                  \
    {                                                                                              \
        .quantity = KWH_##name_, .write_function = (function_), .risk = __VA_ARGS__,               \
        .minimum = (minimum_), .maximum = (maximum_)                                               \
    }

/** The same with a range of thousandths. */
#define KWH_MILLI_RANGE_ITEM(name_, function_, minimum_, maximum_, ...)                            \
    {                                                                                              \
        .quantity = KWH_##name_, .write_function = (function_), .exponent = -3,                    \
        .risk = __VA_ARGS__, .minimum = (minimum_), .maximum = (maximum_)                          \
    }

/** An item that is one of a list; @p function_ 0 when it cannot be written. Its risk comes last. */
#define KWH_CHOICE_ITEM(name_, function_, choices_, ...)                                           \
    {                                                                                              \
        .quantity = KWH_##name_, .choices = (choices_), .choice_count = KWH_COUNT(choices_),       \
        .write_function = (function_), .risk = __VA_ARGS__                                         \
    }

/** What the settings of a family need besides their own registers. A 0 means: nothing such. */
struct kwh_writing {
    /**
     * The action that takes the password and reads other than 0 while settings may be written.
     */
    uint32_t unlock;
    uint32_t default_password; /**< as delivered; for programs that are asked to try it */
    uint32_t control;          /**< the action that is written with one of these: */
    int32_t save;              /**< keeps the settings for the next start */
    int32_t restart;           /**< starts the meter anew */
};

/** A model of a family, told by its identification registers. The first that fits counts. */
struct kwh_model {
    uint32_t code;     /**< content of the identification registers */
    uint32_t quantity; /**< a further value that must fit, or 0 */
    int32_t value;     /**< what it must be, in its base unit; or the least, when there is a most */
    int32_t most;      /**< the most that it may be; 0: exactly @p value */
    KWH_CONST char *text; /**< of a text instead: it begins like this, in small letters or large */
    uint16_t profiles;    /**< the profiles of its blocks; 0 = all that no selector gives */
    KWH_CONST char *name; /**< "PRO380-Mod" */
};

/** A code that this family must not be taken for. */
struct kwh_lookalike {
    uint32_t code;
    uint16_t address; /**< holding registers of the code, asked for when the meter answers, but has
                           no others that tell; 0: the identification registers */
    uint8_t error;    /**< enum kwh_error that says why it is not read; 0 = OTHER_FAMILY */
    KWH_CONST char *name;
};

/** What the answer to a selector decides. Frozen. */
enum kwh_selector_effect {
    KWH_SELECTOR_REQUIRE = 0,  /**< the meter is refused unless the answer fits */
    KWH_SELECTOR_PROFILES = 1, /**< it has these profiles if the answer fits, else not */
    KWH_SELECTOR_RATIO = 2     /**< the answer is a CT ratio that some kinds lack: two registers of
                                    four BCD digits, primary and secondary current */
};

/** Instead of kwh_selector.low: fits when the registers hold the address by which we ask. */
#define KWH_OWN_ADDRESS UINT32_MAX

/** A kind of quantities in kwh_selector.kinds. */
#define KWH_KIND_BIT(kind_) (UINT32_C(1) << KWH_KIND_##kind_)

/**
 * A question whose answer decides how a map is to be taken: which blocks the meter has, whether its
 * values must be multiplied, whether it may be read at all. Asked in their order, once a meter,
 * after it was identified and before a value is read. Profiles that a selector gives are absent
 * until it does. A meter without the registers has no such profiles, and meets all requirements.
 */
struct kwh_selector {
    uint16_t address;   /**< the registers asked for */
    uint8_t words;      /**< 1 or 2 */
    uint8_t space;      /**< enum kwh_space */
    uint8_t effect;     /**< enum kwh_selector_effect */
    uint8_t error;      /**< REQUIRE: enum kwh_error that says why the meter is refused */
    uint16_t profiles;  /**< PROFILES: those that it gives or takes */
    uint16_t when;      /**< asked only of meters that have one of these profiles; 0: of all */
    uint16_t unless;    /**< not asked of meters that have one of these */
    uint32_t low, high; /**< the answer fits when the registers, as a number, are low to high */
    uint32_t kinds;     /**< RATIO: KWH_KIND_BIT() of what must be multiplied */
};

/**
 * A selector that is fitted by registers that hold @p low_ to @p high_, and what else it has:
 * KWH_SELECTOR(REQUIRE, HOLDING, 0x4026, 1, 1, 1, .error = KWH_ERROR_DATA_TYPE).
 */
#define KWH_SELECTOR(effect_, space_, address_, words_, low_, high_, ...)                          \
    {                                                                                              \
        .address = KWH_MAP_ADDRESS(address_), .words = (words_), .space = KWH_SPACE_##space_,      \
        .effect = KWH_SELECTOR_##effect_, .low = (low_), .high = (high_), __VA_ARGS__              \
    }

/** Registers that must not be read, not even in passing. */
struct kwh_range {
    uint8_t space; /**< enum kwh_space */
    uint16_t first, last;
};

/** The protocol of a map. */
enum kwh_protocol {
    KWH_PROTOCOL_MODBUS = 0,
    KWH_PROTOCOL_MBUS = 1
};

/** What an M-Bus map says of its meters besides their records. */
struct kwh_mbus_family {
    uint16_t manufacturer; /**< in the header of a telegram, see kwh_mbus_manufacturer_parse() */
    uint8_t version;       /**< of the meters that we are */
    uint8_t medium;        /**< in the header, 2 = electricity */
    uint8_t usual;         /**< the CI field that asks for the usual telegram again; 0 = none */
};

/**
 * A map. Fixed size with room to grow; a member that a map does not name is 0 and means "default".
 */
struct kwh_map {
    KWH_CONST char *name;  /**< "inepro_pro380", the file's name */
    KWH_CONST char *title; /**< for people, "inepro PRO380-Mod" */
    KWH_CONST struct kwh_block *blocks;
    KWH_CONST struct kwh_item *items;
    KWH_CONST struct kwh_model *models;
    KWH_CONST struct kwh_lookalike *lookalikes;
    KWH_CONST struct kwh_line_settings *lines; /**< factory settings, the most likely first */
    KWH_CONST uint16_t *edges;                 /**< addresses at which a request must begin anew */
    KWH_CONST struct kwh_range *avoid;         /**< registers not to be read */
    uint16_t block_count;
    uint16_t item_count;
    uint16_t model_count;
    uint16_t lookalike_count;
    uint16_t line_count;
    uint16_t edge_count;
    uint16_t avoid_count;
    uint16_t identity_address; /**< registers of the identification code */
    uint8_t identity_words;    /**< 1 or 2; 0 = the family cannot be told over the bus */
    uint8_t identity_space;    /**< enum kwh_space */
    uint8_t protocol;          /**< enum kwh_protocol */
    uint8_t order;             /**< enum kwh_word_order */
    uint8_t request_safe;      /**< registers in a request that every unit takes; 0 = 125 */
    uint8_t request_proven;    /**< registers seen to work on some units; 0 = request_safe */
    uint8_t alignment; /**< 2: even start and count only, but values of an odd number of registers
                            are asked for alone, as they are; 0 and 1: any */
    uint8_t default_address;  /**< as delivered */
    uint16_t quiet_ms;        /**< pause before a request, beyond what the line demands */
    uint16_t turnaround_ms;   /**< typical, for plans; 0 = 20 */
    uint16_t answer_ms;       /**< longest wait for the start of an answer; 0 = 1000 */
    uint16_t holes_read_zero; /**< 1: registers between two values without an edge read 0 */
    uint16_t top_is_absent;   /**< 1: the largest number of an integer type is none */
    uint16_t selector_count;
    KWH_CONST struct kwh_mbus_family *mbus; /**< of KWH_PROTOCOL_MBUS */
    KWH_CONST struct kwh_selector *selectors;
    KWH_CONST struct kwh_writing *writing; /**< or NULL: nothing special */
    KWH_CONST struct kwh_counter *counter; /**< its energies, in Wh, varh and VAh: what all of them
                                          start again at, and count in, and the greatest power that
                                          a meter of this family can see; NULL: nothing known */
    const void *reserved[3];
};

/**
 * Declares a map by the name of its file and its protocol: KWH_MAP_DECLARE(inepro_pro380_modbus);
 *  All maps of a build are declared in kwh/maps.h, which is made from the folder's content.
 */
#define KWH_MAP_DECLARE(name_) KWH_API extern KWH_CONST struct kwh_map kwh_map_##name_

/** Typical time from the end of a request to its answer. */
static inline uint32_t kwh_map_turnaround_us(KWH_CONST struct kwh_map *map)
{
    return UINT32_C(1000) * (map->turnaround_ms != 0 ? map->turnaround_ms : 20u);
}

/** A remark on a row, for documentation. */
struct kwh_note {
    uint16_t address;
    const char *text;
};

/**
 * The remarks of a map and the other names under which its meters are sold. Only hosts link them:
 * KWH_MAP_NOTES.
 */
struct kwh_map_notes {
    const struct kwh_note *notes; /**< of holding registers; M-Bus: of records */
    size_t count;
    const struct kwh_note *input_notes; /**< of input registers */
    size_t input_count;
    const char *const *aliases;
    size_t alias_count;
    const char *const *profiles; /**< their names, that of bit 0 first */
    size_t profile_count;
};

/** A stretch of registers of a proof image. */
struct kwh_proof_span {
    uint8_t space; /**< enum kwh_space */
    uint16_t address, count;
    const uint16_t *words;
};

/** A telegram of a proof image: the whole frame, as it is on the wire. */
struct kwh_proof_telegram {
    uint8_t asked_by; /**< the CI field that asked for it; 0 = the usual telegram */
    uint16_t size;
    const uint8_t *bytes;
};

/** A reading that a proof image must give, value printed as kwh_reading_print() does. */
struct kwh_proof_value {
    const char *name, *value;
};

/**
 * Evidence of a map: registers or telegrams from a manual or a real meter, and what they must read
 * as.
 */
struct kwh_map_proof {
    const char *source;
    uint16_t profiles; /**< of the meter that the image is of; 0 = all */
    const struct kwh_proof_span *spans;
    size_t span_count;
    const struct kwh_proof_value *values;
    size_t value_count;
    const struct kwh_proof_telegram *telegrams; /**< M-Bus: in place of spans */
    size_t telegram_count;
};

/** The remarks of a map. */
#define KWH_NOTES_DECLARE(name_) extern const struct kwh_map_notes kwh_notes_##name_

/** The evidence of a map, which is compiled for the project's own test only. */
#define KWH_PROOF_DECLARE(name_) extern const struct kwh_map_proof kwh_proof_##name_

/** A map with its remarks: an entry of the list of all maps. */
struct kwh_map_entry {
    KWH_CONST struct kwh_map *map;
    const struct kwh_map_notes *notes;
};

/**
 * All maps that were built in, by name, the Modbus side of a family first; generated from the
 * folder's content, only hosts link it.
 */
KWH_API extern const struct kwh_map_entry kwh_maps[];
/** How many there are. */
KWH_API extern const size_t kwh_maps_count;

/** Walks the rows that a meter with @p profiles has, in table order. Start with {map, profiles}. */
struct kwh_map_iterator {
    KWH_CONST struct kwh_map *map;
    uint16_t profiles;
    uint16_t block, row;
};

/** The next row, or NULL at the end. */
KWH_API KWH_CONST struct kwh_row *kwh_map_next(struct kwh_map_iterator *iterator);

/** All profiles at once. */
#define KWH_ALL_PROFILES UINT16_C(0xFFFF)

/**
 * The rank-0, readable, published row of a quantity; NULL when the map has none. An M-Bus map has
 * those of the header of a telegram without naming them: KWH_SERIAL_NUMBER, KWH_MBUS_VERSION...
 */
KWH_API KWH_CONST struct kwh_row *kwh_map_find(KWH_CONST struct kwh_map *map, uint16_t profiles,
                                               uint32_t quantity);

/** The row that covers a register; NULL when none does. */
KWH_API KWH_CONST struct kwh_row *kwh_map_at(KWH_CONST struct kwh_map *map, uint16_t profiles,
                                             enum kwh_space space, uint16_t address);

/** True for a register between two values that reads 0: kwh_map.holes_read_zero. */
KWH_API bool kwh_map_is_hole(KWH_CONST struct kwh_map *map, uint16_t profiles, enum kwh_space space,
                             uint16_t address);

/** The quantity of the map that has this OBIS code; 0 when none has. */
KWH_API uint32_t kwh_map_find_obis(KWH_CONST struct kwh_map *map, uint16_t profiles,
                                   struct kwh_obis code);

/** What the map says of an item's values and how it is written; NULL when nothing. */
KWH_API KWH_CONST struct kwh_item *kwh_map_item(KWH_CONST struct kwh_map *map, uint32_t quantity);

/** True when the map lets this value be written: one of its choices, or within its range. */
KWH_API bool kwh_item_allows(KWH_CONST struct kwh_item *item, const struct kwh_reading *reading);

/**
 * What is known of the counter behind an energy, for kwh_counter_step(): what the map says of all,
 * and that it may fall where the quantity is a difference or follows a combination code.
 * @return false for what is no energy that is counted on and on, such as that of a month; and for
 * maps that know nothing
 */
KWH_API bool kwh_map_counter(KWH_CONST struct kwh_map *map, uint32_t quantity,
                             struct kwh_counter *counter);

/** The choice of an item with this code on the wire; NULL when it is not in the list. */
KWH_API KWH_CONST struct kwh_choice *kwh_item_choice(KWH_CONST struct kwh_item *item,
                                                     struct kwh_decimal code);

/**
 * True for what a readout without names reads: published measurements, pages of the past apart,
 *  and the present tariff.
 */
KWH_API bool kwh_row_is_readout(KWH_CONST struct kwh_row *row);

/**
 * Decodes the registers of a row: kwh_row_words() registers at @p bytes. Always fills @p reading;
 * what cannot be had is a status: not_available for a row that this library cannot take.
 */
KWH_API void kwh_row_decode(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row,
                            const uint8_t *bytes, struct kwh_reading *reading);

/**
 * The registers that hold a reading, the reverse of kwh_row_decode(): @p capacity bytes at
 * @p bytes. A value finer than the register is rounded half to even; a choice is stored by its
 * word, or by its number when it has none. On failure nothing is written.
 * @retval KWH_ERROR_NO_VALUE, KWH_ERROR_OVERFLOW, KWH_ERROR_UNKNOWN_NAME (no such word),
 *         KWH_ERROR_ARGUMENT (other form), KWH_ERROR_CAPACITY
 */
KWH_API KWH_CHECKED enum kwh_error kwh_row_encode(KWH_CONST struct kwh_map *map,
                                                  KWH_CONST struct kwh_row *row,
                                                  const struct kwh_reading *reading, uint8_t *bytes,
                                                  size_t capacity);

/**
 * A value from text, as a person writes it, into the form of a row: "230.12", "even", "19430102".
 * On failure the reading is empty.
 * @retval KWH_ERROR_SYNTAX, KWH_ERROR_UNKNOWN_NAME (no such word), KWH_ERROR_OVERFLOW
 */
KWH_API KWH_CHECKED enum kwh_error kwh_row_parse(KWH_CONST struct kwh_map *map,
                                                 KWH_CONST struct kwh_row *row, const char *text,
                                                 struct kwh_reading *reading);

/** A setting as it is sent: registers, with function 06 or 16. */
struct kwh_row_write {
    KWH_CONST struct kwh_row *row; /**< its first register, and how many */
    uint8_t function;              /**< 6 or 16 */
    uint8_t risk;                  /**< of this value, enum kwh_risk, bits */
    uint8_t bytes[32];             /**< the registers as on the wire */
};

/**
 * A setting of a Modbus meter as registers to write, proven to be one of the values that the map
 * allows, and to mean this value without rounding. Nothing that locks the meter, resets a counter
 * or moves the link comes out unless @p allowed has its enum kwh_risk bit.
 * kwh_setting_init() does the writing; M-Bus: kwh_record_write().
 * @retval KWH_ERROR_NOT_IN_MAP it cannot be written; KWH_ERROR_ARGUMENT not a value it may have
 * @retval KWH_ERROR_RISK the value has a risk that is not allowed
 */
KWH_API KWH_CHECKED enum kwh_error kwh_row_write(KWH_CONST struct kwh_map *map, uint16_t profiles,
                                                 const struct kwh_reading *value, unsigned allowed,
                                                 struct kwh_row_write *write);

/** The risk of writing this value, enum kwh_risk, bits; 0 for one that is not to be written. */
KWH_API unsigned kwh_item_risk(KWH_CONST struct kwh_map *map, const struct kwh_reading *value);

#ifdef __cplusplus
}
#endif

#endif
