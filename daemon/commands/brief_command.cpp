#include <fmt/format.h>

#include <boost/json.hpp>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/commands/show.hpp"
#include "daemon/dashboard/brief_document.hpp"
#include "daemon/dashboard/pages.hpp"
#include "daemon/reports/brief_report.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr std::size_t line_width = 80;

using Brief = tl::expected<json::object, OpenErrors>;
Brief brief_of(const CommandOptions& options, const std::string& segment);

}  // namespace

int brief_command(const CommandOptions& options, const std::string& segment, bool as_html) {
    const auto brief = brief_of(options, segment);
    if (!brief) return report(brief.error());
    if (options.as_json) {
        print(*brief, true);
        return exit_done;
    }
    const auto document = brief_document(*brief);
    fmt::print("{}", as_html ? document_page(document, PagePlace::file) : document_text(document, line_width));
    return exit_done;
}

namespace {

Brief brief_of(const CommandOptions& options, const std::string& segment) {
    const auto refused = [](Error error) { return tl::unexpected(OpenErrors{std::move(error)}); };
    if (!options.url.empty()) {
        auto answer = ask_daemon(options, api_path({"segments", segment, "brief"}) + api_query("past", "true"));
        if (!answer) return refused(std::move(answer).error());
        return std::move(answer->as_object());
    }
    auto offline = Offline::open(options.workspace, options.data, Offline::Use::look);
    if (!offline) return tl::unexpected(std::move(offline).error());
    const auto lines = event_lines((*offline)->store(), {}, 0);
    if (!lines) return refused(lines.error());
    auto brief = whole_brief((*offline)->engine(), SegmentId(segment), (*offline)->past(), *lines);
    if (!brief) return refused(std::move(brief).error());
    return std::move(*brief);
}

}  // namespace
}  // namespace segmentd::daemon
