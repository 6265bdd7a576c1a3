// segmentctl endpoints, endpoint test, endpoint replay: against a running daemon (--url) or a store.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/json_text.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/daemon_call.hpp"
#include "daemon/commands/offline.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/commands/show.hpp"
#include "daemon/reports/reports.hpp"
#include "daemon/serve/destinations.hpp"
#include "daemon/serve/endpoint_answers.hpp"
#include "daemon/serve/resends.hpp"
#include "daemon/settings/workspace_files.hpp"
#include "rules/playbooks/event_catalogue.hpp"
#include "rules/rulebook/sample_values.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

Result<json::value> ask_daemon(const CommandOptions& options, const std::string& path, const json::value* body);
tl::expected<Settings, OpenErrors> settings_for(const CommandOptions& options, const EndpointOptions& endpoint);
int show_endpoints(json::value report, bool as_json);
int test_offline(const CommandOptions& options, const EndpointOptions& endpoint);
int replay_offline(const CommandOptions& options, const ReplayOrder& order, bool is_dry);
Error no_such_endpoint(const std::string& name);

}  // namespace

int endpoints_command(const CommandOptions& options, const EndpointOptions& endpoint) {
    if (!options.url.empty()) {
        auto answer = ask_daemon(options, api_path({"endpoints"}), nullptr);
        return answer ? show_endpoints(std::move(*answer), options.as_json) : report(answer.error());
    }
    const auto settings = settings_for(options, endpoint);
    if (!settings) return report(settings.error());
    auto offline = Offline::open(options.workspace, options.data, Offline::Use::look);
    if (!offline) return report(offline.error());
    auto rows = endpoints_report((*offline)->engine());
    for (auto& row : rows.get_array()) {
        const std::string name(row.get_object()["endpoint"].get_string());
        const auto found = settings->endpoints.find(name);
        if (found != settings->endpoints.end()) row.get_object()["host"] = host_of(found->second.url);
    }
    return show_endpoints(std::move(rows), options.as_json);
}

int endpoint_test_command(const CommandOptions& options, const EndpointOptions& endpoint) {
    if (options.url.empty()) return test_offline(options, endpoint);
    const json::value body = json::object();
    const auto answer = ask_daemon(options, api_path({"endpoints", endpoint.name, "test"}), &body);
    if (!answer) return report(answer.error());
    print(*answer, options.as_json);
    return answer->at("delivered").get_bool() ? exit_done : exit_wrong_input;
}

int endpoint_dead_letters_command(const CommandOptions& options, const EndpointOptions& endpoint) {
    const auto since = endpoint.since.empty() ? Result<Timestamp>(beginning_of_time) : parse_timestamp(endpoint.since);
    if (!since) return report(since.error());
    const EndpointId id(endpoint.name);
    const auto path = api_path({"endpoints", id.text, "dead-letters"}) + api_query("since", endpoint.since);
    return show(options, path, [&](Offline& offline) -> Result<json::value> {
        if (rules::find(offline.engine().population().book().definitions.endpoints, id) == nullptr)
            return fail(no_such_endpoint(id.text));
        return dead_letters_report(offline.store(), id, *since);
    });
}

int endpoint_replay_command(const CommandOptions& options, const EndpointOptions& endpoint) {
    const auto since = parse_timestamp(endpoint.since);
    if (!since) return report(since.error());
    if (options.url.empty()) {
        return replay_offline(
            options, {EndpointId(endpoint.name), *since, endpoint.dead_only, "person:operator", endpoint.reason},
            endpoint.dry_run);
    }
    const json::value body = json::object{{"since", to_text(*since)},
                                          {"dead_only", endpoint.dead_only},
                                          {"dry_run", endpoint.dry_run},
                                          {"reason", endpoint.reason}};
    const auto answer = ask_daemon(options, api_path({"endpoints", endpoint.name, "replay"}), &body);
    if (!answer) return report(answer.error());
    print(*answer, options.as_json);
    return exit_done;
}

namespace {

// GET, or POST where there is a body.
Result<json::value> ask_daemon(const CommandOptions& options, const std::string& path, const json::value* body) {
    HttpCall call;
    call.method = body == nullptr ? "GET" : "POST";
    call.timeout = std::chrono::seconds(60);
    if (body != nullptr) {
        call.headers.emplace_back("Content-Type", "application/json");
        call.body = json_text(*body);
    }
    return call_daemon(options, path, std::move(call));
}

tl::expected<Settings, OpenErrors> settings_for(const CommandOptions& options, const EndpointOptions& endpoint) {
    auto loaded = load_settings({endpoint.settings, endpoint.overrides});
    if (!loaded) return tl::unexpected(std::move(loaded).error());
    if (!options.data.empty()) loaded->settings.data = options.data;
    if (!options.workspace.empty()) loaded->settings.workspace = options.workspace;
    return std::move(loaded->settings);
}

int show_endpoints(json::value rows, bool as_json) {
    if (as_json) return print(rows, true), exit_done;
    for (auto& row : rows.get_array()) {
        std::string events;
        for (const auto& event : row.get_object()["events"].get_array()) {
            events += (events.empty() ? "" : " ") + json::value_to<std::string>(event);
        }
        row.get_object()["events"] = events;
        for (const char* name : {"sent", "shadow", "refused", "failed_attempts", "under_way"})
            row.get_object().erase(name);
    }
    print(rows, false);
    return exit_done;
}

int test_offline(const CommandOptions& options, const EndpointOptions& endpoint) {
    const auto settings = settings_for(options, endpoint);
    if (!settings) return report(settings.error());
    if (!settings->data.empty() && !Store::exists(settings->data)) return report(no_store_in(settings->data));
    const auto files = read_workspace_files(settings->workspace);
    if (!files) return report(files.error());
    const auto book = compile_workspace(*files);
    if (!book) return report(book.error());
    const auto index = rules::index_of((*book)->definitions.endpoints, EndpointId(endpoint.name));
    if (!index) return report(no_such_endpoint(endpoint.name));
    const auto destination = destination_of(*settings, **book, *index);
    if (!destination) return report(destination.error());
    if (!*destination) {
        return report(Error{ErrorCode::not_found,
                            "the endpoint has no address",
                            {},
                            {},
                            fmt::format("--set endpoints.{}.url=https://...", endpoint.name)});
    }
    auto event = rules::test_event((*book)->definitions.endpoints[*index], rules::sample_values(**book));
    event.source = (*destination)->source;
    event.time = wall_now();
    event.id = fmt::format("test_{}", to_microseconds(event.time));
    const auto outcome = send_once(**destination, event);
    print(test_answer(endpoint.name, outcome), options.as_json);
    return outcome.judgement.kind == Judgement::Kind::delivered ? exit_done : exit_wrong_input;
}

int replay_offline(const CommandOptions& options, const ReplayOrder& order, bool is_dry) {
    auto opened = Offline::open(options.workspace, options.data, is_dry ? Offline::Use::look : Offline::Use::order);
    if (!opened) return report(opened.error());
    auto& offline = **opened;
    if (rules::find(offline.engine().population().book().definitions.endpoints, order.endpoint) == nullptr) {
        return report(no_such_endpoint(order.endpoint.text));
    }
    auto records = find_resends(offline.store(), order);
    if (!records) return report(records.error());
    for (std::size_t i = 0; i < records->size() && !is_dry; ++i) {
        auto& record = (*records)[i];
        record.received_at = wall_now();
        const auto engine_time = offline.engine().time_at(record.received_at);
        record.occurred_at = engine_time;
        if (const auto done = offline.append(std::move(record), engine_time); !done) return report(done.error());
    }
    if (!is_dry) {
        if (const auto done = offline.commit({}); !done) return report(done.error());
    }
    print(json::object{{"endpoint", order.endpoint.text}, {"events", records->size()}, {"dry_run", is_dry}},
          options.as_json);
    return exit_done;
}

Error no_such_endpoint(const std::string& name) {
    return {ErrorCode::not_found, "there is no endpoint '" + name + "'", {}, {}, "segmentctl endpoints lists them"};
}

}  // namespace
}  // namespace segmentd::daemon
