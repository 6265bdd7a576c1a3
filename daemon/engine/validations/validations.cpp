#include "daemon/engine/validations/validations.hpp"

#include <fmt/format.h>

#include "base/choices.hpp"

namespace segmentd::daemon {

void Validations::append_canonical(std::string& bytes) const {
    for (const auto& [at, found] : all_) {
        bytes += fmt::format("validation {} {} {} {} {} {}\n", to_microseconds(at), found.segment.text, found.version,
                             to_microseconds(found.from), to_microseconds(found.until), to_word(found.verdict));
    }
}

}  // namespace segmentd::daemon
