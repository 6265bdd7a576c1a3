#include <catch2/catch.hpp>

#include <string>

#include "rules/load/load.hpp"
#include "rules/load/yaml_limits.hpp"
#include "rules/load/yaml_parse.hpp"

namespace segmentd::rules {
namespace {

std::string repeated(const std::string& unit, std::size_t bytes) {
    std::string text;
    text.reserve(bytes + unit.size());
    while (text.size() < bytes) text += unit;
    return text;
}

// The only error of a workspace whose other file has these bytes.
Error error_of(const std::string& bytes) {
    const auto loaded = load_workspace({{"workspace.yaml", "workspace: shop\n"}, {"segments/x.yaml", bytes}});
    REQUIRE_FALSE(loaded.has_value());
    REQUIRE(loaded.error().size() == 1);
    return loaded.error().front();
}

std::string rule_of_raw(const std::string& bytes) {
    const auto refusal = load::refuse_raw_text(bytes);
    return refusal ? refusal->rule : "";
}

}  // namespace

TEST_CASE("ten megabytes of nesting are refused by their size") {
    for (const char* unit : {"[", "{a: ", "- ", "? ", "a:\n "}) {
        const auto error = error_of(repeated(unit, 10'000'000));

        CHECK(error.rule == "too_large");
        CHECK(error.code == ErrorCode::limit);
        CHECK(error.where.file == "segments/x.yaml");
    }
}

TEST_CASE("a megabyte of nesting of any form is refused by its depth") {
    for (const char* unit : {"[", "{", "[{", "{a: ", "a: [", "[a, ", "- ", "? ", "[\n", "- ? "}) {
        INFO(unit);
        CHECK(error_of(repeated(unit, 1'000'000)).rule == "too_deep");
    }
}

TEST_CASE("nesting that hides behind closing brackets in quotes is refused by its depth") {
    CHECK(error_of(repeated("[\"]]]]\", ", 1'000'000)).rule == "too_deep");
}

TEST_CASE("indentation of a thousand levels is refused by its depth") {
    std::string text;
    for (std::size_t level = 0; level < 1000; ++level) text += std::string(level, ' ') + "a:\n";

    CHECK(error_of(text).rule == "too_deep");
}

TEST_CASE("64 levels are read and 65 are not") {
    const auto list = [](std::size_t depth) { return std::string(depth, '[') + "x" + std::string(depth, ']'); };

    CHECK(load::parse_documents(list(64)).refusals.empty());
    CHECK(load::parse_documents(list(65)).refusals.at(0).rule == "too_deep");
}

TEST_CASE("a file has at most 100,000 values") {
    CHECK(load::parse_documents(repeated("- x\n", 4 * 99'000)).refusals.empty());
    CHECK(load::parse_documents(repeated("- x\n", 4 * 101'000)).refusals.at(0).rule == "too_many_nodes");
}

TEST_CASE("aliases count as what they stand for") {
    std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
    for (char c = 'b'; c < 'j'; ++c) {
        bomb += std::string(1, c) + ": &" + c + " [";
        for (int i = 0; i < 10; ++i) bomb += std::string(i == 0 ? "*" : ", *") + static_cast<char>(c - 1);
        bomb += "]\n";
    }

    CHECK(load::parse_documents(bomb).refusals.at(0).rule == "too_many_nodes");
}

TEST_CASE("an alias stands for a copy of its value") {
    const auto documents = load::parse_documents("a: &name [x, y]\nb: *name\n");

    REQUIRE(documents.refusals.empty());
    CHECK(documents.nodes.at(0).find("b")->items.at(1).text == "y");
}

TEST_CASE("bytes that are not UTF-8 text are refused with their line") {
    CHECK(rule_of_raw("segment: caf\xC3\xA9\n") == "");
    CHECK(rule_of_raw("a: b\nc: \xFF\n") == "not_text");
    CHECK(load::refuse_raw_text("a: b\nc: \xFF\n")->at.line == 2);
    CHECK(rule_of_raw(std::string("a: \0b", 5)) == "not_text");
    CHECK(rule_of_raw("a: \x1B[31m") == "not_text");
    CHECK(rule_of_raw("\xFF\xFEs\0e\0") == "not_text");
}

TEST_CASE("line ends of Windows and a byte order mark are read") {
    const auto documents = load::parse_documents(
        "\xEF\xBB\xBF"
        "a: b\r\nc: 'd'\r\n");

    REQUIRE(documents.refusals.empty());
    CHECK(documents.nodes.at(0).find("a")->text == "b");
    CHECK(documents.nodes.at(0).find("c")->text == "d");
    CHECK(documents.nodes.at(0).find("c")->at.column == 5);
}

TEST_CASE("a workspace has at most 16 MiB and 10,000 files") {
    WorkspaceFiles large;
    for (int i = 0; i < 17; ++i) large["data" + std::to_string(i)] = std::string(1024 * 1024, 'x');
    WorkspaceFiles many;
    for (int i = 0; i < 10'001; ++i) many["file" + std::to_string(i)] = "";

    CHECK(load_workspace(large).error().at(0).rule == "too_large");
    CHECK(load_workspace(many).error().at(0).rule == "too_many_files");
}

TEST_CASE("at most a hundred errors are given") {
    std::string text = "segment: x\nsteward: dana\nenter: 'true'\n";
    for (int i = 0; i < 500; ++i) text += "unknown_" + std::to_string(i) + ": x\n";

    const auto loaded = load_workspace({{"workspace.yaml", "workspace: shop\n"}, {"x.yaml", text}});

    CHECK(loaded.error().size() == 100);
}

}  // namespace segmentd::rules
