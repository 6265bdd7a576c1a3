#include "daemon/serve/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>

#include "daemon/serve/admin_token.hpp"
#include "daemon/serve/destinations.hpp"
#include "daemon/serve/listening.hpp"
#include "daemon/serve/operation.hpp"
#include "daemon/settings/secrets.hpp"
#include "daemon/settings/workspace_files.hpp"
#include "daemon/store/files.hpp"
#include "daemon/telemetry/log.hpp"

namespace segmentd::daemon {
namespace {

constexpr auto drain_deadline = std::chrono::seconds(5);
constexpr auto keep_interval = std::chrono::minutes(1);
constexpr auto longest_turn = std::chrono::seconds(30);

std::filesystem::path clock_file(const Settings& settings) {
    return std::filesystem::path(settings.data) / "clock";
}

// A store that failed must not go on: nobody may be told that something is durable when it is not.
void end_after_failure(const Error& error) {
    log_error("store", "a commit failed; the process ends", LogField("error", to_text(error)));
    std::_Exit(1);
}

bool is_loopback(const std::string& address) {
    return address.starts_with("127.") || address == "::1";
}

// Where clients of this machine find what listens there; the port is the one that was taken.
std::string url_of(const std::string& listen, std::uint16_t port, bool is_secure) {
    return fmt::format("{}://{}:{}", is_secure ? "https" : "http", listen.substr(0, listen.rfind(':')), port);
}

Record delivery_record(const DeliveryRecord& delivery, const Outgoing& event, const Host& host) {
    Record record;
    record.received_at = host.wall_now();
    record.occurred_at = host.engine_now();
    record.actor = "system";
    record.customer = event.customer;
    record.payload = delivery;
    return record;
}

tl::expected<Folder, std::vector<Error>> read_folder(const std::string& workspace) {
    auto files = read_workspace_files(workspace);
    if (!files) return tl::unexpected(std::vector<Error>{std::move(files).error()});
    auto book = compile_workspace(*files);
    if (!book) return tl::unexpected(std::move(book).error());
    return Folder{std::move(*files), std::move(*book)};
}

void warn_of_other_folder(const tl::expected<Folder, std::vector<Error>>& folder, const rules::Rulebook& in_force) {
    const auto& version = in_force.definitions.version;
    if (!folder) {
        for (const auto& error : folder.error()) {
            log_warning("rules", "the folder could not be applied; the definitions in force stay",
                        LogField("error", to_text(error)), LogField("in_force", version));
        }
        return;
    }
    const auto& other = folder->book->definitions.version;
    if (other == version) return;
    log_warning("rules", "the folder differs from the definitions in force, which stay", LogField("folder", other),
                LogField("in_force", version), LogField("way_out", "segmentctl plan, then apply"));
}

}  // namespace

tl::expected<std::unique_ptr<Service>, std::vector<Error>> Service::start(const Settings& settings) {
    const auto one = [](Error error) { return tl::unexpected(std::vector<Error>{std::move(error)}); };
    std::unique_ptr<Service> service(new Service(settings));
    const auto folder = read_folder(settings.workspace);
    const bool may_be_in_force = service->only_plans() && Store::exists(settings.data);
    if (!folder && !may_be_in_force) return tl::unexpected(folder.error());
    auto store = Store::open(settings.data, Store::Mode::writer);
    if (!store) return one(std::move(store).error());
    const auto tokens = store->tokens();
    if (!tokens) return one(tokens.error());
    if (is_open_to_others(settings.data)) {
        log_warning("store", "others than its owner can look into the data folder",
                    LogField("way_out", "chmod 700 " + settings.data));
    }
    const auto listen = parse_listen(settings.listen);
    if (!listen) return one(listen.error());
    if (auto errors = service->open_host(std::move(*store), folder); !errors.empty()) return tl::unexpected(errors);
    if (auto done = service->make_context(*tokens); !done) return one(done.error());
    if (auto done = service->open_servers(); !done) return one(done.error());
    return service;
}

Service::~Service() {
    stop();
}

std::vector<Error> Service::open_host(Store store, const ReadFolder& folder) {
    auto host = Host::open(std::move(store), host_settings());
    if (!host) return {std::move(host).error()};
    const bool keeps = only_plans() && (*host)->book() != nullptr;
    if (!keeps && !folder) return folder.error();
    if (keeps) warn_of_other_folder(folder, *(*host)->book());
    const auto book = keeps ? (*host)->book() : folder->book;
    auto destinations = destinations_of(settings_, *book);
    if (!destinations) return {std::move(destinations).error()};
    warn_of_endpoints(settings_, *book, *destinations);
    host_ = std::move(*host);
    deliveries_ = std::make_unique<Deliveries>(delivery_hooks());
    deliveries_->configure(std::move(*destinations));
    if (auto started = host_->start(keeps ? decltype(folder->files)() : folder->files); !started)
        return {std::move(started).error()};
    return {};
}

HostSettings Service::host_settings() {
    HostSettings host;
    host.most_waiting = static_cast<std::size_t>(settings_.ingest_queue);
    host.max_clock_step = settings_.clock_max_step;
    host.clock_anchor = parse_clock_anchor(read_file(clock_file(settings_)).value_or(std::string()));
    host.on_past = [this](const EndpointId& endpoint, const EndpointTally& tally) { go_on(endpoint, tally); };
    host.on_event = [this](const Outbox::Waiting& waiting) { deliver(waiting); };
    host.on_stop = [this](const EndpointId& endpoint, EndpointStop stop) { deliveries_->set_stop(endpoint, stop); };
    host.on_definitions = [this] { take_definitions(); };
    host.watch = watch_commits(metrics_);
    host.watch.on_failure = end_after_failure;
    return host;
}

DeliveryHooks Service::delivery_hooks() {
    return {.on_result = [this](const Outgoing& event, const DeliveryRecord& record) { note_delivery(event, record); },
            .on_room = [this](const EndpointId& endpoint) { host_->hand_out(endpoint); }};
}

// The fold counts in engine time.
void Service::go_on(const EndpointId& endpoint, const EndpointTally& tally) {
    using std::chrono::floor, std::chrono::milliseconds;
    const auto now = host_->engine_now();
    deliveries_->go_on(
        endpoint, {tally.faults_in_a_row, floor<milliseconds>(tally.last_attempt - tally.faulty_since),
                   floor<milliseconds>(now - tally.last_attempt), floor<milliseconds>(tally.leave_alone_until - now)});
}

void Service::deliver(const Outbox::Waiting& waiting) {
    Duration wait{};
    if (waiting.attempts > 0) wait = waiting.last_attempt + waiting.wait - host_->engine_now();
    deliveries_->deliver(waiting.event, waiting.attempts, wait);
}

void Service::note_delivery(const Outgoing& event, const DeliveryRecord& delivery) {
    count_delivery(metrics_, delivery.outcome);
    const auto settle = [this, endpoint = event.endpoint, id = event.id] { deliveries_->settle(endpoint, id); };
    const bool is_last = delivery.outcome != DeliveryOutcome::failed;
    Intake intake;
    intake.is_our_own = true;
    intake.records.push_back(delivery_record(delivery, event, *host_));
    if (is_last) intake.done = [settle](const IntakeOutcome&) { settle(); };
    if (host_->offer(std::move(intake))) return;
    log_warning("activation", "a delivery could not be noted and may be repeated", LogField("event", event.id));
    if (is_last) settle();
}

Result<void> Service::make_context(const std::vector<StoredToken>& tokens) {
    TRY(secret, admin_token(settings_.data));
    TrackingLimits limits;
    limits.event_bytes = static_cast<std::size_t>(settings_.ingest_event_bytes);
    limits.batch_bytes = static_cast<std::size_t>(settings_.ingest_batch_bytes);
    limits.batch_events = static_cast<std::size_t>(settings_.ingest_batch_events);
    const auto name = host_->book()->definitions.workspace.name;
    context_.reset(
        new ServeContext{*host_, metrics_, TokenBook(secret, tokens), name, limits, *deliveries_, has_tls(settings_)});
    return {};
}

Result<void> Service::open_servers() {
    TRY(server, open_server(Listener::main, settings_.listen));
    server_ = std::move(server);
    url_ = url_of(settings_.listen, server_->port(), has_tls(settings_));
    if (!settings_.ingest_listen.empty()) {
        TRY(ingest_server, open_server(Listener::ingest, settings_.ingest_listen));
        ingest_server_ = std::move(ingest_server);
        ingest_url_ = url_of(settings_.ingest_listen, ingest_server_->port(), has_tls(settings_));
    }
    host_->commits().query([urls = url_ + '\n' + ingest_url_](Store& store) { (void)store.announce(urls); });
    return {};
}

Result<std::unique_ptr<HttpServer>> Service::open_server(Listener listener, const std::string& address) {
    TRY(server, server_settings(settings_, address));
    if (!is_loopback(server.address) && !has_tls(settings_)) {
        log_warning("net", "tokens travel in the clear beyond this machine; set tls, or put a proxy before it",
                    LogField("listen", address));
    }
    if (!server.tls.key.empty() && is_open_to_others(server.tls.key)) {
        log_warning("net", "others than its owner may read the TLS key", LogField("file", server.tls.key));
    }
    return HttpServer::start(server, [this, listener](HttpRequest request, Respond respond) {
        handle_request(*context_, listener, std::move(request), std::move(respond));
    });
}

std::future<std::vector<Error>> Service::reload(const Settings& fresh) {
    {
        const std::lock_guard lock(endpoints_mutex_);
        settings_.endpoints = fresh.endpoints;
        settings_.secrets = fresh.secrets;
        settings_.deliveries_allow_private = fresh.deliveries_allow_private;
        settings_.deliveries_hosts = fresh.deliveries_hosts;
    }
    const auto answer = std::make_shared<std::promise<std::vector<Error>>>();
    auto refused = answer->get_future();
    reload_workspace(reload_tls(), [answer](std::vector<Error> errors) { answer->set_value(std::move(errors)); });
    return refused;
}

std::vector<Error> Service::reload_tls() {
    for (auto* server : {server_.get(), ingest_server_.get()}) {
        if (server == nullptr) continue;
        if (auto done = server->reload_tls(); !done) return {std::move(done).error()};
    }
    return {};
}

void Service::reload_workspace(std::vector<Error> errors, Refused done) {
    const auto configured = configure_deliveries();
    const auto folder = read_folder(settings_.workspace);
    const auto in_force = host_->book();
    if (only_plans()) warn_of_other_folder(folder, *in_force);
    const bool is_other = folder && folder->book->definitions.version != in_force->definitions.version;
    if (is_other && !only_plans()) {
        // Trouble that the settings have with the folder alone is the folder's.
        auto fits = destinations_of(settings_, *folder->book);
        if (!configured || fits) return put_in_force(folder->files, std::move(errors), std::move(done));
        errors.push_back(std::move(fits).error());
        return done(std::move(errors));
    }
    if (configured)
        tell_what_is_in_force(*configured);
    else
        errors.push_back(configured.error());
    if (!folder && !only_plans()) std::ranges::copy(folder.error(), std::back_inserter(errors));
    done(std::move(errors));
}

void Service::put_in_force(std::map<std::string, std::string> files, std::vector<Error> errors, Refused done) {
    const auto answer = [errors, done](const Result<std::string>& version) {
        auto all = errors;
        if (!version) all.push_back(version.error());
        done(std::move(all));
    };
    if (auto taken = host_->reload(std::move(files), answer); !taken) answer(fail(std::move(taken).error()));
}

void Service::take_definitions() {
    const auto configured = configure_deliveries();
    if (configured) return tell_what_is_in_force(*configured);
    log_error("activation", "endpoints stay as they were", LogField("error", to_text(configured.error())));
}

Result<Destinations> Service::configure_deliveries() {
    const std::lock_guard lock(endpoints_mutex_);
    TRY(destinations, destinations_of(settings_, *host_->book()));
    deliveries_->configure(destinations);
    return destinations;
}

void Service::tell_what_is_in_force(const Destinations& destinations) {
    const std::lock_guard lock(endpoints_mutex_);
    const auto book = host_->book();
    warn_of_endpoints(settings_, *book, destinations);
    log_info("rules", "definitions in force", LogField("version", book->definitions.version));
}

bool Service::tend() {
    const auto now = std::chrono::steady_clock::now();
    if (now - kept_at_ >= keep_interval) {
        kept_at_ = now;
        sign_head();
        keep_clock();
    }
    metrics_.gauge({"segmentd_deliveries_waiting", "Events that wait for their next attempt."}, {})
        .set(static_cast<double>(deliveries_->waiting()));
    return host_->since_last_turn() < longest_turn;
}

// What the next start of this boot holds the wall clock against.
void Service::keep_clock() {
    const auto text = to_line(clock_anchor_at(host_->wall_now()));
    if (auto kept = write_secret_file(clock_file(settings_), text); !kept) {
        log_warning("host", "the clock could not be noted", LogField("error", to_text(kept.error())));
    }
}

void Service::sign_head() {
    host_->commits().query([this](Store& store) {
        if (store.tree_head().size == signed_size_) return;
        if (const auto head = store.sign_head(); !head) {
            log_error("store", "the tree head could not be signed", LogField("error", to_text(head.error())));
        } else {
            signed_size_ = head->head.size;
        }
    });
}

void Service::stop() {
    if (stopped_) return;
    stopped_ = true;
    if (ingest_server_) ingest_server_->stop(drain_deadline);
    if (server_) server_->stop(drain_deadline);
    if (deliveries_) deliveries_->stop(drain_deadline);
    if (!host_) return;
    host_->stop_intake();
    sign_head();
    keep_clock();
    host_->stop();
}

}  // namespace segmentd::daemon
