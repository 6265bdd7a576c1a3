// The customers of a population by place and by id.
//
// A customer stays where they are for as long as the table lives. The index holds places of 32 bits in a flat hash
// table and looks into the customers for their ids. A copy is independent; making one hashes every id anew.
#pragma once

#include <boost/container/deque.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "daemon/engine/population/customer.hpp"

namespace segmentd::daemon {

class CustomerTable {
  public:
    CustomerTable();
    CustomerTable(const CustomerTable& other);
    CustomerTable(CustomerTable&&) = default;
    CustomerTable& operator=(const CustomerTable& other) { return *this = CustomerTable(other); }
    CustomerTable& operator=(CustomerTable&&) = default;
    ~CustomerTable() = default;

    std::size_t size() const { return customers_->size(); }
    Customer& operator[](std::size_t place) { return (*customers_)[place]; }
    const Customer& operator[](std::size_t place) const { return (*customers_)[place]; }
    auto begin() { return customers_->begin(); }
    auto end() { return customers_->end(); }

    std::optional<std::size_t> find(std::string_view id) const;

    // The id must not be there yet.
    Customer& add(std::string_view id);

  private:
    using Blocks = boost::container::deque_options<boost::container::block_size<1024>>::type;
    using Customers = boost::container::deque<Customer, void, Blocks>;

    struct HashOfId {
        using is_transparent = void;
        using is_avalanching = void;
        const Customers* customers = nullptr;
        std::size_t operator()(std::string_view id) const;
        std::size_t operator()(std::uint32_t place) const { return (*this)((*customers)[place].id.text()); }
    };
    struct SameId {
        using is_transparent = void;
        const Customers* customers = nullptr;
        bool operator()(std::uint32_t one, std::uint32_t other) const { return one == other; }
        bool operator()(std::uint32_t place, std::string_view id) const { return (*customers)[place].id.text() == id; }
        bool operator()(std::string_view id, std::uint32_t place) const { return (*this)(place, id); }
    };

    std::unique_ptr<Customers> customers_;
    CustomerIds ids_;
    boost::unordered_flat_set<std::uint32_t, HashOfId, SameId> places_;
};

}  // namespace segmentd::daemon
