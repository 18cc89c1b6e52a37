/* SPDX-License-Identifier: MIT */
/**
 * @file mbus_server.h
 * Be an M-Bus meter: the slave side of EN 13757-2, over a map and a callback that supplies values;
 * several share a line. One server belongs to one responder and thread.
 */
#ifndef KWH_MBUS_SERVER_H
#define KWH_MBUS_SERVER_H

#include <kwh/map_record.h>
#include <kwh/mbus.h>
#include <kwh/server.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A meter that we are. Members are private but for those described. */
struct kwh_mbus_slave {
    const struct kwh_slave *slave;       /**< its map, values and what takes settings */
    struct kwh_mbus_secondary secondary; /**< may be changed by a master */
    uint8_t address;  /**< primary address, 0 to 250; may be changed by a master */
    uint8_t status;   /**< of the header; set by the caller */
    uint8_t access;   /**< number of the next telegram; it counts by itself */
    uint8_t telegram; /* CI field that asked for another one, 0 = the usual */
    uint8_t fcb[4];   /* the frame count bits that came last, see enum fcb_memory */
    bool selected;
    uint16_t row, next_row; /* where the telegram that was sent last begins, and the one after it */
    uint32_t baud;          /* that a master has set, until the line has it */
};

/**
 * A slave at the address of @p slave, which stays the caller's. Its secondary address is the serial
 * number that @p slave supplies, the manufacturer, version and medium those of the map.
 * @retval KWH_ERROR_UNSUPPORTED the map is not of M-Bus
 */
KWH_API KWH_CHECKED enum kwh_error kwh_mbus_slave_init(struct kwh_mbus_slave *mbus,
                                                       const struct kwh_slave *slave);

/** A responder and the slaves behind it. */
struct kwh_mbus_server {
    struct kwh_responder responder;
    struct kwh_mbus_slave *slaves;
    size_t count;
    struct kwh_line_settings settings; /**< with KWH_ACTION_SETTINGS: the new ones of the line */
};

/**
 * Makes a server with kwh_mbus_serial_server or kwh_mbus_over_tcp_server; errors as
 * kwh_responder_init().
 * @p slaves stay the caller's, @p settings are those of the line.
 */
KWH_API KWH_CHECKED enum kwh_error
kwh_mbus_server_init(struct kwh_mbus_server *server, KWH_CONST struct kwh_server_framing *framing,
                     uint8_t *buffer, size_t capacity, const struct kwh_line_settings *settings,
                     struct kwh_mbus_slave *slaves, size_t count);

/**
 * As kwh_responder_next(), but answers the requests itself: SEND, RECEIVE, CLOSE, and SETTINGS when
 * a master has changed the speed: set the port to step.settings, then ask again. What several
 * slaves send at once (to 254, or selected together) overlaps bit by bit, 0 over 1, as on the wire.
 */
KWH_API void kwh_mbus_server_next(struct kwh_mbus_server *server, uint32_t now_us,
                                  struct kwh_step *step);

#ifdef __cplusplus
}
#endif

#endif
