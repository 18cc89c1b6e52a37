/* SPDX-License-Identifier: MIT */
/**
 * @file meter.h
 * Meters: reading by name, and finding out which meter answers. Both are dialogues: drive them with
 * kwh_dialogue_step(), or call the blocking functions on a line that has a backend.
 */
#ifndef KWH_METER_H
#define KWH_METER_H

#include <kwh/line.h>
#include <kwh/plan.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What the selectors of a map found out about one meter. */
struct kwh_selection {
    uint16_t asked;            /* private: how many selectors are settled */
    uint32_t kinds;            /**< kinds of which values are multiplied, KWH_KIND_BIT() */
    struct kwh_decimal factor; /**< by this; 0: not known, and such values are not available */
};

/** A meter: a map at an address of a line. Members are private but for those described. */
struct kwh_meter {
    struct kwh_dialogue dialogue; /**< drive it with kwh_dialogue_step(); retries may be set */
    struct kwh_line *line;
    KWH_CONST struct kwh_map *map;
    struct kwh_plan *plan;
    struct kwh_reading reading;       /**< the result, when the dialogue has one */
    struct kwh_statistics statistics; /**< of this address */
    struct kwh_failure failure;       /**< the first of the readout; error KWH_OK: none */
    struct kwh_plan_request request;
    uint16_t value;    /* private: the next entry of the plan */
    uint16_t answered; /* private: an entry that was answered, plus 1 */
    uint16_t profiles; /**< of its model; all by default, narrowed by selectors and kwh_identify */
    struct kwh_selection selection;
    uint8_t address;
    uint8_t state;      /* private */
    bool silent;        /* private: the last request went unanswered */
    enum kwh_error why; /* private */
};

/** Most quantities in one kwh_meter_read(). */
#define KWH_METER_READ_MAX 125

/**
 * A meter of @p map at @p address. Does not ask the meter whether it is one: kwh_identify_run()
 * does. Its exchanges take the map's times, but for a timeout that the line was given, and the
 * line's retries.
 * @retval KWH_ERROR_UNSUPPORTED when the map is of another protocol than the line's
 */
KWH_API KWH_CHECKED enum kwh_error kwh_meter_init(struct kwh_meter *meter, struct kwh_line *line,
                                                  KWH_CONST struct kwh_map *map, uint8_t address);

/**
 * Begins a readout of a plan made by kwh_plan_make(); not while one is under way: kwh_line_cancel()
 * ends it. The line must not be used for anything else between two results. Each RESULT of the
 * dialogue is in meter.reading, in the order of addresses. A value that could not be had comes with
 * its status; a request that the meter refuses (exception 02 or 03, or silence where a shorter
 * request is answered) or that does not fit the line's buffer is split, and the plan remembers.
 * After two requests in a row without any answer the rest is reported as no_answer without asking.
 * dialogue.error at the end: KWH_OK, or the first failure, and meter.failure what is known of it.
 * Meters of one map may share a plan.
 * The first readout of a meter begins with the selectors of its map, if nobody asked them before;
 * what the plan has and the meter turns out not to have is not_available. A meter that is refused
 * has nothing available, and the error is that of the selector.
 */
KWH_API void kwh_meter_begin(struct kwh_meter *meter, struct kwh_plan *plan);

/**
 * Blocking pull: the next reading of the readout begun.
 * @return false at the end; meter.dialogue.error then says how it went
 */
KWH_API bool kwh_meter_next(struct kwh_meter *meter, struct kwh_reading *reading);

/**
 * Blocking: asks the selectors of the map, if nobody did before, so that a plan can be made for
 * what the meter has; meter.profiles is narrowed. kwh_meter_read() and kwh_meter_read_one() do it
 * by themselves.
 * @return KWH_OK, or why the meter must not be read by this map (KWH_ERROR_DATA_TYPE...) or could
 * not be asked
 */
KWH_API KWH_CHECKED enum kwh_error kwh_meter_select(struct kwh_meter *meter);

/**
 * Blocking: one quantity. KWH_OK means that @p reading has a value.
 * @retval KWH_ERROR_NOT_IN_MAP; KWH_ERROR_NO_VALUE see reading.status; else the line's or meter's
 * error
 */
KWH_API KWH_CHECKED enum kwh_error kwh_meter_read_one(struct kwh_meter *meter, uint32_t quantity,
                                                      struct kwh_reading *reading);

/**
 * Blocking: @p count quantities, 1 to KWH_METER_READ_MAX, into @p readings in the same order, @p
 * entries of the same number as memory for the plan. Every reading is filled, also on failure.
 * @return KWH_OK when all have values, else the first failure
 */
KWH_API KWH_CHECKED enum kwh_error kwh_meter_read(struct kwh_meter *meter,
                                                  const uint32_t *quantities, size_t count,
                                                  struct kwh_reading *readings,
                                                  struct kwh_plan_entry *entries);

/* ------------------------------------------------------------------------------------------------
 * Which meter is it?
 */

/** The question which of some maps fits the meter at an address. */
struct kwh_identify {
    struct kwh_dialogue dialogue;
    KWH_CONST struct kwh_map *const *candidates;
    size_t candidate_count;
    struct kwh_line *line;
    struct kwh_statistics statistics;
    size_t at, candidate; /* private */
    uint16_t model;       /* private */
    uint16_t looked;      /* private: where a look-alike was searched */
    uint8_t address;
    uint8_t state;                    /* private */
    enum kwh_error why;               /* private */
    enum kwh_error refusal;           /* private: why a known meter is not read */
    struct kwh_selection selection;   /**< result: what the selectors of the map said */
    uint16_t profiles;                /**< result: the blocks that the meter has */
    KWH_CONST struct kwh_map *map;    /**< result: the map, NULL when none fits */
    KWH_CONST struct kwh_model *fits; /**< result: the model, NULL when none fits */
    KWH_CONST char *other; /**< result: the name of a known meter of another family, or NULL */
    uint32_t code;         /**< result: what the identification registers hold */
    bool coded;            /**< result: they were read */
    bool answered;         /**< result: the address answered at all */
};

/**
 * Prepares to ask the meter at @p address which of the @p candidates it is; ends without results.
 * To read it then: kwh_identify_meter().
 * dialogue.error at the end: KWH_OK: map and fits are set; KWH_ERROR_OTHER_FAMILY: a known meter,
 * but of none of these maps, see other; KWH_ERROR_OTHER_ENCODING: the same, and it has other
 * values at the same addresses; KWH_ERROR_DATA_TYPE: it is set so that its values cannot be told,
 * see other; KWH_ERROR_UNKNOWN_METER: a code nobody knows, see code;
 * KWH_ERROR_NOT_IDENTIFIED: it has none of the registers that would tell (exceptions 01 to 03);
 * other exceptions, KWH_ERROR_TIMEOUT and other errors of the line by their names.
 * @retval KWH_ERROR_UNSUPPORTED none of the candidates can be told over this bus
 */
KWH_API KWH_CHECKED enum kwh_error kwh_identify_init(struct kwh_identify *identify,
                                                     struct kwh_line *line, uint8_t address,
                                                     KWH_CONST struct kwh_map *const *candidates,
                                                     size_t count);

/** Blocking: runs it. */
KWH_API KWH_CHECKED enum kwh_error kwh_identify_run(struct kwh_identify *identify);

/**
 * The meter that was identified, as kwh_meter_init() makes it, with all that was found out about
 * it. KWH_ERROR_ARGUMENT when none was.
 */
KWH_API KWH_CHECKED enum kwh_error kwh_identify_meter(const struct kwh_identify *identify,
                                                      struct kwh_meter *meter);

#ifdef __cplusplus
}
#endif

#endif
