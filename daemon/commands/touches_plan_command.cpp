// segmentctl touches --plan: what would leave if time went on and nobody did anything.
#include <algorithm>
#include <boost/json.hpp>
#include <tuple>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/offline.hpp"
#include "daemon/commands/output.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

json::object row_of(const Outgoing& event, const char* why) {
    json::object row{{"at", to_text(event.at)}, {"type", event.type}, {"endpoint", event.endpoint.text}};
    const auto data = json::parse(event.data);
    for (const char* name : {"customer", "segment", "playbook", "touch", "channel"}) {
        const auto* value = data.as_object().if_contains(name);
        row[name] = value != nullptr ? *value : json::value("");
    }
    row["why"] = why;
    return row;
}

// As the daemon's first start will: what falls due by then is caught up with in silence.
Result<void> start_clock(Offline& offline) {
    const auto first_start = offline.engine().first_start();
    if (!first_start) return {};
    Record record;
    record.received_at = wall_now();
    record.occurred_at = *first_start;
    record.actor = "system";
    record.payload = ClockRecord{};
    auto effects = offline.append(std::move(record), *first_start);
    return effects ? Result<void>() : fail(effects.error());
}

}  // namespace

int touches_plan_command(const CommandOptions& options, std::int64_t hours, const std::string& customer) {
    auto opened = Offline::open(options.workspace, options.data, Store::Mode::reader);
    if (!opened) return report(opened.error());
    auto& offline = **opened;
    auto& engine = offline.engine();
    if (auto done = start_clock(offline); !done) return report(done.error());
    json::array rows;
    for (const auto* waiting : engine.outbox().pending()) {
        rows.push_back(row_of(waiting->event, waiting->attempts > 0 ? "is tried again" : "waits to be sent"));
    }
    const auto now = engine.time_at(wall_now());
    Record tick;
    tick.received_at = wall_now() + std::chrono::hours(hours);
    tick.occurred_at = now + std::chrono::hours(hours);
    tick.actor = "system";
    tick.payload = TickRecord{};
    const auto until = tick.occurred_at;
    auto effects = offline.append(std::move(tick), until);
    if (!effects) return report(effects.error());
    for (const auto& decision : effects->events) {
        if (decision.fate == TouchFate::send) rows.push_back(row_of(decision.event, "time will bring it about"));
    }
    const auto is_of_another = [&](const json::value& row) {
        return !customer.empty() && std::string_view(row.at("customer").as_string()) != customer;
    };
    rows.erase(std::remove_if(rows.begin(), rows.end(), is_of_another), rows.end());
    std::ranges::sort(rows, {}, [](const json::value& row) {
        const auto text = [&row](const char* name) { return std::string_view(row.at(name).as_string()); };
        return std::tuple(text("at"), text("customer"), text("touch"), text("endpoint"), text("type"));
    });
    print(rows, options.as_json);
    return exit_done;
}

}  // namespace segmentd::daemon
