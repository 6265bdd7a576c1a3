#include "tests/bench/server_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace segmentd::bench {
namespace {

constexpr auto longest_stop = std::chrono::seconds(10);
constexpr auto nap = std::chrono::milliseconds(5);

// In the child: becomes the program. It ends with its parent, however that one ends.
[[noreturn]] void become(const ServerCommand& command) {
    std::vector<char*> words;
    words.reserve(command.words.size() + 1);
    for (const auto& word : command.words) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    const int log = ::open(command.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::execv(words.front(), words.data());
    ::_exit(127);
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

ServerProcess::ServerProcess(const ServerCommand& command) {
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error("no process can be started");
    if (process_ == 0) become(command);
    try {
        wait_until_ready(command);
    } catch (...) {
        stop();
        throw;
    }
}

ServerProcess::~ServerProcess() {
    stop();
}

double ServerProcess::cpu_seconds() const {
    clockid_t clock = 0;
    timespec used{};
    if (::clock_getcpuclockid(process_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return 0;
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

// The second number of statm (proc(5)) counts the resident pages.
std::size_t ServerProcess::resident_bytes() const {
    std::size_t all_pages = 0, resident_pages = 0;
    std::ifstream(fmt::format("/proc/{}/statm", process_)) >> all_pages >> resident_pages;
    return resident_pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

void ServerProcess::stop() {
    if (process_ < 0) return;
    ::kill(process_, SIGTERM);
    const auto deadline = std::chrono::steady_clock::now() + longest_stop;
    while (!has_ended()) {
        if (std::chrono::steady_clock::now() > deadline) ::kill(process_, SIGKILL);
        std::this_thread::sleep_for(nap);
    }
}

void ServerProcess::wait_until_ready(const ServerCommand& command) {
    const auto deadline = std::chrono::steady_clock::now() + command.longest_start;
    while (!(std::ifstream(command.port_file) >> port_)) {
        if (has_ended() || std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error(fmt::format("{} did not start:\n{}", command.words.front(), text_of(command.log)));
        }
        std::this_thread::sleep_for(nap);
    }
}

bool ServerProcess::has_ended() {
    if (process_ >= 0 && ::waitpid(process_, nullptr, WNOHANG) == process_) process_ = -1;
    return process_ < 0;
}

}  // namespace segmentd::bench
