/* SPDX-License-Identifier: MIT */
/**
 * @file reading.h
 * A reading: one quantity, its status, and a value in one of six forms. Lifted by value: it refers
 * to nothing that could go away, the words of a map excepted, which are constant.
 */
#ifndef KWH_READING_H
#define KWH_READING_H

#include <kwh/decimal.h>
#include <kwh/quantity.h>
#include <kwh/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How sure the decoding of a value is. Nothing has been tried on hardware by the project yet. */
enum kwh_certainty {
    KWH_CERTAINTY_INFERRED, /**< A part of the decoding is ours. */
    KWH_CERTAINTY_PUBLIC,   /**< Vendor tables or public implementations. */
    KWH_CERTAINTY_MANUAL,   /**< Printed in the meter's manual. */
    KWH_CERTAINTY_HARDWARE  /**< Seen by the project on a real meter. */
};

/** Longest text of a reading in bytes, without NUL. */
#define KWH_READING_TEXT_MAX 32

/** One value. Which member holds it is said by @p form; none does unless the status has a value. */
struct kwh_reading {
    uint32_t quantity;
    uint8_t form;      /**< enum kwh_form */
    uint8_t status;    /**< enum kwh_status */
    uint8_t certainty; /**< enum kwh_certainty */
    uint8_t length;    /**< digits: how many; text: bytes; bits: how many */
    /** Decimal in the base unit of the quantity; choice: the code, when it is its own word. */
    struct kwh_decimal decimal;
    /**
     * Digits: one hexadecimal digit in each nibble, the last lowest; bits: the flags; choice: the
     *  code on the wire.
     */
    uint64_t digits;
    KWH_CONST char *word;            /**< Choice: its word, or NULL when the number is the word. */
    char text[KWH_READING_TEXT_MAX]; /**< Text, without NUL; @p length bytes. */
    struct kwh_time time;
};

/** True when the reading carries a value. */
static inline bool kwh_reading_has_value(const struct kwh_reading *reading)
{
    return reading->status == KWH_STATUS_OK || reading->status == KWH_STATUS_DOUBTFUL;
}

/** An empty reading of @p quantity with @p status; its form is that of the quantity. */
KWH_API void kwh_reading_init(struct kwh_reading *reading, uint32_t quantity,
                              enum kwh_status status);

/** Bytes that hold the printed value of any reading with its final NUL. */
#define KWH_READING_TEXT KWH_DECIMAL_TEXT

/**
 * Prints the value, without unit: "230.12", "19430102", "even", "2026-01-31T12:00:00", "0x0005";
 * a CT ratio as "9995/5".
 * @retval KWH_ERROR_NO_VALUE when the status carries none; KWH_ERROR_CAPACITY; text is then empty
 */
KWH_API KWH_CHECKED enum kwh_error kwh_reading_print(const struct kwh_reading *reading, char *text,
                                                     size_t capacity);

/** The name of a status as in JSON output, `no_answer`. Never NULL. */
KWH_API KWH_CONST char *kwh_status_name(enum kwh_status status);

/** The name of a certainty: `manual`, `public`, `inferred`, `hardware`. Never NULL. */
KWH_API KWH_CONST char *kwh_certainty_name(enum kwh_certainty certainty);

#ifdef __cplusplus
}
#endif

#endif
