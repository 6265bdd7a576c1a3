// Takes gzip or deflate off a body, within a bound on what comes out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace segmentd::daemon {

// True for the words of Content-Encoding that inflate reads: gzip, x-gzip, deflate, in any case.
bool is_inflatable(std::string_view coding);

// Reads gzip (RFC 1952, members one after the other) and zlib (RFC 1950, which HTTP calls deflate).
// ErrorCode::limit where more than max_size bytes would come out; invalid where the bytes are broken,
// cut off or followed by others.
Result<std::string> inflate(std::string_view coded, std::size_t max_size);

}  // namespace segmentd::daemon
