// The form of the overview; overview_page() fills it.
#pragma once

#include <string_view>

namespace segmentd::daemon {

std::string_view overview_template();

}  // namespace segmentd::daemon
