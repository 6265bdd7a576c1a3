// How stable a segment is: who stays from refresh to refresh, for how long, who goes to and fro, and who belongs only
// just. The members are those that were served, by the ledger; membership_history.hpp says what a refresh is.
#pragma once

#include <boost/json/fwd.hpp>
#include <functional>
#include <memory>

#include "base/ledger.hpp"
#include "daemon/engine/engine.hpp"

namespace segmentd::daemon {

// Hands every line about entering and leaving to the visitor, in the order of the ledger.
using LedgerVisitor = std::function<Result<void>(const LedgerEntry&)>;
using LedgerLines = std::function<Result<void>(const LedgerVisitor&)>;

// As a person wrote it; what is empty has its default.
struct StabilityRequest {
    SegmentId segment;
    std::string from;     // a date (its start) or an instant; the beginning
    std::string to;       // a date (its end) or an instant; now
    std::string refresh;  // whole days, such as 7d; a week, from Monday to Sunday
    Timestamp now{};      // the engine time
};

// What the report needs of the engine, taken on its thread; the rest may be read on another.
struct StabilityStart;
Result<std::shared_ptr<const StabilityStart>> begin_stability(const Engine& engine, const StabilityRequest& request);

// {"segment","definitions","from","to","members","refresh","summary","half_life","flapping","borderline","bootstrap",
// "transitions","refreshes"}; "bootstrap" is null, the caller's to fill in (bootstrap.hpp).
//
// "refreshes": [{"at","since","cause","before","after","stay","leave","enter","stay_rate","jaccard","adjusted_rand",
// "family_adjusted_rand","went_to":[{"segment","customers","share"}],"came_from":[...]}]. cause is null at the
// calendar's refreshes, else what was renewed. stay_rate is stay / before, jaccard stay / (before + after - stay).
// adjusted_rand is of the segment against all other customers known at `at`; one who was not known before is among the
// others then. family_adjusted_rand is of the whole family that the segment is in (its segments as now defined, and
// none), null without one. All are null where there were no members before. `segment` is null for those who are in
// none; shares are of those before (went_to) and after (came_from).
//
// "transitions": [{"from","to","customers","share"}] of the calendar's refreshes added up, from the segment to itself
// and wherever its members went, and from wherever members came; shares as above.
//
// "summary": {"refreshes","mean_stay_rate","mean_jaccard","lowest_jaccard","mean_adjusted_rand",
// "mean_family_adjusted_rand"} over the calendar's
// refreshes with members before.
//
// "half_life": {"estimator","spells","ended","ended_by_renewals","median_days","interval"}: the time after which half
// of the memberships that began in the period have ended, those that go on being censored (kaplan_meier.hpp), at 95 %.
// A customer's memberships count as independent, so the interval is a little narrow where many come back.
//
// "flapping": {"more_than_entries","within","customers","share","again_within","entered_again","share_of_exits"}; share
// is of all who were members in the period.
//
// "borderline": {"change","members","non_members"}: planning/borderline.hpp, of those who are in and who are not at the
// engine's present state, whatever "to" says.
//
// Errors: an unknown segment; a date that cannot be read; from after to, or to after the engine time; a refresh that is
// not of 1 to 3,660 whole days; more than 2,000 refreshes.
Result<boost::json::object> stability_report(const StabilityStart& start, const PastRecords& past,
                                             const LedgerLines& lines);

}  // namespace segmentd::daemon
