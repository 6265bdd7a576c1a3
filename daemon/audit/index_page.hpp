// The page that opens an audit packet: plain HTML without script, style from nowhere else.
#pragma once

#include <string>

namespace segmentd::daemon {

struct Packet;

// Of all files that the packet holds so far, with their rows; texts are escaped.
std::string index_page(const Packet& packet);

}  // namespace segmentd::daemon
