#include "daemon/engine/population/customer_table.hpp"

#include "base/sha256.hpp"
#include "base/stable_hash.hpp"

namespace segmentd::daemon {

CustomerTable::CustomerTable()
    : customers_(std::make_unique<Customers>()), places_(0, HashOfId{customers_.get()}, SameId{customers_.get()}) {}

CustomerTable::CustomerTable(const CustomerTable& other)
    : customers_(std::make_unique<Customers>(*other.customers_)),
      ids_(other.ids_),
      places_(other.places_.begin(), other.places_.end(), other.size(), HashOfId{customers_.get()},
              SameId{customers_.get()}) {}

std::optional<std::size_t> CustomerTable::find(std::string_view id) const {
    const auto found = places_.find(id);
    return found == places_.end() ? std::nullopt : std::optional<std::size_t>(*found);
}

Customer& CustomerTable::add(std::string_view id) {
    auto& customer = customers_->emplace_back();
    customer.id = ids_.keep(id);
    customer.place = static_cast<std::uint32_t>(customers_->size() - 1);
    const auto digest = sha256(id);
    customer.bucket = static_cast<std::uint16_t>(digest[0] << 8 | digest[1]);
    places_.insert(customer.place);
    return customer;
}

std::size_t CustomerTable::HashOfId::operator()(std::string_view id) const {
    return stable_hash(id).low;
}

}  // namespace segmentd::daemon
