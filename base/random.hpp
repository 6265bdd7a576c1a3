// A seeded stream of random numbers that is the same on every compiler and machine.
//
// Generator: xoshiro256** (Blackman and Vigna 2018), seeded by splitmix64 from a seed and a name, so
// that each purpose draws from its own sub-stream. Distributions use only correctly rounded
// arithmetic (+ - * / sqrt) and our own logarithm and exponential, never libm or std::distributions.
// Not for secrets. A Random is a plain value: a copy repeats the numbers.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace segmentd {

class Random {
  public:
    Random(std::uint64_t seed, std::string_view name);

    std::uint64_t next();                      // all 64 bits
    double uniform();                          // [0, 1), multiples of 2^-53
    std::uint64_t below(std::uint64_t limit);  // 0 .. limit-1 without bias; limit >= 1
    bool bernoulli(double probability);        // true with that probability
    double normal();                           // mean 0, variance 1 (polar method, Marsaglia 1964)
    double exponential(double rate);           // mean 1/rate; rate > 0
    double gamma(double shape, double rate);   // mean shape/rate; both > 0 (Marsaglia and Tsang 2000)
    double beta(double left, double right);    // mean left/(left+right); both > 0
    std::int64_t poisson(double mean);         // mean >= 0; takes O(log mean) draws (Ahrens and Dieter 1974)
    std::int64_t binomial(std::int64_t trials, double probability);  // O(log trials) draws (Devroye 1986, X.4)
    std::int64_t geometric(double probability);  // failures before the first success: 0, 1, ...; in (0, 1]

  private:
    double positive_uniform();  // (0, 1]

    std::array<std::uint64_t, 4> state_;
};

}  // namespace segmentd
