/* SPDX-License-Identifier: MIT */
/*
 * inepro 2PU CT, 4PU, 4PS: three-phase meters, the 2PU CT with current transformers.
 *
 * Source: the manual of the 2PU CT of 2025, which is that of the two others, too. What these meters
 * speak over Bluetooth is the maker's own and not public: it is not here.
 */
#include <kwh/map.h>

/* ------------------------------------------------------------------------------------------------
 * Modbus.
 *
 * All values are high word first, high byte first.
 */

/* Profiles. */
#define CT       1u
#define DIRECT   2u
#define NO_RATIO 4u /* an old firmware that leaves the CT ratio of currents and powers to us */

/* clang-format off */
static KWH_CONST struct kwh_row rows[] = {
    /* YYWWNNNN */
    KWH_HOLDING(0x4000, HEX32,   1,     SERIAL_NUMBER,                       KWH_MANUAL),
    KWH_HOLDING(0x4002, HEX16,   1,     METER_CODE,                          KWH_MANUAL),
    KWH_HOLDING(0x4003, INT16,   1,     DEVICE_ADDRESS,                      KWH_MANUAL),
    /* a code here, the speed itself on PRO1 and PRO380 */
    KWH_HOLDING(0x4004, INT16,   1,     BAUD_RATE,                           KWH_MANUAL),
    KWH_HOLDING(0x4005, FLOAT32, 1,     PROTOCOL_VERSION,                    KWH_MANUAL),
    KWH_HOLDING(0x4007, FLOAT32, 1,     SOFTWARE_VERSION,                    KWH_MANUAL),
    KWH_HOLDING(0x4009, FLOAT32, 1,     HARDWARE_VERSION,                    KWH_MANUAL),
    KWH_HOLDING(0x400B, INT16,   1,     RATED_CURRENT,                       KWH_MANUAL),
    KWH_HOLDING(0x400D, FLOAT32, 1,     PULSE_RATE,                          KWH_MANUAL),
    /* renumbered: not the codes of PRO1 and PRO380; 5 locks for ever */
    KWH_HOLDING(0x400F, INT16,   1,     COMBINATION_CODE,                    KWH_MANUAL),
    /* BCD: 0x0025 is 25 s */
    KWH_HOLDING(0x4010, BCD16,   1,     DISPLAY_CYCLE_TIME,                  KWH_MANUAL),
    KWH_HOLDING(0x4011, INT16,   1,     PARITY,                              KWH_MANUAL),
    /* the second character decides, as on a PRO380; so with L2 and L3 */
    KWH_HOLDING(0x4012, ASCII16, 1,     CURRENT_DIRECTION_L1,                KWH_INFERRED),
    KWH_HOLDING(0x4013, ASCII16, 1,     CURRENT_DIRECTION_L2,                KWH_INFERRED),
    KWH_HOLDING(0x4014, ASCII16, 1,     CURRENT_DIRECTION_L3,                KWH_INFERRED),
    /* the bits of the error on the display; that they are these is expected */
    KWH_HOLDING(0x4015, INT16,   1,     ERROR_CODE,                          KWH_INFERRED),
    /* printed as signed */
    KWH_HOLDING(0x4016, UINT16,  1,     POWER_DOWN_COUNTER,                  KWH_MANUAL),
    KWH_HOLDING(0x4017, INT16,   1,     QUADRANT,                            KWH_MANUAL),
    KWH_HOLDING(0x4018, INT16,   1,     QUADRANT_L1,                         KWH_MANUAL),
    KWH_HOLDING(0x4019, INT16,   1,     QUADRANT_L2,                         KWH_MANUAL),
    KWH_HOLDING(0x401A, INT16,   1,     QUADRANT_L3,                         KWH_MANUAL),
    KWH_HOLDING(0x401B, HEX32,   1,     SOFTWARE_CHECKSUM,                   KWH_MANUAL),
    /* the meaning of its bits is not printed */
    KWH_HOLDING(0x401D, HEX32,   1,     STATUS_WORD,                         KWH_INFERRED),
    /* printed as two words, the second that of the next row; BCD by the example, not the type */
    KWH_HOLDING(0x4021, BCD16,   MILLI, PULSE_WIDTH,                         KWH_INFERRED),
    /* printed as hex where it is read, and with 2 alone where it is written */
    KWH_HOLDING(0x4022, INT16,   1,     PULSE_OUTPUT_MODE,                   KWH_MANUAL),
    /* of the firmware that is of no legal concern */
    KWH_HOLDING(0x4023, HEX32,   1,     SOFTWARE_CHECKSUM_NON_LEGAL,         KWH_MANUAL),
    /* what integer does is not printed: then nothing is read */
    KWH_HOLDING(0x4026, INT16,   1,     DATA_TYPE,                           KWH_MANUAL),
    KWH_HOLDING(0x4032, INT16,   1,     SCREEN_DIRECTION,                    KWH_MANUAL),
    KWH_HOLDING(0x4033, INT16,   1,     OBIS_DISPLAY,                        KWH_MANUAL),
    /* without a row among what can be written */
    KWH_HOLDING(0x4034, INT16,   1,     BACKLIGHT_MODE,                      KWH_MANUAL),

    /* 0x5000 and 0x500A, system values of PRO1, are not in use */
    KWH_HOLDING(0x5002, FLOAT32, 1,     VOLTAGE_L1,                          KWH_MANUAL),
    KWH_HOLDING(0x5004, FLOAT32, 1,     VOLTAGE_L2,                          KWH_MANUAL),
    KWH_HOLDING(0x5006, FLOAT32, 1,     VOLTAGE_L3,                          KWH_MANUAL),
    KWH_HOLDING(0x5008, FLOAT32, 1,     FREQUENCY,                           KWH_MANUAL),
    /* currents and powers lack the CT ratio with one old firmware */
    KWH_HOLDING(0x500C, FLOAT32, 1,     CURRENT_L1,                          KWH_MANUAL),
    KWH_HOLDING(0x500E, FLOAT32, 1,     CURRENT_L2,                          KWH_MANUAL),
    KWH_HOLDING(0x5010, FLOAT32, 1,     CURRENT_L3,                          KWH_MANUAL),
    KWH_HOLDING(0x5012, FLOAT32, KILO,  ACTIVE_POWER,                        KWH_MANUAL),
    KWH_HOLDING(0x5014, FLOAT32, KILO,  ACTIVE_POWER_L1,                     KWH_MANUAL),
    KWH_HOLDING(0x5016, FLOAT32, KILO,  ACTIVE_POWER_L2,                     KWH_MANUAL),
    KWH_HOLDING(0x5018, FLOAT32, KILO,  ACTIVE_POWER_L3,                     KWH_MANUAL),
    KWH_HOLDING(0x501A, FLOAT32, KILO,  REACTIVE_POWER,                      KWH_MANUAL),
    KWH_HOLDING(0x501C, FLOAT32, KILO,  REACTIVE_POWER_L1,                   KWH_MANUAL),
    KWH_HOLDING(0x501E, FLOAT32, KILO,  REACTIVE_POWER_L2,                   KWH_MANUAL),
    KWH_HOLDING(0x5020, FLOAT32, KILO,  REACTIVE_POWER_L3,                   KWH_MANUAL),
    KWH_HOLDING(0x5022, FLOAT32, KILO,  APPARENT_POWER,                      KWH_MANUAL),
    KWH_HOLDING(0x5024, FLOAT32, KILO,  APPARENT_POWER_L1,                   KWH_MANUAL),
    KWH_HOLDING(0x5026, FLOAT32, KILO,  APPARENT_POWER_L2,                   KWH_MANUAL),
    KWH_HOLDING(0x5028, FLOAT32, KILO,  APPARENT_POWER_L3,                   KWH_MANUAL),
    KWH_HOLDING(0x502A, FLOAT32, 1,     POWER_FACTOR_MAGNITUDE,              KWH_MANUAL),
    KWH_HOLDING(0x502C, FLOAT32, 1,     POWER_FACTOR_MAGNITUDE_L1,           KWH_MANUAL),
    KWH_HOLDING(0x502E, FLOAT32, 1,     POWER_FACTOR_MAGNITUDE_L2,           KWH_MANUAL),
    KWH_HOLDING(0x5030, FLOAT32, 1,     POWER_FACTOR_MAGNITUDE_L3,           KWH_MANUAL),
    /* only the size of a line-to-line voltage is measured: L1-L3 is printed */
    KWH_HOLDING(0x5032, FLOAT32, 1,     VOLTAGE_L1_L2,                       KWH_MANUAL),
    KWH_HOLDING(0x5034, FLOAT32, 1,     VOLTAGE_L3_L1,                       KWH_MANUAL),
    KWH_HOLDING(0x5036, FLOAT32, 1,     VOLTAGE_L2_L3,                       KWH_MANUAL),

    /* what it counts depends on the combination code */
    KWH_HOLDING(0x6000, FLOAT32, KILO,  ACTIVE_ENERGY_COMBINED,              KWH_MANUAL),
    KWH_HOLDING(0x6002, FLOAT32, KILO,  ACTIVE_ENERGY_COMBINED_T1,           KWH_MANUAL),
    KWH_HOLDING(0x6004, FLOAT32, KILO,  ACTIVE_ENERGY_COMBINED_T2,           KWH_MANUAL),
    KWH_HOLDING(0x6006, FLOAT32, KILO,  ACTIVE_ENERGY_COMBINED_L1,           KWH_MANUAL),
    KWH_HOLDING(0x6008, FLOAT32, KILO,  ACTIVE_ENERGY_COMBINED_L2,           KWH_MANUAL),
    KWH_HOLDING(0x600A, FLOAT32, KILO,  ACTIVE_ENERGY_COMBINED_L3,           KWH_MANUAL),
    KWH_HOLDING(0x600C, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT,                KWH_MANUAL),
    KWH_HOLDING(0x600E, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T1,             KWH_MANUAL),
    KWH_HOLDING(0x6010, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T2,             KWH_MANUAL),
    KWH_HOLDING(0x6012, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_L1,             KWH_MANUAL),
    KWH_HOLDING(0x6014, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_L2,             KWH_MANUAL),
    KWH_HOLDING(0x6016, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_L3,             KWH_MANUAL),
    /* expected to be a positive number, as on a PRO380 */
    KWH_HOLDING(0x6018, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT,                KWH_MANUAL),
    KWH_HOLDING(0x601A, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T1,             KWH_MANUAL),
    KWH_HOLDING(0x601C, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T2,             KWH_MANUAL),
    KWH_HOLDING(0x601E, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_L1,             KWH_MANUAL),
    KWH_HOLDING(0x6020, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_L2,             KWH_MANUAL),
    KWH_HOLDING(0x6022, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_L3,             KWH_MANUAL),
    KWH_HOLDING(0x6024, FLOAT32, KILO,  REACTIVE_ENERGY_COMBINED,            KWH_MANUAL),
    KWH_HOLDING(0x6026, FLOAT32, KILO,  REACTIVE_ENERGY_COMBINED_T1,         KWH_MANUAL),
    KWH_HOLDING(0x6028, FLOAT32, KILO,  REACTIVE_ENERGY_COMBINED_T2,         KWH_MANUAL),
    KWH_HOLDING(0x602A, FLOAT32, KILO,  REACTIVE_ENERGY_COMBINED_L1,         KWH_MANUAL),
    KWH_HOLDING(0x602C, FLOAT32, KILO,  REACTIVE_ENERGY_COMBINED_L2,         KWH_MANUAL),
    KWH_HOLDING(0x602E, FLOAT32, KILO,  REACTIVE_ENERGY_COMBINED_L3,         KWH_MANUAL),
    KWH_HOLDING(0x6030, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT,              KWH_MANUAL),
    KWH_HOLDING(0x6032, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T1,           KWH_MANUAL),
    KWH_HOLDING(0x6034, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T2,           KWH_MANUAL),
    KWH_HOLDING(0x6036, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_L1,           KWH_MANUAL),
    KWH_HOLDING(0x6038, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_L2,           KWH_MANUAL),
    KWH_HOLDING(0x603A, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_L3,           KWH_MANUAL),
    KWH_HOLDING(0x603C, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT,              KWH_MANUAL),
    KWH_HOLDING(0x603E, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T1,           KWH_MANUAL),
    KWH_HOLDING(0x6040, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T2,           KWH_MANUAL),
    KWH_HOLDING(0x6042, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_L1,           KWH_MANUAL),
    KWH_HOLDING(0x6044, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_L2,           KWH_MANUAL),
    KWH_HOLDING(0x6046, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_L3,           KWH_MANUAL),
    /* one word, so all that follows is at odd addresses; 3 and 4 stay in the display for ever */
    KWH_HOLDING(0x6048, INT16,   1,     TARIFF,                              KWH_MANUAL),
    /* follows the combination code; printed as one word, but the frame has two by function 16 */
    KWH_HOLDING(0x6049, FLOAT32, KILO,  ACTIVE_ENERGY_COMBINED_RESETTABLE,   KWH_MANUAL),
    KWH_HOLDING(0x604B, FLOAT32, KILO,  ACTIVE_ENERGY_COMBINED_T3,           KWH_MANUAL),
    KWH_HOLDING(0x604D, FLOAT32, KILO,  ACTIVE_ENERGY_COMBINED_T4,           KWH_MANUAL),
    KWH_HOLDING(0x604F, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T3,             KWH_MANUAL),
    KWH_HOLDING(0x6051, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T4,             KWH_MANUAL),
    KWH_HOLDING(0x6053, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T3,             KWH_MANUAL),
    KWH_HOLDING(0x6055, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T4,             KWH_MANUAL),
    KWH_HOLDING(0x6057, FLOAT32, KILO,  REACTIVE_ENERGY_COMBINED_T3,         KWH_MANUAL),
    KWH_HOLDING(0x6059, FLOAT32, KILO,  REACTIVE_ENERGY_COMBINED_T4,         KWH_MANUAL),
    KWH_HOLDING(0x605B, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T3,           KWH_MANUAL),
    KWH_HOLDING(0x605D, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T4,           KWH_MANUAL),
    KWH_HOLDING(0x605F, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T3,           KWH_MANUAL),
    KWH_HOLDING(0x6061, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T4,           KWH_MANUAL),
    /* the quadrants are printed in kWh, and mean kvarh; their directions are those of Q, so that
     * Q1 and Q2 are import, Q3 and Q4 export */
    KWH_HOLDING(0x6063, FLOAT32, KILO,  REACTIVE_ENERGY_Q1,                  KWH_MANUAL),
    KWH_HOLDING(0x6065, FLOAT32, KILO,  REACTIVE_ENERGY_Q1_T1,               KWH_MANUAL),
    KWH_HOLDING(0x6067, FLOAT32, KILO,  REACTIVE_ENERGY_Q1_T2,               KWH_MANUAL),
    KWH_HOLDING(0x6069, FLOAT32, KILO,  REACTIVE_ENERGY_Q1_T3,               KWH_MANUAL),
    KWH_HOLDING(0x606B, FLOAT32, KILO,  REACTIVE_ENERGY_Q1_T4,               KWH_MANUAL),
    KWH_HOLDING(0x606D, FLOAT32, KILO,  REACTIVE_ENERGY_Q2,                  KWH_MANUAL),
    KWH_HOLDING(0x606F, FLOAT32, KILO,  REACTIVE_ENERGY_Q2_T1,               KWH_MANUAL),
    KWH_HOLDING(0x6071, FLOAT32, KILO,  REACTIVE_ENERGY_Q2_T2,               KWH_MANUAL),
    KWH_HOLDING(0x6073, FLOAT32, KILO,  REACTIVE_ENERGY_Q2_T3,               KWH_MANUAL),
    KWH_HOLDING(0x6075, FLOAT32, KILO,  REACTIVE_ENERGY_Q2_T4,               KWH_MANUAL),
    KWH_HOLDING(0x6077, FLOAT32, KILO,  REACTIVE_ENERGY_Q3,                  KWH_MANUAL),
    KWH_HOLDING(0x6079, FLOAT32, KILO,  REACTIVE_ENERGY_Q3_T1,               KWH_MANUAL),
    KWH_HOLDING(0x607B, FLOAT32, KILO,  REACTIVE_ENERGY_Q3_T2,               KWH_MANUAL),
    KWH_HOLDING(0x607D, FLOAT32, KILO,  REACTIVE_ENERGY_Q3_T3,               KWH_MANUAL),
    KWH_HOLDING(0x607F, FLOAT32, KILO,  REACTIVE_ENERGY_Q3_T4,               KWH_MANUAL),
    KWH_HOLDING(0x6081, FLOAT32, KILO,  REACTIVE_ENERGY_Q4,                  KWH_MANUAL),
    KWH_HOLDING(0x6083, FLOAT32, KILO,  REACTIVE_ENERGY_Q4_T1,               KWH_MANUAL),
    KWH_HOLDING(0x6085, FLOAT32, KILO,  REACTIVE_ENERGY_Q4_T2,               KWH_MANUAL),
    KWH_HOLDING(0x6087, FLOAT32, KILO,  REACTIVE_ENERGY_Q4_T3,               KWH_MANUAL),
    KWH_HOLDING(0x6089, FLOAT32, KILO,  REACTIVE_ENERGY_Q4_T4,               KWH_MANUAL),
    /* no row to clear them: together with 0x6049, it seems */
    KWH_HOLDING(0x608B, FLOAT32, KILO,  ACTIVE_ENERGY_COMBINED_L1_RESETTABLE, KWH_MANUAL),
    KWH_HOLDING(0x608D, FLOAT32, KILO,  ACTIVE_ENERGY_COMBINED_L2_RESETTABLE, KWH_MANUAL),
    KWH_HOLDING(0x608F, FLOAT32, KILO,  ACTIVE_ENERGY_COMBINED_L3_RESETTABLE, KWH_MANUAL),
};

#define INHERITED (KWH_INFERRED | KWH_HIDDEN)

/* The CT ratio can be changed seven times, and each time the energies move to the next page. */
static KWH_CONST struct kwh_row ct_rows[] = {
    /* inherited from the PRO meters; 0x401F is the ratio of this one */
    KWH_HOLDING(0x400C, BCD16,   1,     CT_PRIMARY,                          INHERITED),
    /* 9995 0005 is 9995/5, though 005 is printed; earlier manuals call it signed, and this one forgets the function */
    KWH_HOLDING(0x401F, BCD32,   1,     CT_RATIO,                            KWH_INFERRED),

    /* page 0, 5/5: whether it is the first ratio or the secondary side is not printed */
    KWH_HOLDING(0x6100, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_H8,             KWH_INFERRED),
    KWH_HOLDING(0x6102, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T1_H8,          KWH_INFERRED),
    KWH_HOLDING(0x6104, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T2_H8,          KWH_INFERRED),
    KWH_HOLDING(0x6106, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T3_H8,          KWH_INFERRED),
    KWH_HOLDING(0x6108, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T4_H8,          KWH_INFERRED),
    KWH_HOLDING(0x610A, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_H8,             KWH_INFERRED),
    KWH_HOLDING(0x610C, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T1_H8,          KWH_INFERRED),
    KWH_HOLDING(0x610E, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T2_H8,          KWH_INFERRED),
    KWH_HOLDING(0x6110, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T3_H8,          KWH_INFERRED),
    KWH_HOLDING(0x6112, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T4_H8,          KWH_INFERRED),
    KWH_HOLDING(0x6114, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_H1,             KWH_MANUAL),
    KWH_HOLDING(0x6116, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T1_H1,          KWH_MANUAL),
    KWH_HOLDING(0x6118, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T2_H1,          KWH_MANUAL),
    KWH_HOLDING(0x611A, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T3_H1,          KWH_MANUAL),
    KWH_HOLDING(0x611C, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T4_H1,          KWH_MANUAL),
    KWH_HOLDING(0x611E, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_H1,             KWH_MANUAL),
    KWH_HOLDING(0x6120, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T1_H1,          KWH_MANUAL),
    KWH_HOLDING(0x6122, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T2_H1,          KWH_MANUAL),
    KWH_HOLDING(0x6124, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T3_H1,          KWH_MANUAL),
    KWH_HOLDING(0x6126, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T4_H1,          KWH_MANUAL),
    KWH_HOLDING(0x6128, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_H2,             KWH_MANUAL),
    KWH_HOLDING(0x612A, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T1_H2,          KWH_MANUAL),
    KWH_HOLDING(0x612C, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T2_H2,          KWH_MANUAL),
    KWH_HOLDING(0x612E, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T3_H2,          KWH_MANUAL),
    KWH_HOLDING(0x6130, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T4_H2,          KWH_MANUAL),
    KWH_HOLDING(0x6132, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_H2,             KWH_MANUAL),
    KWH_HOLDING(0x6134, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T1_H2,          KWH_MANUAL),
    KWH_HOLDING(0x6136, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T2_H2,          KWH_MANUAL),
    KWH_HOLDING(0x6138, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T3_H2,          KWH_MANUAL),
    KWH_HOLDING(0x613A, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T4_H2,          KWH_MANUAL),
    KWH_HOLDING(0x613C, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_H3,             KWH_MANUAL),
    KWH_HOLDING(0x613E, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T1_H3,          KWH_MANUAL),
    KWH_HOLDING(0x6140, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T2_H3,          KWH_MANUAL),
    KWH_HOLDING(0x6142, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T3_H3,          KWH_MANUAL),
    KWH_HOLDING(0x6144, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T4_H3,          KWH_MANUAL),
    KWH_HOLDING(0x6146, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_H3,             KWH_MANUAL),
    KWH_HOLDING(0x6148, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T1_H3,          KWH_MANUAL),
    KWH_HOLDING(0x614A, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T2_H3,          KWH_MANUAL),
    KWH_HOLDING(0x614C, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T3_H3,          KWH_MANUAL),
    KWH_HOLDING(0x614E, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T4_H3,          KWH_MANUAL),
    KWH_HOLDING(0x6150, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_H4,             KWH_MANUAL),
    KWH_HOLDING(0x6152, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T1_H4,          KWH_MANUAL),
    KWH_HOLDING(0x6154, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T2_H4,          KWH_MANUAL),
    KWH_HOLDING(0x6156, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T3_H4,          KWH_MANUAL),
    KWH_HOLDING(0x6158, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T4_H4,          KWH_MANUAL),
    KWH_HOLDING(0x615A, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_H4,             KWH_MANUAL),
    KWH_HOLDING(0x615C, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T1_H4,          KWH_MANUAL),
    KWH_HOLDING(0x615E, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T2_H4,          KWH_MANUAL),
    KWH_HOLDING(0x6160, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T3_H4,          KWH_MANUAL),
    KWH_HOLDING(0x6162, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T4_H4,          KWH_MANUAL),
    KWH_HOLDING(0x6164, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_H5,             KWH_MANUAL),
    KWH_HOLDING(0x6166, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T1_H5,          KWH_MANUAL),
    KWH_HOLDING(0x6168, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T2_H5,          KWH_MANUAL),
    KWH_HOLDING(0x616A, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T3_H5,          KWH_MANUAL),
    KWH_HOLDING(0x616C, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T4_H5,          KWH_MANUAL),
    KWH_HOLDING(0x616E, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_H5,             KWH_MANUAL),
    KWH_HOLDING(0x6170, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T1_H5,          KWH_MANUAL),
    KWH_HOLDING(0x6172, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T2_H5,          KWH_MANUAL),
    KWH_HOLDING(0x6174, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T3_H5,          KWH_MANUAL),
    KWH_HOLDING(0x6176, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T4_H5,          KWH_MANUAL),
    KWH_HOLDING(0x6178, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_H6,             KWH_MANUAL),
    KWH_HOLDING(0x617A, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T1_H6,          KWH_MANUAL),
    KWH_HOLDING(0x617C, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T2_H6,          KWH_MANUAL),
    KWH_HOLDING(0x617E, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T3_H6,          KWH_MANUAL),
    KWH_HOLDING(0x6180, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T4_H6,          KWH_MANUAL),
    KWH_HOLDING(0x6182, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_H6,             KWH_MANUAL),
    KWH_HOLDING(0x6184, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T1_H6,          KWH_MANUAL),
    KWH_HOLDING(0x6186, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T2_H6,          KWH_MANUAL),
    KWH_HOLDING(0x6188, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T3_H6,          KWH_MANUAL),
    KWH_HOLDING(0x618A, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T4_H6,          KWH_MANUAL),
    KWH_HOLDING(0x618C, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_H7,             KWH_MANUAL),
    KWH_HOLDING(0x618E, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T1_H7,          KWH_MANUAL),
    KWH_HOLDING(0x6190, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T2_H7,          KWH_MANUAL),
    KWH_HOLDING(0x6192, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T3_H7,          KWH_MANUAL),
    KWH_HOLDING(0x6194, FLOAT32, KILO,  ACTIVE_ENERGY_IMPORT_T4_H7,          KWH_MANUAL),
    KWH_HOLDING(0x6196, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_H7,             KWH_MANUAL),
    /* printed as 6196 once more */
    KWH_HOLDING(0x6198, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T1_H7,          KWH_MANUAL),
    KWH_HOLDING(0x619A, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T2_H7,          KWH_MANUAL),
    KWH_HOLDING(0x619C, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T3_H7,          KWH_MANUAL),
    KWH_HOLDING(0x619E, FLOAT32, KILO,  ACTIVE_ENERGY_EXPORT_T4_H7,          KWH_MANUAL),

    /* the same of reactive energy */
    KWH_HOLDING(0x6300, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_H8,           KWH_INFERRED),
    KWH_HOLDING(0x6302, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T1_H8,        KWH_INFERRED),
    KWH_HOLDING(0x6304, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T2_H8,        KWH_INFERRED),
    KWH_HOLDING(0x6306, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T3_H8,        KWH_INFERRED),
    KWH_HOLDING(0x6308, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T4_H8,        KWH_INFERRED),
    KWH_HOLDING(0x630A, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_H8,           KWH_INFERRED),
    KWH_HOLDING(0x630C, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T1_H8,        KWH_INFERRED),
    KWH_HOLDING(0x630E, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T2_H8,        KWH_INFERRED),
    KWH_HOLDING(0x6310, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T3_H8,        KWH_INFERRED),
    KWH_HOLDING(0x6312, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T4_H8,        KWH_INFERRED),
    KWH_HOLDING(0x6314, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_H1,           KWH_MANUAL),
    KWH_HOLDING(0x6316, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T1_H1,        KWH_MANUAL),
    KWH_HOLDING(0x6318, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T2_H1,        KWH_MANUAL),
    KWH_HOLDING(0x631A, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T3_H1,        KWH_MANUAL),
    KWH_HOLDING(0x631C, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T4_H1,        KWH_MANUAL),
    KWH_HOLDING(0x631E, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_H1,           KWH_MANUAL),
    KWH_HOLDING(0x6320, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T1_H1,        KWH_MANUAL),
    KWH_HOLDING(0x6322, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T2_H1,        KWH_MANUAL),
    KWH_HOLDING(0x6324, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T3_H1,        KWH_MANUAL),
    KWH_HOLDING(0x6326, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T4_H1,        KWH_MANUAL),
    KWH_HOLDING(0x6328, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_H2,           KWH_MANUAL),
    KWH_HOLDING(0x632A, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T1_H2,        KWH_MANUAL),
    KWH_HOLDING(0x632C, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T2_H2,        KWH_MANUAL),
    KWH_HOLDING(0x632E, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T3_H2,        KWH_MANUAL),
    KWH_HOLDING(0x6330, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T4_H2,        KWH_MANUAL),
    KWH_HOLDING(0x6332, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_H2,           KWH_MANUAL),
    KWH_HOLDING(0x6334, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T1_H2,        KWH_MANUAL),
    KWH_HOLDING(0x6336, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T2_H2,        KWH_MANUAL),
    KWH_HOLDING(0x6338, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T3_H2,        KWH_MANUAL),
    KWH_HOLDING(0x633A, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T4_H2,        KWH_MANUAL),
    KWH_HOLDING(0x633C, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_H3,           KWH_MANUAL),
    KWH_HOLDING(0x633E, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T1_H3,        KWH_MANUAL),
    KWH_HOLDING(0x6340, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T2_H3,        KWH_MANUAL),
    KWH_HOLDING(0x6342, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T3_H3,        KWH_MANUAL),
    KWH_HOLDING(0x6344, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T4_H3,        KWH_MANUAL),
    KWH_HOLDING(0x6346, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_H3,           KWH_MANUAL),
    KWH_HOLDING(0x6348, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T1_H3,        KWH_MANUAL),
    KWH_HOLDING(0x634A, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T2_H3,        KWH_MANUAL),
    KWH_HOLDING(0x634C, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T3_H3,        KWH_MANUAL),
    KWH_HOLDING(0x634E, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T4_H3,        KWH_MANUAL),
    KWH_HOLDING(0x6350, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_H4,           KWH_MANUAL),
    KWH_HOLDING(0x6352, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T1_H4,        KWH_MANUAL),
    KWH_HOLDING(0x6354, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T2_H4,        KWH_MANUAL),
    KWH_HOLDING(0x6356, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T3_H4,        KWH_MANUAL),
    KWH_HOLDING(0x6358, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T4_H4,        KWH_MANUAL),
    KWH_HOLDING(0x635A, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_H4,           KWH_MANUAL),
    KWH_HOLDING(0x635C, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T1_H4,        KWH_MANUAL),
    KWH_HOLDING(0x635E, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T2_H4,        KWH_MANUAL),
    KWH_HOLDING(0x6360, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T3_H4,        KWH_MANUAL),
    KWH_HOLDING(0x6362, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T4_H4,        KWH_MANUAL),
    KWH_HOLDING(0x6364, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_H5,           KWH_MANUAL),
    KWH_HOLDING(0x6366, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T1_H5,        KWH_MANUAL),
    KWH_HOLDING(0x6368, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T2_H5,        KWH_MANUAL),
    KWH_HOLDING(0x636A, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T3_H5,        KWH_MANUAL),
    KWH_HOLDING(0x636C, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T4_H5,        KWH_MANUAL),
    KWH_HOLDING(0x636E, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_H5,           KWH_MANUAL),
    KWH_HOLDING(0x6370, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T1_H5,        KWH_MANUAL),
    KWH_HOLDING(0x6372, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T2_H5,        KWH_MANUAL),
    KWH_HOLDING(0x6374, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T3_H5,        KWH_MANUAL),
    KWH_HOLDING(0x6376, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T4_H5,        KWH_MANUAL),
    KWH_HOLDING(0x6378, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_H6,           KWH_MANUAL),
    KWH_HOLDING(0x637A, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T1_H6,        KWH_MANUAL),
    KWH_HOLDING(0x637C, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T2_H6,        KWH_MANUAL),
    KWH_HOLDING(0x637E, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T3_H6,        KWH_MANUAL),
    KWH_HOLDING(0x6380, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T4_H6,        KWH_MANUAL),
    KWH_HOLDING(0x6382, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_H6,           KWH_MANUAL),
    KWH_HOLDING(0x6384, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T1_H6,        KWH_MANUAL),
    KWH_HOLDING(0x6386, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T2_H6,        KWH_MANUAL),
    KWH_HOLDING(0x6388, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T3_H6,        KWH_MANUAL),
    KWH_HOLDING(0x638A, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T4_H6,        KWH_MANUAL),
    KWH_HOLDING(0x638C, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_H7,           KWH_MANUAL),
    KWH_HOLDING(0x638E, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T1_H7,        KWH_MANUAL),
    KWH_HOLDING(0x6390, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T2_H7,        KWH_MANUAL),
    KWH_HOLDING(0x6392, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T3_H7,        KWH_MANUAL),
    KWH_HOLDING(0x6394, FLOAT32, KILO,  REACTIVE_ENERGY_IMPORT_T4_H7,        KWH_MANUAL),
    KWH_HOLDING(0x6396, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_H7,           KWH_MANUAL),
    KWH_HOLDING(0x6398, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T1_H7,        KWH_MANUAL),
    KWH_HOLDING(0x639A, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T2_H7,        KWH_MANUAL),
    KWH_HOLDING(0x639C, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T3_H7,        KWH_MANUAL),
    KWH_HOLDING(0x639E, FLOAT32, KILO,  REACTIVE_ENERGY_EXPORT_T4_H7,        KWH_MANUAL),
};
/* clang-format on */

static KWH_CONST struct kwh_block blocks[] = {
    {.rows = rows, .count = KWH_COUNT(rows)},
    {.rows = ct_rows, .count = KWH_COUNT(ct_rows), .profiles = CT},
};

/* Currents and powers, and no energies, are those of the secondary side with NO_RATIO. */
#define RATIO_KINDS                                                                                \
    (KWH_KIND_BIT(CURRENT) | KWH_KIND_BIT(ACTIVE_POWER) | KWH_KIND_BIT(REACTIVE_POWER) |           \
     KWH_KIND_BIT(APPARENT_POWER))

static KWH_CONST struct kwh_selector selectors[] = {
    KWH_SELECTOR(REQUIRE, HOLDING, 0x4026, 1, 1, 1, .error = KWH_ERROR_DATA_TYPE),
    /* public programs know the firmware by this checksum */
    KWH_SELECTOR(PROFILES, HOLDING, 0x4023, 2, 0x22291973, 0x22291973, .profiles = NO_RATIO,
                 .when = CT),
    KWH_SELECTOR(RATIO, HOLDING, 0x401F, 2, 0, 0, .when = NO_RATIO, .kinds = RATIO_KINDS),
};

/* clang-format off */
static KWH_CONST struct kwh_choice baud_rates[] = {
    {.code = 1, .word = KWH_TEXT("300")},   {.code = 2, .word = KWH_TEXT("600")},   {.code = 3, .word = KWH_TEXT("1200")},
    {.code = 4, .word = KWH_TEXT("2400")},  {.code = 5, .word = KWH_TEXT("4800")},  {.code = 6, .word = KWH_TEXT("9600")},
    /* missing in the menus, which print 48700 and 56700 for the neighbors */
    {.code = 7, .word = KWH_TEXT("19200")}, {.code = 8, .word = KWH_TEXT("38400")}, {.code = 9, .word = KWH_TEXT("57600")},
    {.code = 10, .word = KWH_TEXT("115200")},
};

static KWH_CONST struct kwh_choice pulse_rates[] = {
    {.code = 10000}, {.code = 2000}, {.code = 1000}, {.code = 100}, {.code = 10}, {.code = 1},
    {.code = 1, .exponent = -1}, {.code = 1, .exponent = -2},
};

/* Not the numbers of a PRO1 or PRO380. */
static KWH_CONST struct kwh_choice combination_codes[] = {
    {.code = 1, .word = KWH_TEXT("forward")},
    {.code = 2, .word = KWH_TEXT("reverse")},
    {.code = 3, .word = KWH_TEXT("forward_plus_reverse")},
    {.code = 4, .word = KWH_TEXT("forward_minus_reverse")},
    {.code = 5, .risk = KWH_RISK_IRREVERSIBLE, .word = KWH_TEXT("forward_minus_reverse_vector")},
};

static KWH_CONST struct kwh_choice parities[] = {
    {.code = 1, .word = KWH_TEXT("even")},
    {.code = 2, .word = KWH_TEXT("none")},
    {.code = 3, .word = KWH_TEXT("odd")},
};

static KWH_CONST struct kwh_choice directions[] = {
    {.code = 'F', .word = KWH_TEXT("forward")},
    {.code = 'R', .word = KWH_TEXT("reverse")},
};

static KWH_CONST struct kwh_choice pulse_modes[] = {
    {.code = 1, .word = KWH_TEXT("active_and_reactive")},
    {.code = 2, .word = KWH_TEXT("forward_and_reverse")},
};

/* As integers the values are not read: this map cannot set them back. */
static KWH_CONST struct kwh_choice data_types[] = {
    {.code = 1, .word = KWH_TEXT("standard")},
    {.code = 2, .risk = KWH_RISK_IRREVERSIBLE, .word = KWH_TEXT("integer")},
};

static KWH_CONST struct kwh_choice screen_directions[] = {
    {.code = 0, .word = KWH_TEXT("standard")},
    {.code = 1, .word = KWH_TEXT("turned")},
};

static KWH_CONST struct kwh_choice switches[] = {
    {.code = 0, .word = KWH_TEXT("off")},
    {.code = 1, .word = KWH_TEXT("on")},
};

static KWH_CONST struct kwh_choice backlight_modes[] = {
    {.code = 1, .word = KWH_TEXT("button")},
    {.code = 2, .word = KWH_TEXT("on")},
    {.code = 3, .word = KWH_TEXT("off")},
};

/* 3 and 4 stay in the display for ever, once they were set. */
static KWH_CONST struct kwh_choice tariffs[] = {
    {.code = 1},
    {.code = 2},
    {.code = 3, .risk = KWH_RISK_IRREVERSIBLE},
    {.code = 4, .risk = KWH_RISK_IRREVERSIBLE},
};

static KWH_CONST struct kwh_item items[] = {
    KWH_RANGE_ITEM(DEVICE_ADDRESS,      6, 1, 247, KWH_RISK_LINK_CHANGE),
    KWH_CHOICE_ITEM(BAUD_RATE,          6, baud_rates, KWH_RISK_LINK_CHANGE),
    KWH_CHOICE_ITEM(PULSE_RATE,        16, pulse_rates, 0),
    KWH_CHOICE_ITEM(COMBINATION_CODE,   6, combination_codes, 0),
    KWH_RANGE_ITEM(DISPLAY_CYCLE_TIME,  6, 1, 30, 0),
    KWH_CHOICE_ITEM(PARITY,             6, parities, KWH_RISK_LINK_CHANGE),
    KWH_CHOICE_ITEM(CURRENT_DIRECTION_L1,  0, directions, 0),
    KWH_CHOICE_ITEM(CURRENT_DIRECTION_L2,  0, directions, 0),
    KWH_CHOICE_ITEM(CURRENT_DIRECTION_L3,  0, directions, 0),
    KWH_RANGE_ITEM(POWER_DOWN_COUNTER,  6, 0, 0, KWH_RISK_COUNTER_RESET),
    /* 1/1 to 9999/9999, seven times in the life of a meter */
    KWH_RANGE_ITEM(CT_RATIO,           16, 10001, 99999999, KWH_RISK_IRREVERSIBLE),
    KWH_MILLI_RANGE_ITEM(PULSE_WIDTH,   6, 2, 99, 0),
    KWH_CHOICE_ITEM(PULSE_OUTPUT_MODE,  6, pulse_modes, 0),
    KWH_CHOICE_ITEM(DATA_TYPE,          6, data_types, 0),
    KWH_CHOICE_ITEM(SCREEN_DIRECTION,   6, screen_directions, 0),
    KWH_CHOICE_ITEM(OBIS_DISPLAY,       6, switches, 0),
    KWH_CHOICE_ITEM(BACKLIGHT_MODE,     0, backlight_modes, 0),
    KWH_CHOICE_ITEM(TARIFF,             6, tariffs, 0),
    KWH_RANGE_ITEM(ACTIVE_ENERGY_COMBINED_RESETTABLE, 16, 0, 0, KWH_RISK_COUNTER_RESET),
};
/* clang-format on */

static KWH_CONST struct kwh_model models[] = {
    {.code = 0x1113, .profiles = CT, .name = KWH_TEXT("2PU CT")},
    {.code = 0x1111, .profiles = DIRECT, .name = KWH_TEXT("4PU")},
    {.code = 0x1112, .profiles = DIRECT, .name = KWH_TEXT("4PS")},
};

static KWH_CONST struct kwh_lookalike lookalikes[] = {
    {.code = 0x0101, .name = KWH_TEXT("PRO1 or PRO2")},
    {.code = 0x2009, .name = KWH_TEXT("PRO1 Solare")},
    {.code = 0x2010, .name = KWH_TEXT("PRO2 Solare")},
    {.code = 0x0102, .name = KWH_TEXT("PRO380-Mod")},
    {.code = 0x0103, .name = KWH_TEXT("PRO380-CT")},
    {.code = 0x2007, .name = KWH_TEXT("PRO380 Solare")},
    {.code = 0x2008, .name = KWH_TEXT("PRO380-CT Solare")},
    /* the counters at 0x6000 are integers there */
    {.code = 0x3201, .name = KWH_TEXT("GROW N1"), .error = KWH_ERROR_OTHER_ENCODING},
    {.code = 0x3203, .name = KWH_TEXT("GROW N380"), .error = KWH_ERROR_OTHER_ENCODING},
};

/* Reserved; some are a product code in newer families. */
static KWH_CONST struct kwh_range avoid[] = {
    {KWH_SPACE_HOLDING, 0x4025, 0x4025},
    {KWH_SPACE_HOLDING, 0x4027, 0x4031},
};

static KWH_CONST uint16_t edges[] = {0x6100, 0x6300};

static KWH_CONST struct kwh_line_settings lines[] = {{9600, 8, 'E', 1}};

/* Nine digits of 1 Wh, behind which the manual lets it begin again. Transformers to 9995 A. */
static KWH_CONST struct kwh_counter counter = {
    .modulus = {1, 9}, .resolution = {1, 0}, .power_max_w = 8300000};

KWH_MAP_DECLARE(inepro_2pu_modbus);
KWH_CONST struct kwh_map kwh_map_inepro_2pu_modbus = {
    .name = KWH_TEXT("inepro_2pu"),
    .title = KWH_TEXT("inepro 2PU CT, 4PU, 4PS"),
    .blocks = blocks,
    .block_count = KWH_COUNT(blocks),
    .items = items,
    .item_count = KWH_COUNT(items),
    .models = models,
    .model_count = KWH_COUNT(models),
    .lookalikes = lookalikes,
    .lookalike_count = KWH_COUNT(lookalikes),
    .lines = lines,
    .line_count = KWH_COUNT(lines),
    .edges = edges,
    .edge_count = KWH_COUNT(edges),
    .avoid = avoid,
    .avoid_count = KWH_COUNT(avoid),
    .selectors = selectors,
    .selector_count = KWH_COUNT(selectors),
    .identity_address = 0x4002,
    .identity_words = 1,
    .identity_space = KWH_SPACE_HOLDING,
    .protocol = KWH_PROTOCOL_MODBUS,
    .order = KWH_ORDER_ABCD,
    .request_safe = 120, /* what the maker's own library asks for; 56 seen on a 4PU */
    .default_address = 1,
    .counter = &counter,
};

#if KWH_MAP_NOTES
static const struct kwh_note remarks[] = {
    {0x4000, "year, week, number"},
    {0x4002, "1113 of a 2PU CT, 1111 of a 4PU, 1112 of a 4PS"},
    {0x4003, "default 1; 0 is broadcast; the acknowledgment is expected from the old address"},
    {0x4004, "default 9600; acknowledged at the old speed"},
    {0x400B, "highest current: 5 A of a 2PU CT"},
    {0x400C, "not documented here"},
    {0x400D, "imp/kWh, default 1000"},
    {0x400F, "5 cannot be undone; not to be set by the buttons"},
    {0x4010, "default 10 s"},
    {0x4011, "default even"},
    {0x4012, "F or R is expected in the second character"},
    {0x4013, "F or R is expected in the second character"},
    {0x4014, "F or R is expected in the second character"},
    {0x4015, "as the display, it is expected: 0 main and backup energy unusable; 1 mantissa, 2 "
             "backup, 3 main area unusable; data errors of 4 mantissa, 5 backup, 6 main area; 7 "
             "EEPROM not initialized"},
    {0x4016, "number of power losses; writing 0 clears it"},
    {0x4017, "1: P+ Q+, 2: P- Q+, 3: P- Q-, 4: P+ Q-"},
    {0x401B, "of the legally relevant firmware"},
    {0x401D, "bits not printed"},
    {0x401F, "primary and secondary current; seven changes in the life of a meter"},
    {0x4021, "2 to 99 ms, limited by the pulse rate; default 30 ms; 2 to 9 are the same in binary"},
    {0x4022, "which energy each of the two outputs counts; default active_and_reactive"},
    {0x4023, "22291973 is an old firmware of the 2PU CT whose currents and powers lack the CT "
             "ratio, which is then multiplied in here"},
    {0x4026, "with integer the registers mean something that is not printed, and nothing is read"},
    {0x4033, "default off"},
    {0x500C, "signed on a PRO380"},
    {0x5012, "signed on a PRO380; the sign of reverse flow is not printed"},
    {0x502A, "unsigned, it is expected, as on a PRO380"},
    {0x5034, "printed as L1-L3; only the size is measured"},
    {0x6000, "follows the combination code"},
    {0x6024, "follows the combination code, too"},
    {0x6048, "3 and 4 stay in the display for ever, once they were set"},
    {0x6049, "trip counter; follows the combination code; writing 0 clears it"},
    {0x6063, "P+ Q+; expected: q1 + q2 is the import, q3 + q4 the export"},
    {0x606D, "P- Q+"},
    {0x6077, "P- Q-"},
    {0x6081, "P+ Q-"},
    {0x608B, "trip counter of the phase; cleared with the sum, it is expected"},
    {0x608D, "trip counter of the phase; cleared with the sum, it is expected"},
    {0x608F, "trip counter of the phase; cleared with the sum, it is expected"},
    {0x6100, "h8 is the page 5/5: the factory ratio, or the secondary side"},
    {0x6114, "h1 to h7 are the pages CT1 to CT7, the energies under earlier ratios"},
    {0x6300, "h8 is the page 5/5: the factory ratio, or the secondary side"},
};

static const char *const aliases[] = {
    "2PU",           "2PU CT",        "4PU",         "4PS",          "WAGO 879-3000",
    "WAGO 879-3020", "WAGO 879-3040", "KDK PRO20-U", "KDK PRO20-CT",
};
static const char *const profiles[] = {"ct", "direct", "no_ratio"};

KWH_NOTES_DECLARE(inepro_2pu_modbus);
const struct kwh_map_notes kwh_notes_inepro_2pu_modbus = {
    .notes = remarks,
    .count = KWH_COUNT(remarks),
    .aliases = aliases,
    .alias_count = KWH_COUNT(aliases),
    .profiles = profiles,
    .profile_count = KWH_COUNT(profiles),
};
#endif

#ifdef KWH_MAP_PROOF
static const char proof_source[] = "the manual's write examples";

/* What they leave in the registers, one after another. */
static const uint16_t proof_code[] = {0x1113, 0x000A, 0x0006};
static const uint16_t proof_settings[] = {0x4120, 0x0000, 0x0004, 0x0025, 0x0002};
static const uint16_t proof_losses[] = {0x0000};
static const uint16_t proof_outputs[] = {0x9995, 0x0005, 0x0030, 0x0002};
static const uint16_t proof_data[] = {0x0001};
static const uint16_t proof_display[] = {0x0001, 0x0001};
static const uint16_t proof_tariff[] = {0x0002, 0x0000, 0x0000};
static const struct kwh_proof_span proof_spans[] = {
    {KWH_SPACE_HOLDING, 0x4002, KWH_COUNT(proof_code), proof_code},
    {KWH_SPACE_HOLDING, 0x400D, KWH_COUNT(proof_settings), proof_settings},
    {KWH_SPACE_HOLDING, 0x4016, KWH_COUNT(proof_losses), proof_losses},
    {KWH_SPACE_HOLDING, 0x401F, KWH_COUNT(proof_outputs), proof_outputs},
    {KWH_SPACE_HOLDING, 0x4026, KWH_COUNT(proof_data), proof_data},
    {KWH_SPACE_HOLDING, 0x4032, KWH_COUNT(proof_display), proof_display},
    {KWH_SPACE_HOLDING, 0x6048, KWH_COUNT(proof_tariff), proof_tariff},
};
static const struct kwh_proof_value proof_values[] = {
    {"meter_code", "1113"},
    {"device_address", "10"},
    {"baud_rate", "9600"},
    {"pulse_rate", "10"},
    {"combination_code", "forward_minus_reverse"},
    {"display_cycle_time", "25"},
    {"parity", "none"},
    {"power_down_counter", "0"},
    {"ct_ratio", "9995/5"},
    {"pulse_width", "0.030"},
    {"pulse_output_mode", "forward_and_reverse"},
    {"data_type", "standard"},
    {"screen_direction", "turned"},
    {"obis_display", "on"},
    {"tariff", "2"},
    {"active_energy_combined_resettable", "0"},
};

KWH_PROOF_DECLARE(inepro_2pu_modbus);
const struct kwh_map_proof kwh_proof_inepro_2pu_modbus = {
    .source = proof_source,
    .spans = proof_spans,
    .span_count = KWH_COUNT(proof_spans),
    .values = proof_values,
    .value_count = KWH_COUNT(proof_values),
};
#endif

/* ------------------------------------------------------------------------------------------------
 * M-Bus.
 *
 * One telegram that keeps to EN 13757-3:2018. The text of the manual has its DIF apart from the
 * rest of the records; they were put together again, and every length and example value bears it
 * out.
 */

/* clang-format off */
static KWH_CONST struct kwh_record mbus_records[] = {
    KWH_RECORD(1, 1, ACTIVE_ENERGY_IMPORT,              KWH_MANUAL, 0x04, 0x03),
    KWH_RECORD(2, 1, ACTIVE_ENERGY_IMPORT_T1,           KWH_MANUAL, 0x84, 0x10, 0x03),
    KWH_RECORD(3, 1, ACTIVE_ENERGY_IMPORT_T2,           KWH_MANUAL, 0x84, 0x20, 0x03),
    KWH_RECORD(4, 1, ACTIVE_ENERGY_IMPORT_T3,           KWH_MANUAL, 0x84, 0x30, 0x03),
    KWH_RECORD(5, 1, ACTIVE_ENERGY_IMPORT_T4,           KWH_MANUAL, 0x84, 0x80, 0x10, 0x03),
    /* backward flow by VIFE 3C; forward is not marked */
    KWH_RECORD(6, 1, ACTIVE_ENERGY_EXPORT,              KWH_MANUAL, 0x04, 0x83, 0x3C),
    KWH_RECORD(7, 1, ACTIVE_ENERGY_EXPORT_T1,           KWH_MANUAL, 0x84, 0x10, 0x83, 0x3C),
    KWH_RECORD(8, 1, ACTIVE_ENERGY_EXPORT_T2,           KWH_MANUAL, 0x84, 0x20, 0x83, 0x3C),
    KWH_RECORD(9, 1, ACTIVE_ENERGY_EXPORT_T3,           KWH_MANUAL, 0x84, 0x30, 0x83, 0x3C),
    KWH_RECORD(10, 1, ACTIVE_ENERGY_EXPORT_T4,          KWH_MANUAL, 0x84, 0x80, 0x10, 0x83, 0x3C),
    /* what it counts follows the combination code, whatever VIFE FC 10 says */
    KWH_RECORD(11, 1, ACTIVE_ENERGY_COMBINED_RESETTABLE, KWH_MANUAL, 0x04, 0x83, 0xFC, 0x10),
    /* kvarh by VIF FB 02, a thousandth of it by VIFE 73 */
    KWH_RECORD(12, 1, REACTIVE_ENERGY_IMPORT,           KWH_MANUAL, 0x04, 0xFB, 0x82, 0x73),
    KWH_RECORD(13, 1, REACTIVE_ENERGY_EXPORT,           KWH_MANUAL, 0x04, 0xFB, 0x82, 0xF3, 0x3C),
    /* phases by VIFE FC 01 to FC 03 */
    KWH_RECORD(14, 1, VOLTAGE_L1,                       KWH_MANUAL, 0x02, 0xFD, 0xC7, 0xFC, 0x01),
    KWH_RECORD(15, 1, VOLTAGE_L2,                       KWH_MANUAL, 0x02, 0xFD, 0xC7, 0xFC, 0x02),
    KWH_RECORD(16, 1, VOLTAGE_L3,                       KWH_MANUAL, 0x02, 0xFD, 0xC7, 0xFC, 0x03),
    /* 24 bits end at 8388.607 A; what is more wraps into negative numbers */
    KWH_RECORD(17, 1, CURRENT_L1,                       KWH_MANUAL, 0x03, 0xFD, 0xD9, 0xFC, 0x01),
    KWH_RECORD(18, 1, CURRENT_L2,                       KWH_MANUAL, 0x03, 0xFD, 0xD9, 0xFC, 0x02),
    KWH_RECORD(19, 1, CURRENT_L3,                       KWH_MANUAL, 0x03, 0xFD, 0xD9, 0xFC, 0x03),
    /* signed */
    KWH_RECORD(20, 1, ACTIVE_POWER,                     KWH_MANUAL, 0x03, 0x2B),
    KWH_RECORD(21, 1, ACTIVE_POWER_L1,                  KWH_MANUAL, 0x03, 0xAB, 0xFC, 0x01),
    KWH_RECORD(22, 1, ACTIVE_POWER_L2,                  KWH_MANUAL, 0x03, 0xAB, 0xFC, 0x02),
    KWH_RECORD(23, 1, ACTIVE_POWER_L3,                  KWH_MANUAL, 0x03, 0xAB, 0xFC, 0x03),
    KWH_RECORD(24, 1, REACTIVE_POWER,                   KWH_MANUAL, 0x03, 0xFB, 0x14),
    KWH_RECORD(25, 1, REACTIVE_POWER_L1,                KWH_MANUAL, 0x03, 0xFB, 0x94, 0xFC, 0x01),
    KWH_RECORD(26, 1, REACTIVE_POWER_L2,                KWH_MANUAL, 0x03, 0xFB, 0x94, 0xFC, 0x02),
    KWH_RECORD(27, 1, REACTIVE_POWER_L3,                KWH_MANUAL, 0x03, 0xFB, 0x94, 0xFC, 0x03),
    KWH_RECORD(28, 1, APPARENT_POWER,                   KWH_MANUAL, 0x03, 0xFB, 0x34),
    /* FD 3A has no scale, the example has two decimals; told from the CT ratio by its DIF */
    KWH_RECORD(29, CENTI, POWER_FACTOR_MAGNITUDE,       KWH_MANUAL, 0x0A, 0xFD, 0x3A),
    KWH_RECORD(30, 1, FREQUENCY,                        KWH_MANUAL, 0x03, 0xFB, 0x2C),
    /* plain-text VIF, the letter T; may be written, too */
    KWH_RECORD(31, 1, TARIFF,                           KWH_MANUAL, 0x09, 0x7C, 0x01, 0x54),
    /* PPPPSS, primary and secondary current, 9995/5 is 999505; of a 2PU CT only */
    KWH_RECORD(32, 1, CT_RATIO,                         KWH_MANUAL, 0x0B, 0xFD, 0x3A),

    /* Settings. E5 is the answer to anything: it does not prove that one was taken. */
    KWH_RECORD_BAUD_RATE(33, KWH_MANUAL),
    KWH_RECORD(34, 1, DEVICE_ADDRESS,   KWH_MANUAL | KWH_WRITE_ONLY, 0x01, 0x7A),
    /* printed high byte first, but all else is low byte first */
    KWH_RECORD(35, 1, SERIAL_NUMBER,    KWH_INFERRED | KWH_WRITE_ONLY, 0x0C, 0x79),
    /* code 05 locks for ever, and it is the example of the manual */
    KWH_RECORD(36, 1, COMBINATION_CODE, KWH_MANUAL | KWH_WRITE_ONLY, 0x09, 0xFD, 0x3A),
    KWH_RECORD(37, CENTI, PULSE_RATE,   KWH_MANUAL | KWH_WRITE_ONLY, 0x0C, 0xFD, 0x3A),
    KWH_RECORD(38, 1, ACTIVE_ENERGY_COMBINED_RESETTABLE, KWH_MANUAL | KWH_WRITE_ONLY, 0x0C, 0x04),
    KWH_RECORD(39, 1, POWER_DOWN_COUNTER, KWH_MANUAL | KWH_WRITE_ONLY, 0x0A, 0xFD, 0x60),
};

static KWH_CONST struct kwh_block mbus_blocks[] = {
    {.records = mbus_records, .count = KWH_COUNT(mbus_records)},
};

static KWH_CONST struct kwh_choice mbus_baud_rates[] = {
    {.code = 300}, {.code = 600}, {.code = 1200}, {.code = 2400}, {.code = 4800}, {.code = 9600},
};

static KWH_CONST struct kwh_item mbus_items[] = {
    KWH_CHOICE_ITEM(BAUD_RATE,         0xB8, mbus_baud_rates, KWH_RISK_LINK_CHANGE),
    KWH_RANGE_ITEM(DEVICE_ADDRESS,     0x51, 0, 250, KWH_RISK_LINK_CHANGE),
    KWH_RANGE_ITEM(SERIAL_NUMBER,      0x51, 0, 99999999, KWH_RISK_LINK_CHANGE),
    KWH_CHOICE_ITEM(TARIFF,            0x51, tariffs, 0),
    KWH_CHOICE_ITEM(COMBINATION_CODE,  0x51, combination_codes, 0),
    KWH_CHOICE_ITEM(PULSE_RATE,        0x51, pulse_rates, 0),
    KWH_RANGE_ITEM(ACTIVE_ENERGY_COMBINED_RESETTABLE, 0x51, 0, 0, KWH_RISK_COUNTER_RESET),
    KWH_RANGE_ITEM(POWER_DOWN_COUNTER, 0x51, 0, 0, KWH_RISK_COUNTER_RESET),
};
/* clang-format on */

static KWH_CONST struct kwh_line_settings mbus_lines[] = {{2400, 8, 'E', 1}};

/* A PRO1 has the same header: only its records tell it apart. */
static KWH_CONST struct kwh_mbus_family mbus_family = {
    .manufacturer = 0x25CD, /* INM; on the wire CD 25, printed 25 CD by the PRO1 */
    .version = 1,
    .medium = 2,
};

KWH_MAP_DECLARE(inepro_2pu_mbus);
KWH_CONST struct kwh_map kwh_map_inepro_2pu_mbus = {
    .name = KWH_TEXT("inepro_2pu"),
    .title = KWH_TEXT("inepro 2PU CT, 4PU, 4PS with M-Bus"),
    .blocks = mbus_blocks,
    .block_count = KWH_COUNT(mbus_blocks),
    .items = mbus_items,
    .item_count = KWH_COUNT(mbus_items),
    .lines = mbus_lines,
    .line_count = KWH_COUNT(mbus_lines),
    .protocol = KWH_PROTOCOL_MBUS,
    .default_address = 0,
    .mbus = &mbus_family,
    .counter = &counter,
};

#if KWH_MAP_NOTES
static const struct kwh_note mbus_remarks[] = {
    {11, "follows the combination code"},
    {17, "at most 8388.607 A: more wraps into negative numbers"},
    {18, "at most 8388.607 A: more wraps into negative numbers"},
    {19, "at most 8388.607 A: more wraps into negative numbers"},
    {20, "signed"},
    {24, "signed"},
    {29, "unsigned, two decimals by the example; the CT ratio has the same VIF"},
    {31, "tariffs 3 and 4 stay in the display once they were set; 230 V inputs switch 1 and 2, "
         "too"},
    {32, "primary and secondary current, PPPPSS; of a 2PU CT only"},
    {33, "default 2400; CI B8 is 300, B9 600, BA 1200, BB 2400, BC 4800, BD 9600; acknowledged at "
         "the old speed"},
    {34, "acknowledged from the old address"},
    {35, "the secondary address, 8 digits; the byte order of the example contradicts its text: "
         "read the header back"},
    {36, "code 5 cannot be undone; other numbers than on a PRO1"},
    {37, "imp/kWh, default 1000"},
    {38, "writing 0 clears it"},
    {39, "number of power losses; writing 0 clears it"},
};

static const char *const mbus_aliases[] = {"2PU", "2PU CT", "4PU", "4PS"};

KWH_NOTES_DECLARE(inepro_2pu_mbus);
const struct kwh_map_notes kwh_notes_inepro_2pu_mbus = {
    .notes = mbus_remarks,
    .count = KWH_COUNT(mbus_remarks),
    .aliases = mbus_aliases,
    .alias_count = KWH_COUNT(mbus_aliases),
};
#endif

#ifdef KWH_MAP_PROOF
static const char mbus_proof_source[] = "header, records and examples of the manual, put together";

/* clang-format off */
static const uint8_t mbus_proof_telegram[] = {
    0x68, 0xF4, 0xF4, 0x68, 0x08, 0x00, 0x72,
    0x46, 0x02, 0x02, 0x19, 0xCD, 0x25, 0x01, 0x02, 0x04, 0x00, 0x00, 0x00,
    0x04, 0x03, 0x15, 0xCD, 0x5B, 0x07,
    0x84, 0x10, 0x03, 0x15, 0xCD, 0x5B, 0x07,
    0x84, 0x20, 0x03, 0x15, 0xCD, 0x5B, 0x07,
    0x84, 0x30, 0x03, 0x15, 0xCD, 0x5B, 0x07,
    0x84, 0x80, 0x10, 0x03, 0x15, 0xCD, 0x5B, 0x07,
    0x04, 0x83, 0x3C, 0x15, 0xCD, 0x5B, 0x07,
    0x84, 0x10, 0x83, 0x3C, 0x15, 0xCD, 0x5B, 0x07,
    0x84, 0x20, 0x83, 0x3C, 0x15, 0xCD, 0x5B, 0x07,
    0x84, 0x30, 0x83, 0x3C, 0x15, 0xCD, 0x5B, 0x07,
    0x84, 0x80, 0x10, 0x83, 0x3C, 0x15, 0xCD, 0x5B, 0x07,
    0x04, 0x83, 0xFC, 0x10, 0x15, 0xCD, 0x5B, 0x07,
    0x04, 0xFB, 0x82, 0x73, 0x15, 0xCD, 0x5B, 0x07,
    0x04, 0xFB, 0x82, 0xF3, 0x3C, 0x15, 0xCD, 0x5B, 0x07,
    0x02, 0xFD, 0xC7, 0xFC, 0x01, 0xE4, 0x59,
    0x02, 0xFD, 0xC7, 0xFC, 0x02, 0xE4, 0x59,
    0x02, 0xFD, 0xC7, 0xFC, 0x03, 0xE4, 0x59,
    0x03, 0xFD, 0xD9, 0xFC, 0x01, 0x1B, 0x87, 0x01,
    0x03, 0xFD, 0xD9, 0xFC, 0x02, 0x1B, 0x87, 0x01,
    0x03, 0xFD, 0xD9, 0xFC, 0x03, 0x1B, 0x87, 0x01,
    0x03, 0x2B, 0x87, 0xD6, 0x12,
    0x03, 0xAB, 0xFC, 0x01, 0x87, 0xD6, 0x12,
    0x03, 0xAB, 0xFC, 0x02, 0x87, 0xD6, 0x12,
    0x03, 0xAB, 0xFC, 0x03, 0x79, 0x29, 0xED,
    0x03, 0xFB, 0x14, 0x87, 0xD6, 0x12,
    0x03, 0xFB, 0x94, 0xFC, 0x01, 0x87, 0xD6, 0x12,
    0x03, 0xFB, 0x94, 0xFC, 0x02, 0x87, 0xD6, 0x12,
    0x03, 0xFB, 0x94, 0xFC, 0x03, 0x87, 0xD6, 0x12,
    0x03, 0xFB, 0x34, 0x87, 0xD6, 0x12,
    0x0A, 0xFD, 0x3A, 0x00, 0x01,
    0x03, 0xFB, 0x2C, 0x37, 0xC7, 0x00,
    0x09, 0x7C, 0x01, 0x54, 0x01,
    0x0B, 0xFD, 0x3A, 0x05, 0x95, 0x99,
    0xAB, 0x16,
};
/* clang-format on */

static const struct kwh_proof_telegram mbus_proof_telegrams[] = {
    {0, sizeof mbus_proof_telegram, mbus_proof_telegram},
};

static const struct kwh_proof_value mbus_proof_values[] = {
    {"serial_number", "19020246"},
    {"mbus_manufacturer", "INM"},
    {"mbus_version", "1"},
    {"mbus_medium", "electricity"},
    {"mbus_access_number", "4"},
    {"mbus_status", "0x00"},
    {"mbus_signature", "0000"},
    {"active_energy_import", "123456789"},
    {"active_energy_import_t1", "123456789"},
    {"active_energy_import_t2", "123456789"},
    {"active_energy_import_t3", "123456789"},
    {"active_energy_import_t4", "123456789"},
    {"active_energy_export", "123456789"},
    {"active_energy_export_t1", "123456789"},
    {"active_energy_export_t2", "123456789"},
    {"active_energy_export_t3", "123456789"},
    {"active_energy_export_t4", "123456789"},
    {"active_energy_combined_resettable", "123456789"},
    {"reactive_energy_import", "123456789"},
    {"reactive_energy_export", "123456789"},
    {"voltage_l1", "230.12"},
    {"voltage_l2", "230.12"},
    {"voltage_l3", "230.12"},
    {"current_l1", "100.123"},
    {"current_l2", "100.123"},
    {"current_l3", "100.123"},
    {"active_power", "1234567"},
    {"active_power_l1", "1234567"},
    {"active_power_l2", "1234567"},
    {"active_power_l3", "-1234567"},
    {"reactive_power", "1234567"},
    {"reactive_power_l1", "1234567"},
    {"reactive_power_l2", "1234567"},
    {"reactive_power_l3", "1234567"},
    {"apparent_power", "1234567"},
    {"power_factor_magnitude", "1.00"},
    {"frequency", "50.999"},
    {"tariff", "1"},
    {"ct_ratio", "9995/5"},
};

KWH_PROOF_DECLARE(inepro_2pu_mbus);
const struct kwh_map_proof kwh_proof_inepro_2pu_mbus = {
    .source = mbus_proof_source,
    .telegrams = mbus_proof_telegrams,
    .telegram_count = KWH_COUNT(mbus_proof_telegrams),
    .values = mbus_proof_values,
    .value_count = KWH_COUNT(mbus_proof_values),
};
#endif
