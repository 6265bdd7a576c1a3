// segmentctl segment validate and track.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/daemon_call.hpp"
#include "daemon/commands/offline.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/commands/show.hpp"
#include "daemon/modelling/validate.hpp"
#include "daemon/reports/reports.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

// A validation reads the whole journal, so the daemon may take its time.
constexpr auto longest_validation = std::chrono::minutes(2);

Result<void> record_finding(Offline& offline, const ValidationRecord& found) {
    Record record;
    record.received_at = wall_now();
    record.actor = "person:operator";
    record.reason = "segment validate";
    record.payload = found;
    const auto engine_time = offline.engine().time_at(record.received_at);
    record.occurred_at = engine_time;
    auto effects = offline.append(std::move(record), engine_time);
    if (!effects) return fail(std::move(effects).error());
    return offline.commit({});
}

int validate_in_store(const CommandOptions& options, const ValidateOptions& validate) {
    const bool dry_run = validate.dry_run;
    auto opened = Offline::open(options.workspace, options.data, dry_run ? Offline::Use::look : Offline::Use::order);
    if (!opened) return report(opened.error());
    auto& offline = **opened;
    const auto& calendar = offline.engine().calendar();
    const ValidationRequest request{SegmentId(validate.segment), calendar.parse_timestamp(validate.from).value(),
                                    calendar.parse_timestamp(validate.until).value(),
                                    offline.engine().time_at(wall_now())};
    const auto found = validate_segment(offline.engine(), offline.past(), request);
    if (!found) return report(found.error());
    if (!dry_run) {
        if (auto done = record_finding(offline, *found); !done) return report(done.error());
    }
    print(validation_report(*found), options.as_json);
    return exit_done;
}

int validate_by_daemon(const CommandOptions& options, const ValidateOptions& validate) {
    HttpCall call;
    call.timeout = longest_validation;
    call.headers = {{"Content-Type", "application/json"}};
    call.body = json::serialize(json::object{{"from", validate.from}, {"to", validate.until}});
    const auto path = api_path({"segments", validate.segment, "validations"});
    const auto text = text_from_daemon(options, path + (validate.dry_run ? "?dry_run=true" : ""), std::move(call));
    if (!text) return report(text.error());
    boost::system::error_code broken;
    options.as_json ? fmt::print("{}\n", *text) : print(json::parse(*text, broken), false);
    return exit_done;
}

}  // namespace

int validate_command(const CommandOptions& options, const ValidateOptions& validate) {
    for (const auto& text : {validate.from, validate.until}) {
        if (const auto instant = parse_timestamp(text); !instant) return report(instant.error());
    }
    if (!options.url.empty()) return validate_by_daemon(options, validate);
    return validate_in_store(options, validate);
}

int track_command(const CommandOptions& options, const std::string& segment, std::int64_t weeks) {
    const auto path = api_path({"segments", segment, "track"}) + api_query("weeks", std::to_string(weeks));
    return show(options, path, [&](Offline& offline) {
        const auto now = offline.engine().time_at(wall_now());
        return track_report(offline.engine(), offline.past(), {SegmentId(segment), now, weeks});
    });
}

}  // namespace segmentd::daemon
