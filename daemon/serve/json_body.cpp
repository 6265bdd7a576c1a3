#include "daemon/serve/json_body.hpp"

#include <boost/json.hpp>

#include "rules/expression/utf8.hpp"

namespace segmentd::daemon {

Result<boost::json::object> json_body(std::string_view body) {
    if (!rules::expression::is_utf8(body)) return fail(ErrorCode::invalid, "the body is not UTF-8");
    boost::system::error_code error;
    auto value = boost::json::parse(body, error);
    if (error || !value.is_object()) return fail(ErrorCode::invalid, "the body must be a JSON object");
    return std::move(value.get_object());
}

}  // namespace segmentd::daemon
