// What a company meets in a week with segmentd, each figure beside a plain limit of the same run: how soon a webhook
// leaves after its event, how fast a burst of touches is delivered, what a customer and an event take on the disk and
// in memory, and how long a restart takes.
#include <fmt/format.h>
#include <malloc.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "daemon/net/http_client.hpp"
#include "tests/bench/bench_record.hpp"
#include "tests/bench/benchmark_run.hpp"
#include "tests/bench/percentile.hpp"
#include "tests/bench/plain_inserts.hpp"
#include "tests/bench/segmentd_command.hpp"
#include "tests/bench/shop_history.hpp"
#include "tests/bench/shop_workspace.hpp"
#include "tests/bench/webhook_sink.hpp"
#include "tests/unit/daemon/temporary_folder.hpp"

namespace {

using segmentd::bench::must;
using segmentd::bench::now;
using segmentd::bench::print_waits;
using segmentd::bench::ServerProcess;
using segmentd::bench::ShopHistory;
using segmentd::bench::WebhookSink;
using segmentd::daemon::HttpCall;
using segmentd::daemon::HttpClient;
using segmentd::daemon::Store;
using segmentd::daemon::TemporaryFolder;
using Clock = std::chrono::steady_clock;

constexpr std::size_t most_live_customers = 100'000;  // of the store that sends touches, and of the one on the disk
constexpr std::size_t most_single_events = 2'000;
constexpr std::size_t events_a_post = 1'000;
constexpr std::size_t calls_under_way = 8;  // as many as an endpoint has where it does not say
constexpr auto pause = std::chrono::milliseconds(2);
constexpr auto patience = std::chrono::seconds(10);          // for one webhook
constexpr auto longest_burst = std::chrono::seconds(180);    // for all of them
constexpr auto longest_restart = std::chrono::seconds(600);  // of a large store on a busy machine
constexpr auto past = segmentd::Days(30);
constexpr auto period = segmentd::Days(10);

// A daemon on a store with a past, and the system that its touches go to.
struct LiveShop {
    explicit LiveShop(const std::filesystem::path& folder)
        : daemon(segmentd::bench::segmentd_command(folder, {"endpoints.crm.url=" + sink.url()})),
          token(segmentd::bench::access_token(folder)) {}

    HttpCall call(const char* path, std::string body) const;

    WebhookSink sink;
    ServerProcess daemon;
    std::string token;
};

// Posts one body again and again, with as many calls under way as an endpoint has.
class DirectPosts {
  public:
    DirectPosts(HttpCall call, std::size_t count) : call_(std::move(call)), count_(count) {}
    void start();

  private:
    void send_next();

    HttpCall call_;
    std::size_t count_;
    std::atomic<std::size_t> sent_ = 0;
    HttpClient client_{{}};  // ends first
};

struct Waits {
    std::vector<double> acknowledged_ms;
    std::vector<double> arrived_ms;
};

void measure(std::size_t customers);
void measure_touches(std::size_t customers);
void measure_single_events(LiveShop& shop, const std::vector<std::size_t>& buyers);
double measure_burst(LiveShop& shop, const std::vector<std::size_t>& buyers);
double measure_direct_posts(const segmentd::bench::Arrival& sample, std::size_t count);
void measure_disk(std::size_t customers);
void measure_restart(std::size_t customers);
Waits send_one_by_one(WebhookSink& sink, const std::vector<HttpCall>& calls);
double deliveries_a_second(WebhookSink& sink, std::size_t events_before, Clock::time_point begin, std::size_t wanted);
std::vector<std::size_t> new_buyers(std::size_t customers);
std::string purchase(std::size_t customer);
std::string batch_of(std::span<const std::size_t> buyers);
void post(HttpClient& client, const HttpCall& call);
void fill(const std::filesystem::path& folder, std::size_t customers);
double seconds_to_read(const std::filesystem::path& data);
double seconds_to_decrypt(const std::filesystem::path& data);
double bytes_after_checkpoint(const std::filesystem::path& database);
double plain_map_bytes(std::size_t customers);
double megabytes(std::size_t bytes);
double seconds_since(Clock::time_point begin);

}  // namespace

int main(int count, char** texts) {
    CLI::App app("bench_week: webhooks, deliveries, disk, memory and restart");
    std::size_t customers = 1'000'000;
    app.add_option("--customers", customers, "in the store that is restarted; the other stores have at most 100,000")
        ->check(CLI::Range(1'000, 10'000'000));
    app.allow_extras();  // those of bench_expression
    CLI11_PARSE(app, count, texts);
    return segmentd::bench::run_benchmark([customers] { measure(customers); });
}

namespace {

void measure(std::size_t customers) {
    double load = 0;
    if (::getloadavg(&load, 1) == 1) {
        fmt::print("{} cores, load {:.1f} at the start\n\n", std::thread::hardware_concurrency(), load);
    }
    measure_touches(std::min(customers, most_live_customers));
    measure_disk(std::min(customers, most_live_customers));
    measure_restart(customers);
}

void measure_touches(std::size_t customers) {
    const TemporaryFolder folder;
    fill(folder.path(), customers);
    LiveShop shop(folder.path());
    const auto buyers = new_buyers(customers);
    const auto singles = static_cast<std::ptrdiff_t>(std::min(most_single_events, customers / 10));
    fmt::print("event to webhook, {} customers, {} events one by one\n", customers, singles);
    fmt::print("{:<54} {:>8} {:>8} {:>8}\n", "", "p50 ms", "p99 ms", "most");
    measure_single_events(shop, {buyers.begin(), buyers.begin() + singles});

    const auto burst = static_cast<std::ptrdiff_t>(customers / 2);
    fmt::print("\na burst of {} touches, {} events a POST\n", burst, events_a_post);
    const auto ours = measure_burst(shop, {buyers.begin() + singles, buyers.begin() + singles + burst});
    const auto direct = measure_direct_posts(shop.sink.last(), static_cast<std::size_t>(burst));
    fmt::print("{:<52} {:>8.0f} a second\n", "  segmentd, from the first POST of events", ours);
    fmt::print("{:<52} {:>8.0f} a second\n", "  the bare HTTP client, the same bodies, 8 at a time", direct);
    fmt::print("  segmentd / bare client: {:.2f}\n\n", ours / direct);
}

void measure_single_events(LiveShop& shop, const std::vector<std::size_t>& buyers) {
    std::vector<HttpCall> calls;
    for (const auto buyer : buyers) calls.push_back(shop.call("/v1/track", purchase(buyer)));
    const auto ours = send_one_by_one(shop.sink, calls);
    for (std::size_t i = 0; i < calls.size(); ++i) {
        calls[i].url = shop.sink.url();
        calls[i].headers.emplace_back("webhook-id", fmt::format("direct-{}", i));
    }
    const auto direct = send_one_by_one(shop.sink, calls);
    print_waits("  segmentd, POST sent to webhook read (goal 200 p99)", ours.arrived_ms);
    print_waits("  segmentd, POST sent to durable and acknowledged", ours.acknowledged_ms);
    print_waits("  the same POST straight to the sink", direct.arrived_ms);
}

Waits send_one_by_one(WebhookSink& sink, const std::vector<HttpCall>& calls) {
    HttpClient client({});
    Waits waits;
    const auto milliseconds = [](Clock::duration wait) {
        return std::chrono::duration<double, std::milli>(wait).count();
    };
    for (auto events = sink.events(); const auto& call : calls) {
        const auto begin = Clock::now();
        post(client, call);
        waits.acknowledged_ms.push_back(milliseconds(Clock::now() - begin));
        if (!sink.wait_for(++events, patience)) throw std::runtime_error("an event brought no webhook: " + call.body);
        waits.arrived_ms.push_back(milliseconds(sink.last().at - begin));
        std::this_thread::sleep_for(pause);
    }
    return waits;
}

double measure_burst(LiveShop& shop, const std::vector<std::size_t>& buyers) {
    HttpClient client({});
    const auto events = shop.sink.events();
    std::vector<HttpCall> calls;
    for (std::span<const std::size_t> rest(buyers); !rest.empty();) {
        const auto part = rest.first(std::min(events_a_post, rest.size()));
        calls.push_back(shop.call("/v1/batch", batch_of(part)));
        rest = rest.subspan(part.size());
    }
    const auto begin = Clock::now();
    for (const auto& call : calls) post(client, call);
    fmt::print("{:<52} {:>8.0f} a second\n", "  (the events alone, acknowledged)",
               static_cast<double>(buyers.size()) / seconds_since(begin));
    return deliveries_a_second(shop.sink, events, begin, buyers.size());
}

double measure_direct_posts(const segmentd::bench::Arrival& sample, std::size_t count) {
    WebhookSink sink;
    HttpCall call;
    call.url = sink.url();
    call.body = sample.body;
    for (const auto* name : {"content-type", "webhook-timestamp", "webhook-signature"}) {
        call.headers.emplace_back(name, segmentd::daemon::find_header(sample.headers, name));
    }
    DirectPosts posts(std::move(call), count);
    const auto begin = Clock::now();
    posts.start();
    return deliveries_a_second(sink, 0, begin, count);
}

// Until the last one came, or patience ended; the latter is said.
double deliveries_a_second(WebhookSink& sink, std::size_t events_before, Clock::time_point begin, std::size_t wanted) {
    const bool is_whole = sink.wait_for(events_before + wanted, longest_burst);
    const auto arrived = sink.events() - events_before;
    if (!is_whole) fmt::print("  only {} of {} came within {} s\n", arrived, wanted, longest_burst.count());
    if (sink.repetitions() > 0) fmt::print("  {} deliveries came twice\n", sink.repetitions());
    return static_cast<double>(arrived) / std::chrono::duration<double>(sink.last().at - begin).count();
}

void DirectPosts::start() {
    for (std::size_t i = 0; i < calls_under_way; ++i) send_next();
}

void DirectPosts::send_next() {
    const auto number = sent_++;
    if (number >= count_) return;
    auto call = call_;
    call.headers.emplace_back("webhook-id", fmt::format("direct-{}", number));
    client_.send(std::move(call), [this](const auto&) { send_next(); });
}

void measure_disk(std::size_t customers) {
    const TemporaryFolder folder;
    const auto begin = now() - past;
    const auto count = static_cast<double>(customers);
    ShopHistory history(folder.path(), begin, segmentd::bench::live_shop_workspace());
    history.let_all_buy(customers, begin, period);
    const auto once = bytes_after_checkpoint(folder.path() / "data" / "segmentd.db");
    history.let_all_buy(customers, begin + period, period);
    const auto twice = bytes_after_checkpoint(folder.path() / "data" / "segmentd.db");

    const auto json_bytes = history.payload_bytes();
    segmentd::bench::PlainInserts plain(folder.path() / "plain.db", json_bytes);
    plain.commit(customers);
    const auto plain_bytes = bytes_after_checkpoint(folder.path() / "plain.db");

    fmt::print("on the disk after a checkpoint, {} customers, events of {} bytes of JSON\n", customers, json_bytes);
    fmt::print("{:<52} {:>8.0f} bytes\n", "  segmentd, an event", (twice - once) / count);
    fmt::print("{:<52} {:>8.0f} bytes\n", "  segmentd, a customer without events", (2 * once - twice) / count);
    fmt::print("{:<52} {:>8.0f} bytes\n", "  plain SQLite, an event", plain_bytes / count);
    fmt::print("  segmentd / plain SQLite: {:.2f} for an event\n\n", (twice - once) / plain_bytes);
}

void measure_restart(std::size_t customers) {
    const TemporaryFolder empty, folder;
    const auto start = [](const TemporaryFolder& where) {
        auto command = segmentd::bench::segmentd_command(where.path(), {});
        command.longest_start = longest_restart;
        return command;
    };
    fill(empty.path(), 0);
    fill(folder.path(), customers);
    const auto data = folder.path() / "data";
    const auto read = seconds_to_read(data);
    const auto decrypted = seconds_to_decrypt(data);
    const auto plain_map = plain_map_bytes(customers);
    std::optional<ServerProcess> none(std::in_place, start(empty));
    const auto bytes_of_none = none->resident_bytes();
    none.reset();
    const auto begin = Clock::now();
    const ServerProcess daemon(start(folder));
    const auto ready = seconds_since(begin);
    const auto cpu = daemon.cpu_seconds();
    const auto bytes = daemon.resident_bytes();

    fmt::print("restart at {} customers with one purchase each, file in the page cache\n", customers);
    fmt::print("{:<52} {:>8.2f} s, {:.2f} s of them CPU\n", "  segmentd, start to ready (goal 2 at 1,000,000)", ready,
               cpu);
    fmt::print("{:<52} {:>8.2f} s\n", "  plain SQLite reads all rows", read);
    fmt::print("{:<52} {:>8.2f} s\n", "  the store reads and decrypts all records", decrypted);
    fmt::print("  segmentd / plain SQLite: {:.1f}; segmentd / decrypting: {:.2f}\n\n", ready / read, ready / decrypted);
    fmt::print("memory: {:.0f} MB resident, {:.0f} MB without customers\n", megabytes(bytes), megabytes(bytes_of_none));
    const auto each = static_cast<double>(bytes - bytes_of_none) / static_cast<double>(customers);
    fmt::print("{:<52} {:>8.0f} bytes\n", "  segmentd, a customer", each);
    fmt::print("{:<52} {:>8.0f} bytes\n", "  a hash map from the id to six numbers, a customer", plain_map);
    fmt::print("  segmentd / hash map: {:.1f}\n", each / plain_map);
}

double seconds_to_read(const std::filesystem::path& data) {
    const auto begin = Clock::now();
    SQLite::Database database((data / "segmentd.db").string(), SQLite::OPEN_READONLY);
    SQLite::Statement rows(database, "SELECT * FROM journal");
    std::size_t bytes = 0;
    while (rows.executeStep()) {
        for (int i = 0; i < rows.getColumnCount(); ++i) bytes += static_cast<std::size_t>(rows.getColumn(i).getBytes());
    }
    if (bytes == 0) throw std::logic_error("the journal is empty");
    return seconds_since(begin);
}

double seconds_to_decrypt(const std::filesystem::path& data) {
    const auto begin = Clock::now();
    auto store = must(Store::open(data, Store::Mode::reader));
    must(store.read_records(1, std::numeric_limits<std::int64_t>::max(),
                            [](const auto&) { return segmentd::Result<void>(); }));
    return seconds_since(begin);
}

double bytes_after_checkpoint(const std::filesystem::path& database) {
    SQLite::Database(database.string(), SQLite::OPEN_READWRITE).exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return static_cast<double>(std::filesystem::file_size(database));
}

double plain_map_bytes(std::size_t customers) {
    const auto allocated = [] {
        const auto all = ::mallinfo2();
        return static_cast<double>(all.uordblks + all.hblkhd);
    };
    const auto before = allocated();
    std::unordered_map<std::string, std::array<double, 6>> map;
    for (std::size_t i = 0; i < customers; ++i) map[segmentd::bench::customer_name(i)] = {};
    return (allocated() - before) / static_cast<double>(customers);
}

void fill(const std::filesystem::path& folder, std::size_t customers) {
    const auto begin = now() - past;
    ShopHistory history(folder, begin, segmentd::bench::live_shop_workspace());
    if (customers > 0) history.let_all_buy(customers, begin, period);
}

std::vector<std::size_t> new_buyers(std::size_t customers) {
    std::vector<std::size_t> buyers;
    for (std::size_t i = 0; i < customers; ++i) {
        if (!segmentd::bench::is_old_member(i)) buyers.push_back(i);
    }
    return buyers;
}

// As an SDK sends it; enough money to become a member of `regular`.
std::string purchase(std::size_t customer) {
    const auto name = segmentd::bench::customer_name(customer);
    return fmt::format(R"({{"type":"track","messageId":"live-{0}","userId":"{0}","event":"Order Completed",)"
                       R"("properties":{{"revenue":200.00,"items":3,"currency":"USD"}},)"
                       R"("context":{{"library":{{"name":"bench","version":"1.0.0"}}}}}})",
                       name);
}

std::string batch_of(std::span<const std::size_t> buyers) {
    std::string body = R"({"batch":[)";
    for (const auto buyer : buyers) body += (body.back() == '[' ? "" : ",") + purchase(buyer);
    return body + "]}";
}

HttpCall LiveShop::call(const char* path, std::string body) const {
    HttpCall call;
    call.url = fmt::format("http://127.0.0.1:{}{}", daemon.port(), path);
    call.headers = {{"content-type", "application/json"}, {"authorization", "Bearer " + token}};
    call.body = std::move(body);
    return call;
}

void post(HttpClient& client, const HttpCall& call) {
    const auto outcome = must(client.fetch(call));
    if (outcome.status != 200) throw std::runtime_error("refused: " + outcome.body);
}

double megabytes(std::size_t bytes) {
    return static_cast<double>(bytes) / 1e6;
}

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace
