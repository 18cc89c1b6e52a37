/* SPDX-License-Identifier: MIT */
/**
 * @file modbus_search.h
 * Which addresses answer on a Modbus line? One short request each (function 03, two registers from
 * 0x4000); whatever valid comes back is a find, refusals too, and an answer that comes late is one
 * of the address that it carries.
 *
 * A search is a dialogue: drive it with kwh_dialogue_step(), kwh_dialogue_poll() or
 * kwh_modbus_search_next(). Each RESULT is something found, each address once. It goes through the
 * addresses quickly, at 9600 Bd 8E1 through all 247 in 27 s; kwh_modbus_search_again() goes through
 * those that stayed silent, for meters that need longer. Meters of other line settings do not
 * answer: search at each in use, with a search for each.
 *
 * It changes no meter. Between two results the line may be used for something else.
 */
#ifndef KWH_MODBUS_SEARCH_H
#define KWH_MODBUS_SEARCH_H

#include <kwh/modbus.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The highest address of a search. */
#define KWH_MODBUS_SEARCH_MAX 247

/** How long a search waits for an answer to begin: on a serial line, quickly. */
#define KWH_MODBUS_SEARCH_QUICK_US UINT32_C(100000)
/** The same through a network. */
#define KWH_MODBUS_SEARCH_STREAM_US UINT32_C(300000)

/** A result. */
struct kwh_modbus_found {
    uint8_t address;
    /**
     * KWH_OK, or the exception that it answered with. Not answered: something answers there, again
     * and again, but no valid frame, as two meters of one address do.
     */
    enum kwh_error error;
    uint32_t latency_us; /**< of its answer; 0 where that came late */
    bool answered;       /**< with a valid frame */
};

/** A search. Members are private but for those described. */
struct kwh_modbus_search {
    struct kwh_dialogue dialogue;
    struct kwh_line *line;
    struct kwh_statistics statistics; /**< of all its requests */
    struct kwh_modbus_found found;    /**< with KWH_ACTION_RESULT: what was found */
    uint32_t answer_us; /**< longest wait for an answer to begin; may be set by the caller between
                             two passes */
    uint16_t done;      /**< how many addresses of this pass are settled */
    uint16_t total;     /**< of how many. Time left: (total - done) times that of one, at most */
    uint16_t silent;    /**< how many have not answered by now */
    uint8_t address;    /**< what is asked now */
    uint8_t first, last, state, repeats, disturbed;
    bool again;          /**< this is a pass over silent addresses */
    enum kwh_error end;  /* private */
    uint8_t settled[32]; /* a bit an address: found, or a gateway says that nobody is there */
};

/**
 * Prepares a search from @p first to @p last.
 * @retval KWH_ERROR_ARGUMENT first is 0 or above last, or last above KWH_MODBUS_SEARCH_MAX
 * @retval KWH_ERROR_UNSUPPORTED the line is not of Modbus
 */
KWH_API KWH_CHECKED enum kwh_error kwh_modbus_search_init(struct kwh_modbus_search *search,
                                                          struct kwh_line *line, uint8_t first,
                                                          uint8_t last);

/**
 * Prepares another pass, over the addresses that have not answered, once the one before is over;
 * @p answer_us: how long to wait now, 0: as long as the line waits for answers. What answers
 * without a valid frame is told by this pass, not by the first, where late answers may disturb.
 */
KWH_API void kwh_modbus_search_again(struct kwh_modbus_search *search, uint32_t answer_us);

/**
 * The next thing found, on the line's backend. False: the pass is over, dialogue.error says how,
 * KWH_ERROR_NO_FRAME: the line is disturbed at one address after another; @p found is then
 * untouched.
 */
KWH_API bool kwh_modbus_search_next(struct kwh_modbus_search *search,
                                    struct kwh_modbus_found *found);

/**
 * Ends the search: KWH_ERROR_INTERRUPTED when it is driven next. What was found stays told. While a
 * request is under way kwh_line_cancel() does the same.
 */
KWH_API void kwh_modbus_search_stop(struct kwh_modbus_search *search, uint32_t now_us);

#ifdef __cplusplus
}
#endif

#endif
