#include "rules/load/yaml_limits.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rules/expression/utf8.hpp"

namespace segmentd::rules::load {
namespace {

// Counted without regard to quotes and comments, hence far above max_depth.
constexpr int max_open_brackets = 1000;

bool is_text(std::string_view line);
// Brackets open at the end of the line, given those open before it; stops beyond the maximum.
int count_open_brackets(std::string_view line, int open);

}  // namespace

std::optional<Refusal> refuse_raw_text(std::string_view bytes) {
    if (bytes.size() > max_file_bytes) {
        return Refusal{{1, 1},
                       "too_large",
                       fmt::format("the file has {} bytes, at most {} are read", bytes.size(), max_file_bytes),
                       "split it; a workspace may have many files"};
    }
    int open_brackets = 0;
    for (Position at{1, 1}; !bytes.empty(); ++at.line) {
        const auto line = bytes.substr(0, bytes.find('\n'));
        if (!is_text(line)) {
            return Refusal{at, "not_text", "this line is not UTF-8 text",
                           "save it as UTF-8 without control characters"};
        }
        open_brackets = count_open_brackets(line, open_brackets);
        if (open_brackets > max_open_brackets) {
            return Refusal{at, "too_deep", fmt::format("more than {} brackets are open", max_open_brackets),
                           fmt::format("at most {} levels are read", max_depth)};
        }
        bytes.remove_prefix(std::min(line.size() + 1, bytes.size()));
    }
    return std::nullopt;
}

namespace {

bool is_text(std::string_view line) {
    const auto is_forbidden = [](char c) {
        const auto code = static_cast<unsigned char>(c);
        return (code < 0x20 && c != '\r' && c != '\t') || code == 0x7F;
    };
    return std::none_of(line.begin(), line.end(), is_forbidden) && expression::is_utf8(line);
}

int count_open_brackets(std::string_view line, int open) {
    for (const char c : line) {
        if (c == '[' || c == '{') ++open;
        if ((c == ']' || c == '}') && open > 0) --open;
        if (open > max_open_brackets) break;
    }
    return open;
}

}  // namespace
}  // namespace segmentd::rules::load
