// segmentctl simulate: the signals of a made-up market, and beside them the truth behind them.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "base/sha256.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/simulation/market.hpp"
#include "daemon/simulation/market_truth.hpp"

namespace segmentd::daemon {

namespace json = boost::json;
namespace files = std::filesystem;

namespace {

constexpr Timestamp last_end = std::chrono::sys_days(std::chrono::year(2100) / 1 / 1);  // the demo's pilots end then

Result<MarketSettings> settings_of(const SimulateOptions& simulate) {
    if (simulate.customers < 1 || simulate.customers > most_market_teams) {
        return fail(ErrorCode::invalid, fmt::format("{} customers cannot be simulated", simulate.customers),
                    fmt::format("name a number from 1 to {}", most_market_teams));
    }
    TRY(ends_at, parse_timestamp(simulate.ends_at));
    if (ends_at < Timestamp(Days(365))) {
        return fail(ErrorCode::invalid, fmt::format("a year that ends on {} begins before 1970", simulate.ends_at),
                    "name a date of 1971 or later");
    }
    if (ends_at > last_end) {
        return fail(ErrorCode::invalid, fmt::format("a year that ends on {} is out of reach", simulate.ends_at),
                    fmt::format("name a date until {}", to_date_text(last_end)));
    }
    std::uint64_t seed = 0;
    const auto* seed_end = simulate.seed.data() + simulate.seed.size();
    const auto read = std::from_chars(simulate.seed.data(), seed_end, seed);
    if (read.ec != std::errc() || read.ptr != seed_end) {
        return fail(ErrorCode::invalid, fmt::format("'{}' is no seed", simulate.seed),
                    "name a whole number from 0 to 18446744073709551615");
    }
    return MarketSettings{seed, simulate.customers, std::chrono::floor<std::chrono::seconds>(ends_at)};
}

struct OutputFile {
    files::path path;
    std::int64_t rows = 0;
    std::string content;
};

Result<json::object> write_file(const OutputFile& file) {
    std::ofstream out(file.path, std::ios::binary);
    out << file.content;
    if (!out.flush()) {
        return fail(ErrorCode::io, fmt::format("cannot write {}", file.path.string()),
                    "check the folder and its permissions");
    }
    return json::object{{"file", file.path.string()},
                        {"rows", file.rows},
                        {"bytes", file.content.size()},
                        {"sha256", to_hex(sha256(file.content))}};
}

// {"truth", "files"}, as printed.
Result<json::object> write_market(const MarketSettings& settings, const files::path& folder) {
    std::error_code error;
    if (files::exists(folder, error) && !files::is_empty(folder, error)) {
        return fail(ErrorCode::conflict, fmt::format("{} is not empty", folder.string()), "name a folder of its own");
    }
    files::create_directories(folder, error);
    if (error)
        return fail(ErrorCode::io, fmt::format("cannot make the folder {}: {}", folder.string(), error.message()));
    const MarketModel model;
    auto market = simulate_market(model, settings);
    auto summary = market_truth_summary(settings, market);
    TRY(truth, write_file({folder / "truth.json", settings.customers, market_truth_text(model, settings, market)}));
    TRY(signals, write_file({folder / "signals.jsonl", market.rows, std::move(market.signals)}));
    return json::object{{"truth", std::move(summary)}, {"files", {signals, truth}}};
}

}  // namespace

int simulate_command(const CommandOptions& options, const SimulateOptions& simulate) {
    const auto settings = settings_of(simulate);
    if (!settings) return report(settings.error());
    const auto written = write_market(*settings, simulate.out);
    if (!written) return report(written.error());
    json::object printed{{"seed", settings->seed},
                         {"customers", settings->customers},
                         {"begins_at", to_text(settings->ends_at - market_year)},
                         {"ends_at", to_text(settings->ends_at)}};
    for (const auto& [name, value] : *written) printed[name] = value;
    print(printed, options.as_json);
    return exit_done;
}

}  // namespace segmentd::daemon
