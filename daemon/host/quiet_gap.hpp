// How long nothing may have run before what fell due in between is caught up with in silence.
#pragma once

#include "base/timestamp.hpp"

namespace segmentd::daemon {

inline constexpr Duration quiet_gap = std::chrono::minutes(5);

}  // namespace segmentd::daemon
