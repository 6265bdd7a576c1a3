#include "base/timestamp.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

namespace segmentd {
namespace {

// Reads digits from the front of a text; every reader takes what it understood off the text.
class Digits {
  public:
    explicit Digits(std::string_view text) : rest_(text) {}

    std::optional<int> number(std::size_t digits) {
        if (rest_.size() < digits) return std::nullopt;
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (rest_[i] < '0' || rest_[i] > '9') return std::nullopt;
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(digits);
        return value;
    }

    bool take(char expected) {
        if (rest_.empty() || rest_.front() != expected) return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool take_any(std::string_view accepted) {
        if (rest_.empty() || accepted.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool at_end() const { return rest_.empty(); }
    bool at_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
    char front() const { return rest_.empty() ? '\0' : rest_.front(); }

  private:
    std::string_view rest_;
};

std::optional<Timestamp> read_date(Digits& digits) {
    const auto year = digits.number(4);
    if (!year || *year < 1 || !digits.take('-')) return std::nullopt;
    const auto month = digits.number(2);
    if (!month || !digits.take('-')) return std::nullopt;
    const auto day = digits.number(2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    return Timestamp(std::chrono::sys_days(date));
}

std::optional<Duration> read_time_of_day(Digits& digits) {
    const auto hour = digits.number(2);
    if (!hour || *hour > 23 || !digits.take(':')) return std::nullopt;
    const auto minute = digits.number(2);
    if (!minute || *minute > 59) return std::nullopt;
    int second = 0;
    if (digits.take(':')) {
        const auto read = digits.number(2);
        if (!read || *read > 60) return std::nullopt;
        second = *read;
    }
    std::int64_t microseconds = 0;
    if (digits.take('.')) {
        std::int64_t unit = 100'000;
        if (!digits.at_digit()) return std::nullopt;
        while (digits.at_digit()) {
            microseconds += *digits.number(1) * unit;
            unit /= 10;
        }
    }
    return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(second) +
           Duration(microseconds);
}

std::optional<Duration> read_offset(Digits& digits) {
    if (digits.at_end() || digits.take_any("Zz")) return Duration(0);
    const int sign = digits.front() == '-' ? -1 : 1;
    if (!digits.take_any("+-")) return std::nullopt;
    const auto hours = digits.number(2);
    digits.take(':');
    const auto minutes = digits.number(2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    return sign * (std::chrono::hours(*hours) + std::chrono::minutes(*minutes));
}

constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> duration_units = {{
    {"ms", 1'000},
    {"w", 604'800'000'000},
    {"d", 86'400'000'000},
    {"h", 3'600'000'000},
    {"m", 60'000'000},
    {"s", 1'000'000},
}};

}  // namespace

Result<Timestamp> parse_timestamp(std::string_view text) {
    const auto refuse = [&] {
        return fail(ErrorCode::invalid, fmt::format("'{}' is not a date or time", text.substr(0, 40)),
                    "write 2027-01-31 or 2027-01-31T09:30:00Z");
    };
    Digits digits(text);
    const auto date = read_date(digits);
    if (!date) return refuse();
    if (digits.at_end()) return *date;
    if (!digits.take_any("Tt ")) return refuse();
    const auto time = read_time_of_day(digits);
    if (!time) return refuse();
    const auto offset = read_offset(digits);
    if (!offset || !digits.at_end()) return refuse();
    return *date + *time - *offset;
}

bool is_date_only(std::string_view text) {
    return text.size() == 10 && parse_timestamp(text).has_value();
}

std::string to_date_text(Timestamp instant) {
    const std::chrono::year_month_day date(std::chrono::floor<Days>(instant));
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()));
}

std::string to_text(Timestamp instant) {
    const auto in_day = instant - std::chrono::floor<Days>(instant);
    const std::int64_t seconds = in_day.count() / 1'000'000;
    const std::int64_t fraction = in_day.count() % 1'000'000;
    auto text =
        fmt::format("{}T{:02}:{:02}:{:02}", to_date_text(instant), seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (fraction != 0) text += fmt::format(".{:06}", fraction);
    return text + "Z";
}

Result<Duration> parse_duration(std::string_view text) {
    const auto refuse = [&] {
        return fail(ErrorCode::invalid, fmt::format("'{}' is not a duration", text.substr(0, 40)),
                    "write a whole number and a unit: 90d, 2w, 12h, 30m, 15s");
    };
    std::string_view rest = text;
    std::int64_t total = 0;
    if (rest.empty()) return refuse();
    while (!rest.empty()) {
        std::int64_t count = 0;
        std::size_t digits = 0;
        while (digits < rest.size() && digits < 9 && rest[digits] >= '0' && rest[digits] <= '9') {
            count = count * 10 + (rest[digits++] - '0');
        }
        if (digits == 0) return refuse();
        rest.remove_prefix(digits);
        bool known = false;
        for (const auto& [unit, microseconds] : duration_units) {
            if (!rest.starts_with(unit)) continue;
            if (__builtin_mul_overflow(count, microseconds, &count) || __builtin_add_overflow(total, count, &total)) {
                return refuse();
            }
            rest.remove_prefix(unit.size());
            known = true;
            break;
        }
        if (!known) return refuse();
    }
    return Duration(total);
}

std::string to_text(Duration duration) {
    static constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> units = {
        {{"d", 86'400'000'000}, {"h", 3'600'000'000}, {"m", 60'000'000}, {"s", 1'000'000}, {"ms", 1'000}}};
    std::string text;
    std::int64_t rest = duration.count();
    for (const auto& [unit, microseconds] : units) {
        if (rest < microseconds) continue;
        text += fmt::format("{}{}", rest / microseconds, unit);
        rest %= microseconds;
    }
    return text.empty() ? "0s" : text;
}

}  // namespace segmentd
