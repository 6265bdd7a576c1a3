#include "rules/expression/instant_text.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <utility>

namespace segmentd::rules::expression {
namespace {

constexpr std::int64_t nanoseconds_a_second = 1'000'000'000;
constexpr std::int64_t seconds_a_day = 86'400;

// Reads from the front of a text; what fails leaves `failed` set and every later read fails too.
struct Reader {
    std::string rest;
    std::size_t at = 0;
    bool failed = false;

    bool at_end() const { return at == rest.size(); }
    bool at_digit() const { return !at_end() && rest[at] >= '0' && rest[at] <= '9'; }
    bool take(char expected);
    std::int64_t number(int digits, std::int64_t largest);
};

std::int64_t read_day(Reader& reader);
std::int64_t read_seconds_of_day(Reader& reader);
std::int32_t read_fraction(Reader& reader);
std::int64_t read_offset(Reader& reader);
std::optional<std::int64_t> take_unit(Reader& reader);
std::string fraction_text(std::int64_t nanoseconds);

}  // namespace

bool is_in_range(Instant instant) {
    return earliest_instant <= instant && instant <= latest_instant;
}

std::optional<Instant> parse_instant(std::string_view text) {
    Reader reader{std::string(text)};
    std::int64_t seconds = read_day(reader) * seconds_a_day;
    if (!reader.take('T') && !reader.take('t')) return std::nullopt;
    seconds += read_seconds_of_day(reader);
    const std::int32_t nanoseconds = read_fraction(reader);
    seconds -= read_offset(reader);
    const Instant instant{seconds, nanoseconds};
    if (reader.failed || !reader.at_end() || !is_in_range(instant)) return std::nullopt;
    return instant;
}

std::string instant_text(Instant instant) {
    const std::chrono::sys_seconds time{std::chrono::seconds(instant.seconds)};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::int64_t in_day = (time - day).count();
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), in_day / 3600,
                       in_day / 60 % 60, in_day % 60, fraction_text(instant.nanoseconds));
}

std::optional<std::int64_t> parse_nanoseconds(std::string_view text) {
    Reader reader{std::string(text)};
    const bool negative = reader.take('-');
    if (!negative) reader.take('+');
    if (reader.at_end()) return std::nullopt;
    if (reader.rest.substr(reader.at) == "0") return 0;
    std::int64_t total = 0;  // kept below zero, where 64 bits reach further
    while (!reader.at_end()) {
        std::int64_t whole = 0;
        bool digits = false;
        for (; reader.at_digit(); digits = true) {
            const std::int64_t digit = reader.number(1, 9);
            if (__builtin_mul_overflow(whole, 10, &whole) || __builtin_sub_overflow(whole, digit, &whole)) {
                return std::nullopt;
            }
        }
        const std::size_t fraction_begin = reader.take('.') ? reader.at : std::string::npos;
        while (fraction_begin != std::string::npos && reader.at_digit()) {
            ++reader.at;
            digits = true;
        }
        const std::size_t fraction_end = reader.at;
        const auto unit = take_unit(reader);
        if (!digits || !unit || __builtin_mul_overflow(whole, *unit, &whole) ||
            __builtin_add_overflow(total, whole, &total)) {
            return std::nullopt;
        }
        std::int64_t scale = *unit;
        for (std::size_t i = fraction_begin; i < fraction_end && scale > 1; ++i) {
            scale /= 10;
            if (__builtin_sub_overflow(total, (reader.rest[i] - '0') * scale, &total)) return std::nullopt;
        }
    }
    if (negative) return total;
    if (__builtin_sub_overflow(0, total, &total)) return std::nullopt;
    return total;
}

std::string nanoseconds_text(std::int64_t nanoseconds) {
    const std::int64_t fraction = nanoseconds % nanoseconds_a_second;
    return fmt::format("{}{}{}s", nanoseconds < 0 && nanoseconds > -nanoseconds_a_second ? "-" : "",
                       nanoseconds / nanoseconds_a_second, fraction_text(fraction < 0 ? -fraction : fraction));
}

std::optional<std::int64_t> parse_fixed_offset(std::string_view zone) {
    if (zone.empty() || zone == "UTC" || zone == "Z") return 0;
    Reader reader{std::string(zone)};
    const bool negative = reader.take('-');
    if (!negative) reader.take('+');
    const std::int64_t hours = reader.number(2, 23);
    if (!reader.take(':')) return std::nullopt;
    const std::int64_t seconds = (hours * 60 + reader.number(2, 59)) * 60;
    if (reader.failed || !reader.at_end()) return std::nullopt;
    return negative ? -seconds : seconds;
}

namespace {

bool Reader::take(char expected) {
    if (at_end() || rest[at] != expected) return false;
    ++at;
    return true;
}

std::int64_t Reader::number(int digits, std::int64_t largest) {
    std::int64_t value = 0;
    for (int i = 0; i < digits; ++i) {
        if (!at_digit()) {
            failed = true;
            return 0;
        }
        value = value * 10 + (rest[at++] - '0');
    }
    if (value > largest) failed = true;
    return value;
}

std::int64_t read_day(Reader& reader) {
    const auto year = reader.number(4, 9999);
    if (!reader.take('-')) reader.failed = true;
    const auto month = reader.number(2, 12);
    if (!reader.take('-')) reader.failed = true;
    const auto day = reader.number(2, 31);
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) {
        reader.failed = true;
        return 0;
    }
    return std::chrono::sys_days(date).time_since_epoch().count();
}

std::int64_t read_seconds_of_day(Reader& reader) {
    const std::int64_t hour = reader.number(2, 23);
    if (!reader.take(':')) reader.failed = true;
    const std::int64_t minute = reader.number(2, 59);
    if (!reader.take(':')) reader.failed = true;
    return (hour * 60 + minute) * 60 + reader.number(2, 59);
}

std::int32_t read_fraction(Reader& reader) {
    if (!reader.take('.')) return 0;
    if (!reader.at_digit()) reader.failed = true;
    std::int64_t nanoseconds = 0;
    for (std::int64_t scale = nanoseconds_a_second / 10; reader.at_digit(); scale /= 10) {
        nanoseconds += reader.number(1, 9) * scale;
    }
    return static_cast<std::int32_t>(nanoseconds);
}

std::int64_t read_offset(Reader& reader) {
    if (reader.take('Z') || reader.take('z')) return 0;
    const bool negative = reader.take('-');
    if (!negative && !reader.take('+')) reader.failed = true;
    const std::int64_t hours = reader.number(2, 23);
    if (!reader.take(':')) reader.failed = true;
    const std::int64_t seconds = (hours * 60 + reader.number(2, 59)) * 60;
    return negative ? -seconds : seconds;
}

std::optional<std::int64_t> take_unit(Reader& reader) {
    static constexpr std::array<std::pair<std::string_view, std::int64_t>, 8> units = {{
        {"ns", 1},
        {"us", 1'000},
        {"\u00b5s", 1'000},
        {"\u03bcs", 1'000},
        {"ms", 1'000'000},
        {"s", nanoseconds_a_second},
        {"m", 60 * nanoseconds_a_second},
        {"h", 3600 * nanoseconds_a_second},
    }};
    for (const auto& [name, nanoseconds] : units) {
        if (reader.rest.compare(reader.at, name.size(), name) != 0) continue;
        reader.at += name.size();
        return nanoseconds;
    }
    return std::nullopt;
}

std::string fraction_text(std::int64_t nanoseconds) {
    if (nanoseconds == 0) return {};
    std::string text = fmt::format(".{:09}", nanoseconds);
    text.erase(text.find_last_not_of('0') + 1);
    return text;
}

}  // namespace

}  // namespace segmentd::rules::expression
