/* SPDX-License-Identifier: MIT */
/**
 * @file setting.h
 * Settings: one quantity of one meter is given a value, guarded, as a dialogue.
 *
 *     struct kwh_setting setting;
 *     error = kwh_setting_init(&setting, &line, &kwh_map_inepro_pro380_modbus, 1, &value, 0);
 *     if (error == KWH_OK)
 *         error = kwh_setting_run(&setting);      or drive setting.identify.dialogue
 *
 * Driven by hand it asks with KWH_ACTION_SETTINGS for the port to be set, as other dialogues do:
 * tell the line by kwh_line_set_speed(), on M-Bus kwh_mbus_set_speed().
 *
 * It identifies the meter, finds out what the setting would disturb, reads the old value, writes
 * once, follows the meter to its new address or line settings, and reads back. Nothing that changes
 * the meter is ever sent twice. An acknowledgment proves that the request arrived; only what is
 * read back proves that the meter took it.
 */
#ifndef KWH_SETTING_H
#define KWH_SETTING_H

#include <kwh/mbus_meter.h>
#include <kwh/meter.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What came of a setting. Frozen. */
enum kwh_outcome {
    KWH_OUTCOME_NOT_SENT = 0,      /**< the meter is as it was: the setting was not sent */
    KWH_OUTCOME_VERIFIED = 1,      /**< read back: the meter has the value */
    KWH_OUTCOME_REFUSED = 2,       /**< the meter said no */
    KWH_OUTCOME_IGNORED = 3,       /**< read back: the meter has another value */
    KWH_OUTCOME_UNKNOWN = 4,       /**< sent, and the meter could not be asked what it made of it */
    KWH_OUTCOME_NOT_VERIFIABLE = 5 /**< acknowledged; the meter shows it nowhere */
};

/** Where a meter is reached. */
struct kwh_place {
    struct kwh_line_settings line; /**< baud 0: not known */
    uint8_t address;
};

/** How the two protocols differ. Private. */
struct kwh_setter;

/** A setting; it must not move while it is used. Members are private but for those described. */
struct kwh_setting {
    struct kwh_identify identify; /**< which meter it is; drive its dialogue */

    /* To be filled by the caller before the first step, where they are needed. */
    struct kwh_place from; /**< from.line: the settings of the line, so that a change of them can
                                be followed; baud 0, as it is at first: the line cannot be set */
    uint32_t password;     /**< of meters that have a lock, four digits as a number */
    bool has_password;     /**< without it a locked meter is KWH_ERROR_LOCKED */
    bool no_follow;        /**< what moves the link is sent and the meter not looked for: the
                                outcome is unknown until the caller has moved as well */
    bool restart;          /**< start the meter anew at the end, if it can be told to */

    /* Results. */
    uint8_t outcome;            /**< enum kwh_outcome */
    bool is_saved;              /**< it is kept, as far as its map knows how */
    bool needs_restart;         /**< it takes effect at the next start of the meter */
    struct kwh_reading before;  /**< the old value; its status says why there is none */
    struct kwh_reading after;   /**< what was read back */
    struct kwh_place to;        /**< where the meter is reached after the change */
    struct kwh_place at;        /**< where it was found at the end, and the line is now */
    struct kwh_failure failure; /**< the exchange behind dialogue.error; error KWH_OK: none */

    KWH_CONST struct kwh_setter *setter;
    KWH_CONST struct kwh_map *map;
    KWH_CONST struct kwh_item *item;
    struct kwh_reading value;
    struct kwh_decimal expected;
    struct kwh_row_write write;
    uint8_t bytes[4]; /* of what is written besides */
    unsigned allowed, risk;
    enum kwh_error why;
    enum kwh_wish (*identify_next)(struct kwh_dialogue *);
    void (*identify_outcome)(struct kwh_dialogue *, const struct kwh_line *);
    uint8_t stage, place, seen;
    bool moves_link, moves_line, needs_probe, is_acknowledged, looks_new;
};

/**
 * Prepares to set value->quantity of the meter of @p map at @p address to @p value. @p allowed are
 * the enum kwh_risk bits that this write may have: what would lock the meter, reset a counter or
 * move the link is refused without them. Sends nothing.
 *
 * dialogue.error at the end: KWH_OK: outcome is verified or not_verifiable. Nothing was sent:
 * KWH_ERROR_CANNOT_FOLLOW the link would be moved, and the line cannot be (a stream; or from.line
 * is not known); KWH_ERROR_ADDRESS_TAKEN; KWH_ERROR_LOCKED; KWH_ERROR_NOT_IN_MAP this model has no
 * such setting; KWH_ERROR_UNSUPPORTED it cannot be told to start anew; or why the meter could not
 * be identified, as of kwh_identify_init(). Refused: the meter's exception. Ignored:
 * KWH_ERROR_NOT_TAKEN. Unknown: why the meter could not be read; from and to are where it was
 * looked for.
 * @retval KWH_ERROR_NOT_IN_MAP it cannot be written; KWH_ERROR_ARGUMENT not a value it may have
 * @retval KWH_ERROR_RISK the value has a risk that is not allowed
 * @retval KWH_ERROR_NOT_IDENTIFIED it has a risk, and meters of this map cannot be identified
 * @retval KWH_ERROR_UNSUPPORTED the map is of another protocol than the line's
 */
KWH_API KWH_CHECKED enum kwh_error
kwh_setting_init(struct kwh_setting *setting, struct kwh_line *line, KWH_CONST struct kwh_map *map,
                 uint8_t address, const struct kwh_reading *value, unsigned allowed);

/** A setting over M-Bus. Members are private but for that described. */
struct kwh_mbus_setting {
    struct kwh_setting setting; /**< used as any other */
    struct kwh_mbus_sequence sequence;
    struct kwh_mbus_secondary own; /* who was identified, at last as it is called now */
    struct kwh_record_write write;
    struct kwh_mbus_secondary pattern; /* by which it is selected */
    uint8_t selection[KWH_MBUS_SECONDARY_BYTES];
    bool by_secondary, has_begun;
    uint8_t primary; /* the address that the meter answered with */
};

/**
 * The same for a meter on M-Bus at a primary address, KWH_MBUS_ANY included: what is not read in
 * its usual telegram cannot be verified. Over KWH_MBUS_ANY it is written at the address that it
 * answers with. Errors as kwh_setting_init().
 */
KWH_API KWH_CHECKED enum kwh_error
kwh_mbus_setting_init(struct kwh_mbus_setting *setting, struct kwh_line *line,
                      KWH_CONST struct kwh_map *map, uint8_t address,
                      const struct kwh_reading *value, unsigned allowed);

/** The same by secondary address. */
KWH_API KWH_CHECKED enum kwh_error
kwh_mbus_setting_select(struct kwh_mbus_setting *setting, struct kwh_line *line,
                        KWH_CONST struct kwh_map *map, const struct kwh_mbus_secondary *secondary,
                        const struct kwh_reading *value, unsigned allowed);

/**
 * Blocking: runs it to its end and returns dialogue.error. A line whose backend cannot be set is
 * taken for one that cannot follow.
 */
KWH_API KWH_CHECKED enum kwh_error kwh_setting_run(struct kwh_setting *setting);

/**
 * The frames that a setting would write, for showing them; sends nothing. @p index counts from 0:
 * what unlocks the meter (with a password, and if it has a lock), the setting, what saves it, what
 * starts the meter anew. @p length is 0 behind the last. Transaction ids are 0.
 * @retval KWH_ERROR_CAPACITY @p frame is too small
 */
KWH_API KWH_CHECKED enum kwh_error kwh_setting_frame(const struct kwh_setting *setting,
                                                     unsigned index, uint8_t *frame,
                                                     size_t capacity, size_t *length);

/**
 * Fills @p exchange with a write to all meters of a serial line at once, which none answers:
 * kwh_line_run() sends it. Read back from each meter what it made of it. Only what the map lets be
 * written so.
 * @retval KWH_ERROR_UNSUPPORTED the map does not; else as kwh_setting_init()
 */
KWH_API KWH_CHECKED enum kwh_error kwh_setting_broadcast(struct kwh_exchange *exchange,
                                                         KWH_CONST struct kwh_map *map,
                                                         const struct kwh_reading *value,
                                                         unsigned allowed);

/** The name of an outcome as in JSON output, `not_verifiable`. Never NULL. */
KWH_API KWH_CONST char *kwh_outcome_name(enum kwh_outcome outcome);

#ifdef __cplusplus
}
#endif

#endif
