/* SPDX-License-Identifier: MIT */
/*
 * Runs an AVR program in libsimavr: what its first UART sends is the output, its register GPIOR0
 * the exit code once it sleeps with interrupts off. usage: simavr_run MCU PROGRAM
 */
#include <stdio.h>
#include <string.h>

#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>

#define GPIOR0     0x3E
#define CYCLES_MAX 40000000000ull /* 40 minutes of a program at 16 MHz: it hangs */

static void print(struct avr_irq_t *irq, uint32_t value, void *context)
{
    (void)irq;
    (void)context;
    putchar((int)value);
}

int main(int count, char **arguments)
{
    elf_firmware_t program;
    uint32_t flags = 0;
    avr_t *avr;
    int state = cpu_Running;

    memset(&program, 0, sizeof program);
    if (count != 3 || elf_read_firmware(arguments[2], &program) != 0)
        return 125;
    avr = avr_make_mcu_by_name(arguments[1]);
    if (avr == NULL || avr_init(avr) != 0)
        return 125;
    program.frequency = 16000000;
    avr_load_firmware(avr, &program);
    avr_ioctl(avr, AVR_IOCTL_UART_GET_FLAGS('0'), &flags);
    flags &= ~(uint32_t)(AVR_UART_FLAG_STDIO | AVR_UART_FLAG_POLL_SLEEP);
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), print,
                            NULL);
    while (state != cpu_Done && state != cpu_Crashed && avr->cycle < CYCLES_MAX)
        state = avr_run(avr);
    fflush(stdout);
    if (state != cpu_Done) {
        puts(state == cpu_Crashed ? "crashed" : "does not end");
        return 124;
    }
    return avr->data[GPIOR0];
}
