// segmentctl: everything a person types.
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <regex>

#include "daemon/commands/change_line.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/order_line.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/commands/place_line.hpp"
#include "daemon/commands/segment_line.hpp"
#include "daemon/serve/roles.hpp"

namespace {

namespace daemon = segmentd::daemon;

// The options that nearly every command takes.
void add_store_options(CLI::App& command, daemon::CommandOptions& options) {
    command.add_option("--workspace,-w", options.workspace, "folder of the workspace's YAML");
    command.add_option("--data,-d", options.data, "folder of the store")->required();
    command.add_flag("--json", options.as_json, "one JSON value instead of a table");
}

// The options of reports that a running daemon gives as well; one of --data and --url is needed.
void add_report_options(CLI::App& command, daemon::CommandOptions& options) {
    command.add_option("--workspace,-w", options.workspace, "folder of the workspace's YAML");
    daemon::add_place_options(command, options);
    command.add_flag("--json", options.as_json, "one JSON value instead of a table");
}

// An empty text where something was to be said is a mistake of the command line, such as an unset variable.
const CLI::Validator no_empty_text([](std::string& text) { return text.empty() ? "it is empty" : std::string(); }, {});

const CLI::Validator percentage(
    [](std::string& text) {
        static const std::regex form("[0-9]{1,3}([.][0-9]+)?%");
        return std::regex_match(text, form) && std::stod(text) <= 100 ? std::string() : "write it as 80%";
    },
    {});

struct Arguments {
    daemon::CommandOptions options;

    daemon::TestOptions test;
    std::string required_coverage;
    daemon::ExplainOptions explain;
    daemon::ImportOptions import;
    daemon::FitOptions fit;
    daemon::SimulateOptions simulate;
    daemon::TokenOptions token;
    daemon::PacketOptions packet;
    std::string key;
    daemon::EndpointOptions endpoint;
    std::string workspace;
    std::string at;
    std::string name;
    std::string file;
    std::string folder;
    daemon::DoctorOptions doctor;
    std::int64_t hours = 24;
    bool plan = false;
    daemon::RejectsOptions rejects;
    bool html = false;
    bool verify = false;
};

void add_input_commands(CLI::App& app, Arguments& arguments, int& exit_code) {
    auto* check = app.add_subcommand("check", "check a workspace folder; exit 1 where it is refused");
    check->add_option("workspace", arguments.workspace, "folder of the workspace's YAML")->required();
    check->add_flag("--json", arguments.options.as_json, "one JSON value");
    check->callback([&] { exit_code = daemon::check_command(arguments.workspace, arguments.options.as_json); });

    auto* eval = app.add_subcommand("eval", "print the value of a CEL expression as JSON; exit 1 where there is none");
    eval->add_option("--profile", arguments.file, "JSON object whose members are the variables; - for standard input");
    eval->add_option("expression", arguments.name, "after -- where it begins with a minus")->required();
    eval->callback([&] { exit_code = daemon::eval_command(arguments.file, arguments.name); });

    auto* test = app.add_subcommand("test", "run the tests that stand in segment files; exit 1 where one fails");
    test->add_option("workspace", arguments.workspace, "folder of the workspace's YAML")->required();
    test->add_option("--junit", arguments.test.junit_file, "also write the result here, as JUnit's XML")
        ->check(no_empty_text);
    test->add_option("--require-coverage", arguments.required_coverage, "such as 80%: fail where tests ask for less")
        ->check(percentage);
    test->add_flag("--json", arguments.test.as_json, "one JSON value");
    test->callback([&] {
        if (!arguments.required_coverage.empty())
            arguments.test.required_percent = std::stod(arguments.required_coverage);
        exit_code = daemon::test_command(arguments.workspace, arguments.test);
    });

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

// `add_report` adds a command on a store that a daemon answers too.
template <typename AddReport>
void add_reports_on_people(Arguments& arguments, const AddReport& add_report) {
    auto* members = add_report("members", "the members of a segment",
                               [](const Arguments& a) { return daemon::members_command(a.options, a.name, a.at); });
    members->add_option("segment", arguments.name)->required();
    members->add_option("--at", arguments.at, "as it was served at a past date (its end) or instant")
        ->check(no_empty_text);
    auto* brief = add_report("brief", "what to know of a segment before speaking to its members",
                             [](const Arguments& a) { return daemon::brief_command(a.options, a.name, a.html); });
    brief->add_option("segment", arguments.name)->required();
    brief->add_flag("--html", arguments.html, "one HTML page, to be kept, sent or printed")->excludes("--json");
    auto* explain = add_report(
        "explain", "what is known about a customer, and why they are where they are", [](const Arguments& a) {
            return a.explain.segment.empty() ? daemon::explain_command(a.options, a.explain.customer)
                                             : daemon::explain_segment_command(a.options, a.explain);
        });
    explain->add_option("customer", arguments.explain.customer)->required();
    auto* one_segment = explain->add_option("--segment", arguments.explain.segment,
                                            "why in this segment or not, part by part, and what would change it");
    one_segment->check(no_empty_text);
    explain->add_option("--at", arguments.explain.at, "as it was served at a past date (its end) or instant")
        ->check(no_empty_text)
        ->needs(one_segment);
}

void add_report_commands(CLI::App& app, Arguments& arguments, int& exit_code) {
    const auto add = [&](const char* name, const char* what, auto run) {
        auto* command = app.add_subcommand(name, what);
        add_store_options(*command, arguments.options);
        command->callback([&arguments, &exit_code, run] { exit_code = run(arguments); });
        return command;
    };
    const auto add_report = [&](const char* name, const char* what, auto run) {
        auto* command = app.add_subcommand(name, what);
        add_report_options(*command, arguments.options);
        command->callback([&arguments, &exit_code, run] {
            daemon::need_a_place(arguments.options);
            exit_code = run(arguments);
        });
        return command;
    };
    add_report("segments", "size, share, revenue and expected value of every segment",
               [](const Arguments& a) { return daemon::segments_command(a.options, a.at); })
        ->add_option("--at", arguments.at, "a past date (its end) or instant; default: the engine time")
        ->check(no_empty_text);
    add_reports_on_people(arguments, add_report);
    add_report("models", "fitted models and their parameters",
               [](const Arguments& a) { return daemon::models_command(a.options); });
    add_report("pilots", "pilots and what they found",
               [](const Arguments& a) { return daemon::pilots_command(a.options); });
    add_report("pauses", "what operators stopped",
               [](const Arguments& a) { return daemon::pauses_command(a.options); });
    auto* touches =
        add_report("touches", "every decision to contact somebody, with its reason", [](const Arguments& a) {
            return a.plan ? daemon::touches_plan_command(a.options, a.hours, a.name)
                          : daemon::touches_command(a.options, a.name);
        });
    touches->add_option("--customer", arguments.name, "of this customer only");
    auto* plan = touches->add_flag("--plan", arguments.plan, "what would leave within --hours, if nobody did anything")
                     ->excludes("--url");
    touches->add_option("--hours", arguments.hours, "how far --plan looks")
        ->needs(plan)
        ->check(CLI::Range(1, 24 * 366))
        ->capture_default_str();
    auto* rejects = add_report("rejects", "what was refused, the newest first",
                               [](const Arguments& a) { return daemon::rejects_command(a.options, a.rejects); });
    rejects->add_option("--limit", arguments.rejects.limit)->check(CLI::Range(1, 100'000));
    rejects->add_flag("--show", arguments.rejects.with_payload, "with what was sent; it may hold personal data")
        ->excludes("--url");
    add("replay", "fold the journal anew and print its state hash", [](const Arguments& a) {
        return daemon::replay_command(a.options, a.verify);
    })->add_flag("--verify", arguments.verify, "check every recorded fact as well");
}

// `reviews` alone lists them; below it stand the actions, each with its own options.
void add_people_commands(CLI::App& app, Arguments& arguments, int& exit_code) {
    auto* reviews = app.add_subcommand("reviews", "reviews that are open or were decided");
    add_report_options(*reviews, arguments.options);
    reviews->callback([&arguments, &exit_code, reviews] {
        if (!reviews->get_subcommands().empty()) return;
        daemon::need_a_place(arguments.options);
        exit_code = daemon::reviews_command(arguments.options);
    });
    daemon::add_order_commands(app, *reviews, exit_code);
}

void add_operating_commands(CLI::App& app, Arguments& arguments, int& exit_code) {
    auto* backup = app.add_subcommand("backup", "copy the store, beside a running daemon too, and read the copy");
    add_store_options(*backup, arguments.options);
    backup->add_option("--to", arguments.folder, "a folder that is not there yet, or empty")->required();
    backup->callback([&] { exit_code = daemon::backup_command(arguments.options, arguments.folder); });

    auto* restore = app.add_subcommand("restore", "make a store from a backup");
    add_store_options(*restore, arguments.options);
    restore->add_option("--from", arguments.folder, "the folder of the backup")->required();
    restore->callback([&] { exit_code = daemon::restore_command(arguments.options, arguments.folder); });

    auto* status = app.add_subcommand("status", "ask a running daemon how it is");
    daemon::add_daemon_options(*status, arguments.options);
    status->get_option("--url")->required();
    status->add_flag("--json", arguments.options.as_json, "one JSON value instead of a table");
    status->callback([&] { exit_code = daemon::status_command(arguments.options); });

    auto* doctor = app.add_subcommand("doctor", "look at everything that a daemon needs; exit 1 where one is wrong");
    doctor->add_option("--workspace,-w", arguments.options.workspace, "folder of the workspace's YAML");
    doctor->add_option("--data,-d", arguments.options.data, "folder of the store");
    doctor->add_option("--settings", arguments.doctor.settings, "the daemon's YAML file of settings");
    doctor->add_option("--set", arguments.doctor.overrides, "one setting, key=value; may be repeated")
        ->allow_extra_args(false);
    doctor->add_flag("--json", arguments.options.as_json, "one JSON value instead of a table");
    doctor->callback([&] { exit_code = daemon::doctor_command(arguments.options, arguments.doctor); });
}

void add_audit_commands(CLI::App& app, Arguments& arguments, int& exit_code) {
    auto* audit = app.add_subcommand("audit", "the papers of a quarter");
    audit->require_subcommand(1);
    auto* packet = audit->add_subcommand("packet", "draw them from the store into a folder");
    add_store_options(*packet, arguments.options);
    packet->add_option("--quarter", arguments.packet.quarter, "for example 2026Q4")->required();
    packet->add_option("--out", arguments.packet.out, "a folder that does not exist or is empty")->required();
    packet->callback([&] {
        arguments.packet.version = SEGMENTD_VERSION;
        exit_code = daemon::audit_packet_command(arguments.options, arguments.packet);
    });
    auto* verify = audit->add_subcommand("verify", "check such a folder, without the store");
    verify->add_option("folder", arguments.name)->required();
    verify->add_option("--key", arguments.key, "the public key that the store's owner gave you, in hexadecimal")
        ->check(no_empty_text);
    verify->add_flag("--json", arguments.options.as_json, "one JSON value");
    verify->callback(
        [&] { exit_code = daemon::audit_verify_command(arguments.name, arguments.key, arguments.options.as_json); });
}

// Either a running daemon or folders.
void add_endpoint_options(CLI::App& command, Arguments& arguments) {
    add_report_options(command, arguments.options);
    command.add_option("--settings", arguments.endpoint.settings, "the daemon's settings: addresses and secrets");
    command.add_option("--set", arguments.endpoint.overrides, "one setting, key=value")->allow_extra_args(false);
}

void add_endpoint_commands(CLI::App& app, Arguments& arguments, int& exit_code) {
    auto* endpoints = app.add_subcommand("endpoints", "who receives touches and events, and how that goes");
    add_endpoint_options(*endpoints, arguments);
    endpoints->callback([&] { exit_code = daemon::endpoints_command(arguments.options, arguments.endpoint); });

    auto* endpoint = app.add_subcommand("endpoint", "try an endpoint, or send again");
    endpoint->require_subcommand(1);
    auto* test = endpoint->add_subcommand("test", "send one signed sample event now and print the answer");
    test->add_option("endpoint", arguments.endpoint.name)->required();
    add_endpoint_options(*test, arguments);
    test->callback([&] { exit_code = daemon::endpoint_test_command(arguments.options, arguments.endpoint); });
    auto* dead = endpoint->add_subcommand("dead-letters", "what was given up: cause, time, attempts, customer");
    dead->add_option("endpoint", arguments.endpoint.name)->required();
    add_report_options(*dead, arguments.options);
    dead->add_option("--since", arguments.endpoint.since, "decided since this date or instant of the engine time");
    dead->callback([&] {
        daemon::need_a_place(arguments.options);
        exit_code = daemon::endpoint_dead_letters_command(arguments.options, arguments.endpoint);
    });
    auto* replay = endpoint->add_subcommand("replay", "send again, under the same ids, what was decided since then");
    replay->add_option("endpoint", arguments.endpoint.name)->required();
    add_endpoint_options(*replay, arguments);
    replay->add_option("--since", arguments.endpoint.since, "a date or an instant of the engine time")->required();
    replay->add_flag("--dead,--dead-only", arguments.endpoint.dead_only, "only what was given up");
    replay->add_flag("--dry-run", arguments.endpoint.dry_run, "only say how many");
    replay->add_option("--reason", arguments.endpoint.reason, "why; it is kept in the journal");
    replay->callback([&] { exit_code = daemon::endpoint_replay_command(arguments.options, arguments.endpoint); });
}

void add_token_commands(CLI::App& app, Arguments& arguments, int& exit_code) {
    auto* token = app.add_subcommand("token", "access tokens: hand out, list, take back");
    token->require_subcommand(1);
    const auto add = [&](const char* name, const char* what, auto run) {
        auto* command = token->add_subcommand(name, what);
        daemon::add_place_options(*command, arguments.options);
        command->add_flag("--json", arguments.options.as_json, "one JSON value instead of a table");
        command->callback([&arguments, &exit_code, run] {
            daemon::need_a_place(arguments.options);
            exit_code = run(arguments);
        });
        return command;
    };
    auto* create = add("create", "hand out a token; its secret is printed this once",
                       [](const Arguments& a) { return daemon::token_create_command(a.options, a.token); });
    std::vector<std::string> roles;
    for (const auto role : daemon::token_roles) roles.emplace_back(to_word(role));
    create->add_option("--role", arguments.token.role)->required()->check(CLI::IsMember(roles));
    create->add_option("--expires", arguments.token.expires_in, "after how long, such as 90d")->required();
    create->add_option("--name", arguments.token.name, "a word by which the journal names its holder");
    add("list", "every token ever handed out",
        [](const Arguments& a) { return daemon::token_list_command(a.options); });
    add("revoke", "take a token back, from now on",
        [](const Arguments& a) { return daemon::token_revoke_command(a.options, a.name); })
        ->add_option("token", arguments.name, "its id or name")
        ->required();
}

}  // namespace

int main(int count, char** texts) {
    CLI::App app("segmentctl: segments, playbooks and pilots of a segmentd workspace");
    app.set_version_flag("--version", std::string("segmentctl ") + SEGMENTD_VERSION);
    app.require_subcommand(1);
    Arguments arguments;
    int exit_code = daemon::exit_done;
    add_input_commands(app, arguments, exit_code);
    daemon::add_change_commands(app, exit_code);
    add_report_commands(app, arguments, exit_code);
    add_people_commands(app, arguments, exit_code);
    daemon::add_segment_commands(app, exit_code);
    add_operating_commands(app, arguments, exit_code);
    add_audit_commands(app, arguments, exit_code);
    add_endpoint_commands(app, arguments, exit_code);
    add_token_commands(app, arguments, exit_code);
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
