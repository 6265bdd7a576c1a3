#include "daemon/serve/destinations.hpp"

#include <fmt/format.h>

#include <sstream>

#include "daemon/net/base64.hpp"
#include "daemon/serve/admin_token.hpp"
#include "daemon/settings/secrets.hpp"
#include "daemon/telemetry/log.hpp"

namespace segmentd::daemon {
namespace {

Result<std::vector<WebhookKey>> signing_keys(const Settings& settings, const std::string& endpoint);
void authenticate(Destination& destination, const rules::EndpointAuthentication& wanted, const Settings& settings);
std::string secret_or_trouble(Destination& destination, const std::string& name, const Settings& settings);

}  // namespace

Result<std::optional<Destination>> destination_of(const Settings& settings, const rules::Rulebook& book,
                                                  std::size_t index) {
    const auto& definition = book.definitions.endpoints[index];
    const auto found = settings.endpoints.find(definition.id.text);
    if (found == settings.endpoints.end() || found->second.url.empty()) return std::optional<Destination>();
    TRY(rules, address_rules(settings));
    TRY(keys, signing_keys(settings, definition.id.text));
    Destination destination;
    destination.url = found->second.url;
    destination.source = "/segmentd/" + book.definitions.workspace.name;
    destination.keys = keys;
    destination.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(found->second.timeout);
    destination.body = book.bodies[index];
    if (!definition.body.empty()) {
        destination.content_type = definition.content_type.empty() ? "application/json" : definition.content_type;
    }
    destination.headers.assign(definition.headers.begin(), definition.headers.end());
    destination.rate_limit = definition.rate_limit;
    destination.concurrency = static_cast<std::size_t>(definition.concurrency);
    destination.addresses = rules;
    authenticate(destination, definition.authentication, settings);
    return std::optional(std::move(destination));
}

Result<Destinations> destinations_of(const Settings& settings, const rules::Rulebook& book) {
    if (auto rules = address_rules(settings); !rules) return fail(std::move(rules).error());
    const auto& endpoints = book.definitions.endpoints;
    Destinations destinations;
    for (std::size_t index = 0; index < endpoints.size(); ++index) {
        TRY(destination, destination_of(settings, book, index));
        if (destination) destinations.emplace(endpoints[index].id, std::move(*destination));
    }
    return destinations;
}

std::vector<EndpointId> endpoints_only_in_settings(const Settings& settings, const rules::Rulebook& book) {
    std::vector<EndpointId> missing;
    for (const auto& [name, endpoint] : settings.endpoints) {
        EndpointId id(name);
        if (rules::find(book.definitions.endpoints, id) == nullptr) missing.push_back(std::move(id));
    }
    return missing;
}

void warn_of_endpoints(const Settings& settings, const rules::Rulebook& book, const Destinations& destinations) {
    for (const auto& id : endpoints_only_in_settings(settings, book)) {
        log_warning("activation", "an endpoint stands in the settings and in no definition",
                    LogField("endpoint", id.text), LogField("setting", "endpoints." + id.text));
    }
    for (const auto& endpoint : book.definitions.endpoints) {
        const auto& name = endpoint.id.text;
        const auto found = destinations.find(endpoint.id);
        if (found == destinations.end() && endpoint.mode == rules::EndpointMode::live) {
            log_warning("activation", "a live endpoint has no address; its touches wait", LogField("endpoint", name),
                        LogField("setting", "endpoints." + name + ".url"));
        }
        if (found != destinations.end() && !found->second.trouble.empty()) {
            log_error("activation", "nothing can be sent to an endpoint", LogField("endpoint", name),
                      LogField("reason", found->second.trouble));
        }
    }
}

Result<std::shared_ptr<const AddressRules>> address_rules(const Settings& settings) {
    auto ranges = parse_address_ranges(settings.deliveries_allow_private);
    if (!ranges) {
        auto error = std::move(ranges).error();
        error.message = "deliveries.allow_private: " + error.message;
        return fail(std::move(error));
    }
    AddressRules rules;
    rules.allowed = std::move(*ranges);
    rules.trusts_numbers = true;
    std::istringstream hosts(settings.deliveries_hosts);
    for (std::string host; std::getline(hosts >> std::ws, host, ',');) rules.hosts.push_back(host);
    return std::make_shared<const AddressRules>(std::move(rules));
}

namespace {

// The current one, and the previous one where a rotation is under way.
Result<std::vector<WebhookKey>> signing_keys(const Settings& settings, const std::string& endpoint) {
    TRY(given, endpoint_secret(settings, endpoint, credentials_directory()));
    if (!given) {
        if (settings.data.empty()) {
            return fail(ErrorCode::not_found, fmt::format("endpoint {} has no signing secret", endpoint),
                        "name the data folder, or set endpoints." + endpoint + ".secret_file");
        }
        TRY(kept, kept_webhook_secret(settings.data, endpoint));
        given = kept;
    }
    TRY(key, parse_webhook_key(*given));
    std::vector<WebhookKey> keys{key};
    TRY(previous, previous_endpoint_secret(settings, endpoint, credentials_directory()));
    if (previous) {
        TRY(previous_key, parse_webhook_key(*previous));
        keys.push_back(previous_key);
    }
    return keys;
}

void authenticate(Destination& destination, const rules::EndpointAuthentication& wanted, const Settings& settings) {
    if (!wanted.bearer.empty()) {
        destination.headers.emplace_back("authorization",
                                         "Bearer " + secret_or_trouble(destination, wanted.bearer, settings));
    }
    if (wanted.basic) {
        const auto password = secret_or_trouble(destination, wanted.basic->password, settings);
        destination.headers.emplace_back("authorization", "Basic " + to_base64(wanted.basic->user + ":" + password));
    }
    if (wanted.hmac) {
        const auto& hmac = *wanted.hmac;
        destination.signer =
            BodySigner{hmac.header, secret_or_trouble(destination, hmac.secret, settings), hmac.encoding, hmac.prefix};
    }
}

std::string secret_or_trouble(Destination& destination, const std::string& name, const Settings& settings) {
    auto secret = named_secret(settings, name, credentials_directory());
    if (secret) return std::move(*secret);
    destination.trouble = to_text(secret.error());
    return {};
}

}  // namespace
}  // namespace segmentd::daemon
