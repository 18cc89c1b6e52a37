/* SPDX-License-Identifier: MIT */
/* Opening, configuring and closing through libmodbus. What travels on the descriptor is ours. */
#ifndef KWHI_HOST_LIBMODBUS_H
#define KWHI_HOST_LIBMODBUS_H

#include <kwh/host.h>

/* A port or connection that libmodbus has opened. */
struct kwhi_port {
    void *modbus; /* modbus_t, NULL when closed */
    int descriptor;
    int lock; /* holds the lock of a serial port, else -1 */
    int saved_errno;
};

/* Both leave a closed port on failure, and saved_errno. */
enum kwh_error kwhi_libmodbus_serial(struct kwhi_port *port, const char *device,
                                     const struct kwh_line_settings *settings);
enum kwh_error kwhi_libmodbus_connect(struct kwhi_port *port, const char *host, uint16_t tcp_port,
                                      uint32_t timeout_ms);

/* What a connection to a meter is best set to. */
void kwhi_libmodbus_tune(int descriptor);

/* A closed port may be closed again. */
void kwhi_libmodbus_close(struct kwhi_port *port);

/* The descriptor of an application's modbus_t, -1 when it is not connected. */
int kwhi_libmodbus_descriptor(void *modbus);

#endif
