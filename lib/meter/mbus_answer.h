/* SPDX-License-Identifier: MIT */
/* An M-Bus slave: one request in, one answer or none out. */
#ifndef KWHI_MBUS_ANSWER_H
#define KWHI_MBUS_ANSWER_H

#include <kwh/mbus_server.h>

/* Longest PDU of an answer: C, address, CI and data. */
#define KWHI_MBUS_PDU_MAX (3u + KWH_MBUS_DATA_MAX)

/* In place of a frame count bit: none has come yet. */
#define KWHI_FCB_NONE 0xFF

/*
 * Answers the request, `length` bytes of C, address and what follows, two at least. Returns the
 * length of the answer's PDU: 0, the slave stays silent; 1, E5 or A2.
 */
size_t kwhi_mbus_answer(struct kwh_mbus_slave *slave, const uint8_t *request, size_t length,
                        uint8_t answer[KWHI_MBUS_PDU_MAX]);

/* Builds the telegram whose first record is that of row `slave->row`, and sets where the next one
 * begins. Returns the length of the PDU. */
size_t kwhi_mbus_telegram(struct kwh_mbus_slave *slave, uint8_t answer[KWHI_MBUS_PDU_MAX]);

/* Does what the records of a CI 51 say, as far as the map allows it. */
void kwhi_mbus_apply(struct kwh_mbus_slave *slave, const uint8_t *data, size_t size);

/* Takes the speed of a CI B8 to BF, if the map has it. */
void kwhi_mbus_apply_baud(struct kwh_mbus_slave *slave, uint32_t baud);

#endif
