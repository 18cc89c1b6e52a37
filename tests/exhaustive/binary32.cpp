/* SPDX-License-Identifier: MIT */
/*
 * All 2^32 bit patterns: every finite one reads as the shortest decimal, digit for digit what
 * std::to_chars() says, and encodes back to itself; every other one has no value.
 *
 * Usage: exhaustive_binary32 [FIRST [COUNT]], as patterns without sign, to run a part of it.
 */
#include <atomic>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include <kwh/decimal.h>

namespace
{

constexpr std::uint64_t infinite = 0x7F800000;
constexpr std::uint32_t sign = 0x80000000;
constexpr std::uint64_t chunk = 1 << 20;

struct digits {
    std::int64_t mantissa;
    int exponent;
};

/* "2.3012e+02" as {23012, -2}. */
digits shortest(std::uint32_t bits)
{
    float number;
    char text[32];
    std::memcpy(&number, &bits, sizeof number);
    const char *end =
        std::to_chars(text, text + sizeof text, number, std::chars_format::scientific).ptr;
    digits d = {0, 0};
    const char *p = text;
    bool negative = *p == '-';
    p += negative;
    for (bool fraction = false; *p != 'e'; p++) {
        if (*p == '.') {
            fraction = true;
            continue;
        }
        d.mantissa = 10 * d.mantissa + (*p - '0');
        d.exponent -= fraction;
    }
    int power = 0;
    std::from_chars(p[1] == '+' ? p + 2 : p + 1, end, power);
    d.exponent += power;
    d.mantissa = negative ? -d.mantissa : d.mantissa;
    return d;
}

bool holds_finite(std::uint32_t bits)
{
    digits expected = shortest(bits);
    struct kwh_decimal value;
    std::uint32_t back;

    if ((bits & ~sign) == 0)
        expected = {0, 0};
    return kwh_decimal_from_binary32(bits, &value) == KWH_OK &&
           value.mantissa == expected.mantissa && value.exponent == expected.exponent &&
           kwh_decimal_to_binary32(value, &back) == KWH_OK && back == (bits == sign ? 0 : bits);
}

bool holds_not_finite(std::uint32_t bits)
{
    struct kwh_decimal value = {1, 1};

    return kwh_decimal_from_binary32(bits, &value) == KWH_ERROR_NO_VALUE && value.mantissa == 0 &&
           value.exponent == 0;
}

bool holds(std::uint32_t bits)
{
    return (bits & ~sign) < infinite ? holds_finite(bits) : holds_not_finite(bits);
}

std::atomic<std::uint64_t> next_pattern;
std::atomic<std::uint64_t> checked;
std::atomic<std::uint64_t> failed;

void work(std::uint64_t end)
{
    for (;;) {
        std::uint64_t first = next_pattern.fetch_add(chunk);
        std::uint64_t last = first + chunk < end ? first + chunk : end;
        if (first >= last)
            return;
        for (std::uint64_t i = first; i < last; i++) {
            for (std::uint32_t bits : {std::uint32_t(i), std::uint32_t(i) | sign}) {
                if (!holds(bits) && failed++ < 20)
                    std::printf("# %08" PRIX32 " differs\n", bits);
            }
        }
        checked += 2 * (last - first);
    }
}

} // namespace

int main(int argc, char **argv)
{
    std::uint64_t first = argc > 1 ? std::strtoull(argv[1], nullptr, 0) : 0;
    std::uint64_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 0) : sign;
    std::uint64_t end = first + count < sign ? first + count : sign;
    unsigned threads = std::thread::hardware_concurrency();
    std::vector<std::thread> workers;

    next_pattern = first;
    for (unsigned i = 0; i < (threads > 0 ? threads : 1); i++)
        workers.emplace_back(work, end);
    for (std::thread &worker : workers)
        worker.join();
    std::printf("%" PRIu64 " patterns, %" PRIu64 " differ\n", checked.load(), failed.load());
    return failed == 0 && first < end && checked == 2 * (end - first) ? 0 : 1;
}
