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

#include <kwh/error.h>
#include <kwh/line_settings.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kwh_backend;
struct kwh_exchange;
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

/** Counters of one address, owned by the caller, who sets them to 0. They wrap. */
struct kwh_statistics {
    uint32_t sent;          /**< requests, retries included */
    uint32_t ok;            /**< proven answers without exceptions, and broadcasts sent */
    uint32_t timeouts;      /**< attempts without a valid answer */
    uint32_t bad_crc;       /**< answers whose CRC did not hold */
    uint32_t exceptions;    /**< Modbus exceptions */
    uint32_t skipped_bytes; /**< bytes that belonged to no valid answer */
    uint32_t retries;       /**< attempts after the first */
    uint32_t latency_last_us, latency_min_us, latency_max_us; /**< end of request to whole answer */
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

/**
 * Length of the PDU that begins at @p pdu, of which @p available bytes are there: 0 = more bytes
 * are needed to tell, SIZE_MAX = cannot be an answer. Pure.
 */
typedef size_t kwh_length_function(const uint8_t *pdu, size_t available);

/**
 * One transaction. Filled by kwh_modbus_read() and its relatives; belongs to the caller, must not
 * move and keeps the bytes it points to until it is over. Members are private where not described.
 */
struct kwh_exchange {
    uint8_t head[8]; /**< first bytes of the PDU, the function among them */
    uint8_t head_length;
    uint8_t address;  /**< unit */
    uint8_t same;     /**< so many bytes of the head lead the answer, too */
    uint8_t attempt;  /**< 0 = the first */
    uint8_t sendings; /**< how often it has left the line */
    uint8_t state;    /**< enum kwh_exchange_state */
    uint8_t from;     /**< result: the address that answered */
    bool anyone;      /**< whoever answers, that is the answer: see from. It owes nothing to others
                           of its kind and waits for no debt, for every answer tells whose it is;
                           an answer of another address leaves its own owed. Framings of Modbus. */
    bool listened;    /* to what came up to the deadline */
    bool counted;     /**< byte 1 of the answer counts the bytes behind it */
    bool writes;      /**< changes the meter: never repeated, may be broadcast */
    bool collides;    /**< several may answer at once: what is no frame, then silence, ends it */
    bool proven;      /**< result: false when the answer may be our own echo */
    enum kwh_error error; /**< result */
    uint16_t body_length;
    uint16_t answer_length;          /**< of the whole PDU; 0: told by length */
    uint16_t answer_at, answer_size; /**< result: where the PDU lies in the line's buffer */
    uint16_t id;                     /**< transaction id, where the framing has one */
    uint16_t span_address, span_count;
    uint32_t due_us, limit_us, sent_us;
    uint32_t answer_us;  /**< longest wait for the answer to begin; 0: the line's */
    uint32_t quiet_us;   /**< silence before it, where the line needs less */
    uint32_t latency_us; /**< result: end of request to whole answer */
    struct kwh_exchange *next;
    const uint8_t *body;               /**< caller's bytes that follow the head */
    kwh_length_function *length;       /**< when answer_length is 0 */
    struct kwh_statistics *statistics; /**< of the address, or NULL; set by the caller */
};

/** Where an exchange is. */
enum kwh_exchange_state {
    KWH_EXCHANGE_NEW,        /**< not started */
    KWH_EXCHANGE_QUEUED,     /**< waits until the line may be used */
    KWH_EXCHANGE_SENDING,    /**< the driver takes the request */
    KWH_EXCHANGE_WAITING,    /**< for the answer */
    KWH_EXCHANGE_TURNAROUND, /**< a broadcast is being carried out */
    KWH_EXCHANGE_OVER        /**< the result is there */
};

/** What a framing makes of the bytes received so far. */
enum kwh_verdict {
    KWH_VERDICT_MORE,      /**< may become a frame, more bytes are needed: the answer where reason
                                is NOISE, else another frame */
    KWH_VERDICT_SLIDE,     /**< give up count bytes */
    KWH_VERDICT_FRAME,     /**< the answer; count bytes long */
    KWH_VERDICT_COLLISION, /**< all of it, and silence behind: no frame, so perhaps several at once;
                                reason as with SLIDE */
    KWH_VERDICT_BROKEN     /**< nothing that follows can be trusted: close the connection */
};

/** Why bytes are given up. */
enum kwh_reason {
    KWH_REASON_NOISE,         /**< no frame begins here */
    KWH_REASON_BAD_CRC,       /**< the shape of the answer, but its CRC does not hold */
    KWH_REASON_OTHER_ADDRESS, /**< a whole frame of another address */
    KWH_REASON_OTHER_ANSWER   /**< a whole frame of ours, but not to this request */
};

/** Result of kwh_framing.match(). */
struct kwh_match {
    enum kwh_verdict verdict;
    enum kwh_reason reason;        /**< SLIDE, MORE, COLLISION */
    uint16_t count;                /**< SLIDE, FRAME: bytes, 1 to length */
    uint16_t body_at, body_length; /**< FRAME: the PDU inside */
    uint8_t address;               /**< SLIDE: that answered instead; FRAME: that answered, 0: the
                                        one that was asked */
    enum kwh_error error;          /**< FRAME: what the answer says, KWH_OK or the meter's refusal;
                                        COLLISION: what is wrong with the bytes */
    struct kwh_exchange *exchange; /**< FRAME: that it answers */
};

/** More bytes are needed; @p reason as in struct kwh_match. */
static inline struct kwh_match kwh_match_more(enum kwh_reason reason)
{
    struct kwh_match match = {KWH_VERDICT_MORE, KWH_REASON_NOISE, 0, 0, 0, 0, KWH_OK, NULL};
    match.reason = reason;
    return match;
}

/** @p count bytes are to be given up. */
static inline struct kwh_match kwh_match_slide(size_t count, enum kwh_reason reason,
                                               uint8_t address)
{
    struct kwh_match match = {KWH_VERDICT_SLIDE, KWH_REASON_NOISE, 0, 0, 0, 0, KWH_OK, NULL};
    match.reason = reason;
    match.count = (uint16_t)count;
    match.address = address;
    return match;
}

/** A frame of @p count bytes with its PDU at @p body_at answers @p exchange. */
static inline struct kwh_match kwh_match_frame(size_t count, size_t body_at, size_t body_length,
                                               struct kwh_exchange *exchange)
{
    struct kwh_match match = {KWH_VERDICT_FRAME, KWH_REASON_NOISE, 0, 0, 0, 0, KWH_OK, NULL};
    match.count = (uint16_t)count;
    match.body_at = (uint16_t)body_at;
    match.body_length = (uint16_t)body_length;
    match.exchange = exchange;
    return match;
}

/** Property of a framing: silence before requests, echo, one exchange at a time. */
#define KWH_FRAMING_SERIAL 1u
/** Property of a framing: answers carry the id of their request; several exchanges, no debt. */
#define KWH_FRAMING_HAS_ID 2u
/** Property of a framing: runs on a byte stream; characters take no time. */
#define KWH_FRAMING_STREAM 4u
/** Property of a framing: requests to its broadcast address are carried out by all, answered by
 * none. */
#define KWH_FRAMING_BROADCAST 8u
/**
 * Property of a framing: a frame stands alone between silences. So one damaged byte spoils all of a
 * burst, and a burst without any frame ends the exchange: what was to come has come. (When it is
 * asked again, and not kwh_exchange.collides, up to four bytes are a glitch, behind which the
 * answer is awaited.) And an answer does not say what it answers: every request waits for the debt
 * of every other, a repeated one for its own, too.
 */
#define KWH_FRAMING_BURST 16u

/** A protocol's frames: a constant of pure functions. */
struct kwh_framing {
    /** Builds the frame of a request; returns its length, 0 when it does not fit @p capacity. */
    size_t (*wrap)(const struct kwh_exchange *exchange, uint8_t *frame, size_t capacity);
    /**
     * Judges @p length received bytes (1 or more). @p idle: no more will come for now.
     * @p exchanges: the first that is in the state KWH_EXCHANGE_WAITING, never NULL, and those
     * behind it, linked by next. Only one in that state can be answered.
     */
    struct kwh_match (*match)(const uint8_t *bytes, size_t length, bool idle,
                              struct kwh_exchange *exchanges);
    uint16_t frame_max;  /**< longest frame */
    uint8_t overhead;    /**< bytes of a frame that are not PDU */
    uint8_t properties;  /**< KWH_FRAMING_... */
    uint8_t broadcast;   /**< the address of all, with KWH_FRAMING_BROADCAST */
    uint8_t address_max; /**< highest address that can be asked */
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
 * frame that holds it, or that began before it, can be the answer.
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
