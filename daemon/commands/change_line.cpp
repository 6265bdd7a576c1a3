#include "daemon/commands/change_line.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/place_line.hpp"

namespace segmentd::daemon {
namespace {

// What was typed behind one of the commands.
struct Change {
    CommandOptions options;
    ApplyOptions apply;
    RollbackOptions rollback;
    bool plan_as_html = false;
};

constexpr const char* as_html_help = "one HTML page, to be kept, sent or printed";

const CLI::Validator some_text([](std::string& text) { return text.empty() ? "it is empty" : std::string(); }, {});

CLI::App* add(CLI::App& app, const char* name, const char* what, Change& change) {
    auto* command = app.add_subcommand(name, what);
    add_place_options(*command, change.options);
    command->add_flag("--json", change.options.as_json, "one JSON value");
    return command;
}

}  // namespace

void add_change_commands(CLI::App& app, int& exit_code) {
    const auto change = std::make_shared<Change>();
    auto* plan = add(app, "plan", "what a workspace folder would do to customers if it were applied now", *change);
    plan->add_option("workspace", change->options.workspace, "the folder")->required();
    plan->add_flag("--html", change->plan_as_html, as_html_help)->excludes("--json");
    plan->callback([change, &exit_code] {
        need_a_place(change->options);
        exit_code = plan_command(change->options, change->plan_as_html);
    });

    auto* apply = add(app, "apply", "apply a folder that was planned", *change);
    apply->add_option("workspace", change->options.workspace, "the folder")->required();
    apply->add_option("--plan", change->apply.plan, "the name that plan printed")->required();
    apply
        ->add_option("--tolerance", change->apply.tolerance,
                     "share of a segment that may enter or leave more or less than planned; ten always may")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    apply->add_option("--reason", change->apply.reason, "why; it is kept in the journal");
    apply->callback([change, &exit_code] {
        need_a_place(change->options);
        exit_code = apply_command(change->options, change->apply);
    });

    auto* rollback = add(app, "rollback", "apply definitions that were in force before", *change);
    rollback->add_option("--to", change->rollback.to, "their version, or how it begins")->required()->check(some_text);
    rollback->add_option("--reason", change->rollback.reason, "why; it is kept in the journal");
    auto* dry_run = rollback->add_flag("--dry-run", change->rollback.dry_run, "only print the plan");
    rollback->add_flag("--html", change->rollback.as_html, as_html_help)->needs(dry_run)->excludes("--json");
    rollback->callback([change, &exit_code] {
        need_a_place(change->options);
        exit_code = rollback_command(change->options, change->rollback);
    });
}

}  // namespace segmentd::daemon
