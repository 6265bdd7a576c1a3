// What stands in a slot of a customer's row, as conditions call it.
#pragma once

#include <string>

#include "rules/rulebook/rulebook.hpp"

namespace segmentd::rules {

// "profile.plan", "feature.orders_90d", "score.churn", "threshold.churn", "segment.loyal" or "consent.offers".
std::string name_of_slot(const Rulebook& book, std::size_t slot);

}  // namespace segmentd::rules
