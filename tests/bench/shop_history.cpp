#include "tests/bench/shop_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "daemon/engine/ledger/ledger.hpp"
#include "tests/bench/benchmark_run.hpp"

namespace segmentd::bench {
namespace {

constexpr std::size_t records_a_commit = 10'000;
constexpr MinorUnits usual_amount{10'000};
constexpr MinorUnits large_amount{30'000};

Record record_at(Timestamp at, Payload payload);
Record purchase_at(Timestamp at, std::size_t customer);
void write_workspace(const std::filesystem::path& folder, const std::map<std::string, std::string>& files);
std::string version_of(const std::map<std::string, std::string>& files);

}  // namespace

std::string customer_name(std::size_t customer) {
    return fmt::format("customer-{:07}", customer);
}

bool is_old_member(std::size_t customer) {
    return customer % 10 == 0;
}

ShopHistory::ShopHistory(const std::filesystem::path& folder, Timestamp since,
                         const std::map<std::string, std::string>& files)
    : store_(must(daemon::Store::open(folder / "data", daemon::Store::Mode::writer))),
      engine_([](std::uint64_t, const daemon::RecordVisitor&) { return Result<void>(); }) {
    write_workspace(folder / "workspace", files);
    append(record_at(since, WorkspaceRecord{version_of(files), files}));
    commit();
}

void ShopHistory::let_all_buy(std::size_t customers, Timestamp from, Duration length) {
    for (std::size_t i = 0; i < customers; ++i) {
        const auto at = from + length / static_cast<std::int64_t>(customers) * static_cast<std::int64_t>(i);
        let_buy(i, at, at);
    }
    commit();
}

void ShopHistory::let_buy(std::size_t customer, Timestamp at, Timestamp told_at) {
    auto record = purchase_at(at, customer);
    record.engine_time = record.received_at = told_at;
    append(std::move(record));
    if (records_.size() >= records_a_commit) commit();
}

std::size_t ShopHistory::payload_bytes() const {
    return encode_payload(purchase_at(engine_.engine_time(), 1)).size();
}

// As the host does it: facts are recorded right after what they follow from.
void ShopHistory::append(Record record) {
    record.sequence = engine_.records() + 1;
    auto effects = must(engine_.apply(record));
    std::ranges::move(daemon::ledger_entries(record, effects), std::back_inserter(ledger_));
    const auto at = record.engine_time;
    records_.push_back(std::move(record));
    for (auto& fact : effects.facts) append(record_at(at, std::move(fact.payload)));
}

void ShopHistory::commit() {
    must(store_.commit(records_, {}, ledger_));
    records_.clear();
    ledger_.clear();
}

namespace {

Record record_at(Timestamp at, Payload payload) {
    Record record;
    record.engine_time = record.occurred_at = record.received_at = at;
    record.actor = "source:history";
    record.historical = true;
    record.payload = std::move(payload);
    return record;
}

Record purchase_at(Timestamp at, std::size_t customer) {
    const auto amount = is_old_member(customer) ? large_amount : usual_amount;
    auto record = record_at(at, SignalRecord{SignalId("purchase"), {{"amount", amount}, {"items", std::int64_t{3}}}});
    record.customer = CustomerId(customer_name(customer));
    record.message_id = fmt::format("history-{}-{}", to_microseconds(at), customer);
    return record;
}

void write_workspace(const std::filesystem::path& folder, const std::map<std::string, std::string>& files) {
    for (const auto& [name, text] : files) {
        std::filesystem::create_directories((folder / name).parent_path());
        std::ofstream(folder / name) << text;
    }
}

std::string version_of(const std::map<std::string, std::string>& files) {
    const auto book = daemon::compile_workspace(files);
    if (!book) throw std::runtime_error(to_text(book.error().front()));
    return (*book)->definitions.version;
}

}  // namespace
}  // namespace segmentd::bench
