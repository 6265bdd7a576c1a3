#include "daemon/planning/plan_segments.hpp"

#include <boost/json.hpp>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "base/money.hpp"
#include "daemon/engine/memberships/memberships.hpp"
#include "daemon/planning/borderline.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

using rules::expression::Value;

namespace {

constexpr auto churn_period = Days(7);

struct Touched {
    std::int64_t revenue = 0;  // minor units
    double expected_value = 0;
};

Touched sum_touched(const Engine& engine, const CustomerSet& movers);
double churn_share(const Engine& engine, std::size_t segment, const CustomerSet& members);
json::object segment_row(const Comparison& comparison, const SegmentId& segment);
double share_of(std::size_t part, std::size_t whole);

// What one customer leaves and enters.
struct Move {
    std::vector<const SegmentId*> left;
    std::vector<const SegmentId*> entered;
};

using MoveCounts = std::map<std::pair<const SegmentId*, const SegmentId*>, std::int64_t>;
using Families = std::map<SegmentId, FamilyId>;

Families families_in(const Comparison& comparison);
void count_moves_in_families(const Families& families, Move& move, MoveCounts& counts);
void count_other_moves(Move& move, MoveCounts& counts);

const SegmentId no_segment;

}  // namespace

Comparison compare(const PlanStart& start, const Engine& engine, const std::set<SegmentId>& changed) {
    Comparison comparison{start, engine, take_census(engine.population()), changed};
    for (const auto& census : {std::cref(start.census), std::cref(comparison.after)}) {
        for (const auto& [segment, members] : census.get().members) {
            const auto before = comparison.members_before(segment).size();
            const auto after = comparison.members_after(segment).size();
            const auto shared = comparison.members_before(segment).shared_with(comparison.members_after(segment));
            if (shared != before || shared != after) comparison.segments.insert(segment);
        }
    }
    return comparison;
}

const CustomerSet& Comparison::members_before(const SegmentId& segment) const {
    static const CustomerSet nobody;
    const auto found = start.census.members.find(segment);
    return found == start.census.members.end() ? nobody : found->second;
}

const CustomerSet& Comparison::members_after(const SegmentId& segment) const {
    static const CustomerSet nobody;
    const auto found = after.members.find(segment);
    return found == after.members.end() ? nobody : found->second;
}

json::array segment_rows(const Comparison& comparison) {
    json::array rows;
    for (const auto& segment : comparison.segments) rows.push_back(segment_row(comparison, segment));
    return rows;
}

json::array migration_rows(const Comparison& comparison) {
    struct Movers {
        const SegmentId* segment;
        CustomerSet left;
        CustomerSet entered;
    };
    std::vector<Movers> movers;
    CustomerSet everybody(comparison.engine.population().size());
    for (const auto& segment : comparison.segments) {
        const auto& before = comparison.members_before(segment);
        const auto& after = comparison.members_after(segment);
        movers.push_back({&segment, before.without(after), after.without(before)});
        everybody.add(movers.back().left);
        everybody.add(movers.back().entered);
    }
    const auto families = families_in(comparison);
    MoveCounts counts;
    Move move;
    everybody.for_each([&](std::size_t customer) {
        move.left.clear();
        move.entered.clear();
        for (const auto& [segment, left, entered] : movers) {
            if (left.has(customer)) move.left.push_back(segment);
            if (entered.has(customer)) move.entered.push_back(segment);
        }
        count_moves_in_families(families, move, counts);
        count_other_moves(move, counts);
    });
    std::map<std::pair<std::string, std::string>, std::int64_t> by_name;
    for (const auto& [pair, count] : counts) by_name[{pair.first->text, pair.second->text}] = count;
    const auto name = [](const std::string& text) { return text.empty() ? json::value() : json::value(text); };
    json::array rows;
    for (const auto& [pair, count] : by_name) {
        rows.push_back({{"from", name(pair.first)}, {"to", name(pair.second)}, {"customers", count}});
    }
    return rows;
}

json::array overlap_rows(const Comparison& comparison) {
    json::array rows;
    for (const auto& segment : comparison.segments) {
        for (const auto& [other, members] : comparison.after.members) {
            if (other == segment) continue;
            const auto shared = comparison.members_after(segment).shared_with(members);
            if (shared > 0) rows.push_back({{"segment", segment.text}, {"with", other.text}, {"customers", shared}});
        }
    }
    return rows;
}

namespace {

// As they are after the change; of segments that go, as they were.
Families families_in(const Comparison& comparison) {
    Families families;
    const auto add = [&](const rules::Rulebook& book) {
        for (const auto& segment : book.definitions.segments) families[segment.id] = segment.family;
    };
    if (comparison.start.book) add(*comparison.start.book);
    add(comparison.engine.population().book());
    return families;
}

// Takes out of the move what is one within a family.
void count_moves_in_families(const Families& families, Move& move, MoveCounts& counts) {
    const auto is_move = [&](const SegmentId* from, const SegmentId* to) {
        const auto& family = families.at(*from);
        return !family.empty() && families.at(*to) == family;
    };
    std::set<const SegmentId*> counted;
    for (const auto* from : move.left) {
        for (const auto* to : move.entered) {
            if (!is_move(from, to)) continue;
            ++counts[{from, to}];
            counted.insert({from, to});
        }
    }
    std::erase_if(move.left, [&](const auto* segment) { return counted.contains(segment); });
    std::erase_if(move.entered, [&](const auto* segment) { return counted.contains(segment); });
}

// Each pair of what they leave and what they enter.
void count_other_moves(Move& move, MoveCounts& counts) {
    if (move.left.empty() && move.entered.empty()) return;
    if (move.left.empty()) move.left.push_back(&no_segment);
    if (move.entered.empty()) move.entered.push_back(&no_segment);
    for (const auto* from : move.left) {
        for (const auto* to : move.entered) ++counts[{from, to}];
    }
}

json::object segment_row(const Comparison& comparison, const SegmentId& segment) {
    const auto& before = comparison.members_before(segment);
    const auto& after = comparison.members_after(segment);
    const auto entering = after.without(before);
    const auto leaving = before.without(after);
    const auto stay = before.shared_with(after);
    const auto together = before.size() + after.size() - stay;
    const auto& population = comparison.engine.population();
    auto touched = sum_touched(comparison.engine, entering);
    const auto lost = sum_touched(comparison.engine, leaving);
    touched.revenue += lost.revenue;
    touched.expected_value += lost.expected_value;

    const auto& book = population.book();
    const auto index = rules::index_of(book.definitions.segments, segment);
    const bool is_new = !comparison.start.census.members.contains(segment);
    json::object row{{"segment", segment.text},
                     {"change", !index   ? "removed"
                                : is_new ? "added"
                                         : "changed"},
                     {"enter", entering.size()},
                     {"leave", leaving.size()},
                     {"stay", stay},
                     {"size_before", before.size()},
                     {"size_after", after.size()}};
    row["revenue_touched"] =
        book.revenue ? json::value(to_major_units(touched.revenue, book.money_digits)) : json::value();
    row["expected_value_touched"] = book.expected_value ? json::value(touched.expected_value) : json::value();
    row["jaccard"] = before.size() > 0 ? json::value(share_of(stay, together)) : json::value();
    row["borderline_share"] = index ? json::value(borderline_share(comparison.engine, *index, after)) : json::value();
    row["expected_churn_per_week"] = index ? json::value(churn_share(comparison.engine, *index, after)) : json::value();
    return row;
}

Touched sum_touched(const Engine& engine, const CustomerSet& movers) {
    const auto& population = engine.population();
    const auto digits = population.book().money_digits;
    Touched touched;
    Row row(population.book().layout.size);
    population.visit(movers.list(), [&](std::size_t customer) {
        population.look_at_slots(population.at(customer), engine.engine_time(), population.book().worth_inputs, row);
        if (const auto revenue = population.revenue(row)) {
            touched.revenue += to_minor_units(*revenue, digits).value_or(0);
        }
        touched.expected_value += population.expected_value(row).value_or(0.0);
    });
    return touched;
}

// Whether the family takes a member out by then.
bool is_moved(const Population& population, Customer member, std::size_t segment, Timestamp later) {
    if (population.book().segments[segment].comes_before.empty()) return false;
    Row row;
    population.fill_row(member, later, row);
    decide_memberships(population, member, row, {"time", later, true});
    return !member.memberships.has(segment);
}

// Members who would have to go if a week passed and nothing else happened.
double churn_share(const Engine& engine, std::size_t segment, const CustomerSet& members) {
    const auto& population = engine.population();
    const auto& compiled = population.book().segments[segment];
    const auto minimum_stay = population.book().definitions.segments[segment].minimum_stay;
    const Timestamp later = engine.engine_time() + churn_period;
    std::size_t gone = 0;
    Row row(population.book().layout.size);
    population.visit(members.list(), [&](std::size_t index) {
        const auto& member = population.at(index);
        if (member.next_check > later) return;  // time changes nothing about them until then
        bool goes = false;
        if (member.memberships[segment]->since + minimum_stay <= later) {
            population.look_at_slots(member, later, compiled.inputs, row);
            goes = all_hold(compiled.stay, row) == Truth::no;
        }
        gone += goes || is_moved(population, member, segment, later) ? 1 : 0;
    });
    return share_of(gone, members.size());
}

double share_of(std::size_t part, std::size_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

}  // namespace

}  // namespace segmentd::daemon
