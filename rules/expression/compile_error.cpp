#include "rules/expression/compile_error.hpp"

#include <algorithm>
#include <utility>

#include "rules/expression/utf8.hpp"

namespace segmentd::rules::expression {

Error to_error(std::string_view text, Complaint complaint) {
    const std::string_view before = text.substr(0, std::min(complaint.offset, text.size()));
    const auto line_start = before.rfind('\n');
    const std::string_view in_line = line_start == std::string_view::npos ? before : before.substr(line_start + 1);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    return Error{.code = ErrorCode::invalid,
                 .message = std::move(complaint.message),
                 .where = {.file = {},
                           .line = static_cast<int>(line),
                           .column = static_cast<int>(count_code_points(in_line)) + 1},
                 .rule = complaint.rule,
                 .hint = std::move(complaint.hint)};
}

}  // namespace segmentd::rules::expression
