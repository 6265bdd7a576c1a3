// The segments that one customer is in, since when and why.
//
// A customer is in few of the many segments of a workspace: what is kept grows with the memberships, not with the
// segments. 40 bytes each, and 8 and the text of its values.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/short_list.hpp"
#include "base/timestamp.hpp"

namespace segmentd::daemon {

// What many memberships have in common. The population keeps each of them once, as long as it lives.
struct Origin {
    std::string cause;            // "signal purchase", "time", "model repeat_purchases v2", ...
    std::string version;          // of the definitions
    std::string segment_version;  // of the segment's own definition
    std::string inputs;           // the names of those that are shown, a line each
    auto operator<=>(const Origin&) const = default;
};

using Origins = std::set<Origin>;

struct Membership {
    Timestamp since{};
    const Origin* origin = nullptr;
    ShortList<char> values;     // the inputs as they were: JSON, a line for each name of the origin's
    std::uint32_t segment = 0;  // as in the rulebook
    std::uint32_t greeted = 0;  // mark of the playbook that noticed the entry; 0: it happened quietly
    bool unknown = false;       // an input of `stay` is not known at present
};

static_assert(sizeof(Membership) <= 40);

// The inputs as they were when the membership began, a JSON object: {"score.alive":0.81}.
std::string values_then(const Membership& membership);

// The same of names and values that both end with their lines.
std::string values_object(std::string_view names, std::string_view values);

class Memberships {
  public:
    // The membership of a segment, or null. It stays where it is until the next add or remove.
    const Membership* operator[](std::size_t segment) const;
    Membership* operator[](std::size_t segment);

    // There must not be one of its segment yet.
    Membership& add(Membership membership);
    void remove(std::size_t segment);

    void fetch() const { list_.fetch(); }  // as ShortList
    bool empty() const { return list_.empty(); }
    std::size_t size() const { return list_.size(); }

    // In the order of the rulebook's segments.
    auto begin() const { return list_.begin(); }
    auto end() const { return list_.end(); }

  private:
    ShortList<Membership> list_;  // by segment
};

}  // namespace segmentd::daemon
