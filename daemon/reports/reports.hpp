// What people and machines read about the state, as JSON values of a stable shape. The commands
// print them and the HTTP interface serves them; there is one maker for both.
#pragma once

#include <boost/json/fwd.hpp>

#include "base/ledger.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/reports/hindsight.hpp"

namespace segmentd::daemon {

// [{"segment","version","size","share","revenue","expected_value"}] in the order of the names.
// share is of all known customers; revenue and expected_value are null where the workspace does
// not say what they are.
boost::json::value segments_report(const Engine& engine);
boost::json::value segments_report(Hindsight& hindsight);

// [{"customer","since","cause"}] by customer.
Result<boost::json::value> members_report(const Engine& engine, const SegmentId& segment);

// Everything known about one customer and why: inputs, scores with their model, each segment with
// the truth of each of its lines, pilots, consents. Touches are the ledger's; the caller adds them.
Result<boost::json::object> explain_report(const Engine& engine, const CustomerId& customer);

// [{"model","type","version","as_of","customers","log_likelihood","parameters"}]; models that were
// never fitted stand with version 0.
boost::json::value models_report(const Engine& engine);

// What models of repeat buying forecast at their fit, beside what happened since:
// [{"model","score","from","until","expected","happened","is_over"}], purchase days of the customers
// that the fit knew. is_over tells whether the horizon has passed at the engine time.
Result<boost::json::value> forecasts_report(const Engine& engine, const PastRecords& past);

// [{"pilot","state","sample_ratio_p","findings":[...]}].
boost::json::value pilots_report(const Engine& engine);

// [{"review","kind","segment","steward","steward_left","owner","opened_at","deadline","state","overdue","finding",
// "causes","decision","reference","estimate","interval"}]; the last three are null where the review is not about
// drift, "decision" is {"action","at","by","reason"} of the last action or null.
boost::json::value reviews_report(const Engine& engine);

// Every decision to contact somebody, newest last, with what became of it:
// [{"id","customer","touch","playbook","segment","endpoint","channel","at","decision","reason","delivery"}].
// Made from lines of the ledger about events and deliveries, oldest first.
boost::json::value touches_report(const std::vector<LedgerEntry>& lines);

// [{"endpoint","mode","owner","events","paused","waiting","sent","shadow","refused","delivered",
// "failed_attempts","given_up","last_error","last_attempt"}].
boost::json::value endpoints_report(const Engine& engine);

// [{"target","name","since","by","reason"}] of what operators stopped.
boost::json::value pauses_report(const Engine& engine);

// [{"subject","name","cause","text","at","by"}], oldest first; of one name where one is given.
boost::json::value learnings_report(const Engine& engine, const std::string& name);

}  // namespace segmentd::daemon
