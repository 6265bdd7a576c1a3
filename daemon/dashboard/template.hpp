// HTML from a mustache template and JSON.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

namespace segmentd::daemon {

// {{name}} is escaped for HTML text and double-quoted attributes, {{{name}}} is not and stands only for what we made
// ourselves. Empty texts, empty lists, false and null leave out the section {{#name}}. A template that does not
// parse is a mistake of the program.
std::string fill_template(std::string_view text, const boost::json::object& values);

}  // namespace segmentd::daemon
