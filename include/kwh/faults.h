/* SPDX-License-Identifier: MIT */
/**
 * @file faults.h
 * What goes wrong in the field, for meters that we simulate on a host: lost and damaged bytes, late
 * answers, echoes, requests that are too long, registers that are missing.
 */
#ifndef KWH_FAULTS_H
#define KWH_FAULTS_H

#include <kwh/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most holes. */
#define KWH_FAULTS_HOLES 8

/** The unit of probabilities: so many are all. */
#define KWH_FAULTS_ALL UINT32_C(1000000000)

/** The faults of a line and of the meters on it. All 0: none. */
struct kwh_faults {
    uint32_t drop;     /**< bytes lost, either way, of KWH_FAULTS_ALL; on Modbus TCP, where no byte
                            gets lost: answers */
    uint32_t flip;     /**< bits turned over, either way, of KWH_FAULTS_ALL */
    uint32_t noise;    /**< answers behind one to three other bytes, of KWH_FAULTS_ALL */
    uint32_t delay_ms; /**< before each answer; 0 to 60000 */
    bool echo;         /**< requests come back to their sender */
    uint8_t limit;     /**< registers in a read, more are exception 03; 0 = what the map says */
    uint8_t hole_count;
    struct {
        uint16_t first, last;
    } holes[KWH_FAULTS_HOLES]; /**< registers that the meter does not have: exception 02 */
};

/**
 * Parses a list, its parts joined by commas:
 * "drop=0.01,flip=1e-4,noise=0.1,delay=300,echo,limit=60, hole=0x5002,hole=0x6000-0x600B".
 * Probabilities are numbers from 0 to 1; noise alone is 0.1.
 * @param at where the text was given up; NULL: not asked for
 * @retval KWH_ERROR_SYNTAX, KWH_ERROR_UNKNOWN_NAME, KWH_ERROR_OVERFLOW a value out of range,
 *         KWH_ERROR_CAPACITY more holes than KWH_FAULTS_HOLES; @p faults are then none
 */
KWH_API KWH_CHECKED enum kwh_error kwh_faults_parse(const char *text, struct kwh_faults *faults,
                                                    size_t *at);

/**
 * Lets the line of a listener have these faults from now on; they come by chance, but with the same
 * @p seed the same for the same traffic.
 * @retval KWH_ERROR_UNSUPPORTED flip, noise or echo on Modbus TCP, which has none of them
 */
KWH_API KWH_CHECKED enum kwh_error
kwh_listener_faults(struct kwh_listener *listener, const struct kwh_faults *faults, uint32_t seed);

/** Gives a simulated meter the limit and the holes; before kwh_simulation_slave(). */
KWH_API void kwh_simulation_faults(struct kwh_simulation *simulation,
                                   const struct kwh_faults *faults);

#ifdef __cplusplus
}
#endif

#endif
