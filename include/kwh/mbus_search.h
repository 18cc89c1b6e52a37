/* SPDX-License-Identifier: MIT */
/**
 * @file mbus_search.h
 * Which meters are on an M-Bus? By primary address, one after another; or by secondary address,
 * digit by digit, wherever several answer at once (EN 13757-2).
 *
 * A search is a dialogue: drive it with kwh_dialogue_step(), kwh_dialogue_poll() or
 * kwh_mbus_search_next(). Each RESULT is something found. Times are those of the line, so
 * kwh_mbus_set_speed() comes first; a buffer of KWH_MBUS_READ_BUFFER will do. Meters of another
 * speed do not answer: search at each speed in use.
 *
 * A search changes no meter, but afterwards none is selected and frame count bits begin anew. What
 * it cannot see: a meter whose every answer overlaps with that of another one bit by bit so that
 * the other's is what comes; or that misses its selection while another answers.
 */
#ifndef KWH_MBUS_SEARCH_H
#define KWH_MBUS_SEARCH_H

#include <kwh/mbus.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What was found. */
enum kwh_mbus_find {
    KWH_MBUS_FOUND_METER,  /**< One meter, which has sent a telegram. */
    KWH_MBUS_FOUND_MUTE,   /**< One that acknowledges, but sends no telegram: error tells TIMEOUT
                                (nothing comes) from NO_DATA (it says that there is none). */
    KWH_MBUS_FOUND_SEVERAL /**< Several that cannot be told apart, or one that is disturbed: error
                                says what is wrong with what comes. */
};

/** A result. */
struct kwh_mbus_found {
    /**
     * Of a meter: as its telegram says; F and FF stand for what it does not say (error is then not
     * KWH_OK, or it is an old meter of CI 73, which tells its identification alone). Else, and of a
     * telegram without any address: the pattern that was answered.
     */
    struct kwh_mbus_secondary secondary;
    uint8_t kind;         /**< enum kwh_mbus_find */
    uint8_t address;      /**< primary address as it answered, which by secondary address may be
                               KWH_MBUS_SELECTED or 0 for want of a better one */
    enum kwh_error error; /**< of a meter: KWH_OK, or why its telegram does not tell its address */
};

/** Parts of a secondary address that a search varies: eight digits, four bytes. Private. */
#define KWH_MBUS_SEARCH_LEVELS 12

/** A search. Members are private but for those described. */
struct kwh_mbus_search {
    struct kwh_dialogue dialogue;
    struct kwh_line *line;
    struct kwh_statistics statistics;  /**< of all its requests */
    struct kwh_mbus_found found;       /**< with KWH_ACTION_RESULT: what was found */
    struct kwh_mbus_secondary pattern; /**< what is tried now, by secondary address */
    uint32_t done;                     /**< how many addresses or patterns are settled */
    uint32_t total;  /**< of how many that are known by now: each collision adds to them. Time left:
                          (total - done) times that of one, at least */
    uint8_t retries; /**< attempts after the first where nothing answers; 0, so that an empty
                        address costs one; set by the caller */
    uint8_t address; /**< what is tried now, by primary address */
    uint8_t last;    /* primary address */
    uint8_t state, stage, heard;
    uint8_t rounds;      /* of listening */
    uint8_t repeats;     /* of the question */
    uint8_t attempt;     /* 0 = the first, of those that nothing answers */
    uint8_t level;       /* the part that is varied now, 0 = none */
    uint16_t open, told; /* bit n: part n is varied; something was told since it was begun */
    uint8_t collisions[KWH_MBUS_SEARCH_LEVELS];
    bool by_secondary, letters;
    bool crowded;      /* more came than an answer */
    bool acknowledged; /* the selection, clearly */
    bool again;        /* nothing was found in what this pattern was split into */
    bool disturbed;    /* and then nobody was there: it was no collision */
    enum kwh_error error, end;
    uint32_t seen, rest_us;
    uint8_t selection[KWH_MBUS_SECONDARY_BYTES];
};

/**
 * Prepares a search by primary address, @p first to @p last: each gets SND_NKE, and where anything
 * comes, REQ_UD2. Results come in the order of the addresses.
 * @retval KWH_ERROR_ARGUMENT first above last, or last above KWH_MBUS_PRIMARY_MAX
 */
KWH_API KWH_CHECKED enum kwh_error kwh_mbus_search_primary(struct kwh_mbus_search *search,
                                                           struct kwh_line *line, uint8_t first,
                                                           uint8_t last);

/**
 * Prepares a search by secondary address among the meters that fit @p pattern; NULL: all of them.
 * What is open in it is varied where several answer: the digits from the first on, then version,
 * medium and manufacturer. Digits are 0 to 9; with @p letters 0 to E (F cannot be asked for). Each
 * meter is a result once, in the order of the digits.
 *
 * An empty line costs 10 selections (15), each collision 10 (15) more; behind the last digit 255
 * more. A line that seems to collide without end is given up: dialogue.error KWH_ERROR_NO_FRAME.
 */
KWH_API void kwh_mbus_search_secondary(struct kwh_mbus_search *search, struct kwh_line *line,
                                       const struct kwh_mbus_secondary *pattern, bool letters);

/**
 * The next thing found, on the line's backend. False: the search is over, dialogue.error says how;
 * @p found is then untouched.
 */
KWH_API bool kwh_mbus_search_next(struct kwh_mbus_search *search, struct kwh_mbus_found *found);

/**
 * Ends the search: KWH_ERROR_INTERRUPTED when it is driven next, within the time that an answer may
 * take. What was found stays told. While a request is under way kwh_line_cancel() does the same.
 */
KWH_API void kwh_mbus_search_stop(struct kwh_mbus_search *search, uint32_t now_us);

#ifdef __cplusplus
}
#endif

#endif
