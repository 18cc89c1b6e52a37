/* SPDX-License-Identifier: MIT */
#include <kwh/combination.h>

/* The right-hand sides of the manuals' tables; F, R, VF and VR as in the header. */
enum formula {
    SILENT,
    F,
    R,
    MINUS_R,
    F_PLUS_R,
    F_MINUS_R,
    R_MINUS_F,
    MINUS_R_MINUS_F,
    VF,
    VR,
    MINUS_VR
};

/* forward * F + reverse * R, or of the vector sum. */
/* clang-format off */
static KWH_CONST struct terms {
    int8_t forward, reverse;
    bool vector;
} formulas[] = {
    [SILENT]          = { 0,  0, false},
    [F]               = { 1,  0, false},
    [R]               = { 0,  1, false},
    [MINUS_R]         = { 0, -1, false},
    [F_PLUS_R]        = { 1,  1, false},
    [F_MINUS_R]       = { 1, -1, false},
    [R_MINUS_F]       = {-1,  1, false},
    [MINUS_R_MINUS_F] = {-1, -1, false},
    [VF]              = { 1,  0, true},
    [VR]              = { 0,  1, true},
    [MINUS_VR]        = { 0, -1, true},
};
/* clang-format on */

#define FAMILIES (KWH_COMBINATION_2PU + 1u)
#define VALUES   (KWH_COMBINED_PULSE_REVERSE + 1u)

#define ROW(name, pro1, pro380, of_2pu, total, forward, reverse, s0_forward, s0_reverse)           \
    [KWH_COMBINATION_##name] = {{(pro1), (pro380), (of_2pu)},                                      \
                                {(total), (forward), (reverse), (s0_forward), (s0_reverse)}}

/* The total of the vector codes is F - R, which is VF - VR and always known. */
/* clang-format off */
static KWH_CONST struct row {
    uint8_t codes[FAMILIES]; /* 0: none */
    uint8_t values[VALUES];  /* enum formula */
} rows[] = {
    ROW(FORWARD,                             1,  1, 1, F,               F,  MINUS_R,  F,      SILENT),
    ROW(REVERSE,                             4,  4, 2, MINUS_R,         F,  MINUS_R,  SILENT, R),
    ROW(FORWARD_PLUS_REVERSE,                5,  5, 3, F_PLUS_R,        F,  R,        F,      R),
    ROW(REVERSE_MINUS_FORWARD,               6,  6, 0, MINUS_R_MINUS_F, F,  MINUS_R,  F,      R),
    ROW(FORWARD_MINUS_REVERSE,               9,  9, 4, F_MINUS_R,       F,  MINUS_R,  F,      R),
    ROW(FORWARD_MINUS_REVERSE_VECTOR,       10, 10, 5, F_MINUS_R,       VF, MINUS_VR, VF,     VR),
    ROW(FORWARD_MINUS_REVERSE_VECTOR_PULSE,  0, 11, 0, F_MINUS_R,       F,  MINUS_R,  VF,     VR),
    ROW(REVERSE_MINUS_FORWARD_LABEL,         0,  0, 0, R_MINUS_F,       F,  MINUS_R,  F,      R),
};
/* clang-format on */
#define ROWS (sizeof rows / sizeof rows[0])

static bool exists(enum kwh_combination combination)
{
    return combination != KWH_COMBINATION_NONE && combination < ROWS;
}

enum kwh_error kwh_combination_from_code(enum kwh_combination_family family, uint32_t code,
                                         enum kwh_combination *combination)
{
    *combination = KWH_COMBINATION_NONE;
    if (code == 0 || family >= FAMILIES)
        return KWH_ERROR_UNSUPPORTED;
    for (unsigned i = 1; i < ROWS; i++) {
        if (rows[i].codes[family] == code) {
            *combination = (enum kwh_combination)i;
            return KWH_OK;
        }
    }
    return KWH_ERROR_UNSUPPORTED;
}

enum kwh_error kwh_combination_code(enum kwh_combination_family family,
                                    enum kwh_combination combination, uint8_t *code)
{
    *code = exists(combination) && family < FAMILIES ? rows[combination].codes[family] : 0;
    return *code != 0 ? KWH_OK : KWH_ERROR_UNSUPPORTED;
}

/* An amount with the sign of its coefficient, which is not 0. */
static struct kwh_decimal term(struct kwh_decimal amount, int8_t coefficient)
{
    return kwh_decimal(coefficient < 0 ? -amount.mantissa : amount.mantissa, amount.exponent);
}

enum kwh_error kwh_combine(enum kwh_combination combination, enum kwh_combined which,
                           const struct kwh_flows *flows, struct kwh_decimal *value)
{
    const struct kwh_flow *flow;
    KWH_CONST struct terms *terms;
    enum formula formula;

    *value = kwh_decimal(0, 0);
    if (!exists(combination) || which >= VALUES)
        return KWH_ERROR_ARGUMENT;
    formula = (enum formula)rows[combination].values[which];
    terms = &formulas[formula];
    flow = terms->vector ? &flows->vector : &flows->phases;
    if (formula == SILENT)
        return KWH_ERROR_NO_VALUE;
    if (terms->vector && !flows->vector_known)
        return KWH_ERROR_UNDETERMINED;
    if (flow->forward.mantissa < 0 || flow->reverse.mantissa < 0)
        return KWH_ERROR_ARGUMENT;
    if (terms->reverse == 0)
        *value = term(flow->forward, terms->forward);
    else if (terms->forward == 0)
        *value = term(flow->reverse, terms->reverse);
    else
        return kwh_decimal_add(term(flow->forward, terms->forward),
                               term(flow->reverse, terms->reverse), value);
    return KWH_OK;
}
