// Everything the daemon knows about one customer, as the fold of their records; the profile attributes lie in columns
// of the population (profile_columns.hpp).
#pragma once

#include <boost/container/flat_map.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/seldom.hpp"
#include "base/short_list.hpp"
#include "daemon/engine/population/account_ties.hpp"
#include "daemon/engine/population/customer_ids.hpp"
#include "daemon/engine/population/membership.hpp"
#include "daemon/engine/population/sparse.hpp"
#include "rules/features/feature_state.hpp"
#include "rules/scoring/purchase_days.hpp"

namespace segmentd::daemon {

// One metric of one pilot: what this customer brought so far, and whether it stands in the sums.
struct Outcome {
    std::int64_t units = 0;
    bool counted = false;
};

struct Enrolment {
    Timestamp at{};
    std::size_t arm = 0;
    std::vector<bool> reported;     // per segment the pilot reports by: a member at enrolment
    std::vector<Outcome> outcomes;  // per metric of the pilot
    std::optional<Timestamp> exposed_at;
};

// Customers fall into so many buckets by a hash of their id, for the state hash.
inline constexpr std::size_t customer_buckets = 65'536;

using Consents = boost::container::flat_map<std::string, bool>;  // purpose -> granted; absent: never answered
using Enrolments = boost::container::flat_map<PilotId, Enrolment>;

// What most customers have nothing of.
struct CustomerRest {
    Consents consent;
    Enrolments enrolments;
    ShortList<std::uint32_t> undecided;  // segments with missing: error that wait for an input
    AccountTies accounts;
    bool suppressed = false;
};

// One line of the processor's cache.
struct alignas(64) Customer {
    KeptId id;
    std::uint32_t place = 0;          // in the population, never changes
    std::uint16_t bucket = 0;         // of the id, never changes
    std::uint16_t last_seen_day = 0;  // of live signals, for drift: days since 1970 modulo 65,536
    Timestamp first_seen = never;
    Timestamp next_check = never;
    ByNumber<rules::FeatureState> features;   // as in the rulebook; those that took a signal in
    ByNumber<rules::PurchaseDays> histories;  // as in the rulebook; those that took a signal in
    Memberships memberships;
    Seldom<CustomerRest> rest;
};

static_assert(sizeof(Customer) == 64);

}  // namespace segmentd::daemon
