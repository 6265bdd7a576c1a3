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

}  // namespace
}  // namespace segmentd::daemon
