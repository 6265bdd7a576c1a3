// Finds out who reads what, so that a customer is looked at again only when it can matter.
#include <algorithm>
#include <cmath>
#include <set>

#include "rules/rulebook/builder.hpp"

namespace segmentd::rules {
namespace {

using Days64 = std::int64_t;

// Whole days on both sides of a number at which a comparison with it can change.
void add_days_around(const expression::Value& literal, std::set<Days64>& days) {
    using expression::Kind;
    double number = literal.kind() == Kind::real ? literal.as_real() : static_cast<double>(literal.as_integer());
    if (literal.kind() == Kind::unsigned_integer) number = static_cast<double>(literal.as_unsigned());
    if (!(std::abs(number) < 1e9)) return;
    const auto below = static_cast<Days64>(std::floor(number));
    days.insert(below);
    days.insert(below + 1);
}

// Every program that decides about memberships, with the scores they stand on.
std::vector<const expression::Program*> deciding_programs(Rulebook& book) {
    std::vector<const expression::Program*> programs;
    for (const auto& segment : book.segments) {
        for (const auto* list : {&segment.enter, &segment.stay, &segment.leave_at_once}) {
            for (const auto& program : *list) programs.push_back(&program);
        }
    }
    const auto is_score_read = [&](std::size_t score) {
        const auto slot = static_cast<int>(book.layout.scores + score);
        return std::ranges::any_of(programs, [&](const auto* program) {
            return std::ranges::count(expression::slots_read(*program), slot) > 0;
        });
    };
    for (auto index = book.score_order.rbegin(); index != book.score_order.rend(); ++index) {
        auto& score = book.scores[*index];
        score.is_read = is_score_read(*index);
        if (score.is_read && score.expression) programs.push_back(&*score.expression);
    }
    return programs;
}

bool is_model_input(const Rulebook& book, std::size_t slot) {
    for (const auto& score : book.scores) {
        const auto& slots = book.models[score.model].feature_slots;
        if (score.is_read && std::ranges::count(slots, slot) > 0) return true;
    }
    return false;
}

}  // namespace

// In the order of the segments' dependencies, so that those a segment reads are judged before it.
void Builder::find_readers_of_profiles() {
    const auto& layout = book_.layout;
    for (const auto index : book_.segment_order) {
        auto& segment = book_.segments[index];
        const auto is_steady = [&](int position) {
            const auto slot = static_cast<std::size_t>(position);
            if (slot < layout.features) return true;
            if (slot >= layout.thresholds && slot < layout.segments) return true;
            return slot >= layout.segments && slot < layout.consents &&
                   book_.segments[slot - layout.segments].reads_profile_alone;
        };
        segment.reads_profile_alone = std::ranges::all_of(segment.enter, [&](const auto& line) {
            return std::ranges::all_of(expression::slots_read(line), is_steady);
        });
        segment.reads_profile_alone =
            segment.reads_profile_alone && std::ranges::all_of(segment.comes_before, [&](std::size_t higher) {
                return book_.segments[higher].reads_profile_alone;
            });
    }
}

void Builder::find_readers() {
    find_readers_of_profiles();
    const auto programs = deciding_programs(book_);
    for (std::size_t index = 0; index < book_.features.size(); ++index) {
        auto& feature = book_.features[index];
        const auto slot = book_.layout.features + index;
        std::set<Days64> days;
        bool every_day = is_model_input(book_, slot);
        feature.is_read = every_day;
        for (const auto* program : programs) {
            if (std::ranges::count(expression::slots_read(*program), static_cast<int>(slot)) == 0) continue;
            feature.is_read = true;
            const auto use = expression::literal_comparisons(*program, static_cast<int>(slot));
            every_day = every_day || use.is_used_otherwise;
            for (const auto& comparison : use.comparisons) add_days_around(comparison.literal, days);
        }
        if (feature.plan.compute == Aggregate::recency && !every_day) {
            feature.plan.days_that_matter = std::vector<Days64>(days.begin(), days.end());
        }
    }
}

}  // namespace segmentd::rules
