// The settings of one daemon on one machine: where it listens, where its files lie, how much it takes
// at a time. What the company believes about its customers stands in the workspace instead.
//
// They come from a YAML file and from `key=value` on the command line, which counts more. Keys are
// nested or joined by full stops: `log: {level: debug}` and `log.level: debug` are the same, as are
// `[a, b]` and `a, b`. The one table behind all of this is in settings_table.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/result.hpp"
#include "base/timestamp.hpp"

namespace segmentd::daemon {

// Address and secret of a system that receives; its other properties stand in the workspace.
struct EndpointSettings {
    std::string url;
    std::string secret;           // whsec_...; better in a file
    std::string secret_file;      // see secrets.hpp
    std::string previous_secret;  // while receivers change over; as those two
    std::string previous_secret_file;
    Duration timeout = std::chrono::seconds(15);
    bool operator==(const EndpointSettings&) const = default;
};

struct Settings {
    std::string listen = "127.0.0.1:8686";
    std::string workspace;  // these three: paths, from the working directory where relative
    std::string data;
    std::string port_file;
    std::string workspace_changes = "apply";  // or "plan"
    std::string log_level = "info";
    std::string log_format = "auto";
    std::string ingest_listen;                  // empty: no listener of its own
    std::int64_t ingest_queue = 200'000;        // records that wait for the disk, at most
    std::int64_t ingest_batch_bytes = 512'000;  // of one request
    std::int64_t ingest_event_bytes = 32'768;
    std::int64_t ingest_batch_events = 2'500;
    Duration clock_max_step = std::chrono::minutes(5);
    std::string tls_certificate_file;  // these two: see credential_path() in secrets.hpp
    std::string tls_key_file;
    std::string deliveries_allow_private;               // ranges parted by commas
    std::string deliveries_hosts;                       // names parted by commas; empty: any host
    std::map<std::string, EndpointSettings> endpoints;  // by the names in the workspace
    std::map<std::string, std::string> secrets;         // by the names in endpoints: a file, see secrets.hpp
    bool operator==(const Settings&) const = default;
};

struct ListenAddress {
    std::string address;  // a number; "localhost" has become 127.0.0.1
    std::uint16_t port = 0;
};

// Reads "127.0.0.1:8686", "[::1]:8686" or "localhost:0"; port 0 stands for a free one.
Result<ListenAddress> parse_listen(std::string_view text);

// Changes one setting. An unknown key names the nearest known one; a wrong value says what is wanted.
Result<void> set_setting(Settings& settings, std::string_view key, std::string_view value);

// Changes what the YAML text says, and gives everything that is wrong with it, by line. The file is
// only named, not read. Where there is an error, the settings are not to be used.
std::vector<Error> apply_settings(Settings& settings, const std::string& file, std::string_view bytes);

struct SettingsSources {
    std::string file;                    // empty: none
    std::vector<std::string> overrides;  // "key=value", in order
};

struct LoadedSettings {
    Settings settings;
    std::vector<std::string> warnings;  // sentences for the log: secrets that others can read
};

// Defaults, then the file (at most 1 MiB), then the overrides.
tl::expected<LoadedSettings, std::vector<Error>> load_settings(const SettingsSources& sources);

}  // namespace segmentd::daemon
