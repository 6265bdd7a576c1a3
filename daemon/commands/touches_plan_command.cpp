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
    row["decision"] = to_word(TouchFate::send);
    row["why"] = why;
    return row;
}

Result<Effects> append(Offline& offline, Payload payload, Timestamp engine_time, Duration from_now) {
    Record record;
    record.received_at = wall_now() + from_now;
    record.occurred_at = engine_time;
    record.actor = "system";
    record.payload = std::move(payload);
    return offline.append(std::move(record), engine_time);
}

void add_rows(json::array& rows, const Effects& effects, const char* why) {
    for (const auto& decision : effects.events) {
        if (decision.fate == TouchFate::send) rows.push_back(row_of(decision.event, why));
    }
}

// As the daemon's start will: its first one ties the clock, and what falls due by then is caught up with in
// silence; every one contacts existing members whose playbook asks for them.
Result<void> foresee_start(Offline& offline, json::array& rows) {
    auto& engine = offline.engine();
    if (const auto first_start = engine.first_start()) {
        if (auto tied = append(offline, ClockRecord{}, *first_start, {}); !tied) return fail(std::move(tied).error());
    }
    auto greeted = offline.greet_existing_members();
    if (!greeted) return fail(std::move(greeted).error());
    add_rows(rows, *greeted, "an existing member, contacted when the daemon starts or takes these definitions in");
    for (const auto& held : engine.held_back_greetings()) {
        auto row = row_of(held.event, "an existing member, decided about when what is paused is resumed");
        row["decision"] = to_word(held.fate);
        row["why"] = held.reason + ": " + row.at("why").as_string().c_str();
        rows.push_back(std::move(row));
    }
    return {};
}

}  // namespace

int touches_plan_command(const CommandOptions& options, std::int64_t hours, const std::string& customer) {
    auto opened = Offline::open(options.workspace, options.data, Offline::Use::look);
    if (!opened) return report(opened.error());
    auto& offline = **opened;
    auto& engine = offline.engine();
    json::array rows;
    for (const auto* waiting : engine.outbox().pending()) {
        rows.push_back(row_of(waiting->event, waiting->attempts > 0 ? "is tried again" : "waits to be sent"));
    }
    if (auto done = foresee_start(offline, rows); !done) return report(done.error());
    const auto span = std::chrono::hours(hours);
    auto effects = append(offline, TickRecord{}, engine.time_at(wall_now()) + span, span);
    if (!effects) return report(effects.error());
    add_rows(rows, *effects, "time will bring it about");
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
