// Everything the daemon knows about one customer, as the fold of their records; the profile attributes lie in columns
// of the population (profile_columns.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
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

struct Customer {
    KeptId id;
    std::uint32_t place = 0;         // in the population, never changes
    std::int32_t last_seen_day = 0;  // of live signals, for drift
    std::uint16_t bucket = 0;        // of the id, never changes
    bool suppressed = false;
    Timestamp first_seen = never;
    Timestamp next_check = never;
    ByNumber<rules::FeatureState> features;   // as in the rulebook; those that took a signal in
    ByNumber<rules::PurchaseDays> histories;  // as in the rulebook; those that took a signal in
    Memberships memberships;
    ShortList<std::uint32_t> undecided;              // segments with missing: error that wait for an input
    SeldomMap<std::map<std::string, bool>> consent;  // purpose -> granted; absent: never answered
    SeldomMap<std::map<PilotId, Enrolment>> enrolments;
    AccountTies accounts;
};

static_assert(sizeof(Customer) <= 96);

}  // namespace segmentd::daemon
