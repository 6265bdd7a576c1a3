// How soon a running segmentd notices that a window lapsed, where very many others wait.
//
// Every customer bought once, is in a segment for it, and has a timer for the instant at which the purchase leaves the
// window of thirty days. For most of them that is days away; for some it comes while the daemon runs, a hundred a
// second. Each of these sends a touch to a receiver, whose clock is the daemon's. The limit beside it is a thread that
// sleeps until the same instants and does nothing else.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/bench_record.hpp"
#include "tests/bench/benchmark_run.hpp"
#include "tests/bench/percentile.hpp"
#include "tests/bench/segmentd_command.hpp"
#include "tests/bench/shop_history.hpp"
#include "tests/bench/webhook_sink.hpp"
#include "tests/unit/daemon/temporary_folder.hpp"

namespace {

using segmentd::Days;
using segmentd::Duration;
using segmentd::Timestamp;
using segmentd::bench::must;
using segmentd::bench::now;
using segmentd::bench::print_waits;
using segmentd::bench::ServerProcess;
using segmentd::bench::ShopHistory;
using segmentd::bench::WebhookSink;
using segmentd::daemon::TemporaryFolder;

constexpr std::size_t lapses = 3'000;
constexpr auto apart = std::chrono::milliseconds(10);
constexpr auto window = Days(30);
constexpr auto told_before = Days(20);
constexpr auto start_of_a_million = std::chrono::seconds(15);  // at most; who lapses sooner is not measured
constexpr auto patience = std::chrono::seconds(30);            // after the last instant
constexpr auto longest_start = std::chrono::seconds(1800);

void measure(std::size_t customers);
std::map<std::string, std::string> workspace();
std::vector<double> delays_of(const std::vector<segmentd::bench::Arrival>& arrivals, Timestamp first);
std::vector<double> delays_of_sleep(std::size_t count);

}  // namespace

int main(int count, char** texts) {
    CLI::App app("bench_lapses: from the instant at which a window lapses to the webhook");
    std::size_t customers = 1'000'000;
    app.add_option("--customers", customers, "with a timer each")->check(CLI::Range(10'000, 10'000'000));
    app.allow_extras();  // those of bench_expression
    CLI11_PARSE(app, count, texts);
    return segmentd::bench::run_benchmark([customers] { measure(customers); });
}

namespace {

void measure(std::size_t customers) {
    const TemporaryFolder folder;
    const auto told_at = now() - told_before;
    Timestamp first;
    {
        ShopHistory history(folder.path(), told_at, workspace());
        for (std::size_t i = lapses; i < customers; ++i) history.let_buy(i, told_at, told_at);
        first = now() + start_of_a_million * std::max<std::size_t>(1, customers / 1'000'000);
        for (std::size_t i = 0; i < lapses; ++i) {
            history.let_buy(i, first - window + apart * static_cast<std::int64_t>(i), told_at);
        }
        history.commit();
    }
    WebhookSink sink;
    auto command = segmentd::bench::segmentd_command(folder.path(), {"endpoints.crm.url=" + sink.url()});
    command.longest_start = longest_start;
    const ServerProcess daemon(command);
    if (now() > first) throw std::runtime_error("the start took longer than the first window");
    const auto last = first + apart * static_cast<std::int64_t>(lapses);
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(last - now()) + patience;
    if (!sink.wait_for(lapses, wait)) {
        throw std::runtime_error(fmt::format("only {} of {} lapses sent their touch", sink.events(), lapses));
    }
    if (sink.repetitions() > 0) throw std::runtime_error("a touch came twice");

    fmt::print("{} windows lapse, {} customers with a timer each, {:.0f} MB resident\n", lapses, customers,
               static_cast<double>(daemon.resident_bytes()) / 1e6);
    fmt::print("{:<54} {:>8} {:>8} {:>8}\n", "", "p50 ms", "p99 ms", "most");
    print_waits("  from the instant to the webhook (goal 1000 at most)", delays_of(sink.arrivals(), first));
    print_waits("  a thread that sleeps until such instants", delays_of_sleep(lapses / 10));
}

std::map<std::string, std::string> workspace() {
    return {{"workspace.yaml",
             R"(workspace: bench_lapses
company: A shop with many customers
currency: USD
people: [{id: dana, name: Dana Ruiz, roles: [steward, approver]}]
purposes: [{id: offers, title: E-mail about offers, basis: legitimate_interest}]
---
signal: purchase
title: An order
events: [Order Completed]
properties: {amount: {type: money}, items: {type: integer}}
---
feature: orders_30d
signal: purchase
compute: count
window: 30d
---
segment: buyers
steward: dana
playbook: miss_them
enter: feature.orders_30d >= 1
---
playbook: miss_them
title: Ask what went wrong
owner: dana
value_proposition: Somebody noticed.
channels: [email]
touches:
  - {touch: ask, title: A question, when: left, team: support, channel: email, purpose: offers, endpoint: crm, message: We miss you.}
---
endpoint: crm
title: The e-mail system
owner: dana
mode: live
)"}};
}

// From the instant of each change to when its event was read whole. That the events tell exactly these instants, in
// any order, is checked.
std::vector<double> delays_of(const std::vector<segmentd::bench::Arrival>& arrivals, Timestamp first) {
    const auto wall = now();
    const auto steady = std::chrono::steady_clock::now();
    std::vector<double> delays;
    std::set<Timestamp> told;
    for (const auto& arrival : arrivals) {
        const auto event = boost::json::parse(arrival.body);
        const auto due = must(segmentd::parse_timestamp(event.at("time").as_string()));
        told.insert(due);
        const auto read_at = wall - std::chrono::duration_cast<Duration>(steady - arrival.at);
        delays.push_back(std::chrono::duration<double, std::milli>(read_at - due).count());
    }
    for (std::size_t i = 0; i < lapses; ++i) {
        if (!told.contains(first + apart * static_cast<std::int64_t>(i))) {
            throw std::runtime_error("a membership did not end at its instant");
        }
    }
    return delays;
}

std::vector<double> delays_of_sleep(std::size_t count) {
    std::vector<double> delays;
    const auto begin = std::chrono::system_clock::now();
    for (std::size_t i = 1; i <= count; ++i) {
        const auto due = begin + apart * static_cast<std::int64_t>(i);
        std::this_thread::sleep_until(due);
        delays.push_back(std::chrono::duration<double, std::milli>(std::chrono::system_clock::now() - due).count());
    }
    return delays;
}

}  // namespace
