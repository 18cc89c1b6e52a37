/* SPDX-License-Identifier: MIT */
#if !defined(_DEFAULT_SOURCE)
#define _DEFAULT_SOURCE /* speeds above 38400, flock(), TIOCEXCL */
#endif

#include "serial.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#if defined(__linux__)
#include <sys/sysmacros.h>
#endif
#include <termios.h>
#include <unistd.h>

static const struct speed {
    uint32_t baud;
    speed_t code;
} speeds[] = {
    {110, B110},         {300, B300},         {600, B600},         {1200, B1200},
    {2400, B2400},       {4800, B4800},       {9600, B9600},       {19200, B19200},
    {38400, B38400},     {57600, B57600},     {115200, B115200},   {230400, B230400},
#if defined(B460800)
    {460800, B460800},   {500000, B500000},   {576000, B576000},   {921600, B921600},
    {1000000, B1000000}, {1152000, B1152000}, {1500000, B1500000}, {2000000, B2000000},
    {2500000, B2500000}, {3000000, B3000000}, {3500000, B3500000}, {4000000, B4000000},
#endif
};

static const struct speed *find_speed(uint32_t baud)
{
    for (size_t i = 0; i < KWH_COUNT(speeds); i++)
        if (speeds[i].baud == baud)
            return &speeds[i];
    return NULL;
}

static tcflag_t format_flags(const struct kwh_line_settings *settings)
{
    tcflag_t flags = settings->data_bits == 7 ? CS7 : CS8;

    if (settings->parity != 'N')
        flags |= PARENB;
    if (settings->parity == 'O')
        flags |= PARODD;
    if (settings->stop_bits == 2)
        flags |= CSTOPB;
    return flags;
}

#if !defined(CMSPAR)
#define CMSPAR 0
#endif

static const tcflag_t parity_mask = PARENB | PARODD;

/*
 * Linux takes the parity from the settings of a pseudo-terminal. So that who plays the meters at
 * its other end knows at what a master talks, it is left there in bits that mean nothing without
 * PARENB: CMSPAR for even, PARODD for odd.
 */
static const tcflag_t pty_parity_mask = CMSPAR | PARODD;

static tcflag_t pty_parity(char parity)
{
    return parity == 'E' ? CMSPAR : parity == 'O' ? PARODD : 0;
}
static const tcflag_t format_mask = CSIZE | PARENB | PARODD | CSTOPB;

enum kwh_error kwhi_serial_possible(const struct kwh_line_settings *settings)
{
    if (settings->data_bits != 8)
        return KWH_ERROR_UNSUPPORTED; /* RTU frames are bytes */
    return find_speed(settings->baud) != NULL ? KWH_OK : KWH_ERROR_PORT_SPEED;
}

static enum kwh_error open_error(int error_number)
{
    switch (error_number) {
    case EACCES:
    case EPERM:
        return KWH_ERROR_PORT_FORBIDDEN;
    case EBUSY:
    case EWOULDBLOCK:
        return KWH_ERROR_PORT_LOCKED;
    default:
        return KWH_ERROR_PORT_OPEN;
    }
}

enum kwh_error kwhi_serial_lock(const char *device, int *lock, int *error_number)
{
    *lock = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (*lock >= 0 && flock(*lock, LOCK_EX | LOCK_NB) == 0)
        return KWH_OK;
    *error_number = errno;
    if (*lock >= 0) {
        (void)close(*lock);
        *lock = -1;
    }
    return open_error(*error_number);
}

void kwhi_serial_exclude(int lock)
{
    (void)ioctl(lock, TIOCEXCL);
}

void kwhi_serial_unlock(int lock)
{
    /* The flag would outlive us when somebody else keeps the device open. */
    (void)ioctl(lock, TIOCNXCL);
    (void)close(lock);
}

bool kwhi_serial_is_pty(int descriptor)
{
#if defined(__linux__)
    enum {
        FIRST_PTY_MAJOR = 136,
        LAST_PTY_MAJOR = 143
    };
    struct stat status;

    return fstat(descriptor, &status) == 0 && S_ISCHR(status.st_mode) &&
           major(status.st_rdev) >= FIRST_PTY_MAJOR && major(status.st_rdev) <= LAST_PTY_MAJOR;
#else
    (void)descriptor;
    return false;
#endif
}

enum kwh_error kwhi_serial_raw(int descriptor, int *error_number)
{
    struct termios now;

    if (tcgetattr(descriptor, &now) == 0) {
        now.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL |
                                   IXON | IXOFF | INPCK);
        now.c_oflag &= ~(tcflag_t)OPOST;
        now.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
        now.c_cc[VMIN] = 1;
        now.c_cc[VTIME] = 0;
        if (tcsetattr(descriptor, TCSANOW, &now) == 0)
            return KWH_OK;
    }
    *error_number = errno;
    return KWH_ERROR_PORT_OPEN;
}

enum kwh_error kwhi_serial_set(int descriptor, const struct kwh_line_settings *settings,
                               int *error_number)
{
    const struct speed *speed = find_speed(settings->baud);
    struct termios now;

    if (speed == NULL)
        return KWH_ERROR_PORT_SPEED;
    if (tcdrain(descriptor) != 0 || tcgetattr(descriptor, &now) != 0) {
        *error_number = errno;
        return KWH_ERROR_IO;
    }
    now.c_cflag = (now.c_cflag & ~format_mask) | format_flags(settings);
    if (kwhi_serial_is_pty(descriptor))
        now.c_cflag = (now.c_cflag & ~(parity_mask | pty_parity_mask)) |
                      pty_parity(settings->parity);
    if (cfsetispeed(&now, speed->code) != 0 || cfsetospeed(&now, speed->code) != 0 ||
        tcsetattr(descriptor, TCSADRAIN, &now) != 0) {
        *error_number = errno;
        return KWH_ERROR_PORT_SPEED;
    }
    return kwhi_serial_check(descriptor, settings);
}

enum kwh_error kwhi_serial_check(int descriptor, const struct kwh_line_settings *settings)
{
    const struct speed *speed = find_speed(settings->baud);
    tcflag_t checked = format_mask;
    struct termios now;

    if (kwhi_serial_is_pty(descriptor))
        checked &= ~parity_mask;
    if (speed == NULL || tcgetattr(descriptor, &now) != 0 || cfgetospeed(&now) != speed->code ||
        (now.c_cflag & checked) != (format_flags(settings) & checked))
        return KWH_ERROR_PORT_SPEED;
    return KWH_OK;
}

bool kwhi_serial_seen(int descriptor, struct kwh_line_settings *settings)
{
    struct termios now;
    speed_t code;

    if (!kwhi_serial_is_pty(descriptor) || tcgetattr(descriptor, &now) != 0)
        return false;
    code = cfgetospeed(&now);
    for (size_t i = 0; i < KWH_COUNT(speeds); i++) {
        if (speeds[i].code != code)
            continue;
        settings->baud = speeds[i].baud;
        settings->data_bits = 8;
        settings->parity = (now.c_cflag & CMSPAR) != 0   ? 'E'
                           : (now.c_cflag & PARODD) != 0 ? 'O'
                                                         : 'N';
        settings->stop_bits = (now.c_cflag & CSTOPB) != 0 ? 2 : 1;
        return true;
    }
    return false;
}
