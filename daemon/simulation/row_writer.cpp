#include "daemon/simulation/row_writer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace segmentd::daemon {
namespace {

constexpr double seconds_an_hour = 3600;
constexpr double most_late_hours = 168;

}  // namespace

RowWriter::RowWriter(const MarketModel& model, const MarketSettings& settings, const std::string& customer,
                     Chronicle& chronicle)
    : model_(model),
      ends_at_(settings.ends_at),
      customer_(customer),
      chronicle_(chronicle),
      noise_(settings.seed, customer + " rows") {}

void RowWriter::write(Timestamp at, const char* event, const std::string& details) {
    if (at < ends_at_) chronicle_.rows.push_back({at, line(customer_, to_text(at), event, details), 0});
}

void RowWriter::write_from_phone(Timestamp at, const char* event, const std::string& details) {
    if (!noise_.bernoulli(model_.late_visits)) return write(at, event, details);
    const double hours = 1 + noise_.exponential(1 / model_.late_hours);
    const auto seconds = static_cast<std::int64_t>(std::min(hours, most_late_hours) * seconds_an_hour);
    const auto arrives_at = at + std::chrono::seconds(seconds);
    if (at >= ends_at_) return;
    if (arrives_at >= ends_at_) {
        ++chronicle_.truth.not_arrived;
        return;
    }
    ++chronicle_.truth.late;
    chronicle_.rows.push_back({arrives_at, line(customer_, to_text(at), event, details), 0});
}

// One kind of broken row for each of broken_reasons, in their order.
void RowWriter::maybe_break(Timestamp at) {
    if (!noise_.bernoulli(model_.broken_rows)) return;
    const auto kind = noise_.below(broken_reasons.size());
    if (at >= ends_at_) return;
    ++chronicle_.truth.broken[kind];
    const auto time = to_text(at);
    const std::array<std::string, broken_reasons.size()> lines = {
        line(customer_, time, "session", R"("minutes":5)"),
        line(customer_, time, "session", R"("minutes":5,"schedules":"many")"),
        line(customer_, time, "feedback", R"("rating":11)"),
        line(customer_, time, "ticket_opened", R"("severity":"catastrophe")"),
        line(customer_, "yesterday", "session", R"("minutes":5,"schedules":1)"),
        line("", time, "session", R"("minutes":5,"schedules":1)"),
    };
    chronicle_.rows.push_back({at, lines[kind], 0});
}

std::string RowWriter::line(const std::string& customer, const std::string& at, const char* event,
                            const std::string& details) const {
    return fmt::format("{{\"event\":\"{}\",\"customer\":\"{}\",\"at\":\"{}\",{}}}\n", event, customer, at, details);
}

}  // namespace segmentd::daemon
