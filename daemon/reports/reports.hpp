// What people and machines read about the state, as JSON values of a stable shape. The commands
// print them and the HTTP interface serves them; there is one maker for both.
#pragma once

#include <boost/json/fwd.hpp>

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

// {"members": the first `limit` of them behind the customer `after`, "next_cursor"}: the last customer's
// id where there are more, null where there are not. An empty `after` is before the first.
struct PageOfMembers {
    std::size_t limit = 1000;
    std::string after;
};
Result<boost::json::value> members_page(const Engine& engine, const SegmentId& segment, const PageOfMembers& page);

// Everything known about one customer and why: inputs, scores with their model, each segment with
// the truth of each of its lines, pilots, consents, touches.
Result<boost::json::value> explain_report(const Engine& engine, const CustomerId& customer);

// [{"model","type","version","as_of","customers","log_likelihood","parameters"}]; models that were
// never fitted stand with version 0.
boost::json::value models_report(const Engine& engine);

// What models of repeat buying forecast at their fit, beside what happened since:
// [{"model","score","from","until","expected","happened","is_over"}], purchase days of the customers
// that the fit knew. is_over tells whether the horizon has passed at the engine time.
Result<boost::json::value> forecasts_report(const Engine& engine, const PastRecords& past);

// [{"pilot","state","sample_ratio_p","findings":[...]}].
boost::json::value pilots_report(const Engine& engine);

// [{"review","segment","steward","opened_at","deadline","state","reference","estimate","interval"}].
boost::json::value reviews_report(const Engine& engine);

// Every decision to contact somebody, newest last; of one customer where an id is given.
boost::json::value touches_report(const Engine& engine, const CustomerId& customer);

}  // namespace segmentd::daemon
