// What a customer takes in the resident memory of the engine, part by part, beside two peers that hold the same twelve
// attributes: plain typed columns with the ids, and a hash map from the id to a struct.
//
// Every line is measured in a process of its own, as resident memory after its customers are there less that before.
// The lines add up: ids alone, the same with attributes, with attributes and segments. Customers are those of
// bench_segments, each told of by one record.
#include <fmt/format.h>
#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/engine/engine.hpp"
#include "tests/bench/benchmark_run.hpp"
#include "tests/bench/segment_loops.hpp"

namespace {

using segmentd::Record;
using segmentd::Timestamp;
using segmentd::bench::Customers;
using segmentd::bench::must;
using segmentd::daemon::Engine;
using segmentd::rules::expression::Kind;

constexpr Timestamp beginning{std::chrono::sys_days(std::chrono::year(2027) / 3 / 1)};
constexpr std::size_t signals_a_customer = 16;

// One row of the hash map, as somebody would write it.
struct PlainCustomer {
    std::string country, plan, channel;
    bool is_business = false;
    std::int64_t orders_90d = 0, seats = 0, orders_total = 0, days_since_order = 0;
    double spend_90d = 0, spend_total = 0, churn = 0, engagement = 0;
};

// What is to stay in memory until it was measured.
struct Held {
    Customers columns;
    std::vector<std::string> ids;
    std::unordered_map<std::string, PlainCustomer> map;
    std::optional<Engine> engine;
};

void measure(std::size_t customers);
double bytes_behind(const std::function<void(Held&)>& fill);
double resident_bytes();
void fill_columns(Held& held, std::size_t customers);
void fill_map(Held& held, std::size_t customers);
void fill_engine(Held& held, std::size_t customers, bool has_attributes, bool has_segments);
void fill_signals(Held& held, std::size_t customers, std::size_t signals, bool has_message_ids);
Engine& start_engine(Held& held, const std::string& rules);
segmentd::Attributes attributes_of(const Customers& customers, std::size_t row);
std::string segments_of_attributes();
std::string name_of(std::size_t customer);
void apply(Engine& engine, std::size_t customer, Timestamp at, segmentd::Payload payload, std::string message_id);

}  // namespace

int main(int count, char** texts) {
    CLI::App app("bench_memory: resident bytes of a customer, by part");
    std::size_t customers = 1'000'000;
    app.add_option("--customers", customers)->check(CLI::Range(10'000, 10'000'000));
    app.allow_extras();  // those of bench_expression
    CLI11_PARSE(app, count, texts);
    return segmentd::bench::run_benchmark([customers] { measure(customers); });
}

namespace {

void measure(std::size_t customers) {
    const auto line = [customers](const char* what, double bytes) {
        fmt::print("{:<60} {:>8.1f}\n", what, bytes / static_cast<double>(customers));
    };
    const auto columns = bytes_behind([&](Held& held) { fill_columns(held, customers); });
    const auto map = bytes_behind([&](Held& held) { fill_map(held, customers); });
    const auto ids = bytes_behind([&](Held& held) { fill_engine(held, customers, false, false); });
    const auto attributes = bytes_behind([&](Held& held) { fill_engine(held, customers, true, false); });
    const auto segments = bytes_behind([&](Held& held) { fill_engine(held, customers, true, true); });
    const auto one_signal = bytes_behind([&](Held& held) { fill_signals(held, customers, 1, false); });
    const auto known_ids = bytes_behind([&](Held& held) { fill_signals(held, customers, 1, true); });
    const auto signals = bytes_behind([&](Held& held) { fill_signals(held, customers, signals_a_customer, false); });

    fmt::print("{} customers, resident bytes of each\n", customers);
    line("12 attributes as plain columns, ids as texts in a row", columns);
    line("a hash map from the id to a struct of the same", map);
    line("segmentd, 12 attributes, ids, index, 20 segments (goal 48)", segments);
    line("  the customer with id, index and first instant", ids);
    line("  12 attributes", attributes - ids);
    line("  20 segments: who is in, since when and why", segments - attributes);
    line("beside: a window feature with its first signal, and a timer", one_signal - ids);
    line("  each further signal in the window (goal 16)", (signals - one_signal) / (signals_a_customer - 1));
    line("  a message id, remembered for 30 days", known_ids - one_signal);
    fmt::print("segmentd / plain columns: {:.1f}; segmentd / hash map: {:.2f}\n", segments / columns, segments / map);
}

// A process of its own starts with the memory of this one and leaves nothing behind.
double bytes_behind(const std::function<void(Held&)>& fill) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    const auto child = ::fork();
    if (child == 0) {
        Held held;
        const auto before = resident_bytes();
        fill(held);
        ::malloc_trim(0);
        const auto bytes = resident_bytes() - before;
        ::_exit(::write(ends[1], &bytes, sizeof bytes) == sizeof bytes ? 0 : 1);
    }
    ::close(ends[1]);
    double bytes = 0;
    const bool is_there = ::read(ends[0], &bytes, sizeof bytes) == sizeof bytes;
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    if (!is_there) throw std::runtime_error("a measurement ended without a figure");
    return bytes;
}

double resident_bytes() {
    std::ifstream pages("/proc/self/statm");
    std::size_t whole = 0;
    std::size_t resident = 0;
    pages >> whole >> resident;
    return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

void fill_columns(Held& held, std::size_t customers) {
    held.columns = segmentd::bench::make_customers(customers);
    auto& texts = held.ids.emplace_back();
    for (std::size_t i = 0; i < customers; ++i) texts += name_of(i) + '\n';
}

void fill_map(Held& held, std::size_t customers) {
    const auto drawn = segmentd::bench::make_customers(customers);
    const auto text = [&](std::size_t row, std::size_t attribute) {
        return std::string(segmentd::bench::value_of(drawn, row, attribute).as_text());
    };
    for (std::size_t i = 0; i < customers; ++i) {
        held.map[name_of(i)] = {text(i, 0),
                                text(i, 1),
                                text(i, 2),
                                drawn.is_business[i] != 0,
                                drawn.orders_90d[i],
                                drawn.seats[i],
                                drawn.orders_total[i],
                                drawn.days_since_order[i],
                                drawn.spend_90d[i] / 100.0,
                                drawn.spend_total[i] / 100.0,
                                static_cast<double>(drawn.churn[i]),
                                static_cast<double>(drawn.engagement[i])};
    }
}

void fill_engine(Held& held, std::size_t customers, bool has_attributes, bool has_segments) {
    auto& engine = start_engine(held, has_segments ? segments_of_attributes() : "");
    const auto drawn = segmentd::bench::make_customers(has_attributes ? customers : 0);
    for (std::size_t i = 0; i < customers; ++i) {
        segmentd::ProfileRecord profile;
        if (has_attributes) profile.attributes = attributes_of(drawn, i);
        apply(engine, i, beginning + std::chrono::milliseconds(i), std::move(profile), "");
    }
}

void fill_signals(Held& held, std::size_t customers, std::size_t signals, bool has_message_ids) {
    auto& engine = start_engine(held,
                                "---\nsignal: purchase\ntitle: An order\n---\nfeature: orders_90d\nsignal: purchase\n"
                                "compute: count\nwindow: 90d\n---\nsegment: many\nsteward: dana\n"
                                "enter: feature.orders_90d > 100\n");
    for (std::size_t signal = 0; signal < signals; ++signal) {
        for (std::size_t i = 0; i < customers; ++i) {
            const auto at = beginning + std::chrono::microseconds(signal * customers + i);
            apply(engine, i, at, segmentd::SignalRecord{segmentd::SignalId("purchase"), {}},
                  has_message_ids ? fmt::format("message-{}", i) : "");
        }
    }
}

Engine& start_engine(Held& held, const std::string& rules) {
    auto& engine = held.engine.emplace(
        [](std::uint64_t, const segmentd::daemon::RecordVisitor&) { return segmentd::Result<void>(); });
    const std::string workspace =
        "workspace: memory\ncompany: A shop with many customers\ncurrency: EUR\n"
        "people: [{id: dana, name: Dana, roles: [steward]}]\n"
        "profile:\n  country: text\n  plan: text\n  channel: text\n  is_business: boolean\n  seats: integer\n"
        "  orders_90d: integer\n  orders_total: integer\n  days_since_order: integer\n  spend_90d: number\n"
        "  spend_total: number\n  churn: number\n  engagement: number\n";
    Record record;
    record.sequence = 1;
    record.engine_time = record.occurred_at = record.received_at = beginning;
    record.payload = segmentd::WorkspaceRecord{"bench", {{"workspace.yaml", workspace + rules}}};
    must(engine.apply(record));
    return engine;
}

segmentd::Attributes attributes_of(const Customers& customers, std::size_t row) {
    static constexpr std::array names = {"country",    "plan",        "channel",      "is_business",
                                         "orders_90d", "seats",       "orders_total", "days_since_order",
                                         "spend_90d",  "spend_total", "churn",        "engagement"};
    segmentd::Attributes attributes;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto value = segmentd::bench::value_of(customers, row, i);
        auto& attribute = attributes[names[i]];
        switch (value.kind()) {
            case Kind::string: attribute = std::string(value.as_text()); break;
            case Kind::boolean: attribute = value.as_boolean(); break;
            case Kind::integer: attribute = value.as_integer(); break;
            default: attribute = value.as_real(); break;
        }
    }
    return attributes;
}

// The twenty of bench_segments, all of whose inputs are attributes here.
std::string segments_of_attributes() {
    std::string rules;
    for (const auto& segment : segmentd::bench::twenty_segments()) {
        rules += fmt::format("---\nsegment: s{:02}\nsteward: dana\nenter:\n", std::ranges::count(rules, '#'));
        for (auto condition : segment.conditions) {
            for (const std::string_view group : {"feature.", "score."}) {
                for (auto at = condition.find(group); at != std::string::npos; at = condition.find(group)) {
                    condition.replace(at, group.size(), "profile.");
                }
            }
            rules += "  - \"" + condition + "\"\n";
        }
        rules += "#\n";
    }
    return rules;
}

std::string name_of(std::size_t customer) {
    return fmt::format("customer-{:07}", customer);
}

void apply(Engine& engine, std::size_t customer, Timestamp at, segmentd::Payload payload, std::string message_id) {
    Record record;
    record.sequence = engine.records() + 1;
    record.engine_time = record.occurred_at = record.received_at = at;
    record.actor = "token:bench";
    record.historical = true;
    record.customer = segmentd::CustomerId(name_of(customer));
    record.message_id = std::move(message_id);
    record.payload = std::move(payload);
    must(engine.apply(record));
}

}  // namespace
