#include "base/zone.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace segmentd {
namespace {

constexpr std::int64_t day_s = 86'400;
constexpr std::int64_t largest_shift_s = 26 * 3'600;  // more than any two offsets lie apart

std::int64_t seconds_of(Timestamp instant) {
    return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

Timestamp from_seconds(std::int64_t seconds) {
    return Timestamp(std::chrono::seconds(seconds));
}

std::int64_t days_of(std::chrono::year_month_day date) {
    return std::chrono::sys_days(date).time_since_epoch().count();
}

// The first day of the period that holds the day, moved by whole periods.
std::int64_t first_day(Period period, std::int64_t day, std::int64_t steps) {
    const std::chrono::sys_days date{Days(day)};
    if (period == Period::day) return day + steps;
    if (period == Period::week) {
        const auto since_monday = static_cast<std::int64_t>(std::chrono::weekday(date).iso_encoding()) - 1;
        return day - since_monday + 7 * steps;
    }
    const std::chrono::year_month_day local(date);
    const std::int64_t months_in_period = period == Period::month ? 1 : period == Period::quarter ? 3 : 12;
    const auto month = static_cast<std::int64_t>(static_cast<unsigned>(local.month())) - 1;
    const auto in_period = std::chrono::months(month % months_in_period - months_in_period * steps);
    return days_of((local.year() / local.month() - in_period) / std::chrono::day(1));
}

std::string_view take_word(std::string_view& text, char end) {
    const auto word = text.substr(0, text.find(end));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    return word;
}

std::optional<std::int64_t> number_in(std::string_view text) {
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<Zone> parse_table(std::string_view text) {
    const auto is_offset = [](std::int64_t offset_s) { return offset_s > -day_s && offset_s < day_s; };
    const auto first = number_in(take_word(text, ' '));
    if (!first || !is_offset(*first)) return std::nullopt;
    std::vector<ZoneChange> changes;
    while (!text.empty()) {
        auto change = take_word(text, ' ');
        const auto at = number_in(take_word(change, ':'));
        const auto offset = number_in(change);
        if (!at || !offset || !is_offset(*offset)) return std::nullopt;
        if (!changes.empty() && changes.back().at_s >= *at) return std::nullopt;
        changes.push_back({*at, *offset});
    }
    return Zone(*first, std::move(changes));
}

}  // namespace

Zone::Zone(std::int64_t first_offset_s, std::vector<ZoneChange> changes)
    : first_offset_s_(first_offset_s), changes_(std::move(changes)) {}

const Zone& Zone::utc() {
    static const Zone zone;
    return zone;
}

std::int64_t Zone::offset_s(Timestamp instant) const {
    const auto next = std::ranges::upper_bound(changes_, seconds_of(instant), {}, &ZoneChange::at_s);
    return next == changes_.begin() ? first_offset_s_ : std::prev(next)->offset_s;
}

std::int64_t Zone::day_number(Timestamp instant) const {
    const auto local = instant + std::chrono::seconds(offset_s(instant));
    auto day = segmentd::day_number(local);
    while (!changes_.empty() && start_of_day(day + 1) <= instant) ++day;
    return day;
}

Timestamp Zone::start_of_day(std::int64_t day) const {
    const std::int64_t local_s = day * day_s;
    auto next = std::ranges::upper_bound(changes_, local_s - largest_shift_s, {}, &ZoneChange::at_s);
    bool is_first = next == changes_.begin();
    while (true) {
        const auto begin = is_first ? std::numeric_limits<std::int64_t>::min() : std::prev(next)->at_s;
        const auto offset = is_first ? first_offset_s_ : std::prev(next)->offset_s;
        const auto start = std::max(begin, local_s - offset);
        if (next == changes_.end() || start < next->at_s) return from_seconds(start);
        ++next;
        is_first = false;
    }
}

std::string Zone::to_date_text(Timestamp instant) const {
    return segmentd::to_date_text(segmentd::start_of_day(day_number(instant)));
}

Result<Timestamp> Zone::parse_timestamp(std::string_view text) const {
    TRY(instant, segmentd::parse_timestamp(text));
    return is_date_only(text) ? start_of_day(segmentd::day_number(instant)) : instant;
}

const Zone* Zones::find(std::string_view name) const {
    if (name == "UTC") return &Zone::utc();
    const auto found = by_name.find(name);
    return found == by_name.end() ? nullptr : &found->second;
}

std::string to_text(const Zones& zones) {
    std::string text = fmt::format("tzdata {}\n", zones.release);
    std::vector<std::pair<const Zone*, std::string_view>> told;
    for (const auto& [name, zone] : zones.by_name) {
        const auto same =
            std::ranges::find_if(told, [&here = zone](const auto& other) { return *other.first == here; });
        if (same != told.end()) {
            text += fmt::format("{} ={}\n", name, same->second);
            continue;
        }
        told.emplace_back(&zone, name);
        text += fmt::format("{} {}", name, zone.first_offset_s());
        for (const auto& change : zone.changes()) text += fmt::format(" {}:{}", change.at_s, change.offset_s);
        text += '\n';
    }
    return text;
}

Result<Zones> parse_zones(std::string_view text) {
    const auto refuse = [](std::string_view line) {
        return fail(ErrorCode::corrupt, fmt::format("'{}' is no line of a table of time zones", line.substr(0, 60)),
                    "the tables are written by segmentd, not by hand");
    };
    Zones zones;
    const auto head = take_word(text, '\n');
    if (!head.starts_with("tzdata ")) return refuse(head);
    zones.release = head.substr(7);
    while (!text.empty()) {
        const auto line = take_word(text, '\n');
        auto rest = line;
        const std::string name(take_word(rest, ' '));
        if (rest.starts_with('=')) {
            const auto same = zones.by_name.find(rest.substr(1));
            if (same == zones.by_name.end()) return refuse(line);
            zones.by_name.emplace(name, same->second);
            continue;
        }
        auto zone = parse_table(rest);
        if (!zone) return refuse(line);
        zones.by_name.emplace(name, std::move(*zone));
    }
    return zones;
}

Timestamp period_start(const Zone& zone, Period period, Timestamp instant, std::int64_t steps) {
    return zone.start_of_day(first_day(period, zone.day_number(instant), steps));
}

}  // namespace segmentd
