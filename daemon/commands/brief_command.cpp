#include <fmt/format.h>

#include <boost/json.hpp>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/offline.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/dashboard/brief_document.hpp"
#include "daemon/dashboard/pages.hpp"
#include "daemon/reports/brief_report.hpp"
#include "daemon/reports/reports.hpp"

namespace segmentd::daemon {
namespace {

constexpr std::size_t line_width = 80;
constexpr std::int64_t tracked_weeks = 26;

}  // namespace

int brief_command(const CommandOptions& options, const std::string& segment, bool as_html) {
    auto offline = Offline::open(options.workspace, options.data, Offline::Use::look);
    if (!offline) return report(offline.error());
    auto brief = brief_report((*offline)->engine(), SegmentId(segment));
    if (!brief) return report(brief.error());
    const auto lines = event_lines((*offline)->store(), {}, 0);
    if (!lines) return report(lines.error());
    add_decisions(*brief, *lines, true);
    auto& engine = (*offline)->engine();
    const auto track =
        track_report(engine, (*offline)->past(), {SegmentId(segment), engine.engine_time(), tracked_weeks});
    if (!track) return report(track.error());
    add_success(*brief, *track);
    if (options.as_json) {
        print(*brief, true);
        return exit_done;
    }
    const auto document = brief_document(*brief);
    fmt::print("{}", as_html ? document_page(document, PagePlace::file) : document_text(document, line_width));
    return exit_done;
}

}  // namespace segmentd::daemon
