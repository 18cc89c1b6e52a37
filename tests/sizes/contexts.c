/* SPDX-License-Identifier: MIT */
/* An object as large as each struct that a program keeps: `nm` tells their sizes. */
#include <kwh.h>
#include <kwh/port_uart.h>

struct kwh_line kwh_line;
struct kwh_exchange kwh_exchange;
struct kwh_statistics kwh_statistics;
struct kwh_dialogue kwh_dialogue;
struct kwh_meter kwh_meter;
struct kwh_plan kwh_plan;
struct kwh_plan_entry kwh_plan_entry;
struct kwh_reading kwh_reading;
struct kwh_responder kwh_responder;
struct kwh_server kwh_server;
struct kwh_mbus_link kwh_mbus_link;
struct kwh_mbus_readout kwh_mbus_readout;
struct kwh_mbus_record kwh_mbus_record;
struct kwh_edge_counter kwh_edge_counter;
struct kwh_port_uart kwh_port_uart;
