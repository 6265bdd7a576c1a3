// The committed corpus of the fuzzers: what they found, and what shows them the way.
#include <catch2/catch.hpp>

#include <filesystem>
#include <iostream>

#include "tests/fuzz/inputs.hpp"
#include "tests/unit/rules/workspace_files.hpp"

namespace segmentd {
namespace {

int replay(const std::string& name, void (*input)(std::string_view)) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(tests::source_folder() / "tests/fuzz/corpus" / name)) {
        INFO(entry.path().filename().string());
        input(tests::read_text(entry.path()));
        ++count;
    }
    std::cout << "fuzz corpus of " << name << ": " << count << " replayed\n";
    return count;
}

}  // namespace

TEST_CASE("every input of the fuzz corpus is taken or refused") {
    CHECK(replay("expression", tests::try_expression) > 0);
    CHECK(replay("workspace", tests::try_workspace_file) > 0);
}

}  // namespace segmentd
