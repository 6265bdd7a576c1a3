// Holds incoming facts against their data contracts.
//
// Only declared properties are kept (what nobody declared is not stored); a missing required
// property, a wrong type or a value outside its range refuses the whole signal with a reason.
#pragma once

#include <boost/json/fwd.hpp>
#include <map>
#include <string>
#include <string_view>

#include "base/attribute.hpp"
#include "rules/definitions/definitions.hpp"

namespace segmentd::rules {

// Why something was not taken in: a reason to count by, and a detail for people that names the property
// and the rule. It never repeats a value: details are stored in the clear.
struct Rejection {
    std::string reason;
    std::string detail;
};

// The contract that a tracker's event name stands for: its own id, or one of its `events`.
const SignalDefinition* signal_of_event(const Definitions& definitions, std::string_view event);

// From JSON (trackers, CloudEvents). Numbers may come as numbers or as decimal texts; a property's
// path may name a nested object with dots. null counts as absent.
tl::expected<Attributes, Rejection> read_properties(const SignalDefinition& signal,
                                                    const boost::json::object& properties, int currency_digits);
tl::expected<Attributes, Rejection> read_profile(const AttributeTypes& declared, const boost::json::object& traits,
                                                 int currency_digits);

// From texts by declared name (files). An empty text is absent.
tl::expected<Attributes, Rejection> read_properties(const SignalDefinition& signal,
                                                    const std::map<std::string, std::string>& texts,
                                                    int currency_digits);
tl::expected<Attributes, Rejection> read_profile(const AttributeTypes& declared,
                                                 const std::map<std::string, std::string>& texts, int currency_digits);

}  // namespace segmentd::rules
