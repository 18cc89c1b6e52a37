/* SPDX-License-Identifier: MIT */
/**
 * @file responder.h
 * The answering side of a line or of one connection, without I/O and without a clock, used like a
 * line: kwh_responder_next() says SEND, RECEIVE, REQUEST or CLOSE.
 *
 * On REQUEST the caller looks at unit and PDU, and answers with kwh_responder_answer() or stays
 * silent with kwh_responder_ignore(); both before the next question. One responder belongs to one
 * thread.
 */
#ifndef KWH_RESPONDER_H
#define KWH_RESPONDER_H

#include <kwh/line.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a server framing makes of received bytes. */
struct kwh_request_match {
    enum kwh_verdict verdict;      /**< MORE, SLIDE, FRAME or BROKEN */
    enum kwh_reason reason;        /**< SLIDE */
    uint16_t count;                /**< SLIDE, FRAME: bytes */
    uint16_t body_at, body_length; /**< FRAME: the PDU */
    uint16_t id;                   /**< FRAME: transaction id */
    uint8_t address;               /**< FRAME: unit */
};

/** A protocol's frames as the answering side sees them: a constant of pure functions. */
struct kwh_server_framing {
    /**
     * Judges received bytes. @p idle: silence followed them. @p served: bitmap of 256 addresses.
     */
    struct kwh_request_match (*match)(const uint8_t *bytes, size_t length, bool idle,
                                      const uint8_t *served);
    /**
     * Builds the frame of an answer; 0 when it does not fit or is no PDU. @p pdu may lie inside
     * @p frame's room.
     */
    size_t (*wrap)(uint8_t address, uint16_t id, const uint8_t *pdu, size_t length, uint8_t *frame,
                   size_t capacity);
    uint16_t frame_max;
    uint8_t properties; /**< KWH_FRAMING_... */
};

/** The three framings of Modbus, answering side. */
KWH_API extern KWH_CONST struct kwh_server_framing kwh_modbus_rtu_server;
KWH_API extern KWH_CONST struct kwh_server_framing kwh_modbus_tcp_server; /**< Modbus TCP */
KWH_API extern KWH_CONST struct kwh_server_framing
    kwh_modbus_rtu_over_tcp_server; /**< RTU over TCP */

/** A responder. Members are private but for those described. */
struct kwh_responder {
    KWH_CONST struct kwh_server_framing *framing;
    uint8_t *buffer;
    kwh_trace_function *trace; /**< or NULL; set by the caller */
    void *trace_context;
    struct kwh_timing timing; /**< character_us: silence that ends a burst; tick_us */
    uint32_t character_ns;
    uint32_t last_us;
    uint32_t skipped;  /**< bytes that belonged to no request */
    uint32_t requests; /**< requests that were reported */
    uint16_t capacity, received, consumed, sent_length, sent_done;
    uint16_t body_at, body_length, id;
    uint8_t unit;
    uint8_t state;
    uint8_t echo; /**< enum kwh_echo; may be set by the caller */
    bool repeats; /* the answer looks like its request */
    bool spoilt;  /* of a burst with a damaged byte nothing counts */
    uint8_t served[32];
};

/** Buffer that fits every request and answer of Modbus and M-Bus. */
#define KWH_RESPONDER_BUFFER 522

/** Makes a responder of @p buffer. KWH_ERROR_ARGUMENT capacity below 522 or above 65535. */
KWH_API KWH_CHECKED enum kwh_error kwh_responder_init(struct kwh_responder *responder,
                                                      KWH_CONST struct kwh_server_framing *framing,
                                                      uint8_t *buffer, size_t capacity);

/** As kwh_line_set_speed(); sets the silence that ends a burst to 3.5 characters as well. */
KWH_API void kwh_responder_set_speed(struct kwh_responder *responder,
                                     const struct kwh_line_settings *settings);

/**
 * Whether requests to @p address are for this responder. Serial framings report no others, but
 * those to no single address (Modbus 0, M-Bus 253 to 255); Modbus TCP reports all.
 */
KWH_API void kwh_responder_serve(struct kwh_responder *responder, uint8_t address, bool serve);

/** True when @p address is served. */
static inline bool kwh_responder_serves(const struct kwh_responder *responder, uint8_t address)
{
    return ((unsigned)responder->served[address >> 3] >> (address & 7u) & 1u) != 0;
}

/** What is next? SEND, RECEIVE, REQUEST or CLOSE. */
KWH_API void kwh_responder_next(struct kwh_responder *responder, uint32_t now_us,
                                struct kwh_step *step);

/** As kwh_line_sent(). */
KWH_API void kwh_responder_sent(struct kwh_responder *responder, size_t count, uint32_t now_us);

/** As kwh_line_got(). */
KWH_API void kwh_responder_got(struct kwh_responder *responder, size_t count, uint32_t now_us);

/**
 * As kwh_line_got_damaged(): no request that holds the last byte, or began before it, counts; of a
 * framing with KWH_FRAMING_BURST none before the next silence.
 */
KWH_API void kwh_responder_got_damaged(struct kwh_responder *responder, size_t count,
                                       uint32_t now_us);

/** The PDU of the request that was reported; valid until it is answered or ignored. */
KWH_API const uint8_t *kwh_responder_request(const struct kwh_responder *responder, size_t *length);

/**
 * The unit that the request is for. That of a broadcast (0 on a serial line of Modbus, 255 of
 * M-Bus): ignore it after doing it.
 */
static inline uint8_t kwh_responder_unit(const struct kwh_responder *responder)
{
    return responder->unit;
}

/**
 * Answers the request. KWH_ERROR_ARGUMENT no PDU has this length; KWH_ERROR_BUSY no request is
 * open.
 */
KWH_API KWH_CHECKED enum kwh_error kwh_responder_answer(struct kwh_responder *responder,
                                                        const uint8_t *pdu, size_t length);

/**
 * Answers with these bytes as they are, which need be no frame: where several slaves answer at
 * once, or to try what the other side makes of it.
 * @retval KWH_ERROR_ARGUMENT none, or more than half of KWH_RESPONDER_BUFFER; KWH_ERROR_BUSY no
 * request is open
 */
KWH_API KWH_CHECKED enum kwh_error kwh_responder_answer_frame(struct kwh_responder *responder,
                                                              const uint8_t *bytes, size_t length);

/** True from the answer to a request until it has left. */
KWH_API bool kwh_responder_is_answering(const struct kwh_responder *responder);

/** Stays silent. */
KWH_API void kwh_responder_ignore(struct kwh_responder *responder);

#ifdef __cplusplus
}
#endif

#endif
