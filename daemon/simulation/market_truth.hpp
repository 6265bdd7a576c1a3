// The truth of a simulated market as JSON: what the model says and what the dice gave, so that
// whoever reads the findings of segmentd can see how right they are.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "daemon/simulation/market.hpp"

namespace segmentd::daemon {

// {"settings", "parameters", "pilots", "first_renewals", "rows", "consent", "at_end", "teams"}, a team on
// each line of its own. "pilots" has, by name, who was enrolled and, by metric and segment ("all" is
// everybody), the true "effect": see effect_of. Shares are {"probability", "trials", "successes"}.
// "rows" counts the file: all, broken by the reason of their refusal, late. "at_end" counts what the
// segments of the demo should find.
std::string market_truth_text(const MarketModel& model, const MarketSettings& settings, const Market& market);

// The same in short: {"effects", "rows", "consent", "at_end"}; effects by pilot, metric and segment.
boost::json::object market_truth_summary(const MarketSettings& settings, const Market& market);

}  // namespace segmentd::daemon
