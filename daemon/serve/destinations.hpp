// Where the endpoints of the workspace are reached: definitions, settings and secrets put together.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "daemon/activation/destination.hpp"
#include "daemon/net/address_rules.hpp"
#include "daemon/settings/settings.hpp"
#include "rules/rulebook/rulebook.hpp"

namespace segmentd::daemon {

// What the settings say about the addresses that may be called; invalid where a range is none, whether or not an
// endpoint has an address.
Result<std::shared_ptr<const AddressRules>> address_rules(const Settings& settings);

// One endpoint of the rulebook, by its index; nothing where the settings give it no address. A signing
// secret that is not given is made once and kept in the data folder. A secret that the endpoint names
// and that cannot be read is no error: it becomes the trouble of the destination.
Result<std::optional<Destination>> destination_of(const Settings& settings, const rules::Rulebook& book,
                                                  std::size_t index);

using Destinations = std::map<EndpointId, Destination>;

// Every endpoint that has an address. An error where the settings say something that is no secret or no range.
Result<Destinations> destinations_of(const Settings& settings, const rules::Rulebook& book);

// What the settings say about endpoints that these definitions do not have, which is no error: definitions that have
// them may come, or those that had them may come back.
std::vector<EndpointId> endpoints_only_in_settings(const Settings& settings, const rules::Rulebook& book);

// Logs these, live endpoints without an address, and the troubles of destinations.
void warn_of_endpoints(const Settings& settings, const rules::Rulebook& book, const Destinations& destinations);

}  // namespace segmentd::daemon
