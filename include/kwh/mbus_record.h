/* SPDX-License-Identifier: MIT */
/**
 * @file mbus_record.h
 * The records of an M-Bus telegram (EN 13757-3), one at a time, and the other way: values into
 * records.
 *
 *     struct kwh_mbus_records records;
 *     struct kwh_mbus_record record;
 *     kwh_mbus_records_init(&records, &telegram);
 *     while (kwh_mbus_next(&records, data, size, &record))
 *         ...
 *     if (records.error != KWH_OK)
 *         ... the telegram is damaged behind the last record
 *
 * Values are exact, factors and offsets applied, in base units. Positions are offsets in the
 * telegram; nothing here keeps a pointer, and every function is free for any thread.
 */
#ifndef KWH_MBUS_RECORD_H
#define KWH_MBUS_RECORD_H

#include <kwh/decimal.h>
#include <kwh/mbus_telegram.h>
#include <kwh/quantity.h>
#include <kwh/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bits 5-4 of a DIF: which of several values it is. */
enum kwh_mbus_function {
    KWH_MBUS_INSTANTANEOUS,
    KWH_MBUS_MAXIMUM,
    KWH_MBUS_MINIMUM,
    KWH_MBUS_ERROR_STATE /**< The value while there was an error. */
};

/** The table that a VIF code belongs to. */
enum kwh_mbus_table {
    KWH_MBUS_PRIMARY, /**< One byte. */
    KWH_MBUS_FB,      /**< Behind FB. */
    KWH_MBUS_FD,      /**< Behind FD. */
    KWH_MBUS_FD_FD    /**< Behind FD FD. */
};

/** What a record tells. Numbers are frozen. */
enum kwh_mbus_kind {
    KWH_MBUS_KIND_CODE, /**< No kind of its own: table and code tell. */
    KWH_MBUS_KIND_ENERGY,
    KWH_MBUS_KIND_VOLUME,
    KWH_MBUS_KIND_MASS,
    KWH_MBUS_KIND_ON_TIME,
    KWH_MBUS_KIND_OPERATING_TIME,
    KWH_MBUS_KIND_POWER,
    KWH_MBUS_KIND_VOLUME_FLOW,
    KWH_MBUS_KIND_MASS_FLOW,
    KWH_MBUS_KIND_FLOW_TEMPERATURE,
    KWH_MBUS_KIND_RETURN_TEMPERATURE,
    KWH_MBUS_KIND_TEMPERATURE_DIFFERENCE,
    KWH_MBUS_KIND_EXTERNAL_TEMPERATURE,
    KWH_MBUS_KIND_PRESSURE,
    KWH_MBUS_KIND_DATE,
    KWH_MBUS_KIND_DATE_TIME,
    KWH_MBUS_KIND_HEAT_COST,
    KWH_MBUS_KIND_AVERAGING_DURATION,
    KWH_MBUS_KIND_ACTUALITY_DURATION,
    KWH_MBUS_KIND_FABRICATION_NUMBER,
    KWH_MBUS_KIND_ENHANCED_IDENTIFICATION,
    KWH_MBUS_KIND_BUS_ADDRESS,
    KWH_MBUS_KIND_ANY, /**< Any VIF: a selection of records. */
    KWH_MBUS_KIND_MANUFACTURER_SPECIFIC,
    KWH_MBUS_KIND_PLAIN_TEXT, /**< The unit is a text in the record. */
    KWH_MBUS_KIND_REACTIVE_ENERGY,
    KWH_MBUS_KIND_APPARENT_ENERGY,
    KWH_MBUS_KIND_REACTIVE_POWER,
    KWH_MBUS_KIND_APPARENT_POWER,
    KWH_MBUS_KIND_FREQUENCY,
    KWH_MBUS_KIND_VOLTAGE,
    KWH_MBUS_KIND_CURRENT,
    KWH_MBUS_KIND_PHASE_ANGLE_VOLTAGE, /**< Between voltages. */
    KWH_MBUS_KIND_PHASE_ANGLE_CURRENT, /**< Between voltage and current. */
    KWH_MBUS_KIND_RELATIVE_HUMIDITY,
    KWH_MBUS_KIND_TEMPERATURE_LIMIT,
    KWH_MBUS_KIND_MAXIMUM_POWER, /**< Cumulated maximum of active power. */
    KWH_MBUS_KIND_STORAGE_INTERVAL,
    KWH_MBUS_KIND_SINCE_READOUT,
    KWH_MBUS_KIND_TARIFF_DURATION,
    KWH_MBUS_KIND_TARIFF_PERIOD,
    KWH_MBUS_KIND_TRANSMISSION_PERIOD,
    KWH_MBUS_KIND_SINCE_CUMULATION,
    KWH_MBUS_KIND_BATTERY_OPERATING_TIME,
    KWH_MBUS_KIND_BATTERY_LIFE,
    KWH_MBUS_KIND_CREDIT,
    KWH_MBUS_KIND_DEBIT,
    KWH_MBUS_KIND_RF_LEVEL,
    KWH_MBUS_KIND_TEMPERATURE,
    KWH_MBUS_KIND_GLOBAL_READOUT /**< DIF 7F of a command: everything, please. */
};

/** In what form a value comes. */
enum kwh_mbus_form {
    KWH_MBUS_FORM_NOTHING, /**< The record has no data. */
    KWH_MBUS_FORM_NUMBER,  /**< A number in the unit of the record. */
    KWH_MBUS_FORM_TEXT,    /**< Characters; see kwh_mbus_text(). */
    KWH_MBUS_FORM_TIME,    /**< A date, a time or both. */
    KWH_MBUS_FORM_BYTES    /**< Bytes that mean something to their maker. */
};

/** One record. */
struct kwh_mbus_record {
    uint64_t storage; /**< storage number, 41 bits */
    uint32_t tariff;
    uint16_t subunit;
    uint8_t function; /**< enum kwh_mbus_function */
    uint8_t type;     /**< data field, bits 3-0 of the DIF: 2 is int 16, 12 is 8 digits BCD */
    uint8_t lvar;     /**< length byte of type 13 */

    uint8_t table;     /**< enum kwh_mbus_table */
    uint8_t code;      /**< VIF code in its table, 7 bits */
    uint8_t kind;      /**< enum kwh_mbus_kind */
    uint8_t unit;      /**< enum kwh_unit; KWH_UNIT_NONE when there is none, or a text */
    uint8_t direction; /**< enum kwh_direction, from VIFE 3B, 3C, FC 0C and FC 10 */
    uint8_t phase;     /**< enum kwh_phase, from VIFE FC 01 to FC 07 */
    uint8_t nature;    /**< enum kwh_nature: the quadrant, from VIFE FC 08 to FC 0B */
    uint8_t medium;    /**< of the telegram: what energy and power are of; 0 when it does not say */
    bool manufacturer; /**< VIF or a VIFE is the maker's: the meaning is known to him alone */
    bool modified;     /**< another VIFE changes the meaning: average, limit, date of... */
    uint8_t report;    /**< error VIFE of an answer, or object action of a command; 0 = none */

    uint8_t header_at, header_length; /**< the bytes from DIF to the last VIFE: a record's key */
    uint8_t vife_at, vife_count;      /**< the VIFE among them */
    uint8_t text_at, text_length;     /**< the unit of a plain-text VIF, last character first */
    uint8_t data_at, data_length;     /**< the data, without LVAR */
    bool msb_first;

    uint8_t form;     /**< enum kwh_mbus_form */
    uint8_t status;   /**< enum kwh_status: only with OK and DOUBTFUL there is a value to use */
    bool summer_time; /**< a time that says so */
    bool is_number;   /**< @p value is what the bytes count, whatever form and status say */
    struct kwh_time time;
    struct kwh_decimal value; /**< in the unit of the record; 0 without a number */
};

/** Where a walk through a telegram stands. Filled by kwh_mbus_records_init(). */
struct kwh_mbus_records {
    uint8_t at;                  /* private: offset of the next record */
    uint8_t content;             /* private: enum kwh_mbus_content */
    uint8_t counter;             /* private: the next counter of a fixed structure */
    uint8_t medium;              /* private */
    bool msb_first;              /* private */
    bool more_records_follow;    /**< after the last record: another telegram has more */
    uint8_t manufacturer_at;     /**< after the last record: data of the maker behind DIF 0F, 1F */
    uint8_t manufacturer_length; /**< how many bytes of them, 0 = none */
    enum kwh_error error;        /**< after the last record: KWH_OK, or what ended the walk early */
};

/** Begins at the first record behind a header. */
KWH_API void kwh_mbus_records_init(struct kwh_mbus_records *records,
                                   const struct kwh_mbus_telegram *telegram);

/**
 * The next record of the telegram, @p size bytes at @p data, the same at each call. False at the
 * end, then @p records->error says whether it was a good one:
 *
 * - KWH_ERROR_CUT_DIF, KWH_ERROR_CUT_VIF, KWH_ERROR_CUT_DATA: the telegram ends within a record
 * - KWH_ERROR_TOO_MANY_DIFE, KWH_ERROR_TOO_MANY_VIFE: more than ten
 * - KWH_ERROR_RESERVED_DIF, KWH_ERROR_RESERVED_LVAR: nobody knows where this record ends
 * - KWH_ERROR_ENCRYPTED: the bytes behind the header are encrypted
 * - KWH_ERROR_ARGUMENT: more than KWH_MBUS_DATA_MAX bytes
 *
 * Records with unknown codes are no error: they come as KWH_MBUS_KIND_CODE. A record that the meter
 * marks as an error has status KWH_STATUS_RECORD_ERROR; its number, if any, is not to be used.
 */
KWH_API bool kwh_mbus_next(struct kwh_mbus_records *records, const uint8_t *data, size_t size,
                           struct kwh_mbus_record *record);

/** Bytes that hold any text of a telegram as UTF-8 with its final NUL. */
#define KWH_MBUS_TEXT_MAX (2 * KWH_MBUS_DATA_MAX + 1)

/**
 * The text of a record of form KWH_MBUS_FORM_TEXT, in UTF-8, in reading order; trailing NULs are
 * dropped, other control characters become '?'.
 * @retval KWH_ERROR_NO_VALUE (no text), KWH_ERROR_CAPACITY; the text is then empty
 */
KWH_API KWH_CHECKED enum kwh_error kwh_mbus_text(const uint8_t *data, size_t size,
                                                 const struct kwh_mbus_record *record, char *text,
                                                 size_t capacity);

/** The unit of a record: that of its VIF, or the text of its plain-text VIF; errors as above. */
KWH_API KWH_CHECKED enum kwh_error kwh_mbus_unit_text(const uint8_t *data, size_t size,
                                                      const struct kwh_mbus_record *record,
                                                      char *text, size_t capacity);

/** Bytes that hold any printed kind with its final NUL. */
#define KWH_MBUS_KIND_TEXT 40

/** Prints the kind of a record: "energy"; or, when it has none of its own, its code, "FD3A". */
KWH_API void kwh_mbus_kind_print(const struct kwh_mbus_record *record,
                                 char text[KWH_MBUS_KIND_TEXT]);

/** The name of a function: "instantaneous", "maximum", "minimum", "error". Never NULL. */
KWH_API KWH_CONST char *kwh_mbus_function_name(enum kwh_mbus_function function);

/**
 * @name Encoding
 * Each function appends one record at @p data + @p *size and moves @p *size behind it. The header
 * is the bytes from DIF to the last VIFE; the DIF decides how the value is stored. On failure
 * nothing is appended.
 *
 * - KWH_ERROR_ARGUMENT: the header is not one record's, or its DIF is for another form
 * - KWH_ERROR_CAPACITY: no room, in memory or in a telegram
 * @{
 */
/**
 * A number in the unit of the record: the reverse of decoding, factors and offsets taken off,
 * rounded half to even to what the data field counts.
 * @retval KWH_ERROR_OVERFLOW beyond the range of the data field
 */
KWH_API KWH_CHECKED enum kwh_error kwh_mbus_put_number(const uint8_t *header, size_t header_length,
                                                       struct kwh_decimal value, uint8_t *data,
                                                       size_t capacity, size_t *size);

/** A date or time: types G (16 bits), J (24), F (32), I (48). Years 1981 to 2080. */
KWH_API KWH_CHECKED enum kwh_error kwh_mbus_put_time(const uint8_t *header, size_t header_length,
                                                     const struct kwh_time *time, uint8_t *data,
                                                     size_t capacity, size_t *size);

/** A text of 0 to 191 characters in ISO 8859-1, in reading order. The DIF is one of type 13. */
KWH_API KWH_CHECKED enum kwh_error kwh_mbus_put_text(const uint8_t *header, size_t header_length,
                                                     const char *text, size_t length, uint8_t *data,
                                                     size_t capacity, size_t *size);

/** The data as they are on the wire, with LVAR in front for type 13. */
KWH_API KWH_CHECKED enum kwh_error kwh_mbus_put_bytes(const uint8_t *header, size_t header_length,
                                                      const uint8_t *bytes, size_t length,
                                                      uint8_t *data, size_t capacity, size_t *size);
/** @} */

#ifdef __cplusplus
}
#endif

#endif
