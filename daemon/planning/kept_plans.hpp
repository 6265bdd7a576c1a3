// Plans beside the store, each under its own name, so that an apply can be held to what was planned.
#pragma once

#include <boost/json/fwd.hpp>
#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace segmentd::daemon {

// Keeps the plan; of a hundred the oldest goes.
Result<void> keep_plan(const std::filesystem::path& data, const boost::json::object& plan);

// not_found where there is none of this name, corrupt where it is not the text that the name was made from.
Result<boost::json::object> kept_plan(const std::filesystem::path& data, const std::string& name);

}  // namespace segmentd::daemon
