/* SPDX-License-Identifier: MIT */
/**
 * @file kwh.h
 * Everything of the core but the ports, kwh/port_uart.h and kwh/port_memory.h. What needs a host is
 * apart, too: kwh/host.h, kwh/poll.h, kwh/faults.h, kwh/maps.h.
 */
#ifndef KWH_H
#define KWH_H

#include <kwh/config.h>
#include <kwh/crc16.h>
#include <kwh/decimal.h>
#include <kwh/energy.h>
#include <kwh/error.h>
#include <kwh/exchange.h>
#include <kwh/fixed_plan.h>
#include <kwh/line.h>
#include <kwh/line_settings.h>
#include <kwh/map.h>
#include <kwh/map_record.h>
#include <kwh/mbus.h>
#include <kwh/mbus_meter.h>
#include <kwh/mbus_readout.h>
#include <kwh/mbus_record.h>
#include <kwh/mbus_search.h>
#include <kwh/mbus_server.h>
#include <kwh/mbus_telegram.h>
#include <kwh/meter.h>
#include <kwh/modbus.h>
#include <kwh/modbus_search.h>
#include <kwh/obis.h>
#include <kwh/plan.h>
#include <kwh/quantity.h>
#include <kwh/reading.h>
#include <kwh/registers.h>
#include <kwh/responder.h>
#include <kwh/server.h>
#include <kwh/setting.h>
#include <kwh/status.h>

#endif
