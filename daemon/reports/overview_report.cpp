#include "daemon/reports/overview_report.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "daemon/reports/reports.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

json::array undecided_reviews(const Engine& engine);

}  // namespace

json::object overview_report(const Engine& engine, Timestamp now) {
    const auto& definitions = engine.population().book().definitions;
    return {{"company", definitions.workspace.company},
            {"workspace", definitions.workspace.name},
            {"definitions", definitions.version},
            {"engine_time", to_text(now)},
            {"records", engine.records()},
            {"customers", engine.population().size()},
            {"segments", segment_sizes(engine)},
            {"pilots", pilots_report(engine)},
            {"reviews", undecided_reviews(engine)},
            {"endpoints", endpoints_report(engine)},
            {"pauses", pauses_report(engine)}};
}

json::object decisions_report(const std::vector<LedgerEntry>& lines, std::size_t newest) {
    auto touches = touches_report(lines).as_array();
    std::map<std::pair<std::string, std::string>, std::int64_t> counts;
    for (const auto& touch : touches)
        ++counts[{touch.at("decision").as_string().c_str(), touch.at("reason").as_string().c_str()}];
    std::vector<std::pair<std::int64_t, std::pair<std::string, std::string>>> order;
    for (const auto& [words, count] : counts) order.emplace_back(-count, words);
    std::ranges::sort(order);
    json::array rows;
    for (const auto& [count, words] : order)
        rows.push_back({{"decision", words.first}, {"reason", words.second}, {"count", -count}});
    std::ranges::reverse(touches);
    if (touches.size() > newest) touches.erase(touches.begin() + static_cast<std::ptrdiff_t>(newest), touches.end());
    return {{"counts", std::move(rows)}, {"newest", std::move(touches)}};
}

namespace {

json::array undecided_reviews(const Engine& engine) {
    auto all = reviews_report(engine);
    json::array rows;
    for (auto& row : all.as_array()) {
        if (row.at("state") != to_word(ReviewState::decided)) rows.push_back(std::move(row));
    }
    std::ranges::sort(rows, {}, [](const json::value& row) {
        return std::pair(std::string_view(row.at("deadline").as_string()), row.at("review").as_int64());
    });
    return rows;
}

}  // namespace
}  // namespace segmentd::daemon
