// The profile attributes of all customers of a population, in typed columns.
//
// An attribute is given back exactly as it came, its type included: one that came in two types has two columns, and
// each customer has it in one of them at most. A column takes as few bytes a customer as its values need
// (rules/columns); customers who came after the last value of a column take none.
//
// Customers are known by their place. A copy is independent. Any thread may read while none writes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/attribute.hpp"
#include "rules/columns/column.hpp"

namespace segmentd::daemon {

class ProfileColumns {
  public:
    // A number for the attribute that stays; asking makes it known.
    std::size_t number_of(std::string_view name);

    void set(std::uint32_t customer, std::string_view name, const Attribute& value);

    // As conditions read it; missing where the customer does not have it.
    rules::expression::Value value(std::size_t number, std::uint32_t customer, int currency_digits) const;

    // Everything that is known of the customer.
    Attributes of(std::uint32_t customer) const;

  private:
    struct TypedColumn {
        AttributeType type{};
        rules::Column values;
    };
    using Columns = std::vector<TypedColumn>;  // of one attribute, by the order in which its types came

    static const TypedColumn* find(const Columns& columns, std::uint32_t customer);
    static TypedColumn& column_of(Columns& columns, AttributeType type);

    std::vector<Columns> columns_;  // by number
    std::map<std::string, std::size_t, std::less<>> numbers_;
};

}  // namespace segmentd::daemon
