#include "daemon/engine/memberships/memberships.hpp"

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <numeric>

#include "daemon/engine/population/packed_values.hpp"
#include "rules/rulebook/slot_names.hpp"

namespace segmentd::daemon {

using rules::MissingRule;
using rules::expression::Value;

namespace {

bool any_holds(const rules::Programs& conditions, const Row& row) {
    return std::ranges::any_of(
        conditions, [&](const auto& condition) { return rules::expression::decide(condition, row) == Truth::yes; });
}

// Whether somebody would enter if no family had a say; unknown only where the segment calls that an error.
Truth meets(const rules::Rulebook& book, std::size_t index, const Row& row) {
    const auto& segment = book.segments[index];
    Truth truth = all_hold(segment.enter, row);
    const auto missing = book.definitions.segments[index].missing;
    if (truth == Truth::unknown && missing != MissingRule::error) {
        truth = missing == MissingRule::include ? Truth::yes : Truth::no;
    }
    const bool would_leave = all_hold(segment.stay, row) == Truth::no || any_holds(segment.leave_at_once, row);
    return would_leave ? Truth::no : truth;
}

Truth enters(const rules::Rulebook& book, std::size_t index, const Row& row) {
    return first_before(book, index, row) ? Truth::no : meets(book, index, row);
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

// Whether a member remains one.
Truth remains(const Question& question, Timestamp since) {
    const auto& segment = question.book.segments[question.segment];
    const auto minimum_stay = question.book.definitions.segments[question.segment].minimum_stay;
    if (any_holds(segment.leave_at_once, question.row)) return Truth::no;
    if (first_before(question.book, question.segment, question.row)) return Truth::no;
    const Truth truth = all_hold(segment.stay, question.row);
    if (truth != Truth::no) return truth;
    return question.now < since + minimum_stay && !lacks_consent(question) ? Truth::yes : Truth::no;
}

struct Inputs {
    std::string names;   // a line each
    std::string values;  // packed
};

// What a membership shows of the row.
Inputs inputs_shown(const Population& population, std::size_t segment, const Row& row) {
    Inputs inputs;
    for (const auto slot : population.book().segments[segment].shown) {
        inputs.names += rules::name_of_slot(population.book(), slot) + '\n';
        pack(inputs.values, row[slot]);
    }
    return inputs;
}

// What the customer was in before the decisions, read once for all of them; by segment.
struct Standing {
    std::uint32_t segment = 0;
    Timestamp since{};
    bool unknown = false;
};
using Standings = boost::container::small_vector<Standing, 8>;

Standings standing_of(const Customer& customer) {
    Standings standing;
    for (const auto one : customer.memberships) standing.push_back({one.segment, one.since, one.unknown});
    return standing;
}

const Standing* found_in(const Standings& standing, std::uint32_t segment) {
    const auto place = std::ranges::lower_bound(standing, segment, {}, &Standing::segment);
    return place != standing.end() && place->segment == segment ? &*place : nullptr;
}

void note_undecided(Customer& customer, std::uint32_t segment, bool is_undecided) {
    const bool was = std::ranges::count(customer.rest->undecided, segment) > 0;
    if (was == is_undecided) return;
    auto& undecided = customer.rest.make().undecided;
    if (is_undecided)
        undecided.push_back(segment);
    else
        undecided.erase(std::ranges::find(undecided, segment));
}

// Within a family a customer moves: what they leave stands before what they enter, and both say so.
void tell_moves(const Population& population, Customer& customer, std::vector<MembershipChange>& changes) {
    const auto& segments = population.book().definitions.segments;
    const auto place_of = [&](const MembershipChange& change) { return *rules::index_of(segments, change.segment); };
    const auto family_of = [&](const MembershipChange& change) { return segments[place_of(change)].family; };
    auto first_other = changes.begin();
    for (auto change = changes.begin(); change != changes.end(); ++change) {
        if (change->entered || family_of(*change).empty()) continue;
        std::rotate(first_other, change, change + 1);
        ++first_other;
    }
    const std::ranges::subrange left(changes.begin(), first_other);
    const std::ranges::subrange others(first_other, changes.end());
    for (auto& entry : others) {
        const auto family = family_of(entry);
        std::string from;
        for (const auto& change : left) {
            if (entry.entered && family_of(change) == family) from += (from.empty() ? "" : ", ") + change.segment.text;
        }
        if (from.empty()) continue;
        entry.cause += "; family " + family.text + ": from " + from;
        auto membership = *customer.memberships[place_of(entry)];
        const auto& inputs = population.origin_of(membership).inputs;
        membership.origin = population.keep({entry.cause, entry.version, entry.segment_version, inputs});
        customer.memberships.put(membership);
    }
    for (auto& change : left) {
        const auto family = family_of(change);
        for (std::size_t i = 0; i < segments.size(); ++i) {
            if (segments[i].family != family || !customer.memberships.has(i)) continue;
            change.cause += "; family " + family.text + ": to " + segments[i].id.text;
        }
    }
}

}  // namespace

std::vector<MembershipChange> decide_memberships(const Population& population, Customer& customer, Row& row,
                                                 const Cause& cause) {
    std::vector<std::uint32_t> places(population.book().segment_order.size());
    std::iota(places.begin(), places.end(), 0U);
    return decide_memberships(population, customer, row, cause, places);
}

std::vector<MembershipChange> decide_memberships(const Population& population, Customer& customer, Row& row,
                                                 const Cause& cause, SegmentPlaces places) {
    const auto& book = population.book();
    const auto standing = standing_of(customer);
    std::vector<MembershipChange> changes;
    for (const auto place : places) {
        const auto index = static_cast<std::uint32_t>(book.segment_order[place]);
        if (population.is_fixed(book.layout.segments + index)) continue;
        const auto& definition = book.definitions.segments[index];
        const auto* before = found_in(standing, index);
        const bool was_member = before != nullptr;
        const Truth truth =
            was_member ? remains({book, index, row, cause.at}, before->since) : enters(book, index, row);
        const bool is_member = truth == Truth::yes || (was_member && truth == Truth::unknown);
        const bool is_marked =
            is_member && (was_member ? truth : all_hold(book.segments[index].stay, row)) == Truth::unknown;
        if (was_member && is_member && before->unknown != is_marked) {
            auto marked = *customer.memberships[index];
            marked.unknown = is_marked;
            customer.memberships.put(marked);
        }
        const bool asks = !is_member && truth == Truth::unknown;
        note_undecided(customer, index, asks || (is_marked && definition.missing == MissingRule::error));
        row[book.layout.segments + index] = Value::boolean(is_member);
        if (is_member == was_member) continue;
        const auto [names, values] = inputs_shown(population, index, row);
        MembershipChange change{customer.id,
                                definition.id,
                                is_member,
                                cause.at,
                                cause.text,
                                values_object(names, values),
                                book.definitions.version,
                                definition.version};
        if (is_member) {
            const auto origin = population.keep({cause.text, change.version, change.segment_version, names});
            customer.memberships.put({index, cause.at, origin, values, 0, is_marked});
        } else {
            customer.memberships.remove(index);
        }
        changes.push_back(std::move(change));
    }
    if (!book.definitions.families.empty() && !changes.empty()) tell_moves(population, customer, changes);
    return changes;
}

std::vector<MembershipChange> leave_what_goes(const Population& population, const rules::Rulebook& next,
                                              const Cause& cause) {
    std::vector<MembershipChange> changes;
    const auto& segments = population.book().definitions.segments;
    for (std::size_t segment = 0; segment < segments.size(); ++segment) {
        const auto& gone = segments[segment];
        if (rules::index_of(next.definitions.segments, gone.id)) continue;
        for (std::size_t index = 0; index < population.size(); ++index) {
            const auto& customer = population.at(index);
            if (!customer.memberships.has(segment)) continue;
            changes.push_back(
                {customer.id, gone.id, false, cause.at, cause.text, "{}", next.definitions.version, gone.version});
        }
    }
    return changes;
}

Row row_with_memberships(const Population& population, std::size_t index, Timestamp now) {
    const auto& customer = population.at(index);
    Row row;
    population.look_at_row(customer, now, row);
    fill_memberships(population, customer, row);
    return row;
}

void fill_memberships(const Population& population, const Customer& customer, Row& row) {
    const auto first = population.book().layout.segments;
    const auto put = [&](std::size_t slot, bool is_member) {
        if (!population.is_fixed(slot)) row[slot] = Value::boolean(is_member);
    };
    for (std::size_t i = 0; i < population.book().segments.size(); ++i) put(first + i, false);
    const auto& memberships = customer.memberships;
    for (auto one = memberships.begin(); one != memberships.end(); ++one) put(first + one.segment(), true);
}

Timestamp next_stay_end(const Population& population, const Customer& customer, Timestamp now) {
    Timestamp next = never;
    const auto& segments = population.book().definitions.segments;
    for (const auto membership : customer.memberships) {
        const auto minimum_stay = segments[membership.segment].minimum_stay;
        const Timestamp end = membership.since + minimum_stay;
        if (minimum_stay != Duration(0) && end > now) next = std::min(next, end);
    }
    return next;
}

std::vector<bool> entered_segments(const Population& population, Row& row) {
    const auto& book = population.book();
    std::vector<bool> entered(book.segments.size());
    for (const auto index : book.segment_order) {
        entered[index] = enters(book, index, row) == Truth::yes;
        row[book.layout.segments + index] = Value::boolean(entered[index]);
    }
    return entered;
}

std::optional<std::size_t> first_before(const rules::Rulebook& book, std::size_t segment, const Row& row) {
    for (const auto higher : book.segments[segment].comes_before) {
        if (row[book.layout.segments + higher].as_boolean()) return higher;
    }
    return std::nullopt;
}

std::optional<std::size_t> kept_out_by(const rules::Rulebook& book, std::size_t segment, const Row& row) {
    const auto first = first_before(book, segment, row);
    return first && meets(book, segment, row) == Truth::yes ? first : std::nullopt;
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

std::vector<UndecidedLine> undecided_lines(const rules::Rulebook& book, const rules::Programs& condition,
                                           const Row& row) {
    std::vector<UndecidedLine> lines;
    for (const auto& line : condition) {
        if (rules::expression::decide(line, row) != Truth::unknown) continue;
        lines.push_back({line.text(), {}});
        for (const int position : rules::expression::slots_read(line)) {
            const auto slot = static_cast<std::size_t>(position);
            if (row[slot].is_missing()) lines.back().unknown_inputs.push_back(rules::name_of_slot(book, slot));
        }
    }
    return lines;
}

std::string inputs_of(const Population& population, std::size_t segment, const Row& row) {
    const auto [names, values] = inputs_shown(population, segment, row);
    return values_object(names, values);
}

}  // namespace segmentd::daemon
