/* SPDX-License-Identifier: MIT */
/**
 * @file mbus.h
 * The link layer of wired M-Bus (EN 13757-2), asking and answering: frames, requests, the frame
 * count bit, addresses and times. kwh/mbus_telegram.h and kwh/mbus_record.h read what is inside.
 *
 * Pure functions for any thread unless they take a line.
 */
#ifndef KWH_MBUS_H
#define KWH_MBUS_H

#include <kwh/mbus_telegram.h>
#include <kwh/responder.h>

#ifdef __cplusplus
extern "C" {
#endif

/** M-Bus on a level converter at a serial port. Addresses 0 to 255, see KWH_MBUS_SELECTED. */
KWH_API extern KWH_CONST struct kwh_framing kwh_mbus_serial;
/** M-Bus frames through a TCP connection: level converters with a network port. */
KWH_API extern KWH_CONST struct kwh_framing kwh_mbus_over_tcp;
/** The answering side of both. */
KWH_API extern KWH_CONST struct kwh_server_framing kwh_mbus_serial_server;
/** The answering side through a TCP connection. */
KWH_API extern KWH_CONST struct kwh_server_framing kwh_mbus_over_tcp_server;

/**
 * @name Addresses
 * 0 is a meter as delivered, 1 to 250 are configured ones, 251 and 252 are reserved.
 * @{
 */
#define KWH_MBUS_PRIMARY_MAX 250
#define KWH_MBUS_SELECTED    253 /**< those that a secondary address has selected */
#define KWH_MBUS_ANY         254 /**< every meter answers: one meter on the line only */
#define KWH_MBUS_ALL         255 /**< every meter obeys, none answers */
/** @} */

/**
 * @name C field
 * @{
 */
#define KWH_MBUS_SND_NKE 0x40u /**< initialize the link */
#define KWH_MBUS_SND_UD  0x53u /**< data to the meter; with the frame count bit 73 */
#define KWH_MBUS_SND_UD2 0x43u /**< the same, to be answered by data at once (2018) */
#define KWH_MBUS_REQ_UD2 0x5Bu /**< data, please; with the frame count bit 7B */
#define KWH_MBUS_REQ_UD1 0x5Au /**< alarms, please; with the frame count bit 7A */
#define KWH_MBUS_RSP_UD  0x08u /**< the answer; bits ACD and DFC besides: 18, 28, 38 */
#define KWH_MBUS_FCB     0x20u /**< frame count bit of a request */
#define KWH_MBUS_FCV     0x10u /**< the frame count bit of a request counts */
#define KWH_MBUS_ACD     0x20u /**< of an answer: alarms are waiting (REQ_UD1) */
#define KWH_MBUS_DFC     0x10u /**< of an answer: no more data can be taken now */
/** @} */

/**
 * @name CI field of requests
 * @{
 */
#define KWH_MBUS_CI_RESET  0x50u /**< application reset, with or without subcode */
#define KWH_MBUS_CI_DATA   0x51u /**< records to the meter */
#define KWH_MBUS_CI_SELECT 0x52u /**< select by secondary address */
#define KWH_MBUS_CI_BAUD   0xB8u /**< B8 to BF: 300, 600, ... 38400 Bd, see kwh_mbus_baud() */
/** @} */

/** Longest frame. */
#define KWH_MBUS_FRAME_MAX 261
/** Buffer of a line that fits every exchange: request and answer lie in it together. */
#define KWH_MBUS_BUFFER (2 * KWH_MBUS_FRAME_MAX)
/**
 * Buffer of a line that only sends short requests: a readout of the usual telegrams by primary
 * address. Selections and private telegrams need KWH_MBUS_BUFFER.
 */
#define KWH_MBUS_READ_BUFFER (KWH_MBUS_FRAME_MAX + 8)

/* ------------------------------------------------------------------------------------------------
 * Frames
 */

/** What a frame is. */
enum kwh_mbus_frame_kind {
    KWH_MBUS_ACK,     /**< E5 */
    KWH_MBUS_NACK,    /**< A2, only in answer to SND_UD2 (43) */
    KWH_MBUS_SHORT,   /**< 10 C A checksum 16 */
    KWH_MBUS_CONTROL, /**< 68 03 03 68 C A CI checksum 16 */
    KWH_MBUS_LONG     /**< the same with data */
};

/** A frame. What its kind does not carry is 0. */
struct kwh_mbus_frame {
    uint8_t kind; /**< enum kwh_mbus_frame_kind */
    uint8_t c, address, ci;
    uint16_t length;               /**< of the whole frame, 1 to KWH_MBUS_FRAME_MAX */
    uint16_t data_at, data_length; /**< what follows CI: offset in the frame, 0 to 252 bytes */
};

/**
 * Takes the frame at @p bytes apart; @p size bytes are there, and it must be all of them.
 * @retval KWH_ERROR_BAD_START no frame begins like this
 * @retval KWH_ERROR_BAD_LENGTH the two lengths differ, or are below 3
 * @retval KWH_ERROR_CUT_FRAME it ends before its length; KWH_ERROR_EXCESS_BYTES after it
 * @retval KWH_ERROR_BAD_CHECKSUM; KWH_ERROR_BAD_STOP the last byte is not 16
 */
KWH_API KWH_CHECKED enum kwh_error kwh_mbus_frame_decode(const uint8_t *bytes, size_t size,
                                                         struct kwh_mbus_frame *frame);

/**
 * Writes a short frame (@p ci negative) or a control or long one.
 * @retval KWH_ERROR_ARGUMENT more than 252 bytes of data, or data without a CI field
 * @retval KWH_ERROR_CAPACITY; @p length is then 0
 */
KWH_API KWH_CHECKED enum kwh_error kwh_mbus_frame_encode(uint8_t c, uint8_t address, int ci,
                                                         const uint8_t *data, size_t size,
                                                         uint8_t *frame, size_t capacity,
                                                         size_t *length);

/* ------------------------------------------------------------------------------------------------
 * Requests
 */

/** Fills @p exchange with SND_NKE: answered by E5. Of KWH_MBUS_ALL a broadcast. */
KWH_API void kwh_mbus_snd_nke(struct kwh_exchange *exchange, uint8_t address);

/** Fills @p exchange with REQ_UD2: answered by a telegram, or by E5 when there is none. */
KWH_API void kwh_mbus_req_ud2(struct kwh_exchange *exchange, uint8_t address, bool fcb);

/** Fills @p exchange with REQ_UD1: answered by E5, or by a telegram with alarms. */
KWH_API void kwh_mbus_req_ud1(struct kwh_exchange *exchange, uint8_t address, bool fcb);

/**
 * Fills @p exchange with SND_UD: @p size bytes at @p data behind a CI field, which stay the
 * caller's until the exchange is over. Answered by E5, or at once by a telegram (CI B0 to B7 of
 * some meters). Counts as a write, sent once, but for selections and requests of another telegram
 * (CI 52, 56, B0 to B7). To KWH_MBUS_ALL it goes without frame count bit, and without an answer.
 * @retval KWH_ERROR_ARGUMENT more than 252 bytes
 */
KWH_API KWH_CHECKED enum kwh_error kwh_mbus_snd_ud(struct kwh_exchange *exchange, uint8_t address,
                                                   bool fcb, uint8_t ci, const uint8_t *data,
                                                   size_t size);

/**
 * Fills @p exchange with SND_UD2, as kwh_mbus_snd_ud() but for the frame count bit, which it has
 * not: answered by a telegram, or by A2 (KWH_ERROR_NOT_ACKNOWLEDGED) of a meter that does not take
 * it. EN 13757-2:2018; older meters stay silent.
 * @retval KWH_ERROR_ARGUMENT more than 252 bytes
 */
KWH_API KWH_CHECKED enum kwh_error kwh_mbus_snd_ud2(struct kwh_exchange *exchange, uint8_t address,
                                                    uint8_t ci, const uint8_t *data, size_t size);

/** The CI field that sets a speed, BB for 2400; 0 when there is none for it. */
KWH_API uint8_t kwh_mbus_baud_ci(uint32_t baud);
/** The speed that a CI field sets, or 0. */
KWH_API uint32_t kwh_mbus_baud(uint8_t ci);

/**
 * The answer to an exchange that is over with KWH_OK, and its bytes: offsets in @p frame count from
 * the returned pointer. Valid until the next kwh_line_next(). Of an exchange that failed, or was a
 * broadcast, NULL.
 *
 * Of an exchange by itself (exchange.h) an answer of one byte is E5; any other is a whole frame for
 * kwh_mbus_frame_decode(): exchange.answer_at + exchange.answer_size + 2 bytes, from the first that
 * was received.
 */
KWH_API const uint8_t *kwh_mbus_answer(const struct kwh_line *line,
                                       const struct kwh_exchange *exchange,
                                       struct kwh_mbus_frame *frame);

/* ------------------------------------------------------------------------------------------------
 * The link to an address: the frame count bit
 */

/**
 * What master and slave keep of an address, in step with each other. One for every address in use,
 * KWH_MBUS_SELECTED among them; filled by kwh_mbus_link_init().
 */
struct kwh_mbus_link {
    uint8_t address;
    bool request_fcb; /**< of the next REQ_UD2 or REQ_UD1 */
    bool data_fcb;    /**< of the next SND_UD */
    bool reset;       /**< SND_NKE or a selection was acknowledged: the bits are in step */
};

/** A link that is not in step yet: begin with SND_NKE. */
KWH_API void kwh_mbus_link_init(struct kwh_mbus_link *link, uint8_t address);

/**
 * To be called when an exchange to the address of the link is over, however it went: an answer
 * turns the bit for the next request, a lost one keeps it (EN 13757-2, 5.5). A broadcast of SND_NKE
 * is for the links to all addresses.
 */
KWH_API void kwh_mbus_link_done(struct kwh_mbus_link *link, const struct kwh_exchange *exchange);

/* ------------------------------------------------------------------------------------------------
 * Secondary addresses
 */

/** Identification, manufacturer, version, medium: as in the header of a telegram. */
struct kwh_mbus_secondary {
    uint32_t id;           /**< eight digits; F in place of any of them: whatever stands there */
    uint16_t manufacturer; /**< FFFF: any */
    uint8_t version;       /**< FF: any */
    uint8_t medium;        /**< FF: any */
};

/** Bytes of a secondary address on the wire. */
#define KWH_MBUS_SECONDARY_BYTES 8

/** The data behind CI 52. */
KWH_API void kwh_mbus_secondary_encode(const struct kwh_mbus_secondary *secondary,
                                       uint8_t bytes[KWH_MBUS_SECONDARY_BYTES]);
/** The reverse. */
KWH_API void kwh_mbus_secondary_decode(const uint8_t bytes[KWH_MBUS_SECONDARY_BYTES],
                                       struct kwh_mbus_secondary *secondary);

/** The secondary address of the meter that sent a telegram. */
KWH_API struct kwh_mbus_secondary kwh_mbus_secondary_of(const struct kwh_mbus_telegram *telegram);

/** Whether a meter of address @p own is selected by @p pattern. */
KWH_API bool kwh_mbus_secondary_fits(const struct kwh_mbus_secondary *pattern,
                                     const struct kwh_mbus_secondary *own);

/** Bytes of a printed secondary address with its NUL. */
#define KWH_MBUS_SECONDARY_TEXT 17

/**
 * Prints eight digits, "12345678"; or sixteen when more than the identification is told: the
 * manufacturer follows in the order of the wire, then version and medium, "12345678CD250102".
 */
KWH_API void kwh_mbus_secondary_print(const struct kwh_mbus_secondary *secondary,
                                      char text[KWH_MBUS_SECONDARY_TEXT]);

/** Parses eight or sixteen hexadecimal digits, F for what may be anything. KWH_ERROR_SYNTAX; then
 * all is 0. */
KWH_API KWH_CHECKED enum kwh_error kwh_mbus_secondary_parse(const char *text,
                                                            struct kwh_mbus_secondary *secondary);

/* ------------------------------------------------------------------------------------------------
 * Times
 */

/** What converters, drivers and gateways add to the times of the standard, unless told otherwise.
 */
#define KWH_MBUS_ALLOWANCE_US 150000u

/**
 * Sets the times of a line from its speed, 300 to 38400 Bd: an answer begins at most 330 bit times
 * + 50 ms after its request (EN 13757-2), its first byte is there 11 bit times later, 33 bit times
 * of silence end a frame, and @p allowance_us is added to the first and a third of it to the
 * second; 0 for a UART that hears every byte at once. Through a TCP connection, where bytes arrive
 * when the converter has them, kwh_timing.frame_us becomes the time of a short request and the
 * longest answer at that speed. kwh_timing.latest_us becomes the same as answer_us: what comes
 * later is not expected.
 */
KWH_API void kwh_mbus_set_speed(struct kwh_line *line, const struct kwh_line_settings *settings,
                                uint32_t allowance_us);

#ifdef __cplusplus
}
#endif

#endif
