// Events that a running segmentd acknowledges in a second over HTTP, each durable before its answer, one and a
// thousand a POST. Beside it, in the same run: a bare Beast server under the same load, which keeps nothing, and plain
// SQLite inserts of the same bytes, which nobody sends.
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <string>

#include "base/timestamp.hpp"
#include "tests/bench/benchmark_run.hpp"
#include "tests/bench/load_client.hpp"
#include "tests/bench/plain_inserts.hpp"
#include "tests/bench/segmentd_command.hpp"
#include "tests/bench/server_process.hpp"
#include "tests/bench/shop_workspace.hpp"
#include "tests/bench/tracking_posts.hpp"
#include "tests/unit/daemon/temporary_folder.hpp"

namespace {

using segmentd::bench::LoadResult;
using segmentd::bench::PostShape;
using segmentd::bench::ServerProcess;
using segmentd::daemon::TemporaryFolder;
using Clock = std::chrono::steady_clock;

constexpr auto warm_up = std::chrono::milliseconds(500);
constexpr auto measured = std::chrono::seconds(3);
constexpr auto inserted = std::chrono::seconds(1);  // before segmentd, and again after it

struct Case {
    const char* name;
    std::size_t events;  // a POST
    std::size_t connections;
};

constexpr std::array<Case, 2> cases = {
    {{"1 event a POST, 64 connections", 1, 64}, {"1,000 events a POST, 4 connections", 1'000, 4}}};

void measure();
void measure(const Case& shape);
LoadResult measure_segmentd(PostShape shape);
LoadResult measure_bare_server(const PostShape& shape);
LoadResult load(const ServerProcess& server, const PostShape& shape);
void refuse_lost_events(const std::filesystem::path& data, std::size_t acknowledged);
double inserts_a_second(const PostShape& shape);
void print(const char* server, const LoadResult& result, std::size_t events);
std::string now_text();

}  // namespace

int main() {
    return segmentd::bench::run_benchmark([] { measure(); });
}

namespace {

void measure() {
    for (const auto& shape : cases) measure(shape);
}

void measure(const Case& given) {
    const PostShape shape{given.events, given.connections, "no-token", now_text()};
    const auto bare = measure_bare_server(shape);
    const double before = inserts_a_second(shape);
    const auto ours = measure_segmentd(shape);
    const double inserts = (before + inserts_a_second(shape)) / 2;
    const auto events_a_second = [&](const LoadResult& result) {
        return static_cast<double>(result.requests * given.events) / result.seconds;
    };
    const auto cpu_a_request = [](const LoadResult& result) {
        return result.server_cpu_seconds / static_cast<double>(result.requests);
    };
    fmt::print("{:<36} {:>10} {:>10} {:>8} {:>8} {:>14}\n", given.name, "events/s", "requests/s", "p50 ms", "p99 ms",
               "CPU us/request");
    print("  segmentd, durable", ours, given.events);
    print("  bare Beast server, keeps nothing", bare, given.events);
    fmt::print("{:<36} {:>10.0f} {:>10.0f}\n", "  plain SQLite, a commit a POST", inserts,
               inserts / static_cast<double>(given.events));
    fmt::print("  segmentd / bare Beast: {:.2f} in events/s, {:.1f} in CPU a request\n",
               events_a_second(ours) / events_a_second(bare), cpu_a_request(ours) / cpu_a_request(bare));
    fmt::print("  segmentd / plain SQLite: {:.2f} in events/s; {:.0f} events for each CPU second\n\n",
               events_a_second(ours) / inserts,
               static_cast<double>(ours.requests * given.events) / ours.server_cpu_seconds);
}

// A daemon with a new store; at the end its journal is asked whether it holds what was acknowledged.
LoadResult measure_segmentd(PostShape shape) {
    const TemporaryFolder folder;
    for (const auto& [name, text] : segmentd::bench::shop_workspace()) folder.write("workspace/" + name, text);
    ServerProcess server(segmentd::bench::segmentd_command(folder.path(), {}));
    shape.token = segmentd::bench::access_token(folder.path());
    const auto result = load(server, shape);
    server.stop();
    refuse_lost_events(folder.path() / "data", result.acknowledged * shape.events);
    return result;
}

LoadResult measure_bare_server(const PostShape& shape) {
    const TemporaryFolder folder;
    const auto port_file = folder.path() / "port";
    const ServerProcess server({{BARE_SERVER, port_file}, port_file, folder.path() / "log"});
    return load(server, shape);
}

LoadResult load(const ServerProcess& server, const PostShape& shape) {
    segmentd::bench::TrackingPosts posts(shape);
    return segmentd::bench::run_load({.port = server.port(),
                                      .connections = shape.connections,
                                      .warm_up = warm_up,
                                      .measured = measured,
                                      .next_request = [&](std::size_t connection) { return posts.next(connection); },
                                      .server_cpu_seconds = [&] { return server.cpu_seconds(); }});
}

void refuse_lost_events(const std::filesystem::path& data, std::size_t acknowledged) {
    SQLite::Database journal((data / "segmentd.db").string(), SQLite::OPEN_READONLY);
    const auto signals = journal.execAndGet("SELECT count(*) FROM journal WHERE type = 2").getInt64();
    if (signals >= static_cast<std::int64_t>(acknowledged)) return;
    throw std::runtime_error(fmt::format("{} events were acknowledged, the journal holds {}", acknowledged, signals));
}

double inserts_a_second(const PostShape& shape) {
    const TemporaryFolder folder;
    const auto bytes = segmentd::bench::TrackingPosts(shape).event_bytes();
    segmentd::bench::PlainInserts plain(folder.path() / "plain.db", bytes);
    const auto begin = Clock::now();
    std::size_t rows = 0;
    for (; Clock::now() - begin < inserted; rows += shape.events) plain.commit(shape.events);
    return static_cast<double>(rows) / std::chrono::duration<double>(Clock::now() - begin).count();
}

void print(const char* server, const LoadResult& result, std::size_t events) {
    const auto requests = static_cast<double>(result.requests);
    fmt::print("{:<36} {:>10.0f} {:>10.0f} {:>8.2f} {:>8.2f} {:>14.1f}\n", server,
               requests * static_cast<double>(events) / result.seconds, requests / result.seconds, result.p50_ms,
               result.p99_ms, 1e6 * result.server_cpu_seconds / requests);
}

std::string now_text() {
    return segmentd::to_text(std::chrono::floor<segmentd::Duration>(std::chrono::system_clock::now()));
}

}  // namespace
