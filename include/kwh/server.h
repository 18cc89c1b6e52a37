/* SPDX-License-Identifier: MIT */
/**
 * @file server.h
 * Be a meter: a map and a callback that supplies values are a Modbus slave; several make a line or
 * a gateway. One server belongs to one responder and thread; slaves may be shared by servers of one
 * thread.
 */
#ifndef KWH_SERVER_H
#define KWH_SERVER_H

#include <kwh/map.h>
#include <kwh/modbus.h>
#include <kwh/responder.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A meter that we are. Filled by the caller. */
struct kwh_slave {
    KWH_CONST struct kwh_map *map;
    uint16_t profiles; /**< profiles of the map that it has */
    uint8_t address;   /**< unit, 1 to 247; on TCP any. A write may change it: from the next request
                            on it counts, the answer still comes from the old one. */
    /**
     * Line settings at which it listens; what is 0 of them is as the line has it. Slaves of one
     * address but different settings are as two meters on one pair of wires. A write may change
     * them as well: see kwh_server_next().
     */
    struct kwh_line_settings line;
    /**
     * Supplies the value of a row in its base unit: kwh_reading_init(reading, row->quantity,
     * KWH_STATUS_OK), then the member of its form. KWH_ERROR_ILLEGAL_DATA_ADDRESS becomes exception
     * 02: this meter has no such register; another error, or a status without a value, exception
     * 04. On M-Bus the record is left out.
     */
    enum kwh_error (*value)(void *context, KWH_CONST struct kwh_row *row,
                            struct kwh_reading *reading);
    /**
     * Takes a written value, proven to be allowed by the map; NULL: nothing can be written.
     *  KWH_ERROR_ARGUMENT becomes exception 03, other errors exception 04.
     */
    enum kwh_error (*write)(void *context, KWH_CONST struct kwh_row *row,
                            const struct kwh_reading *reading);
    void *context;
    uint8_t request_limit; /**< registers in a read; 0 = 125 */
};

/**
 * Answers one request PDU as the slave would: functions 03, 04, 06, 08 (sub-function 0), 10, 11 and
 * 2B/0E; exception 01 for others, 02 for registers the map does not have, 03 for bad counts.
 * @param answer at least KWH_MODBUS_PDU_MAX bytes
 * @return length of the answer, at least 2
 */
KWH_API size_t kwh_slave_answer(const struct kwh_slave *slave, const uint8_t *request,
                                size_t length, uint8_t *answer);

/** A responder and the slaves behind it. */
struct kwh_server {
    struct kwh_responder responder;
    const struct kwh_slave *slaves;
    size_t count;
    struct kwh_line_settings heard; /**< those with which requests come, set by the caller where he
                                         knows them: a slave with others is deaf; 0: not known */
    struct kwh_line_settings moved; /* those that a write has chosen */
    bool has_moved;
};

/** Makes a server; errors as kwh_responder_init(). @p slaves stay the caller's. */
KWH_API KWH_CHECKED enum kwh_error kwh_server_init(struct kwh_server *server,
                                                   KWH_CONST struct kwh_server_framing *framing,
                                                   uint8_t *buffer, size_t capacity,
                                                   const struct kwh_slave *slaves, size_t count);

/**
 * As kwh_responder_next(), but answers the requests itself: SEND, RECEIVE or CLOSE; and SETTINGS
 * once a write has changed the line settings of its slave and the answer has left: set the port to
 * step.settings, as far as they are not 0 (kwh_line_settings_complete()), then ask again. Serial:
 * broadcasts are done by all slaves and answered by none, requests to other units are not answered.
 * TCP: units 0 and 255 address the first slave unless a slave has that unit; other unknown units
 * get exception 0B.
 */
KWH_API void kwh_server_next(struct kwh_server *server, uint32_t now_us, struct kwh_step *step);

#ifdef __cplusplus
}
#endif

#endif
