#include "base/random.hpp"

#include <bit>
#include <cassert>
#include <cmath>

namespace segmentd {
namespace {

std::uint64_t split_mix(std::uint64_t& state);
std::uint64_t hash_name(std::string_view name);
double natural_log(double value);
double exponential_of(double exponent);

}  // namespace

Random::Random(std::uint64_t seed, std::string_view name) : state_{} {
    std::uint64_t mixer = seed;
    mixer = split_mix(mixer) ^ hash_name(name);
    for (auto& word : state_) word = split_mix(mixer);
}

std::uint64_t Random::next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

double Random::uniform() {
    return static_cast<double>(next() >> 11) * 0x1p-53;
}

double Random::positive_uniform() {
    return static_cast<double>((next() >> 11) + 1) * 0x1p-53;
}

// Draws that would favour the small numbers are thrown away.
std::uint64_t Random::below(std::uint64_t limit) {
    assert(limit >= 1 && "there is no number below zero to draw");
    const std::uint64_t refused = (0 - limit) % limit;
    std::uint64_t draw = next();
    while (draw < refused) draw = next();
    return draw % limit;
}

bool Random::bernoulli(double probability) {
    return uniform() < probability;
}

double Random::normal() {
    while (true) {
        const double first = 2.0 * uniform() - 1.0;
        const double second = 2.0 * uniform() - 1.0;
        const double square = first * first + second * second;
        if (square > 0.0 && square < 1.0) return first * std::sqrt(-2.0 * natural_log(square) / square);
    }
}

double Random::exponential(double rate) {
    return -natural_log(positive_uniform()) / rate;
}

double Random::gamma(double shape, double rate) {
    assert(shape > 0.0 && rate > 0.0 && "a gamma needs a positive shape and rate");
    if (shape < 1.0) {
        const double larger = gamma(shape + 1.0, rate);
        return larger * exponential_of(natural_log(positive_uniform()) / shape);
    }
    const double offset = shape - 1.0 / 3.0;
    const double scale = 1.0 / (3.0 * std::sqrt(offset));
    while (true) {
        const double draw = normal();
        const double root = 1.0 + scale * draw;
        if (root <= 0.0) continue;
        const double cube = root * root * root;
        const double bound = 0.5 * draw * draw + offset - offset * cube + offset * natural_log(cube);
        if (natural_log(positive_uniform()) < bound) return offset * cube / rate;
    }
}

// For tiny parameters both gammas may vanish; the limit is then a coin between the two ends.
double Random::beta(double left, double right) {
    const double first = gamma(left, 1.0);
    const double second = gamma(right, 1.0);
    if (first + second > 0.0) return first / (first + second);
    return bernoulli(left / (left + right)) ? 1.0 : 0.0;
}

// A gamma draw is the time of the m-th arrival: before the end it splits the interval, after the
// end the m-1 arrivals before it are thrown on the line.
std::int64_t Random::poisson(double mean) {
    assert(mean >= 0.0 && mean < 0x1p62 && "a Poisson mean lies in [0, 2^62)");
    std::int64_t arrivals = 0;
    while (mean > 16.0) {
        const auto step = static_cast<std::int64_t>(mean * 0.875);
        const double time = gamma(static_cast<double>(step), 1.0);
        if (time > mean) return arrivals + binomial(step - 1, mean / time);
        arrivals += step;
        mean -= time;
    }
    double time = exponential(1.0);
    while (time < mean) {
        ++arrivals;
        time += exponential(1.0);
    }
    return arrivals;
}

// The median of the uniforms is a beta draw; one side of it is settled at once.
std::int64_t Random::binomial(std::int64_t trials, double probability) {
    std::int64_t successes = 0;
    while (trials > 16) {
        const std::int64_t middle = (trials + 1) / 2;
        const double split = beta(static_cast<double>(middle), static_cast<double>(trials + 1 - middle));
        if (split <= probability) {
            successes += middle;
            trials -= middle;
            probability = split < 1.0 ? (probability - split) / (1.0 - split) : 0.0;
        } else {
            trials = middle - 1;
            probability = split > 0.0 ? probability / split : 0.0;
        }
    }
    for (std::int64_t trial = 0; trial < trials; ++trial) successes += bernoulli(probability) ? 1 : 0;
    return successes;
}

std::int64_t Random::geometric(double probability) {
    assert(probability > 0.0 && probability <= 1.0 && "success must be possible");
    if (probability >= 1.0) return 0;
    const double rate = probability < 1e-8 ? probability : -natural_log(1.0 - probability);
    const double failures = exponential(rate);
    return failures < 0x1p62 ? static_cast<std::int64_t>(failures) : std::int64_t{1} << 62;
}

namespace {

std::uint64_t split_mix(std::uint64_t& state) {
    state += 0x9e3779b97f4a7c15u;
    std::uint64_t mixed = state;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
}

// FNV-1a with 64 bits.
std::uint64_t hash_name(std::string_view name) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char letter : name) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3u;
    return hash;
}

constexpr double log_of_two = 0.693147180559945309417232121458;

// ln(m 2^k) = k ln 2 + 2 artanh((m-1)/(m+1)) with m in [sqrt(1/2), sqrt(2)); value > 0.
double natural_log(double value) {
    int exponent = 0;
    double fraction = std::frexp(value, &exponent);
    if (fraction < 0.70710678118654752440) {
        fraction *= 2.0;
        --exponent;
    }
    const double ratio = (fraction - 1.0) / (fraction + 1.0);
    const double square = ratio * ratio;
    double series = 0.0;
    for (int odd = 23; odd >= 1; odd -= 2) series = series * square + 1.0 / odd;
    return exponent * log_of_two + 2.0 * ratio * series;
}

// exp(k ln 2 + s) = 2^k exp(s) with |s| <= ln(2)/2, by Taylor; below -745 it is 0.
double exponential_of(double exponent) {
    if (exponent < -745.0) return 0.0;
    const double power = std::floor(exponent / log_of_two + 0.5);
    const double rest = exponent - power * log_of_two;
    double series = 1.0;
    for (int term = 14; term >= 1; --term) series = 1.0 + series * rest / term;
    return std::ldexp(series, static_cast<int>(power));
}

}  // namespace
}  // namespace segmentd
