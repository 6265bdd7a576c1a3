#include "daemon/commands/segment_line.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/place_line.hpp"

namespace segmentd::daemon {
namespace {

// What was typed behind one of the commands.
struct Question {
    CommandOptions options;
    ValidateOptions validate;
    StabilityOptions stability;
    std::string segment;
    std::int64_t weeks = 26;
};

const CLI::Validator some_text([](std::string& text) { return text.empty() ? "it is empty" : std::string(); }, {});

void add_place(CLI::App& command, CommandOptions& options) {
    command.add_option("--workspace,-w", options.workspace, "folder of the workspace's YAML");
    command.add_option("--data,-d", options.data, "folder of the store");
    command.add_flag("--json", options.as_json, "one JSON value instead of an outline");
}

void add_validate(CLI::App& segment, const std::shared_ptr<Question>& question, int& exit_code) {
    auto* validate = segment.add_subcommand("validate", "hold its members against others by what they did later");
    validate->add_option("segment", question->validate.segment, "its name")->required();
    validate->add_option("--from", question->validate.from, "members as of the start of this date")->required();
    validate->add_option("--to", question->validate.until, "outcomes before this date")->required();
    add_place(*validate, question->options);
    add_daemon_options(*validate, question->options);
    validate->add_flag("--dry-run", question->validate.dry_run, "find, but do not record");
    validate->callback([question, &exit_code] {
        need_a_place(question->options);
        exit_code = validate_command(question->options, question->validate);
    });
}

void add_track(CLI::App& segment, const std::shared_ptr<Question>& question, int& exit_code) {
    auto* track = segment.add_subcommand("track", "its success metrics, week by week");
    add_place(*track, question->options);
    track->get_option("--data")->required();
    track->add_option("segment", question->segment, "its name")->required();
    track->add_option("--weeks", question->weeks, "the last so many")->check(CLI::Range(1, 520))->capture_default_str();
    track->callback(
        [question, &exit_code] { exit_code = track_command(question->options, question->segment, question->weeks); });
}

void add_stability(CLI::App& app, const std::shared_ptr<Question>& question, int& exit_code) {
    auto* stability = app.add_subcommand("stability", "who stays in a segment, how long, and how sure its borders are");
    auto& asked = question->stability;
    stability->add_option("segment", asked.segment, "its name")->required();
    add_place(*stability, question->options);
    add_daemon_options(*stability, question->options);
    stability->add_option("--from", asked.from, "a date (its start) or an instant; default: its first member")
        ->check(some_text);
    stability->add_option("--to", asked.to, "a date (its end) or an instant; default: the engine time")
        ->check(some_text);
    stability->add_option("--refresh", asked.refresh, "compare the members every so many days; default 7d: each Sunday")
        ->check(some_text);
    stability->add_option("--resamples", asked.resamples, "of the customers that its models are fitted on; 0: none")
        ->check(CLI::Range(0, 1000))
        ->capture_default_str();
    stability->callback([question, &exit_code] {
        need_a_place(question->options);
        exit_code = stability_command(question->options, question->stability);
    });
}

}  // namespace

void add_segment_commands(CLI::App& app, int& exit_code) {
    const auto question = std::make_shared<Question>();
    auto* segment = app.add_subcommand("segment", "one segment: is it real, does it work");
    segment->require_subcommand(1);
    add_validate(*segment, question, exit_code);
    add_track(*segment, question, exit_code);
    add_stability(app, question, exit_code);
}

}  // namespace segmentd::daemon
