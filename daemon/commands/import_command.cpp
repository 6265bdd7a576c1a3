// segmentctl import: a file of the past into the journal, sorted by time, and nobody is contacted.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <tuple>

#include "daemon/collect/collected.hpp"
#include "daemon/collect/source_mapping.hpp"
#include "daemon/collect/table_file.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/offline.hpp"
#include "daemon/commands/output.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr std::size_t records_per_commit = 20'000;
constexpr std::size_t most_known_rejects = 1'000'000;  // the newest of the ledger that an import compares with

// A bar on a terminal, nothing elsewhere.
class ProgressBar {
  public:
    void show(const char* what, double share) {
        const int percent = static_cast<int>(share * 100);
        if (!on_terminal_ || percent == shown_) return;
        shown_ = percent;
        const int done = percent * 30 / 100;
        fmt::print(stderr, "\r{} [{:#<{}}{:.<{}}] {:3} %", what, "", done, "", 30 - done, percent);
        std::fflush(stderr);
    }
    void clear() {
        if (on_terminal_) fmt::print(stderr, "\r{:60}\r", "");
        shown_ = -1;
    }

  private:
    bool on_terminal_ = isatty(STDERR_FILENO) == 1;
    int shown_ = -1;
};

struct FileRecords {
    std::vector<Record> records;
    std::vector<Reject> rejects;
};

// By the claimed time; records of the same instant stay in the order of the file.
void sort_by_time(std::vector<Record>& records) {
    for (std::size_t i = 0; i < records.size(); ++i) records[i].sequence = i;
    std::ranges::sort(records, {}, [](const Record& record) { return std::pair(record.occurred_at, record.sequence); });
}

Result<FileRecords> read_file(const rules::Rulebook& book, std::size_t source, const std::string& path,
                              ProgressBar& bar) {
    const auto& definition = book.definitions.sources[source];
    const auto file_name = as_utf8(std::filesystem::path(path).filename().string());
    SourceMapping mapping(book, source);
    FileRecords result;
    const auto received_at = wall_now();
    const auto keep = [&](std::string reason, const std::string& detail, std::string payload) {
        result.rejects.push_back({received_at, "source:" + definition.id.text, std::move(reason),
                                  fmt::format("{}: {}", file_name, detail), as_utf8(std::move(payload))});
    };
    TableVisitor visitor;
    visitor.on_header = [&](const auto& header) { return mapping.take_header(header); };
    visitor.on_row = [&](const auto& cells, std::uint64_t row) -> Result<void> {
        auto mapped = mapping.map(cells, row, received_at);
        std::ranges::move(mapped.records, std::back_inserter(result.records));
        for (auto& rejection : mapped.rejections) {
            keep(rejection.reason, rejection.detail, json::serialize(json::value_from(cells)));
        }
        return {};
    };
    visitor.on_broken_row = [&](const BrokenRow& row) -> Result<void> {
        const auto text = as_utf8(row.text.substr(0, longest_kept_payload));
        keep(row.reason, fmt::format("row {}: cannot be read", row.number), json::serialize(json::string_view(text)));
        return {};
    };
    visitor.on_progress = [&](const FileProgress& progress) {
        bar.show("reading",
                 progress.total == 0 ? 1.0 : static_cast<double>(progress.bytes) / static_cast<double>(progress.total));
    };
    if (auto done = read_table(path, definition.format, definition.columns, visitor); !done) {
        auto error = std::move(done).error();
        error.hint += error.hint.empty() ? "nothing was imported" : "; nothing was imported";
        return fail(std::move(error));
    }
    sort_by_time(result.records);
    return result;
}

// Takes out the rejects that the ledger holds from an earlier import of the same rows; gives how many.
Result<std::size_t> drop_known_rejects(Store& store, std::vector<Reject>& rejects) {
    if (rejects.empty()) return std::size_t{0};
    const auto key = [](const Reject& reject) { return std::tuple(reject.source, reject.reason, reject.payload); };
    TRY(kept, store.rejects(most_known_rejects));
    std::map<std::tuple<std::string, std::string, std::string>, std::size_t> known;
    for (const auto& stored : kept) ++known[key(stored.reject)];
    return std::erase_if(rejects, [&](const Reject& reject) {
        const auto found = known.find(key(reject));
        return found != known.end() && found->second > 0 && found->second-- > 0;
    });
}

struct ImportCounts {
    std::int64_t accepted = 0;
    std::int64_t duplicates = 0;
};

Result<ImportCounts> append_all(Offline& offline, FileRecords& file, const std::vector<Reject>& rejects,
                                ProgressBar& bar) {
    ImportCounts counts;
    auto& engine = offline.engine();
    for (std::size_t i = 0; i < file.records.size(); ++i) {
        auto& record = file.records[i];
        if (engine.is_duplicate(record.customer, record.message_id)) {
            ++counts.duplicates;
            continue;
        }
        const auto engine_time = std::min(record.occurred_at, std::max(record.received_at, engine.engine_time()));
        auto effects = offline.append(std::move(record), engine_time);
        if (!effects) return fail(std::move(effects).error());
        ++counts.accepted;
        if (offline.uncommitted() >= records_per_commit) {
            if (auto done = offline.commit({}); !done) return fail(done.error());
        }
        bar.show("importing", static_cast<double>(i) / static_cast<double>(file.records.size()));
    }
    if (auto done = offline.commit(rejects); !done) return fail(done.error());
    return counts;
}

Result<void> write_rejects(const std::string& path, const std::vector<Reject>& rejects) {
    std::ofstream out(path);
    for (const auto& reject : rejects) {
        out << json::serialize(json::object{
                   {"reason", reject.reason}, {"detail", reject.detail}, {"row", json::parse(reject.payload)}})
            << '\n';
    }
    if (!out.flush()) return fail(ErrorCode::io, fmt::format("cannot write {}", path));
    return {};
}

// Hardly what was wanted.
void warn_where_nothing_came_in(const json::object& summary, const std::optional<Reject>& first) {
    if (!first || summary.at("accepted").as_int64() + summary.at("duplicates").as_int64() > 0) return;
    const Error nothing{ErrorCode::invalid,
                        fmt::format("no row was accepted; the first was rejected: {}", first->detail),
                        {},
                        first->reason,
                        {}};
    fmt::print(stderr, "warning: {}\n", visible_text(to_text(nothing)));
}

// Rejects are kept and the next import knows them, so nothing has failed: told is what nobody knew yet.
void tell_of_rejects(const json::object& summary, const std::string& data) {
    const auto* reasons = summary.if_contains("reasons");
    if (reasons == nullptr) return;
    std::string counted;
    for (const auto& [reason, count] : reasons->as_object()) {
        counted += fmt::format("{}{} {}", counted.empty() ? "" : ", ", count.to_number<std::int64_t>(),
                               std::string_view(reason));
    }
    fmt::print(stderr, "warning: {} taken in, {} rejected ({}); segmentctl rejects --show --data {} lists them\n",
               summary.at("accepted").to_number<std::int64_t>(), summary.at("rejected").to_number<std::int64_t>(),
               counted, visible_text(data));
}

json::object counts_by_reason(const std::vector<Reject>& rejects) {
    std::map<std::string, std::int64_t> counts;
    for (const auto& reject : rejects) ++counts[reject.reason];
    return json::object(counts.begin(), counts.end());
}

Result<json::object> import_file(Offline& offline, FileRecords& file, ProgressBar& bar) {
    const auto customers_before = offline.engine().population().size();
    auto rejects = std::move(file.rejects);
    TRY(known_rejects, drop_known_rejects(offline.store(), rejects));
    TRY(counts, append_all(offline, file, rejects, bar));
    if (auto done = offline.commit({}); !done) return fail(done.error());
    const auto customers = offline.engine().population().size();
    json::object summary{{"accepted", counts.accepted},     {"rejected", rejects.size()},
                         {"duplicates", counts.duplicates}, {"already_rejected", known_rejects},
                         {"customers", customers},          {"new_customers", customers - customers_before}};
    if (!rejects.empty()) summary["reasons"] = counts_by_reason(rejects);
    return summary;
}

}  // namespace

// What a file becomes is known before anything is opened for writing, and a store that this import has made goes
// again where it fails: a failed import leaves no store.
int import_command(const CommandOptions& options, const ImportOptions& import) {
    const auto started = std::chrono::steady_clock::now();
    auto definitions = Offline::definitions(options.workspace, options.data);
    if (!definitions) return report(definitions.error());
    const auto& book = **definitions;
    const auto source = rules::index_of(book.definitions.sources, SourceId(import.source));
    if (!source) {
        return report(Error{ErrorCode::not_found,
                            fmt::format("there is no source '{}'", import.source),
                            {},
                            "unknown_name",
                            "sources stand in signals/*.yaml"});
    }
    ProgressBar bar;
    auto file = read_file(book, *source, import.file, bar);
    bar.clear();
    if (!file) return report(file.error());
    if (!import.rejects_file.empty()) {
        if (auto done = write_rejects(import.rejects_file, file->rejects); !done) return report(done.error());
    }
    const auto first_reject = file->rejects.empty() ? std::nullopt : std::optional(file->rejects.front());
    const bool is_new = !Store::exists(options.data);
    auto opened = Offline::open(options.workspace, options.data, Offline::Use::apply);
    if (!opened) return report(opened.error());
    auto summary = import_file(**opened, *file, bar);
    bar.clear();
    if (!summary && is_new) Store::remove(std::move((*opened)->store()));
    if (!summary) return report(summary.error());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
    (*summary)["seconds"] = seconds.count();
    print(*summary, options.as_json);
    std::fflush(stdout);  // what is told of rejects is the last line
    warn_where_nothing_came_in(*summary, first_reject);
    tell_of_rejects(*summary, options.data);
    return exit_done;
}

}  // namespace segmentd::daemon
