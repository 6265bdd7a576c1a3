// What all pages share.
#pragma once

#include <string>
#include <string_view>

namespace segmentd::daemon {

// A whole page; `body` is HTML of ours.
std::string page_around(std::string_view title, std::string_view body);

}  // namespace segmentd::daemon
