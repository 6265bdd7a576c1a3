// Records that the store commits in a second, each sealed under its customer's key, hashed into the tree and synced,
// beside plain SQLite inserts of the same number of bytes. The two take turns, so that a busy disk meets both.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "base/random.hpp"
#include "daemon/store/store.hpp"
#include "tests/bench/benchmark_run.hpp"
#include "tests/bench/plain_inserts.hpp"
#include "tests/unit/daemon/temporary_folder.hpp"

namespace {

using segmentd::Record;
using segmentd::daemon::Store;
using Clock = std::chrono::steady_clock;

constexpr std::size_t customers = 10'000;
constexpr std::array<std::size_t, 4> batches = {1, 100, 1'000, 10'000};
constexpr std::size_t rounds = 5;
constexpr auto round_time = std::chrono::milliseconds(400);
constexpr std::size_t sealing_bytes = 24 + 16;  // nonce and tag

class Journal {
  public:
    explicit Journal(Store store);  // every customer gets a first record, and with it a key
    void commit(std::size_t count);
    std::size_t payload_bytes() const { return segmentd::encode_payload(records_.front()).size() + sealing_bytes; }

  private:
    Store store_;
    std::vector<Record> records_;  // one a customer; only their sequence changes
    std::size_t next_ = 0;
};

struct Pair {
    double ours = 0;
    double plain = 0;
};

std::vector<Record> make_records();
void measure();
Pair measure_batch(Journal& journal, segmentd::bench::PlainInserts& plain, std::size_t batch);
double median(std::vector<double> values);

template <typename Commit>
double records_a_second(std::size_t batch, Commit commit) {
    const auto begin = Clock::now();
    std::size_t committed = 0;
    do {
        commit();
        committed += batch;
    } while (Clock::now() - begin < round_time);
    return static_cast<double>(committed) / std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

int main() {
    return segmentd::bench::run_benchmark(measure);
}

namespace {

void measure() {
    const segmentd::daemon::TemporaryFolder folder;
    Journal journal(segmentd::bench::must(Store::open(folder.path() / "store", Store::Mode::writer)));
    segmentd::bench::PlainInserts plain(folder.path() / "plain.db", journal.payload_bytes());
    fmt::print("payloads of {} bytes in {}, medians of {} rounds\n", journal.payload_bytes(), folder.path().string(),
               rounds);
    fmt::print("{:>10} {:>18} {:>18} {:>8}\n", "a commit", "store, records/s", "SQLite, rows/s", "ratio");
    for (const auto batch : batches) {
        const auto [ours, limit] = measure_batch(journal, plain, batch);
        fmt::print("{:>10} {:>18.0f} {:>18.0f} {:>8.2f}\n", batch, ours, limit, ours / limit);
    }
}

Pair measure_batch(Journal& journal, segmentd::bench::PlainInserts& plain, std::size_t batch) {
    std::vector<double> ours, limit;
    for (std::size_t i = 0; i < rounds; ++i) {
        ours.push_back(records_a_second(batch, [&] { journal.commit(batch); }));
        limit.push_back(records_a_second(batch, [&] { plain.commit(batch); }));
    }
    return {median(std::move(ours)), median(std::move(limit))};
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

Journal::Journal(Store store) : store_(std::move(store)), records_(make_records()) {
    commit(customers);
}

void Journal::commit(std::size_t count) {
    if (next_ + count > records_.size()) next_ = 0;
    const auto batch = std::span(records_).subspan(next_, count);
    auto sequence = store_.record_count();
    for (auto& record : batch) record.sequence = ++sequence;
    segmentd::bench::must(store_.commit(batch, {}));
    next_ += count;
}

std::vector<Record> make_records() {
    segmentd::Random random(1, "bench records");
    std::vector<Record> made(customers);
    for (auto& record : made) {
        record.engine_time = record.occurred_at = record.received_at =
            segmentd::from_microseconds(1'717'243'200'123'456);
        record.actor = "token:admin";
        record.message_id = fmt::format("{:016x}{:016x}", random.next(), random.next());
        record.customer = segmentd::CustomerId(fmt::format("customer-{:06}", &record - made.data()));
        record.consent = {{"offers", true}};
        record.payload = segmentd::SignalRecord{
            segmentd::SignalId("purchase"),
            {{"amount", segmentd::MinorUnits{500 + static_cast<std::int64_t>(random.below(9500))}},
             {"items", static_cast<std::int64_t>(1 + random.below(5))}}};
    }
    return made;
}

}  // namespace
