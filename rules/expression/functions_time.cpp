#include "rules/expression/functions_time.hpp"

#include <chrono>
#include <optional>

#include "rules/expression/instant_text.hpp"

namespace segmentd::rules::expression {
namespace {

constexpr std::int64_t nanoseconds_a_millisecond = 1'000'000;
constexpr std::int64_t nanoseconds_a_second = 1'000'000'000;

tl::unexpected<EvaluationError> no_part() {
    return no_value(EvaluationErrorKind::no_such_overload, "this value has no such part");
}

std::optional<std::int64_t> part_of(Function part, std::int64_t local_seconds);

}  // namespace

Outcome part_of_timestamp(Function part, const Value& timestamp, const Value* zone, const ZoneOffset& zones) {
    if (timestamp.kind() != Kind::timestamp) return no_part();
    const Instant instant = timestamp.as_instant();
    std::int64_t local_seconds = instant.seconds;
    if (zone != nullptr) {
        if (zone->kind() != Kind::string) return no_part();
        auto offset = parse_fixed_offset(zone->as_text());
        if (!offset && zones) offset = zones(zone->as_text(), instant.seconds);
        if (!offset) return no_value(EvaluationErrorKind::invalid_argument, "the time zone is not known");
        local_seconds += *offset;
    }
    if (part == Function::get_milliseconds) return Value::integer(instant.nanoseconds / nanoseconds_a_millisecond);
    const auto number = part_of(part, local_seconds);
    if (!number) return no_part();
    return Value::integer(*number);
}

Outcome part_of_duration(Function part, const Value& duration) {
    const std::int64_t nanoseconds = duration.as_nanoseconds();
    switch (part) {
        case Function::get_hours: return Value::integer(nanoseconds / (3600 * nanoseconds_a_second));
        case Function::get_minutes: return Value::integer(nanoseconds / (60 * nanoseconds_a_second));
        case Function::get_seconds: return Value::integer(nanoseconds / nanoseconds_a_second);
        case Function::get_milliseconds:
            return Value::integer(nanoseconds % nanoseconds_a_second / nanoseconds_a_millisecond);
        default: return no_part();
    }
}

namespace {

std::optional<std::int64_t> part_of(Function part, std::int64_t local_seconds) {
    const std::chrono::sys_seconds time{std::chrono::seconds(local_seconds)};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::int64_t in_day = (time - day).count();
    switch (part) {
        case Function::get_full_year: return static_cast<int>(date.year());
        case Function::get_month: return static_cast<unsigned>(date.month()) - 1;
        case Function::get_date: return static_cast<unsigned>(date.day());
        case Function::get_day_of_month: return static_cast<unsigned>(date.day()) - 1;
        case Function::get_day_of_week: return std::chrono::weekday(day).c_encoding();
        case Function::get_day_of_year:
            return (day - std::chrono::sys_days(date.year() / std::chrono::January / 1)).count();
        case Function::get_hours: return in_day / 3600;
        case Function::get_minutes: return in_day / 60 % 60;
        case Function::get_seconds: return in_day % 60;
        default: return std::nullopt;
    }
}

}  // namespace

}  // namespace segmentd::rules::expression
