#include "daemon/telemetry/metrics.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <thread>

#include "daemon/telemetry/process_figures.hpp"

namespace segmentd::daemon {
namespace {

TEST_CASE("figures are written as Prometheus text, by name and labels") {
    Metrics metrics;
    metrics.counter({"segmentd_signals_total", "Signals taken."}, {{"source", "crm"}}).add(2);
    metrics.counter({"segmentd_signals_total", "Signals taken."}, {{"source", "app"}, {"kind", "track"}}).add(1);
    metrics.gauge({"segmentd_queue", "Records that wait."}, {}).set(1.5);

    CHECK(metrics.prometheus_text() ==
          "# HELP segmentd_queue Records that wait.\n"
          "# TYPE segmentd_queue gauge\n"
          "segmentd_queue 1.5\n"
          "# HELP segmentd_signals_total Signals taken.\n"
          "# TYPE segmentd_signals_total counter\n"
          "segmentd_signals_total{kind=\"track\",source=\"app\"} 1\n"
          "segmentd_signals_total{source=\"crm\"} 2\n");
}

TEST_CASE("help and label values are escaped") {
    Metrics metrics;
    metrics.gauge({"g", "a \\ \"b\"\nc"}, {{"l", "a \\ \"b\"\nc"}}).set(1);

    CHECK(metrics.prometheus_text() == "# HELP g a \\\\ \"b\"\\nc\n# TYPE g gauge\ng{l=\"a \\\\ \\\"b\\\"\\nc\"} 1\n");
}

TEST_CASE("gauges may be infinite or no number") {
    Metrics metrics;
    metrics.gauge({"a", "h"}, {}).set(std::numeric_limits<double>::infinity());
    metrics.gauge({"b", "h"}, {}).set(-std::numeric_limits<double>::infinity());
    metrics.gauge({"c", "h"}, {}).set(std::numeric_limits<double>::quiet_NaN());

    const auto text = metrics.prometheus_text();

    CHECK(text.find("\na +Inf\n") != std::string::npos);
    CHECK(text.find("\nb -Inf\n") != std::string::npos);
    CHECK(text.find("\nc NaN\n") != std::string::npos);
}

TEST_CASE("a histogram counts what lies at or below each bound") {
    Metrics metrics;
    auto& histogram = metrics.histogram({"h_seconds", "How long."}, {0.5, 1});
    for (const double value : {0.25, 0.5, 0.75, 4.0}) histogram.observe(value);

    CHECK(metrics.prometheus_text() ==
          "# HELP h_seconds How long.\n"
          "# TYPE h_seconds histogram\n"
          "h_seconds_bucket{le=\"0.5\"} 2\n"
          "h_seconds_bucket{le=\"1\"} 3\n"
          "h_seconds_bucket{le=\"+Inf\"} 4\n"
          "h_seconds_sum 5.5\n"
          "h_seconds_count 4\n");
}

TEST_CASE("the process knows its memory, its files and its start") {
    const auto figures = read_process_figures();

    CHECK(figures.resident_bytes > 1'000'000);
    CHECK(figures.open_files >= 3);
    CHECK(figures.started_at_seconds > 1.7e9);
}

TEST_CASE("the same name and labels are the same figure, and threads may share it") {
    Metrics metrics;
    const auto count = [&] {
        for (int i = 0; i < 1'000; ++i) metrics.counter({"c_total", "h"}, {{"l", "x"}}).add(1);
    };

    std::thread first(count);
    std::thread second(count);
    first.join();
    second.join();

    CHECK(metrics.counter({"c_total", "h"}, {{"l", "x"}}).value() == 2'000);
}

}  // namespace
}  // namespace segmentd::daemon
