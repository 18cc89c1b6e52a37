/* SPDX-License-Identifier: MIT */
/**
 * @file mbus_telegram.h
 * What stands between an M-Bus frame and its records (EN 13757-3): CI field and header, both
 * directions. A telegram is the bytes behind the CI field of a frame, at most KWH_MBUS_DATA_MAX.
 *
 * Pure functions for any thread; nothing here keeps a pointer. kwh/mbus_record.h reads the records.
 */
#ifndef KWH_MBUS_TELEGRAM_H
#define KWH_MBUS_TELEGRAM_H

#include <kwh/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most bytes behind a CI field. */
#define KWH_MBUS_DATA_MAX 252

/** What a telegram is about, by its CI field. */
enum kwh_mbus_content {
    KWH_MBUS_DATA,      /**< Records from the meter: CI 72, 76, 78, 7A. */
    KWH_MBUS_COMMAND,   /**< Records to the meter: CI 51, 5A, 5B. */
    KWH_MBUS_SELECTION, /**< A secondary address, perhaps followed by records: CI 52. */
    KWH_MBUS_FIXED,     /**< Two counters, the fixed structure of old meters: CI 73. */
    KWH_MBUS_REPORT,    /**< An application error: CI 70, 6E, 6F. */
    KWH_MBUS_ALARM      /**< Alarm flags: CI 71, 74, 75. */
};

/** Encryption modes of the configuration word that are known by name. */
enum kwh_mbus_encryption {
    KWH_MBUS_PLAIN = 0,
    KWH_MBUS_AES_CBC = 5,        /**< AES-128-CBC. */
    KWH_MBUS_AES_CBC_DERIVED = 7 /**< AES-128-CBC with a derived key. */
};

/** A header. What the CI field does not carry is 0. */
struct kwh_mbus_telegram {
    uint8_t ci;
    uint8_t content;       /**< enum kwh_mbus_content */
    uint8_t header_length; /**< where the records begin; 0, 4, 8, 12; 16 of CI 73 */
    bool msb_first;        /**< fields stand most significant byte first: CI 76 */
    uint32_t id;           /**< eight BCD digits: 0x12345678; meters do send A to F */
    uint16_t manufacturer; /**< see kwh_mbus_manufacturer_print() */
    uint8_t version;
    uint8_t medium;     /**< device type of EN 13757-3; of a fixed structure translated to it */
    uint8_t access;     /**< access number */
    uint8_t status;     /**< as sent; of a fixed structure bits 0 and 1 mean something else */
    uint16_t signature; /**< or configuration word; its low byte is sent first */
    uint8_t code;       /**< application error or alarm flags */
    uint8_t encryption; /**< enum kwh_mbus_encryption or another mode; 0 when the data are plain */
};

/**
 * Takes a header apart; @p size bytes at @p data stand behind the CI field. Encryption is
 * recognized, never guessed away: words of old meters that are no configuration word, and data
 * that begin as decrypted data do, count as plain.
 * @retval KWH_ERROR_SHORT_HEADER, KWH_ERROR_UNKNOWN_CI, KWH_ERROR_ARGUMENT (more than
 *         KWH_MBUS_DATA_MAX bytes); the telegram is then one without records
 */
KWH_API KWH_CHECKED enum kwh_error kwh_mbus_telegram_decode(uint8_t ci, const uint8_t *data,
                                                            size_t size,
                                                            struct kwh_mbus_telegram *telegram);

/**
 * Writes the header of CI @p telegram->ci, which alone decides what is written: the content and
 * the other private results of decoding are not looked at. CI 73 cannot be written.
 * @retval KWH_ERROR_UNKNOWN_CI, KWH_ERROR_CAPACITY; @p size is then 0
 */
KWH_API KWH_CHECKED enum kwh_error
kwh_mbus_telegram_encode(const struct kwh_mbus_telegram *telegram, uint8_t *data, size_t capacity,
                         size_t *size);

/** Bytes of a printed manufacturer with its final NUL. */
#define KWH_MBUS_MANUFACTURER_TEXT 5

/** Prints three letters, "INM"; or four hexadecimal digits when they are no letters, "0000". */
KWH_API void kwh_mbus_manufacturer_print(uint16_t manufacturer,
                                         char text[KWH_MBUS_MANUFACTURER_TEXT]);

/**
 * Parses three capital letters or four hexadecimal digits.
 * @retval KWH_ERROR_SYNTAX; @p manufacturer is then 0
 */
KWH_API KWH_CHECKED enum kwh_error kwh_mbus_manufacturer_parse(const char *text,
                                                               uint16_t *manufacturer);

#ifdef __cplusplus
}
#endif

#endif
