// Numbers and instants as people read them.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace segmentd::daemon {

// "12,345".
std::string count_text(std::int64_t count);

// Four significant digits, "0.0417"; whole numbers whole.
std::string number_text(double number);
std::string signed_text(double number);  // "+0.0417"

// "4.2 %" of 0.042.
std::string percent_text(double share);

// "12,345 EUR" of a JSON number, "not known" of null.
std::string amount_text(const boost::json::value& amount, std::string_view currency);

// "2027-01-03 12:00 UTC" of "2027-01-03T12:00:00.5Z".
std::string minute_text(std::string_view instant);

// The member as text; empty where it is null.
std::string text_of(const boost::json::value& value);

}  // namespace segmentd::daemon
