#include "daemon/settings/settings_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace segmentd::daemon {
namespace {

// How values of one type are written.
template <typename T>
struct Form {
    std::string words;
    std::function<Result<T>(std::string_view)> read;
    std::function<std::string(const T&)> write;
};

struct KeyText {
    const char* key;
    const char* doc;
    const char* example = "";
};

Form<std::string> path();
Form<std::string> address();
Form<std::string> text(const char* words);
Form<std::string> one_of(std::vector<std::string> words);
Form<std::int64_t> number_between(std::int64_t least, std::int64_t most);
Form<Duration> time_between(Duration least, Duration most);

template <typename T>
SettingRow row(const KeyText& key, T Settings::* member, const Form<T>& form) {
    return {key.key,
            form.words,
            form.write(Settings{}.*member),
            key.example,
            key.doc,
            [member, form](Settings& settings, const std::string&, std::string_view value) -> Result<void> {
                TRY(read, form.read(value));
                settings.*member = read;
                return {};
            }};
}

template <typename T>
SettingRow row(const KeyText& key, T EndpointSettings::* member, const Form<T>& form) {
    return {key.key,
            form.words,
            form.write(EndpointSettings{}.*member),
            key.example,
            key.doc,
            [member, form](Settings& settings, const std::string& name, std::string_view value) -> Result<void> {
                TRY(read, form.read(value));
                settings.endpoints[name].*member = read;
                return {};
            }};
}

std::vector<SettingRow> own_rows();
std::vector<SettingRow> endpoint_rows();
SettingRow secret_row();

}  // namespace

const std::vector<SettingRow>& settings_table() {
    static const std::vector<SettingRow> table = [] {
        auto rows = own_rows();
        std::ranges::move(endpoint_rows(), std::back_inserter(rows));
        return rows;
    }();
    return table;
}

namespace {

std::vector<SettingRow> own_rows() {
    constexpr std::int64_t million = 1'000'000;
    return {
        row({"listen", "Address and port of the HTTP server; port 0 takes a free one."}, &Settings::listen, address()),
        row({"workspace", "The folder of YAML files to serve.", "/etc/segmentd/workspace"}, &Settings::workspace,
            path()),
        row({"workspace_changes",
             "What a start and SIGHUP do with a folder that differs from the definitions in force: apply puts it in "
             "force, "
             "plan leaves that to segmentctl plan and apply."},
            &Settings::workspace_changes, one_of({"apply", "plan"})),
        row({"data", "The directory of the store; made where it is missing.", "/var/lib/segmentd"}, &Settings::data,
            path()),
        row({"port_file", "A file that gets the port as soon as the daemon serves.", "/run/segmentd/port"},
            &Settings::port_file, path()),
        row({"log.level", "The least important lines that are written."}, &Settings::log_level,
            one_of({"debug", "info", "warning", "error"})),
        row({"log.format", "How lines look; auto is text on a terminal and JSON elsewhere."}, &Settings::log_format,
            one_of({"auto", "text", "json"})),
        row({"ingest.listen", "A second address, that only takes events in and answers OFREP; none where left out.",
             "0.0.0.0:8687"},
            &Settings::ingest_listen, address()),
        row({"ingest.queue", "Records that may wait for the disk; beyond them clients are told to come back."},
            &Settings::ingest_queue, number_between(1'000, 10 * million)),
        row({"ingest.batch_bytes", "Bytes of one request with events, without compression."},
            &Settings::ingest_batch_bytes, number_between(1'024, 5 * million)),
        row({"ingest.event_bytes", "Bytes of one event."}, &Settings::ingest_event_bytes, number_between(256, million)),
        row({"ingest.batch_events", "Events in one request."}, &Settings::ingest_batch_events,
            number_between(1, 100'000)),
        row({"clock.max_step", "A larger step of the system's clock is held until a person confirms it."},
            &Settings::clock_max_step, time_between(std::chrono::seconds(1), Days(1))),
        row({"tls.certificate_file",
             "PEM with the certificate and its chain; both listeners then speak HTTPS only. Read again on SIGHUP.",
             "/etc/segmentd/tls/fullchain.pem"},
            &Settings::tls_certificate_file, path()),
        row({"tls.key_file", "PEM with its key; a bare name is looked up in the credentials of the service.",
             "tls_key"},
            &Settings::tls_key_file, path()),
        row({"deliveries.allow_private",
             "Ranges of addresses that endpoints' host names may lead to although they are not public.",
             "10.0.0.0/8, fd00::/8"},
            &Settings::deliveries_allow_private, text("list of address ranges")),
        row({"deliveries.hosts", "Where set, endpoints may only be https on port 443 of these hosts.",
             "crm.example.com, hooks.example.com"},
            &Settings::deliveries_hosts, text("list of host names")),
    };
}

std::vector<SettingRow> endpoint_rows() {
    using Endpoint = EndpointSettings;
    return {
        row({"endpoints.<name>.url", "Where touches and events of this endpoint of the workspace are sent.",
             "https://crm.example.com/hooks/segmentd"},
            &Endpoint::url, text("http or https URL")),
        row({"endpoints.<name>.secret", "Its signing secret; a file is the better place.", "whsec_..."},
            &Endpoint::secret, text("whsec_ or whsk_ and base64")),
        row({"endpoints.<name>.secret_file",
             "A file with the secret, readable by its owner only; a bare name is looked up in the credentials of the "
             "service.",
             "crm_secret"},
            &Endpoint::secret_file, path()),
        row({"endpoints.<name>.previous_secret",
             "The secret before it: deliveries carry a second signature until this is taken out.", "whsec_..."},
            &Endpoint::previous_secret, text("whsec_ or whsk_ and base64")),
        row({"endpoints.<name>.previous_secret_file", "A file with the secret before it, found as secret_file is.",
             "crm_secret_before"},
            &Endpoint::previous_secret_file, path()),
        row({"endpoints.<name>.timeout", "How long one attempt to deliver may take."}, &Endpoint::timeout,
            time_between(std::chrono::milliseconds(100), std::chrono::minutes(5))),
        secret_row(),
    };
}

SettingRow secret_row() {
    return {"secrets.<name>",
            path().words,
            "",
            "/etc/segmentd/crm_token",
            "The file of a secret that an endpoint names, readable by its owner only; a bare name is looked up in the "
            "credentials of the service.",
            [](Settings& settings, const std::string& name, std::string_view value) -> Result<void> {
                TRY(file, path().read(value));
                settings.secrets[name] = file;
                return {};
            }};
}

Form<std::string> path() {
    return text("path");
}

Form<std::string> address() {
    auto form = text("address:port");
    form.read = [](std::string_view value) -> Result<std::string> {
        TRY(listen, parse_listen(value));
        static_cast<void>(listen);
        return std::string(value);
    };
    return form;
}

Form<std::string> text(const char* words) {
    return {words,
            [words](std::string_view value) -> Result<std::string> {
                if (value.empty()) return fail(ErrorCode::invalid, fmt::format("is empty, must be a {}", words));
                return std::string(value);
            },
            [](const std::string& value) { return value; }};
}

Form<std::string> one_of(std::vector<std::string> words) {
    const std::string wanted = fmt::format("{}", fmt::join(words, ", "));
    return {wanted,
            [words = std::move(words), wanted](std::string_view value) -> Result<std::string> {
                if (std::ranges::find(words, value) != words.end()) return std::string(value);
                return fail(ErrorCode::invalid, fmt::format("'{}' is none of: {}", value, wanted));
            },
            [](const std::string& value) { return value; }};
}

Form<std::int64_t> number_between(std::int64_t least, std::int64_t most) {
    const std::string wanted = fmt::format("whole number from {} to {}", least, most);
    return {wanted,
            [=](std::string_view value) -> Result<std::int64_t> {
                std::int64_t number = 0;
                const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
                const bool is_whole = error == std::errc() && end == value.data() + value.size();
                if (is_whole && number >= least && number <= most) return number;
                return fail(ErrorCode::invalid, fmt::format("'{}' is no {}", value, wanted));
            },
            [](const std::int64_t& number) { return fmt::format("{}", number); }};
}

Form<Duration> time_between(Duration least, Duration most) {
    const std::string wanted = fmt::format("duration from {} to {}", to_text(least), to_text(most));
    return {wanted,
            [=](std::string_view value) -> Result<Duration> {
                const auto duration = parse_duration(value);
                if (duration && *duration >= least && *duration <= most) return *duration;
                return fail(ErrorCode::invalid, fmt::format("'{}' is no {}", value, wanted), "write 15s or 5m");
            },
            [](const Duration& duration) { return to_text(duration); }};
}

}  // namespace
}  // namespace segmentd::daemon
