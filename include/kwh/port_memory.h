/* SPDX-License-Identifier: MIT */
/**
 * @file port_memory.h
 * A wire in memory between a line and a server or responder: tests, examples and simulated meters
 * without a port. Nothing is waited for: where a port would sleep, its clock jumps ahead.
 *
 *     kwh_port_memory_server(&port, &server, NULL, NULL);
 *     line.backend = &port.backend;
 *
 * Both ends belong to one thread. The struct must not move while it is used.
 */
#ifndef KWH_PORT_MEMORY_H
#define KWH_PORT_MEMORY_H

#include <kwh/mbus_server.h>
#include <kwh/server.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Answers the request that a responder has reported, or ignores it. */
typedef void kwh_port_memory_answer(void *context, struct kwh_responder *responder);

/** What is next for the other end: kwh_server_next() and its like. */
typedef void kwh_port_memory_next(void *context, uint32_t now_us, struct kwh_step *step);

/** The caller's clock: microseconds, wrapping. */
typedef uint32_t kwh_port_memory_clock(void *context);

/** Bytes that may be on their way back to the line; more are lost as on a real wire. */
#define KWH_PORT_MEMORY_PENDING 2080

/** A wire. Members are private but for those described. */
struct kwh_port_memory {
    struct kwh_backend backend;      /**< for kwh_line.backend */
    struct kwh_responder *responder; /* the other end */
    kwh_port_memory_next *next;
    void *next_context;
    kwh_port_memory_answer *answer; /* of a bare responder */
    void *answer_context;
    kwh_port_memory_clock *clock; /**< or NULL: virtual time, which only jumps */
    void *clock_context;
    uint32_t ahead_us;      /**< how far the wire is ahead of the clock */
    uint32_t character_ns;  /**< time of a character either way; 0: none */
    uint32_t turnaround_us; /**< from a request to its answer; 0 */
    uint32_t server_us;     /* how far the other end is */
    uint32_t arrives_us;    /* when pending has arrived */
    uint32_t lost;          /**< bytes that had no room */
    enum kwh_error failure; /**< set by the caller: every call ends with it */
    bool closed;            /* the responder wants no more */
    uint16_t first, count;  /* of pending */
    uint8_t pending[KWH_PORT_MEMORY_PENDING];
};

/** A wire to a server, with the caller's clock or, @p clock NULL, a virtual one. */
KWH_API void kwh_port_memory_server(struct kwh_port_memory *port, struct kwh_server *server,
                                    kwh_port_memory_clock *clock, void *context);

/** The same to an M-Bus server; that it changes its speed is not seen on this wire. */
KWH_API void kwh_port_memory_mbus(struct kwh_port_memory *port, struct kwh_mbus_server *server,
                                  kwh_port_memory_clock *clock, void *context);

/** The same to any other end that has a responder. */
KWH_API void kwh_port_memory_init(struct kwh_port_memory *port, struct kwh_responder *responder,
                                  kwh_port_memory_next *next, void *next_context,
                                  kwh_port_memory_clock *clock, void *clock_context);

/** A wire in virtual time to a responder whose requests @p answer answers. */
KWH_API void kwh_port_memory_responder(struct kwh_port_memory *port,
                                       struct kwh_responder *responder,
                                       kwh_port_memory_answer *answer, void *context);

/** The time on the wire. */
KWH_API uint32_t kwh_port_memory_now(const struct kwh_port_memory *port);

/** Lets time pass on the wire. */
KWH_API void kwh_port_memory_pass(struct kwh_port_memory *port, uint32_t duration_us);

/** Puts bytes on the way to the line, as another device would. They arrive at once. */
KWH_API void kwh_port_memory_inject(struct kwh_port_memory *port, const uint8_t *bytes,
                                    size_t count);

#ifdef __cplusplus
}
#endif

#endif
