// The head of a response as it goes over the wire. Part of the server.
#pragma once

#include <chrono>
#include <string>

#include "daemon/net/http_message.hpp"

namespace segmentd::daemon {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7).
std::string http_date(std::chrono::sys_seconds instant);

// False for the statuses that never have a body: 1xx, 204, 304.
bool may_have_body(int status);

// Status line and headers with the empty line behind them, for the body that the response has. The
// connection says "close" or "keep-alive".
std::string response_head(const HttpResponse& response, const std::string& date, const char* connection);

}  // namespace segmentd::daemon
