#include "rules/load/line_difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <span>

namespace segmentd::rules::load {
namespace {

constexpr std::size_t context = 3;
constexpr std::size_t most_lines = 2'000;

using Lines = std::vector<std::string>;

struct Edit {
    char sign = ' ';  // as diff -u marks the line: ' ', '-' or '+'
    const std::string* line = nullptr;
};

std::size_t common_start(const Lines& from, const Lines& to) {
    const auto [first, second] = std::ranges::mismatch(from, to);
    return static_cast<std::size_t>(first - from.begin());
}

// How many lines the texts have in common from (i, j) on, for all i and j within the changed part.
class CommonLines {
  public:
    CommonLines(std::span<const std::string> from, std::span<const std::string> to)
        : width_(to.size() + 1), counts_((from.size() + 1) * width_) {
        for (std::size_t i = from.size(); i-- > 0;) {
            for (std::size_t j = to.size(); j-- > 0;) {
                at(i, j) = from[i] == to[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
            }
        }
    }
    std::uint16_t& at(std::size_t i, std::size_t j) { return counts_[i * width_ + j]; }

  private:
    std::size_t width_;
    std::vector<std::uint16_t> counts_;
};

void add(std::vector<Edit>& edits, char sign, std::span<const std::string> lines) {
    for (const auto& line : lines) edits.push_back({sign, &line});
}

std::vector<Edit> edits_between(const Lines& from, const Lines& to) {
    const auto start = common_start(from, to);
    std::size_t end = 0;
    while (end < std::min(from.size(), to.size()) - start && from[from.size() - 1 - end] == to[to.size() - 1 - end]) {
        ++end;
    }
    const auto old_part = std::span(from).subspan(start, from.size() - start - end);
    const auto new_part = std::span(to).subspan(start, to.size() - start - end);
    std::vector<Edit> edits;
    add(edits, ' ', std::span(from).first(start));
    if (old_part.size() > most_lines || new_part.size() > most_lines) {
        add(edits, '-', old_part);
        add(edits, '+', new_part);
    } else {
        CommonLines common(old_part, new_part);
        std::size_t i = 0;
        std::size_t j = 0;
        while (i < old_part.size() || j < new_part.size()) {
            const bool has_both = i < old_part.size() && j < new_part.size();
            if (has_both && old_part[i] == new_part[j]) {
                edits.push_back({' ', &old_part[i++]});
                ++j;
            } else if (j == new_part.size() || (i < old_part.size() && common.at(i + 1, j) >= common.at(i, j + 1))) {
                edits.push_back({'-', &old_part[i++]});
            } else {
                edits.push_back({'+', &new_part[j++]});
            }
        }
    }
    add(edits, ' ', std::span(from).last(end));
    return edits;
}

// "12,5" as diff writes a range of lines: the first, counted from 1, and how many.
std::string range_text(std::size_t first, std::size_t count) {
    return count == 1 ? fmt::format("{}", first + 1) : fmt::format("{},{}", count == 0 ? first : first + 1, count);
}

}  // namespace

std::string line_difference(const Lines& from, const Lines& to) {
    const auto edits = edits_between(from, to);
    const auto is_change = [](const Edit& edit) { return edit.sign != ' '; };
    std::string text;
    std::size_t old_line = 0;
    std::size_t new_line = 0;
    for (std::size_t i = 0; i < edits.size();) {
        const auto next = static_cast<std::size_t>(
            std::find_if(edits.begin() + static_cast<std::ptrdiff_t>(i), edits.end(), is_change) - edits.begin());
        if (next == edits.size()) break;
        const std::size_t first = next - std::min(next - i, context);
        old_line += first - i;
        new_line += first - i;
        // The hunk ends where more equal lines follow than two hunks would share.
        std::size_t end = next;
        for (std::size_t equal = 0, at = next; at < edits.size() && equal <= 2 * context; ++at) {
            equal = is_change(edits[at]) ? 0 : equal + 1;
            if (equal == 0) end = at + 1;
        }
        end = std::min(end + context, edits.size());
        std::string lines;
        std::size_t old_count = 0;
        std::size_t new_count = 0;
        for (std::size_t at = first; at < end; ++at) {
            lines += fmt::format("{}{}\n", edits[at].sign, *edits[at].line);
            old_count += edits[at].sign != '+' ? 1 : 0;
            new_count += edits[at].sign != '-' ? 1 : 0;
        }
        text +=
            fmt::format("@@ -{} +{} @@\n{}", range_text(old_line, old_count), range_text(new_line, new_count), lines);
        old_line += old_count;
        new_line += new_count;
        i = end;
    }
    return text;
}

}  // namespace segmentd::rules::load
