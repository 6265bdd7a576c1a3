// The living playbook of a segment in the order in which people need it.
#pragma once

#include <boost/json/fwd.hpp>

#include "daemon/dashboard/document.hpp"

namespace segmentd::daemon {

// Takes what brief_report() made. A section about which the workspace says nothing is left out.
Document brief_document(const boost::json::object& brief);

}  // namespace segmentd::daemon
