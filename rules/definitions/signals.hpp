// signals/*.yaml: data contracts of what may come in, and sources that map files onto them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/attribute.hpp"
#include "rules/definitions/common.hpp"

namespace segmentd::rules {

struct PropertyContract {
    std::string name;
    AttributeType type = AttributeType::text;
    bool required = false;
    std::string path;  // where it stands in the event's properties; default: its own name
    std::optional<double> at_least;
    std::optional<double> at_most;
    std::vector<std::string> one_of;
};

// Only declared properties are kept; what a contract does not name is not stored.
struct SignalDefinition {
    SignalId id;
    std::string title;
    std::string channel;
    std::string owner;
    std::vector<std::string> events;  // names used by trackers, for example "Order Completed"
    std::vector<PropertyContract> properties;
    SourcePlace place;
};

// What one row of a source becomes. Every text is CEL over `row`, whose fields are texts.
struct SourceEmission {
    std::optional<Reference<SignalId>> signal;     // a signal, or
    bool profile = false;                          // profile attributes, or
    std::optional<Reference<PilotId>> assignment;  // an imported assignment to an arm
    ExpressionText account;                        // the account of the row's customer, and its attributes
    Condition when;                                // the row is used only where it holds
    ExpressionText occurred_at;                    // default: the source's
    ExpressionText arm;                            // of an assignment
    std::map<std::string, ExpressionText> values;  // property or attribute name -> CEL
    std::map<std::string, bool> consent;           // purpose -> granted, with any emission
    SourcePlace place;
};

enum class SourceFormat { csv, json_lines };

struct SourceDefinition {
    SourceId id;
    std::string title;
    std::string owner;
    SourceFormat format = SourceFormat::csv;
    std::vector<std::string> columns;  // required columns of the header
    ExpressionText customer;
    ExpressionText occurred_at;
    std::vector<SourceEmission> emit;
    SourcePlace place;
};

}  // namespace segmentd::rules
