#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <numeric>

#include "base/money.hpp"
#include "daemon/engine/memberships/memberships.hpp"
#include "daemon/reports/reports.hpp"
#include "daemon/reports/segment_place.hpp"
#include "rules/definitions/words.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

// Sums of one segment; money is added in whole minor units, so the order does not matter.
struct SegmentSums {
    std::int64_t size = 0;
    std::int64_t revenue = 0;
    double expected_value = 0;
};

void add_member(SegmentSums& sums, const Population& population, const Row& row) {
    ++sums.size;
    const auto digits = population.book().money_digits;
    if (const auto revenue = population.revenue(row)) sums.revenue += to_minor_units(*revenue, digits).value_or(0);
    sums.expected_value += population.expected_value(row).value_or(0.0);
}

json::object figures(const SegmentSums& sums, const Population& population) {
    const auto& book = population.book();
    const auto customers = static_cast<double>(population.size());
    return {{"size", sums.size},
            {"share", customers > 0 ? static_cast<double>(sums.size) / customers : 0.0},
            {"revenue", book.revenue ? json::value(to_major_units(sums.revenue, book.money_digits)) : json::value()},
            {"expected_value", book.expected_value ? json::value(sums.expected_value) : json::value()}};
}

json::array to_json(const std::vector<SegmentSums>& all, const Population& population, Timestamp at) {
    const auto& definitions = population.book().definitions;
    json::array rows;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& segment = definitions.segments[i];
        json::object row{{"segment", segment.id.text}, {"of", word_of(segment.of)}, {"version", definitions.version}};
        for (auto& [name, value] : figures(all[i], population)) row[name] = value;
        row["segment_version"] = segment.version;
        row["family"] = segment.family.text;
        const auto& steward = segment.steward;
        row["steward"] = steward.text;
        row["steward_left"] = rules::has_left(definitions.workspace, steward, at);
        rows.push_back(std::move(row));
    }
    return rows;
}

struct MembersOf {
    SegmentPlace place;
    std::vector<std::size_t> members;  // customers or accounts, in no order
};

// Those behind the one of this id.
Result<MembersOf> members_of(const Engine& engine, const SegmentId& segment, std::string_view after) {
    TRY(place, place_of_segment(engine, segment));
    MembersOf found{place, {}};
    for (std::size_t i = 0; i < place.population.size(); ++i) {
        const auto& member = place.population.at(i);
        if (member.memberships.has(place.segment) && member.id.text() > after) found.members.push_back(i);
    }
    return found;
}

json::array to_rows(const MembersOf& found) {
    json::array rows;
    const auto& population = found.place.population;
    for (const auto i : found.members) {
        const auto membership = population.at(i).memberships[found.place.segment];
        const auto& origin = population.origin_of(*membership);
        rows.push_back({{word_of(found.place.of), population.at(i).id.text()},
                        {"since", to_text(membership->since)},
                        {"cause", origin.cause},
                        {"values", json::parse(population.values_then(*membership))},
                        {"version", origin.version},
                        {"segment_version", origin.segment_version},
                        {"unknown", membership->unknown}});
    }
    return rows;
}

// The segments of customers or of accounts, as they stand.
json::array standing(const Engine& engine, const Population& population, const std::vector<std::int64_t>& undecided) {
    std::vector<SegmentSums> sums(population.book().segments.size());
    for (std::size_t index = 0; index < population.size(); ++index) {
        const auto& customer = population.at(index);
        if (customer.memberships.empty()) continue;
        const Row row = row_with_memberships(population, index, engine.engine_time());
        for (const auto membership : customer.memberships) add_member(sums[membership.segment], population, row);
    }
    auto rows = to_json(sums, population, engine.engine_time());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& row = rows[i].as_object();
        const auto look = engine.reviews().next_look(population.book().definitions.segments[i]);
        row["undecided"] = undecided[i];
        row["next_look"] = look ? json::value(engine.calendar().to_date_text(*look)) : json::value();
        row["is_due"] = look && *look <= engine.engine_time();
    }
    return rows;
}

// Those who would have entered by then.
json::array standing(Population& population, Timestamp at) {
    std::vector<SegmentSums> sums(population.book().segments.size());
    Row row;
    for (std::size_t index = 0; index < population.size(); ++index) {
        population.fill_row(population.at(index), at, row);
        const auto entered = entered_segments(population, row);
        for (std::size_t i = 0; i < sums.size(); ++i) {
            if (entered[i]) add_member(sums[i], population, row);
        }
    }
    return to_json(sums, population, at);
}

json::array joined(json::array rows, json::array more) {
    std::ranges::move(more, std::back_inserter(rows));
    return rows;
}

}  // namespace

json::value segments_report(const Engine& engine) {
    const auto& accounts = engine.accounts();
    return joined(standing(engine, engine.population(), engine.undecided()),
                  standing(engine, accounts.population(), accounts.undecided()));
}

json::value segments_report(Hindsight& hindsight) {
    return joined(standing(hindsight.population, hindsight.at),
                  standing(hindsight.accounts.population(), hindsight.at));
}

json::object segment_figures(const Engine& engine, std::size_t segment) {
    const auto& population = engine.population();
    SegmentSums sums;
    for (std::size_t index = 0; index < population.size(); ++index) {
        if (population.at(index).memberships.has(segment)) add_member(sums, population, engine.row_of(index));
    }
    return figures(sums, population);
}

json::array segment_sizes(const Engine& engine) {
    const auto& population = engine.population();
    const auto& segments = population.book().definitions.segments;
    const auto& workspace = population.book().definitions.workspace;
    std::vector<std::int64_t> sizes(segments.size());
    for (std::size_t index = 0; index < population.size(); ++index) {
        for (const auto membership : population.at(index).memberships) ++sizes[membership.segment];
    }
    const auto customers = std::max(static_cast<double>(population.size()), 1.0);
    json::array rows;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        rows.push_back({{"segment", segments[i].id.text},
                        {"title", segments[i].title},
                        {"steward", segments[i].steward.text},
                        {"steward_left", rules::has_left(workspace, segments[i].steward, engine.engine_time())},
                        {"size", sizes[i]},
                        {"share", static_cast<double>(sizes[i]) / customers}});
    }
    return rows;
}

Result<json::value> members_report(const Engine& engine, const SegmentId& segment) {
    TRY(found, members_of(engine, segment, {}));
    std::ranges::sort(found.members, {}, [&](std::size_t i) { return found.place.population.at(i).id; });
    return json::value(to_rows(found));
}

Result<json::value> members_page(const Engine& engine, const SegmentId& segment, const PageOfMembers& page) {
    TRY(found, members_of(engine, segment, page.after));
    const auto& population = found.place.population;
    const bool has_more = found.members.size() > page.limit;
    const auto size = std::min(found.members.size(), page.limit);
    const auto end = found.members.begin() + static_cast<std::ptrdiff_t>(size);
    std::ranges::partial_sort(found.members, end, {}, [&](std::size_t i) { return population.at(i).id; });
    found.members.resize(size);
    const auto last = has_more ? json::value(population.at(found.members.back()).id.text()) : json::value();
    return json::object{{"members", to_rows(found)}, {"next_cursor", last}};
}

}  // namespace segmentd::daemon
