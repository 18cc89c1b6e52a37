/* SPDX-License-Identifier: MIT */
/**
 * @file map_record.h
 * From M-Bus records to readings and back: by the rows of a map, which know a meter's habits, or by
 * EN 13757-3 alone for meters without a map. Pure functions for any thread.
 */
#ifndef KWH_MAP_RECORD_H
#define KWH_MAP_RECORD_H

#include <kwh/map.h>
#include <kwh/mbus_record.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The record that a row of an M-Bus map stands in; NULL for a row of another map. */
KWH_API KWH_CONST struct kwh_record *kwh_record_of(KWH_CONST struct kwh_map *map,
                                                   KWH_CONST struct kwh_row *row);

/** The CI field that asks for the telegram with this record; 0 = the usual telegram. */
KWH_API uint8_t kwh_record_telegram(KWH_CONST struct kwh_map *map,
                                    KWH_CONST struct kwh_record *record);

/**
 * The row of a record that was read: in the telegram asked for with CI @p telegram (0: the usual
 * one) it is the @p occurrence th, 1 or more, with this header. Rows that are only written are
 * passed over. NULL when there is none.
 */
KWH_API KWH_CONST struct kwh_record *kwh_map_record(KWH_CONST struct kwh_map *map,
                                                    uint16_t profiles, uint8_t telegram,
                                                    const uint8_t *header, size_t length,
                                                    unsigned occurrence);

/** Whether the map tells records of that telegram with this header apart by their order. */
KWH_API bool kwh_map_record_repeats(KWH_CONST struct kwh_map *map, uint16_t profiles,
                                    uint8_t telegram, const uint8_t *header, size_t length);

/** The row that a record sent to the meter writes, by its header; NULL when there is none. */
KWH_API KWH_CONST struct kwh_record *kwh_map_written_record(KWH_CONST struct kwh_map *map,
                                                            uint16_t profiles,
                                                            const uint8_t *header, size_t length);

/** What a record of the telegram at @p data tells by its row. The reading is always filled. */
KWH_API void kwh_record_decode(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_record *row,
                               const uint8_t *data, size_t size,
                               const struct kwh_mbus_record *record, struct kwh_reading *reading);

/**
 * Appends the record of a row with this value at @p data + @p *size; the other direction of
 * kwh_record_decode(), for meters that we are and for settings. On failure nothing is appended.
 * @retval KWH_ERROR_ARGUMENT the reading has no value or another form
 * @retval KWH_ERROR_OVERFLOW, KWH_ERROR_CAPACITY, KWH_ERROR_UNKNOWN_NAME (a choice without code)
 */
KWH_API KWH_CHECKED enum kwh_error kwh_record_encode(KWH_CONST struct kwh_map *map,
                                                     KWH_CONST struct kwh_record *row,
                                                     const struct kwh_reading *reading,
                                                     uint8_t *data, size_t capacity, size_t *size);

/**
 * A value from text, as a person writes it, into the form of a row: as kwh_row_parse().
 * @retval KWH_ERROR_SYNTAX, KWH_ERROR_UNKNOWN_NAME (no such word), KWH_ERROR_OVERFLOW
 */
KWH_API KWH_CHECKED enum kwh_error kwh_record_parse(KWH_CONST struct kwh_map *map,
                                                    KWH_CONST struct kwh_record *row,
                                                    const char *text, struct kwh_reading *reading);

/** How the DIF of a row says that the value is stored: `int32`, `bcd8`; "" for none. Never NULL. */
KWH_API KWH_CONST char *kwh_record_type_name(KWH_CONST struct kwh_record *row);

/** What a count in the record is worth in the base unit, all scales applied; 0 without a count. */
KWH_API struct kwh_decimal kwh_record_scale(KWH_CONST struct kwh_record *row);

/**
 * Readings that the header of a telegram holds: KWH_SERIAL_NUMBER (the identification) and the
 * KWH_MBUS_ items, certainty manual: the standard fixes them for every meter.
 * KWH_ERROR_NOT_IN_MAP for any other quantity or when the header lacks it.
 */
KWH_API KWH_CHECKED enum kwh_error kwh_mbus_header_reading(const struct kwh_mbus_telegram *telegram,
                                                           uint32_t quantity,
                                                           struct kwh_reading *reading);

/**
 * The quantity that EN 13757-3 alone makes of a record, 0 when it does not determine one: as when
 * its function, subunit or a VIFE means what only the maker knows, or energy and power are those
 * of a medium that is neither electricity nor heat. Storage numbers are pages of the past; energy
 * without VIFE 3B or 3C has no direction. A meter that tells one quantity twice needs a map.
 */
KWH_API uint32_t kwh_mbus_quantity(const struct kwh_mbus_record *record);

/**
 * The value of a record without a map: in the base unit of kwh_mbus_quantity(); when that is 0 in
 * the unit of the record, in the form that the value has. Always filled, certainty public.
 */
KWH_API void kwh_mbus_reading(const uint8_t *data, size_t size,
                              const struct kwh_mbus_record *record, struct kwh_reading *reading);

/** What a setting needs to be sent: SND_UD with this CI field and these bytes. */
struct kwh_record_write {
    uint8_t ci;
    uint8_t size;
    uint8_t data[32];
};

/**
 * A setting of an M-Bus meter as bytes to send, proven to be one of the values that the map allows.
 * Nothing that locks the meter, resets a counter or moves the link comes out unless @p allowed has
 * its enum kwh_risk bit.
 * @retval KWH_ERROR_NOT_IN_MAP it cannot be written; KWH_ERROR_ARGUMENT not a value it may have
 * @retval KWH_ERROR_RISK the value has a risk that is not allowed
 */
KWH_API KWH_CHECKED enum kwh_error
kwh_record_write(KWH_CONST struct kwh_map *map, uint32_t quantity, const struct kwh_reading *value,
                 unsigned allowed, struct kwh_record_write *write);

#ifdef __cplusplus
}
#endif

#endif
