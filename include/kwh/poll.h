/* SPDX-License-Identifier: MIT */
/**
 * @file poll.h
 * A poll list: many meters on many lines, read again and again by one thread. Link with
 * libkwh-host.
 *
 *     struct kwh_poll *poll;
 *     struct kwh_poll_meter meter = {.map = &kwh_map_inepro_pro380_modbus, .period_ms = 10000};
 *     struct kwh_poll_event event;
 *     if (kwh_poll_new(&poll, NULL) == KWH_OK &&
 *         kwh_target_parse("rtu:/dev/ttyUSB0@1", &meter.target, NULL) == KWH_OK &&
 *         kwh_poll_add(poll, &meter, NULL) == KWH_OK)
 *         while (kwh_poll_next(poll, 1000, &event) == KWH_OK)
 *             if (event.kind == KWH_POLL_READING)
 *                 use(event.meter, &event.reading);
 *     kwh_poll_free(poll);
 *
 * Meters of one port or connection share it, whatever their maps. A serial port is set to the line
 * settings of each before it is asked; meters of M-Bus and of Modbus need lines of their own. A
 * meter that does not answer is asked one short question from then on, on M-Bus two that are
 * shorter, in pauses that double from its period, or two seconds, to the limit. Lost connections
 * and ports that were pulled out come back by themselves.
 *
 * Nothing waits but kwh_poll_next(), and the look-up of a host's name when its connection is made:
 * give numbers where that may take long. A list belongs to one thread at a time.
 */
#ifndef KWH_POLL_H
#define KWH_POLL_H

#include <kwh/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A list. */
struct kwh_poll;

/** Limits of a list. 0 means the default. */
struct kwh_poll_limits {
    uint32_t pause_ms; /**< longest pause of a meter or line that does not answer; 60000 */
};

/** A meter to be read. */
struct kwh_poll_meter {
    /**
     * Where it is. Line settings that are not given are the first of the map, or as with
     * kwh_host_open(). The other keys of a line, such as timeout_ms=, are those of the first meter
     * that is added on it.
     */
    struct kwh_target target;
    const struct kwh_map *map; /**< stays the caller's; on M-Bus NULL: as far as EN 13757-3 goes */
    uint16_t profiles; /**< blocks of the map that it has, as of its struct kwh_model; 0: all, what
                          it lacks is refused by the meter once */
    const uint32_t *quantities; /**< are copied; NULL: all that a readout without names has */
    size_t count;
    uint32_t
        period_ms; /**< from the beginning of a readout to that of the next; 0: without pause */
};

/** What happened. */
enum kwh_poll_kind {
    KWH_POLL_NOTHING, /**< the time is over */
    KWH_POLL_READING, /**< a reading came; one that could not be had comes with its status */
    KWH_POLL_READOUT, /**< a readout is over, or could not begin; error says how */
    KWH_POLL_SETTINGS /**< told once a line: its meters have different line settings. Each hears
                         what is for the others as noise: better set them alike. */
};

/** An event. */
struct kwh_poll_event {
    enum kwh_poll_kind kind;
    size_t meter;               /**< in the order in which they were added, from 0 */
    struct kwh_reading reading; /**< READING */
    enum kwh_error error;       /**< READOUT: KWH_OK, or the first failure */
    struct kwh_failure failure; /**< READOUT: what is known of it, for kwh_failure_print() */
    uint32_t duration_ms;       /**< READOUT: since its beginning */
    uint32_t again_ms;          /**< READOUT: the meter is due again after so long */
};

/** An empty list. KWH_ERROR_CAPACITY: no memory. */
KWH_API KWH_CHECKED enum kwh_error kwh_poll_new(struct kwh_poll **poll,
                                                const struct kwh_poll_limits *limits);

/**
 * Adds a meter, due at once; also between events. @p index, when not NULL: its number. Opens
 * nothing yet.
 * @retval KWH_ERROR_UNSUPPORTED the map is of another protocol than the link; Modbus without a map
 * @retval KWH_ERROR_NOT_IN_MAP a quantity; KWH_ERROR_UNKNOWN_NAME sim: no such map
 * @retval KWH_ERROR_CAPACITY no memory
 */
KWH_API KWH_CHECKED enum kwh_error kwh_poll_add(struct kwh_poll *poll,
                                                const struct kwh_poll_meter *meter, size_t *index);

/**
 * Carries on until something happens, at most for @p timeout_ms; 0 looks without waiting.
 * @retval KWH_ERROR_INTERRUPTED a signal came; the list can go on
 * @retval KWH_ERROR_IO the system cannot wait
 */
KWH_API KWH_CHECKED enum kwh_error kwh_poll_next(struct kwh_poll *poll, uint32_t timeout_ms,
                                                 struct kwh_poll_event *event);

/** What a meter's requests came to. */
KWH_API const struct kwh_statistics *kwh_poll_statistics(const struct kwh_poll *poll, size_t meter);

/** Closes all lines, at any time, and frees the list; NULL is allowed. */
KWH_API void kwh_poll_free(struct kwh_poll *poll);

#ifdef __cplusplus
}
#endif

#endif
