// segmentctl test: the tests inside segment files.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <fstream>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/settings/workspace_files.hpp"
#include "daemon/testing/test_report.hpp"

namespace segmentd::daemon {

int test_command(const std::string& workspace, const TestOptions& options) {
    const auto files = read_workspace_files(workspace);
    if (!files) return report(files.error());
    const auto run = run_segment_tests(*files);
    if (!run) return report(run.error());
    if (!options.junit_file.empty()) {
        std::ofstream file(options.junit_file, std::ios::binary);
        file << test_junit(*run);
        file.close();
        if (!file) {
            return report(Error{ErrorCode::io,
                                "cannot write " + options.junit_file,
                                {},
                                {},
                                "name a file in a folder that exists and may be written to"});
        }
    }
    options.as_json ? print(test_json(*run), true) : fmt::print("{}", test_text(*run));
    if (run->failed() > 0) return exit_wrong_input;
    const auto found = static_cast<double>(run->coverage.found());
    const auto wanted = static_cast<double>(run->coverage.wanted());
    if (found * 100 >= wanted * options.required_percent) return exit_done;
    return report(Error{ErrorCode::invalid,
                        fmt::format("the tests ask for {} of {} answers, {} % are required", run->coverage.found(),
                                    run->coverage.wanted(), options.required_percent),
                        {},
                        "coverage",
                        "write tests for the parts that are listed"});
}

}  // namespace segmentd::daemon
