#include "tests/bench/segmentd_command.hpp"

#include "daemon/store/files.hpp"
#include "tests/bench/benchmark_run.hpp"

namespace segmentd::bench {

ServerCommand segmentd_command(const std::filesystem::path& folder, const std::vector<std::string>& settings) {
    ServerCommand command;
    const auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "segmentd";
    command.port_file = folder / "port";
    command.log = folder / "log";
    command.words = {program,       "--workspace", folder / "workspace", "--data", folder / "data",    "--listen",
                     "127.0.0.1:0", "--port-file", command.port_file,    "--set",  "log.level=warning"};
    for (const auto& setting : settings) command.words.insert(command.words.end(), {"--set", setting});
    return command;
}

std::string access_token(const std::filesystem::path& folder) {
    auto token = must(daemon::read_file(folder / "data" / "token"));
    token.erase(token.find_last_not_of('\n') + 1);
    return token;
}

}  // namespace segmentd::bench
