// What a stability report takes from the engine.
#pragma once

#include "daemon/stability/membership_history.hpp"
#include "daemon/stability/stability_report.hpp"

namespace segmentd::daemon {

struct StabilityStart {
    HistoryQuestion question;  // without renewals
    std::uint64_t end = 1;     // records before this one count
    std::shared_ptr<const rules::Rulebook> book;
    std::set<ModelId> models;           // that the segment stands on
    std::vector<Timestamp> first_seen;  // of all customers, by time
    double borderline_members = 0;
    double borderline_non_members = 0;
};

}  // namespace segmentd::daemon
