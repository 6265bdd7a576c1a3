// Every tests/configs/*.bad.yaml is one mistake, laid over the small workspace in tests/configs/base
// at the path that its first line names. The approved text beside it holds every error, one a line.
#include <catch2/catch.hpp>

#include <iostream>
#include <string>
#include <vector>

#include "rules/load/load.hpp"
#include "rules/rulebook/rulebook.hpp"
#include "tests/unit/rules/workspace_files.hpp"

namespace segmentd {
namespace {

const std::string place_mark = "# at: ";

// Everything that is wrong with a workspace.
std::vector<Error> check_files(const rules::WorkspaceFiles& files) {
    auto loaded = rules::load_workspace(files);
    if (!loaded) return loaded.error();
    const auto book = rules::build_rulebook(std::move(*loaded));
    return book ? std::vector<Error>() : book.error();
}

std::string error_lines(const std::vector<Error>& errors) {
    std::string lines;
    for (const auto& error : errors) lines += to_text(error) + "\n";
    return lines;
}

rules::WorkspaceFiles base_with(const std::string& bad_config) {
    auto files = tests::read_workspace(tests::source_folder() / "tests/configs/base");
    const auto first_line = bad_config.substr(0, bad_config.find('\n'));
    REQUIRE(first_line.starts_with(place_mark));
    files[first_line.substr(place_mark.size())] = bad_config;
    return files;
}

}  // namespace

TEST_CASE("the workspace under the bad configs has no mistake") {
    const auto files = tests::read_workspace(tests::source_folder() / "tests/configs/base");

    CHECK(error_lines(check_files(files)) == "");
}

TEST_CASE("every bad config is refused with the approved lines") {
    const auto folder = tests::source_folder() / "tests/configs";
    std::size_t read = 0;
    std::size_t passed = 0;
    for (const auto& path : tests::files_ending(folder, ".bad.yaml")) {
        ++read;
        INFO(path.filename().string());
        auto approved_path = path;
        approved_path.replace_extension(".approved.txt");

        const auto actual = error_lines(check_files(base_with(tests::read_text(path))));
        const auto approved = tests::approved_text(approved_path, actual);

        CHECK(actual == approved);
        CHECK_FALSE(actual.empty());
        if (actual == approved && !actual.empty()) ++passed;
    }
    std::cout << "bad configs: " << read << " read, " << passed << " passed\n";
    CHECK(read > 0);
    CHECK(read == passed);
}

}  // namespace segmentd
