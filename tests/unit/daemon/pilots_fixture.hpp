// A pilot of everybody who visited, judged by whether and for how much they buy.
#pragma once

#include "experiments/pilots/pilot_state.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {

inline constexpr std::string_view visitors_rules = R"(
feature: visits_30d
signal: visit
compute: count
window: 30d
---
feature: visits
signal: visit
compute: count
---
segment: visitors
steward: dana
enter: feature.visits_30d >= 1
---
segment: keen
steward: dana
enter: feature.visits >= 2
---
metric: bought
signal: purchase
window: 7d
---
metric: orders
signal: purchase
compute: count
where: event.amount > 5.0
window: 14d
---
metric: spend
signal: purchase
compute: sum
value: event.amount
window: 14d
---
pilot: voucher
hypothesis: A voucher makes visitors buy.
segment: visitors
report_by: [keen]
arms: {plain: {weight: 50%, control: true}, voucher: {weight: 50%}}
enrol: {from: 2027-02-01, until: 2027-03-01}
observe_until: 2027-04-01
layer: offers
metrics: {primary: bought, leading: [orders], lagging: [spend]}
)";

inline constexpr std::size_t bought = 0, orders = 1, spend = 2;  // places of the metrics

// What stands in the sums for the arm that the customer is in.
inline const ExactSum& sums_of(const LivedEngine& lived, std::string_view customer, std::size_t metric) {
    const auto& state = lived.engine.pilots().states().at(0);
    return state.cell(0, lived.enrolment(customer, "voucher").arm, metric);
}

}  // namespace segmentd::tests
