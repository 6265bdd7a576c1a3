// JSON for people and machines: members in the order in which they were put, numbers in their
// shortest form (0.25, not 2.5E-1). What has no JSON form (NaN, infinity) becomes null.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

namespace segmentd {

std::string json_text(const boost::json::value& value);

}  // namespace segmentd
