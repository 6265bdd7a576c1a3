#include "daemon/engine/effects.hpp"

namespace segmentd::daemon {

const char* to_word(TouchFate fate) {
    switch (fate) {
        case TouchFate::send: return "send";
        case TouchFate::shadow: return "shadow";
        case TouchFate::refused: return "refused";
    }
    return "refused";
}

}  // namespace segmentd::daemon
