/* SPDX-License-Identifier: MIT */
/* The MBAP header (MODBUS Messaging on TCP/IP V1.0b, 3.1.3): transaction, protocol 0, length, unit.
 */
#ifndef KWHI_MBAP_H
#define KWHI_MBAP_H

#include <kwh/modbus.h>

#define KWHI_MBAP_SIZE      7u
#define KWHI_MBAP_FRAME_MAX (KWHI_MBAP_SIZE + KWH_MODBUS_PDU_MAX)

static inline void kwhi_mbap_store(uint8_t *frame, uint16_t id, uint8_t unit, size_t pdu_length)
{
    frame[0] = (uint8_t)(id >> 8);
    frame[1] = (uint8_t)(id & 0xFFu);
    frame[2] = 0;
    frame[3] = 0;
    frame[4] = (uint8_t)((pdu_length + 1) >> 8);
    frame[5] = (uint8_t)((pdu_length + 1) & 0xFFu);
    frame[6] = unit;
}

static inline uint16_t kwhi_mbap_id(const uint8_t *frame)
{
    return (uint16_t)((unsigned)frame[0] << 8 | frame[1]);
}

/* Whether a header can begin so: protocol 0, a PDU of 1 to 253 bytes. */
static inline bool kwhi_mbap_plausible(const uint8_t *bytes, size_t length)
{
    if (length > 2 && bytes[2] != 0)
        return false;
    if (length > 3 && bytes[3] != 0)
        return false;
    if (length > 4 && bytes[4] != 0)
        return false;
    return length <= 5 || (bytes[5] >= 2 && bytes[5] <= KWH_MODBUS_PDU_MAX + 1u);
}

/* Length of the PDU behind a plausible header. */
static inline size_t kwhi_mbap_pdu_length(const uint8_t *frame)
{
    return (size_t)frame[5] - 1;
}

#endif
