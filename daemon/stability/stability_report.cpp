#include "daemon/stability/stability_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <boost/json.hpp>

#include "daemon/planning/borderline.hpp"
#include "daemon/stability/stability_start.hpp"
#include "experiments/analysis/adjusted_rand.hpp"
#include "rules/load/load.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr double alpha = 0.05;
constexpr std::size_t most_refreshes = 2000;

using Counts = std::map<std::string, std::int64_t>;

Result<std::vector<Renewal>> read_renewals(const StabilityStart& start, const PastRecords& past);
json::object refresh_row(const Refresh& refresh, const StabilityStart& start);
json::object summary_of(const json::array& rows);
json::array transition_rows(const MembershipFacts& facts, const std::string& segment);
json::object half_life_of(const MembershipFacts& facts);
json::object flapping_of(const MembershipFacts& facts);
json::value share_of(std::int64_t part, std::int64_t whole);

}  // namespace

Result<json::object> stability_report(const StabilityStart& start, const PastRecords& past, const LedgerLines& lines) {
    auto question = start.question;
    TRY(renewals, read_renewals(start, past));
    question.renewals = std::move(renewals);
    MembershipHistory history(question);
    const auto read = lines([&](const LedgerEntry& line) -> Result<void> {
        history.take(line);
        return {};
    });
    if (!read) return fail(read.error());
    const auto facts = history.finish();
    if (facts.refreshes.size() > most_refreshes) {
        return fail(ErrorCode::limit,
                    fmt::format("these are {} refreshes, at most {} are shown", facts.refreshes.size(), most_refreshes),
                    "give a later --from or a longer --refresh");
    }
    json::array rows;
    for (const auto& refresh : facts.refreshes) rows.push_back(refresh_row(refresh, start));
    const auto from = question.from > beginning_of_time ? json::value(to_text(question.from)) : json::value();
    json::object report{{"segment", question.segment.text},
                        {"definitions", start.book->definitions.version},
                        {"from", from},
                        {"to", to_text(question.until)},
                        {"members", facts.members},
                        {"refresh", fmt::format("{}d", question.spacing_days)},
                        {"summary", summary_of(rows)},
                        {"half_life", half_life_of(facts)},
                        {"flapping", flapping_of(facts)}};
    report["borderline"] = json::object{{"change", borderline_change},
                                        {"members", start.borderline_members},
                                        {"non_members", start.borderline_non_members}};
    report["bootstrap"] = nullptr;
    report["transitions"] = transition_rows(facts, question.segment.text);
    report["refreshes"] = std::move(rows);
    return report;
}

namespace {

// What decides about membership in these definitions; empty where they do not have the segment.
std::string segment_version(const rules::WorkspaceFiles& files, const SegmentId& segment) {
    const auto definitions = rules::load_recorded_workspace(files);
    const auto* found = definitions ? rules::find(definitions->segments, segment) : nullptr;
    return found == nullptr ? std::string() : found->version;
}

Result<std::vector<Renewal>> read_renewals(const StabilityStart& start, const PastRecords& past) {
    std::vector<Renewal> renewals;
    std::string version;
    const auto read = past(start.end, [&](const Record& record) {
        if (const auto* model = std::get_if<ModelRecord>(&record.payload)) {
            renewals.push_back({record.sequence, record.engine_time,
                                fmt::format("model {} v{}", model->model.text, model->version),
                                start.models.contains(model->model)});
        }
        if (const auto* workspace = std::get_if<WorkspaceRecord>(&record.payload)) {
            auto next = segment_version(workspace->files, start.question.segment);
            renewals.push_back(
                {record.sequence, record.engine_time, "definitions " + workspace->version, next != version});
            version = std::move(next);
        }
    });
    if (!read) return fail(read.error());
    return renewals;
}

// With everybody who was known then and is in none of the classes before or after.
json::value adjusted_rand_of(std::vector<experiments::SharedCount> counts, const Refresh& refresh,
                             const StabilityStart& start) {
    if (refresh.before == 0 || counts.empty()) return {};
    std::int64_t outside = std::ranges::upper_bound(start.first_seen, refresh.at) - start.first_seen.begin();
    for (const auto& count : counts) outside -= count.units;
    counts.push_back({0, 0, std::max<std::int64_t>(0, outside)});
    const auto index = experiments::adjusted_rand(counts);
    return index ? json::value(*index) : json::value();
}

json::value segment_name(const std::string& name) {
    return name.empty() ? json::value() : json::value(name);
}

json::array destination_rows(const Counts& counts, std::int64_t whole) {
    json::array rows;
    for (const auto& [segment, customers] : counts) {
        rows.push_back(
            {{"segment", segment_name(segment)}, {"customers", customers}, {"share", share_of(customers, whole)}});
    }
    return rows;
}

json::object refresh_row(const Refresh& refresh, const StabilityStart& start) {
    const auto left = refresh.before - refresh.stay;
    const auto entered = refresh.after - refresh.stay;
    const auto together = refresh.before > 0 ? refresh.before + refresh.after - refresh.stay : 0;
    return {{"at", to_text(refresh.at)},
            {"since", to_text(refresh.since)},
            {"cause", segment_name(refresh.cause)},
            {"before", refresh.before},
            {"after", refresh.after},
            {"stay", refresh.stay},
            {"leave", left},
            {"enter", entered},
            {"stay_rate", share_of(refresh.stay, refresh.before)},
            {"jaccard", share_of(refresh.stay, together)},
            {"adjusted_rand", adjusted_rand_of({{1, 1, refresh.stay}, {1, 0, left}, {0, 1, entered}}, refresh, start)},
            {"family_adjusted_rand", adjusted_rand_of(refresh.family, refresh, start)},
            {"went_to", destination_rows(refresh.went_to, refresh.before)},
            {"came_from", destination_rows(refresh.came_from, refresh.after)}};
}

json::object summary_of(const json::array& rows) {
    struct Figure {
        double sum = 0;
        double lowest = 2;
        int count = 0;
    };
    std::map<std::string, Figure> figures;
    std::int64_t refreshes = 0;
    for (const auto& value : rows) {
        const auto& row = value.as_object();
        if (!row.at("cause").is_null() || row.at("jaccard").is_null()) continue;
        ++refreshes;
        for (const char* name : {"stay_rate", "jaccard", "adjusted_rand", "family_adjusted_rand"}) {
            if (!row.at(name).is_double()) continue;
            auto& figure = figures[name];
            figure.sum += row.at(name).get_double();
            figure.lowest = std::min(figure.lowest, row.at(name).get_double());
            ++figure.count;
        }
    }
    const auto mean = [&](const char* name) {
        const auto& figure = figures[name];
        return figure.count > 0 ? json::value(figure.sum / figure.count) : json::value();
    };
    return {{"refreshes", refreshes},
            {"mean_stay_rate", mean("stay_rate")},
            {"mean_jaccard", mean("jaccard")},
            {"lowest_jaccard", figures["jaccard"].count > 0 ? json::value(figures["jaccard"].lowest) : json::value()},
            {"mean_adjusted_rand", mean("adjusted_rand")},
            {"mean_family_adjusted_rand", mean("family_adjusted_rand")}};
}

json::array transition_rows(const MembershipFacts& facts, const std::string& segment) {
    std::int64_t before = 0;
    std::int64_t after = 0;
    Counts went_to;
    Counts came_from;
    for (const auto& refresh : facts.refreshes) {
        if (!refresh.cause.empty()) continue;
        before += refresh.before;
        after += refresh.after;
        went_to[segment] += refresh.stay;
        for (const auto& [name, customers] : refresh.went_to) went_to[name] += customers;
        for (const auto& [name, customers] : refresh.came_from) came_from[name] += customers;
    }
    json::array rows;
    const auto add = [&](const std::string& from, const std::string& to, std::int64_t customers, std::int64_t whole) {
        rows.push_back({{"from", segment_name(from)},
                        {"to", segment_name(to)},
                        {"customers", customers},
                        {"share", share_of(customers, whole)}});
    };
    for (const auto& [name, customers] : went_to) add(segment, name, customers, before);
    for (const auto& [name, customers] : came_from) add(name, segment, customers, after);
    return rows;
}

json::object half_life_of(const MembershipFacts& facts) {
    const auto ended = std::ranges::count_if(facts.spells, &experiments::Lifetime::has_ended);
    const auto found = experiments::median_lifetime(facts.spells, alpha);
    const auto number = [](const std::optional<double>& days) { return days ? json::value(*days) : json::value(); };
    return {{"estimator", "Kaplan-Meier"},
            {"spells", facts.spells.size()},
            {"ended", ended},
            {"ended_by_renewals", facts.spells_ended_by_renewals},
            {"median_days", number(found.median)},
            {"interval", json::array{number(found.lower), number(found.upper)}}};
}

json::object flapping_of(const MembershipFacts& facts) {
    return {{"more_than_entries", flapping_entries},
            {"within", to_text(flapping_period)},
            {"customers", facts.flapping_customers},
            {"share", share_of(facts.flapping_customers, facts.members_ever)},
            {"again_within", to_text(flapping_soon)},
            {"entered_again", facts.returns_soon},
            {"share_of_exits", share_of(facts.returns_soon, facts.exits)}};
}

json::value share_of(std::int64_t part, std::int64_t whole) {
    return whole > 0 ? json::value(static_cast<double>(part) / static_cast<double>(whole)) : json::value();
}

}  // namespace

}  // namespace segmentd::daemon
