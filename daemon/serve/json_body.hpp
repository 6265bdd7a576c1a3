// The body of a request that has to be a JSON object.
#pragma once

#include <boost/json/fwd.hpp>
#include <string_view>

#include "base/result.hpp"

namespace segmentd::daemon {

// invalid where the body is not UTF-8 and where it is no JSON object; the message says which.
Result<boost::json::object> json_body(std::string_view body);

}  // namespace segmentd::daemon
