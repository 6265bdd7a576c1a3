// Time zones as tables: which offset from UTC holds from which instant on. No table is looked up
// here; whoever reads them from the system hands them in, so that an old journal keeps its borders.
//
// The local day D begins at the first instant whose local time reads D 00:00 or later: where clocks
// jump over midnight, at the jump; where a clock is set back over midnight, at the first midnight;
// a day that a zone left out begins and ends at one instant. So days follow each other without a gap.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/timestamp.hpp"

namespace segmentd {

struct ZoneChange {
    std::int64_t at_s = 0;      // seconds since 1970, inclusive
    std::int64_t offset_s = 0;  // east of UTC, from here on
    bool operator==(const ZoneChange&) const = default;
};

class Zone {
  public:
    // UTC.
    Zone() = default;

    // The offset before the first change, and the changes in order of time.
    Zone(std::int64_t first_offset_s, std::vector<ZoneChange> changes);

    static const Zone& utc();

    std::int64_t offset_s(Timestamp instant) const;

    // The local day that holds the instant, counted from 1970-01-01; never decreases with time.
    std::int64_t day_number(Timestamp instant) const;

    // The first instant of a local day.
    Timestamp start_of_day(std::int64_t day) const;

    // "1997-09-30", the local day that holds the instant.
    std::string to_date_text(Timestamp instant) const;

    // As segmentd::parse_timestamp; a bare date is the start of that local day.
    Result<Timestamp> parse_timestamp(std::string_view text) const;

    std::int64_t first_offset_s() const { return first_offset_s_; }
    const std::vector<ZoneChange>& changes() const { return changes_; }
    bool operator==(const Zone&) const = default;

  private:
    std::int64_t first_offset_s_ = 0;
    std::vector<ZoneChange> changes_;
};

// Zones by their IANA name, with the release of tzdata they were taken from.
struct Zones {
    std::string release;  // "2025b"
    std::map<std::string, Zone, std::less<>> by_name;

    // Null where there is no such zone. UTC is always there.
    const Zone* find(std::string_view name) const;
    bool operator==(const Zones&) const = default;
};

// The first line is "tzdata RELEASE". Then one line a zone: its name, the offset before the first
// change, and every change as INSTANT:OFFSET; or its name, "=" and the zone whose table it shares.
std::string to_text(const Zones& zones);

// Reads what to_text wrote; anything else is corrupt.
Result<Zones> parse_zones(std::string_view text);

// Stretches of a calendar. Weeks begin on Monday, as in ISO 8601.
enum class Period { day, week, month, quarter, year };

// The start of the period that holds the instant (steps = 0), of the one after it (1), before it (-1).
Timestamp period_start(const Zone& zone, Period period, Timestamp instant, std::int64_t steps);

}  // namespace segmentd
