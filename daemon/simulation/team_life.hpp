// The life of one team in the simulated market, period by period.
#pragma once

#include <cstdint>

#include "daemon/simulation/row_writer.hpp"

namespace segmentd::daemon {

// Appends the rows of team `number` (from 1), in no order, and what is true of it.
void live_one_team(const MarketModel& model, const MarketSettings& settings, std::int64_t number, Chronicle& chronicle);

}  // namespace segmentd::daemon
