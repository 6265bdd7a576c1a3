#include "daemon/audit/quarter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace segmentd::daemon {

Result<Quarter> parse_quarter(std::string_view text) {
    const auto is_digit = [](unsigned char character) { return std::isdigit(character) != 0; };
    const bool is_formed = text.size() == 6 && std::all_of(text.begin(), text.begin() + 4, is_digit) &&
                           text[4] == 'Q' && text[5] >= '1' && text[5] <= '4';
    const int year = is_formed ? std::stoi(std::string(text.substr(0, 4))) : 0;
    if (year < 1970) {
        return fail(ErrorCode::invalid, fmt::format("'{}' is not a quarter", text),
                    "write the year and the quarter, for example 2026Q4");
    }
    const auto first_month = static_cast<unsigned>(3 * (text[5] - '1') + 1);
    const std::chrono::year_month_day first{std::chrono::year(year), std::chrono::month(first_month),
                                            std::chrono::day(1)};
    return Quarter{std::string(text), Timestamp(std::chrono::sys_days(first)),
                   Timestamp(std::chrono::sys_days(first + std::chrono::months(3)))};
}

Quarter local_quarter(const Quarter& utc, const Zone& calendar) {
    return {utc.name, calendar.start_of_day(day_number(utc.from)), calendar.start_of_day(day_number(utc.until))};
}

}  // namespace segmentd::daemon
