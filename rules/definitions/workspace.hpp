// workspace.yaml: the company, its people, what consent is asked for, and which clock runs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/attribute.hpp"
#include "base/zone.hpp"
#include "rules/definitions/common.hpp"

namespace segmentd::rules {

struct Objective {
    std::string name;
    std::string title;
    Reference<MetricId> metric;
    std::optional<double> target;
    std::string signed_by;
};

struct Person {
    PersonId id;
    std::string name;
    std::vector<std::string> roles;  // viewer, editor, approver, auditor, admin, steward
    std::optional<Timestamp> left;   // from here on somebody else must answer
};

// The lawful basis of a purpose decides what silence means: with `consent` a customer who never
// answered is not contacted; with `legitimate_interest` they are, until they object.
enum class Basis { consent, legitimate_interest };

struct Purpose {
    PurposeId id;
    std::string title;
    Basis basis = Basis::consent;
};

// Somebody of ours who may be sent a touch to try it out; the customer is no real one.
struct Tester {
    std::string name;
    std::string customer;
};

using AttributeTypes = std::map<std::string, AttributeType>;  // by name

struct WorkspaceSettings {
    std::string name;
    std::string company;
    std::string zone = "UTC";              // IANA name
    Zone calendar;                         // its table: the days and months of the company
    Reference<std::string> customer_zone;  // the attribute that names a customer's zone
    Zones zones;                           // the tables that came with the files
    std::string currency = "EUR";
    std::vector<Objective> objectives;
    std::vector<Person> people;
    std::vector<Purpose> purposes;
    std::vector<Tester> testers;
    AttributeTypes profile;  // declared attributes of a customer
    // Of an account; nothing: the workspace knows no accounts.
    std::optional<AttributeTypes> account_profile;
    std::optional<Timestamp> clock_start;  // engine time starts here and runs at wall speed
    ExpressionText revenue;                // what a customer brought in, for reports
    ExpressionText expected_value;         // what a customer is expected to bring
};

// Whether a person of the workspace was gone at this instant. Nobody else ever left.
inline bool has_left(const WorkspaceSettings& workspace, const PersonId& id, Timestamp at) {
    for (const auto& person : workspace.people) {
        if (person.id == id) return person.left && *person.left <= at;
    }
    return false;
}

}  // namespace segmentd::rules
