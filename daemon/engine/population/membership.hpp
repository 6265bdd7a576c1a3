// The segments that one customer is in, since when and why.
//
// A customer is in few of the many segments of a workspace: what is kept grows with the memberships, not with the
// segments. 64 bytes each, and the values where they are longer than 15 characters.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/timestamp.hpp"

namespace segmentd::daemon {

// What many memberships have in common. The population keeps each of them once, as long as it lives.
struct Origin {
    std::string cause;            // "signal purchase", "time", "model repeat_purchases v2", ...
    std::string version;          // of the definitions
    std::string segment_version;  // of the segment's own definition
    auto operator<=>(const Origin&) const = default;
};

using Origins = std::set<Origin>;

struct Membership {
    Timestamp since{};
    const Origin* origin = nullptr;
    std::string values;         // the inputs as they were, a JSON object
    std::uint32_t segment = 0;  // as in the rulebook
    std::uint32_t greeted = 0;  // mark of the playbook that noticed the entry; 0: it happened quietly
    bool unknown = false;       // an input of `stay` is not known at present
};

static_assert(sizeof(Membership) <= 64);

class Memberships {
  public:
    // The membership of a segment, or null. It stays where it is until the next add or remove.
    const Membership* operator[](std::size_t segment) const;
    Membership* operator[](std::size_t segment);

    // There must not be one of its segment yet.
    Membership& add(Membership membership);
    void remove(std::size_t segment);

    bool empty() const { return list_.empty(); }
    std::size_t size() const { return list_.size(); }

    // In the order of the rulebook's segments.
    auto begin() const { return list_.begin(); }
    auto end() const { return list_.end(); }

  private:
    std::vector<Membership> list_;  // by segment
};

}  // namespace segmentd::daemon
