/* SPDX-License-Identifier: MIT */
/* Lengths of PDUs as far as the standard fixes them, for telling frames of others apart. */
#ifndef KWHI_PDU_LENGTH_H
#define KWHI_PDU_LENGTH_H

#include <kwh/config.h>

/* "Cannot be told from these bytes": too few of them, or a function without a rule. */
#define KWHI_LENGTH_MORE    0u
#define KWHI_LENGTH_UNKNOWN 0xFFFFu

/* Length of the answer PDU that begins at `pdu`. */
uint16_t kwhi_answer_length(const uint8_t *pdu, size_t available);

/* Length of the request PDU that begins at `pdu`. */
uint16_t kwhi_request_length(const uint8_t *pdu, size_t available);

#endif
