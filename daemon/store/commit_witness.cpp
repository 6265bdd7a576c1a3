#include "daemon/store/commit_witness.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <string>

#include "base/sha256.hpp"

namespace segmentd::daemon {
namespace {

constexpr int most_readings = 3;  // one may fall into the middle of a note

std::string line_of(std::uint64_t records);

}  // namespace

Result<std::uint64_t> CommitWitness::records() const {
    for (int reading = 0; reading < most_readings; ++reading) {
        const auto line = read_file(path_);
        if (!line && line.error().code != ErrorCode::not_found) return fail(line.error());
        if (!line || line->empty()) return 0;
        std::uint64_t records = 0;
        std::from_chars(line->data(), line->data() + line->size(), records);
        if (*line == line_of(records)) return records;
    }
    return fail(ErrorCode::corrupt, fmt::format("{} does not say how many records were committed", path_.string()),
                "restore it from a backup");
}

void CommitWitness::note(std::uint64_t records) {
    if (!file_) {
        auto opened = FileHandle::open(path_, O_WRONLY | O_CREAT, 0600);
        if (!opened) return;
        file_ = std::move(*opened);
    }
    const auto line = line_of(records);
    [[maybe_unused]] const auto written = ::pwrite(file_->number(), line.data(), line.size(), 0);
}

namespace {

// Always as long, so that one write replaces it; the digits are told from damaged ones by a part of their hash.
std::string line_of(std::uint64_t records) {
    const auto digits = fmt::format("{:020}", records);
    return fmt::format("{} {}\n", digits, to_hex(sha256(digits)).substr(0, 16));
}

}  // namespace
}  // namespace segmentd::daemon
