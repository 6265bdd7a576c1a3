// One condition of six predicates about one customer, as the daemon decides it and as a compiler would: the same
// condition written by hand in C++ over a plain struct. Prints nanoseconds a decision and their ratio.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <array>
#include <map>
#include <stdexcept>
#include <vector>

#include "base/random.hpp"
#include "rules/expression/program.hpp"
#include "tests/bench/benchmark_run.hpp"

namespace {

namespace expression = segmentd::rules::expression;
using expression::Value;

constexpr std::size_t customers = 1024;  // a row of 12 values has 192 bytes: all of them stay in the second cache
constexpr std::array<const char*, 6> countries = {"DE", "FR", "US", "GB", "ES", "PL"};

// The same twelve facts that a row holds.
struct Customer {
    std::int64_t orders_total = 0;
    std::int64_t orders_90d = 0;
    double spend_total = 0;
    double spend_180d = 0;
    std::int64_t days_since_order = 0;
    double largest_order = 0;
    double alive = 0;
    double expected_purchases = 0;
    double upgrade = 0;
    std::int64_t seats = 0;
    std::string country;
    bool is_business = false;
};

using Row = std::vector<Value>;

struct Condition {
    const char* name;
    const char* text;
    bool (*by_hand)(const Customer& customer);
};

bool numbers_by_hand(const Customer& customer) {
    return (customer.orders_90d >= 3 || customer.spend_180d > 250.0) && customer.days_since_order < 120 &&
           customer.alive >= 0.5 && (customer.upgrade >= 0.3 || customer.seats > 10);
}

bool texts_by_hand(const Customer& customer) {
    return (customer.country == "DE" || customer.country == "FR" || customer.country == "US") &&
           (customer.orders_90d >= 3 || customer.spend_180d > 250.0) && customer.alive >= 0.5 && customer.is_business &&
           customer.seats > 10;
}

bool mixed_by_hand(const Customer& customer) {
    const auto spend_an_order = customer.spend_total / static_cast<double>(customer.orders_total);
    return spend_an_order > 40.0 && customer.largest_order < 2.0 * spend_an_order && customer.days_since_order < 120 &&
           customer.alive >= 0.5 && (customer.upgrade >= 0.3 || customer.seats > 10);
}

constexpr std::array<Condition, 3> conditions = {{
    {"numbers",
     "(feature.orders_90d >= 3 || feature.spend_180d > 250.0) && feature.days_since_order < 120 && "
     "score.alive >= 0.5 && (score.upgrade >= 0.3 || profile.seats > 10)",
     numbers_by_hand},
    {"texts",
     "profile.country in ['DE', 'FR', 'US'] && (feature.orders_90d >= 3 || feature.spend_180d > 250.0) && "
     "score.alive >= 0.5 && profile.is_business && profile.seats > 10",
     texts_by_hand},
    {"arithmetic",
     "feature.spend_total / double(feature.orders_total) > 40.0 && "
     "feature.largest_order < 2.0 * (feature.spend_total / double(feature.orders_total)) && "
     "feature.days_since_order < 120 && score.alive >= 0.5 && (score.upgrade >= 0.3 || profile.seats > 10)",
     mixed_by_hand},
}};

void measure();
std::vector<Customer> make_customers();
Row row_of(const Customer& customer);
expression::Declarations scope();
expression::Program compiled(const char* text);
void refuse_where_they_differ(const Condition& condition);
void decide_compiled(benchmark::State& state, const Condition& condition);
void decide_by_hand(benchmark::State& state, const Condition& condition);

// Shows what the library shows, and keeps the times for the ratios at the end.
class RatioReporter : public benchmark::ConsoleReporter {
  public:
    RatioReporter() : ConsoleReporter(OO_Tabular) {}

    void ReportRuns(const std::vector<Run>& runs) override {
        for (const auto& run : runs) {
            if (!run.error_occurred) nanoseconds_[run.run_name.function_name] = run.GetAdjustedCPUTime();
        }
        ConsoleReporter::ReportRuns(runs);
    }

    void print_ratios() const {
        fmt::print("\n{:<12} {:>13} {:>13} {:>8}\n", "condition", "segmentd, ns", "by hand, ns", "ratio");
        for (const auto& condition : conditions) {
            const auto ours = nanoseconds_.find(fmt::format("segmentd/{}", condition.name));
            const auto limit = nanoseconds_.find(fmt::format("by_hand/{}", condition.name));
            if (ours == nanoseconds_.end() || limit == nanoseconds_.end()) continue;
            fmt::print("{:<12} {:>13.1f} {:>13.1f} {:>8.1f}\n", condition.name, ours->second, limit->second,
                       ours->second / limit->second);
        }
    }

  private:
    std::map<std::string, double> nanoseconds_;
};

}  // namespace

int main(int count, char** arguments) {
    benchmark::Initialize(&count, arguments);
    return segmentd::bench::run_benchmark(measure);
}

namespace {

void measure() {
    for (const auto& condition : conditions) {
        refuse_where_they_differ(condition);
        benchmark::RegisterBenchmark(fmt::format("segmentd/{}", condition.name).c_str(), decide_compiled, condition);
        benchmark::RegisterBenchmark(fmt::format("by_hand/{}", condition.name).c_str(), decide_by_hand, condition);
    }
    RatioReporter reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter);
    reporter.print_ratios();
}

// Spread so that every predicate is sometimes true and sometimes false.
std::vector<Customer> make_customers() {
    segmentd::Random random(1, "bench customers");
    std::vector<Customer> made(customers);
    for (auto& customer : made) {
        const auto below = [&](std::uint64_t limit) { return static_cast<std::int64_t>(random.below(limit)); };
        customer.orders_total = 1 + below(20);
        customer.orders_90d = below(6);
        customer.spend_total = static_cast<double>(customer.orders_total) * (10 + 80 * random.uniform());
        customer.spend_180d = customer.spend_total * random.uniform();
        customer.days_since_order = below(200);
        customer.largest_order = 150 * random.uniform();
        customer.alive = random.uniform();
        customer.expected_purchases = 4 * random.uniform();
        customer.upgrade = random.uniform();
        customer.seats = below(30);
        customer.country = countries[static_cast<std::size_t>(below(countries.size()))];
        customer.is_business = random.uniform() < 0.5;
    }
    return made;
}

Row row_of(const Customer& customer) {
    return {Value::integer(customer.orders_total),
            Value::integer(customer.orders_90d),
            Value::real(customer.spend_total),
            Value::real(customer.spend_180d),
            Value::integer(customer.days_since_order),
            Value::real(customer.largest_order),
            Value::real(customer.alive),
            Value::real(customer.expected_purchases),
            Value::real(customer.upgrade),
            Value::integer(customer.seats),
            Value::string(customer.country),
            Value::boolean(customer.is_business)};
}

// The slots are those of row_of.
expression::Declarations scope() {
    using expression::TypeKind;
    expression::Declarations declared;
    declared.add_record("feature", {{"orders_total", TypeKind::integer, 0},
                                    {"orders_90d", TypeKind::integer, 1},
                                    {"spend_total", TypeKind::real, 2},
                                    {"spend_180d", TypeKind::real, 3},
                                    {"days_since_order", TypeKind::integer, 4},
                                    {"largest_order", TypeKind::real, 5}});
    declared.add_record(
        "score",
        {{"alive", TypeKind::real, 6}, {"expected_purchases", TypeKind::real, 7}, {"upgrade", TypeKind::real, 8}});
    declared.add_record(
        "profile",
        {{"seats", TypeKind::integer, 9}, {"country", TypeKind::string, 10}, {"is_business", TypeKind::boolean, 11}});
    return declared;
}

expression::Program compiled(const char* text) {
    return segmentd::bench::must(expression::compile(text, scope(), {}));
}

// A ratio of two different questions would say nothing.
void refuse_where_they_differ(const Condition& condition) {
    const auto program = compiled(condition.text);
    for (const auto& customer : make_customers()) {
        const bool decided = expression::decide(program, row_of(customer)) == expression::Truth::yes;
        if (decided == condition.by_hand(customer)) continue;
        throw std::runtime_error(fmt::format("{}: the two forms disagree about a customer", condition.name));
    }
}

void decide_compiled(benchmark::State& state, const Condition& condition) {
    const auto program = compiled(condition.text);
    std::vector<Row> rows;
    for (const auto& customer : make_customers()) rows.push_back(row_of(customer));
    std::size_t next = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(expression::decide(program, rows[next]));
        next = (next + 1) % customers;
    }
}

void decide_by_hand(benchmark::State& state, const Condition& condition) {
    const auto rows = make_customers();
    std::size_t next = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(condition.by_hand(rows[next]));
        next = (next + 1) % customers;
    }
}

}  // namespace
