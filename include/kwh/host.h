/* SPDX-License-Identifier: MIT */
/**
 * @file host.h
 * Hosts: serial ports and sockets, named by strings. libmodbus opens, configures and closes them;
 * our line does the framing on the descriptor. Link with libkwh-host.
 *
 *     TARGET  LINK[@ADDRESS]
 *     LINK    rtu:/dev/ttyUSB0,baud=9600,line=8E1   Modbus RTU on a serial port
 *             tcp:host[:502]                        Modbus TCP
 *             rtutcp:host:port                      RTU frames through a TCP connection
 *             mbus:/dev/ttyUSB1,baud=2400           M-Bus on a level converter at a serial port
 *             mbustcp:host:port                     M-Bus frames through a TCP connection
 *             sim:inepro_pro380                     a simulated meter in this process
 *             rtu:pty mbus:pty                      a new pseudo-terminal (servers only)
 *     ADDRESS 1 to 247; M-Bus: 0 to 250, 254 any meter, 255 all; s12345678 or
 *             s12345678CD250102, a secondary address, F for a digit that may be any
 *     further keys: map= timeout_ms= retries= echo=auto|on|off gap_ms= allowance_ms= seed=
 *
 * One host belongs to one thread at a time; different hosts are independent.
 */
#ifndef KWH_HOST_H
#define KWH_HOST_H

#include <kwh.h>
#include <kwh/maps.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a link runs on. */
enum kwh_scheme {
    KWH_SCHEME_RTU,
    KWH_SCHEME_TCP,
    KWH_SCHEME_RTUTCP,
    KWH_SCHEME_SIM,
    KWH_SCHEME_MBUS,
    KWH_SCHEME_MBUSTCP
};

/** The protocol on a link of this scheme. */
static inline enum kwh_protocol kwh_scheme_protocol(enum kwh_scheme scheme)
{
    return scheme == KWH_SCHEME_MBUS || scheme == KWH_SCHEME_MBUSTCP ? KWH_PROTOCOL_MBUS
                                                                     : KWH_PROTOCOL_MODBUS;
}

/** Longest place of a link with its NUL. */
#define KWH_PLACE_MAX 256

/** A parsed TARGET. What was not given is 0, the texts "". */
struct kwh_target {
    enum kwh_scheme scheme;
    char place[KWH_PLACE_MAX];         /**< device, host name, or map of a simulated meter */
    char map[64];                      /**< map= */
    uint16_t port;                     /**< tcp: 502 when not given */
    struct kwh_line_settings settings; /**< baud 0: not given; parity 0: line= not given */
    uint32_t timeout_ms;
    uint32_t gap_ms;
    uint32_t allowance_ms; /**< M-Bus: what converters add, see kwh_mbus_set_speed() */
    uint32_t seed;
    int retries; /**< -1: not given */
    enum kwh_echo echo;
    uint8_t address;
    bool has_address;   /**< \@ADDRESS was given */
    bool has_secondary; /**< M-Bus: \@s and a secondary address was given instead */
    struct kwh_mbus_secondary secondary;
};

/**
 * Parses a TARGET or LINK. @p where, when not NULL, is the offset of the first character that
 * cannot be.
 * @retval KWH_ERROR_SYNTAX
 */
KWH_API KWH_CHECKED enum kwh_error kwh_target_parse(const char *text, struct kwh_target *target,
                                                    size_t *where);

/**
 * What helps with a text that kwh_target_parse() refuses, for people: "address: 1 to 247", "did you
 * mean rtu:/dev/ttyUSB0@1?"; empty when the text is right. KWH_ERROR_CAPACITY when it was cut; the
 * text is terminated anyway.
 */
KWH_API enum kwh_error kwh_target_hint(const char *text, char *hint, size_t capacity);

/** Prints a target so that parsing it gives the same. KWH_ERROR_CAPACITY leaves the text empty. */
KWH_API KWH_CHECKED enum kwh_error kwh_target_print(const struct kwh_target *target, char *text,
                                                    size_t capacity);

/** Bytes that hold any printed target. */
#define KWH_TARGET_TEXT 512

/** Parses "8E1". KWH_ERROR_SYNTAX. */
KWH_API KWH_CHECKED enum kwh_error kwh_line_settings_parse(const char *text,
                                                           struct kwh_line_settings *settings);

/** Buffer of a host: fits every exchange of every link. */
#define KWH_HOST_BUFFER 524

/** An open link. Members are private. */
struct kwh_host {
    struct kwh_target target;
    struct kwh_line line;
    struct kwh_backend backend;
    void *modbus;     /* modbus_t, or NULL */
    void *simulation; /* of sim:, or NULL */
    int descriptor;
    int lock; /* holds the lock of a serial port, else -1 */
    int saved_errno;
    bool open, is_socket;
    struct kwh_line_settings settings; /* in force */
    uint8_t buffer[KWH_HOST_BUFFER];
};

/**
 * Opens a link; settings not given are 9600 8E1, on M-Bus 2400 8E1. Blocking (name look-up,
 * connect: at most timeout_ms or 5 s). After an error kwh_line_failure(kwh_host_line(host)) knows
 * more, for kwh_failure_print().
 * @retval KWH_ERROR_SYNTAX, KWH_ERROR_PORT_OPEN, KWH_ERROR_PORT_LOCKED, KWH_ERROR_PORT_FORBIDDEN,
 * KWH_ERROR_PORT_SPEED, KWH_ERROR_PORT_NAME, KWH_ERROR_UNSUPPORTED, KWH_ERROR_UNKNOWN_NAME (sim: no
 * such map)
 */
KWH_API KWH_CHECKED enum kwh_error kwh_host_open(struct kwh_host *host, const char *target);

/** Opens a parsed target. */
KWH_API KWH_CHECKED enum kwh_error kwh_host_open_target(struct kwh_host *host,
                                                        const struct kwh_target *target);

/**
 * Takes a descriptor that the application has opened and will close: a socket or a raw terminal,
 * whose settings the line does not know: kwh_line_set_speed(), kwh_mbus_set_speed().
 */
KWH_API KWH_CHECKED enum kwh_error kwh_host_descriptor(struct kwh_host *host, int descriptor,
                                                       const struct kwh_framing *framing);

/**
 * Takes an application's connected modbus_t (libmodbus) with its line settings; never closes it.
 *  @p settings: of its serial line, NULL for TCP.
 */
KWH_API KWH_CHECKED enum kwh_error kwh_host_borrow(struct kwh_host *host, void *modbus,
                                                   const struct kwh_line_settings *settings);

/** Closes the link and opens it again, after KWH_ERROR_DISCONNECTED. Errors as kwh_host_open(). */
KWH_API KWH_CHECKED enum kwh_error kwh_host_reopen(struct kwh_host *host);

/** Closes; a host that was never opened, or is closed, may be closed again. */
KWH_API void kwh_host_close(struct kwh_host *host);

/** The line of the link, for exchanges and dialogues. */
static inline struct kwh_line *kwh_host_line(struct kwh_host *host)
{
    return &host->line;
}

/** What it runs on, for kwh_failure_print(). */
static inline enum kwh_scheme kwh_host_scheme(const struct kwh_host *host)
{
    return host->target.scheme;
}

/** The descriptor, for poll() and epoll; -1 when there is none. */
static inline int kwh_host_fd(const struct kwh_host *host)
{
    return host->descriptor;
}

/**
 * The address of the target, KWH_MBUS_SELECTED where it is a secondary one; else the default of
 * @p map (NULL: 1), on M-Bus KWH_MBUS_ANY.
 */
KWH_API uint8_t kwh_host_address(const struct kwh_host *host, const struct kwh_map *map);

/**
 * The line settings in force, for kwh_setting.from; baud 0 where the port cannot be set: sockets,
 * borrowed ones.
 */
KWH_API struct kwh_line_settings kwh_host_settings(const struct kwh_host *host);

/**
 * Sets the port to other settings after all bytes are out. KWH_ERROR_UNSUPPORTED on sockets and
 * borrowed.
 */
KWH_API KWH_CHECKED enum kwh_error kwh_host_set_line(struct kwh_host *host,
                                                     const struct kwh_line_settings *settings);

/** Monotonic time in microseconds, wrapping. Any thread. */
KWH_API uint32_t kwh_host_now_us(void);

/**
 * Map by name or alias ("inepro_pro380", "Solar-Log PRO380"), whatever the case; blanks, '-' and
 * '_' do not count. The Modbus side of a family, unless it has none or only its M-Bus side has
 * this alias. NULL when there is none.
 */
KWH_API const struct kwh_map *kwh_host_find_map(const char *name);

/** The same for one protocol: an alias of either side names the family. */
KWH_API const struct kwh_map *kwh_host_find_protocol_map(const char *name,
                                                         enum kwh_protocol protocol);

/**
 * What failed, for people, in one or two lines: the error, where, and what to check on a link of
 * @p scheme. KWH_ERROR_CAPACITY when it was cut; the text is terminated anyway.
 */
KWH_API enum kwh_error kwh_failure_print(const struct kwh_failure *failure, enum kwh_scheme scheme,
                                         char *text, size_t capacity);

/* ------------------------------------------------------------------------------------------------
 * Being a meter on a host
 */

/** A listening link: a serial port, a new pseudo-terminal, or a TCP port with many connections. */
struct kwh_listener;

/** Limits of a listener. 0 means the default. */
struct kwh_listener_limits {
    uint16_t connections; /**< at once; 32. More are closed at once. */
    uint32_t idle_ms;     /**< a connection without a request (M-Bus: a byte) for so long is closed;
                               60000 */
};

/**
 * Listens. TCP binds to the named host, 127.0.0.1 when the place is empty; port 0 takes a free one.
 * @p slaves stay the caller's; their maps are of the link's protocol, else KWH_ERROR_UNSUPPORTED.
 * On M-Bus all connections are to one bus: what one master selects or sets holds for all.
 * Allocates; errors as kwh_host_open(), and errno says more.
 */
KWH_API KWH_CHECKED enum kwh_error kwh_listener_open(struct kwh_listener **listener,
                                                     const struct kwh_target *link,
                                                     const struct kwh_slave *slaves, size_t count,
                                                     const struct kwh_listener_limits *limits);

/** The TARGET (without address) under which it can be reached: with the real port or pty. */
KWH_API const struct kwh_target *kwh_listener_target(const struct kwh_listener *listener);

/** Serves what comes for at most @p timeout_ms. KWH_ERROR_INTERRUPTED when a signal came. */
KWH_API KWH_CHECKED enum kwh_error kwh_listener_serve(struct kwh_listener *listener,
                                                      uint32_t timeout_ms);

/** Hook for all traffic; frames of all connections. */
KWH_API void kwh_listener_trace(struct kwh_listener *listener, kwh_trace_function *trace,
                                void *context);

/** Closes all; NULL is allowed. */
KWH_API void kwh_listener_close(struct kwh_listener *listener);

/* ------------------------------------------------------------------------------------------------
 * A simulated meter
 */

/** A plausible meter with a load that moves. Allocates. */
struct kwh_simulation;

/** A meter of @p map; the same seed gives the same load. Starts at time 0. */
KWH_API KWH_CHECKED enum kwh_error kwh_simulation_new(struct kwh_simulation **simulation,
                                                      const struct kwh_map *map, uint32_t seed);

/**
 * Pins a value, text as a person writes it; an energy with + behind it, "999999990+", counts on
 * from there, and begins again where its map says. KWH_ERROR_NOT_IN_MAP, KWH_ERROR_SYNTAX...
 */
KWH_API KWH_CHECKED enum kwh_error kwh_simulation_pin(struct kwh_simulation *simulation,
                                                      const char *name, const char *value);

/** Moves the load by @p elapsed_ms of its time; energies follow the powers exactly. */
KWH_API void kwh_simulation_advance(struct kwh_simulation *simulation, uint32_t elapsed_ms);

/**
 * Fills @p slave, which serves the simulated meter at @p address, and stays where it is as long as
 * the meter is served: settings change its address and line.
 */
KWH_API void kwh_simulation_slave(struct kwh_simulation *simulation, uint8_t address,
                                  struct kwh_slave *slave);

/** The present value of a quantity. */
KWH_API KWH_CHECKED enum kwh_error kwh_simulation_value(struct kwh_simulation *simulation,
                                                        uint32_t quantity,
                                                        struct kwh_reading *reading);

/** Frees it; NULL is allowed. */
KWH_API void kwh_simulation_free(struct kwh_simulation *simulation);

#ifdef __cplusplus
}
#endif

#endif
