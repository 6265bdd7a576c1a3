#include "daemon/testing/segment_tests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "daemon/engine/engine.hpp"
#include "daemon/engine/memberships/memberships.hpp"
#include "rules/definitions/words.hpp"
#include "rules/expression/trace.hpp"
#include "rules/expression/value_text.hpp"

namespace segmentd::daemon {
namespace {

using rules::Expectation;

// How far a test looks on for a change that did not come at its instant.
constexpr Duration look_ahead = std::chrono::days{366};

const CustomerId test_customer("test");

// One instant at which a test looks at its customer.
struct Checkpoint {
    Timestamp at{};
    const rules::TestStep* step = nullptr;  // null: the membership is to change here
    const rules::CompiledTestStep* compiled = nullptr;
};

// One test on its way through time.
class Trial {
  public:
    Trial(Engine engine, std::size_t segment, std::size_t test, Coverage& coverage);
    SegmentTestOutcome run();

  private:
    std::vector<Checkpoint> checkpoints() const;
    void take_signals(Timestamp until);
    void give(const rules::CompiledTestStep& step, Timestamp at);
    void apply(Timestamp at, Payload payload);
    void note(const Effects& effects);
    void look(const Checkpoint& checkpoint);
    void judge(const Checkpoint& checkpoint, const Row& row);
    void judge_flip();
    void fail_with(std::string message, const SourcePlace& place, const Row& row);
    std::vector<LineAnswer> lines(const Row& row) const;
    bool is_member() const;
    bool has_entered() const;
    const Row& row_now();

    Engine engine_;
    std::size_t segment_ = 0;
    Coverage& coverage_;
    const rules::SegmentDefinition& definition_;
    const rules::CompiledSegment& compiled_;
    const rules::SegmentTest& test_;
    const rules::CompiledTest& plan_;
    std::size_t next_signal_ = 0;
    std::vector<MembershipChange> changes_;  // of the tested segment
    Row row_;
    Row row_at_flip_;
    SegmentTestOutcome outcome_;
};

Timestamp start_of(const rules::CompiledTest& test);
Engine engine_at(Timestamp start, const std::map<std::string, std::string>& files);
std::string moment_text(Timestamp at, Timestamp now);
LineAnswer answer(const char* key, const rules::ExpressionText& text, const rules::expression::Program& program,
                  const Row& row);

}  // namespace

std::size_t SegmentTestRun::failed() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(outcomes, [](const SegmentTestOutcome& outcome) { return !outcome.has_passed(); }));
}

tl::expected<SegmentTestRun, std::vector<Error>> run_segment_tests(const std::map<std::string, std::string>& files) {
    auto book = compile_workspace(files);
    if (!book) return tl::unexpected(std::move(book).error());
    SegmentTestRun run{*book, {}, Coverage(**book)};
    Timestamp start = rules::usual_test_now;
    for (const auto& segment : (*book)->segments) {
        for (const auto& test : segment.tests) start = std::min(start, start_of(test));
    }
    const Engine fresh = engine_at(start, files);
    for (std::size_t segment = 0; segment < (*book)->segments.size(); ++segment) {
        for (std::size_t test = 0; test < (*book)->segments[segment].tests.size(); ++test) {
            run.outcomes.push_back(Trial(fresh, segment, test, run.coverage).run());
        }
    }
    return run;
}

namespace {

Timestamp start_of(const rules::CompiledTest& test) {
    return test.signals.empty() ? test.now : std::min(test.now, test.signals.front().at);
}

Engine engine_at(Timestamp start, const std::map<std::string, std::string>& files) {
    Engine engine([](std::uint64_t, const RecordVisitor&) -> Result<void> { return {}; });
    Record definitions;
    definitions.sequence = 1;
    definitions.engine_time = definitions.occurred_at = definitions.received_at = start;
    definitions.payload = WorkspaceRecord{"test", files};
    const auto taken = engine.apply(definitions);
    assert(taken && "a workspace that compiles is taken by an engine");
    (void)taken;
    return engine;
}

Trial::Trial(Engine engine, std::size_t segment, std::size_t test, Coverage& coverage)
    : engine_(std::move(engine)),
      segment_(segment),
      coverage_(coverage),
      definition_(engine_.population().book().definitions.segments[segment]),
      compiled_(engine_.population().book().segments[segment]),
      test_(definition_.tests[test]),
      plan_(compiled_.tests[test]),
      outcome_{definition_.id, test_.name, test_.place, {}} {}

SegmentTestOutcome Trial::run() {
    give(plan_.steps.front(), start_of(plan_));
    const auto all = checkpoints();
    for (const auto& checkpoint : all) {
        take_signals(checkpoint.at);
        const bool is_later = checkpoint.compiled != nullptr && checkpoint.compiled != &plan_.steps.front();
        if (is_later) give(*checkpoint.compiled, checkpoint.at);
        note(engine_.pass_time(checkpoint.at, false));
        look(checkpoint);
    }
    if (plan_.flips_at) {
        take_signals(never);
        note(engine_.pass_time(engine_.engine_time() + look_ahead, false));
        judge_flip();
    }
    return std::move(outcome_);
}

std::vector<Checkpoint> Trial::checkpoints() const {
    std::vector<Checkpoint> all;
    for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
        all.push_back({plan_.steps[i].at, i == 0 ? &test_.first : &test_.then[i - 1], &plan_.steps[i]});
    }
    if (!plan_.flips_at) return all;
    const auto place = std::ranges::upper_bound(all, *plan_.flips_at, {}, &Checkpoint::at);
    all.insert(place, {*plan_.flips_at, nullptr, nullptr});
    return all;
}

void Trial::take_signals(Timestamp until) {
    for (; next_signal_ < plan_.signals.size() && plan_.signals[next_signal_].at <= until; ++next_signal_) {
        const auto& signal = plan_.signals[next_signal_];
        apply(signal.at, SignalRecord{signal.signal, signal.properties});
    }
}

// A record that says nothing makes the engine look at the customer anew.
void Trial::give(const rules::CompiledTestStep& step, Timestamp at) {
    for (const auto& [slot, value] : step.given) engine_.fix(slot, value);
    apply(at, ConsentRecord{});
}

void Trial::apply(Timestamp at, Payload payload) {
    Record record;
    record.sequence = engine_.records() + 1;
    record.engine_time = record.occurred_at = record.received_at = at;
    record.actor = "test";
    record.customer = test_customer;
    record.payload = std::move(payload);
    const auto effects = engine_.apply(record);
    assert(effects && "records of a test follow one another");
    if (effects) note(*effects);
}

void Trial::note(const Effects& effects) {
    for (const auto& change : effects.changes) {
        if (change.segment == definition_.id) changes_.push_back(change);
    }
}

void Trial::look(const Checkpoint& checkpoint) {
    const Row& row = row_now();
    coverage_.observe(segment_, row, has_entered());
    if (checkpoint.step == nullptr) {
        row_at_flip_ = row;
    } else {
        judge(checkpoint, row);
    }
}

void Trial::judge(const Checkpoint& checkpoint, const Row& row) {
    const auto& deciding = is_member() ? compiled_.stay : compiled_.enter;
    const bool is_unknown = all_hold(deciding, row) == Truth::unknown;
    const auto expected = checkpoint.step->expect;
    const bool holds = expected == Expectation::unknown ? is_unknown : is_member() == (expected == Expectation::member);
    if (holds) return;
    fail_with(fmt::format("expected {}, came {}{}, {}", word_of(expected), is_member() ? "member" : "not_member",
                          is_unknown ? " with an unknown input" : "", moment_text(checkpoint.at, plan_.now)),
              checkpoint.step->place, row);
}

// The first change after `now` is the one that the test names.
void Trial::judge_flip() {
    const auto& expected = test_.flips.front();
    const auto change = std::ranges::find_if(changes_, [&](const auto& one) { return one.at > plan_.now; });
    const char* verb = expected.enters ? "enter" : "leave";
    const auto wanted = moment_text(*plan_.flips_at, plan_.now);
    if (change == changes_.end()) {
        fail_with(fmt::format("expected to {} {}, came no change within a year", verb, wanted), expected.place,
                  row_at_flip_);
    } else if (change->at != *plan_.flips_at || change->entered != expected.enters) {
        fail_with(fmt::format("expected to {} {}, {} {}", verb, wanted, change->entered ? "entered" : "left",
                              moment_text(change->at, plan_.now)),
                  expected.place, row_at_flip_);
    }
}

void Trial::fail_with(std::string message, const SourcePlace& place, const Row& row) {
    outcome_.failures.push_back({std::move(message), place, lines(row)});
}

std::vector<LineAnswer> Trial::lines(const Row& row) const {
    std::vector<LineAnswer> answers;
    const auto add = [&](const char* key, const rules::Condition& texts, const rules::Programs& programs) {
        for (std::size_t i = 0; i < texts.size(); ++i) answers.push_back(answer(key, texts[i], programs[i], row));
    };
    add("enter", definition_.enter, compiled_.enter);
    add("stay", definition_.stay, compiled_.stay);
    add("leave_at_once", definition_.leave_at_once, compiled_.leave_at_once);
    const auto first = first_before(engine_.population().book(), segment_, row);
    if (first) {
        const auto name = "segment." + engine_.population().book().definitions.segments[*first].id.text;
        answers.push_back({"family", "!" + name, Truth::no, {{name, "true"}}, definition_.place});
    }
    return answers;
}

LineAnswer answer(const char* key, const rules::ExpressionText& text, const rules::expression::Program& program,
                  const Row& row) {
    LineAnswer answer{key, text.text, rules::expression::decide(program, row), {}, text.place};
    for (const auto& part : trace(program, row)) {
        if (part.input.empty()) continue;
        auto value = part.value.is_missing() ? "unknown" : rules::expression::to_json_text(part.value);
        const std::pair input(part.input, std::move(value));
        if (std::ranges::count(answer.inputs, input) == 0) answer.inputs.push_back(input);
    }
    return answer;
}

bool Trial::is_member() const {
    const auto& population = engine_.population();
    return population.at(*population.find(test_customer)).memberships.has(segment_);
}

bool Trial::has_entered() const {
    return std::ranges::any_of(changes_, &MembershipChange::entered);
}

const Row& Trial::row_now() {
    row_ = engine_.row_of(*engine_.population().find(test_customer));
    return row_;
}

std::string moment_text(Timestamp at, Timestamp now) {
    if (at == now) return "now";
    const bool is_after = at > now;
    const auto distance = is_after ? at - now : now - at;
    return fmt::format("{} {} now ({})", to_text(distance), is_after ? "after" : "before", to_text(at));
}

}  // namespace
}  // namespace segmentd::daemon
