#include "daemon/telemetry/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <string_view>

namespace segmentd::daemon {
namespace {

bool is_name(std::string_view text);
std::string labels_text(const Labels& labels);
std::string escaped(std::string_view text, bool with_quotes);
std::string number_text(double value);
std::string histogram_text(const std::string& name, const Histogram& histogram);

template <typename Families>
auto& figure_of(Families& families, const MetricName& name, const Labels& labels) {
    auto& family = families[name.name];
    if (family.figures.empty()) family.help = name.help;
    auto& figure = family.figures[labels_text(labels)];
    using Figure = typename std::remove_reference_t<decltype(figure)>::element_type;
    if (!figure) figure = std::make_unique<Figure>();
    return *figure;
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {
    assert(std::ranges::is_sorted(bounds_) && "bounds ascend");
}

void Histogram::observe(double value) {
    const auto place = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
    counts_[static_cast<std::size_t>(place)].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
}

std::vector<std::uint64_t> Histogram::counts() const {
    std::vector<std::uint64_t> counts;
    std::uint64_t so_far = 0;
    for (const auto& count : counts_) counts.push_back(so_far += count.load(std::memory_order_relaxed));
    return counts;
}

std::vector<double> bounds_of_seconds() {
    return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

Counter& Metrics::counter(const MetricName& name, const Labels& labels) {
    assert(is_name(name.name) && name.name.ends_with("_total") && "the name of a counter ends in _total");
    const std::lock_guard lock(mutex_);
    assert(!gauges_.contains(name.name) && "one name is a counter or a gauge");
    return figure_of(counters_, name, labels);
}

Gauge& Metrics::gauge(const MetricName& name, const Labels& labels) {
    assert(is_name(name.name) && "names are lower-case words joined by _");
    const std::lock_guard lock(mutex_);
    assert(!counters_.contains(name.name) && "one name is a counter or a gauge");
    return figure_of(gauges_, name, labels);
}

Histogram& Metrics::histogram(const MetricName& name, const std::vector<double>& bounds) {
    assert(is_name(name.name) && "names are lower-case words joined by _");
    const std::lock_guard lock(mutex_);
    auto& family = histograms_[name.name];
    auto& figure = family.figures[""];
    if (family.help.empty()) family.help = name.help;
    if (!figure) figure = std::make_unique<Histogram>(bounds);
    return *figure;
}

std::string Metrics::prometheus_text() const {
    std::map<std::string, std::string> families;  // by name, whatever their kind
    const auto write = [&families](const std::string& name, const std::string& help, const char* type) -> std::string& {
        return families[name] = fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, escaped(help, false), type);
    };
    const std::lock_guard lock(mutex_);
    for (const auto& [name, family] : counters_) {
        std::string& text = write(name, family.help, "counter");
        for (const auto& [labels, figure] : family.figures) {
            text += fmt::format("{}{} {}\n", name, labels, figure->value());
        }
    }
    for (const auto& [name, family] : gauges_) {
        std::string& text = write(name, family.help, "gauge");
        for (const auto& [labels, figure] : family.figures) {
            text += fmt::format("{}{} {}\n", name, labels, number_text(figure->value()));
        }
    }
    for (const auto& [name, family] : histograms_) {
        write(name, family.help, "histogram") += histogram_text(name, *family.figures.at(""));
    }
    std::string text;
    for (const auto& [name, family] : families) text += family;
    return text;
}

namespace {

bool is_name(std::string_view text) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    return !text.empty() && text.front() >= 'a' && text.front() <= 'z' && std::ranges::all_of(text, is_letter);
}

std::string labels_text(const Labels& labels) {
    std::string text;
    for (const auto& [name, value] : labels) {
        assert(is_name(name) && "label names are lower-case words joined by _");
        text += fmt::format("{}{}=\"{}\"", text.empty() ? "{" : ",", name, escaped(value, true));
    }
    return text.empty() ? text : text + '}';
}

std::string escaped(std::string_view text, bool with_quotes) {
    std::string result;
    for (const char c : text) {
        if (c == '\n') {
            result += "\\n";
        } else if (c == '\\' || (c == '"' && with_quotes)) {
            result += {'\\', c};
        } else {
            result += c;
        }
    }
    return result;
}

std::string number_text(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{}", value);
}

std::string histogram_text(const std::string& name, const Histogram& histogram) {
    const auto counts = histogram.counts();
    std::string text;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const std::string bound = i < histogram.bounds().size() ? number_text(histogram.bounds()[i]) : "+Inf";
        text += fmt::format("{}_bucket{{le=\"{}\"}} {}\n", name, bound, counts[i]);
    }
    return text + fmt::format("{0}_sum {1}\n{0}_count {2}\n", name, number_text(histogram.sum()), counts.back());
}

}  // namespace
}  // namespace segmentd::daemon
