// The ids of customers, one after the other in blocks of memory: one byte more than their text each.
#pragma once

#include <compare>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "base/ids.hpp"

namespace segmentd::daemon {

// An id that lies in the blocks; valid for as long as they or a copy of them.
class KeptId {
  public:
    KeptId() = default;

    std::string_view text() const;
    operator CustomerId() const { return CustomerId(text()); }

    auto operator<=>(const KeptId& other) const { return text() <=> other.text(); }
    bool operator==(const KeptId& other) const { return text() == other.text(); }

  private:
    friend class CustomerIds;
    explicit KeptId(const char* start) : start_(start) {}

    const char* start_ = nullptr;
};

// Nothing is ever taken out. A copy shares what is there and writes into blocks of its own.
class CustomerIds {
  public:
    CustomerIds() = default;
    CustomerIds(const CustomerIds& other) : blocks_(other.blocks_) {}
    CustomerIds(CustomerIds&&) = default;
    CustomerIds& operator=(CustomerIds&&) = default;
    ~CustomerIds() = default;

    KeptId keep(std::string_view text);

  private:
    std::vector<std::shared_ptr<char[]>> blocks_;
    char* free_ = nullptr;  // in the last block
    std::size_t bytes_free_ = 0;
};

}  // namespace segmentd::daemon
