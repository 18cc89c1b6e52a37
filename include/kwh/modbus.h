/* SPDX-License-Identifier: MIT */
/**
 * @file modbus.h
 * Modbus requests and their answers (MODBUS Application Protocol V1.1b3), over RTU, TCP and RTU
 * over TCP. Register addresses are protocol addresses, 0-based. Register values are bytes as on the
 * wire, two each, high byte first.
 */
#ifndef KWH_MODBUS_H
#define KWH_MODBUS_H

#include <kwh/line.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Modbus RTU on a serial line (MODBUS over Serial Line V1.02). Addresses 0 (broadcast) to 247. */
KWH_API extern KWH_CONST struct kwh_framing kwh_modbus_rtu;
/**
 * Modbus TCP (MODBUS Messaging on TCP/IP V1.0b). Units 0 to 255; 0 and 255 are the device itself.
 */
KWH_API extern KWH_CONST struct kwh_framing kwh_modbus_tcp;
/** RTU frames through a TCP connection: serial device servers. Addresses 0 (broadcast) to 247. */
KWH_API extern KWH_CONST struct kwh_framing kwh_modbus_rtu_over_tcp;

/** Function codes. */
enum kwh_modbus_function {
    KWH_MODBUS_READ_HOLDING = 0x03,
    KWH_MODBUS_READ_INPUT = 0x04,
    KWH_MODBUS_WRITE_SINGLE = 0x06,
    KWH_MODBUS_DIAGNOSTICS = 0x08,
    KWH_MODBUS_WRITE_MULTIPLE = 0x10,
    KWH_MODBUS_REPORT_SERVER_ID = 0x11,
    KWH_MODBUS_ENCAPSULATED = 0x2B
};

/** Most registers in one read. */
#define KWH_MODBUS_READ_MAX 125
/** Most registers in one write. */
#define KWH_MODBUS_WRITE_MAX 123
/** Longest PDU. */
#define KWH_MODBUS_PDU_MAX 253

/**
 * Fills @p exchange with a read of @p count registers, function 03 or 04.
 * @retval KWH_ERROR_ARGUMENT function other than 3 and 4, count not 1 to 125, or beyond 0xFFFF
 */
KWH_API KWH_CHECKED enum kwh_error kwh_modbus_read(struct kwh_exchange *exchange, uint8_t unit,
                                                   uint8_t function, uint16_t address,
                                                   uint16_t count);

/** Fills @p exchange with function 06. Unit 0 on a serial framing is a broadcast. */
KWH_API void kwh_modbus_write_single(struct kwh_exchange *exchange, uint8_t unit, uint16_t address,
                                     uint16_t value);

/**
 * Fills @p exchange with function 16 (hex 10). @p bytes, 2 * @p count of them, stay the caller's
 * and must stay unchanged until the exchange is over.
 * @retval KWH_ERROR_ARGUMENT count not 1 to 123, or beyond 0xFFFF
 */
KWH_API KWH_CHECKED enum kwh_error kwh_modbus_write_multiple(struct kwh_exchange *exchange,
                                                             uint8_t unit, uint16_t address,
                                                             uint16_t count, const uint8_t *bytes);

/**
 * Fills @p exchange with function 08, one data word. Sub-function 0 returns the data. Counts as a
 * write (never repeated) except for sub-function 0, 2 and the counters, 11 to 18.
 */
KWH_API void kwh_modbus_diagnostics(struct kwh_exchange *exchange, uint8_t unit,
                                    uint16_t sub_function, uint16_t data);

/** Fills @p exchange with function 17 (hex 11), Report Server ID. */
KWH_API void kwh_modbus_report_server_id(struct kwh_exchange *exchange, uint8_t unit);

/**
 * Fills @p exchange with function 43/14, Read Device Identification: category 1 to 4, first
 * object.
 *  @retval KWH_ERROR_ARGUMENT category out of range
 */
KWH_API KWH_CHECKED enum kwh_error kwh_modbus_read_device_id(struct kwh_exchange *exchange,
                                                             uint8_t unit, uint8_t category,
                                                             uint8_t object);

/**
 * Fills @p exchange with any PDU, @p pdu of @p size bytes (function first), which stays the
 * caller's until the exchange is over. @p length tells how long the answer is; it sees the PDU of
 * the answer.
 * @param writes true: never repeated, may be broadcast
 * @retval KWH_ERROR_ARGUMENT size not 1 to 253, function 0 or above 0x7F, or no length function
 */
KWH_API KWH_CHECKED enum kwh_error kwh_modbus_raw(struct kwh_exchange *exchange, uint8_t unit,
                                                  const uint8_t *pdu, size_t size,
                                                  kwh_length_function *length, bool writes);

/**
 * The registers of a good answer to a read: bytes as on the wire, and in @p count, which must be
 * there, how many registers they are; 0 of any other answer. Those of an exchange by itself
 * (exchange.h) begin at exchange.answer_at + 2.
 */
KWH_API const uint8_t *kwh_modbus_registers(const struct kwh_line *line,
                                            const struct kwh_exchange *exchange, size_t *count);

/**
 * Length functions for raw PDUs: answers of the length that their byte 1 says (01 to 04,
 * 11, 17...).
 */
KWH_API size_t kwh_modbus_length_counted(const uint8_t *pdu, size_t available);
/** Answers of 5 bytes (05, 06, 0F, 10). */
KWH_API size_t kwh_modbus_length_five(const uint8_t *pdu, size_t available);
/** Answers to 43/14. */
KWH_API size_t kwh_modbus_length_device_id(const uint8_t *pdu, size_t available);

/** What kwh_modbus_request_length() says of a function without a fixed rule. */
#define KWH_MODBUS_LENGTH_UNKNOWN 0xFFFFu

/**
 * Length of the request PDU that begins at @p pdu, as far as the standard fixes it, for telling
 * frames of others apart: 0 = more bytes are needed to tell, or KWH_MODBUS_LENGTH_UNKNOWN. Pure.
 */
KWH_API uint16_t kwh_modbus_request_length(const uint8_t *pdu, size_t available);
/** The same of an answer PDU; exceptions are among them. */
KWH_API uint16_t kwh_modbus_answer_length(const uint8_t *pdu, size_t available);

/** One object of an answer to 43/14. */
struct kwh_device_id_object {
    uint8_t id;
    uint8_t length;
    uint16_t at; /**< offset of its text in the PDU */
};

/**
 * The object at index @p n of an answer PDU to 43/14; false behind the last or when it is cut
 * short.
 */
KWH_API bool kwh_modbus_device_id_object(const uint8_t *pdu, size_t length, unsigned n,
                                         struct kwh_device_id_object *object);

#ifdef __cplusplus
}
#endif

#endif
