// Where the endpoints of the workspace are reached: definitions, settings and secrets put together.
#pragma once

#include <map>
#include <memory>
#include <optional>

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

// Every endpoint that has an address. An error where the settings name one that the workspace does not,
// or say something that is no secret or no range. Live ones without an address, and troubles, are warned of.
Result<std::map<EndpointId, Destination>> destinations_of(const Settings& settings, const rules::Rulebook& book);

}  // namespace segmentd::daemon
