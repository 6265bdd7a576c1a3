// segmentd: the daemon. Reads its settings, starts the service, and tends it until it is told to go.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>

#include "daemon/commands/output.hpp"
#include "daemon/serve/service.hpp"
#include "daemon/settings/settings.hpp"
#include "daemon/settings/settings_table.hpp"
#include "daemon/telemetry/log.hpp"
#include "daemon/telemetry/notify.hpp"

namespace {

namespace daemon = segmentd::daemon;

struct Arguments {
    daemon::SettingsSources sources;
    std::string workspace, data, listen, port_file;
};

void declare(CLI::App& app, Arguments& arguments) {
    app.set_version_flag("--version", std::string("segmentd ") + SEGMENTD_VERSION);
    app.add_option("--settings", arguments.sources.file, "a YAML file of settings");
    app.add_option("--set", arguments.sources.overrides, "one setting, key=value; may be repeated")
        ->allow_extra_args(false);
    app.add_option("--workspace,-w", arguments.workspace, "short for --set workspace=...");
    app.add_option("--data,-d", arguments.data, "short for --set data=...");
    app.add_option("--listen", arguments.listen, "short for --set listen=...");
    app.add_option("--port-file", arguments.port_file, "short for --set port_file=...; written when ready");
    app.footer("Settings:\n" + daemon::settings_help());
}

tl::expected<daemon::LoadedSettings, std::vector<segmentd::Error>> settings_of(const Arguments& arguments) {
    auto sources = arguments.sources;
    for (const auto& [key, value] : {std::pair{"workspace=", arguments.workspace},
                                     {"data=", arguments.data},
                                     {"listen=", arguments.listen},
                                     {"port_file=", arguments.port_file}}) {
        if (!value.empty()) sources.overrides.push_back(key + value);
    }
    auto loaded = daemon::load_settings(sources);
    const char* state_directory = std::getenv("STATE_DIRECTORY");
    const bool is_a_service = loaded && loaded->settings.data.empty() && state_directory != nullptr;
    if (is_a_service) loaded->settings.data = state_directory;
    return loaded;
}

// The signals that the main thread waits for; every other thread inherits them blocked.
sigset_t block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    return signals;
}

// A port file says that this daemon serves, so the one of an earlier run goes first, and ours at the end.
class PortFile {
  public:
    explicit PortFile(std::string path) : path_(std::move(path)) { remove(); }
    ~PortFile() { remove(); }
    PortFile(const PortFile&) = delete;
    PortFile& operator=(const PortFile&) = delete;

    bool write(std::uint16_t port) const;
    void remove() const {
        if (!path_.empty()) std::remove(path_.c_str());
    }

  private:
    std::string path_;
};

// The file appears whole or not at all: whoever sees it may connect.
bool PortFile::write(std::uint16_t port) const {
    if (path_.empty()) return true;
    const std::string temporary = path_ + ".new";
    std::ofstream out(temporary);
    out << port << '\n';
    out.close();
    return out.good() && std::rename(temporary.c_str(), path_.c_str()) == 0;
}

using Refused = std::future<std::vector<segmentd::Error>>;

Refused begin_reload(daemon::Service& service, const Arguments& arguments) {
    daemon::notify_reloading();
    const auto loaded = settings_of(arguments);
    if (loaded) return service.reload(loaded->settings);
    std::promise<std::vector<segmentd::Error>> refused;
    refused.set_value(loaded.error());
    return refused.get_future();
}

void end_reload(const daemon::Service& service, const std::vector<segmentd::Error>& errors) {
    for (const auto& error : errors) {
        daemon::log_error("rules", "what was read again is refused", daemon::LogField("error", to_text(error)));
    }
    if (!errors.empty()) daemon::log_warning("rules", "the running version stays in force");
    daemon::notify_ready("serving on " + service.url());
}

// New definitions are taken in beside: meanwhile the daemon is tended as always, and told to stop it stops.
void serve_until_told_to_stop(daemon::Service& service, const Arguments& arguments, const sigset_t& signals) {
    const timespec one_second{.tv_sec = 1, .tv_nsec = 0};
    const timespec a_moment{.tv_sec = 0, .tv_nsec = 20'000'000};
    bool wants_reload = false;
    Refused reloading;
    while (true) {
        const int signal = sigtimedwait(&signals, nullptr, reloading.valid() ? &a_moment : &one_second);
        if (signal == SIGTERM || signal == SIGINT) return;
        wants_reload = wants_reload || signal == SIGHUP;
        if (reloading.valid() && reloading.wait_for(std::chrono::seconds(0)) == std::future_status::ready)
            end_reload(service, reloading.get());
        if (wants_reload && !reloading.valid()) {
            wants_reload = false;
            reloading = begin_reload(service, arguments);
        }
        if (service.tend()) daemon::notify_watchdog();
    }
}

int run(const daemon::LoadedSettings& loaded, const Arguments& arguments, const sigset_t& signals) {
    const auto& settings = loaded.settings;
    const auto level = daemon::parse_log_level(settings.log_level);
    const auto format = daemon::parse_log_format(settings.log_format);
    if (!level) return daemon::report(level.error());
    if (!format) return daemon::report(format.error());
    daemon::start_log({*level, *format});
    for (const auto& warning : loaded.warnings) daemon::log_warning("settings", warning);
    const PortFile port_file(settings.port_file);
    auto service = daemon::Service::start(settings);
    if (!service) return daemon::report(service.error());
    if (!port_file.write((*service)->port())) {
        daemon::log_error("net", "the port file cannot be written", daemon::LogField("file", settings.port_file));
        return daemon::exit_wrong_input;
    }
    daemon::log_info("net", "serving", daemon::LogField("url", (*service)->url()));
    if (const auto& url = (*service)->ingest_url(); !url.empty()) {
        daemon::log_info("net", "taking events in", daemon::LogField("url", url));
    }
    daemon::notify_ready("serving on " + (*service)->url());
    serve_until_told_to_stop(**service, arguments, signals);
    daemon::notify_stopping();
    daemon::log_info("net", "stopping");
    port_file.remove();
    (*service)->stop();
    return daemon::exit_done;
}

}  // namespace

int main(int count, char** texts) {
    const sigset_t signals = block_signals();
    CLI::App app("segmentd: segmentation, playbooks and pilots as reviewed YAML, live");
    Arguments arguments;
    declare(app, arguments);
    try {
        app.parse(count, texts);
    } catch (const CLI::Success& shown) {
        return app.exit(shown);
    } catch (const CLI::ParseError& error) {
        app.exit(error);
        return daemon::exit_usage;
    }
    const PortFile stale(arguments.port_file);  // gone even where the settings are refused
    const auto loaded = settings_of(arguments);
    if (!loaded) return daemon::report(loaded.error());
    const auto& settings = loaded->settings;
    if (settings.workspace.empty() || settings.data.empty()) {
        fmt::print(stderr, "segmentd needs --workspace and --data (or a settings file that names them)\n");
        return daemon::exit_usage;
    }
    return run(*loaded, arguments, signals);
}
