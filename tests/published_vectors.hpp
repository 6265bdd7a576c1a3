// Published vectors, read in place: from the folder that SEGMENTD_VECTORS names, else from the one beside the
// project. Where they are not, the runner says so and its own cases remain.
#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>

namespace segmentd::tests {

// The file as it is; nothing, and a line that says so, where it is not there.
inline std::optional<std::string> read_vectors(const std::string& name) {
    const char* set = std::getenv("SEGMENTD_VECTORS");
    const std::filesystem::path folder =
        set != nullptr && *set != '\0' ? set : std::filesystem::path(SEGMENTD_SOURCE_DIR) / ".." / "shared" / "vectors";
    std::ifstream file(folder / name);
    if (!file) {
        std::cout << "skipped: " << name << " is not there (set SEGMENTD_VECTORS)\n";
        return std::nullopt;
    }
    return std::string(std::istreambuf_iterator<char>(file), {});
}

// Cases read and passed; those that did not pass are named.
struct Tally {
    int read = 0;
    int passed = 0;

    void count(bool pass, const std::string& name) {
        ++read;
        passed += pass ? 1 : 0;
        if (!pass) std::cout << "not as published: " << name << '\n';
    }
};

inline void report(const std::string& name, const Tally& tally) {
    std::cout << name << ": " << tally.read << " read, " << tally.passed << " passed\n";
    CHECK(tally.read > 0);
    CHECK(tally.passed == tally.read);
}

}  // namespace segmentd::tests
