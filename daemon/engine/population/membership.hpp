// The segments that one customer is in, since when and why.
//
// A customer is in few of the many segments of a workspace: what is kept grows with the memberships, not with the
// segments, and lies in one row of bytes. A customer who is in none has eight bytes; one who is in some 24 more for all
// of them, and for each about six and its packed values (packed_values.hpp).
#pragma once

#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/short_list.hpp"
#include "base/timestamp.hpp"

namespace segmentd::daemon {

// What many memberships have in common.
struct Origin {
    std::string cause;            // "signal purchase", "time", "model repeat_purchases v2", ...
    std::string version;          // of the definitions
    std::string segment_version;  // of the segment's own definition
    std::string inputs;           // the names of those that are shown, a line each
    auto operator<=>(const Origin&) const = default;
};

// Each origin once, under a number that stays.
class Origins {
  public:
    std::uint32_t keep(Origin origin);
    const Origin& operator[](std::uint32_t number) const { return *by_number_[number]; }

  private:
    std::map<Origin, std::uint32_t> numbers_;
    std::vector<const Origin*> by_number_;
};

struct Membership {
    std::uint32_t segment = 0;  // as in the rulebook
    Timestamp since{};
    std::uint32_t origin = 0;   // number in the population's origins
    std::string_view values;    // the inputs as they were, packed; of each name of the origin's one
    std::uint32_t greeted = 0;  // mark of the playbook that noticed the entry; 0: it happened quietly
    bool unknown = false;       // an input of `stay` is not known at present
};

// Values and their names as a JSON object: {"score.alive":0.81}.
std::string values_object(std::string_view names, std::string_view packed);

class Memberships {
  public:
    // What is read out shows into the memberships: it is to be used before they change.
    class Iterator {
      public:
        using value_type = Membership;
        using difference_type = std::ptrdiff_t;

        Iterator() = default;
        Iterator(const char* at, Timestamp first) : at_(at), first_(first) {}
        const char* at() const { return at_; }
        Timestamp first() const { return first_; }
        std::size_t segment() const;  // alone, sooner than the whole membership
        Membership operator*() const;
        Iterator& operator++();
        void operator++(int) { ++*this; }
        bool operator==(const Iterator& other) const { return at_ == other.at_; }

      private:
        const char* at_ = nullptr;
        Timestamp first_{};
    };

    bool has(std::size_t segment) const { return find(segment) != end(); }
    std::optional<Membership> operator[](std::size_t segment) const;

    // Adds a membership, or puts it in the place of that of the same segment.
    void put(const Membership& membership);
    void remove(std::size_t segment);

    bool empty() const { return bytes_.empty(); }
    void fetch() const { bytes_.fetch(); }  // as ShortList

    // In the order of the rulebook's segments.
    Iterator begin() const;
    Iterator end() const { return {bytes_.end(), {}}; }

  private:
    Iterator find(std::size_t segment) const;
    void replace(std::size_t segment, std::string_view bytes);

    // An instant from which the others are told, then the memberships by segment: its number, the length of what
    // follows, flags, the origin's number, the distance of `since` to the first, `greeted` where there is one, values.
    ShortList<char> bytes_;
};

}  // namespace segmentd::daemon
