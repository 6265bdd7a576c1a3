#include "daemon/engine/population/membership.hpp"

#include <algorithm>
#include <utility>

namespace segmentd::daemon {

const Membership* Memberships::operator[](std::size_t segment) const {
    const auto place = std::ranges::lower_bound(list_, segment, {}, &Membership::segment);
    return place != list_.end() && place->segment == segment ? &*place : nullptr;
}

Membership* Memberships::operator[](std::size_t segment) {
    return const_cast<Membership*>(std::as_const(*this)[segment]);
}

Membership& Memberships::add(Membership membership) {
    const auto place = std::ranges::lower_bound(list_, membership.segment, {}, &Membership::segment);
    return *list_.insert(place, std::move(membership));
}

void Memberships::remove(std::size_t segment) {
    std::erase_if(list_, [&](const Membership& membership) { return membership.segment == segment; });
}

}  // namespace segmentd::daemon
