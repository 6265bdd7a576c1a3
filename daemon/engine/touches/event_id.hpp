// The id of an event: 128 bits of a hash over who, what and why, never over a position in the journal
// that another history would give another event. A full stop may not stand in a webhook id.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/timestamp.hpp"

namespace segmentd::daemon {

// "touch_" or "event_" and 32 hexadecimal digits.
std::string event_id(std::string_view prefix, std::initializer_list<std::string_view> texts,
                     std::initializer_list<std::uint64_t> numbers);

inline std::uint64_t instant_number(Timestamp at) {
    return static_cast<std::uint64_t>(to_microseconds(at));
}

}  // namespace segmentd::daemon
