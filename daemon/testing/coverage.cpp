#include "daemon/testing/coverage.hpp"

#include <algorithm>

#include "rules/expression/compile_error.hpp"
#include "rules/expression/trace.hpp"

namespace segmentd::daemon {

using rules::expression::PartRole;
using rules::expression::Truth;

Coverage::Coverage(const rules::Rulebook& book) : book_(book) {
    for (std::size_t i = 0; i < book.segments.size(); ++i) {
        const auto& definition = book.definitions.segments[i];
        const auto& segment = book.segments[i];
        add_lines(i, "enter", definition.enter, segment.enter);
        if (!definition.stay.empty()) add_lines(i, "stay", definition.stay, segment.stay);
        add_lines(i, "leave_at_once", definition.leave_at_once, segment.leave_at_once);
    }
}

void Coverage::add_lines(std::size_t segment, const char* key, const rules::Condition& texts,
                         const rules::Programs& programs) {
    for (std::size_t i = 0; i < programs.size(); ++i) {
        Line line{segment, key, std::string_view(key) != "enter", programs[i], {}};
        for (const auto& traced : trace(programs[i], {})) {
            auto& part = line.parts.emplace_back();
            part.wants_truth = traced.role == PartRole::condition;
            if (traced.role == PartRole::value) continue;
            part.text = programs[i].text().substr(traced.span.offset, traced.span.length);
            part.place = place_in(texts[i], traced.span.offset);
        }
        lines_.push_back(std::move(line));
    }
}

void Coverage::observe(std::size_t segment, const Row& row, bool has_entered) {
    for (auto& line : lines_) {
        if (line.segment != segment || (line.counts_from_entry && !has_entered)) continue;
        const auto traced = trace(line.program, row);
        for (std::size_t i = 0; i < traced.size(); ++i) {
            if (!traced[i].is_reached) continue;
            auto& part = line.parts[i];
            part.was_asked = true;
            part.was_true |= traced[i].truth == Truth::yes;
            part.was_false |= traced[i].truth == Truth::no;
        }
    }
}

std::size_t Coverage::wanted() const {
    std::size_t count = 0;
    for (const auto& line : lines_) {
        for (const auto& part : line.parts) {
            if (!part.text.empty()) count += part.wants_truth ? 2 : 1;
        }
    }
    return count;
}

std::size_t Coverage::found() const {
    std::size_t count = 0;
    for (const auto& line : lines_) {
        for (const auto& part : line.parts) {
            if (part.text.empty()) continue;
            if (part.wants_truth) count += (part.was_true ? 1U : 0U) + (part.was_false ? 1U : 0U);
            if (!part.wants_truth && part.was_asked) ++count;
        }
    }
    return count;
}

double Coverage::share() const {
    return wanted() == 0 ? 1 : static_cast<double>(found()) / static_cast<double>(wanted());
}

std::vector<CoverageGap> Coverage::gaps() const {
    std::vector<CoverageGap> gaps;
    for (const auto& line : lines_) {
        if (book_.segments[line.segment].tests.empty()) continue;
        for (const auto& part : line.parts) {
            auto what = part.text.empty() ? std::string() : missing_answer(part);
            if (what.empty()) continue;
            gaps.push_back(
                {book_.definitions.segments[line.segment].id, line.key, part.text, std::move(what), part.place});
        }
    }
    return gaps;
}

std::vector<SegmentId> Coverage::untested() const {
    std::vector<SegmentId> segments;
    for (std::size_t i = 0; i < book_.segments.size(); ++i) {
        if (book_.segments[i].tests.empty()) segments.push_back(book_.definitions.segments[i].id);
    }
    return segments;
}

std::string Coverage::missing_answer(const Part& part) {
    if (!part.wants_truth) return part.was_asked ? "" : "was never taken";
    if (part.was_true) return part.was_false ? "" : "was never false";
    return part.was_false ? "was never true" : part.was_asked ? "was never known" : "was never asked";
}

SourcePlace place_in(const rules::ExpressionText& text, std::size_t offset) {
    const auto inside = rules::expression::to_error(text.text, {.offset = offset, .message = {}, .hint = {}}).where;
    return {text.place.file, text.place.line + inside.line - 1, text.place.column + inside.column - 1};
}

}  // namespace segmentd::daemon
