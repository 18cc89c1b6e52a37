/* SPDX-License-Identifier: MIT */
/*
 * The functions of a slave, shared by the files that make one. Each takes a request PDU whose
 * function is its own and fills in the answer, KWH_MODBUS_PDU_MAX bytes of room, and its size; an
 * error means that the exception of that name is the answer.
 */
#ifndef KWHI_SLAVE_H
#define KWHI_SLAVE_H

#include <kwh/server.h>

/* Longest value of a row in bytes: 16 registers. */
#define KWHI_ROW_BYTES 32

/* 06 */
enum kwh_error kwhi_slave_write_single(const struct kwh_slave *slave, const uint8_t *request,
                                       size_t length, uint8_t *answer, size_t *size);
/* 10 */
enum kwh_error kwhi_slave_write_multiple(const struct kwh_slave *slave, const uint8_t *request,
                                         size_t length, uint8_t *answer, size_t *size);
/* 11 */
enum kwh_error kwhi_slave_server_id(const struct kwh_slave *slave, const uint8_t *request,
                                    size_t length, uint8_t *answer, size_t *size);
/* 2B/0E */
enum kwh_error kwhi_slave_device_id(const struct kwh_slave *slave, const uint8_t *request,
                                    size_t length, uint8_t *answer, size_t *size);

/* The big-endian word at these bytes. */
static inline unsigned kwhi_slave_word(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

#endif
