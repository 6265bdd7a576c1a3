// A plan of new definitions in the order in which people decide about it.
#pragma once

#include <boost/json/fwd.hpp>

#include "daemon/dashboard/document.hpp"

namespace segmentd::daemon {

// Takes what make_plan() made. What a plan has nothing to say about is left out.
Document plan_document(const boost::json::object& plan);

}  // namespace segmentd::daemon
