// The commands of segmentctl. Each prints its answer on standard output, errors on standard error,
// and returns the exit code.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace segmentd::daemon {

// What most commands take: --workspace, --data, --url, --token, --json.
struct CommandOptions {
    std::string workspace;
    std::string data;
    std::string url;
    std::string token;
    bool as_json = false;
};

// Checks a workspace folder: {"valid", "version", "counts", "errors", "warnings"}; exit 1 where it is
// refused. Warnings are files that are overlooked and definitions in the folder of another kind.
int check_command(const std::string& workspace, bool as_json);

struct ImportOptions {
    std::string source;
    std::string file;
    std::string rejects_file;  // JSON Lines of what was refused; empty: only the ledger keeps it
};
int import_command(const CommandOptions& options, const ImportOptions& import);

struct FitOptions {
    std::string as_of;  // empty: the engine time
    bool all = false;
    std::vector<std::string> models;
};
int fit_command(const CommandOptions& options, const FitOptions& fit);

// Reports on the state at the last durable record.
int segments_command(const CommandOptions& options, const std::string& at);
int members_command(const CommandOptions& options, const std::string& segment);
int explain_command(const CommandOptions& options, const std::string& customer);
int models_command(const CommandOptions& options);
int pilots_command(const CommandOptions& options);
int reviews_command(const CommandOptions& options);
int touches_command(const CommandOptions& options, const std::string& customer);

struct RejectsOptions {
    std::int64_t limit = 100;
    bool with_payload = false;  // what was sent: it may hold personal data
};
int rejects_command(const CommandOptions& options, const RejectsOptions& rejects);

// Folds the journal anew: {"records","state_sha256","tree_head"}; with verify also every hash,
// signed tree head and recorded fact is checked.
int replay_command(const CommandOptions& options, bool verify);

// Asks a running daemon.
int status_command(const CommandOptions& options);

struct SimulateOptions {
    std::uint64_t seed = 1;
    std::string ends_at;
    std::int64_t customers = 2000;
    std::string out;
};
int simulate_command(const CommandOptions& options, const SimulateOptions& simulate);

}  // namespace segmentd::daemon
