#include "daemon/planning/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "base/json_text.hpp"
#include "base/sha256.hpp"
#include "daemon/planning/plan_accounts.hpp"
#include "daemon/planning/plan_segments.hpp"
#include "rules/load/change_set.hpp"
#include "rules/rulebook/segment_meaning.hpp"
#include "rules/segments/limits.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr std::size_t digits_of_a_name = 12;

constexpr double few_stay = 0.8;   // Jaccard below it is warned of
constexpr double many_move = 0.2;  // of all customers
constexpr std::int64_t always_tolerated = 10;

std::set<SegmentId> changed_segments(const std::vector<rules::DefinitionChange>& changes, const PlanStart& start,
                                     const Engine& engine);
json::array change_rows(const std::vector<rules::DefinitionChange>& changes, const PlanStart& start,
                        const Engine& engine);
json::array pilot_rows(const Comparison& comparison, const std::vector<rules::DefinitionChange>& changes);
json::array backfill_rows(const std::vector<rules::DefinitionChange>& changes);
json::array touch_rows(const Effects& effects);
json::array warning_rows(const json::object& plan);
void warn_of_limits(const Comparison& comparison, json::array& warnings);
struct Tolerated {
    const char* who;  // moves
    double share = 0;
};
Result<void> check_moves(const json::array& planned, const json::array& now, const Tolerated& tolerated);

}  // namespace

std::string name_of_plan(std::string_view text) {
    return to_hex(sha256(text)).substr(0, digits_of_a_name);
}

PlanStart begin_plan(const Engine& engine, WorkspaceFiles files) {
    if (!engine.has_workspace()) return {nullptr, std::move(files), {}, {}};
    return {engine.population().shared_book(), std::move(files), take_census(engine.population()),
            take_census(engine.accounts().population())};
}

json::object make_plan(const PlanStart& start, const PlanEnd& end) {
    const auto changes = rules::changes_between(start.files, end.files);
    const auto comparison = compare(start, end.engine, changed_segments(changes, start, end.engine));
    const auto& book = end.engine.population().book();
    json::object plan{{"from", start.book ? json::value(start.book->definitions.version) : json::value()},
                      {"to", book.definitions.version},
                      {"at", to_text(end.engine.engine_time())},
                      {"customers", end.engine.population().size()},
                      {"changes", change_rows(changes, start, end.engine)},
                      {"segments", segment_rows(comparison)},
                      {"account_segments", account_segment_rows(start, end.engine)},
                      {"migration", migration_rows(comparison)},
                      {"overlap", overlap_rows(comparison)},
                      {"pilots_contaminated", pilot_rows(comparison, changes)},
                      {"features_to_backfill", backfill_rows(changes)},
                      {"touches", touch_rows(end.effects)}};
    auto warnings = warning_rows(plan);
    warn_of_limits(comparison, warnings);
    plan["warnings"] = std::move(warnings);
    plan["diff"] = rules::text_difference(start.files, end.files);
    json::object named{{"plan", name_of_plan(json_text(plan))}};
    named.insert(plan.begin(), plan.end());
    return named;
}

Result<void> check_plan_holds(const json::object& planned, const json::object& now, double tolerance) {
    for (const char* version : {"from", "to"}) {
        if (planned.at(version) == now.at(version)) continue;
        return fail(ErrorCode::conflict,
                    fmt::format("the plan goes {} version {}, it would now go {} {}", version,
                                json_text(planned.at(version)), version, json_text(now.at(version))),
                    "make a new plan");
    }
    for (const auto& [key, who] : {std::pair("segments", "customers"), std::pair("account_segments", "accounts")}) {
        const auto* rows = planned.if_contains(key);  // a plan that was kept before there were accounts has none
        const auto then = rows == nullptr ? json::array() : rows->as_array();
        if (auto held = check_moves(then, now.at(key).as_array(), {who, tolerance}); !held) return held;
    }
    return {};
}

namespace {

// Those whose definition differs, and those that a family makes others: another place in it, another population, or
// a remainder that comes or goes.
std::set<SegmentId> changed_segments(const std::vector<rules::DefinitionChange>& changes, const PlanStart& start,
                                     const Engine& engine) {
    std::set<SegmentId> changed;
    const auto is_of_customers = [&](const SegmentId& segment) {
        return rules::find(engine.population().book().definitions.segments, segment) != nullptr ||
               (start.book && rules::find(start.book->definitions.segments, segment) != nullptr);
    };
    for (const auto& change : changes) {
        const SegmentId segment(change.name);
        if (change.kind == "segment" && is_of_customers(segment)) changed.insert(segment);
    }
    if (!start.book) return changed;
    const auto& before = start.book->definitions.segments;
    const auto& after = engine.population().book().definitions.segments;
    const auto add_what_differs = [&](const auto& some, const auto& others) {
        for (const auto& segment : some) {
            const auto* other = rules::find(others, segment.id);
            if (other == nullptr || other->version != segment.version) changed.insert(segment.id);
        }
    };
    add_what_differs(before, after);
    add_what_differs(after, before);
    return changed;
}

json::value meaning_of(const rules::DefinitionChange& change, const PlanStart& start, const Engine& engine) {
    if (change.kind != "segment" || change.change != "changed" || !start.book) return {};
    const auto compare = [&](const rules::Rulebook& before, const rules::Rulebook& after) -> json::value {
        const auto* from = rules::find(before.definitions.segments, SegmentId(change.name));
        const auto* to = rules::find(after.definitions.segments, SegmentId(change.name));
        if (from == nullptr || to == nullptr) return {};
        return json::value(to_word(rules::compare_conditions({before, from->enter}, {after, to->enter})));
    };
    const auto& book = engine.population().book();
    auto meaning = compare(*start.book, book);
    return meaning.is_null() ? compare(*start.book->accounts, *book.accounts) : meaning;
}

json::array change_rows(const std::vector<rules::DefinitionChange>& changes, const PlanStart& start,
                        const Engine& engine) {
    json::array rows;
    for (const auto& change : changes) {
        json::array fields;
        for (const auto& field : change.fields) {
            fields.push_back({{"field", field.field}, {"from", field.from}, {"to", field.to}});
        }
        rows.push_back({{"kind", change.kind},
                        {"name", change.name},
                        {"change", change.change},
                        {"file", change.file},
                        {"meaning", meaning_of(change, start, engine)},
                        {"fields", std::move(fields)}});
    }
    return rows;
}

bool is_changed(const std::vector<rules::DefinitionChange>& changes, std::string_view kind, const std::string& name) {
    return std::ranges::any_of(changes, [&](const auto& change) {
        return change.kind == kind && change.name == name && change.change != "added";
    });
}

// Pilots that run, in the definitions before: those that end by being removed are hit hardest.
json::array pilot_rows(const Comparison& comparison, const std::vector<rules::DefinitionChange>& changes) {
    json::array rows;
    if (!comparison.start.book) return rows;
    const auto& population = comparison.engine.population();
    for (const auto& pilot : comparison.start.book->definitions.pilots) {
        const auto now = comparison.engine.engine_time();
        if (now < pilot.enrol_from || now >= pilot.observe_until.value_or(never)) continue;
        const auto& segment = pilot.segment.id;
        const auto entering = comparison.members_after(segment).without(comparison.members_before(segment)).size();
        const auto leaving = comparison.members_before(segment).without(comparison.members_after(segment));
        std::int64_t enrolled = 0;
        std::int64_t enrolled_who_leave = 0;
        for (std::size_t i = 0; i < population.size(); ++i) {
            if (!population.at(i).rest->enrolments.contains(pilot.id)) continue;
            ++enrolled;
            enrolled_who_leave += leaving.has(i) ? 1 : 0;
        }
        const bool changed = is_changed(changes, "pilot", pilot.id.text);
        if (enrolled_who_leave == 0 && entering == 0 && !changed) continue;
        rows.push_back({{"pilot", pilot.id.text},
                        {"segment", segment.text},
                        {"enrolled", enrolled},
                        {"enrolled_who_leave", enrolled_who_leave},
                        {"entering", entering},
                        {"changed", changed}});
    }
    return rows;
}

// Words and owners of a feature change nothing that is computed.
json::array backfill_rows(const std::vector<rules::DefinitionChange>& changes) {
    json::array rows;
    for (const auto& change : changes) {
        const bool is_computed_otherwise = std::ranges::any_of(
            change.fields, [](const auto& field) { return field.field != "title" && field.field != "owner"; });
        if (change.kind == "feature" && (change.change == "added" || is_computed_otherwise)) {
            rows.push_back(json::value(change.name));
        }
    }
    return rows;
}

json::array touch_rows(const Effects& effects) {
    std::map<std::pair<std::string, std::string>, std::int64_t> counts;
    for (const auto& decision : effects.events) {
        if (decision.event.type != "touch") continue;
        const auto data = json::parse(decision.event.data);
        const auto* playbook = data.as_object().if_contains("playbook");
        const auto name = playbook == nullptr ? std::string() : std::string(playbook->as_string());
        ++counts[{name, to_word(decision.fate)}];
    }
    json::array rows;
    for (const auto& [what, count] : counts) {
        rows.push_back({{"playbook", what.first}, {"decision", what.second}, {"count", count}});
    }
    return rows;
}

// Nothing is a segment that nobody enters or leaves.
Result<void> check_move(const json::object* then, const json::object* today, const Tolerated& tolerated) {
    const auto number = [](const json::object* row, const char* name) {
        return row == nullptr ? 0 : row->at(name).to_number<std::int64_t>();
    };
    const auto size = std::max({number(then, "size_before"), number(then, "size_after"), number(today, "size_before"),
                                number(today, "size_after")});
    const auto most =
        std::max(always_tolerated, static_cast<std::int64_t>(std::floor(tolerated.share * static_cast<double>(size))));
    for (const char* name : {"enter", "leave"}) {
        if (std::abs(number(then, name) - number(today, name)) <= most) continue;
        return fail(ErrorCode::conflict,
                    fmt::format("segment {}: {} {} would {}, the plan said {}; {} more or less are tolerated",
                                std::string_view((then != nullptr ? then : today)->at("segment").as_string()),
                                number(today, name), tolerated.who, name, number(then, name), most),
                    "make a new plan and look at it, or give a larger --tolerance");
    }
    return {};
}

Result<void> check_moves(const json::array& planned, const json::array& now, const Tolerated& tolerated) {
    std::map<std::string, const json::object*> before;
    for (const auto& row : planned) before[std::string(row.at("segment").as_string())] = &row.as_object();
    for (const auto& row : now) {
        const auto then = before.find(std::string(row.at("segment").as_string()));
        const bool is_known = then != before.end();
        if (auto held = check_move(is_known ? then->second : nullptr, &row.as_object(), tolerated); !held) return held;
        if (is_known) before.erase(then);
    }
    for (const auto& [segment, then] : before) {
        if (auto held = check_move(then, nullptr, tolerated); !held) return held;
    }
    return {};
}

void warn_of_limits(const Comparison& comparison, json::array& warnings) {
    const auto& population = comparison.engine.population();
    for (const auto& segment : population.book().definitions.segments) {
        const rules::SegmentSize size{static_cast<std::int64_t>(comparison.members_after(segment.id).size()),
                                      static_cast<std::int64_t>(population.size())};
        for (const auto& broken : rules::broken_limits(segment.limits, size)) {
            warnings.push_back({{"rule", "limit"}, {"message", rules::sentence(segment.id, broken)}});
        }
    }
}

// What a row says of its segment, whether its members are customers or accounts.
void warn_of_members(const json::value& row, const std::string& segment, json::array& warnings) {
    const auto warn = [&](const char* rule, std::string message) {
        warnings.push_back({{"rule", rule}, {"message", std::move(message)}});
    };
    const auto number = [&](const char* name) { return row.at(name).to_number<std::int64_t>(); };
    const auto& change = row.at("change");
    if (change == "removed") warn("segment_removed", fmt::format("{} ends for {} members", segment, number("leave")));
    if (change != "removed" && number("size_after") == 0)
        warn("segment_empty", fmt::format("{} has no members", segment));
    if (change != "changed" || number("size_before") == 0) return;
    const auto all = number("enter") + number("leave") + number("stay");
    const auto jaccard = static_cast<double>(number("stay")) / static_cast<double>(all);
    if (jaccard < few_stay)
        warn("few_stay",
             fmt::format("{}: of all who were or would be members, only {:.0f} % are both", segment, 100 * jaccard));
}

json::array warning_rows(const json::object& plan) {
    json::array rows;
    const auto warn = [&](const char* rule, std::string message) {
        rows.push_back({{"rule", rule}, {"message", std::move(message)}});
    };
    const auto customers = plan.at("customers").to_number<double>();
    for (const auto& row : plan.at("segments").as_array()) {
        const auto segment = "segment " + std::string(row.at("segment").as_string());
        warn_of_members(row, segment, rows);
        const auto moved = row.at("enter").to_number<double>() + row.at("leave").to_number<double>();
        if (customers > 0 && moved / customers > many_move) {
            warn("many_move",
                 fmt::format("{}: {:.0f} % of all customers enter or leave", segment, 100 * moved / customers));
        }
    }
    for (const auto& row : plan.at("account_segments").as_array()) {
        warn_of_members(row, "segment of accounts " + std::string(row.at("segment").as_string()), rows);
    }
    for (const auto& row : plan.at("pilots_contaminated").as_array()) {
        warn("pilot_contaminated",
             fmt::format("pilot {} runs: {} of its {} customers leave the segment, {} enter{}",
                         std::string(row.at("pilot").as_string()),
                         row.at("enrolled_who_leave").to_number<std::int64_t>(),
                         row.at("enrolled").to_number<std::int64_t>(), row.at("entering").to_number<std::int64_t>(),
                         row.at("changed").as_bool() ? ", and its own definition changes" : ""));
    }
    for (const auto& row : plan.at("touches").as_array()) {
        if (row.at("decision") != "send") continue;
        warn("touches_leave",
             fmt::format("playbook {}: {} touches would be sent", std::string(row.at("playbook").as_string()),
                         row.at("count").to_number<std::int64_t>()));
    }
    return rows;
}

}  // namespace

}  // namespace segmentd::daemon
