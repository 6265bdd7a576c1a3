// A quarter of a year, in UTC or as a workspace's calendar has it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/zone.hpp"

namespace segmentd::daemon {

struct Quarter {
    std::string name;   // "1997Q3"
    Timestamp from{};   // included
    Timestamp until{};  // not included

    bool holds(Timestamp instant) const { return from <= instant && instant < until; }
};

// Reads "1997Q3": four digits from 1970 on, Q, 1 to 4.
Result<Quarter> parse_quarter(std::string_view text);

// The same quarter from its first local day to the first of the next one; `utc` is as parse_quarter gave it.
Quarter local_quarter(const Quarter& utc, const Zone& calendar);

}  // namespace segmentd::daemon
