/* SPDX-License-Identifier: MIT */
/* What libmodbus does not do for a serial port: the lock, the real speed, a change of settings. */
#ifndef KWHI_HOST_SERIAL_H
#define KWHI_HOST_SERIAL_H

#include <kwh/host.h>

/* Whether the system can set these at all: 8 data bits and a speed that it has a number for. */
enum kwh_error kwhi_serial_possible(const struct kwh_line_settings *settings);

/* Opens the device a second time, to hold its lock; -1 on failure. */
enum kwh_error kwhi_serial_lock(const char *device, int *lock, int *error_number);

/* Keeps other programs from opening a port that we hold the lock of; and lets them again. */
void kwhi_serial_exclude(int lock);
void kwhi_serial_unlock(int lock);

/* Whether it is a pseudo-terminal, which drops parity and refuses a change of it. */
bool kwhi_serial_is_pty(int descriptor);

/* Raw bytes both ways, a read returning what is there. */
enum kwh_error kwhi_serial_raw(int descriptor, int *error_number);

/* Sets speed and character format after all bytes are out, then as kwhi_serial_check(). */
enum kwh_error kwhi_serial_set(int descriptor, const struct kwh_line_settings *settings,
                               int *error_number);

/* KWH_ERROR_PORT_SPEED when the port is not set to what was asked. */
enum kwh_error kwhi_serial_check(int descriptor, const struct kwh_line_settings *settings);

/* What the other side of a pseudo-terminal has set; false when it cannot be told. */
bool kwhi_serial_seen(int descriptor, struct kwh_line_settings *settings);

#endif
