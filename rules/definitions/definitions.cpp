#include "rules/definitions/definitions.hpp"

#include "rules/definitions/words.hpp"

namespace segmentd::rules {

const char* to_word(Aggregate aggregate) {
    return word_of(aggregate);
}
const char* to_word(ModelType type) {
    return word_of(type);
}
const char* to_word(ScoreOutput output) {
    return word_of(output);
}
const char* to_word(MetricTiming timing) {
    return word_of(timing);
}
const char* to_word(TouchTrigger trigger) {
    return word_of(trigger);
}
const char* to_word(EndpointMode mode) {
    return word_of(mode);
}

}  // namespace segmentd::rules
