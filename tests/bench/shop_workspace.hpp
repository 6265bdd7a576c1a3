// The workspace that the benchmarks run: a small shop in the manner of tests/workspaces/cdnow, with all that a live
// purchase passes: features with and without window, two fitted models and a score computed from them, four segments,
// a playbook with a touch, a pilot with two metrics, and a drift monitor. Its endpoint is in shadow: nothing leaves.
#pragma once

#include <map>
#include <string>

#include "base/records.hpp"

namespace segmentd::bench {

// Path -> text, as the daemon reads a folder.
std::map<std::string, std::string> shop_workspace();

// The same shop with a live endpoint and a purpose that needs no consent: whoever enters a segment gets a touch.
std::map<std::string, std::string> live_shop_workspace();

// Parameters of the model repeat_purchases: those that Fader, Hardie and Lee (2005) publish for CDNOW.
ModelRecord fitted_repeat_purchases();

// Parameters of the model spend_per_order: those that Fader and Hardie (2013) publish for CDNOW.
ModelRecord fitted_spend_per_order();

}  // namespace segmentd::bench
