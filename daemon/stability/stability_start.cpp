#include "daemon/stability/stability_start.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/modelling/segment_inputs.hpp"
#include "daemon/planning/borderline.hpp"
#include "daemon/reports/hindsight.hpp"
#include "daemon/reports/segment_place.hpp"

namespace segmentd::daemon {
namespace {

constexpr std::int64_t usual_days = 7;
constexpr std::int64_t most_days = 3660;

Result<HistoryQuestion> question_of(const Engine& engine, const StabilityRequest& request);
Result<std::int64_t> whole_days(const std::string& text);

}  // namespace

Result<std::shared_ptr<const StabilityStart>> begin_stability(const Engine& engine, const StabilityRequest& request) {
    const auto& population = engine.population();
    TRY(segment, customer_segment(engine, request.segment));
    auto start = std::make_shared<StabilityStart>();
    TRY(question, question_of(engine, request));
    start->question = std::move(question);
    start->end = engine.records() + 1;
    start->book = population.shared_book();
    start->models = inputs_behind(*start->book, segment).models;
    CustomerSet members(population.size());
    CustomerSet others(population.size());
    for (std::size_t i = 0; i < population.size(); ++i) {
        const auto& customer = population.at(i);
        (customer.memberships.has(segment) ? members : others).add(i);
        if (customer.first_seen != never) start->first_seen.push_back(customer.first_seen);
    }
    std::ranges::sort(start->first_seen);
    start->borderline_members = borderline_share(engine, segment, members);
    start->borderline_non_members = borderline_share(engine, segment, others);
    return std::shared_ptr<const StabilityStart>(std::move(start));
}

namespace {

Result<HistoryQuestion> question_of(const Engine& engine, const StabilityRequest& request) {
    const auto& calendar = engine.calendar();
    HistoryQuestion question;
    question.segment = request.segment;
    const auto& segments = engine.population().book().definitions.segments;
    const auto* own = rules::find(segments, request.segment);
    for (const auto& segment : segments) {
        if (!own->family.empty() && segment.family == own->family) question.family.insert(segment.id.text);
    }
    question.calendar = calendar;
    question.until = request.now;
    if (!request.from.empty()) {
        TRY(from, calendar.parse_timestamp(request.from));
        question.from = from;
    }
    if (!request.to.empty()) {
        TRY(until, parse_as_of(request.to, calendar));
        question.until = until;
    }
    TRY(days, whole_days(request.refresh));
    question.spacing_days = days;
    if (question.until > request.now && !is_date_only(request.to)) {
        return fail(ErrorCode::invalid,
                    fmt::format("{} has not come: the engine time is {}", request.to, to_text(request.now)));
    }
    question.until = std::min(question.until, request.now);
    if (question.from > question.until) {
        return fail(
            ErrorCode::invalid,
            fmt::format("the period begins at {} and ends at {}", to_text(question.from), to_text(question.until)),
            "give --from a time before --to and before the engine time");
    }
    return question;
}

Result<std::int64_t> whole_days(const std::string& text) {
    if (text.empty()) return usual_days;
    TRY(spacing, parse_duration(text));
    if (spacing >= Days(1) && spacing <= Days(most_days) && spacing % Days(1) == Duration(0)) return spacing / Days(1);
    return fail(ErrorCode::invalid, fmt::format("a refresh every {} is not of 1 to {} whole days", text, most_days),
                "write it as 7d");
}

}  // namespace

}  // namespace segmentd::daemon
