// segmentctl: everything a person types.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/output.hpp"

namespace {

namespace daemon = segmentd::daemon;

// The options that nearly every command takes.
void add_store_options(CLI::App& command, daemon::CommandOptions& options) {
    command.add_option("--workspace,-w", options.workspace, "folder of the workspace's YAML");
    command.add_option("--data,-d", options.data, "folder of the store")->required();
    command.add_flag("--json", options.as_json, "one JSON value instead of a table");
}

// An empty text where something was to be said is a mistake of the command line, such as an unset variable.
const CLI::Validator no_empty_text([](std::string& text) { return text.empty() ? "it is empty" : std::string(); }, {});

struct Arguments {
    daemon::CommandOptions options;
    daemon::ImportOptions import;
    daemon::FitOptions fit;
    daemon::SimulateOptions simulate;
    std::string workspace;
    std::string at;
    std::string name;
    daemon::RejectsOptions rejects;
    bool verify = false;
};

void add_input_commands(CLI::App& app, Arguments& arguments, int& exit_code) {
    auto* check = app.add_subcommand("check", "check a workspace folder; exit 1 where it is refused");
    check->add_option("workspace", arguments.workspace, "folder of the workspace's YAML")->required();
    check->add_flag("--json", arguments.options.as_json, "one JSON value");
    check->callback([&] { exit_code = daemon::check_command(arguments.workspace, arguments.options.as_json); });

    auto* import = app.add_subcommand("import", "take in a file of the past; nobody is contacted because of it");
    add_store_options(*import, arguments.options);
    import->add_option("--source", arguments.import.source, "which source of the workspace the file is")->required();
    import->add_option("--rejects", arguments.import.rejects_file, "write refused rows here, one JSON object a line");
    import->add_option("file", arguments.import.file, "CSV or JSON Lines, plain or gzip")->required();
    import->callback([&] { exit_code = daemon::import_command(arguments.options, arguments.import); });

    auto* fit = app.add_subcommand("fit", "fit models on what had happened by a date");
    add_store_options(*fit, arguments.options);
    fit->add_option("--as-of", arguments.fit.as_of, "a date (its end) or an instant; default: the engine time")
        ->check(no_empty_text);
    auto* all = fit->add_flag("--all", arguments.fit.all, "every model that can be fitted");
    fit->add_option("models", arguments.fit.models, "or only these")->excludes(all);
    fit->callback([&] {
        if (!arguments.fit.all && arguments.fit.models.empty())
            throw CLI::RequiredError("--all or the name of a model");
        exit_code = daemon::fit_command(arguments.options, arguments.fit);
    });

    auto* simulate = app.add_subcommand("simulate", "write the signals of a made-up market whose truth is known");
    simulate->add_option("--seed", arguments.simulate.seed, "same seed, customers and end: the same bytes")
        ->capture_default_str();
    simulate->add_option("--customers", arguments.simulate.customers, "how many")->capture_default_str();
    simulate
        ->add_option("--ends-at", arguments.simulate.ends_at,
                     "the signals end before this date, for example 2026-11-01")
        ->required();
    simulate->add_option("--out", arguments.simulate.out, "folder for the files")->required();
    simulate->add_flag("--json", arguments.options.as_json, "one JSON value");
    simulate->callback([&] { exit_code = daemon::simulate_command(arguments.options, arguments.simulate); });
}

void add_report_commands(CLI::App& app, Arguments& arguments, int& exit_code) {
    const auto add = [&](const char* name, const char* what, auto run) {
        auto* command = app.add_subcommand(name, what);
        add_store_options(*command, arguments.options);
        command->callback([&arguments, &exit_code, run] { exit_code = run(arguments); });
        return command;
    };
    add("segments", "size, share, revenue and expected value of every segment",
        [](const Arguments& a) { return daemon::segments_command(a.options, a.at); })
        ->add_option("--at", arguments.at, "a past date (its end) or instant; default: the engine time")
        ->check(no_empty_text);
    add("members", "the members of a segment",
        [](const Arguments& a) { return daemon::members_command(a.options, a.name); })
        ->add_option("segment", arguments.name)
        ->required();
    add("explain", "what is known about a customer, and why they are where they are",
        [](const Arguments& a) { return daemon::explain_command(a.options, a.name); })
        ->add_option("customer", arguments.name)
        ->required();
    add("models", "fitted models and their parameters",
        [](const Arguments& a) { return daemon::models_command(a.options); });
    add("pilots", "pilots and what they found", [](const Arguments& a) { return daemon::pilots_command(a.options); });
    add("reviews", "reviews that drift opened", [](const Arguments& a) { return daemon::reviews_command(a.options); });
    add("touches", "every decision to contact somebody, with its reason", [](const Arguments& a) {
        return daemon::touches_command(a.options, a.name);
    })->add_option("--customer", arguments.name, "of this customer only");
    auto* rejects = add("rejects", "what was refused, the newest first",
                        [](const Arguments& a) { return daemon::rejects_command(a.options, a.rejects); });
    rejects->add_option("--limit", arguments.rejects.limit)->check(CLI::Range(1, 100'000));
    rejects->add_flag("--show", arguments.rejects.with_payload, "with what was sent; it may hold personal data");
    add("replay", "fold the journal anew and print its state hash", [](const Arguments& a) {
        return daemon::replay_command(a.options, a.verify);
    })->add_flag("--verify", arguments.verify, "check every recorded fact as well");
}

void add_daemon_commands(CLI::App& app, Arguments& arguments, int& exit_code) {
    auto* status = app.add_subcommand("status", "ask a running daemon how it is");
    status->add_option("--url", arguments.options.url, "for example http://127.0.0.1:8686")->required();
    status->add_option("--token", arguments.options.token, "a bearer token");
    status->add_flag("--json", arguments.options.as_json, "one JSON value");
    status->callback([&] { exit_code = daemon::status_command(arguments.options); });
}

}  // namespace

int main(int count, char** texts) {
    CLI::App app("segmentctl: segments, playbooks and pilots of a segmentd workspace");
    app.set_version_flag("--version", std::string("segmentctl ") + SEGMENTD_VERSION);
    app.require_subcommand(1);
    Arguments arguments;
    int exit_code = daemon::exit_done;
    add_input_commands(app, arguments, exit_code);
    add_report_commands(app, arguments, exit_code);
    add_daemon_commands(app, arguments, exit_code);
    try {
        app.parse(count, texts);
    } catch (const CLI::Success& shown) {
        return app.exit(shown);
    } catch (const CLI::ParseError& error) {
        app.exit(error);
        return daemon::exit_usage;
    } catch (const std::exception& error) {
        fmt::print(stderr, "segmentctl: {}\n", error.what());
        return daemon::exit_wrong_input;
    }
    return exit_code;
}
