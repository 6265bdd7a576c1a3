#include "base/stable_hash.hpp"

#include <xxhash.h>

namespace segmentd {

StableHash stable_hash(std::string_view bytes) {
    const auto hash = XXH3_128bits(bytes.data(), bytes.size());
    return {hash.low64, hash.high64};
}

}  // namespace segmentd
