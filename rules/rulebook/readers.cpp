// Finds out who reads what, so that a customer is looked at again only when it can matter.
#include <algorithm>
#include <cmath>
#include <initializer_list>
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

using Slots = std::set<std::size_t>;

Slots slots_of(std::initializer_list<const Programs*> lists) {
    Slots slots;
    for (const auto* programs : lists) {
        for (const auto& program : *programs) {
            for (const int slot : expression::slots_read(program)) slots.insert(static_cast<std::size_t>(slot));
        }
    }
    return slots;
}

bool is_score(const RowLayout& layout, std::size_t slot) {
    return slot >= layout.scores && slot < layout.thresholds;
}

void add_score_inputs(const Rulebook& book, const std::vector<Slots>& inputs_of_scores, Slots& slots) {
    const Slots direct = slots;
    for (const auto slot : direct) {
        if (is_score(book.layout, slot)) slots.merge(Slots(inputs_of_scores[slot - book.layout.scores]));
    }
}

// By score: every slot that it stands on, through other scores too.
std::vector<Slots> find_score_inputs(const Rulebook& book) {
    std::vector<Slots> inputs(book.scores.size());
    for (const auto index : book.score_order) {
        const auto& score = book.scores[index];
        auto& slots = inputs[index];
        if (score.expression) {
            for (const int slot : expression::slots_read(*score.expression)) {
                slots.insert(static_cast<std::size_t>(slot));
            }
        }
        const auto& of_model = book.models[score.model].feature_slots;
        slots.insert(of_model.begin(), of_model.end());
        add_score_inputs(book, inputs, slots);
    }
    return inputs;
}

// Scores come last, each after those it reads.
std::vector<std::size_t> in_order_of_filling(const Rulebook& book, const Slots& slots) {
    std::vector<std::size_t> order;
    for (const auto slot : slots) {
        if (!is_score(book.layout, slot)) order.push_back(slot);
    }
    for (const auto score : book.score_order) {
        if (slots.contains(book.layout.scores + score)) order.push_back(book.layout.scores + score);
    }
    return order;
}

// What signals change, among the things that a decision looks at.
struct Sources {
    std::set<std::size_t> features;
    std::set<std::size_t> histories;

    void add(const Sources& others) {
        features.insert(others.features.begin(), others.features.end());
        histories.insert(others.histories.begin(), others.histories.end());
    }
};

Sources sources_among(const Rulebook& book, const Slots& slots) {
    Sources found;
    for (const auto slot : slots) {
        if (slot >= book.layout.features && slot < book.layout.scores) {
            found.features.insert(slot - book.layout.features);
        } else if (is_score(book.layout, slot)) {
            const auto& history = book.models[book.scores[slot - book.layout.scores].model].history;
            if (history) found.histories.insert(*history);
        }
    }
    return found;
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

// What each segment's decision stands on, and from there back from features and histories to the segments.
void Builder::find_inputs() {
    const auto& layout = book_.layout;
    const auto inputs_of_scores = find_score_inputs(book_);
    book_.segments_by_feature.assign(book_.features.size(), {});
    book_.segments_by_history.assign(book_.histories.size(), {});
    std::vector<Sources> sources(book_.segments.size());
    for (std::uint32_t place = 0; place < book_.segment_order.size(); ++place) {
        const auto index = book_.segment_order[place];
        auto& segment = book_.segments[index];
        const auto shown = slots_of({&segment.enter, &segment.stay});
        segment.shown.assign(shown.begin(), shown.end());
        auto slots = slots_of({&segment.enter, &segment.stay, &segment.leave_at_once});
        for (const auto higher : segment.comes_before) slots.insert(layout.segments + higher);
        add_score_inputs(book_, inputs_of_scores, slots);
        segment.inputs = in_order_of_filling(book_, slots);
        auto& own = sources[index];
        own = sources_among(book_, slots);
        for (const auto slot : slots) {
            if (slot >= layout.segments && slot < layout.consents) own.add(sources[slot - layout.segments]);
        }
        for (const auto feature : own.features) book_.segments_by_feature[feature].push_back(place);
        for (const auto history : own.histories) book_.segments_by_history[history].push_back(place);
    }
    Programs worth;
    for (const auto& program : {book_.revenue, book_.expected_value}) {
        if (program) worth.push_back(*program);
    }
    auto slots = slots_of({&worth});
    add_score_inputs(book_, inputs_of_scores, slots);
    book_.worth_inputs = in_order_of_filling(book_, slots);
}

void Builder::find_readers() {
    find_readers_of_profiles();
    find_inputs();
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
