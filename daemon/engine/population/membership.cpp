#include "daemon/engine/population/membership.hpp"

#include <algorithm>
#include <utility>

namespace segmentd::daemon {

const Membership* Memberships::operator[](std::size_t segment) const {
    const auto* place = std::ranges::lower_bound(list_, segment, {}, &Membership::segment);
    return place != list_.end() && place->segment == segment ? place : nullptr;
}

Membership* Memberships::operator[](std::size_t segment) {
    return const_cast<Membership*>(std::as_const(*this)[segment]);
}

Membership& Memberships::add(Membership membership) {
    const auto* place = std::ranges::lower_bound(list_, membership.segment, {}, &Membership::segment);
    return list_.insert(place, std::move(membership));
}

void Memberships::remove(std::size_t segment) {
    if (const auto* membership = (*this)[segment]) list_.erase(membership);
}

std::string values_then(const Membership& membership) {
    return values_object(membership.origin->inputs, {membership.values.begin(), membership.values.size()});
}

std::string values_object(std::string_view names, std::string_view values) {
    const auto take_line = [](std::string_view& lines) {
        const auto line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(line.size() + 1);
        return line;
    };
    std::string text;
    while (!names.empty()) {
        text += text.empty() ? "{\"" : ",\"";
        text += take_line(names);
        text += "\":";
        text += take_line(values);
    }
    return text.empty() ? "{}" : text + "}";
}

}  // namespace segmentd::daemon
