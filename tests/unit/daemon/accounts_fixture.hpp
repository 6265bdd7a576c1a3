// A shop whose customers belong to teams.
#pragma once

#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {

inline constexpr std::string_view team_rules = R"(
feature: team_orders
per: account
signal: purchase
compute: count
window: 30d
---
feature: orders
signal: purchase
compute: count
---
segment: busy_teams
title: Teams that order often
of: account
steward: dana
enter: feature.team_orders >= 2
---
segment: busy_pro_teams
of: account
steward: dana
enter: [segment.busy_teams, profile.plan == "pro"]
stay: segment.busy_teams
---
segment: buyers
steward: dana
enter: feature.orders >= 1
)";

inline Files teams(std::string_view rules) {
    auto files = shop(rules);
    files["workspace.yaml"] += "account_profile: {plan: text, seats_paid: integer}\n";
    return files;
}

inline Record group(std::string_view customer, Timestamp when, std::string account, Attributes attributes = {}) {
    return record_of(customer, when, GroupRecord{std::move(account), std::move(attributes)});
}

// As changes_of(), of accounts.
inline std::string account_changes_of(const daemon::Effects& effects) {
    daemon::Effects of_accounts;
    of_accounts.changes = effects.account_changes;
    return changes_of(of_accounts);
}

}  // namespace segmentd::tests
