// Orders of people: into the store, or to the daemon that holds it.
#include <boost/json.hpp>

#include "base/json_text.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/daemon_call.hpp"
#include "daemon/commands/offline.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/orders/orders.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

int order_offline(const CommandOptions& options, const std::string& order, const json::object& words) {
    auto opened = Offline::open(options.workspace, options.data, Offline::Use::order);
    if (!opened) return report(opened.error());
    auto& offline = **opened;
    auto record = make_order(offline.engine(), order, words, person_at_keyboard());
    if (!record) return report(record.error());
    record->received_at = wall_now();
    const auto engine_time = offline.engine().time_at(record->received_at);
    record->occurred_at = engine_time;
    auto effects = offline.append(std::move(*record), engine_time);
    if (!effects) return report(effects.error());
    const auto sequence = offline.engine().records();
    if (auto done = offline.commit({}); !done) return report(done.error());
    print(json::object{{"order", order}, {"record", sequence}}, options.as_json);
    return exit_done;
}

}  // namespace

int order_command(const CommandOptions& options, const std::string& order, const json::object& words) {
    if (options.url.empty()) return order_offline(options, order, words);
    HttpCall call;
    call.headers.emplace_back("Content-Type", "application/json");
    call.body = json_text(words);
    auto answer = call_daemon(options, "/api/v1/orders/" + order, std::move(call));
    if (!answer) return report(answer.error());
    print(*answer, options.as_json);
    return exit_done;
}

}  // namespace segmentd::daemon
