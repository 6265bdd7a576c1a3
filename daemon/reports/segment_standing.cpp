#include "daemon/reports/segment_standing.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "daemon/engine/memberships/memberships.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

json::object segment_standing(const Population& population, const Customer& customer, std::size_t segment,
                              const Row& row) {
    const auto& book = population.book();
    const auto& definitions = book.definitions.segments;
    const auto& compiled = book.segments[segment];
    const auto first = customer.memberships.has(segment) ? std::nullopt : kept_out_by(book, segment, row);
    json::object standing{{"family", definitions[segment].family.text},
                          {"kept_out_by", first ? json::value(definitions[*first].id.text) : json::value()},
                          {"errors", json::array()}};
    if (std::ranges::count(customer.rest->undecided, segment) == 0) return standing;
    json::array errors;
    const auto& condition = customer.memberships.has(segment) ? compiled.stay : compiled.enter;
    for (const auto& line : undecided_lines(book, condition, row)) {
        errors.push_back({{"condition", line.condition},
                          {"unknown", json::array(line.unknown_inputs.begin(), line.unknown_inputs.end())}});
    }
    standing["errors"] = std::move(errors);
    return standing;
}

}  // namespace segmentd::daemon
