#include "daemon/telemetry/process_figures.hpp"

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <string>

namespace segmentd::daemon {
namespace {

constexpr int field_of_start = 22;  // of /proc/self/stat, proc(5)

double resident_bytes();
double open_files();
double started_at_seconds();

}  // namespace

ProcessFigures read_process_figures() {
    return {resident_bytes(), open_files(), started_at_seconds()};
}

namespace {

double resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::int64_t pages = 0;
    file >> pages >> pages;  // the second number
    return static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_files() {
    std::error_code error;
    std::filesystem::directory_iterator entry("/proc/self/fd", error);
    double count = 0;
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) ++count;
    return count > 0 ? count - 1 : 0;  // not the one that lists them
}

// Field 22 counts clock ticks since the boot; the program's name before it may hold spaces.
double started_at_seconds() {
    std::ifstream file("/proc/self/stat");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) return 0;
    std::istringstream fields(text.substr(name_end + 1));
    std::string skipped;
    for (int field = 3; field < field_of_start; ++field) fields >> skipped;
    double ticks = 0;
    fields >> ticks;
    std::ifstream system("/proc/stat");
    double booted_at = 0;
    for (std::string word; system >> word && word != "btime";) {
        system.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    system >> booted_at;
    return booted_at == 0 ? 0 : booted_at + ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace
}  // namespace segmentd::daemon
