// The figures that operators watch: counters, gauges and histograms, written as Prometheus text 0.0.4.
//
// A figure is looked up once and then kept by reference; changing it is one atomic step and
// may be done by any thread. Labels tell kinds of things apart, never customers: each combination of
// values is kept for the life of the process.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace segmentd::daemon {

// Only grows; starts at 0 with the process.
class Counter {
  public:
    void add(std::uint64_t more) { value_.fetch_add(more, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

class Gauge {
  public:
    void set(double value) { value_.store(value, std::memory_order_relaxed); }
    void add(double more) { value_.fetch_add(more, std::memory_order_relaxed); }
    double value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<double> value_{0};
};

// How many observations lie at or below each of some bounds, and the sum of all.
class Histogram {
  public:
    explicit Histogram(std::vector<double> bounds);  // ascending; the one of everything is added
    void observe(double value);

    const std::vector<double>& bounds() const { return bounds_; }
    std::vector<std::uint64_t> counts() const;  // for each bound and for everything, each holding those before
    double sum() const { return sum_.load(std::memory_order_relaxed); }

  private:
    std::vector<double> bounds_;
    std::vector<std::atomic<std::uint64_t>> counts_;  // one more than bounds
    std::atomic<double> sum_{0};
};

// Seconds from half a millisecond to ten, for what usually takes milliseconds.
std::vector<double> bounds_of_seconds();

// A figure's name ([a-z][a-z0-9_]*; a counter's ends in _total) and what it counts, in one sentence.
struct MetricName {
    std::string name;
    std::string help;
};

// Label names are like figure names; values are any text. Labels that start with __ are reserved.
using Labels = std::map<std::string, std::string>;

class Metrics {
  public:
    // The same name and labels give the same figure; the first help text stays. One name is one kind of
    // figure. References stay good as long as the Metrics.
    Counter& counter(const MetricName& name, const Labels& labels);
    Gauge& gauge(const MetricName& name, const Labels& labels);

    // Without labels; the first bounds stay.
    Histogram& histogram(const MetricName& name, const std::vector<double>& bounds);

    // All families by name, each with HELP and TYPE; content type "text/plain; version=0.0.4".
    std::string prometheus_text() const;

  private:
    template <typename Figure>
    struct Family {
        std::string help;
        std::map<std::string, std::unique_ptr<Figure>> figures;  // by their labels as text
    };

    mutable std::mutex mutex_;
    std::map<std::string, Family<Counter>> counters_;
    std::map<std::string, Family<Gauge>> gauges_;
    std::map<std::string, Family<Histogram>> histograms_;
};

}  // namespace segmentd::daemon
