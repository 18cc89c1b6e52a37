/* SPDX-License-Identifier: MIT */
/**
 * @file mbus_meter.h
 * Meters on M-Bus: made by one of these functions, then used as any other meter, with
 * kwh_meter_begin(), kwh_meter_next(), kwh_meter_read_one() and kwh_meter_read() on its meter
 * member.
 *
 * Values come in the order of the telegrams. What a telegram lacks is told at the end as
 * not_available.
 */
#ifndef KWH_MBUS_METER_H
#define KWH_MBUS_METER_H

#include <kwh/map_record.h>
#include <kwh/mbus_readout.h>
#include <kwh/meter.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most telegrams that one plan can need. */
#define KWH_MBUS_PLAN_TELEGRAMS 4

/** A meter. Members are private but for those described. */
struct kwh_mbus_meter {
    struct kwh_meter meter; /**< drive its dialogue; its address is the primary one or 253 */
    struct kwh_mbus_sequence sequence; /**< header and bytes of the telegram at hand */
    struct kwh_mbus_records records;
    struct kwh_mbus_record record; /**< result: the record behind meter.reading; of a value from
                                        the header, or one that did not come, its header is empty */
    uint8_t telegrams[KWH_MBUS_PLAN_TELEGRAMS];
    uint16_t entry; /* of the plan, when they are walked */
    bool encrypted; /* a telegram was */
};

/**
 * A meter of @p map at a primary address, 0 to 250 or KWH_MBUS_ANY. Without a map (NULL) it is read
 * by kwh_meter_begin() with a plan of NULL, and each record becomes a reading as far as EN 13757-3
 * determines it: quantity 0 where it does not.
 * @retval KWH_ERROR_UNSUPPORTED the map or the line is not of M-Bus
 */
KWH_API KWH_CHECKED enum kwh_error kwh_mbus_meter_init(struct kwh_mbus_meter *meter,
                                                       struct kwh_line *line,
                                                       KWH_CONST struct kwh_map *map,
                                                       uint8_t address);

/** The same by secondary address. */
KWH_API KWH_CHECKED enum kwh_error
kwh_mbus_meter_select(struct kwh_mbus_meter *meter, struct kwh_line *line,
                      KWH_CONST struct kwh_map *map, const struct kwh_mbus_secondary *secondary);

/**
 * How many records of a meter's usual telegram a map knows, the bytes behind CI at @p data, and how
 * many it does not; 0 and 0 when manufacturer or medium is another. Several maps of a maker may
 * fit: what they know alike they mean alike.
 */
KWH_API size_t kwh_mbus_fit(KWH_CONST struct kwh_map *map, const struct kwh_mbus_telegram *telegram,
                            const uint8_t *data, size_t size, size_t *unknown);

#ifdef __cplusplus
}
#endif

#endif
