#include "daemon/testing/test_report.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>

namespace segmentd::daemon {

namespace json = boost::json;

using rules::expression::Truth;

namespace {

std::string place_text(const SourcePlace& place);
std::string on_one_line(std::string_view text);
const char* truth_word(Truth truth);
std::string line_text(const LineAnswer& line);
std::string failure_text(const SegmentTestFailure& failure);
std::string sum_text(const SegmentTestRun& run);
json::object to_json(const SegmentTestOutcome& outcome);
json::object to_json(const SegmentTestFailure& failure);
json::object to_json(const CoverageGap& gap);
std::string junit_case(const SegmentTestRun& run, const SegmentTestOutcome& outcome);
std::string escaped(std::string_view text);

}  // namespace

std::string test_text(const SegmentTestRun& run) {
    std::string text;
    for (const auto& outcome : run.outcomes) {
        if (outcome.has_passed()) continue;
        text +=
            fmt::format("FAILED {}: segment {}: {}\n", place_text(outcome.place), outcome.segment.text, outcome.name);
        for (const auto& failure : outcome.failures) text += failure_text(failure);
    }
    const auto gaps = run.coverage.gaps();
    if (!gaps.empty()) text += "no test asked:\n";
    for (const auto& gap : gaps) {
        text += fmt::format("  {}: segment {}: {}: '{}' {}\n", place_text(gap.place), gap.segment.text, gap.key,
                            on_one_line(gap.text), gap.what);
    }
    const auto untested = run.coverage.untested();
    for (const auto& segment : untested) text += fmt::format("  segment {} has no tests\n", segment.text);
    return text + sum_text(run);
}

json::object test_json(const SegmentTestRun& run) {
    json::array tests, gaps, untested;
    for (const auto& outcome : run.outcomes) tests.push_back(to_json(outcome));
    for (const auto& gap : run.coverage.gaps()) gaps.push_back(to_json(gap));
    for (const auto& segment : run.coverage.untested()) untested.emplace_back(segment.text);
    return {{"passed", run.failed() == 0},
            {"tests", std::move(tests)},
            {"coverage",
             {{"wanted", run.coverage.wanted()},
              {"found", run.coverage.found()},
              {"share", run.coverage.share()},
              {"gaps", std::move(gaps)},
              {"segments_without_tests", std::move(untested)}}}};
}

std::string test_junit(const SegmentTestRun& run) {
    std::string suites;
    for (const auto& segment : run.book->definitions.segments) {
        std::string cases;
        std::size_t failed = 0;
        for (const auto& outcome : run.outcomes) {
            if (outcome.segment != segment.id) continue;
            cases += junit_case(run, outcome);
            if (!outcome.has_passed()) ++failed;
        }
        if (segment.tests.empty()) continue;
        suites += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\">\n{}",
                              escaped(segment.id.text), segment.tests.size(), failed, cases);
        suites += "  </testsuite>\n";
    }
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n{}</testsuites>\n",
        escaped(run.book->definitions.workspace.name), run.outcomes.size(), run.failed(), suites);
}

namespace {

std::string place_text(const SourcePlace& place) {
    return fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

std::string on_one_line(std::string_view text) {
    std::string line;
    for (const char c : text) {
        const bool is_space = c == ' ' || c == '\n' || c == '\t';
        if (!is_space) line += c;
        if (is_space && !line.ends_with(' ')) line += ' ';
    }
    return line;
}

const char* truth_word(Truth truth) {
    return truth == Truth::yes ? "true" : truth == Truth::no ? "false" : "unknown";
}

std::string line_text(const LineAnswer& line) {
    std::string inputs;
    for (const auto& [name, value] : line.inputs) {
        inputs += fmt::format("{}{} = {}", inputs.empty() ? "  (" : ", ", name, value);
    }
    return fmt::format("    {:<14}{:<8}{}{}\n", line.key, truth_word(line.truth), on_one_line(line.text),
                       inputs.empty() ? "" : inputs + ")");
}

std::string failure_text(const SegmentTestFailure& failure) {
    std::string text = fmt::format("  {}: {}\n", place_text(failure.place), failure.message);
    for (const auto& line : failure.lines) text += line_text(line);
    return text;
}

std::string sum_text(const SegmentTestRun& run) {
    const auto count = [](std::size_t number, const char* one, const char* many) {
        return fmt::format("{} {}", number, number == 1 ? one : many);
    };
    const auto tests = count(run.outcomes.size(), "test", "tests");
    const auto passed = run.outcomes.size() - run.failed();
    return fmt::format("{}: {} passed, {} failed; {} of {} answers asked for ({} %)\n", tests, passed, run.failed(),
                       run.coverage.found(), run.coverage.wanted(), std::floor(run.coverage.share() * 100));
}

json::object to_json(const SegmentTestOutcome& outcome) {
    json::array failures;
    for (const auto& failure : outcome.failures) failures.push_back(to_json(failure));
    return {{"segment", outcome.segment.text}, {"test", outcome.name},           {"file", outcome.place.file},
            {"line", outcome.place.line},      {"passed", outcome.has_passed()}, {"failures", std::move(failures)}};
}

json::object to_json(const SegmentTestFailure& failure) {
    json::array lines;
    for (const auto& line : failure.lines) {
        json::object inputs;
        for (const auto& [name, value] : line.inputs) {
            inputs[name] = value == "unknown" ? json::value(nullptr) : json::parse(value);
        }
        lines.push_back({{"key", line.key},
                         {"condition", line.text},
                         {"result", truth_word(line.truth)},
                         {"inputs", std::move(inputs)},
                         {"file", line.place.file},
                         {"line", line.place.line}});
    }
    return {{"message", failure.message},
            {"file", failure.place.file},
            {"line", failure.place.line},
            {"column", failure.place.column},
            {"conditions", std::move(lines)}};
}

json::object to_json(const CoverageGap& gap) {
    return {{"segment", gap.segment.text}, {"key", gap.key},         {"part", gap.text},          {"what", gap.what},
            {"file", gap.place.file},      {"line", gap.place.line}, {"column", gap.place.column}};
}

std::string junit_case(const SegmentTestRun& run, const SegmentTestOutcome& outcome) {
    const auto head = fmt::format("    <testcase name=\"{}\" classname=\"{}.{}\" file=\"{}\" line=\"{}\"",
                                  escaped(outcome.name), escaped(run.book->definitions.workspace.name),
                                  escaped(outcome.segment.text), escaped(outcome.place.file), outcome.place.line);
    if (outcome.has_passed()) return head + "/>\n";
    std::string text;
    for (const auto& failure : outcome.failures) text += failure_text(failure);
    return fmt::format("{}>\n      <failure message=\"{}\" type=\"expectation\">{}</failure>\n    </testcase>\n", head,
                       escaped(outcome.failures.front().message), escaped(text));
}

// For an attribute or a text of XML 1.0, which has no control characters.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '&': result += "&amp;"; break;
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            case '"': result += "&quot;"; break;
            default:
                const bool is_allowed = static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t';
                result += is_allowed ? c : ' ';
        }
    }
    return result;
}

}  // namespace
}  // namespace segmentd::daemon
