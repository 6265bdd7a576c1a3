#include "daemon/engine/memberships/memberships.hpp"

#include <algorithm>
#include <set>

#include "rules/expression/value_text.hpp"
#include "rules/rulebook/slot_names.hpp"

namespace segmentd::daemon {

using rules::MissingRule;
using rules::expression::Value;

namespace {

bool any_holds(const rules::Programs& conditions, const Row& row) {
    return std::ranges::any_of(
        conditions, [&](const auto& condition) { return rules::expression::decide(condition, row) == Truth::yes; });
}

bool may_enter(const rules::SegmentDefinition& definition, const rules::CompiledSegment& segment, const Row& row) {
    const Truth truth = all_hold(segment.enter, row);
    const bool enters = truth == Truth::yes || (truth == Truth::unknown && definition.missing == MissingRule::include);
    return enters && all_hold(segment.stay, row) != Truth::no && !any_holds(segment.leave_at_once, row);
}

// What is asked about one member of one segment.
struct Question {
    const rules::Rulebook& book;
    std::size_t segment = 0;
    const Row& row;
    Timestamp now{};
};

// True where the stay fails for want of consent: with every consent given it would not.
bool lacks_consent(const Question& question) {
    Row granted = question.row;
    std::fill(granted.begin() + static_cast<std::ptrdiff_t>(question.book.layout.consents), granted.end(),
              Value::boolean(true));
    return all_hold(question.book.segments[question.segment].stay, granted) != Truth::no;
}

// Whether a member remains one; marks the membership where that is not known.
bool remains(const Question& question, Membership& membership) {
    const auto& segment = question.book.segments[question.segment];
    const auto minimum_stay = question.book.definitions.segments[question.segment].minimum_stay;
    if (any_holds(segment.leave_at_once, question.row)) return false;
    const Truth truth = all_hold(segment.stay, question.row);
    membership.unknown = truth == Truth::unknown;
    if (truth != Truth::no) return true;
    return question.now < membership.since + minimum_stay && !lacks_consent(question);
}

}  // namespace

std::vector<MembershipChange> decide_memberships(const Population& population, Customer& customer, Row& row,
                                                 const Cause& cause) {
    const auto& book = population.book();
    std::vector<MembershipChange> changes;
    for (const auto index : book.segment_order) {
        if (population.is_fixed(book.layout.segments + index)) continue;
        const auto& definition = book.definitions.segments[index];
        const auto& segment = book.segments[index];
        auto& membership = customer.memberships[index];
        const bool was_member = membership.has_value();
        const bool is_member =
            was_member ? remains({book, index, row, cause.at}, *membership) : may_enter(definition, segment, row);
        row[book.layout.segments + index] = Value::boolean(is_member);
        if (is_member == was_member) continue;
        MembershipChange change{customer.id,
                                definition.id,
                                is_member,
                                cause.at,
                                cause.text,
                                inputs_of(population, index, row),
                                book.definitions.version};
        if (is_member) {
            membership = Membership{cause.at, cause.text, change.values, change.version, false, 0};
        } else {
            membership.reset();
        }
        changes.push_back(std::move(change));
    }
    return changes;
}

Timestamp next_stay_end(const Population& population, const Customer& customer, Timestamp now) {
    Timestamp next = never;
    const auto& segments = population.book().definitions.segments;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        if (!customer.memberships[i] || segments[i].minimum_stay == Duration(0)) continue;
        const Timestamp end = customer.memberships[i]->since + segments[i].minimum_stay;
        if (end > now) next = std::min(next, end);
    }
    return next;
}

std::vector<bool> entered_segments(const Population& population, Row& row) {
    const auto& book = population.book();
    std::vector<bool> entered(book.segments.size());
    for (const auto index : book.segment_order) {
        entered[index] = may_enter(book.definitions.segments[index], book.segments[index], row);
        row[book.layout.segments + index] = Value::boolean(entered[index]);
    }
    return entered;
}

Truth all_hold(const rules::Programs& conditions, const Row& row) {
    Truth truth = Truth::yes;
    for (const auto& condition : conditions) {
        const Truth line = rules::expression::decide(condition, row);
        if (line == Truth::no) return line;
        if (line == Truth::unknown) truth = line;
    }
    return truth;
}

std::string name_of_slot(const rules::Rulebook& book, std::size_t slot) {
    const auto& layout = book.layout;
    const auto& definitions = book.definitions;
    if (slot < layout.features) return "profile." + book.profile_names[slot - layout.profile];
    if (slot < layout.scores) return "feature." + definitions.features[slot - layout.features].id.text;
    if (slot < layout.thresholds) return "score." + book.score_names[slot - layout.scores];
    if (slot < layout.segments) return "threshold." + book.threshold_names[slot - layout.thresholds];
    if (slot < layout.consents) return "segment." + definitions.segments[slot - layout.segments].id.text;
    return "consent." + definitions.workspace.purposes[slot - layout.consents].id.text;
}

std::string inputs_of(const Population& population, std::size_t segment, const Row& row) {
    const auto& compiled = population.book().segments[segment];
    std::set<std::size_t> slots;
    for (const auto* programs : {&compiled.enter, &compiled.stay}) {
        for (const auto& program : *programs) {
            for (const int slot : rules::expression::slots_read(program)) slots.insert(static_cast<std::size_t>(slot));
        }
    }
    std::string text;
    for (const auto slot : slots) {
        text += text.empty() ? "{\"" : ",\"";
        text += rules::name_of_slot(population.book(), slot) +
                "\":" + (row[slot].is_missing() ? std::string("null") : rules::expression::to_json_text(row[slot]));
    }
    return text.empty() ? "{}" : text + "}";
}

}  // namespace segmentd::daemon
