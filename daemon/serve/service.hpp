// The running service: host, deliveries and HTTP server put together in the right order, and taken
// apart in the reverse one.
#pragma once

#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/activation/deliveries.hpp"
#include "daemon/host/host.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/serve/destinations.hpp"
#include "daemon/serve/routes.hpp"
#include "daemon/settings/settings.hpp"

namespace segmentd::daemon {

// A workspace folder that compiles.
struct Folder {
    std::map<std::string, std::string> files;
    std::shared_ptr<const rules::Rulebook> book;
};

class Service {
  public:
    // Checks the workspace, opens the store, folds the journal and starts to serve. What is wrong comes
    // back as everything that was found; with workspace_changes: plan a folder is only warned of where the store has
    // definitions in force.
    static tl::expected<std::unique_ptr<Service>, std::vector<Error>> start(const Settings& settings);
    ~Service();  // as stop()

    const std::string& url() const { return url_; }
    const std::string& ingest_url() const { return ingest_url_; }  // empty: no listener of its own
    std::uint16_t port() const { return server_->port(); }

    // Reads the TLS files, the secrets of the endpoints in force and the workspace folder again; of the settings, what
    // is said about endpoints counts anew. Each of them that is refused changes nothing and keeps none of the others
    // back; the errors come back, once new definitions are in force or refused: they are taken in beside, in the time
    // of a plan. One reload at a time.
    std::future<std::vector<Error>> reload(const Settings& fresh);

    // Once a minute signs the tree head where there are new records and notes the clock; tells whether the engine
    // thread still turns.
    bool tend();

    // Answers what is under way, commits what was accepted, signs the last tree head.
    void stop();

  private:
    explicit Service(const Settings& settings) : settings_(settings) {}
    using ReadFolder = tl::expected<Folder, std::vector<Error>>;
    std::vector<Error> open_host(Store store, const ReadFolder& folder);
    bool only_plans() const { return settings_.workspace_changes == "plan"; }
    HostSettings host_settings();
    DeliveryHooks delivery_hooks();
    void go_on(const EndpointId& endpoint, const EndpointTally& tally);
    void deliver(const Outbox::Waiting& waiting);
    void note_delivery(const Outgoing& event, const DeliveryRecord& delivery);
    Result<void> open_servers();
    Result<std::unique_ptr<HttpServer>> open_server(Listener listener, const std::string& address);
    Result<void> make_context(const std::vector<StoredToken>& tokens);
    std::vector<Error> reload_tls();
    using Refused = std::function<void(std::vector<Error>)>;
    void reload_workspace(std::vector<Error> errors, Refused done);
    void put_in_force(std::map<std::string, std::string> files, std::vector<Error> errors, Refused done);
    void take_definitions();
    Result<Destinations> configure_deliveries();  // for the definitions in force, as the settings stand
    void tell_what_is_in_force(const Destinations& destinations);
    void sign_head();
    void keep_clock();

    Settings settings_;
    std::mutex endpoints_mutex_;  // what settings_ says about endpoints and their secrets
    Metrics metrics_;
    std::string url_;
    std::string ingest_url_;
    std::unique_ptr<Deliveries> deliveries_;
    std::unique_ptr<Host> host_;
    std::unique_ptr<ServeContext> context_;
    std::unique_ptr<HttpServer> server_;
    std::unique_ptr<HttpServer> ingest_server_;
    std::uint64_t signed_size_ = 0;  // of the head signed last; the store thread's own
    std::chrono::steady_clock::time_point kept_at_{};
    bool stopped_ = false;
};

}  // namespace segmentd::daemon
