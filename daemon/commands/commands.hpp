// The commands of segmentctl. Each prints its answer on standard output, errors on standard error,
// and returns the exit code.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace segmentd::daemon {

// What most commands take: --workspace, --data, --url, --token, --ca, --json.
struct CommandOptions {
    std::string workspace;
    std::string data;
    std::string url;
    std::string token;
    std::string authorities_file;  // PEM, for https to a certificate that the system does not know
    bool as_json = false;
};

// Checks a workspace folder: {"valid", "version", "counts", "errors", "warnings"}; exit 1 where it is
// refused. Warnings are files that are overlooked and definitions in the folder of another kind.
int check_command(const std::string& workspace, bool as_json);

// What the workspace folder would do to the store if it were applied now: the plan (planning/plan.hpp), which is kept
// beside the store under its name. Nothing is applied. As HTML it is one page (dashboard/plan_document.hpp).
int plan_command(const CommandOptions& options, bool as_html);

struct ApplyOptions {
    std::string plan;         // its name
    double tolerance = 0.01;  // see check_plan_holds()
    std::string reason;
};

// Applies the folder as it was planned; exit 1, and nothing is applied, where the folder or its impact is another now.
int apply_command(const CommandOptions& options, const ApplyOptions& apply);

struct RollbackOptions {
    std::string to;  // the version, or the beginning of its name
    std::string reason;
    bool dry_run = false;
    bool as_html = false;  // of a dry run
};

// Applies definitions that were in force before, and prints the plan that this was.
int rollback_command(const CommandOptions& options, const RollbackOptions& rollback);

// Prints the value of a CEL expression as JSON. The members of the JSON object in a file ("-": standard input; empty:
// there are none) are its variables; where none of them is called profile, the whole object is.
int eval_command(const std::string& profile_file, const std::string& text);

struct TestOptions {
    std::string junit_file;       // empty: none is written
    double required_percent = 0;  // of the answers that conditions can give
    bool as_json = false;
};
// Runs the tests of every segment of a workspace folder; exit 1 where one fails, where the workspace is refused, or
// where less is covered than required.
int test_command(const std::string& workspace, const TestOptions& options);

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

struct ValidateOptions {
    std::string segment;
    std::string from;  // a date means its start
    std::string until;
    bool dry_run = false;
};
// Holds a segment against what its members did later; records the finding unless it is a dry run. With
// --url the daemon does it.
int validate_command(const CommandOptions& options, const ValidateOptions& validate);

// The segment's success metrics week by week.
int track_command(const CommandOptions& options, const std::string& segment, std::int64_t weeks);

struct StabilityOptions {
    std::string segment;
    std::string from;
    std::string to;
    std::string refresh;
    std::int64_t resamples = 25;  // 0: the segment's models are not refitted
};

// How stable a segment is (stability/stability_report.hpp), with the bootstrap of its models (stability/bootstrap.hpp)
// where the store is at hand; a daemon does not refit for a question.
int stability_command(const CommandOptions& options, const StabilityOptions& stability);

// Reports on the state at the last durable record.
int segments_command(const CommandOptions& options, const std::string& at);

// The members now; or those that were served at a past instant, whatever came to be known later.
int members_command(const CommandOptions& options, const std::string& segment, const std::string& at);

// The brief of a segment: text for a terminal, one HTML page, or with --json one value.
int brief_command(const CommandOptions& options, const std::string& segment, bool as_html);
int explain_command(const CommandOptions& options, const std::string& customer);

struct ExplainOptions {
    std::string customer;
    std::string segment;
    std::string at;  // empty: now
};

// Why the customer is in the segment or not, what would change it first, and who applied the definitions.
int explain_segment_command(const CommandOptions& options, const ExplainOptions& explain);
int models_command(const CommandOptions& options);
int pilots_command(const CommandOptions& options);
int reviews_command(const CommandOptions& options);
int touches_command(const CommandOptions& options, const std::string& customer);

struct RejectsOptions {
    std::int64_t limit = 100;
    bool with_payload = false;  // what was sent: it may hold personal data
};
int rejects_command(const CommandOptions& options, const RejectsOptions& rejects);

// What would leave within so many hours if time went on and nobody did anything: what waits, and what timers
// bring about; of one customer where one is named.
int touches_plan_command(const CommandOptions& options, std::int64_t hours, const std::string& customer);
int pauses_command(const CommandOptions& options);
int learnings_command(const CommandOptions& options, const std::string& name);

// An order as orders.hpp knows it, into the store or, with --url, to the daemon.
int order_command(const CommandOptions& options, const std::string& order, const boost::json::object& words);

// Folds the journal anew: {"records","state_sha256","tree_head"}; with verify also every hash,
// signed tree head and recorded fact is checked.
int replay_command(const CommandOptions& options, bool verify);

// Copies a store into a folder, beside a running daemon, reads the copy, and says what it holds:
// {"records","tree_head","state_sha256","bytes","seconds"}, as does restore of what it brought back. A target
// that is not empty is refused, and appears whole or not at all.
int backup_command(const CommandOptions& options, const std::string& to);
int restore_command(const CommandOptions& options, const std::string& from);

struct DoctorOptions {
    std::string settings;                // a file; empty: defaults
    std::vector<std::string> overrides;  // "key=value"
};

// Looks at everything that a daemon needs on this machine, a line a finding; exit 1 where one is an error.
int doctor_command(const CommandOptions& options, const DoctorOptions& doctor);

struct PacketOptions {
    std::string quarter;  // "1997Q3"
    std::string out;      // does not exist, or is empty
    std::string version;  // of this program
};

// Draws the papers of a quarter from the store, also while the daemon runs; and checks such a folder: a line for
// each check, then PASS or FAIL with the first file that does not match. The key is the owner's, in hexadecimal
// digits, or empty.
int audit_packet_command(const CommandOptions& options, const PacketOptions& packet);
int audit_verify_command(const std::string& folder, const std::string& key, bool as_json);

// Asks a running daemon.
int status_command(const CommandOptions& options);

struct TokenOptions {
    std::string role;
    std::string expires_in;
    std::string name;
};

// Access tokens, in the daemon of --url or in the store of --data. `create` answers with the secret, this once.
int token_create_command(const CommandOptions& options, const TokenOptions& token);
int token_list_command(const CommandOptions& options);
int token_revoke_command(const CommandOptions& options, const std::string& id_or_name);

struct EndpointOptions {
    std::string name;
    std::string settings;                // file of settings: addresses and secrets
    std::vector<std::string> overrides;  // key=value
    std::string since;
    std::string reason;
    bool dead_only = false;
    bool dry_run = false;
};

// Endpoints with their counts; from a running daemon also their state, breaker and last error.
int endpoints_command(const CommandOptions& options, const EndpointOptions& endpoint);

// Sends one signed sample event of type endpoint.test now; exit 1 where it is not taken.
int endpoint_test_command(const CommandOptions& options, const EndpointOptions& endpoint);

// What was given up, the newest last: cause, time, attempts, customer.
int endpoint_dead_letters_command(const CommandOptions& options, const EndpointOptions& endpoint);

// Orders everything decided since then to be sent again under the same ids; prints how many. Offline it
// leaves when the daemon starts.
int endpoint_replay_command(const CommandOptions& options, const EndpointOptions& endpoint);

struct SimulateOptions {
    std::string seed = "1";  // a whole number of 64 bits
    std::string ends_at;
    std::int64_t customers = 2000;
    std::string out;
};
int simulate_command(const CommandOptions& options, const SimulateOptions& simulate);

}  // namespace segmentd::daemon
