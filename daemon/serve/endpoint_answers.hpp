// What the interface and the commands both say about endpoints.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "daemon/activation/deliveries.hpp"

namespace segmentd::daemon {

// {"endpoint","delivered","status","cause","detail","sent","answer"}.
boost::json::object test_answer(const std::string& endpoint, const TestOutcome& outcome);

}  // namespace segmentd::daemon
