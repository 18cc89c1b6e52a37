/* SPDX-License-Identifier: MIT */
/**
 * @file line.h
 * A line and the exchanges on it: one request and its answer each, without I/O and without a clock.
 *
 * The caller asks what is next, does it, and says what happened:
 *
 *     struct kwh_step step;
 *     kwh_line_next(&line, now, &step);
 *     KWH_ACTION_SEND     hand step.bytes to the driver, then kwh_line_sent()
 *     KWH_ACTION_RECEIVE  put what arrives into step.room until step.until_us, then kwh_line_got()
 *     KWH_ACTION_DONE     step.exchange is over: look at its error and its answer
 *     KWH_ACTION_IDLE     nothing is under way
 *
 * The order of calls is free: bytes may be told at any time, an early or repeated kwh_line_next()
 * does no harm. Time is a 32-bit microsecond counter that may wrap; its tick may be coarse
 * (kwh_timing.tick_us). Ask again at least every 30 minutes while an exchange is under way.
 *
 * What the line promises: the right answer on the wire before the deadline is taken, whatever
 * stands around it; a wrong one never is; nothing is handed out before it is proven; no answer that
 * arrives within kwh_timing.latest_us of its request is taken for the answer to another.
 *
 * One line belongs to one thread at a time; different lines are independent. Never from an ISR.
 */
#ifndef KWH_LINE_H
#define KWH_LINE_H

#include <kwh/exchange.h>
#include <kwh/line_settings.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kwh_backend;
struct kwh_line;

/** What the caller does next. */
enum kwh_action {
    KWH_ACTION_IDLE,     /**< Nothing is under way. step.room takes stray bytes. */
    KWH_ACTION_SEND,     /**< Send step.count bytes at step.bytes; then say how many were taken. */
    KWH_ACTION_RECEIVE,  /**< Receive until step.until_us; ask again after bytes or then. Bytes that
                              wait in a driver must be told before the next question. */
    KWH_ACTION_DONE,     /**< step.exchange is over. Its answer stays until the next question. */
    KWH_ACTION_REQUEST,  /**< Responders: a request came, see struct kwh_responder. */
    KWH_ACTION_SETTINGS, /**< Dialogues: set the port to step.settings, then ask again. */
    KWH_ACTION_RESULT,   /**< Dialogues: a result lies ready in the dialogue. */
    KWH_ACTION_FINISHED, /**< Dialogues: over; the dialogue's error says how. */
    KWH_ACTION_CLOSE /**< Responders: the other side broke the protocol; close the connection. */
};

/** What is next, filled by kwh_line_next() and its relatives. Members not named are 0. */
struct kwh_step {
    enum kwh_action action;
    const uint8_t *bytes;                     /**< SEND: what to send */
    size_t count;                             /**< SEND: how many, at least 1 */
    uint8_t *room;                            /**< RECEIVE, IDLE: where to put what arrives */
    size_t capacity;                          /**< RECEIVE, IDLE: how much fits, at least 1 */
    uint32_t until_us;                        /**< RECEIVE: ask again by then */
    struct kwh_exchange *exchange;            /**< DONE */
    const struct kwh_line_settings *settings; /**< SETTINGS */
};

/**
 * Times of a line in microseconds. kwh_line_init() fills in the defaults; change them between
 * exchanges.
 */
struct kwh_timing {
    uint32_t answer_us;    /**< from the end of a request to the first byte of its answer; 1 s */
    uint32_t character_us; /**< between two bytes of one answer; 50 ms (USB and gateways pause) */
    uint32_t latest_us;    /**< an answer may still arrive this long after its request; 2 s */
    uint32_t frame_us; /**< what answers of more than one byte may take longer, where the other side
                            of a stream hands them over whole; 0 */
    uint32_t quiet_us; /**< least silence before a request, beyond what the framing demands; 0 */
    uint32_t turnaround_us; /**< after a broadcast; 100 ms */
    uint32_t tick_us;       /**< how coarse the caller's clock is; 1 */
};

/** What is known about requests coming back to their sender (RS-485 without receiver disable). */
enum kwh_echo {
    KWH_ECHO_LEARN = 0, /**< unknown yet: found out from exchanges whose answer differs */
    KWH_ECHO_OFF,       /**< learnt: none */
    KWH_ECHO_ON,        /**< learnt: every request comes back */
    KWH_ECHO_NEVER,     /**< set by the caller: none */
    KWH_ECHO_ALWAYS     /**< set by the caller: every request comes back */
};

/** What a trace hook is told. */
enum kwh_trace {
    KWH_TRACE_SENT,     /**< bytes handed to the driver */
    KWH_TRACE_RECEIVED, /**< bytes as they came */
    KWH_TRACE_FRAME,    /**< a frame that was taken as answer or request */
    KWH_TRACE_SKIPPED   /**< bytes that were given up */
};

/** Called with what passes on the line; must not call the line. Bytes are valid during the call. */
typedef void kwh_trace_function(void *context, enum kwh_trace what, const uint8_t *bytes,
                                size_t count, uint32_t now_us);

/** What is known about a failed exchange; kept by the line until the next one starts. */
struct kwh_failure {
    enum kwh_error error;  /**< KWH_OK: there was no failure. Tells the five cases apart: TIMEOUT
                                nothing came; NO_FRAME and BAD_CRC bytes, but no valid frame;
                                ONLY_ECHO; OTHER_ADDRESS; an exception. */
    uint8_t address;       /**< that was asked */
    uint8_t other_address; /**< that answered instead */
    uint8_t function;
    uint8_t attempt;       /**< 1 = the first */
    uint16_t span_address; /**< first register, where the function has registers */
    uint16_t span_count;   /**< how many; 0: the function has none */
    uint32_t bytes_seen;   /**< after the request */
    uint32_t elapsed_us;   /**< since the end of the request */
    int host_errno;        /**< hosts: errno of a failed port; else 0 */
};

/** An attempt that may still be answered. Private. */
struct kwh_debt {
    uint32_t until_us;
    uint8_t address, last, function, state;
};

/**
 * A line. Members are private but for those described. Small ones stand first, where the
 * instructions of small processors reach them.
 */
struct kwh_line {
    uint8_t echo;    /**< enum kwh_echo; may be set by the caller before the first exchange */
    uint8_t retries; /**< of dialogues with a meter; 2; set by the caller before they are made */
    uint8_t saw;     /* what came besides the answer, for the failure */
    uint8_t spoilt;  /* bytes of a burst that holds a damaged one, up to 255 */
    uint8_t other_address;
    bool timeout_given; /**< timing.answer_us holds whatever a map asks; set by the caller */
    bool started, quiet, drained, echo_swallowed;
    uint16_t capacity, sent_length, sent_done, received, consumed, lent, next_id;
    uint8_t *buffer;
    KWH_CONST struct kwh_framing *framing;
    struct kwh_exchange *exchanges;
    const struct kwh_exchange *answered; /* whose answer lies in the buffer */
    uint32_t character_ns;
    uint32_t last_us; /* last byte on the wire, either way */
    uint32_t bytes_seen;
    kwh_trace_function *trace; /**< or NULL; set by the caller */
    void *trace_context;
    struct kwh_timing timing;          /**< may be changed between exchanges */
    const struct kwh_backend *backend; /**< for blocking calls, or NULL; set by the caller */
    struct kwh_failure failure;
    struct kwh_debt debts[KWH_LINE_DEBTS];
};

/**
 * Buffer of a line for Modbus RTU that fits every exchange: request and answer lie in it together.
 */
#define KWH_MODBUS_RTU_BUFFER 512
/** Buffer of a line for Modbus TCP. */
#define KWH_MODBUS_TCP_BUFFER 520

/**
 * Makes a line of @p buffer, which it uses from then on. No call ends it: there is nothing to
 * release.
 * @param capacity at least 16; an exchange whose frames do not fit is refused when it starts
 * @retval KWH_ERROR_ARGUMENT capacity below 16 or above 65535
 */
KWH_API KWH_CHECKED enum kwh_error kwh_line_init(struct kwh_line *line,
                                                 KWH_CONST struct kwh_framing *framing,
                                                 uint8_t *buffer, size_t capacity);

/**
 * Tells how long a character takes on the wire: start, data, parity and stop bits at this speed.
 *  Not called, or on a stream: no time at all. The next request waits for silence anew: meters of
 *  this speed took what was on the line before for noise.
 */
KWH_API void kwh_line_set_speed(struct kwh_line *line, const struct kwh_line_settings *settings);

/**
 * Begins an exchange. The line keeps it until kwh_line_next() says DONE.
 * @retval KWH_ERROR_BUSY another one is under way and the framing has no ids
 * @retval KWH_ERROR_ARGUMENT address out of range; KWH_ERROR_BROADCAST_READ;
 * @retval KWH_ERROR_CAPACITY the buffer fits no request and answer together; nor, on a serial line
 * that may echo, the request twice
 */
KWH_API KWH_CHECKED enum kwh_error kwh_line_start(struct kwh_line *line,
                                                  struct kwh_exchange *exchange, uint32_t now_us);

/**
 * Begins the same exchange once more after it failed: the answer to either attempt is right, so it
 * need not wait for the first one's. Errors as kwh_line_start(); KWH_ERROR_ARGUMENT for one that
 * writes.
 */
KWH_API KWH_CHECKED enum kwh_error kwh_line_retry(struct kwh_line *line,
                                                  struct kwh_exchange *exchange, uint32_t now_us);

/** What is next? */
KWH_API void kwh_line_next(struct kwh_line *line, uint32_t now_us, struct kwh_step *step);

/** @p count bytes of the last SEND were taken by the driver. More than offered counts as all. */
KWH_API void kwh_line_sent(struct kwh_line *line, size_t count, uint32_t now_us);

/** @p count bytes were put into the room of the last step; 0 is nothing. More than fits is cut. */
KWH_API void kwh_line_got(struct kwh_line *line, size_t count, uint32_t now_us);

/**
 * As kwh_line_got(), and the last of the @p count bytes came with a parity or framing error: no
 * frame that holds it, or that began before it, can be the answer. What follows needs a new room:
 * kwh_line_next().
 */
KWH_API void kwh_line_got_damaged(struct kwh_line *line, size_t count, uint32_t now_us);

/** The port failed: every exchange under way ends with @p error, which is not KWH_OK. */
KWH_API void kwh_line_failed(struct kwh_line *line, enum kwh_error error, int host_errno,
                             uint32_t now_us);

/** Gives up all exchanges; each will be DONE with KWH_ERROR_INTERRUPTED. */
KWH_API void kwh_line_cancel(struct kwh_line *line, uint32_t now_us);

/**
 * The PDU of the answer to the exchange that was DONE last, valid until the next kwh_line_next();
 * an empty span for any other.
 */
KWH_API const uint8_t *kwh_line_answer(const struct kwh_line *line,
                                       const struct kwh_exchange *exchange, size_t *length);

/** What is known of the last exchange that failed. Never NULL. */
static inline const struct kwh_failure *kwh_line_failure(const struct kwh_line *line)
{
    return &line->failure;
}

/* ------------------------------------------------------------------------------------------------
 * The blocking convenience
 */

/** What moves bytes: a port, a socket, a test. Every call gets the context. */
struct kwh_backend {
    void *context;
    /** The time, microseconds, wrapping. */
    uint32_t (*now_us)(void *context);
    /** Sends some or all bytes; @p sent how many. May wait. */
    enum kwh_error (*send)(void *context, const uint8_t *bytes, size_t count, size_t *sent);
    /** Takes what is there, else waits for the first byte until @p until_us; @p got may be 0. */
    enum kwh_error (*receive)(void *context, uint8_t *room, size_t capacity, uint32_t until_us,
                              size_t *got);
    /** Sets the port, once sent bytes are out; NULL: cannot. */
    enum kwh_error (*set_line)(void *context, const struct kwh_line_settings *settings);
    /** errno of the last failure, or NULL. */
    int (*last_errno)(void *context);
    /** Whether the last byte of the last receive came with a parity or framing error, or NULL. */
    bool (*damaged)(void *context);
};

/**
 * Starts an exchange and waits for its end on the line's backend. Returns its error.
 * @retval KWH_ERROR_BUSY others are under way
 */
KWH_API KWH_CHECKED enum kwh_error kwh_line_run(struct kwh_line *line,
                                                struct kwh_exchange *exchange);

/* ------------------------------------------------------------------------------------------------
 * Dialogues: sequences of exchanges with a purpose
 */

/** What a dialogue wants next. */
enum kwh_wish {
    KWH_WISH_EXCHANGE, /**< dialogue.exchange is ready to start */
    KWH_WISH_SETTINGS, /**< set the port to dialogue.settings */
    KWH_WISH_WAIT,     /**< let dialogue.wait_us pass */
    KWH_WISH_RESULT,   /**< the dialogue holds a result for the caller */
    KWH_WISH_DONE,     /**< over, successful */
    KWH_WISH_FAILED    /**< over, dialogue.error says why */
};

/**
 * A dialogue. Always the first member of the struct that has the purpose. Retries live here, and
 * only for exchanges that change nothing.
 */
struct kwh_dialogue {
    /** What is next; called again after each outcome, result or wait. */
    enum kwh_wish (*next)(struct kwh_dialogue *dialogue);
    /** How dialogue.exchange went; the answer is still in the line. */
    void (*outcome)(struct kwh_dialogue *dialogue, const struct kwh_line *line);
    struct kwh_exchange exchange;
    const struct kwh_line_settings *settings;
    uint32_t wait_us;
    uint32_t since_us;    /* private */
    enum kwh_error error; /**< of the dialogue as a whole */
    uint8_t retries;      /**< attempts after the first of an exchange that changes nothing; 2 */
    uint8_t state;        /* private */
};

/** Prepares a dialogue; for those who write one. */
KWH_API void kwh_dialogue_init(struct kwh_dialogue *dialogue,
                               enum kwh_wish (*next)(struct kwh_dialogue *),
                               void (*outcome)(struct kwh_dialogue *, const struct kwh_line *));

/**
 * What is next for the dialogue on this line: SEND and RECEIVE as with kwh_line_next(), told to the
 * line; RESULT, SETTINGS and FINISHED besides. After FINISHED it stays FINISHED.
 */
KWH_API void kwh_dialogue_step(struct kwh_dialogue *dialogue, struct kwh_line *line,
                               uint32_t now_us, struct kwh_step *step);

/**
 * Runs the dialogue on the line's backend up to its next result or its end.
 * @retval KWH_OK and @p result true: a result lies ready; false: it is over
 * @return else the dialogue's error
 */
KWH_API KWH_CHECKED enum kwh_error kwh_dialogue_run(struct kwh_dialogue *dialogue,
                                                    struct kwh_line *line, bool *result);

/**
 * The same without waiting, for loops that wait for many lines at once: goes on as far as it goes.
 * KWH_OK and step.action: RESULT, FINISHED (see dialogue.error), or RECEIVE: call again when bytes
 * have come, some of which may be there already, or at step.until_us.
 * @retval KWH_ERROR_NO_BACKEND; KWH_ERROR_UNSUPPORTED the port cannot be set
 */
KWH_API KWH_CHECKED enum kwh_error kwh_dialogue_poll(struct kwh_dialogue *dialogue,
                                                     struct kwh_line *line, struct kwh_step *step);

#ifdef __cplusplus
}
#endif

#endif
