// What people and machines read about the state, as JSON values of a stable shape. The commands
// print them and the HTTP interface serves them; there is one maker for both.
#pragma once

#include <boost/json/fwd.hpp>

#include "base/ledger.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/reports/hindsight.hpp"

namespace segmentd::daemon {

// [{"segment","of","version","size","share","revenue","expected_value","segment_version","family","steward",
// "steward_left"}] in the order of the names, those of accounts last. share is of all known
// customers or accounts; revenue and expected_value are null
// where the workspace does not say what they are. The first form adds "undecided", the customers about whom a segment
// with missing: error could not decide, "next_look", the date of the next review or null, and "is_due".
boost::json::value segments_report(const Engine& engine);
boost::json::value segments_report(Hindsight& hindsight);

// One of them, by its place in the definitions: {"size","share","revenue","expected_value"}.
boost::json::object segment_figures(const Engine& engine, std::size_t segment);

// [{"segment","title","size","share"}] without looking into the members, so for all of them at once.
boost::json::array segment_sizes(const Engine& engine);

// [{"customer","since","cause","values","version","segment_version","unknown"}] by customer; of a segment of accounts
// "account" stands for "customer".
Result<boost::json::value> members_report(const Engine& engine, const SegmentId& segment);

// {"members": the first `limit` of them behind the customer `after`, "next_cursor"}: the last customer's
// id where there are more, null where there are not. An empty `after` is before the first.
struct PageOfMembers {
    std::size_t limit = 1000;
    std::string after;
};
Result<boost::json::value> members_page(const Engine& engine, const SegmentId& segment, const PageOfMembers& page);

// Everything known about one customer and why: inputs, scores with their model, each segment with
// the truth of each of its lines and segment_standing(), pilots, consents. Touches are the ledger's; the caller adds
// them.
Result<boost::json::object> explain_report(const Engine& engine, const CustomerId& customer);

// One finding about a segment: {"segment","version","from","to","members","neighbour","outcomes":[{"metric",
// "against","n","n_other","mean","mean_other","difference","interval","p_value","p_adjusted","in_sample",
// "verdict"}],"verdict","warnings"}; interval and p are null where there was not enough data. The
// second form lists all recorded ones of the segment, oldest first, each with "at".
boost::json::value validation_report(const ValidationRecord& validation);
Result<boost::json::value> validations_report(const Engine& engine, const SegmentId& segment);

struct TrackRequest {
    SegmentId segment;
    Timestamp now{};         // the engine time
    std::int64_t weeks = 0;  // the last so many, the running one included
};

// [{"metric","week","from","members","value","at_least","at_most","state"}] for every success metric and
// ISO week. Members are those who would have entered by the present rules on what had happened before the
// week began; value is their mean of the metric from that moment on. state is "met" or "not_met" once the
// metric's whole window has passed, "not_yet" before (the value is then the running one), "no_members"
// without any. Weeks begin on Monday, 00:00 UTC.
Result<boost::json::value> track_report(const Engine& engine, const PastRecords& past, const TrackRequest& request);

// [{"model","type","version","as_of","customers","log_likelihood","parameters"}]; models that were
// never fitted stand with version 0.
boost::json::value models_report(const Engine& engine);

// What models of repeat buying forecast at their fit, beside what happened since:
// [{"model","score","from","until","expected","happened","is_over"}], purchase days of the customers
// that the fit knew. is_over tells whether the horizon has passed at the engine time.
Result<boost::json::value> forecasts_report(const Engine& engine, const PastRecords& past);

// models_report(), where each model that forecasts has its own of these as "forecasts". Walks through the past.
Result<boost::json::value> models_with_forecasts(const Engine& engine, const PastRecords& past);

// [{"pilot","state","enrolled","arms_that_left","sample_ratio_p","guardrails","warnings","findings"}].
// sample_ratio_p is null while nobody is enrolled, and after the weights were changed under way.
boost::json::value pilots_report(const Engine& engine);

// [{"review","kind","segment","steward","steward_left","owner","opened_at","deadline","state","overdue","finding",
// "causes","decision","last_action","reference","estimate","interval"}]; the last three are null where the review is
// not about drift, "decision" is {"action","at","by","reason"} of the last action or null; a validation stands under
// "validation".
boost::json::value reviews_report(const Engine& engine);

// Every decision to contact somebody, newest last, with what became of it:
// [{"id","customer","touch","playbook","segment","endpoint","channel","at","decision","cause","reason","delivery"}],
// "test" is true where it went to a tester.
// Made from lines of the ledger about events and deliveries, oldest first.
boost::json::value touches_report(const std::vector<LedgerEntry>& lines);

// Rows of the same form with an empty "id", for touches that no line of the ledger has: the customer did not get them
// because they entered the segment by import, new definitions, a model or catching up, or before its playbook was
// theirs, and the playbook says existing_members: ignore. None for an unknown customer.
boost::json::array silent_touches(const Engine& engine, const CustomerId& customer);

// Both for one customer, tests to them as a tester among them, by the time of the decision. Lines about others are
// left out.
boost::json::value touches_of(const CustomerId& customer, const std::vector<LedgerEntry>& lines,
                              boost::json::array silent);

// [{"endpoint","mode","owner","events","paused","waiting","sent","shadow","refused","delivered",
// "failed_attempts","given_up","last_cause","last_error","last_attempt"}].
boost::json::value endpoints_report(const Engine& engine);

// [{"target","name","since","by","reason"}] of what operators stopped.
boost::json::value pauses_report(const Engine& engine);

// [{"subject","name","cause","text","at","by"}], oldest first; of one name where one is given. not_found for a
// name that no segment or pilot has and of which nothing was learned.
Result<boost::json::value> learnings_report(const Engine& engine, const std::string& name);

}  // namespace segmentd::daemon
