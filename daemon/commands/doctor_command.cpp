// segmentctl doctor: the settings, the store and the machine, looked at before somebody has to.
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <optional>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/fold_store.hpp"
#include "daemon/commands/offline.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/net/http_client.hpp"
#include "daemon/net/reachability.hpp"
#include "daemon/serve/destinations.hpp"
#include "daemon/serve/listening.hpp"
#include "daemon/settings/secrets.hpp"
#include "daemon/settings/settings.hpp"
#include "daemon/settings/workspace_files.hpp"
#include "daemon/store/store_lock.hpp"

namespace segmentd::daemon {
namespace {

namespace files = std::filesystem;
namespace json = boost::json;

constexpr auto patience = std::chrono::milliseconds(5000);
constexpr auto clock_tolerance = std::chrono::minutes(5);
constexpr double scarce_bytes = 1e9;
constexpr double no_bytes = 64e6;

// What was found, in the order of looking.
class Findings {
  public:
    void ok(std::string check, std::string detail) { add(std::move(check), "ok", std::move(detail)); }
    void warning(std::string check, std::string detail) { add(std::move(check), "warning", std::move(detail)); }
    void error(std::string check, std::string detail) {
        add(std::move(check), "error", std::move(detail));
        has_error_ = true;
    }
    void error(std::string check, const std::vector<Error>& errors) {
        for (const auto& error : errors) this->error(check, to_text(error));
    }

    const json::array& rows() const { return rows_; }
    bool has_error() const { return has_error_; }

  private:
    void add(std::string check, const char* result, std::string detail) {
        rows_.push_back({{"check", std::move(check)}, {"result", result}, {"detail", std::move(detail)}});
    }
    json::array rows_;
    bool has_error_ = false;
};

std::optional<Settings> check_settings(const CommandOptions& options, const DoctorOptions& doctor, Findings& findings);
std::shared_ptr<const rules::Rulebook> check_workspace(const Settings& settings, Findings& findings);
void check_store(const Settings& settings, Findings& findings);
void check_permissions(const files::path& data, Findings& findings);
void check_space(const files::path& data, Findings& findings);
void check_endpoints(const Settings& settings, const rules::Rulebook& book, Findings& findings);
void check_listening(const Settings& settings, const std::string& check, const std::string& address,
                     Findings& findings);

}  // namespace

int doctor_command(const CommandOptions& options, const DoctorOptions& doctor) {
    Findings findings;
    findings.ok("version", std::string("segmentctl ") + SEGMENTD_VERSION);
    if (const auto settings = check_settings(options, doctor, findings)) {
        const auto book = check_workspace(*settings, findings);
        check_store(*settings, findings);
        if (book) check_endpoints(*settings, *book, findings);
        check_listening(*settings, "listen", settings->listen, findings);
        const auto& ingest = settings->ingest_listen;
        if (!ingest.empty()) check_listening(*settings, "ingest.listen", ingest, findings);
    }
    print(findings.rows(), options.as_json);
    return findings.has_error() ? exit_wrong_input : exit_done;
}

namespace {

std::optional<Settings> check_settings(const CommandOptions& options, const DoctorOptions& doctor, Findings& findings) {
    SettingsSources sources{doctor.settings, doctor.overrides};
    if (!options.workspace.empty()) sources.overrides.push_back("workspace=" + options.workspace);
    if (!options.data.empty()) sources.overrides.push_back("data=" + options.data);
    auto loaded = load_settings(sources);
    if (!loaded) {
        findings.error("settings", loaded.error());
        return std::nullopt;
    }
    for (const auto& warning : loaded->warnings) findings.warning("settings", warning);
    const auto& settings = loaded->settings;
    findings.ok("settings", doctor.settings.empty() ? "defaults, no file was named" : doctor.settings);
    if (!settings.workspace.empty() && !settings.data.empty()) return settings;
    findings.error("settings", "they name no workspace or no data; give --workspace and --data");
    return std::nullopt;
}

// Null unless a start would leave them in force, whatever the folder holds.
std::shared_ptr<const rules::Rulebook> kept_in_force(const Settings& settings) {
    if (settings.workspace_changes != "plan" || !Store::exists(settings.data)) return nullptr;
    return Offline::definitions({}, settings.data).value_or(nullptr);
}

// The definitions that a start would serve; of others the folder is only warned.
std::shared_ptr<const rules::Rulebook> check_workspace(const Settings& settings, Findings& findings) {
    const auto kept = kept_in_force(settings);
    const auto folder = Offline::definitions(settings.workspace, {});
    if (!folder) {
        for (const auto& error : folder.error())
            kept ? findings.warning("workspace", to_text(error)) : findings.error("workspace", to_text(error));
        return kept;
    }
    const auto& version = (*folder)->definitions.version;
    if (kept && kept->definitions.version != version)
        findings.warning("workspace", fmt::format("{}, version {}; version {} is in force and stays until an apply",
                                                  settings.workspace, version, kept->definitions.version));
    else
        findings.ok("workspace", fmt::format("{}, version {}", settings.workspace, version));
    return kept ? kept : *folder;
}

// A clock that went back is seen by the last record, which was received later than now.
void check_clock(Timestamp last_received, Findings& findings) {
    const auto now = wall_now();
    const std::string text = fmt::format("it is {}, the last record came at {}", to_text(now), to_text(last_received));
    if (last_received > now + clock_tolerance)
        findings.error("clock", text + "; set the clock of this machine");
    else
        findings.ok("clock", text);
}

void check_store(const Settings& settings, Findings& findings) {
    std::error_code error;
    if (!files::exists(files::path(settings.data) / "segmentd.db", error)) {
        findings.warning("store", fmt::format("there is none in {} yet; the daemon makes it", settings.data));
        return;
    }
    check_permissions(settings.data, findings);
    check_space(settings.data, findings);
    auto store = Store::open(settings.data, Store::Mode::reader);
    if (!store) return findings.error("store", to_text(store.error()));
    const auto folded = fold_store(*store, false);
    if (!folded) return findings.error("store", to_text(folded.error()));
    findings.ok("store", fmt::format("{} records of {} customers and {} lines of the ledger, every hash and signed "
                                     "tree head verified",
                                     folded->records, folded->customers, folded->ledger_lines));
    if (folded->records > 0) check_clock(folded->received_last, findings);
}

// The folder and its secrets belong to one user, and to nobody else.
void check_permissions(const files::path& data, Findings& findings) {
    struct stat folder{};
    if (::stat(data.c_str(), &folder) != 0) return findings.error("permissions", data.string() + " cannot be read");
    const auto size_before = findings.rows().size();
    if ((folder.st_mode & 077U) != 0) {
        findings.warning("permissions", fmt::format("others can look into {0}; chmod 700 {0}", data.string()));
    }
    std::error_code error;
    for (const auto& entry : files::recursive_directory_iterator(data, error)) {
        const auto path = entry.path();
        const bool is_secret =
            path.extension() == ".key" || path.extension() == ".secret" || path.filename() == "token";
        struct stat file{};
        if (::stat(path.c_str(), &file) != 0) continue;
        if (is_open_to_others(path.string()) && !entry.is_directory(error)) {
            auto text = fmt::format("others can read {0}; chmod 600 {0}", path.string());
            is_secret ? findings.error("permissions", std::move(text))
                      : findings.warning("permissions", std::move(text));
        }
        if (file.st_uid != folder.st_uid) {
            findings.error("permissions", fmt::format("{} belongs to another user than its folder", path.string()));
        }
    }
    if (error) findings.error("permissions", fmt::format("{}: {}", data.string(), error.message()));
    if (findings.rows().size() == size_before) findings.ok("permissions", "the store and its secrets are its owner's");
}

void check_space(const files::path& data, Findings& findings) {
    struct statvfs disk{};
    if (::statvfs(data.c_str(), &disk) != 0) return findings.error("disk space", "cannot be read");
    const double free = static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
    const std::string text = fmt::format("{:.1f} GB are free for {}", free / 1e9, data.string());
    if (free < no_bytes)
        findings.error("disk space", text + "; free some");
    else if (free < scarce_bytes)
        findings.warning("disk space", text);
    else
        findings.ok("disk space", text);
}

// The address, secrets and rules that the daemon would use. It makes the secret of an endpoint that has none yet,
// which is not for a doctor: one for this check stands in its place.
Result<std::optional<Destination>> examine(Settings settings, const rules::Rulebook& book, std::size_t index) {
    const auto& name = book.definitions.endpoints[index].id.text;
    const auto kept = files::path(settings.data) / "endpoints" / (name + ".secret");
    TRY(given, endpoint_secret(settings, name, credentials_directory()));
    const auto found = settings.endpoints.find(name);
    if (!given && found != settings.endpoints.end() && !files::exists(kept))
        found->second.secret = make_webhook_secret();
    return destination_of(settings, book, index);
}

void check_endpoint(const Settings& settings, const rules::Rulebook& book, std::size_t index, Findings& findings) {
    const auto& definition = book.definitions.endpoints[index];
    const std::string check = "endpoint " + definition.id.text;
    const auto destination = examine(settings, book, index);
    if (!destination) return findings.error(check, to_text(destination.error()));
    if (!*destination) {
        const bool is_live = definition.mode == rules::EndpointMode::live;
        if (!is_live) return findings.ok(check, "in shadow, without an address");
        return findings.error(check,
                              fmt::format("is live and has no address; set endpoints.{}.url", definition.id.text));
    }
    const auto& [url, trouble, addresses] =
        std::tie((*destination)->url, (*destination)->trouble, (*destination)->addresses);
    if (!trouble.empty()) return findings.error(check, trouble);
    const HttpCall call{.url = url, .timeout = patience, .addresses = addresses, .only_connects = true};
    const auto connected = HttpClient(HttpClientSettings{}).fetch(call);
    if (!connected) return findings.error(check, fmt::format("{}: {}", host_of(url), connected.error().message));
    findings.ok(check, host_of(url) + " takes connections, and every secret is there");
}

void check_endpoints(const Settings& settings, const rules::Rulebook& book, Findings& findings) {
    const auto& endpoints = book.definitions.endpoints;
    if (const auto rules = address_rules(settings); !rules) return findings.error("settings", to_text(rules.error()));
    for (std::size_t index = 0; index < endpoints.size(); ++index) check_endpoint(settings, book, index, findings);
    for (const auto& id : endpoints_only_in_settings(settings, book)) {
        findings.warning("endpoint " + id.text, "stands in the settings and not in the workspace");
    }
}

// The daemon that holds the store's lock wrote there which ports it serves.
bool is_served_by_holder(const Settings& settings, std::uint16_t port) {
    const auto urls = StoreLock::urls_of_holder(settings.data);
    return std::ranges::any_of(urls, [&](const auto& url) { return url.ends_with(fmt::format(":{}", port)); });
}

// The daemon of this store listens there: does it take anything in? Its certificate may name another host.
void check_own_daemon(const Settings& settings, const std::string& check, const std::string& address,
                      Findings& findings) {
    const bool is_secure = has_tls(settings);
    HttpClientSettings client;
    if (is_secure) client.authorities_file = credential_path(settings.tls_certificate_file, credentials_directory());
    HttpCall call{.url = fmt::format("{}://{}/readyz", is_secure ? "https" : "http", address), .method = "GET"};
    call.timeout = patience;
    const auto answer = HttpClient(client).fetch(call);
    if (!answer && is_secure)
        return findings.ok(check, "the daemon of this store runs; its certificate does not name " + address);
    if (!answer) return findings.error(check, address + " does not answer, although the daemon of this store runs");
    if (answer->status == 200) return findings.ok(check, "the daemon of this store answers at " + address);
    findings.warning(check, fmt::format("the daemon of this store answers at {} and takes nothing in: {} {}", address,
                                        answer->status, answer->body));
}

void check_listening(const Settings& settings, const std::string& check, const std::string& address,
                     Findings& findings) {
    const auto server = server_settings(settings, address);
    if (!server) return findings.error(check, to_text(server.error()));
    if (const auto tls = check_tls_files(server->tls); !tls) return findings.error(check, to_text(tls.error()));
    const auto free = try_listening(server->address, server->port);
    if (free) return findings.ok(check, address + " is free");
    if (free.error().code != ErrorCode::conflict) return findings.error(check, to_text(free.error()));
    if (is_served_by_holder(settings, server->port)) return check_own_daemon(settings, check, address, findings);
    findings.error(check, address + " is taken by another program, and not by the daemon of this store");
}

}  // namespace
}  // namespace segmentd::daemon
