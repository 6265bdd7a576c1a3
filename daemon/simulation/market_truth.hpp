// The truth of a simulated market as JSON: what the model says and what the dice gave, so that
// whoever reads the findings of segmentd can see how right they are.
#pragma once

#include <string>

#include "daemon/simulation/market.hpp"

namespace segmentd::daemon {

// {"settings", "parameters", "arms", "renewals", "at_end", "teams"}, a team on each line of its own.
// Shares are {"probability", "trials", "successes"}. "at_end" counts what the segments of the demo
// should find: teams in their first 30 days, teams that pay, and those of them whose mood is fading.
std::string market_truth_text(const MarketModel& model, const MarketSettings& settings, const MarketTruth& truth);

}  // namespace segmentd::daemon
