#include "daemon/engine/effects.hpp"

#include <fmt/format.h>

namespace segmentd::daemon {

const char* to_word(TouchFate fate) {
    switch (fate) {
        case TouchFate::send: return "send";
        case TouchFate::shadow: return "shadow";
        case TouchFate::refused: return "refused";
    }
    return "refused";
}

std::string cause_of(const MembershipChange& change) {
    return fmt::format("{} {}: {}", change.entered ? "entered" : "left", change.segment.text, change.cause);
}

}  // namespace segmentd::daemon
