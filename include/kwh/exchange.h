/* SPDX-License-Identifier: MIT */
/**
 * @file exchange.h
 * Exchanges, one request and its answer each, and framings, which make frames of requests and find
 * answers among what comes. A line (line.h) carries exchanges and keeps the manners of a bus.
 */
#ifndef KWH_EXCHANGE_H
#define KWH_EXCHANGE_H

#include <kwh/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kwh_exchange;

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
    uint8_t head[6]; /**< first bytes of the PDU, the function among them */
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
    bool idle;        /**< no more bytes will come for now: told to kwh_framing.match() */
    bool echoed;      /* its echo has been taken away, where there is no line */
    bool counted;     /**< byte 1 of the answer counts the bytes behind it */
    bool writes;      /**< changes the meter: never repeated, may be broadcast */
    bool collides;    /**< several may answer at once: what is no frame, then silence, ends it */
    bool proven;      /**< result: false when the answer may be our own echo */
    enum kwh_error error; /**< result */
    uint16_t body_length;
    uint16_t answer_length;          /**< of the whole PDU; 0: told by length */
    uint16_t answer_at, answer_size; /**< result: where the PDU lies in the buffer */
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
    KWH_VERDICT_BROKEN     /**< nothing that follows can be trusted: close the connection; to an
                                exchange by itself count bytes of noise, or one */
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
     * Judges the frame that begins at the first of @p length received bytes (1 or more).
     * @p exchanges: the first that is in the state KWH_EXCHANGE_WAITING, never NULL, and those
     * behind it, linked by next. Only one in that state can be answered.
     */
    struct kwh_match (*match)(const uint8_t *bytes, size_t length, struct kwh_exchange *exchanges);
    uint16_t frame_max;  /**< longest frame */
    uint8_t overhead;    /**< bytes of a frame that are not PDU */
    uint8_t properties;  /**< KWH_FRAMING_... */
    uint8_t broadcast;   /**< the address of all, with KWH_FRAMING_BROADCAST */
    uint8_t address_max; /**< highest address that can be asked */
};

/* ------------------------------------------------------------------------------------------------
 * An exchange by itself
 */

/**
 * Builds the request in @p frame, and makes the exchange ready for kwh_exchange_look(). Returns the
 * length of the frame; 0: it does not fit @p capacity, or what should have filled the exchange has
 * refused to; then there is nothing to send and nothing to look for. A buffer that the answer does
 * not fit fills up, and KWH_ERROR_NO_FRAME is the end.
 *
 * This is the smallest way to ask, for firmware that has one meter and no room: no line, the
 * caller's own loop, clock and retries. What came before the request must have been thrown away.
 *
 *     size_t count = kwh_exchange_begin(&exchange, &kwh_modbus_rtu, frame, sizeof frame);
 *     send(frame, count);
 *     do
 *         count = receive(frame + exchange.answer_size, sizeof frame - exchange.answer_size);
 *     while (!kwh_exchange_look(&exchange, &kwh_modbus_rtu, frame, count));
 *
 * What a line does besides is left to the caller: silence before a request; no request of the same
 * shape, nor the same again, until the answer to a failed one cannot arrive any more; learning
 * whether requests come back; broadcasts and ids. It also tells more: exchange.from, proven and
 * latency_us are results of a line alone. Modbus TCP with one request under way at a time, and
 * exchange.id another for each.
 */
KWH_API size_t kwh_exchange_begin(struct kwh_exchange *exchange,
                                  KWH_CONST struct kwh_framing *framing, uint8_t *frame,
                                  size_t capacity);

/**
 * Looks for the answer among the bytes at @p bytes: those of the calls before, of which
 * exchange.answer_size are left, and @p count new ones behind them. What is no answer is given up.
 * @p count 0 says that the wait is over: nothing came for as long as the answer may take to begin,
 * while exchange.answer_size is 0, or else to go on; or the time for all of it is up, for noise may
 * never end.
 *
 * @return true: the exchange is over. exchange.error is KWH_OK or the meter's refusal, and the PDU
 *         of the answer, exchange.answer_size bytes, begins at bytes + exchange.answer_at; or the
 *         failure: KWH_ERROR_TIMEOUT, BAD_CRC, NO_FRAME, OTHER_ADDRESS, OTHER_ANSWER, COLLISION and
 *         what is wrong with M-Bus frames.
 */
KWH_API bool kwh_exchange_look(struct kwh_exchange *exchange, KWH_CONST struct kwh_framing *framing,
                               uint8_t *bytes, size_t count);

/**
 * For ports that hear what they send, before kwh_exchange_look(): the request, @p sent bytes at
 * @p frame, is expected to come back, and is taken away from the front of what lies behind it, at
 * frame + sent, with what stood before it; @p count falls to what followed. The buffer must hold
 * request and answer. An answer that looks like its request (functions 05, 06, 08) is the second
 * copy.
 *
 *     do
 *         count = receive(frame + sent + exchange.answer_size, ...);
 *     while (!kwh_exchange_take_echo(&exchange, frame, sent, &count) ||
 *            !kwh_exchange_look(&exchange, &kwh_modbus_rtu, frame + sent, count));
 *
 * @return false: there is nothing to look at yet, receive on. Where nothing but the echo comes, the
 *         failure is KWH_ERROR_ONLY_ECHO.
 */
KWH_API bool kwh_exchange_take_echo(struct kwh_exchange *exchange, uint8_t *frame, size_t sent,
                                    size_t *count);

/**
 * Counts an exchange that is over, once, in exchange.statistics, where kwh_exchange_look() has
 * counted what it gave up (skipped_bytes, bad_crc): everything else there, and @p latency_us, from
 * the end of the request to the whole answer. exchange.attempt is the caller's, 0 for the first.
 * Not for lines, which count by themselves.
 */
KWH_API void kwh_exchange_count(const struct kwh_exchange *exchange, uint32_t latency_us);

#ifdef __cplusplus
}
#endif

#endif
