#include "daemon/commands/order_line.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <memory>
#include <string>
#include <vector>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/place_line.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

// What was typed behind one order.
struct Order {
    CommandOptions options;
    std::vector<std::string> names;
    std::string name, reason, until, touch, tester, pilot, segment, cause, text, action;
    std::int64_t review = 0;
};

// Where orders go: the store's folder, or the daemon that holds it.
void add_place(CLI::App& command, Order& order) {
    command.add_option("--workspace,-w", order.options.workspace, "folder of the workspace's YAML");
    add_place_options(command, order.options);
    command.add_flag("--json", order.options.as_json, "one JSON value");
}

template <typename Run>
void set_run(CLI::App& command, std::shared_ptr<Order> order, int& exit_code, Run run) {
    command.callback([order, &exit_code, run] {
        need_a_place(order->options);
        exit_code = run(*order);
    });
}

void add_pause(CLI::App& app, const char* verb, const char* what, int& exit_code) {
    auto order = std::make_shared<Order>();
    auto* command = app.add_subcommand(verb, what);
    command->add_option("what", order->names, "[playbook|pilot|endpoint] NAME")->required()->expected(1, 2);
    command->add_option("--reason", order->reason, "why; kept for the audit")->required();
    add_place(*command, *order);
    set_run(*command, order, exit_code, [verb = std::string(verb)](const Order& o) {
        json::object words{{"name", o.names.back()}, {"reason", o.reason}};
        if (o.names.size() == 2) words["target"] = o.names.front();
        return order_command(o.options, verb, words);
    });
}

void add_touch_test(CLI::App& app, int& exit_code) {
    auto* touch = app.add_subcommand("touch", "try a touch out");
    touch->require_subcommand(1);
    auto order = std::make_shared<Order>();
    auto* test = touch->add_subcommand(
        "test",
        "send one touch of a playbook to a tester of the workspace,\nreally, even where its endpoint is in shadow");
    test->add_option("playbook", order->name)->required();
    test->add_option("--to", order->tester, "the tester, as listed in workspace.yaml")->required();
    test->add_option("--touch", order->touch, "which touch, where the playbook has several");
    test->add_option("--reason", order->reason, "why; kept for the audit");
    add_place(*test, *order);
    set_run(*test, order, exit_code, [](const Order& o) {
        json::object words{{"playbook", o.name}, {"tester", o.tester}};
        if (!o.touch.empty()) words["touch"] = o.touch;
        if (!o.reason.empty()) words["reason"] = o.reason;
        return order_command(o.options, "touch_test", words);
    });
}

void add_learn(CLI::App& app, int& exit_code) {
    auto* learn = app.add_subcommand("learn", "keep what was learned, failures too");
    learn->require_subcommand(1);
    auto order = std::make_shared<Order>();
    auto* add = learn->add_subcommand("add", "write a learning down");
    auto* pilot = add->add_option("--pilot", order->pilot, "the pilot it comes from");
    add->add_option("--segment", order->segment, "the segment it is about")->excludes(pilot);
    add->add_option("--cause", order->cause, "data_gap, process, market or hypothesis")
        ->required()
        ->check(CLI::IsMember({"data_gap", "process", "market", "hypothesis"}));
    add->add_option("--text", order->text, "what was learned")->required();
    add_place(*add, *order);
    set_run(*add, order, exit_code, [](const Order& o) {
        if (o.pilot.empty() && o.segment.empty()) throw CLI::RequiredError("--pilot or --segment");
        const bool is_pilot = !o.pilot.empty();
        return order_command(o.options, "learning",
                             {{"subject", is_pilot ? "pilot" : "segment"},
                              {"name", is_pilot ? o.pilot : o.segment},
                              {"cause", o.cause},
                              {"text", o.text}});
    });
    auto listed = std::make_shared<Order>();
    auto* list = learn->add_subcommand("list", "what was learned so far");
    list->add_option("name", listed->name, "of this segment or pilot only");
    add_place(*list, *listed);
    set_run(*list, listed, exit_code, [](const Order& o) { return learnings_command(o.options, o.name); });
}

int act_on_review(const Order& o) {
    json::object words{{"review", o.review}, {"action", o.action}, {"reason", o.reason}};
    if (!o.until.empty()) words["until"] = o.until;
    return order_command(o.options, "review", words);
}

void add_review_actions(CLI::App& reviews, int& exit_code) {
    const auto add = [&](const char* verb, const char* what) {
        auto order = std::make_shared<Order>();
        order->action = verb;
        auto* command = reviews.add_subcommand(verb, what);
        command->add_option("review", order->review, "its number")->required();
        add_place(*command, *order);
        set_run(*command, order, exit_code, act_on_review);
        return std::pair(command, order);
    };
    const auto [decide, decision] = add("decide", "end a review");
    decide->add_option("decision", decision->action, "keep, recalibrate, refresh or retire")
        ->required()
        ->check(CLI::IsMember({"keep", "recalibrate", "refresh", "retire"}));
    decide->add_option("--reason", decision->reason, "why; kept for the audit")->required();
    const auto [acknowledge, seen] = add("acknowledge", "say that somebody is on it");
    acknowledge->add_option("--reason", seen->reason, "what is being done")->required();
    const auto [snooze, later] = add("snooze", "move the deadline");
    snooze->add_option("--until", later->until, "the new deadline, at most 90 days ahead")->required();
    snooze->add_option("--reason", later->reason, "why; kept for the audit")->required();
}

}  // namespace

void add_order_commands(CLI::App& app, CLI::App& reviews, int& exit_code) {
    add_pause(app, "pause", "stop a playbook, a pilot or an endpoint before its next decision", exit_code);
    add_pause(app, "resume", "let it go on", exit_code);
    add_touch_test(app, exit_code);
    add_learn(app, exit_code);
    add_review_actions(reviews, exit_code);
}

}  // namespace segmentd::daemon
